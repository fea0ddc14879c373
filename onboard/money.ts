import { currencies } from '../models/currency.ts'
import { type Amount, allTakenSql, amountSql, type Relation } from './amounts.ts'
import { meaning, type NamedProfile, type Surroundings, strengthOf } from './columns.ts'
import { findPaid } from './composed.ts'
import { findCurrency, putCurrency } from './currencies.ts'
import { findDeductions, speakingAgainst } from './deductions.ts'
import type { Draft } from './draft.ts'
import { flagColumnOf } from './flags.ts'
import { markerOf } from './marker.ts'
import { Writer } from './money-writer.ts'
import { readNumbers } from './numbers.ts'
import { sameMarks, withinGross } from './same-marks.ts'
import { anyAmounts } from './sampled.ts'
import { type Amounts, isUsed, ledgerOf, nilMeansZero, restOf, severalFees, summed } from './sums.ts'
import type { LoadedTable } from './table.ts'
import { findUnit } from './unit.ts'

/** What is known of the file's money when its other fields are looked for. */
export interface Money {
  /** What a record moves, as SQL, signed where the file signs it; for evidence. */
  readonly movement: string
  /** A running balance closes by that movement. */
  readonly isStatement: boolean
  /** How the sign is told. */
  readonly signed: 'cells' | 'sides' | 'marker' | 'direction' | 'words' | 'none'
  /** What was taken of each record, as SQL; null where the records have no fee of their own. */
  readonly fee: string | null
  readonly balance: Amount | null
  /** The columns that make a net, where one is found. */
  readonly relation: Relation | null
  /** A net that closes, and what it is made of, as SQL; null where there is none. */
  readonly net: { readonly told: string; readonly made: string } | null
  /** Decimals that the file's currencies have at most. */
  readonly exponent: number
  /** Where a word for nothing is 0 as gross: records may have no amount at all. */
  readonly silent: { readonly gross: Amount; readonly net: Amount | null } | null
}

