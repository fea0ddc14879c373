import type { FieldRule } from './contract.ts'

/** A value is written as the model writes it, whatever the file's habits. */
export const valueRule = (value: string, zone: string): FieldRule => ({
  value: value.normalize('NFC'),
  zone,
  columns: [],
  fallback: [],
  debit: null,
  credit: null,
  map: null,
  formats: [],
  unit: 'major',
  decimal: '.',
  group: '',
  grouping: 'western',
  digits: 'latin',
  nil: [],
  json: null,
  sign: null,
})
