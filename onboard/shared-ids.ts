import { literal, quote } from '../contracts/sql-text.ts'
import { fromColumn, meaning, type NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import { kindMeant } from './kind-words.ts'
import type { LoadedTable } from './table.ts'
import { kindOf } from './vocabulary.ts'

/** Ids that several records share, and what tells these apart. */

/** So many records with an id of another one, and other content, are slips of the sender. */
export const mostConflicts = 0.06

/** Whether two records of one id have words that mean the same kind: the kind does not tell them apart then. */
export async function mergesWords(
  table: LoadedTable,
  id: NamedProfile,
  words: NamedProfile,
  map: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const cases = Object.entries(map).map(([word, kind]) => `when ${literal(word)} then ${literal(String(kind))}`)
  if (cases.length === 0) return false
  const [row] = await table.query<{ words: string; kinds: string }>(
    `select count(distinct hash(i, w))::varchar as words, count(distinct hash(i, k))::varchar as kinds
     from (select ${id.sql} as i, ${words.sql} as w, case ${words.sql} ${cases.join(' ')} else '' end as k from cell)`,
  )
  return Number(row?.kinds) < Number(row?.words)
}

/**
 * Records that come twice with one id: first without what is known only when the money has moved, then with it. The first is
 * pending. One column tells them apart, and nothing else does.
 */
export async function asTwins(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  id: NamedProfile,
  draft: Draft,
): Promise<boolean> {
  const rows = await table.query<Record<string, string | null>>(`
    select ${columns.map(({ sql }) => sql).join(', ')}, ${id.sql} as id from cell
    where ${id.sql} in (select ${id.sql} from cell where ${id.sql} is not null group by 1 having count(*) > 1 order by 1 limit 200)`)
  const groups = new Map<string | null | undefined, typeof rows>()
  for (const row of rows) groups.set(row.id, [...(groups.get(row.id) ?? []), row])
  const tells = new Map<NamedProfile, number>()
  let pairs = 0
  for (const group of groups.values()) {
    const different = [
      ...new Map(group.map((row) => [JSON.stringify(columns.map(({ sql }) => row[sql])), row])).values(),
    ]
    if (different.length < 2) continue
    pairs++
    const [a, b] = different as [(typeof rows)[0], (typeof rows)[0]]
    const differing = columns.filter(({ sql }) => a[sql] !== b[sql])
    const [only] = differing
    if (
      different.length === 2 &&
      differing.length === 1 &&
      only !== undefined &&
      (a[only.sql] === null) !== (b[only.sql] === null)
    )
      tells.set(only, (tells.get(only) ?? 0) + 1)
  }
  const [column, count] = [...tells].toSorted((a, b) => b[1] - a[1])[0] ?? []
  if (column === undefined || count === undefined || count < pairs * 0.8 || !('name' in column.ref)) return false
  if (draft.fields.has('status')) return false
  draft.fields.set('status', {
    rule: { sql: `case when ${quote(column.ref.name)} is null then 'pending' else 'settled' end` },
    evidence: `${count} records come twice, first without ${JSON.stringify(column.name)}: that one has not moved money yet`,
  })
  draft.fields.set('transaction_id', {
    rule: fromColumn(id),
    evidence: 'a record that comes twice shares it; with the status they are told apart',
  })
  draft.top.set('key', { value: ['transaction_id', 'status'], evidence: `${JSON.stringify(id.name)} alone repeats` })
  return true
}

/** Ids that a charge shares with what it was charged for: told apart by a column of texts, some of which name the charge. */
export async function withText(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  id: NamedProfile,
  draft: Draft,
): Promise<boolean> {
  for (const text of meaning(columns, 'type', 'description')) {
    if (!('name' in text.ref) || text.look === 'number' || text.look === 'time') continue
    const [i, t] = [id.sql, text.sql]
    const [row] = await table.query<{ both: string; lines: string }>(
      `select count(distinct hash(i, t))::varchar as both, count(*)::varchar as lines
       from (select distinct ${i} as i, ${t} as t, hash(${columns.map(({ sql }) => sql).join(', ')}) as l from cell where ${i} is not null)`,
    )
    if (1 - Number(row?.both) / Math.max(1, Number(row?.lines)) > mostConflicts) continue
    const charges = await table.query<{ t: string }>(
      `select distinct t from (select ${t} as t, count(*) over (partition by ${i}) as n from cell) where n > 1 and t is not null limit 200`,
    )
    const patterns = Object.fromEntries(
      charges.flatMap(({ t: word }) => {
        const last = word.split(/[^\p{L}\p{M}]+/u).findLast((part) => part !== '') ?? ''
        const whole = kindMeant(word)
        const kind = whole === 'fee' || whole === 'tax' ? whole : chargeIn(last)
        return kind === undefined ? [] : [[word, kind] as const]
      }),
    )
    const texts = Object.keys(patterns)
    if (texts.length > 0 && texts.length <= 20) {
      const usual = draft.fields.get('kind')?.rule.value ?? 'transfer'
      draft.fields.set('kind', {
        rule: { from: text.ref.name, map: patterns, patterns: { '*': usual } },
        evidence: `${texts.map((word) => JSON.stringify(word)).join(', ')} shares its id with what it was charged for`,
      })
      if (!(await mergesWords(table, id, text, patterns))) {
        draft.fields.set('transaction_id', {
          rule: fromColumn(id),
          evidence: 'a charge shares it; with the kind they are told apart',
        })
        draft.top.set('key', {
          value: ['transaction_id', 'kind'],
          evidence: `${JSON.stringify(id.name)} alone repeats`,
        })
        return true
      }
    }
    if ('name' in id.ref) {
      draft.fields.set('transaction_id', {
        rule: { from: [id.ref.name, text.ref.name] },
        evidence: 'neither alone tells records apart; together they do',
      })
      return true
    }
  }
  return false
}

const chargeIn = (word: string): 'fee' | 'tax' | undefined =>
  kindOf(word).flatMap(({ meaning }) => (meaning === 'fee' || meaning === 'tax' ? [meaning] : []))[0]
