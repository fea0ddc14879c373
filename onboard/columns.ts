import type { FieldRuleYaml } from '../contracts/grammar.ts'
import type { RegionProfile } from '../models/region.ts'
import type { ColumnProfile } from './profile.ts'
import { type HeaderHints, hintsOf, type ColumnMeaning as Meaning, meaningsOf } from './vocabulary.ts'

/** A column with what its name may mean, the likeliest first. */
export interface NamedProfile extends ColumnProfile {
  readonly meanings: readonly { readonly meaning: Meaning; readonly strength: number }[]
  /** What the header says beside the name: `Amount (Kobo)`, `DateTime (UTC)`. */
  readonly hints: HeaderHints
}

export function named(profile: ColumnProfile): NamedProfile {
  return { ...profile, meanings: meaningsOf(profile.name), hints: hintsOf(profile.name) }
}

type Named = Pick<NamedProfile, 'meanings'>

/** How surely a column's name means something: 0 to 1. */
export function strengthOf({ meanings }: Named, ...wanted: readonly Meaning[]): number {
  const found = Math.max(
    0,
    ...meanings.filter(({ meaning }) => wanted.includes(meaning)).map(({ strength }) => strength),
  )
  // A name that means something else as surely says less.
  const isShared = meanings.some(({ meaning, strength }) => !wanted.includes(meaning) && strength >= found)
  return isShared ? found * 0.8 : found
}

/** Columns whose names may mean something, the surest first; of equals the one further left. */
export const meaning = (columns: readonly NamedProfile[], ...wanted: readonly Meaning[]): NamedProfile[] =>
  columns
    .filter((column) => strengthOf(column, ...wanted) > 0 && column.filled > 0)
    .toSorted((a, b) => strengthOf(b, ...wanted) - strengthOf(a, ...wanted))

/** Whether a column's name says that it holds money, as surely as that it holds something else. */
export function isMoneyNamed(column: Named): boolean {
  const found = strengthOf(column, ...money)
  return found > 0 && found >= strengthOf(column, ...noMoney)
}

/** Whether its name says that what it takes is a tax, more surely than a fee. */
export const isTaxNamed = (column: Named): boolean =>
  strengthOf(column, 'tax') >= 0.5 && strengthOf(column, 'tax') > strengthOf(column, 'fee')

/** Whether its name says that its numbers are no money: ids, quantities, rates. */
export const isOtherNamed = (column: Named): boolean => !isMoneyNamed(column) && strengthOf(column, ...noMoney) >= 0.6

const money = [
  ...(['amount', 'gross', 'net', 'fee', 'tax', 'discount', 'other_amount', 'refunded'] as const),
  ...(['debit', 'credit', 'balance', 'price'] as const),
] as const
const noMoney = [
  ...(['id', 'external_reference', 'row_number', 'phone', 'account', 'party_id', 'quantity', 'rate', 'zone'] as const),
] as const

/** What the inference works with beside the file. */
export interface Surroundings {
  readonly region: RegionProfile
  readonly now: Date
}

export const nameOf = (column: NamedProfile): string | { column: number } =>
  'name' in column.ref ? column.ref.name : { column: column.ref.position }

/** The column as a rule names it. */
export const fromColumn = (column: NamedProfile): FieldRuleYaml =>
  'name' in column.ref ? { from: column.ref.name } : { column: column.ref.position }

/** Whether a column is one of those that rules read: by name or position, alone or with others, or as a side. */
export function readBy(...rules: readonly (FieldRuleYaml | undefined)[]): (column: NamedProfile) => boolean {
  const read = new Set(
    rules
      .flatMap((rule) => [rule?.from, rule?.column, rule?.debit, rule?.credit].flat())
      .map((one) => (typeof one === 'object' ? one.column : one)),
  )
  return ({ ref }) => read.has('name' in ref ? ref.name : ref.position)
}
