import { type Shape, spoiled } from './shape.ts'
import { days, lakh, numbered, times } from './text.ts'

const creators = numbered('bd-c', 120)
const products = numbered('bd-p', 300)
const cards = [
  'bKash-BKash',
  'NAGAD-Nagad',
  'VISA-City Bank',
  '"MASTER-Dutch ""Bangla"""',
  '"AMEX, City"',
  'ROCKET-DBBL',
]

const quoted = (amount: string) => (amount.includes(',') ? `"${amount}"` : amount)

/** bd: a gateway's list that gives what was paid and what is left; the fee is the difference. */
export const sslcommerz: Shape = {
  name: 'sslcommerz',
  region: 'bd',
  source: 'sslcommerz',
  extension: '.csv',
  description: "a payment gateway's list, 12 columns, CRLF, lakh grouping, the fee derived",
  delimiter: ',',
  lineEnd: '\r\n',
  columns: [
    'tran_id',
    'val_id',
    'status',
    'tran_date',
    'amount',
    'store_amount',
    'currency',
    'bank_tran_id',
    'card_type',
    'value_a',
    'value_b',
    'qty',
  ],
  textColumn: 8,
  conflict: { column: 11, value: '9' },
  dirt: [
    spoiled('missing_id', 'transaction_id.missing', { 0: '' }),
    spoiled('amount_missing', 'gross.missing', { 4: '', 5: '' }),
    spoiled('amount_text', 'gross.unparseable', { 4: 'Tk 500', 5: '' }),
    spoiled('letter_in_number', 'gross.unparseable', { 4: '5OO.00', 5: '' }),
    spoiled('half_grouped', 'gross.unparseable', { 4: '"1,25,00.00"', 5: '' }),
    spoiled('exponent', 'gross.unparseable', { 4: '5e2', 5: '' }),
    spoiled('excess_decimals', 'gross.precision', { 4: '500.001', 5: '' }),
    spoiled('net_text', 'net.unparseable', { 4: '500.00', 5: '487.5O' }),
    spoiled('impossible_date', 'occurred_at.unparseable', { 3: '2026-02-30 10:00:00' }),
    spoiled('wrong_date_format', 'occurred_at.unparseable', { 3: '03-Feb-26 10:00:00 AM' }),
    spoiled('unknown_currency', 'currency.unknown', { 6: 'XQZ' }),
    spoiled('unknown_status', 'status.unknown', { 2: 'OK' }),
    spoiled('quantity_text', 'quantity.unparseable', { 11: '1.5' }),
    spoiled('net_above_gross', 'check.store_amount_below_amount', { 4: '500.00', 5: '500.01' }),
    spoiled('negative_sale', 'check.gross_not_negative', { 4: '-500.00', 5: '' }),
  ],
  fill(cells, money, row, day, random) {
    const [year, month, date] = days[day] as readonly [string, string, string]
    const amount = 100 * (50 + random.below(999_950 / (1 + random.below(30))))
    const state = random.below(100)
    const settled = state < 92
    const fee = Math.floor(amount / 40)
    cells[0] = `SC${300_000_000 + row}`
    cells[1] = settled ? `V${400_000_000 + row}` : ''
    cells[2] = state < 60 ? 'VALID' : settled ? 'VALIDATED' : state < 96 ? 'FAILED' : state < 98 ? 'PENDING' : 'EXPIRED'
    cells[3] = `${year}-${month}-${date} ${random.pick(times)}`
    cells[4] = quoted(lakh(amount))
    cells[5] = settled ? quoted(lakh(amount - fee)) : ''
    cells[6] = random.below(50) === 0 ? 'USD' : 'BDT'
    cells[7] = settled ? `B${500_000_000 + row}` : ''
    cells[8] = random.pick(cards)
    cells[9] = random.pick(creators)
    cells[10] = random.pick(products)
    cells[11] = random.below(12) === 0 ? '2' : '1'
    money.currency = cells[6]
    money.counted = settled
    money.gross = amount
    money.fee = settled ? fee : null
    money.tax = 0
  },
}
