import { type Amount, amountSql } from './amounts.ts'
import { isOtherNamed, strengthOf } from './columns.ts'
import { type AnyAmounts, closedBy, sumsBetween, type Term } from './sampled.ts'
import type { LoadedTable } from './table.ts'

/** Which of several columns is what the customer paid. */
export interface Paid {
  readonly gross: Amount
  /** The sum that proves it; null where none does. */
  readonly evidence: string | null
  /** Columns that are proven to be parts of others. */
  readonly parts: readonly Amount[]
  /** Others that can be it as well, and say something else of some records. */
  readonly rivals: readonly Amount[]
}

/**
 * The gross: the column that sums prove to be made of another one and what is added to that or taken off, as shipping and
 * discounts are; else the likeliest, with its rivals.
 */
export async function findPaid(table: LoadedTable, { grosses, all, sampled }: AnyAmounts): Promise<Paid | null> {
  const [first] = grosses
  if (first === undefined) return null
  const totals = new Map<Amount, string>()
  const parts = new Set<Amount>()
  for (const total of grosses)
    for (const base of grosses) {
      if (base === total) continue
      const terms = all.filter((one) => one !== base && one !== total && mayBePart(one)).map(partOf)
      for (const sum of sumsBetween(sampled, [base, total], terms, 0.98)) {
        const { matched, compared } = await closedBy(table, [base, total], sum)
        if (matched < compared * 0.98) continue
        parts.add(base)
        const text = sum.map(
          ({ amount, sign }) => `${sign < 0n ? 'less' : 'and'} ${JSON.stringify(amount.column.name)}`,
        )
        if (!totals.has(total))
          totals.set(
            total,
            `${matched} of ${compared} records close: ${JSON.stringify(base.column.name)} ${text.join(' ')}`,
          )
        break
      }
    }
  const proven = [...totals.keys()].filter((total) => !parts.has(total))
  // What has been paid so far of a total is 0 where it is still due: the total tells more.
  const filled = (amount: Amount) => sampled.of(amount).filter((value) => value !== null && value !== 0n).length
  const candidates = proven.length > 0 ? proven.toSorted((a, b) => filled(b) - filled(a)) : grosses
  const gross = candidates[0] ?? first
  const rivals: Amount[] = []
  for (const other of candidates.slice(1))
    if (strengthOf(other.column, 'gross', 'amount') >= 0.8 && (await differ(table, gross, other))) rivals.push(other)
  return { gross, evidence: totals.get(gross) ?? null, parts: [...parts], rivals }
}

const mayBePart = ({ column }: Amount): boolean =>
  !isOtherNamed(column) && strengthOf(column, 'fee', 'net', 'gross', 'balance', 'price', 'debit', 'credit') < 0.6

/** What is named as taken off is, where the file writes it without a minus. All else is added. */
const partOf = (amount: Amount): Term => ({
  amount,
  sign: strengthOf(amount.column, 'discount') >= 0.5 && !amount.reading.hasNegatives ? -1n : 1n,
})

/**
 * Whether two columns say different amounts of more of the records that have both than slips would be. One that is many times
 * the other is of another currency.
 */
async function differ(table: LoadedTable, one: Amount, other: Amount): Promise<boolean> {
  const [a, b] = [`abs(${amountSql(one)})`, `abs(${amountSql(other)})`]
  const [row] = await table.query<{ n: string; near: string; all: string }>(
    `select count(*) filter (${a} <> ${b})::varchar as n, count(*) filter (${a} <= 4 * ${b} and ${b} <= 4 * ${a})::varchar as near,
       count(*)::varchar as "all" from amount where ${a} <> 0 and ${b} <> 0`,
  )
  const [n, near, all] = [Number(row?.n), Number(row?.near), Number(row?.all)]
  return n > all * 0.05 && near > all * 0.5
}
