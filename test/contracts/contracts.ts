import type { Column, Contract, FieldRule, Format } from '../../contracts/contract.ts'
import { plainRule } from '../../contracts/value-rule.ts'
import { plainCsv } from '../../readers/plain-csv.ts'

const rule: FieldRule = { ...plainRule, zone: 'Africa/Lagos', group: ',' }

/** A field rule that reads columns by name. */
export const from = (names: string | string[], more: Partial<FieldRule> = {}): FieldRule => ({
  ...rule,
  columns: [names].flat().map((name): Column => ({ name })),
  ...more,
})

export const value = (text: string): FieldRule => ({ ...rule, value: text })

/** A debit and credit pair of columns. */
export const pair = (debit: string, credit: string, more: Partial<FieldRule> = {}): FieldRule => ({
  ...rule,
  debit: { name: debit },
  credit: { name: credit },
  ...more,
})

/** A resolved contract of region ng; what a test does not say is as a plain CSV of sales in naira has it. */
export const contractOf = (
  fields: Record<string, FieldRule>,
  more: Partial<Omit<Contract, 'format'>> & { format?: Partial<Format> } = {},
): Contract => ({
  region: 'ng',
  regionZone: 'Africa/Lagos',
  source: 'shop',
  model: 'transaction',
  match: ['shop/**'],
  key: { fields: ['transaction_id'] },
  mode: 'upsert',
  provider: 'shop',
  role: 'processor',
  rail: 'custodial',
  sign: null,
  direction: null,
  checks: [],
  onNewColumn: 'warn',
  params: {},
  ...more,
  format: { ...plainCsv, ...more.format },
  fields,
})

/** Sales with an id, a time, an amount and a fee, as most tests want them. */
export const sales = (more: Record<string, FieldRule> = {}): Record<string, FieldRule> => ({
  transaction_id: from('id'),
  kind: value('sale'),
  occurred_at: from('at'),
  currency: value('NGN'),
  gross: from('amount'),
  fee: from('fee'),
  ...more,
})
