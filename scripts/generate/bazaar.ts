import { type Shape, spoiled } from './shape.ts'
import { days, lakh, notes, numbered, times } from './text.ts'

const sellers = numbered('pk-c', 150)
const items = numbered('pk-p', 400)
const countries = ['PK', 'PK', 'PK', 'PK', 'AE', 'SA', 'GB']

/** pk: a store's tab-separated orders with lakh grouping; refunds are negative rows. */
export const bazaar: Shape = {
  name: 'bazaar',
  region: 'pk',
  source: 'bazaar',
  extension: '.tsv',
  description: "a store's orders, tab-separated, 14 columns, lakh grouping",
  delimiter: '\t',
  lineEnd: '\n',
  columns: [
    'Order No',
    'Ordered At',
    'Type',
    'State',
    'Seller',
    'Item',
    'Qty',
    'Currency',
    'Price',
    'Commission',
    'Sales Tax',
    'Payable',
    'Buyer Country',
    'Remarks',
  ],
  textColumn: 13,
  conflict: { column: 6, value: '9' },
  dirt: [
    spoiled('missing_id', 'transaction_id.missing', { 0: '' }),
    spoiled('amount_missing', 'gross.missing', { 8: '', 9: '', 10: '', 11: '' }),
    spoiled('amount_text', 'gross.unparseable', { 8: 'on request', 9: '', 10: '', 11: '' }),
    spoiled('letter_in_number', 'gross.unparseable', { 8: '1,5OO.00', 9: '', 10: '', 11: '' }),
    spoiled('half_grouped', 'gross.unparseable', { 8: '1,25000.00', 9: '', 10: '', 11: '' }),
    spoiled('other_grouping', 'gross.unparseable', { 8: '125,000.00', 9: '', 10: '', 11: '' }),
    spoiled('exponent', 'gross.unparseable', { 8: '1.5e3', 9: '', 10: '', 11: '' }),
    spoiled('excess_decimals', 'gross.precision', { 2: 'Sale', 8: '999.995', 9: '', 10: '', 11: '' }),
    spoiled('impossible_date', 'occurred_at.unparseable', { 1: '31-02-2026 10:00:00' }),
    spoiled('wrong_date_format', 'occurred_at.unparseable', { 1: '2026-02-03 10:00:00' }),
    spoiled('unknown_currency', 'currency.unknown', { 7: 'XQZ' }),
    spoiled('unknown_status', 'status.unknown', { 3: 'Payed' }),
    spoiled('unknown_type', 'kind.unknown', { 2: 'Swap', 8: '100.00', 9: '5.00', 10: '1.00', 11: '94.00' }),
    spoiled('unknown_country', 'counterparty_country.unknown', { 12: 'ZZ' }),
    spoiled('quantity_text', 'quantity.unparseable', { 6: 'two' }),
    spoiled('net_off', 'check.net', { 2: 'Sale', 8: '100.00', 9: '5.00', 10: '1.00', 11: '94.01' }),
    spoiled('fee_above_gross', 'check.commission_below_price', {
      2: 'Sale',
      8: '10.00',
      9: '10.01',
      10: '0.00',
      11: '-0.01',
    }),
    spoiled('negative_sale', 'check.sign_by_kind', { 2: 'Sale', 8: '-100.00', 9: '', 10: '', 11: '' }),
  ],
  fill(cells, money, row, day, random) {
    const [year, month, date] = days[day] as readonly [string, string, string]
    const isRefund = random.below(20) === 0
    const sign = isRefund ? -1 : 1
    const price = 100 * (100 + random.below(1_999_900 / (1 + random.below(20))))
    const state = random.below(100)
    const settled = state < 94
    const fee = price / 20
    const tax = Math.floor((fee * 16) / 100)
    cells[0] = `BZ-${200_000_000 + row}`
    cells[1] = `${date}-${month}-${year} ${random.pick(times)}`
    cells[2] = isRefund ? 'Refund' : 'Sale'
    cells[3] = settled ? 'Paid' : state < 97 ? 'Waiting' : 'Cancelled'
    cells[4] = random.pick(sellers)
    cells[5] = random.pick(items)
    cells[6] = random.below(8) === 0 ? '3' : '1'
    cells[7] = 'PKR'
    cells[8] = lakh(sign * price)
    cells[9] = lakh(sign * fee)
    cells[10] = lakh(sign * tax)
    cells[11] = lakh(sign * (price - fee - tax))
    cells[12] = random.pick(countries)
    cells[13] = random.pick(notes)
    money.currency = 'PKR'
    money.counted = settled
    money.gross = sign * price
    money.fee = sign * fee
    money.tax = sign * tax
  },
}
