import { fromColumn, meaning, type NamedProfile, strengthOf } from './columns.ts'
import { type CutShort, cutShort, refuseCutShort, wholeOnly } from './cut-short.ts'
import type { Draft } from './draft.ts'
import { isCountedText, isDescription, isProse, lastingColumns, readsFrom, rowCounters } from './lasting.ts'
import type { Money } from './money.ts'
import { asTwins, mergesWords, mostConflicts, withText } from './shared-ids.ts'
import { isOfSomebody } from './somebody.ts'
import type { LoadedTable } from './table.ts'
import { byUnfinished } from './unfinished.ts'
import { byWholeLine, namesOf } from './whole-line.ts'

/**
 * Fill `transaction_id` and the key: a column that tells records apart, alone or with the kind; else the whole line where a
 * balance makes equal lines the same record; else the n-th of equal lines.
 */
export async function findIdentity(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
): Promise<void> {
  // With a balance the whole line is an id too: a column that is often empty is none then.
  const isLedger = money.balance !== null && money.isStatement
  const counters = await rowCounters(table, columns)
  const isRead = readsFrom(draft)
  const mayBeId = (column: NamedProfile) =>
    column.look !== 'time' &&
    !isRead(column) &&
    !counters.has(column) &&
    !isDescription(column) &&
    !isCountedText(table, column) &&
    !isOfSomebody(table, column)
  const candidates = meaning(columns, 'id', 'external_reference').filter(
    (column) => mayBeId(column) && column.filled >= table.rows * (isLedger ? 1 - mostConflicts : 0.7),
  )
  const unnamed = columns.filter(
    (column) =>
      !candidates.includes(column) &&
      mayBeId(column) &&
      column.look !== 'number' &&
      column.filled >= table.rows * (isLedger ? 1 - mostConflicts : 0.8) &&
      column.isVaried &&
      !isProse(table, column) &&
      // What was bought is no id of a movement, though it may not repeat in a short file.
      strengthOf(column, 'product', 'title') < 0.6,
  )
  const looked = [...candidates, ...unnamed].slice(0, 8)
  const cut = await cutShort(table, looked)
  const usable = looked.filter((column) => !isMostlyCut(column, cut))
  if (!(await byId(table, columns, usable, cut, counters, draft)))
    await byWholeLine(table, columns, counters, isLedger, draft)
  else refuseCutShort(cut, draft)
}

/** Fewer ids that are whole than destroyed ones are none. */
const isMostlyCut = (column: NamedProfile, cut: ReadonlyMap<NamedProfile, CutShort>): boolean =>
  (cut.get(column)?.cells ?? 0) * 2 > column.filled

/** Fill `transaction_id` from one of the candidates, alone or with another column; false where none tells records apart. */
async function byId(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  candidates: readonly NamedProfile[],
  cut: ReadonlyMap<NamedProfile, CutShort>,
  counters: ReadonlySet<NamedProfile>,
  draft: Draft,
): Promise<boolean> {
  const kind = draft.fields.get('kind')
  const kindColumn =
    kind === undefined
      ? undefined
      : columns.find((column) => JSON.stringify(fromColumn(column)) === JSON.stringify({ from: kind.rule.from }))
  const tried: { column: NamedProfile; repeats: number; withKind: number; score: number }[] = []
  for (const column of candidates.map((one) => (cut.has(one) ? wholeOnly(one) : one))) {
    const named = Math.max(strengthOf(column, 'id', 'external_reference') * 0.7, strengthOf(column, 'id'))
    const scored = (repeats: number, withKind: number) =>
      named + (repeats <= mostConflicts ? 0.6 : withKind <= mostConflicts ? 0.45 : -1) - column.empty / table.rows
    if (tried.some(({ score }) => score >= scored(0, 0))) continue
    const kindSql = kindColumn === undefined || kindColumn.sql === column.sql ? "''" : kindColumn.sql
    const { repeats, withKind } = await repeatsOf(table, column, kindSql, columns)
    tried.push({ column, repeats, withKind, score: scored(repeats, withKind) })
  }
  const best = tried.toSorted((a, b) => b.score - a.score)[0]
  const isTold = best !== undefined && best.score > 0 && best.repeats <= mostConflicts
  const isToldByKind = best !== undefined && best.score > 0 && !isTold && best.withKind <= mostConflicts
  const isWhole = isToldByKind || (isTold && best.repeats === 0 && best.column.empty === 0)
  if (!isWhole && (await byUnfinished(table, columns, candidates, isTold ? best.column : undefined, draft))) return true
  if (best !== undefined && kindColumn !== undefined && (await isOfSomeKinds(table, best.column, kindColumn)))
    return false
  if (isTold) {
    draft.fields.set('transaction_id', {
      rule: fromColumn(best.column),
      evidence:
        best.repeats === 0
          ? 'no two different records have the same'
          : `${Math.round(best.repeats * 100)}% of records repeat one: slips, which are rejected`,
    })
    if (
      best.repeats === 0 &&
      kindColumn !== undefined &&
      kindColumn.sql !== best.column.sql &&
      isReference(best.column)
    )
      draft.top.set('key', {
        value: ['transaction_id', 'kind'],
        evidence: `what ${JSON.stringify(best.column.name)} names may be sold in this file and refunded in the next`,
      })
    if (best.repeats > 0)
      askForRepeats(lastingColumns(columns, new Set([...counters, ...cut.keys()]), draft), best.column, draft)
    return true
  }
  if (isToldByKind) {
    if (kindColumn !== undefined && (await mergesWords(table, best.column, kindColumn, kind?.rule.map ?? {}))) {
      if ('name' in best.column.ref && 'name' in kindColumn.ref) {
        draft.fields.set('transaction_id', {
          rule: { from: [best.column.ref.name, kindColumn.ref.name] },
          evidence: `several records share one; with ${JSON.stringify(kindColumn.name)} they are told apart`,
        })
        return true
      }
    }
    draft.fields.set('transaction_id', {
      rule: fromColumn(best.column),
      evidence: 'several records share one; with the kind they are told apart',
    })
    draft.top.set('key', {
      value: ['transaction_id', 'kind'],
      evidence: `${JSON.stringify(best.column.name)} alone repeats`,
    })
    return true
  }
  if (best === undefined || best.score <= -1.5) return false
  return (await asTwins(table, columns, best.column, draft)) || (await withText(table, columns, best.column, draft))
}

