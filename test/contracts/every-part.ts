import type { Contract, FieldRule, Open, Track } from '../../contracts/contract.ts'
import { adversary } from './adversary.ts'
import { contractOf, from, pair, sales, value } from './contracts.ts'
import type { Random } from './draw.ts'
import type { Cells } from './run.ts'
import { valueContracts } from './value-contracts.ts'

const position = (column: number, more: Partial<FieldRule> = {}): FieldRule =>
  from([], { ...more, columns: [{ position: column }] })

/** Contracts that use every part of the language between them. */
export const contracts: Readonly<Record<string, Contract>> = {
  'plain sales': contractOf(
    sales({ currency: from('currency'), net: from('net'), tax: from('tax'), quantity: from('qty') }),
  ),
  'words, nil and JSON': contractOf(
    sales({
      kind: from('kind', {
        map: { sale: 'sale', Vente: 'sale', listed: 'tax', 'e\u0301': 'refund', '0': 'fee' },
        nil: ['--', 'n/a'],
      }),
      status: from('state'),
      counted: from('counted'),
      creator_id: from('meta', { json: '$.creator.id' }),
      counterparty_country: from('land'),
      reference: from(['id', 'state', 'land'], { nil: ['x'], fallback: [{ name: 'meta' }] }),
      currency: from('currency', { map: { NGN: 'NGN', USD: 'USD', ngn: 'NGN', FCFA: 'XAF', '586': 'PKR', $: 'USD' } }),
    }),
  ),
  'lakh and Bengali digits': contractOf(
    sales({
      gross: from('amount', { grouping: 'indian', digits: 'bengali' }),
      fee: from('fee', { decimal: ',', group: '.' }),
      tax: from('tax', { group: ' ', grouping: 'indian' }),
      net: from('net', { group: "'", decimal: ',' }),
      occurred_at: from('at', { digits: 'bengali', zone: 'Asia/Dhaka' }),
    }),
    { regionZone: 'Asia/Dhaka' },
  ),
  'minor units of any currency': contractOf(
    sales({
      currency: from('currency'),
      gross: from('amount', { unit: 'minor' }),
      fee: from('fee', { unit: 'minor', group: '' }),
      tax: value('0'),
    }),
  ),
  'debit and credit, times in two columns': contractOf(
    sales({
      gross: pair('amount', 'net', { nil: ['--'] }),
      fee: from('fee', { nil: ['0'] }),
      occurred_at: from(['day', 'time'], {
        formats: ['DD/MM/YYYY HH:mm:ss', 'D-MMM-YY h:mm A', 'YYYY-MM-DDTHH:mm:ss.SSSZ', 'MMMM D, YYYY'],
        zone: 'America/New_York',
      }),
    }),
    { regionZone: 'Europe/Lisbon' },
  ),
  ...valueContracts,
  'signs by a word': contractOf(
    sales({ net: from('net', { sign: { column: { name: 'state' }, negative: ['settled'], positive: null } }) }),
    {
      sign: { column: { name: 'side' }, negative: ['D', 'DR'], positive: ['C'] },
    },
  ),
  'signs by the side of the own account': contractOf(sales({ net: from('net') }), {
    direction: { in: { name: 'to' }, out: { name: 'from' }, own: ['me'] },
  }),
  'long lists of words, some of them absent': contractOf(
    sales({
      product_id: from('title', { map: listed(1000, (i) => `Order #${i}`), missing: 'absent' }),
      creator_id: from('id', { map: listed(300, (i) => `t-${i}`), patterns: [['t-4*', 'four']] }),
      counterparty_country: from('land', { map: { NG: 'NG', Gh: 'GH' }, missing: 'absent' }),
      reference: from('state', { map: { settled: 'S' }, patterns: [['p*', 'P']], missing: 'absent' }),
    }),
    {
      direction: {
        in: { name: 'to' },
        out: { name: 'from' },
        own: ['me', ...Object.keys(listed(200, (i) => `own ${i}`)), 'them'],
      },
    },
  ),
  'charges that are records of their own': contractOf(
    sales({
      kind: from('kind', { map: { sale: 'sale', Vente: 'fee', listed: 'tax', é: 'fee' } }),
      fee: from('state', { nil: ['settled', 'pending', 'failed', 'x', 'paid', 'Settled'] }),
      tax: from('tax', { nil: ['0'] }),
      net: from('net'),
    }),
  ),
  'open questions on a day and on marks, which the sum may answer': openOf(
    {
      ...{ transaction_id: from('id'), kind: value('sale'), currency: value('NGN') },
      ...{ fee: from('fee'), net: from('net') },
    },
    [
      { id: 'order', question: 'Which?', of: 'record', candidates: ['day', 'month'] },
      { id: 'marks', question: 'Which?', of: 'record', candidates: ['point', 'comma', 'none'] },
    ],
    ['DD/MM/YYYY', 'MM/DD/YYYY'].flatMap((order) =>
      [{}, { decimal: ',', group: '.' } as const, { group: '' }].map((marks) => ({
        choices: [order, JSON.stringify(marks)],
        fields: { local_date: from('day', { formats: [order, 'YYYY-MM-DD'] }), gross: from('amount', marks) },
      })),
    ),
  ),
  'an open question on a sign': openOf(
    sales({ occurred_at: from('at') }),
    [{ id: 'sign', question: 'Which?', of: 'file', candidates: ['none', 'side'] }],
    [
      { choices: ['none'], fields: {} },
      { choices: ['side'], fields: {}, sign: { column: { name: 'side' }, negative: ['D', 'DR'], positive: null } },
    ],
  ),
  'dates alone, columns by position': contractOf({
    transaction_id: position(1),
    kind: value('transfer'),
    local_date: from('day', { formats: ['YYYY/MM/DD', 'DD.MM.YY', 'YYYYMMDDHHmmss'] }),
    currency: value('XAF'),
    gross: position(2),
    tax: from('tax'),
  }),
  'amounts for checks of the file': contractOf(sales({ currency: from('currency') }), {
    values: {
      opening: { at: 'column', rule: from('fee', { decimal: ',', group: '.', nil: ['0'] }) },
      minor: { at: 'column', rule: from('tax', { unit: 'minor', group: '' }) },
    },
    checks: [
      {
        ...{ name: 'running', severity: 'warn', tolerance: '0' },
        balance: {
          rule: from('net', { sign: { column: { name: 'side' }, negative: ['D', 'DR'], positive: ['C'] } }),
          ...{ of: 'gross', by: [], order: 'found', shows: 'after' },
        },
      },
    ],
  }),
  rates: contractOf(
    { date: from('day'), currency: from('currency'), usd_rate: from('amount', { group: '' }) },
    { model: 'fx_rate' },
  ),
  'rates the other way round': contractOf(
    { date: from('day'), currency: from('currency'), usd_rate: from('amount', { invert: true }) },
    { model: 'fx_rate' },
  ),
  creators: contractOf(
    {
      creator_id: from('id'),
      name: from('state'),
      country: from('land'),
      joined_at: from('at', { zone: 'Africa/Casablanca' }),
    },
    { model: 'creator' },
  ),
  products: contractOf(
    {
      product_id: from('id'),
      creator_id: from('id'),
      title: from('state'),
      price: from('amount'),
      currency: from('currency'),
      status: from('kind'),
      listed_at: from('at', { zone: 'Asia/Kolkata' }),
    },
    { model: 'product' },
  ),
}

