import { describe, expect, it } from 'vitest'
import { compile } from '../../contracts/compile.ts'
import type { FieldRule } from '../../contracts/contract.ts'
import { judge as judgeBy } from '../../contracts/judge.ts'
import { contractOf, from, pair, sales, value } from './contracts.ts'
import { runCompiled } from './run.ts'

const good = { id: 't1', at: '2026-03-01T10:00:00', amount: '1,250.50', fee: '20' }

async function judge(cells: Record<string, string | null>, fields: Record<string, FieldRule> = {}, more = {}) {
  const [row] = await runCompiled(contractOf(sales(fields), more), [{ ...good, ...cells }])
  return row ?? {}
}

const reasons = async (...args: Parameters<typeof judge>) => (await judge(...args))._reasons

describe('a valid record', () => {
  it('is typed, placed by zone, and derived', async () => {
    expect(await judge({})).toMatchObject({
      transaction_id: 't1',
      kind: 'sale',
      status: 'settled',
      counted: true,
      occurred_at: '2026-03-01 09:00:00+00',
      local_date: '2026-03-01',
      currency: 'NGN',
      gross: '1250.500000000',
      fee: '20.000000000',
      tax: null,
      net: '1230.500000000',
      _reasons: null,
      _warnings: null,
      _raw: null,
    })
  })

  it('keeps an unknown fee null, and then the net too', async () => {
    expect(await judge({ fee: '' })).toMatchObject({ fee: null, net: null, _reasons: null })
  })

  it('derives fee from gross and net where the file gives both', async () => {
    expect(await judge({ fee: '', net: '1250' }, { net: from('net') })).toMatchObject({
      fee: '0.500000000',
      _reasons: null,
    })
  })

  it('takes off Unicode spaces and composes letters', async () => {
    expect(await judge({ id: '\u00a0e\u0301 \t' })).toMatchObject({ transaction_id: '\u00e9' })
  })
})

