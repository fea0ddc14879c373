import type { FieldRule } from './contract.ts'

/** What a rule has where nothing says otherwise: written as the model writes it. */
export const plainRule: Omit<FieldRule, 'zone'> = {
  columns: [],
  fallback: [],
  value: null,
  debit: null,
  credit: null,
  map: null,
  patterns: [],
  formats: [],
  zoneWords: null,
  languages: ['en'],
  calendar: 'gregorian',
  agrees: null,
  unit: 'major',
  decimal: '.',
  group: '',
  grouping: 'western',
  digits: 'latin',
  nil: [],
  json: null,
  extract: null,
  sign: null,
  symbols: [],
  sides: null,
  negate: false,
}

/** A value is written as the model writes it, whatever the file's habits. */
export const valueRule = (value: string, zone: string): FieldRule => ({
  ...plainRule,
  value: value.normalize('NFC'),
  zone,
})
