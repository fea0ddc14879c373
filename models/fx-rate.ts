import type { Model } from './field.ts'

/** US dollars for one unit of a currency on one day. */
export const fxRate = {
  name: 'fx_rate',
  description: 'US dollars for one unit of a currency on one day',
  key: ['date', 'currency'],
  listable: false,
  fields: [
    { name: 'date', type: 'date', required: true, description: 'The day the rate was published for' },
    { name: 'currency', type: 'currency', required: true, description: 'ISO 4217 code' },
    { name: 'usd_rate', type: 'rate', required: true, description: 'US dollars for one unit' },
  ],
} as const satisfies Model
