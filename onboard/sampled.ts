import { type Amount, amountSql, loadAmounts } from './amounts.ts'
import type { Amounts } from './sums.ts'
import type { LoadedTable } from './table.ts'

/** Amounts of some records in millionths, null where a cell is none: what many sums are tried on at once, without SQL. */
export interface Sampled {
  readonly rows: number
  of(amount: Amount): readonly (bigint | null)[]
}

/** All columns of money, with what the names of some say of them. */
export interface AnyAmounts extends Pick<Amounts, 'grosses' | 'nets'> {
  readonly all: readonly Amount[]
  readonly sampled: Sampled
}

/** Load all columns of money, and take some records of them. */
export async function anyAmounts(table: LoadedTable, read: readonly Amount[], named: Amounts): Promise<AnyAmounts> {
  const { debits, credits, balances, grosses, nets, fees, taxes } = named
  // Readings that sums have settled stand for what was read first.
  const known = [debits, credits, balances, grosses, nets, fees, taxes].flat()
  const all = new Map([...read, ...known].map((amount) => [amount.column.sql, amount]))
  await loadAmounts(table, [...all.values()])
  const isMoney = ({ column, reading }: Amount) => column.filled > 0 && reading.accepted * 2 >= column.filled
  const same = ({ column }: Amount) => all.get(column.sql) as Amount
  const money = [...all.values()].filter(isMoney)
  return { all: money, grosses: grosses.map(same), nets: nets.map(same), sampled: await sampleOf(table, money) }
}

/** Records in a sample, from all over the head. */
const mostSampled = 200

async function sampleOf(table: LoadedTable, amounts: readonly Amount[]): Promise<Sampled> {
  const cells = amounts.map((amount) => `replace(${amountSql(amount)}::varchar, '.', '') as ${amountSql(amount)}`)
  const rows = await table.query<Record<string, string | null>>(
    `select ${cells.join(', ') || 'null as none'} from amount order by hash(_line) limit ${mostSampled}`,
  )
  const columns = new Map(
    amounts.map((amount) => [
      amount.column.sql,
      rows.map((row) => {
        const text = row[amountSql(amount)]
        return text === null || text === undefined ? null : BigInt(text)
      }),
    ]),
  )
  return { rows: rows.length, of: ({ column }) => columns.get(column.sql) ?? [] }
}

/** A column in a sum: added to what is there, or taken off. */
export interface Term {
  readonly amount: Amount
  readonly sign: 1n | -1n
}

/** Columns that sums are tried of, and that one sum has at most. */
const [mostTerms, mostInSum] = [8, 5]

/**
 * The sums of some of the terms that make one column of another, on nearly all records that have both: `from` and the terms come
 * to `to`. A term whose cells are all empty or 0 is none.
 *
 * @param share of the records that have to close
 */
export function sumsBetween(
  sampled: Sampled,
  [from, to]: readonly [Amount, Amount],
  terms: readonly Term[],
  share: number,
): (readonly Term[])[] {
  const [start, end] = [sampled.of(from), sampled.of(to)]
  // Nothing arrived of what failed: what was taken of it tells nothing.
  const records = start.flatMap((value, i) => {
    const result = end[i]
    return value === null || result === null || result === undefined || result === 0n
      ? []
      : [{ i, result, rest: result - value }]
  })
  // One price over and over closes by chance.
  if (records.length < 3 || new Set(records.map(({ result }) => result)).size < 2) return []
  const used = terms
    .map((term) => ({ term, values: sampled.of(term.amount).map((value) => (value ?? 0n) * term.sign) }))
    .filter(({ values }) => records.some(({ i }) => values[i] !== 0n))
    .slice(0, mostTerms)
  const mayFail = Math.floor(records.length * (1 - share))
  const found: Term[][] = []
  for (let mask = 1; mask < 1 << used.length; mask++) {
    const some = used.filter((_, at) => mask & (1 << at))
    if (some.length > mostInSum) continue
    let failed = 0
    for (const { i, rest } of records) {
      if (some.reduce((sum, { values }) => sum + (values[i] as bigint), 0n) !== rest) failed++
      if (failed > mayFail) break
    }
    if (failed <= mayFail) found.push(some.map(({ term }) => term))
  }
  return found
}

/** How many records of the head a sum closes on. */
export async function closedBy(
  table: LoadedTable,
  [from, to]: readonly [Amount, Amount],
  terms: readonly Term[],
): Promise<{ readonly matched: number; readonly compared: number; readonly without: number }> {
  const [a, b] = [amountSql(from), amountSql(to)]
  const sum = terms.map(({ amount, sign }) => `${sign < 0n ? '-' : '+'} coalesce(${amountSql(amount)}, 0)`).join(' ')
  const [row] = await table.query<{ matched: string; compared: string; without: string }>(
    `select count(*) filter (${b} <> 0 and ${a} ${sum} = ${b})::varchar as matched,
       count(*) filter (${b} <> 0 and ${a} is not null)::varchar as compared,
       count(*) filter (${b} = 0 and ${a} ${sum} <> 0)::varchar as without
     from amount`,
  )
  return { matched: Number(row?.matched), compared: Number(row?.compared), without: Number(row?.without) }
}