/** Whether a column's name may say, among others, that it names what the movement is about: an order, an invoice. */
const isReference = ({ meanings }: NamedProfile): boolean =>
  meanings.some(({ meaning, strength }) => meaning === 'external_reference' && strength >= 0.9)

/** Whether there are words for a kind of which no record has the id: it is no slip that these have none. */
async function isOfSomeKinds(table: LoadedTable, id: NamedProfile, kind: NamedProfile): Promise<boolean> {
  if (id.empty === 0 || kind.sql === id.sql) return false
  const [row] = await table.query<{ never: string }>(
    `select coalesce(sum(n) filter (ids = 0), 0)::varchar as never
     from (select count(*) as n, count(${id.sql}) as ids from cell where ${kind.sql} is not null group by ${kind.sql})`,
  )
  return Number(row?.never) * 2 > id.empty
}

interface Repeats {
  /** Share of different records that have the id of another one; and the kind, too. */
  readonly repeats: number
  readonly withKind: number
}

/** How often records that are not the same share an id. What the head refutes by far is not looked at in the whole file. */
async function repeatsOf(
  table: LoadedTable,
  { sql: id }: NamedProfile,
  kind: string,
  columns: readonly NamedProfile[],
): Promise<Repeats> {
  // Hashes stand for ids and records: of ten million two agree by chance once in many thousand files.
  const count = async (records: string, alone: number): Promise<Repeats> => {
    const [row] = await table.query<{ ids: string; lines: string; both: string }>(
      `select count(distinct i)::varchar as ids, count(distinct hash(i, k))::varchar as both, count(*)::varchar as lines
       from (select distinct hash(${id}) as i, ${kind} as k, hash(${columns.map(({ sql }) => sql).join(', ')}) as l from ${records})`,
    )
    const lines = Math.max(1, Number(row?.lines) + alone)
    return { repeats: 1 - (Number(row?.ids) + alone) / lines, withKind: 1 - (Number(row?.both) + alone) / lines }
  }
  const head = await count(`head where ${id} is not null`, 0)
  if (Math.min(head.repeats, head.withKind) > mostConflicts * 2) return head
  await table.query(`create or replace temp table shared as
    select hash(${id}) as h, count(*) as n from cell where ${id} is not null group by h having count(*) > 1`)
  const [row] = await table.query<{ alone: string; n: string }>(
    `select ((select count(${id}) from cell) - coalesce(sum(n), 0))::bigint::varchar as alone, count(*)::varchar as n from shared`,
  )
  if (row?.n === '0') return { repeats: 0, withKind: 0 }
  return count(`cell where hash(${id}) in (select h from shared)`, Number(row?.alone))
}

/** Records with one id and other content: slips of the sender, which are rejected, or movements of their own. */
function askForRepeats(columns: readonly NamedProfile[], id: NamedProfile, draft: Draft): void {
  if (!('name' in id.ref)) return
  draft.questions.push({
    id: 'transaction_id.repeats',
    of: 'record',
    question: `Records share an id in ${JSON.stringify(id.name)} and are not the same: is that a slip, or are they movements of their own?`,
    evidence: 'few do, and nothing else tells',
    usual: null,
    safe: 'slip',
    candidates: [
      { name: 'slip', meaning: 'the second one is rejected', fields: { transaction_id: fromColumn(id) } },
      { name: 'own', meaning: 'the whole line is the id', fields: { transaction_id: { from: namesOf(columns) } } },
    ],
  })
}