describe('amounts', () => {
  const amounts: [string, string | null, string[] | null, Partial<FieldRule>?][] = [
    ['1250.50', '1250.500000000', null],
    ['-1,250.50', '-1250.500000000', null],
    ['\u2212 5', null, ['gross.unparseable']],
    ['(1,250.50)', '-1250.500000000', null],
    ['12.34.5', null, ['gross.unparseable']],
    ['1,2,3', null, ['gross.unparseable']],
    ['1,25,000.00', null, ['gross.unparseable']],
    ['1,25,000.00', '125000.000000000', null, { grouping: 'indian' }],
    ['12,500', '12500.000000000', null, { grouping: 'indian' }],
    ['১,২৫,০০০.০০', '125000.000000000', null, { grouping: 'indian', digits: 'bengali' }],
    ['1.250,50', '1250.500000000', null, { decimal: ',', group: '.' }],
    ['1500,', '1500.000000000', null, { decimal: ',', group: '.' }],
    ['-1.500,', '-1500.000000000', null, { decimal: ',', group: '.' }],
    ['(0,)', '0.000000000', null, { decimal: ',', group: '.' }],
    ['1500,,', null, ['gross.unparseable'], { decimal: ',', group: '' }],
    [',', null, ['gross.unparseable'], { decimal: ',', group: '' }],
    ["1'250.50", '1250.500000000', null, { group: "'" }],
    ['1\u202f250.50', '1250.500000000', null, { group: ' ' }],
    ['1e3', null, ['gross.unparseable']],
    ['1_000', null, ['gross.unparseable']],
    ['.50', null, ['gross.unparseable']],
    ['5.', null, ['gross.unparseable']],
    ['12,50O', null, ['gross.unparseable']],
    ['1.005', '1.005000000', ['gross.precision']],
    ['1.0000001', '1.000000100', ['gross.precision']],
    ['1.00000000001', null, ['gross.precision']],
    ['1.500000000000', '1.500000000', null],
    ['123456789012345678', '123456789012345678.000000000', null],
    ['1234567890123456789', null, ['gross.out_of_range']],
    ['0000000000000000000001', '1.000000000', null],
    ['', null, ['gross.missing']],
    ['125050', '1250.500000000', null, { unit: 'minor' }],
    ['125050.00', '1250.500000000', null, { unit: 'minor' }],
    ['125050.5', null, ['gross.unparseable'], { unit: 'minor' }],
    ['--', null, ['gross.missing'], { nil: ['--'] }],
    ['--', null, ['gross.unparseable']],
  ]
  it.each(amounts)('%s', async (amount, gross, codes, rule = {}) => {
    expect(await judge({ amount }, { gross: from('amount', rule) })).toMatchObject({ gross, _reasons: codes })
  })

  const signs: [string, string | null, Partial<FieldRule>?][] = [
    ['12.50-', '-12.500000000'],
    ['1,250.50\u2212', '-1250.500000000'],
    ['-12.50-', null],
    ['(12.50-)', null],
    ['(12.50)-', null],
    ['12.50 -', null],
    ['-', null],
    ['$4.42', null],
    ['4.42', '4.420000000', { symbols: ['$'] }],
    ['+1,250.50', '1250.500000000'],
    ['12.50+', '12.500000000'],
    ['+-12.50', null],
    ['+12.50-', null],
    ['(+12.50)', null],
    ['+ 12.50', null],
    ['+2.21E+11', null],
    ['+$5.00', '5.000000000', { symbols: ['$'] }],
    ['$+5.00', '5.000000000', { symbols: ['$'] }],
    ['PKR +1,250.00', '1250.000000000', { symbols: ['PKR'] }],
    ['5.00+ €', '5.000000000', { symbols: ['€'] }],
    ['-$+5.00', null, { symbols: ['$'] }],
    ['+500 CR', null, { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['＋１２．５０', '12.500000000', { digits: 'fullwidth' }],
    ['-$4.42', '-4.420000000', { symbols: ['$'] }],
    ['$-4.42', '-4.420000000', { symbols: ['$'] }],
    ['- $ 4.42', '-4.420000000', { symbols: ['$'] }],
    ['($4.42)', '-4.420000000', { symbols: ['$'] }],
    ['$ (1,004.42)', '-1004.420000000', { symbols: ['$'] }],
    ['$4.42-', '-4.420000000', { symbols: ['$'] }],
    ['(-$4.42)', null, { symbols: ['$'] }],
    ['-$4.42-', null, { symbols: ['$'] }],
    ['$4.42$', null, { symbols: ['$'] }],
    ['4$42', null, { symbols: ['$'] }],
    ['- 4.42', null, { symbols: ['$'] }],
    ['$', null, { symbols: ['$'] }],
    ['CA$76.00', '76.000000000', { symbols: ['$', 'CA$'] }],
    ['CA$76.00', null, { symbols: ['$'] }],
    ['29,99\u00a0€', '29.990000000', { symbols: ['€'], decimal: ',', group: '.' }],
    ['1.029,99 €-', '-1029.990000000', { symbols: ['€'], decimal: ',', group: '.' }],
    ['€ 1500,', '1500.000000000', { symbols: ['€'], decimal: ',', group: '.' }],
    ['Rs. 500', '500.000000000', { symbols: ['Rs', 'Rs.'] }],
    ['Rs.500', '500.000000000', { symbols: ['Rs', 'Rs.'] }],
    ['Rs.500', null, { symbols: ['Rs'] }],
    ['Rs.50050', '500.500000000', { symbols: ['Rs.'], unit: 'minor' }],
    ['rs. 500', null, { symbols: ['Rs.'] }],
    ['20.00', '-20.000000000', { negate: true }],
    ['(20.00)', '20.000000000', { negate: true }],
    ['500 CR', '500.000000000', { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['500.00DR', '-500.000000000', { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['Dr. 1,500', '-1500.000000000', { sides: { credit: ['Cr.'], debit: ['Dr.'], bare: null } }],
    ['500', null, { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['500', '-500.000000000', { sides: { credit: ['CR'], debit: [], bare: 'debit' } }],
    ['500', '500.000000000', { sides: { credit: [], debit: ['DR'], bare: 'credit' } }],
    ['-500', null, { sides: { credit: ['CR'], debit: [], bare: 'debit' } }],
    ['-500 DR', null, { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['(500) CR', null, { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['CR 500 CR', null, { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['CR 500 DR', null, { sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['$500 DR', '-500.000000000', { symbols: ['$'], sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['500 DR $', '-500.000000000', { symbols: ['$'], sides: { credit: ['CR'], debit: ['DR'], bare: null } }],
    ['CDR 500', null, { symbols: ['R', 'DR'], sides: { credit: ['C'], debit: ['CD'], bare: null } }],
    ['١٬٢٣٤٫٥٠', '1234.500000000', { digits: 'arabic' }],
    ['۱٬۲۳۴٫۵۰-', '-1234.500000000', { digits: 'persian' }],
    ['－１，２３４．５０', '-1234.500000000', { digits: 'fullwidth' }],
    ['（１２３４）', '-1234.000000000', { digits: 'fullwidth' }],
  ]
  it.each(signs)('%s by %3$j', async (amount, gross, rule = {}) => {
    expect(await judge({ amount }, { gross: from('amount', rule) })).toMatchObject({
      gross,
      _reasons: gross === null ? ['gross.unparseable'] : null,
    })
  })

  it('have as many decimals as the record’s currency', async () => {
    const fields = { currency: from('currency') }
    expect(await reasons({ amount: '10.5', fee: '0', currency: 'XAF' }, fields)).toEqual(['gross.precision'])
    expect(await reasons({ amount: '10.555', currency: 'KWD' }, fields)).toBeNull()
    expect(await judge({ amount: '10', currency: 'xaf' }, fields)).toMatchObject({ currency: 'XAF', _reasons: null })
    expect(await judge({ amount: '10', currency: '586' }, fields)).toMatchObject({ currency: 'PKR', _reasons: null })
    expect(
      await judge(
        { amount: '10500', currency: 'KWD', fee: '' },
        { ...fields, gross: from('amount', { unit: 'minor' }) },
      ),
    ).toMatchObject({ gross: '10.500000000' })
    expect(await reasons({ currency: 'NGМ' }, fields)).toEqual(['currency.unknown'])
  })

  it('come from a debit and a credit column', async () => {
    const fields = { gross: pair('out', 'in', { nil: ['--'] }) }
    expect(await judge({ out: '--', in: '5,000.00' }, fields)).toMatchObject({
      gross: '5000.000000000',
      _reasons: null,
    })
    expect(await judge({ out: '-4,000.00', in: '' }, fields)).toMatchObject({ gross: '-4000.000000000' })
    expect(await reasons({ out: '--', in: '--' }, fields)).toEqual(['gross.missing'])
    expect(await reasons({ out: '1', in: '2' }, fields)).toEqual(['gross.both_sides'])
    expect(await judge({ out: '0.00', in: '2' }, fields)).toMatchObject({ gross: '2.000000000', _reasons: null })
    expect(await reasons({ out: '5OO', in: '' }, fields)).toEqual(['gross.unparseable'])
  })

  it('are signed by another column', async () => {
    const sign = { column: { name: 'dc' }, negative: ['D'], positive: ['C'] }
    expect(await judge({ dc: 'D' }, {}, { sign })).toMatchObject({
      gross: '-1250.500000000',
      fee: '-20.000000000',
      net: '-1230.500000000',
    })
    expect(await judge({ dc: 'C' }, {}, { sign })).toMatchObject({ gross: '1250.500000000', fee: '20.000000000' })
    expect(await reasons({ dc: 'X' }, {}, { sign })).toEqual(['kind.unknown'])
    expect(await judge({ dc: 'D' }, { gross: from('amount', { sign }) })).toMatchObject({
      gross: '-1250.500000000',
      fee: '20.000000000',
    })
  })

  it('are signed by the side of the own account', async () => {
    const direction = { in: { name: 'to' }, out: { name: 'from' }, own: ['me'] }
    expect(await judge({ to: 'you', from: 'me' }, {}, { direction })).toMatchObject({
      gross: '-1250.500000000',
      fee: '20.000000000',
      net: '-1270.500000000',
    })
    expect(await judge({ to: 'me', from: 'you' }, {}, { direction })).toMatchObject({ gross: '1250.500000000' })
    expect(await reasons({ to: 'a', from: 'b' }, {}, { direction })).toEqual(['kind.unknown'])
    // On both sides nothing is known of the sums either.
    expect(
      await reasons({ to: 'me', from: 'me', amount: '5', fee: '4', net: '1' }, { net: from('net') }, { direction }),
    ).toEqual(['kind.unknown'])
  })

  const charges: [string, string, string, string, string | null, Record<string, string>][] = [
    // kind, amount, fee, tax, net -> gross, fee, tax, net
    ['fee', '-4', '', '', null, { gross: '0', fee: '4', tax: 'null', net: '-4' }],
    ['fee', '-4', '0.00', '0', '-4', { gross: '0', fee: '4', tax: '0', net: '-4' }],
    ['fee', '', '', '', '-4', { gross: '0', fee: '4', tax: 'null', net: '-4' }],
    ['fee', '4', '', '', null, { gross: '0', fee: '-4', tax: 'null', net: '4' }],
    ['fee', '0', '4', '', '-4', { gross: '0', fee: '4', tax: 'null', net: '-4' }],
    ['fee', '', '4', '', '-4', { gross: '0', fee: '4', tax: 'null', net: '-4' }],
    ['fee', '0', '', '', null, { gross: '0', fee: 'null', tax: 'null', net: 'null' }],
    ['fee', '-4', '', '', '-5', { gross: '-4', fee: '1', tax: 'null', net: '-5' }],
    ['fee', '-4', '', '0.5', null, { gross: '-4', fee: 'null', tax: '0.5', net: 'null' }],
    ['tax', '-4', '', '', null, { gross: '0', fee: '0', tax: '4', net: '-4' }],
    ['sale', '4', '', '', null, { gross: '4', fee: 'null', tax: 'null', net: 'null' }],
  ]
  it.each(charges)('of kind %s: %s, fee %s, tax %s, net %s', async (kind, amount, fee, tax, net, amounts) => {
    const fields = { kind: from('kind'), tax: from('tax'), net: from('net') }
    const row = await judge({ kind, amount, fee, tax, net }, fields)
    const plain = (value: unknown) => String(value).replace(/\.?0+$/, '')
    const found = ['gross', 'fee', 'tax', 'net'].map((name) => [name, row[name] === null ? 'null' : plain(row[name])])
    expect(row._reasons).toBeNull()
    expect(Object.fromEntries(found)).toEqual(amounts)
  })

  it('of a charge must add up too', async () => {
    const fields = { kind: value('fee'), net: from('net') }
    expect(await reasons({ amount: '-4', fee: '0', net: '-5' }, fields)).toEqual(['check.net'])
  })

  it('must add up where the file gives them all', async () => {
    expect(await reasons({ net: '1230.51' }, { net: from('net') })).toEqual(['check.net'])
    expect(await reasons({ net: '1230.50' }, { net: from('net') })).toBeNull()
  })
})

describe('times', () => {
  const times: [string, string | null, string | null, string[] | null, Partial<FieldRule>?][] = [
    ['2026-03-01T23:30:00Z', '2026-03-01 23:30:00+00', '2026-03-02', null],
    ['2026-03-01 23:30:00 UTC', '2026-03-01 23:30:00+00', '2026-03-02', null],
    ['2026-03-01T23:30:00.123+0530', '2026-03-01 18:00:00.123+00', '2026-03-01', null],
    ['2026-03-01', null, '2026-03-01', null],
    ['2026-02-29', null, null, ['occurred_at.unparseable']],
    ['2026-03-01 24:00:00', null, null, ['occurred_at.unparseable']],
    ['01/03/2026 10:00:00', '2026-03-01 09:00:00+00', '2026-03-01', null, { formats: ['DD/MM/YYYY HH:mm:ss'] }],
    ['31/02/2026 10:00:00', null, null, ['occurred_at.unparseable'], { formats: ['DD/MM/YYYY HH:mm:ss'] }],
    ['1/3/2026 10:00:00', null, null, ['occurred_at.unparseable'], { formats: ['DD/MM/YYYY HH:mm:ss'] }],
    ['1/3/2026 1:05', '2026-03-01 00:05:00+00', '2026-03-01', null, { formats: ['D/M/YYYY H:mm'] }],
    [
      '01-Mar-26 05:21:06 AM',
      '2026-02-28 23:21:06+00',
      '2026-03-01',
      null,
      { formats: ['DD-MMM-YY hh:mm:ss A'], zone: 'Asia/Dhaka' },
    ],
    [
      '26/03/01 05:40:14',
      '2026-03-01 00:40:14+00',
      '2026-03-01',
      null,
      { formats: ['YY/MM/DD HH:mm:ss'], zone: 'Asia/Karachi' },
    ],
    ['75/03/01', null, '2075-03-01', null, { formats: ['YY/MM/DD'] }],
    ['20260301054014', '2026-03-01 04:40:14+00', '2026-03-01', null, { formats: ['YYYYMMDDHHmmss'] }],
    ['2026-03-01T10:00:00Z', '2026-03-01 10:00:00+00', '2026-03-01', null, { formats: ['YYYY-MM-DDTHH:mm:ssZ'] }],
    ['10:05 Z 01.03.2026', '2026-03-01 10:05:00+00', '2026-03-01', null, { formats: ['HH:mm Z DD.MM.YYYY'] }],
    ['2026-03-01T10:00:00+0300', '2026-03-01 07:00:00+00', '2026-03-01', null, { formats: ['YYYY-MM-DDTHH:mm:ssZ'] }],
    ['March 3, 2026', null, '2026-03-03', null, { formats: ['MMMM D, YYYY'] }],
    ['3 févr. 2026', null, '2026-02-03', null, { formats: ['D MMM YYYY'], languages: ['fr'] }],
    ['3 FE\u0301VR 2026', null, '2026-02-03', null, { formats: ['D MMM YYYY'], languages: ['en', 'fr'] }],
    ['3 févr. 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM YYYY'] }],
    ['3 Feb 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM YYYY'], languages: ['zh'] }],
    ['3  févr. 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM YYYY'], languages: ['fr'] }],
    ['3 févr 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM. YYYY'], languages: ['fr'] }],
    ['3 févr. 2026', null, '2026-02-03', null, { formats: ['D MMM. YYYY'], languages: ['fr'] }],
    ['3 févrr 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM YYYY'], languages: ['fr'] }],
    ['01 NİSAN 2026', null, '2026-04-01', null, { formats: ['DD MMMM YYYY'], languages: ['tr'] }],
    ['01 KASIM 2026', null, '2026-11-01', null, { formats: ['DD MMMM YYYY'], languages: ['tr'] }],
    ['7 thg 12 2026', null, '2026-12-07', null, { formats: ['D MMM YYYY'], languages: ['vi'] }],
    ['30 Feb 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM YYYY'] }],
    ['1 ſept 2026', null, null, ['occurred_at.unparseable'], { formats: ['D MMM YYYY'] }],
    ['Sunday 1 March 2026', null, '2026-03-01', null, { formats: ['dddd D MMMM YYYY'] }],
    ['Monday 1 March 2026', null, null, ['occurred_at.unparseable'], { formats: ['dddd D MMMM YYYY'] }],
    ['Sundae 1 March 2026', null, null, ['occurred_at.unparseable'], { formats: ['dddd D MMMM YYYY'] }],
    [
      'Sun, 01 Mar 2026 23:30:00 -0500',
      '2026-03-02 04:30:00+00',
      '2026-03-02',
      null,
      { formats: ['ddd, DD MMM YYYY HH:mm:ss Z'] },
    ],
    ['dim. 1 mars 26', null, '2026-03-01', null, { formats: ['ddd D MMMM YY'], languages: ['fr'] }],
    [
      'Mar 13, 2026 1:00:03 AM PST',
      '2026-03-13 09:00:03+00',
      '2026-03-13',
      null,
      { formats: ['MMM D, YYYY h:mm:ss A z'], zoneTexts: { PST: '-08:00', PDT: '-07:00' } },
    ],
    [
      '13/03/2026 01:00 PDT',
      '2026-03-13 08:00:00+00',
      '2026-03-13',
      null,
      { formats: ['DD/MM/YYYY HH:mm z'], zoneTexts: { PST: '-08:00', PDT: '-07:00' } },
    ],
    [
      '13/03/2026 01:00 CET',
      null,
      null,
      ['occurred_at.unparseable'],
      { formats: ['DD/MM/YYYY HH:mm z'], zoneTexts: { PST: '-08:00' } },
    ],
    [
      'Sun, 01 Mar 2026 23:30 EST',
      '2026-03-02 04:30:00+00',
      '2026-03-02',
      null,
      { formats: ['ddd, DD MMM YYYY HH:mm z'], zoneTexts: { EST: '-05:00' } },
    ],
    [
      '13/03/2026 2:10 م',
      '2026-03-13 13:10:00+00',
      '2026-03-13',
      null,
      { formats: ['DD/MM/YYYY h:mm A'], languages: ['ar'] },
    ],
    [
      '13/03/2026 12:10 ص',
      '2026-03-12 23:10:00+00',
      '2026-03-13',
      null,
      { formats: ['DD/MM/YYYY h:mm A'], languages: ['ar'] },
    ],
    [
      '13/03/2026 2:10 p.\u00a0m.',
      '2026-03-13 13:10:00+00',
      '2026-03-13',
      null,
      { formats: ['DD/MM/YYYY h:mm A'], languages: ['es'] },
    ],
    [
      '13/03/2026 2:10 PM',
      '2026-03-13 13:10:00+00',
      '2026-03-13',
      null,
      { formats: ['DD/MM/YYYY h:mm A'], languages: ['vi'] },
    ],
    ['13/03/2026 2:10 م', null, null, ['occurred_at.unparseable'], { formats: ['DD/MM/YYYY h:mm A'] }],
    ['1772361000', '2026-03-01 10:30:00+00', '2026-03-01', null, { formats: ['X'] }],
    ['1772361000123', '2026-03-01 10:30:00.123+00', '2026-03-01', null, { formats: ['x'] }],
    ['1772361000.5', null, null, ['occurred_at.unparseable'], { formats: ['X'] }],
    ['-5', null, null, ['occurred_at.unparseable'], { formats: ['X'] }],
    ['1772361000', '1970-01-21 12:19:21+00', '1970-01-21', null, { formats: ['x'] }],
    ['177236100012', '7586-05-22 18:00:12+00', '7586-05-22', ['occurred_at.out_of_range'], { formats: ['X'] }],
    ['1772361000123', null, null, ['occurred_at.unparseable'], { formats: ['X'] }],
    ['01/03/2569', null, '2026-03-01', null, { formats: ['DD/MM/YYYY'], calendar: 'buddhist' }],
    ['29/02/2567', null, '2024-02-29', null, { formats: ['DD/MM/YYYY'], calendar: 'buddhist' }],
    ['29/02/2569', null, null, ['occurred_at.unparseable'], { formats: ['DD/MM/YYYY'], calendar: 'buddhist' }],
    ['1 มี.ค. 69', null, '2026-03-01', null, { formats: ['D MMM YY'], calendar: 'buddhist', languages: ['th'] }],
    ['01/03/2569', null, '2569-03-01', ['occurred_at.out_of_range'], { formats: ['DD/MM/YYYY'] }],
    ['01/03/2026', null, '1483-03-01', ['occurred_at.out_of_range'], { formats: ['DD/MM/YYYY'], calendar: 'buddhist' }],
    ['1405/01/01', null, '2026-03-21', null, { formats: ['YYYY/MM/DD'], calendar: 'persian' }],
    ['1403/12/30', null, '2025-03-20', null, { formats: ['YYYY/MM/DD'], calendar: 'persian' }],
    ['1404/12/30', null, null, ['occurred_at.unparseable'], { formats: ['YYYY/MM/DD'], calendar: 'persian' }],
    ['1405/01/01', null, '1405-01-01', ['occurred_at.out_of_range'], { formats: ['YYYY/MM/DD'] }],
    ['2026/01/01', null, null, ['occurred_at.unparseable'], { formats: ['YYYY/MM/DD'], calendar: 'persian' }],
    [
      '۱۴۰۵-۰۱-۰۱ ۱۰:۰۰',
      '2026-03-21 06:30:00+00',
      '2026-03-21',
      null,
      { formats: ['YYYY-MM-DD HH:mm'], calendar: 'persian', digits: 'persian', zone: 'Asia/Tehran' },
    ],
    ['1/9/1447', null, '2026-02-18', null, { formats: ['D/M/YYYY'], calendar: 'hijri' }],
    ['0001-01-01', null, null, ['occurred_at.unparseable']],
    ['9999-12-31', null, null, ['occurred_at.unparseable']],
    [
      '2026-06-11T23:31:24:581 GMT+0600',
      '2026-06-11 17:31:24.581+00',
      '2026-06-11',
      null,
      { formats: ['YYYY-MM-DD[T]HH:mm:ss:SSS [GMT]Z'] },
    ],
    [
      '2026-03-08 02:30:00',
      '2026-03-08 07:30:00+00',
      '2026-03-08',
      ['occurred_at.nonexistent'],
      { zone: 'America/New_York' },
    ],
    [
      '2026-11-01 01:30:00',
      '2026-11-01 06:30:00+00',
      '2026-11-01',
      ['occurred_at.ambiguous'],
      { zone: 'America/New_York' },
    ],
    ['2026-11-01 03:30:00', '2026-11-01 08:30:00+00', '2026-11-01', null, { zone: 'America/New_York' }],
    ['২০২৬-০৩-০১ ১০:০০:০০', '2026-03-01 04:00:00+00', '2026-03-01', null, { digits: 'bengali', zone: 'Asia/Dhaka' }],
    ['1969-03-01', null, '1969-03-01', ['occurred_at.out_of_range']],
    ['', null, null, ['occurred_at.missing']],
  ]
  it.each(times)('%s', async (at, instant, day, codes, rule = {}) => {
    expect(await judge({ at }, { occurred_at: from('at', rule) })).toMatchObject({
      occurred_at: instant,
      local_date: day,
      _reasons: codes,
    })
  })

  it('are in the zone that a word of the record names', async () => {
    const zoneWords = { column: { name: 'tz' }, offsets: { PST: '-08:00', PDT: '-07:00' } }
    const fields = { occurred_at: from('at', { zoneWords }) }
    expect(await judge({ tz: 'PST' }, fields)).toMatchObject({ occurred_at: '2026-03-01 18:00:00+00', _reasons: null })
    expect(await judge({ tz: ' PDT' }, fields)).toMatchObject({ occurred_at: '2026-03-01 17:00:00+00' })
    expect(await reasons({ tz: 'CET' }, fields)).toEqual(['occurred_at.unparseable'])
    expect(await reasons({ tz: '' }, fields)).toEqual(['occurred_at.unparseable'])
    expect(await judge({ tz: '', at: '2026-03-01T10:00:00Z' }, fields)).toMatchObject({
      occurred_at: '2026-03-01 10:00:00+00',
      _reasons: null,
    })
    expect(await judge({ tz: 'PST', at: '2026-03-01T22:30:00' }, fields)).toMatchObject({ local_date: '2026-03-02' })
  })

  it('agree where the file tells them twice', async () => {
    const by = (agrees: FieldRule, more = {}) => ({ occurred_at: from('at', { agrees, ...more }) })
    const unix = by(from('unix', { formats: ['X'] }))
    expect(await reasons({ unix: '1772355600' }, unix)).toBeNull()
    expect(await reasons({ unix: '1772355601' }, unix)).toEqual(['occurred_at.unparseable'])
    expect(await reasons({ unix: 'soon' }, unix)).toEqual(['occurred_at.unparseable'])
    expect(await reasons({ unix: '' }, unix)).toBeNull()
    expect(await reasons({ unix: '1772355600', at: '' }, unix)).toEqual(['occurred_at.missing'])
    // 10:00 in Lagos is 04:00 in New York; in the hour that comes twice either is right.
    const newYork = by(from('there', { zone: 'America/New_York' }))
    expect(await reasons({ there: '2026-03-01 04:00:00' }, newYork)).toBeNull()
    expect(await reasons({ there: '2026-03-01 05:00:00' }, newYork)).toEqual(['occurred_at.unparseable'])
    expect(await reasons({ at: '2026-11-01T05:30:00Z', there: '2026-11-01 01:30:00' }, newYork)).toBeNull()
    expect(await reasons({ at: '2026-11-01T06:30:00Z', there: '2026-11-01 01:30:00' }, newYork)).toBeNull()
    expect(await reasons({ at: '2026-03-08T07:30:00Z', there: '2026-03-08 02:30:00' }, newYork)).toEqual([
      'occurred_at.unparseable',
    ])
    const day = by(from('day', { formats: ['DD/MM/YYYY'] }))
    expect(await reasons({ day: '01/03/2026' }, day)).toBeNull()
    expect(await reasons({ day: '02/03/2026' }, day)).toEqual(['occurred_at.unparseable'])
    expect(await reasons({ at: '2026-03-01', day: '02/03/2026' }, day)).toEqual(['occurred_at.unparseable'])
    const date = { local_date: from('at', { agrees: from('unix', { formats: ['X'] }) }) }
    expect(await reasons({ unix: '1772355600' }, date)).toBeNull()
    expect(await reasons({ unix: '1772255600' }, date)).toEqual(['local_date.unparseable'])
  })

  it('may stand in two columns, or in a second one', async () => {
    expect(
      await judge(
        { day: '26/03/01', time: '05:40:14' },
        { occurred_at: from(['day', 'time'], { formats: ['YY/MM/DD HH:mm:ss'] }) },
      ),
    ).toMatchObject({ occurred_at: '2026-03-01 04:40:14+00' })
    expect(
      await judge(
        { at: '', made: '2026-03-02T00:00:00Z' },
        { occurred_at: from('at', { fallback: [{ name: 'made' }] }) },
      ),
    ).toMatchObject({ local_date: '2026-03-02' })
  })
})

describe('words', () => {
  it('are mapped, and unknown ones refused', async () => {
    const status = from('state', { map: { success: 'settled', abandoned: 'failed' } })
    expect(await judge({ state: 'abandoned' }, { status })).toMatchObject({
      status: 'failed',
      counted: false,
      _reasons: null,
    })
    expect(await reasons({ state: 'sucess' }, { status })).toEqual(['status.unknown'])
    expect(await reasons({ state: '' }, { status })).toEqual(['status.missing'])
    expect(await reasons({ land: 'XX' }, { counterparty_country: from('land') })).toEqual([
      'counterparty_country.unknown',
    ])
    expect(await judge({ land: 'gh' }, { counterparty_country: from('land') })).toMatchObject({
      counterparty_country: 'GH',
    })
  })

  it('follow patterns, after the words of the map, in order', async () => {
    const kind = from('code', {
      map: { 'FEE-0': 'tax' },
      patterns: [
        ['FEE-*', 'fee'],
        ['*-OUT', 'payout'],
        ['50%_*', 'refund'],
      ],
    })
    const kindOf = async (code: string) => {
      const { kind: read, _reasons } = await judge({ code }, { kind })
      return _reasons ?? read
    }
    expect(await kindOf('FEE-0')).toBe('tax')
    expect(await kindOf('FEE-')).toBe('fee')
    expect(await kindOf('FEE-OUT')).toBe('fee')
    expect(await kindOf('PAY-OUT')).toBe('payout')
    expect(await kindOf('50%_x')).toBe('refund')
    expect(await kindOf('500_x')).toEqual(['kind.unknown'])
    expect(await kindOf('fee-1')).toEqual(['kind.unknown'])
    expect(await kindOf('')).toEqual(['kind.missing'])
  })

  it('are taken out of longer texts', async () => {
    const fields = {
      reference: from('title', { extract: 'Order #([0-9]+)' }),
      fee: from('title', { extract: 'fee ([^ ]+)', fallback: [{ name: 'other' }], symbols: ['$'] }),
    }
    expect(await judge({ title: 'Order #0042, fee $1.50' }, fields)).toMatchObject({
      reference: '0042',
      fee: '1.500000000',
      _reasons: null,
    })
    expect(await judge({ title: 'Order', other: 'a fee -3' }, fields)).toMatchObject({
      reference: null,
      fee: '-3.000000000',
      _reasons: null,
    })
    expect(await reasons({ title: 'fee x' }, fields)).toEqual(['fee.unparseable'])
  })

  it('come out of JSON', async () => {
    const fields = { creator_id: from('meta', { json: '$.creator_id' }) }
    expect(await judge({ meta: '{"creator_id": "c-1"}' }, fields)).toMatchObject({ creator_id: 'c-1', _reasons: null })
    expect(await judge({ meta: '' }, fields)).toMatchObject({ creator_id: null, _reasons: null })
    expect(await judge({ meta: '{"creator_id": null}' }, fields)).toMatchObject({ creator_id: null, _reasons: null })
    expect(await reasons({ meta: '{creator' }, fields)).toEqual(['creator_id.unparseable'])
  })
})

describe('a bad record', () => {
  it('has every reason, once, in order, and its raw text', async () => {
    const row = await judge({ id: '', at: '2026-13-01', amount: '5OO', fee: '1.005', _raw: ',2026-13-01,5OO,1.005' })
    expect(row).toMatchObject({
      _reasons: ['transaction_id.missing', 'occurred_at.unparseable', 'gross.unparseable', 'fee.precision'],
      _raw: ',2026-13-01,5OO,1.005',
    })
  })

  it('of a wrong shape has that reason alone', async () => {
    expect(await reasons({ id: '', _fault: '1' })).toEqual(['row.arity'])
    expect(await reasons({ id: '', _fault: '3' })).toEqual(['row.malformed'])
  })
})

describe('checks', () => {
  const check = (severity: string) => ({ checks: [{ name: 'fee_below_gross', sql: 'fee <= gross', severity }] })
  it('reject, warn, and let null pass', async () => {
    expect(await reasons({ fee: '2000' }, {}, check('reject'))).toEqual(['check.fee_below_gross'])
    expect(await judge({ fee: '2000' }, {}, check('warn'))).toMatchObject({
      _reasons: null,
      _warnings: ['fee_below_gross'],
    })
    expect(await reasons({ fee: '' }, {}, check('reject'))).toBeNull()
  })
})

describe('identity and footers', () => {
  it('counts identical lines where there is no id', async () => {
    const { transaction_id: _, ...fields } = sales()
    const rows = await runCompiled(contractOf(fields, { key: { occurrence: ['at', 'amount'] } }), [
      good,
      good,
      { ...good, amount: '7' },
    ])
    const ids = rows.map((row) => row.transaction_id as string)
    expect(ids[0]).toMatch(/^[0-9a-f]{32}-1$/)
    expect(ids[1]).toBe(ids[0]?.replace(/1$/, '2'))
    expect(ids[2]).toMatch(/-1$/)
    expect(ids[2]).not.toBe(ids[0])
  })

  it('takes columns into the identity that no field reads', async () => {
    const { transaction_id: _, ...fields } = sales()
    const contract = contractOf(fields, { key: { occurrence: ['at', 'Title'] } })
    expect(compile(contract).columns).toContainEqual({ name: 'Title' })
    const rows = await runCompiled(contract, [
      { ...good, Title: 'a' },
      { ...good, Title: 'b' },
    ])
    expect(new Set(rows.map((row) => row.transaction_id)).size).toBe(2)
  })

  it('leaves out what the footer names', async () => {
    const rows = await runCompiled(contractOf(sales(), { format: { footer: '^Total' } }), [
      good,
      { id: 'Totals', _raw: '"Totals",1' },
    ])
    expect(rows).toHaveLength(1)
  })

  it('gathers extra columns', async () => {
    const [row] = await runCompiled(contractOf(sales()), [{ ...good, 'Note "x"': 'hi' }], ['Note "x"'])
    expect(row?._extra).toBe('{"Note \\"x\\"":"hi"}')
  })
})

describe('other models', () => {
  it.each([
    ['1500', '0.000666667', null],
    ['0.92', '1.086956522', null],
    ['3', '0.333333333', null],
    ['1.5', '0.666666667', null],
    ['0.000000001', '1000000000.000000000', null],
    ['2000000000', '0.000000001', null],
    ['2000000000.000000001', null, ['usd_rate.out_of_range']],
    ['999999999999999999', null, ['usd_rate.out_of_range']],
    ['0', null, ['usd_rate.out_of_range']],
    ['-1500', null, ['usd_rate.out_of_range']],
    ['1e3', null, ['usd_rate.unparseable']],
  ])('a rate that is the other way round in the file: %s is %s', async (rate, usd_rate, _reasons) => {
    const fx = contractOf(
      { date: from('day'), currency: from('code'), usd_rate: from('rate', { invert: true }) },
      { model: 'fx_rate' },
    )
    const cells = { day: '2026-03-01', code: 'NGN', rate }
    expect((await runCompiled(fx, [cells]))[0]).toMatchObject({ usd_rate, _reasons })
    expect(judgeBy(fx)(cells).reasons).toEqual(_reasons ?? [])
  })

  it('are typed by their own tables', async () => {
    const fx = contractOf({ date: from('day'), currency: from('code'), usd_rate: from('rate') }, { model: 'fx_rate' })
    expect((await runCompiled(fx, [{ day: '2026-03-01', code: 'NGN', rate: '0.000651234' }]))[0]).toMatchObject({
      date: '2026-03-01',
      usd_rate: '0.000651234',
      _reasons: null,
    })
    const creator = contractOf(
      { creator_id: from('id'), name: from('name'), country: value('NG'), joined_at: from('at') },
      { model: 'creator' },
    )
    expect((await runCompiled(creator, [{ id: 'c1', name: 'Amina', at: '2026-03-01' }]))[0]).toMatchObject({
      joined_at: '2026-02-28 23:00:00+00',
      country: 'NG',
      _reasons: null,
    })
  })
})

describe('SQL over the source’s columns', () => {
  const status = (sql: string, more: Partial<FieldRule> = {}) => ({ status: { ...from([], more), sql } })

  it('gives a field its text, which then goes through the field’s rule', async () => {
    const sql = `case when "Org Balance" is null then 'waits' else state end`
    const map = { waits: 'pending', done: 'settled' }
    const rule = status(sql, { map, nil: ['none'] })
    expect(await judge({ 'Org Balance': '', state: 'done' }, rule)).toMatchObject({ status: 'pending', _reasons: null })
    expect(await judge({ 'Org Balance': '5', state: ' done ' }, rule)).toMatchObject({ status: 'settled' })
    expect(await reasons({ 'Org Balance': '5', state: 'lost' }, rule)).toEqual(['status.unknown'])
    expect(await reasons({ 'Org Balance': '5', state: 'none' }, rule)).toEqual(['status.missing'])
    const gross = { gross: { ...from([], { unit: 'minor' as const }), sql: `replace(amount, ' kobo', '')` } }
    expect(await judge({ amount: '125050 kobo' }, gross)).toMatchObject({ gross: '1250.500000000', _reasons: null })
  })

  it('that fails on a record is a reason, also where the field need not be there', async () => {
    const reference = { reference: { ...from([]), sql: 'refs::integer::varchar' } }
    expect(await judge({ refs: '12' }, reference)).toMatchObject({ reference: '12', _reasons: null })
    expect(await judge({ refs: '' }, reference)).toMatchObject({ reference: null, _reasons: null })
    expect(await reasons({ refs: 'x' }, reference)).toEqual(['reference.unparseable'])
  })

  it('says which records are any of the model’s; those that are broken, or that it fails on, are never ignored', async () => {
    const only = `"Line Type" = 'SALE' and size::integer > 1`
    const kept = async (lines: [string | null, string, number?][]) => {
      const records = lines.map(([line, size, kind = 0]) => ({
        ...{ ...good, 'Line Type': line, size, _fault: String(kind) },
      }))
      const rows = await runCompiled(contractOf(sales(), { only }), records)
      return rows.map((row) => [Number(row._line), row._reasons])
    }
    expect(
      await kept([
        ['SALE', '2'],
        ['SUBTOTAL', '2'],
        ['SALE', '1'],
        [null, '2'],
        ['SALE', 'x'],
        ['SUBTOTAL', '2', 1],
        [null, '', 3],
        ['SALE', '2', 5],
        ['SUBTOTAL', '2', 5],
      ]),
    ).toEqual([
      [1, null],
      [5, ['only.unparseable']],
      [6, ['row.arity']],
      [7, ['row.malformed']],
      [8, null],
    ])
  })

  it('leaves ignored records out of what occurrence counts', async () => {
    const { transaction_id: _, ...fields } = sales()
    const contract = contractOf(fields, { key: { occurrence: ['amount'] }, only: "kind <> 'x'" })
    const rows = await runCompiled(contract, [
      { ...good, kind: 'a' },
      { ...good, kind: 'x' },
      { ...good, kind: 'a' },
    ])
    expect(rows.map(({ transaction_id }) => String(transaction_id).replace(/^.*-/, ''))).toEqual(['1', '2'])
  })
})

describe('open questions', () => {
  const questions = (...names: [string, ...string[]][]) =>
    names.map(([id, ...candidates]) => ({ id, question: 'Which?', of: 'record' as 'record' | 'file', candidates }))
  const track = (fields: Record<string, FieldRule>, ...choices: string[]) => ({
    choices,
    fields,
    sign: null,
    direction: null,
  })
  const at = (format: string) => from('at', { formats: [`${format} HH:mm`] })
  const order = {
    questions: questions(['order', 'day', 'month']),
    tracks: [track({ occurred_at: at('DD/MM/YYYY') }, 'day'), track({ occurred_at: at('MM/DD/YYYY') }, 'month')],
  }

  it('hold a record that hangs on one, with what it is either way; others decide themselves', async () => {
    const base = contractOf(sales({ occurred_at: at('DD/MM/YYYY') }), { open: order })
    const times = ['03/04/2026 10:00', '13/04/2026 10:00', '04/13/2026 10:00', '05/05/2026 10:00', '13/13/2026 10:00']
    const rows = await runCompiled(
      base,
      times.map((time) => ({ ...good, at: time, _raw: time })),
    )
    const shown = rows.map(({ local_date, _reasons, _held, _raw }) => [local_date, _reasons, _held, _raw])
    expect(shown).toEqual([
      ['2026-04-03', ['question.order'], ['order'], '03/04/2026 10:00'],
      ['2026-04-13', null, null, null],
      ['2026-04-13', null, null, null],
      ['2026-05-05', null, null, null],
      [null, ['occurred_at.unparseable'], null, '13/13/2026 10:00'],
    ])
    expect(compile(base).varying).toEqual(['occurred_at', 'local_date'])
    expect(rows[0]?._readings).toMatchObject([{ local_date: '2026-04-03' }, { local_date: '2026-03-04' }])
    expect(rows[1]?._readings).toBeNull()
  })

  it('of a whole file hold a record that one answer alone can read, too', async () => {
    const whole = { ...order, questions: order.questions.map((question) => ({ ...question, of: 'file' as const })) }
    const base = contractOf(sales({ occurred_at: at('DD/MM/YYYY') }), { open: whole })
    const times = ['03/04/2026 10:00', '13/04/2026 10:00', '05/05/2026 10:00', '13/13/2026 10:00']
    const rows = await runCompiled(
      base,
      times.map((time) => ({ ...good, at: time })),
    )
    expect(rows.map(({ _reasons, _held }) => [_reasons, _held])).toEqual([
      [['question.order'], ['order']],
      [['question.order'], ['order']],
      [null, null],
      [['occurred_at.unparseable'], null],
    ])
  })

  it('are looked at together: what they say of one record may hang together', async () => {
    const marks = { point: {}, comma: { decimal: ',', group: '.' } as const }
    const tracks = (['point', 'comma'] as const).flatMap((one) =>
      (['point', 'comma'] as const).map((other) =>
        track({ gross: from('amount', marks[one]), fee: from('fee', marks[other]) }, one, other),
      ),
    )
    const open = { questions: questions(['gross', 'point', 'comma'], ['fee', 'point', 'comma']), tracks }
    const base = contractOf(sales({ net: from('net', { group: '' }) }), { open })
    const lines = [
      ['1.500', '1.000', '0.50'], // 1.5 - 1 by points, but 1500 - 1000 is no 0.5
      ['1.500', '1.000', '500'],
      ['1.500', '0', '1500'],
      ['1.500', '1.000', ''],
      ['5', '1.000', ''],
    ]
    const rows = await runCompiled(
      base,
      lines.map(([amount = '', fee = '', net = '']) => ({ ...good, amount, fee, net })),
    )
    expect(rows.map(({ gross, fee, _held }) => [Number(gross), Number(fee), _held])).toEqual([
      [1.5, 1, null],
      [1500, 1000, null],
      [1500, 0, null],
      [1.5, 1, ['gross', 'fee']],
      [5, 1, ['fee']],
    ])
    expect(rows[3]?._readings).toHaveLength(4)
  })

  it('look at each answer by the checks, whatever these are written like', async () => {
    const day = (format: string) => ({ ...{ date: from('at', { formats: [format] }) } })
    const open = {
      questions: questions(['order', 'day', 'month']),
      tracks: [track(day('DD/MM/YYYY'), 'day'), track(day('MM/DD/YYYY'), 'month')],
    }
    const sql = `E'\\'' <> 'x' and month("date") < 4 and $$"$$ <> cast(date as varchar) /* "date */ and date >= date '2026-01-01' and date::varchar like '2026%'`
    const checks = [
      { name: 'early', severity: 'reject' as const, sql },
      { name: 'odd', severity: 'warn' as const, sql: 'day(date) % 2 = 1' },
    ]
    const fields = { ...day('DD/MM/YYYY'), currency: from('currency'), usd_rate: from('rate') }
    const contract = contractOf(fields, { model: 'fx_rate', open, checks })
    const days = ['03/04/2026', '04/03/2026', '02/03/2026', '04/05/2026', '01/01/2026']
    const rows = await runCompiled(
      contract,
      days.map((at) => ({ at, currency: 'NGN', rate: '0.5' })),
    )
    expect(rows.map(({ date, _reasons, _warnings }) => [date, _reasons, _warnings])).toEqual([
      ['2026-03-04', null, ['odd']],
      ['2026-03-04', null, ['odd']],
      ['2026-03-02', ['question.order'], null],
      ['2026-05-04', ['check.early'], ['odd']],
      ['2026-01-01', null, null],
    ])
  })

  it('take the place of each other’s columns, and a record that is broken asks none', async () => {
    const open = {
      questions: questions(['column', 'one', 'two']),
      tracks: [track({ gross: from('amount') }, 'one'), track({ gross: from('total') }, 'two')],
    }
    const contract = contractOf(sales(), { open, only: `kind <> 'x'`, format: { end: '^END' } })
    expect(compile(contract).columns).toEqual(
      ['id', 'at', 'amount', 'fee', 'total', 1, 'kind'].map((name) =>
        typeof name === 'string' ? { name } : { position: name },
      ),
    )
    const rows = await runCompiled(contract, [
      { ...good, total: '7', kind: 'a' },
      { ...good, total: '7', kind: 'a', _fault: '1' },
      { ...good, total: '7', kind: 'x' },
      { ...good, total: '1250.50', kind: 'a', _raw: 'END' },
    ])
    expect(rows.map(({ _line, _reasons, _ends }) => [Number(_line), _reasons, _ends])).toEqual([
      [1, ['question.column'], false],
      [2, ['row.arity'], false],
      [4, null, true],
    ])
  })
})
