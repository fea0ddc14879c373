import { type Shape, spoiled } from './shape.ts'
import { days, notes, plain, times } from './text.ts'

const own = 'FRI:80000001/MM'
const parties = Array.from({ length: 500 }, (_, i) => `FRI:233550${String(i).padStart(6, '0')}/MSISDN`)

/** gh: a mobile money statement; the own account's side is the direction, Currency stands after every amount. */
export const momo: Shape = {
  name: 'momo',
  region: 'gh',
  source: 'momo',
  extension: '.csv',
  description: 'mobile money statement, 20 columns, four of them named Currency',
  delimiter: ',',
  lineEnd: '\n',
  columns: [
    'Id',
    'External id',
    'Date',
    'Status',
    'Type',
    'Provider category',
    'From',
    'From name',
    'To',
    'To name',
    'To message',
    'Initiated by',
    'From / Fee',
    'Currency',
    'To / Fee',
    'Currency',
    'Amount',
    'Currency',
    'Balance',
    'Currency',
  ],
  textColumn: 10,
  conflict: { column: 1, value: 'another' },
  dirt: [
    spoiled('missing_id', 'transaction_id.missing', { 0: '' }),
    spoiled('amount_missing', 'gross.missing', { 14: '', 16: '' }),
    spoiled('amount_text', 'gross.unparseable', { 14: '', 16: 'nil' }),
    spoiled('letter_in_number', 'gross.unparseable', { 14: '', 16: '5O.00' }),
    spoiled('half_grouped', 'gross.unparseable', { 14: '', 16: '"97,50"' }),
    spoiled('exponent', 'gross.unparseable', { 14: '', 16: '5E2' }),
    spoiled('excess_decimals', 'gross.precision', { 14: '', 16: '9.999' }),
    spoiled('impossible_date', 'occurred_at.unparseable', { 2: '2026-02-29 10:00:00' }),
    spoiled('wrong_date_format', 'occurred_at.unparseable', { 2: '03/02/2026 10:00' }),
    spoiled('unknown_currency', 'currency.unknown', { 17: 'XQZ' }),
    spoiled('unknown_status', 'status.unknown', { 3: 'Successfull' }),
    spoiled('unknown_type', 'kind.unknown', { 4: 'Gift' }),
    spoiled('not_the_own_account', 'kind.unknown', { 6: parties[0] ?? '', 8: parties[1] ?? '' }),
    spoiled('fee_above_gross', 'check.fee_below_gross', {
      4: 'Payment',
      6: parties[2] ?? '',
      8: own,
      14: '50.01',
      16: '50.00',
    }),
    spoiled('negative_fee', 'check.fee_not_negative', {
      4: 'Payment',
      6: parties[2] ?? '',
      8: own,
      14: '-0.50',
      16: '50.00',
    }),
  ],
  fill(cells, money, row, day, random) {
    const [year, month, date] = days[day] as readonly [string, string, string]
    const way = random.below(100)
    const comesIn = way < 85
    const amount = 50 * (2 + random.below(9_998))
    const state = random.below(100)
    const settled = state < 95
    const party = random.pick(parties)
    const fee = comesIn && settled ? Math.floor(amount / 100) : null
    cells[0] = String(20_510_000_000 + row)
    cells[1] = `M${row}`
    cells[2] = `${year}-${month}-${date} ${random.pick(times)}`
    cells[3] = settled ? 'Successful' : state < 98 ? 'Failed' : 'Pending'
    cells[4] = comesIn ? 'Payment' : way < 97 ? 'Transfer' : 'Refund'
    cells[5] = 'PC0_100'
    cells[6] = comesIn ? party : own
    cells[7] = comesIn ? 'AMA EXAMPLA' : 'STUDIO TESTABLE'
    cells[8] = comesIn ? own : party
    cells[9] = comesIn ? 'STUDIO TESTABLE' : 'KOFI DUMMI'
    cells[10] = random.pick(notes)
    cells[11] = 'ID:PGUSER/USER'
    cells[12] = ''
    cells[13] = ''
    cells[14] = fee === null ? '' : plain(fee)
    cells[15] = fee === null ? '' : 'GHS'
    cells[16] = plain(comesIn || way % 2 === 0 ? amount : -amount)
    cells[17] = 'GHS'
    cells[18] = ''
    cells[19] = ''
    money.currency = 'GHS'
    money.counted = settled
    money.gross = comesIn ? amount : -amount
    money.fee = fee
    money.tax = 0
  },
}
