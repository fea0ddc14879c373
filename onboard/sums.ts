import { literal } from '../contracts/sql-text.ts'
import {
  type Amount,
  amountSql,
  balanceCloses,
  findFees,
  findLedger,
  findRelation,
  findRest,
  findTaxed,
  isEither,
  loadAmounts,
  movedBy,
  type Relation,
} from './amounts.ts'
import { meaning, type NamedProfile, strengthOf } from './columns.ts'
import { type Marker, markerOf } from './marker.ts'
import { otherwise } from './numbers.ts'
import type { LoadedTable } from './table.ts'

/** The columns of a file that can be amounts, by what their names say; the likeliest first. */
export interface Amounts {
  readonly debits: readonly Amount[]
  readonly credits: readonly Amount[]
  readonly balances: readonly Amount[]
  readonly grosses: readonly Amount[]
  readonly nets: readonly Amount[]
  readonly fees: readonly Amount[]
  readonly taxes: readonly Amount[]
}

export const isUsed = ({ debits, credits, balances, grosses, nets, fees, taxes }: Amounts, sql: string): boolean =>
  [debits, credits, balances, grosses, nets, fees, taxes].some((list) => list.some(({ column }) => column.sql === sql))

/** Where names tell too little: the columns by what a running balance proves of them. */
export async function ledgerOf(
  table: LoadedTable,
  numbers: readonly Amount[],
  { fees, taxes }: Amounts,
): Promise<Amounts | null> {
  const all = numbers.filter(({ column }) => column.filled > 0)
  await loadAmounts(table, all)
  const ledger = await findLedger(table, all)
  if (ledger === null) return null
  const { balance, debit, credit } = ledger
  const none = { debits: [], credits: [], grosses: [], nets: [], balances: [balance], fees, taxes }
  return debit === null ? { ...none, grosses: [credit] } : { ...none, debits: [debit], credits: [credit] }
}

/** How the amounts of a file belong together. */
export interface Summed extends Amounts {
  /** Share of the records whose sums close. */
  readonly closed: number
  readonly balance: Amount | null
  readonly sides: Sides | null
  /** What the columns for money in and out come to. */
  readonly sideSql: string | null
  readonly relation: Relation | null
  /** What a record moves: `sideSql`, else the likeliest amount with its sign; null where there is none. */
  readonly moved: string | null
  /** Share of the records by which the balance moves so. */
  readonly balanced: number
}

/** Sums of the amounts. Where marks can be read in two ways, and sums close by one of them alone, that one is proven. */
export async function summed(table: LoadedTable, columns: readonly NamedProfile[], amounts: Amounts): Promise<Summed> {
  const isOpen = ({ reading }: Amount) => reading.other !== null
  const each = (change: (amount: Amount) => Amount) =>
    Object.fromEntries(Object.entries(amounts).map(([name, list]) => [name, list.map(change)])) as unknown as Amounts
  if (!Object.values(amounts).flat().some(isOpen)) return await sumsOf(table, columns, amounts)
  const flips = each((amount) => (isOpen(amount) ? flipped(amount) : amount))
  const [theirs, ours] = [await sumsOf(table, columns, flips), await sumsOf(table, columns, amounts)]
  const proven =
    ours.closed >= 0.7 && theirs.closed < 0.3 ? amounts : theirs.closed >= 0.7 && ours.closed < 0.3 ? flips : null
  if (proven === null) return ours
  const settled = (amount: Amount): Amount =>
    isOpen(amount)
      ? {
          ...amount,
          reading: { ...amount.reading, certainty: 'proven', other: null, evidence: 'sums close this way alone' },
        }
      : amount
  const known = Object.fromEntries(Object.entries(proven).map(([name, list]) => [name, list.map(settled)]))
  return await sumsOf(table, columns, known as unknown as Amounts)
}

const flipped = (amount: Amount): Amount => ({ ...amount, reading: otherwise(amount.column, amount.reading) })

async function sumsOf(table: LoadedTable, columns: readonly NamedProfile[], amounts: Amounts): Promise<Summed> {
  const { debits, credits, balances, grosses, nets } = amounts
  await loadAmounts(table, [
    ...new Map(
      Object.values(amounts)
        .flat()
        .map((amount) => [amount.column.sql, amount]),
    ).values(),
  ])
  const balance = balances[0] ?? null
  const sides = await pairOf(table, debits, credits, columns)
  const sideSql = sides && movedBy(sides.debit, sides.credit)
  // What moved is not what was taken of it: in some languages a word means both.
  const isSide = ({ column }: Amount) => [sides?.debit, sides?.credit].some((side) => side?.column.sql === column.sql)
  const fees = amounts.fees.filter((amount) => !isSide(amount))
  const taxes = amounts.taxes.filter((amount) => !isSide(amount))
  const ends = [...nets, ...(sideSql === null ? [] : [{ sql: sideSql }])]
  const relation =
    (await findRelation(table, grosses, ends, fees, taxes)) ??
    (await findFees(table, grosses, nets, [...fees, ...taxes])) ??
    (await findRest(table, grosses, fees)) ??
    (ends.length === 0 && fees.length === 0 ? await findTaxed(table, grosses, taxes) : null)
  const gross = grosses[0] ?? nets[0]
  const moved = sideSql ?? (gross === undefined ? null : signedBy(markerOf(columns), gross))
  const balanced = balance !== null && moved !== null ? (await balanceCloses(table, balance, moved)).share : 0
  const closed = Math.max(balanced, relation === null ? 0 : relation.matched / relation.compared)
  return { ...amounts, fees, taxes, balance, sides, sideSql, relation, moved, balanced, closed }
}

