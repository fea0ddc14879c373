import type { Contract, FieldRule, Variants } from './contract.ts'

/**
 * The contract as it reads for each kind of records, or each entry of a record, in order; itself alone where it has
 * neither.
 */
export function variantsOf(contract: Contract): readonly Contract[] {
  const { variants, open: _, templates: __, ...shared } = contract
  if (variants === undefined) return [contract]
  return variants.list.map(({ name: _, when: __, ...own }) => ({ ...shared, ...own }))
}

/** What all variants together take: of a field that several give a rule, the first one's. */
export const rulesOf = ({ list }: Variants): Readonly<Record<string, FieldRule>> =>
  Object.assign({}, ...list.map(({ fields }) => fields).toReversed())

/** Whether one record of the source can be several rows. */
export const hasEntries = ({ variants }: Contract): boolean => variants?.of === 'entry'

/** Where they stand in the YAML. */
export const keyOfVariants = ({ variants }: Contract): 'records' | 'entries' =>
  variants?.of === 'record' ? 'records' : 'entries'
