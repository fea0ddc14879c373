import type { Amount, Relation } from './amounts.ts'
import { isOtherNamed, isTaxNamed, strengthOf } from './columns.ts'
import { type AnyAmounts, closedBy, type Sampled, sumsBetween, type Term } from './sampled.ts'
import type { LoadedTable } from './table.ts'

type Found = Relation & {
  /** Columns by whose names they are no fee and no tax. */
  readonly others: number
}

/**
 * What was taken, whatever its columns are called: gross less some columns is another one, on nearly all records. A name has to
 * speak for it all the same: the result is named as a net, or a fee is among the columns.
 */
export async function findDeductions(
  table: LoadedTable,
  { grosses, nets, all, sampled }: AnyAmounts,
): Promise<Relation | null> {
  const charges = all.filter((amount) => isFee(amount) && isUsed(sampled, amount))
  const found: Found[] = []
  for (const gross of grosses)
    for (const net of all.filter((amount) => nets.includes(amount) || mayBeRest(amount))) {
      if (net === gross) continue
      const isNamed = nets.includes(net)
      if (!isNamed && !isMostOf(sampled, gross, net)) continue
      const terms = all
        .filter((one) => one !== gross && one !== net && mayBeTaken(one))
        .map((one) => takenOf(sampled, one))
      for (const sum of sumsBetween(sampled, [gross, net], sorted(terms), 0.9)) {
        const [fees, taxes] = [sum.filter(({ amount }) => !isTax(amount)), sum.filter(({ amount }) => isTax(amount))]
        const hasFee = fees.some(({ amount }) => charges.includes(amount))
        const others = fees.filter(({ amount }) => strengthOf(amount.column, 'other_amount', 'discount') >= 0.5).length
        if (!hasFee && (!isNamed || charges.length > 0 || others > 0)) continue
        if ([fees, taxes].some((some) => !isWritable(some))) continue
        const { matched, compared, without } = await closedBy(table, [gross, net], sum)
        if (compared < 3 || matched < compared * 0.9) continue
        const [[fee, ...moreFees], [tax, ...moreTaxes]] = [fees, taxes]
        found.push({
          gross,
          // Of what failed nothing arrived: the column says no net of these.
          net: without === 0 ? net : null,
          ...{ fee: fee?.amount ?? null, moreFees: moreFees.map(({ amount }) => amount) },
          ...{ tax: tax?.amount ?? null, moreTaxes: moreTaxes.map(({ amount }) => amount) },
          ...{ isFeeNegative: fee?.sign === 1n, isTaxNegative: tax?.sign === 1n, matched, compared, others },
        })
      }
    }
  return (
    found.toSorted(
      (a, b) =>
        a.others - b.others ||
        Number(b.net !== null && nets.includes(b.net)) - Number(a.net !== null && nets.includes(a.net)) ||
        b.matched / b.compared - a.matched / a.compared ||
        namedParts(b) - namedParts(a) ||
        parts(a).length - parts(b).length,
    )[0] ?? null
  )
}

/**
 * Columns that speak against a fee that is known by its name alone: one that can be what is left of the amount, and is not what
 * the fee leaves; columns nobody knows that can have been taken too.
 */
export function speakingAgainst(
  { all, sampled }: AnyAmounts,
  gross: Amount,
  told: readonly (Amount | null)[],
): { readonly rest: Amount | null; readonly more: readonly Amount[] } {
  const left = all.filter(
    (one) => one.column.sql !== gross.column.sql && !told.some((other) => other?.column.sql === one.column.sql),
  )
  const rest = left.find((one) => mayBeRest(one) && isMostOf(sampled, gross, one)) ?? null
  const hasDecimals = gross.reading.hasDecimals
  const more = left.filter((one) => {
    const isUnknown = one.column.meanings.length === 0 || isTax(one)
    return isUnknown && (one.reading.hasDecimals || !hasDecimals) && isLittleOf(sampled, gross, one)
  })
  return { rest, more }
}