/** Columns of fees of which none is the sum of the others: what was taken is one of them, or all together. Null: there is one. */
export async function severalFees(table: LoadedTable, fees: readonly Amount[]): Promise<readonly Amount[] | null> {
  const filled: Amount[] = []
  for (const fee of fees) {
    const isFee =
      strengthOf(fee.column, 'fee') >= 0.5 && 'name' in fee.column.ref && fee.reading.style.symbols.length === 0
    const [row] = await table.query<{ n: string }>(
      `select count(*) filter (${amountSql(fee)} <> 0)::varchar as n from amount`,
    )
    if (isFee && Number(row?.n) > 0) filled.push(fee)
  }
  const [first, ...others] = filled
  if (first === undefined || others.length === 0) return null
  const rest = others.map((fee) => `coalesce(${amountSql(fee)}, 0)`).join(' + ')
  const [row] = await table.query<{ total: string; n: string }>(
    `select count(*) filter (${amountSql(first)} = ${rest})::varchar as total, count(${amountSql(first)})::varchar as n from amount`,
  )
  return Number(row?.total) >= Number(row?.n) * 0.95 ? null : filled
}

/** A net that is no more than the gross, and not much less, on every record that has both: no column says what was taken. */
export async function restOf(table: LoadedTable, gross: Amount, nets: readonly Amount[]): Promise<Amount | null> {
  for (const net of nets) {
    if (net.column.sql === gross.column.sql) continue
    const [g, n] = [amountSql(gross), amountSql(net)]
    const [row] = await table.query<{ within: string; less: string; n: string }>(
      `select count(*) filter (abs(${n}) <= abs(${g}) and abs(${n}) * 2 >= abs(${g}) and sign(${n}) = sign(${g}))::varchar as within,
         count(*) filter (abs(${n}) < abs(${g}))::varchar as less, count(*)::varchar as n
       from amount where ${n} is not null and ${g} is not null`,
    )
    const all = Number(row?.n)
    if (all >= table.rows * 0.4 && Number(row?.within) >= all * 0.98 && Number(row?.less) >= all * 0.5) return net
  }
  return null
}

/** What a record moves, with the sign of its marker where amounts have none. */
function signedBy(marker: Marker | null, gross: Amount): string {
  const movement = amountSql(gross)
  if (marker === null || gross.reading.hasNegatives) return movement
  const isOut = marker.debit.map((word) => `${marker.column.sql} = ${literal(word)}`).join(' or ')
  return `(case when ${isOut} then -(${movement}) else ${movement} end)`
}

export interface Sides {
  readonly debit: Amount
  readonly credit: Amount
}

/** A column of money out and one of money in, of which nearly every record has one. */
async function pairOf(
  table: LoadedTable,
  debits: readonly Amount[],
  credits: readonly Amount[],
  columns: readonly NamedProfile[],
): Promise<Sides | null> {
  const empty = (wanted: 'debit' | 'credit') =>
    meaning(
      columns.map((c) => ({ ...c, filled: 1 })),
      wanted,
    ).find((c) => columns.find((o) => o.sql === c.sql)?.filled === 0)
  const [lone, missing] = debits[0] === undefined ? [credits[0], empty('debit')] : [debits[0], empty('credit')]
  if ((debits[0] === undefined) !== (credits[0] === undefined) && lone !== undefined && missing !== undefined) {
    // A column that is empty in this file is money all the same in the next one.
    const other = { column: missing, reading: lone.reading }
    await table.query(`alter table amount add column ${amountSql(other)} decimal(18,6)`)
    return debits[0] === undefined ? { debit: other, credit: lone } : { debit: lone, credit: other }
  }
  for (const debit of debits)
    for (const credit of credits) {
      if (debit.column.sql === credit.column.sql) continue
      if (await isEither(table, debit, credit)) return { debit, credit }
    }
  return null
}

/** Whether records with a word for nothing as gross close with 0: what was taken is then all that moved. */
export async function nilMeansZero(table: LoadedTable, { gross, net, fee, isFeeNegative }: Relation): Promise<boolean> {
  const { nil } = gross.reading.style
  if (nil.length === 0 || net === null || fee === null) return false
  const isNil = nil.map((word) => `${gross.column.sql} = ${literal(word)}`).join(' or ')
  const [row] = await table.query<{ closed: string; all: string }>(
    `select count(*) filter (${amountSql(net)} ${isFeeNegative ? '-' : '+'} ${amountSql(fee)} = 0)::varchar as closed, count(*)::varchar as "all"
     from amount where (${isNil}) and ${amountSql(net)} is not null and ${amountSql(fee)} is not null`,
  )
  return Number(row?.all) >= 2 && Number(row?.closed) >= Number(row?.all) * 0.8
}