/** Find which columns hold money, how it is written, signed, and in which currency and unit; null where there is none. */
export async function findMoney(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
  { region }: Surroundings,
): Promise<Money | null> {
  const currency = findCurrency(table, columns, region)
  const exponent = Math.max(...currency.codes.map((code) => currencies.get(code)?.exponent ?? 2))
  const numbers = columns.filter(isAmountLike)
  const read = sameMarks(numbers.map((column) => ({ column, reading: readNumbers(column, exponent, region) })))
  const of = (...wanted: Parameters<typeof strengthOf>[1][]) =>
    meaning(numbers, ...wanted)
      .slice(0, 4)
      .map(({ sql }) => read.find(({ column }) => column.sql === sql) as Amount)
  const grosses = of('gross', 'amount')
  const within = async (found: readonly Amount[]) =>
    await Promise.all(found.map((one) => withinGross(table, grosses[0], one)))
  const amounts: Amounts = {
    ...{ debits: of('debit'), credits: of('credit'), balances: of('balance'), grosses },
    ...{ nets: of('net'), fees: await within(of('fee')), taxes: await within(of('tax')) },
  }
  const named = await summed(table, columns, amounts)
  const isTold = named.relation !== null || named.sides !== null || named.closed >= 0.6
  const isAllNamed = numbers.every(({ sql }) => isUsed(named, sql))
  const found =
    isTold || isAllNamed ? named : await summed(table, columns, (await ledgerOf(table, read, named)) ?? amounts)
  const { nets, fees, taxes, balance, sides, sideSql, balanced } = found
  const isOpen = found.relation === null && sides === null && balanced < 0.6 && found.grosses.length > 0
  // Where a few records do not close something else may have been taken of these.
  const isLoose = found.relation !== null && shareOf(found.relation) < 0.97
  const any = isOpen || isLoose ? await anyAmounts(table, read, found) : null
  const deductions = any && (await findDeductions(table, any))
  const isCloser = deductions !== null && isLoose && shareOf(deductions) >= 0.98
  const relation = isCloser ? deductions : (found.relation ?? deductions)
  const put = new Writer(draft, region)
  const unit = (isClosed: boolean) =>
    findUnit({ table, columns, amounts: put.amounts, currency, exponent, region, isClosed }, draft)
  putCurrency(draft, currency)
  if (relation !== null) {
    const marker = markerOf(columns)
    const isNilZero = await nilMeansZero(table, relation)
    put.relation(relation, sides, marker, isNilZero)
    await unit(true)
    const signed = relation.gross.reading.hasNegatives
      ? 'cells'
      : sides !== null
        ? 'sides'
        : marker !== null
          ? 'marker'
          : 'none'
    const silent = isNilZero ? { gross: relation.gross, net: relation.net } : null
    const taken = relation.fee ?? relation.tax
    return {
      movement: amountSql(relation.gross),
      isStatement: false,
      signed,
      fee: taken && amountSql(taken),
      balance,
      relation,
      net: netOf(relation),
      exponent,
      silent,
    }
  }
  if (sides !== null && sideSql !== null) {
    const isStatement = balanced >= 0.7
    put.sides(sides, fees[0] ?? null, isStatement)
    await unit(isStatement)
    return {
      movement: sideSql,
      isStatement,
      signed: 'sides',
      fee: fees[0] ? amountSql(fees[0]) : null,
      balance,
      relation,
      net: null,
      exponent,
      silent: null,
    }
  }
  const paid = any && (await findPaid(table, any))
  const gross = paid?.gross ?? found.grosses[0] ?? nets[0]
  if (gross === undefined) return null
  // A fee beside a net that it does not make is not the whole of what was taken.
  const contradicting = nets.find(
    ({ column, reading }) => column !== gross.column && reading.accepted >= table.rows * 0.5,
  )
  const several = await severalFees(table, fees)
  const likely = contradicting === undefined && several === null ? (fees[0] ?? null) : null
  const tax = taxes[0] ?? null
  const against =
    likely && any && speakingAgainst(any, gross, [likely, tax, ...(paid?.parts ?? []), ...(paid?.rivals ?? [])])
  const isDoubted = against !== null && (against.rest !== null || against.more.length > 0)
  const fee = isDoubted ? null : likely
  if (contradicting !== undefined && fees[0] !== undefined)
    draft.notes.push(
      `fee: ${JSON.stringify(fees[0].column.name)} does not make ${JSON.stringify(contradicting.column.name)} of ${JSON.stringify(gross.column.name)}; what was taken is left unknown.`,
    )
  const rest = fees.length === 0 && taxes.length === 0 ? await restOf(table, gross, nets) : null
  if (contradicting === undefined && several !== null) put.askForFees(several)
  if (likely !== null && against?.rest) put.askForRest(gross, likely, against.rest)
  else if (likely !== null && isDoubted) put.askForFees([likely, ...(tax === null ? [] : [tax]), ...against.more])
  if (paid !== null && paid.rivals.length > 0) put.askForGross([gross, ...paid.rivals])
  const [marker, isStatement] = [gross.reading.hasNegatives ? null : markerOf(columns), balanced >= 0.6]
  put.amount(gross, { fee, tax, rest }, marker, isStatement, paid?.evidence)
  await unit(isStatement && (balance?.reading.hasDecimals ?? false))
  const signed = gross.reading.hasNegatives ? 'cells' : marker !== null ? 'marker' : 'none'
  const taken = fees[0] !== undefined ? amountSql(fees[0]) : rest && `${amountSql(gross)} - ${amountSql(rest)}`
  return {
    movement: found.moved ?? amountSql(gross),
    isStatement,
    signed,
    fee: taken,
    balance,
    relation,
    net: null,
    exponent,
    silent: null,
  }
}

const netOf = (relation: Relation): Money['net'] =>
  relation.net === null
    ? null
    : { told: amountSql(relation.net), made: `${amountSql(relation.gross)} - ${allTakenSql(relation)}` }

/** Numbers that can be amounts of money, by name and look. */
function isAmountLike(column: NamedProfile): boolean {
  if (flagColumnOf(column) !== null) return false
  if (column.filled === 0) return strengthOf(column, 'debit', 'credit', 'fee', 'tax') > 0
  if (column.look !== 'number' && !isMostlyNil(column)) return false
  const other = strengthOf(column, 'row_number', 'phone', 'quantity', 'rate', 'zone')
  return (
    other < 0.6 || other <= strengthOf(column, 'amount', 'gross', 'net', 'fee', 'tax', 'debit', 'credit', 'balance')
  )
}

const isMostlyNil = ({ words }: NamedProfile): boolean =>
  words !== null && words.size > 0 && [...words.keys()].every((word) => /^[-–—]*$|^\D{0,4}\d[\d.,]*$/.test(word))

/** How many records of those that say all parts of it close. */
const shareOf = ({ matched, compared }: Relation): number => matched / compared
