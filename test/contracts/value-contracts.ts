import type { Contract } from '../../contracts/contract.ts'
import { strangeClocks } from './adversary-times.ts'
import { contractOf, from, sales, value } from './contracts.ts'

/** Creators that joined by the clocks of a zone. */
const joinedIn = (zone: string): Contract =>
  contractOf(
    { creator_id: from('id'), name: from('id'), country: value('NG'), joined_at: from('past', { zone }) },
    { model: 'creator' },
  )

/** Contracts that use every way of reading values between them. */
export const valueContracts: Readonly<Record<string, Contract>> = {
  'dates without a year, all of one': contractOf(
    sales({
      occurred_at: from('clocked', {
        formats: ['DD/MM HH:mm', 'D MMM'],
        year: { value: '2023' },
        zone: 'America/New_York',
      }),
      currency: from('currency'),
    }),
  ),
  'dates without a year, of a period': contractOf(
    sales({
      local_date: from('short', {
        formats: ['DD/MM'],
        year: { from: from('start', { formats: ['YYYY-MM-DD', 'DD/MM/YYYY'] }), to: from('end') },
      }),
      occurred_at: from('clocked', { formats: ['DD/MM HH:mm'], year: { from: from('start'), to: from('end') } }),
    }),
  ),
  'a creator’s time without a year': contractOf(
    {
      creator_id: from('id'),
      name: from('id'),
      country: value('NG'),
      joined_at: from('clocked', { formats: ['D MMM', 'DD/MM HH:mm'], year: { value: '2024' } }),
    },
    { model: 'creator' },
  ),
  'patterns and what is taken of a text': contractOf(
    sales({
      kind: from('kind', {
        map: { sale: 'sale', Sale: 'refund' },
        patterns: [
          ['FEE-*', 'fee'],
          ['*e*e*', 'tax'],
          ['%*_', 'transfer'],
          ['*sale*', 'payout'],
          ['é*', 'chargeback'],
          ['V*', 'adjustment'],
          ['~', 'refund'],
        ],
      }),
      status: from('state', {
        patterns: [
          ['s*d', 'settled'],
          ['*', 'pending'],
        ],
      }),
      counted: from('counted', {
        patterns: [
          ['*e', 'true'],
          ['[1]*', 'false'],
          ['F*', 'FALSE'],
          ['*y*', 'true'],
        ],
      }),
      currency: from('currency', {
        map: { NGN: 'NGN' },
        patterns: [
          ['U*', 'USD'],
          ['*5*', 'XAF'],
          ['K*D', 'KWD'],
          ['*G*', 'NGN'],
          ['*J*', 'JPY'],
        ],
      }),
      counterparty_country: from('land', {
        patterns: [
          ['N*', 'NG'],
          ['G*', 'GH'],
        ],
      }),
      reference: from(['title', 'id'], {
        extract: '#\\s*([0-9]+)',
        nil: ['7'],
        fallback: [{ name: 'title' }, { name: 'kind' }],
      }),
      creator_id: from('meta', { json: '$.creator.id', extract: '(?:c|^)([^ ]+)' }),
      fee: from('title', { extract: '(?:fee|Fee):?(.*)$', symbols: ['$'] }),
    }),
  ),
  'names of months and weekdays': contractOf(
    sales({
      occurred_at: from('named', {
        formats: [
          'D MMM YYYY HH:mm',
          'dddd D MMMM YYYY',
          'MMM D, YYYY h:mm A',
          'ddd, DD MMM YY HH:mm:ssZ',
          'DDMMMYYYY',
          'D MMM. YYYY HH:mm',
        ],
        languages: ['en', 'fr', 'tr', 'vi', 'yo', 'ar', 'hi'],
        digits: 'arabic',
      }),
      fee: value('0'),
    }),
  ),
  'zones by a word in the time': contractOf(
    sales({
      occurred_at: from('named', {
        formats: ['D MMM YYYY HH:mm z', 'ddd, DD MMM YY HH:mm:ss z', 'MMM D, YYYY h:mm A', 'D MMM YYYY HH:mm'],
        languages: ['en', 'es', 'tr', 'vi', 'yo', 'ar'],
        digits: 'arabic',
        zoneTexts: { PST: '-08:00', PDT: '-07:00', PSTX: '+05:45', 'W+T': '+01:00' },
        zone: 'America/New_York',
      }),
      fee: value('0'),
    }),
  ),
  'names in languages that differ': contractOf({
    transaction_id: from('id'),
    kind: value('sale'),
    currency: value('NGN'),
    gross: from('amount'),
    local_date: from('named', {
      formats: ['dddd D MMMM YYYY', 'MMM D, YYYY h:mm A', 'D MMM. YYYY HH:mm'],
      languages: ['pl', 'hr', 'en', 'fr', 'pt'],
    }),
  }),
  'years of other calendars': contractOf({
    ...sales({ fee: value('0') }),
    occurred_at: from('yearly', {
      formats: ['DD/MM/YYYY', 'YY-M-D', 'DD/MM/YYYY HH:mm:ss'],
      calendar: 'buddhist',
      zone: 'Asia/Bangkok',
    }),
  }),
  'dates of another calendar': contractOf({
    transaction_id: from('id'),
    kind: value('sale'),
    currency: value('NGN'),
    gross: from('amount'),
    local_date: from('yearly', { formats: ['DD/MM/YYYY', 'YY-M-D', 'DD/MM/YYYY HH:mm:ss'], calendar: 'hijri' }),
  }),
  'years of a calendar with a table': contractOf(
    {
      creator_id: from('id'),
      name: from('id'),
      country: value('NG'),
      joined_at: from('yearly', {
        formats: ['DD/MM/YYYY HH:mm:ss', 'DD/MM/YYYY', 'YY-M-D'],
        calendar: 'persian',
        zone: 'Asia/Tehran',
        digits: 'persian',
      }),
    },
    { model: 'creator' },
  ),
  'zones by a word': contractOf(
    sales({
      occurred_at: from('zoned', {
        zoneWords: { column: { name: 'zoneWord' }, offsets: { PST: '-08:00', PDT: '-07:00', IST: '+05:30' } },
      }),
      fee: value('0'),
    }),
    { regionZone: 'America/New_York' },
  ),
  'a creator’s zone by a word': contractOf(
    {
      creator_id: from('id'),
      name: from('id'),
      country: value('NG'),
      joined_at: from('zoned', {
        zoneWords: { column: { name: 'zoneWord' }, offsets: { PST: '-08:00', IST: '+05:30' } },
      }),
    },
    { model: 'creator' },
  ),
  'seconds since 1970, and a text that agrees': contractOf(
    sales({
      occurred_at: from('unix', { formats: ['X'], agrees: from('newYork', { zone: 'America/New_York' }) }),
      fee: value('0'),
    }),
    { regionZone: 'America/New_York' },
  ),
  'a time that thousandths agree with': contractOf({
    ...sales({ fee: value('0') }),
    occurred_at: from('newYork', { zone: 'America/New_York', agrees: from('utc') }),
    local_date: from('dayUtc', { formats: ['YYYY-MM-DD'], agrees: from('unix', { formats: ['X'] }) }),
  }),
  'days that agree': contractOf(
    sales({
      occurred_at: from('zoned', { zone: 'America/Los_Angeles', agrees: from('dayUtc', { formats: ['YYYY-MM-DD'] }) }),
      fee: value('0'),
    }),
    { regionZone: 'UTC' },
  ),
  'a creator’s times that agree': contractOf(
    {
      creator_id: from('id'),
      name: from('id'),
      country: value('NG'),
      joined_at: from('dayUtc', { formats: ['YYYY-MM-DD'], zone: 'UTC', agrees: from('millis', { formats: ['x'] }) }),
    },
    { model: 'creator', regionZone: 'UTC' },
  ),
  'symbols, and the other sign': contractOf(
    sales({
      gross: from('priced', { symbols: ['$', 'CA$', 'Rs', 'Rs.', '€', 'A', 'US $', '#'] }),
      fee: from('priced', { symbols: ['€', '$', 'Rs', 'kr.', 'E'], negate: true, group: '' }),
      tax: from('tax', { symbols: ['E', 'e'], unit: 'minor', group: ' ', digits: 'fullwidth' }),
    }),
  ),
  'sides by a word beside the number': contractOf(
    sales({
      gross: from('sided', { sides: { credit: ['CR', 'C'], debit: ['DR', 'Cd'], bare: null } }),
      fee: from('sided', {
        sides: { credit: ['C', 'CR'], debit: [], bare: 'debit' },
        symbols: ['$', 'CA$', 'DR', 'R'],
      }),
      tax: from('sided', {
        sides: { credit: ['Cr.', 'DR'], debit: ['C', 'D'], bare: 'credit' },
        symbols: ['R', 'r.', 'CR'],
      }),
    }),
  ),
  'Arabic digits and marks': contractOf(
    sales({
      gross: from('amount', { digits: 'arabic' }),
      fee: from('fee', { digits: 'persian', group: '' }),
      tax: from('priced', { digits: 'arabic', decimal: ',', group: '.', symbols: ['ر.س', '€', '$'] }),
      occurred_at: from('at', { digits: 'fullwidth' }),
    }),
  ),
  ...Object.fromEntries(strangeClocks.map((zone) => [`the clocks of ${zone}`, joinedIn(zone)])),
}