/** A contract with open questions, by what its tracks say. */
function openOf(fields: Record<string, FieldRule>, questions: Open['questions'], tracks: Partial<Track>[]): Contract {
  const whole = tracks.map((track) => ({ choices: [], fields: {}, sign: null, direction: null, ...track }))
  return contractOf({ ...fields, ...whole[0]?.fields }, { open: { questions, tracks: whole } })
}

function listed(count: number, word: (i: number) => string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [word(i), `m'${i}`]))
}

/** A third of the records is plain, a third a little odd, a third as odd as it gets. */
export function recordOf(random: Random): Cells {
  const cells = adversary(random, Math.floor(random() * 3) / 2 || 0.02)
  const { word } = cells
  return {
    id: cells.id(),
    '#1': cells.id(),
    at: cells.time(),
    day: cells.day(),
    time: cells.clock(),
    amount: cells.amount(),
    '#2': cells.amount(),
    fee: cells.amount(),
    priced: cells.priced(),
    sided: cells.sided(),
    tax: cells.amount(),
    net: random() < 0.5 ? '' : cells.amount(),
    qty: cells.count(),
    currency: cells.currency(),
    kind: word(
      ['sale', 'Vente', 'é', 'listed', 'FEE-12'],
      [
        'e\u0301',
        '0',
        '--',
        'n/a',
        'draft',
        ' listed ',
        'Sale',
        '',
        'resale',
        '%x_',
        '%x~',
        'FEE-',
        'fee-1',
        '~',
        'a\ne\ne',
      ],
    ),
    title: cells.title(),
    named: cells.named(),
    yearly: cells.yearly(),
    ...cells.moment(),
    past: cells.past(),
    state: word(['settled', 'pending', 'failed'], ['x', ' settled\t', 'Settled', '', null, 'paid']),
    counted: word(['true', 'FALSE', '1', 'No', 'yes'], ['', 'maybe', '0', null]),
    meta: cells.json(),
    land: word<string | null>(['NG', 'ng', 'Gh'], ['XX', '', null, 'ﬁ', 'U\u017f', '\u0131N', 'NGA', 'n g']),
    side: word(['D', 'DR', 'C'], ['c', '', ' C ', 'X']),
    to: word(['me', 'you'], [' me ', '']),
    from: word<string | null>(['you', 'them'], ['me', null]),
    ...yearless(random),
  }
}

/** Dates without a year, and periods that they may be of. */
function yearless(random: Random): Cells {
  const some = (count: number, from = 0) => String(from + Math.floor(random() * count)).padStart(2, '0')
  const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)] as T
  const odd = () => pick('29/02', '00/01', '31/04', '1/1', '', '12/12/2025')
  const bound = () => pick('15/12', '14/01', '10/02', '31/12', '01/03', '28/02', '02/01', '01/06')
  const short = random() < 0.1 ? odd() : random() < 0.3 ? bound() : `${some(28, 1)}/${some(12, 1)}`
  return {
    short,
    clocked: pick(
      `${short} ${some(24)}:${some(60)}`,
      `${short} ${some(25)}:${some(61)}`,
      `${some(31)} ${pick('Jan', 'feb', 'Dec')}`,
    ),
    start: pick<string | null>(
      '2025-12-15',
      '2024-02-10',
      '2025-03-01',
      '01/06/2023',
      '2024-02-29',
      '2025-13-01',
      null,
    ),
    end: pick('2026-01-14', '2024-12-31', '2026-02-28', '2026-03-01', '2024-01-02', '2025-02-28', ''),
  }
}
