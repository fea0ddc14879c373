import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { mostTracks } from '../contracts/tracks.ts'
import { amountSql } from './amounts.ts'
import { fromColumn, type NamedProfile } from './columns.ts'
import type { Candidate, Draft, DraftField } from './draft.ts'
import { wordsOf } from './fold.ts'
import { type KindWord, kindColumn } from './kind-words.ts'
import type { Money } from './money.ts'
import type { LoadedTable } from './table.ts'
import { type Kind, kindOf, statusOf, type Way, wayOf } from './vocabulary.ts'

/** A word of the kind, and which way its money goes; undefined where nothing tells it. */
interface WayWord extends KindWord {
  readonly way: Way | undefined
}

/**
 * Sign amounts that are all positive by the words that tell their kinds: a refund is money out though no minus is before it.
 *
 * What a running balance shows of a word goes before what it means. Words that say neither way are asked for.
 *
 * @returns the money as it is signed then
 */
export async function findWays(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
): Promise<Money> {
  const gross = draft.fields.get('gross')
  if (money.signed !== 'none' || gross === undefined || gross.rule.sides !== undefined) return money
  if (money.relation?.net?.reading.hasNegatives) return money
  const told = await kindColumn(table, columns, money)
  if (told === undefined) return money
  const { column } = told
  const shown = await waysByBalance(table, column, money)
  const isWallet = told.words.some(({ word }) => wayOf(word) === 'out')
  const words = told.words.map((one): WayWord => ({ ...one, way: shown?.get(one.word) ?? wayMeant(one, isWallet) }))
  const [out, into, open] = (['out', 'in', undefined] as const).map((way) =>
    words.filter((one) => one.way === way),
  ) as [...[WayWord[], WayWord[], WayWord[]]]
  if (out.length + open.length === 0) return money
  const charged = draft.fields.has('net') ? await chargedWords(table, column, money) : new Set<string>()
  const isBack = ({ word, kind }: WayWord) => charged.has(word) && (kind === 'refund' || kind === 'chargeback')
  swapNet(
    column,
    out.filter((one) => charged.has(one.word) && !isBack(one)),
    draft,
  )
  const turn = (negative: readonly WayWord[], positive: readonly WayWord[]): Candidate['fields'] => {
    const back = negative.filter(isBack)
    const fields = { gross: negative, net: negative, fee: back, tax: back }
    return Object.fromEntries(
      Object.entries(fields)
        .filter(([field, turned]) => draft.fields.has(field) && turned.length > 0)
        .map(([field, turned]) => [field, { sign: signOf(column, turned, [...negative, ...positive]) }]),
    )
  }
  const name = JSON.stringify(column.name)
  const why =
    shown === null
      ? `all amounts are positive, and the words of ${name} say which way money goes`
      : `all amounts are positive, and the running balance shows which way those of each word in ${name} go`
  for (const [field, { sign }] of Object.entries(turn(out, into))) {
    const { rule, evidence } = draft.fields.get(field) as DraftField
    draft.fields.set(field, { rule: { ...rule, sign } as FieldRuleYaml, evidence: `${evidence}; ${why}` })
  }
  if (open.length > 0) ask(name, open, (more, rest) => turn([...out, ...more], [...into, ...rest]), draft)
  return { ...money, signed: 'words', movement: turnedSql(column, out, money.movement) }
}

/** Amounts that are all positive go out where the beginning of an id says so: `FEE-…`. */
export function turnByIds(column: NamedProfile, globs: readonly string[], draft: Draft): void {
  if (!('name' in column.ref)) return
  const id = quote(column.ref.name)
  const isOut = globs.map((glob) => `${id} like ${literal(glob.replace('*', '%'))}`).join(' or ')
  for (const name of ['gross', 'net']) {
    const field = draft.fields.get(name)
    if (typeof field?.rule.from !== 'string') continue
    const { from, ...style } = field.rule
    draft.fields.set(name, {
      rule: {
        sql: `case when ${isOut} then '-' || ${quote(from as string)} else ${quote(from as string)} end`,
        ...style,
      } as FieldRuleYaml,
      evidence: `${field.evidence}; all amounts are positive, and ids say which way money goes`,
    })
  }
}

const signOf = (column: NamedProfile, turned: readonly WayWord[], all: readonly WayWord[]) => {
  const left = all.filter((one) => !turned.includes(one)).map(({ word }) => word)
  return {
    ...fromColumn(column),
    negative: turned.map(({ word }) => word),
    ...(left.length === 0 ? {} : { positive: left }),
  } as FieldRuleYaml['sign']
}

const isOneOf = (sql: string, words: readonly WayWord[]): string =>
  `${sql} in (${words.map(({ word }) => literal(word)).join(', ')})`

const turnedSql = (column: NamedProfile, out: readonly WayWord[], movement: string): string =>
  out.length === 0 ? movement : `(case when ${isOneOf(column.sql, out)} then -(${movement}) else ${movement} end)`

/**
 * Which way a word says that money goes, by itself or by the kind that it means; undefined where it says neither, or both.
 *
 * @param isWallet whether other words of the column say that money goes out: a deposit is money in there, and else a payout as well
 */
