import type { Format } from '../contracts/contract.ts'

/** Delimited text as RFC 4180 has it, with a header. */
export const plainCsv: Format = {
  type: 'csv',
  found: [],
  delimiter: ',',
  quote: '"',
  escape: '"',
  recordEnd: null,
  encoding: 'utf-8',
  skipRows: null,
  header: true,
  footer: null,
  path: null,
  comment: null,
  sheet: null,
  values: 'stored',
  widths: null,
}