const isFee = ({ column }: Amount): boolean => strengthOf(column, 'fee') >= 0.5
const isTax = ({ column }: Amount): boolean => isTaxNamed(column)

const isUsed = (sampled: Sampled, amount: Amount): boolean =>
  sampled.of(amount).filter((value) => value !== null && value !== 0n).length >= sampled.rows * 0.1

/** By its name a column can be what is left of an amount. */
const mayBeRest = (amount: Amount): boolean =>
  !isFee(amount) &&
  !isTax(amount) &&
  !isOtherNamed(amount.column) &&
  strengthOf(amount.column, 'other_amount', 'discount', 'gross', 'balance', 'price', 'debit', 'refunded') < 0.5

/** By its name a column can be what was taken of an amount. */
const mayBeTaken = (amount: Amount): boolean =>
  isFee(amount) ||
  isTax(amount) ||
  (!isOtherNamed(amount.column) &&
    strengthOf(amount.column, 'gross', 'net', 'amount', 'balance', 'price', 'refunded') < 0.8)

/** What was taken, with a minus or without one as the file writes it. */
function takenOf(sampled: Sampled, amount: Amount): Term {
  const values = sampled.of(amount).filter((value) => value !== null && value !== 0n) as bigint[]
  return { amount, sign: values.filter((value) => value < 0n).length * 2 > values.length ? 1n : -1n }
}

/** Those first whose names speak for them, then those with decimals. */
const sorted = (terms: readonly Term[]): Term[] => terms.toSorted((a, b) => rank(b.amount) - rank(a.amount))
const rank = (amount: Amount): number =>
  (isFee(amount) || isTax(amount) ? 4 : 0) +
  (strengthOf(amount.column, 'other_amount', 'discount') >= 0.5 ? 2 : 0) +
  (amount.reading.hasDecimals ? 1 : 0)

/** One column, or several that SQL can add: named, all with a minus or none. */
const isWritable = (terms: readonly Term[]): boolean =>
  terms.length < 2 ||
  terms.every(({ amount: { column, reading }, sign }) => {
    const isPlain = reading.style.digits === 'latin' && reading.style.sides === null
    return 'name' in column.ref && isPlain && sign === terms[0]?.sign
  })

/** Whether one amount is nearly always a part of another, at least half of it, and often less. */
function isMostOf(sampled: Sampled, gross: Amount, amount: Amount): boolean {
  const { all, within, less } = compared(sampled, gross, amount, (a, g) => a * 2n >= g && a <= g)
  return all >= Math.max(3, sampled.rows * 0.4) && within >= all * 0.98 && less >= all * 0.5
}

const isLittleOf = (sampled: Sampled, gross: Amount, amount: Amount): boolean => {
  const { all, within } = compared(sampled, gross, amount, (a, g) => a * 2n < g)
  return all >= Math.max(3, sampled.rows * 0.4) && within >= all * 0.98
}

/** Records that have both amounts, in size. */
function compared(sampled: Sampled, gross: Amount, amount: Amount, isIn: (amount: bigint, gross: bigint) => boolean) {
  const size = (value: bigint) => (value < 0n ? -value : value)
  const values = sampled.of(amount)
  const both = sampled.of(gross).flatMap((value, i) => {
    const other = values[i]
    return value === null || value === 0n || other === null || other === undefined || other === 0n
      ? []
      : [[size(other), size(value)] as const]
  })
  return {
    all: both.length,
    within: both.filter(([a, g]) => isIn(a, g)).length,
    less: both.filter(([a, g]) => a < g).length,
  }
}

const parts = ({ fee, moreFees, tax, moreTaxes }: Relation): Amount[] =>
  [fee, ...moreFees, tax, ...moreTaxes].filter((one) => one !== null)
const namedParts = (relation: Relation): number => parts(relation).filter((one) => isFee(one) || isTax(one)).length