function wayMeant({ word, kind }: KindWord, isWallet: boolean): Way | undefined {
  const [said, meant] = [wayOf(word), kindOf(word).map(({ meaning }) => meaning)]
  const isReturned = meant[0] === 'refund' && meant.some((one) => one !== 'refund' && goesOut.has(one))
  if (isReturned) return 'in'
  if (kind === 'fee' || kind === 'tax') return 'out'
  if (kind !== undefined && goesOut.has(kind)) {
    const isUndone =
      kind === 'refund'
        ? wordsOf(word).filter(({ exact }) => kindOf(exact)[0]?.meaning === 'refund').length > 1
        : meant.includes('refund') ||
          statusOf(word).some(({ meaning }) => meaning === 'failed' || meaning === 'reversed')
    return isUndone || said === 'in' ? undefined : 'out'
  }
  if (said === 'in' && meant.some((one) => goesOut.has(one) && !(isWallet && one === 'payout'))) return undefined
  return said ?? (kind === 'transfer' || kind === 'adjustment' ? undefined : 'in')
}

const goesOut: ReadonlySet<Kind> = new Set(['refund', 'chargeback', 'fee', 'tax', 'payout'])

/** The way of each word by how the balance moves; null where it does not move by these amounts, whatever their signs. */
async function waysByBalance(
  table: LoadedTable,
  column: NamedProfile,
  { balance, movement, fee }: Money,
): Promise<ReadonlyMap<string, Way> | null> {
  if (balance === null) return null
  const moves = (step: string) => `abs(${step}) = m or abs(${step}) = m + f or abs(${step}) = m - f`
  const rows = await table.query<Record<'w' | 'n' | 'up' | 'up_in' | 'down' | 'down_in', string>>(`
    select w, count(*) filter (m <> 0)::varchar as n,
      count(*) filter (m <> 0 and (${moves('up')}))::varchar as up, count(*) filter (m <> 0 and up > 0 and (${moves('up')}))::varchar as up_in,
      count(*) filter (m <> 0 and (${moves('down')}))::varchar as down, count(*) filter (m <> 0 and down > 0 and (${moves('down')}))::varchar as down_in
    from (select w, m, f, b - lag(b) over (order by _line) as up, b - lead(b) over (order by _line) as down
      from (select ${column.sql} as w, ${movement} as m, coalesce(${fee ?? '0'}, 0) as f, ${amountSql(balance)} as b, _line from amount))
    where w is not null group by w`)
  const sum = (key: 'n' | 'up' | 'down') => rows.reduce((all, row) => all + Number(row[key]), 0)
  const order = sum('up') >= sum('down') ? 'up' : 'down'
  if (sum(order) < Math.max(3, (sum('n') - 1) * 0.6)) return null
  return new Map(
    rows.flatMap((row): [string, Way][] => {
      const [moved, into] = [Number(row[order]), Number(row[`${order}_in`])]
      return moved === 0 || (into > 0 && into < moved) ? [] : [[row.w, into > 0 ? 'in' : 'out']]
    }),
  )
}

/** Words of records of which something was taken. */
async function chargedWords(table: LoadedTable, column: NamedProfile, { fee }: Money): Promise<ReadonlySet<string>> {
  const rows = await table.query<{ w: string }>(
    `select distinct ${column.sql} as w from amount where ${fee ?? '0'} <> 0 and ${column.sql} is not null`,
  )
  return new Set(rows.map(({ w }) => w))
}

/** Of what was paid out the amount left the account, and the net is what came of it at the other side. */
function swapNet(column: NamedProfile, out: readonly WayWord[], draft: Draft): void {
  const [gross, net] = [draft.fields.get('gross'), draft.fields.get('net')]
  if (out.length === 0 || gross === undefined || net === undefined) return
  const { from: amount, ...style } = gross.rule
  const { from: rest, ...other } = net.rule
  if (typeof amount !== 'string' || typeof rest !== 'string' || !('name' in column.ref)) return
  if (JSON.stringify(style) !== JSON.stringify(other)) return
  const isOut = isOneOf(quote(column.ref.name), out)
  const put = (field: string, usual: string, then: string, { evidence }: DraftField) =>
    draft.fields.set(field, {
      rule: { sql: `case when ${isOut} then ${quote(then)} else ${quote(usual)} end`, ...style } as FieldRuleYaml,
      evidence: `${evidence}; of money out the net is what the other side has`,
    })
  put('gross', amount, rest, gross)
  put('net', rest, amount, net)
}

/** Ask which way records with these words go: each word by itself while that makes few candidates. */
function ask(
  column: string,
  open: readonly WayWord[],
  turn: (out: readonly WayWord[], into: readonly WayWord[]) => Candidate['fields'],
  draft: Draft,
): void {
  const room = mostTracks / draft.questions.reduce((product, { candidates }) => product * candidates.length, 1)
  const isEach = open.length <= 2 && 2 ** open.length * 2 <= room
  const groups = isEach ? open.map((one) => [one]) : [open]
  const ways = groups.reduce<readonly Way[][]>(
    (before, _) =>
      before.flatMap((some) => [
        [...some, 'in'],
        [...some, 'out'],
      ]),
    [[]],
  )
  const named = open.map(({ word }) => JSON.stringify(word)).join(', ')
  const records = open.reduce((sum, { count }) => sum + count, 0)
  draft.questions.push({
    id: 'gross.sign',
    of: 'record',
    question: `Which way did money go where ${column} is ${named}?`,
    evidence: `all amounts are positive, and ${records} ${records === 1 ? 'record has' : 'records have'} a word that does not say it`,
    usual: null,
    candidates: ways.map((chosen) => {
      const of = (way: Way) => groups.filter((_, i) => chosen[i] === way).flat()
      const isOne = groups.length === 1
      return {
        name: isOne ? (chosen[0] as Way) : groups.map(([one], i) => `${one?.word} ${chosen[i]}`).join(', '),
        meaning: isOne ? (chosen[0] === 'in' ? 'it came in' : 'it went out') : 'in: it came in; out: it went out',
        fields: turn(of('out'), of('in')),
      }
    }),
  })
}
