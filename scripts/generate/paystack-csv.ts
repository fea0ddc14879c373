import { type Shape, spoiled } from './shape.ts'
import { days, notes, numbered, plain, times } from './text.ts'

const creators = numbered('ng-c', 200)
const products = numbered('ng-p', 500)
const channels = ['card', 'bank_transfer', 'ussd', 'mobile_money']
const countries = ['NG', 'NG', 'NG', 'NG', 'NG', 'NG', 'GH', 'KE', 'GB', 'US']

/** ng: twelve columns, about 125 bytes a row; kobo in one column, naira in the next. */
export const paystackCsv: Shape = {
  name: 'paystack_csv',
  region: 'ng',
  source: 'paystack_csv',
  extension: '.csv',
  description: 'Paystack-like CSV export, 12 columns, about 125 bytes a row',
  delimiter: ',',
  lineEnd: '\n',
  columns: [
    'Reference',
    'Status',
    'Amount (Kobo)',
    'Fees',
    'Currency',
    'Channel',
    'Paid At',
    'Creator Id',
    'Product Id',
    'Customer Country',
    'Quantity',
    'Notes',
  ],
  textColumn: 11,
  conflict: { column: 10, value: '9' },
  dirt: [
    spoiled('missing_id', 'transaction_id.missing', { 0: '' }),
    spoiled('amount_missing', 'gross.missing', { 2: '', 3: '' }),
    spoiled('amount_text', 'gross.unparseable', { 2: 'free', 3: '0.00' }),
    spoiled('letter_in_number', 'gross.unparseable', { 2: '12500O', 3: '1.00' }),
    spoiled('half_grouped', 'gross.unparseable', { 2: '"12,5000"', 3: '1.00' }),
    spoiled('exponent', 'gross.unparseable', { 2: '1e6', 3: '1.00' }),
    spoiled('excess_decimals', 'fee.precision', { 2: '500000', 3: '75.005' }),
    spoiled('fee_text', 'fee.unparseable', { 2: '500000', 3: '75.00 NGN' }),
    spoiled('impossible_date', 'occurred_at.unparseable', { 6: '31/02/2026 10:00:00' }),
    spoiled('impossible_time', 'occurred_at.unparseable', { 6: '28/02/2026 24:00:01' }),
    spoiled('wrong_date_format', 'occurred_at.unparseable', { 6: '2026-02-03T10:00:00Z' }),
    spoiled('unknown_currency', 'currency.unknown', { 4: 'XQZ' }),
    spoiled('unknown_status', 'status.unknown', { 1: 'paid?' }),
    spoiled('unknown_country', 'counterparty_country.unknown', { 9: 'ZZ' }),
    spoiled('quantity_text', 'quantity.unparseable', { 10: 'two' }),
    spoiled('fee_above_gross', 'check.fee_below_gross', { 2: '1000', 3: '10.01' }),
    spoiled('negative_sale', 'check.gross_not_negative', { 2: '-500000', 3: '' }),
  ],
  fill(cells, money, row, day, random) {
    const [year, month, date] = days[day] as readonly [string, string, string]
    const gross = 50 * (20 + random.below(99_980))
    const fate = random.below(100)
    const settled = fate < 93
    const paid = settled || fate === 99
    const fee = Math.min(Math.floor((gross * 3) / 200), 200_000)
    const where = random.below(100)
    const currency = where < 92 ? 'NGN' : where < 96 ? 'GHS' : where < 99 ? 'KES' : 'USD'
    cells[0] = `T${100_000_000 + row}`
    cells[1] = settled ? 'success' : fate < 97 ? 'failed' : fate < 99 ? 'abandoned' : 'reversed'
    cells[2] = String(gross)
    cells[3] = paid ? plain(fee) : ''
    cells[4] = currency
    cells[5] = random.pick(channels)
    cells[6] = `${date}/${month}/${year} ${random.pick(times)}`
    cells[7] = random.pick(creators)
    cells[8] = random.pick(products)
    cells[9] = random.pick(countries)
    cells[10] = random.below(10) === 0 ? '2' : '1'
    cells[11] = random.pick(notes)
    money.currency = currency
    money.counted = settled
    money.gross = gross
    money.fee = paid ? fee : null
    money.tax = 0
  },
}
