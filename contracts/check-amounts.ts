import type { Contract, FieldRule } from './contract.ts'

/** An amount that a record holds for checks of the whole file; no field of the model, and no reason to reject. */
export interface CheckAmount {
  /** Its column in the compiled query. */
  readonly name: string
  readonly rule: FieldRule
}

export const balanceColumn = (check: string): string => `_balance_${check}`
export const valueColumn = (value: string): string => `_value_${value}`

/** The amounts of a contract's balances and of its values that stand in columns. */
export const checkAmounts = ({ checks, values = {} }: Contract): readonly CheckAmount[] => [
  ...checks.flatMap((check) =>
    'balance' in check ? [{ name: balanceColumn(check.name), rule: check.balance.rule }] : [],
  ),
  ...Object.entries(values).flatMap(([name, { at, rule }]) =>
    at === 'column' ? [{ name: valueColumn(name), rule }] : [],
  ),
]
