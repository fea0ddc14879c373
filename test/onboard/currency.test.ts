import { describe, expect, test } from 'vitest'
import { Project } from './onboarded.ts'

const project = new Project('onboard-currency')
let files = 0

/** What a file's currency and unit are found to be in a region. */
async function found(region: string, lines: readonly string[]) {
  const { preview, questions, text } = await project.onboarded(region, `file_${files++}`, lines)
  const line = (key: string) => new RegExp(`^\\s*${key}: (.*)$`, 'm').exec(text)?.[1]
  return {
    loaded: Object.fromEntries(Object.entries(preview.totals).map(([code, { rows }]) => [code, rows])),
    currency: line('currency'),
    id: line('transaction_id'),
    asked: questions.map(({ id, candidates, evidence }) => ({
      ...{ id, evidence },
      candidates: candidates.map((one) => one.name),
    })),
  }
}

const twelve = Array.from({ length: 12 }, (_, i) => i)
const sales = (id: (i: number) => string) => twelve.map((i) => `${id(i)},2026-03-${13 + i},${100 + 7 * i}.50`)
const none = "nothing in the file names one: the region's"

describe('the beginning of an id is no sign', () => {
  test.each([
    ['ng', 'Ref', 'R', 'NGN'],
    ['in', 'Order', 'RM', 'INR'],
    ['gh', 'Receipt No.', 'R', 'GHS'],
    ['us', 'Mã đơn hàng', 'DH', 'USD'],
    ['us', 'Order', 'S/', 'USD'],
    ['us', 'Whatever', 'D', 'USD'],
  ])('in %s, %s %s5000 is an id', async (region, header, prefix, code) => {
    const { loaded, currency, id, asked } = await found(region, [
      `${header},Date,Amount`,
      ...sales((i) => `${prefix}${5000 + 7 * i}`),
    ])
    expect({ loaded, currency, id, asked }).toEqual({
      ...{ loaded: { [code]: 12 }, currency: `{ value: ${code} }  # ${none}`, asked: [] },
      id: expect.stringContaining(header),
    })
  })

  test('nor are ids that come twice', async () => {
    const line = (i: number) => [
      `P${90 + i},2026-03-${13 + i},Payment,,${200 + i}.25`,
      `P${90 + i},2026-03-${13 + i},Settlement Charge,${3 + i}.50,`,
    ]
    expect(await found('in', ['Transaction ID,Date,Type,Debit,Credit', ...twelve.flatMap(line)])).toMatchObject({
      ...{ loaded: { INR: 24 }, currency: `{ value: INR }  # ${none}`, asked: [] },
    })
  })

  test('a sign glued to an amount is one', async () => {
    const amounts = twelve.map((i) => `T${i},2026-03-${13 + i},RM${100 + 7 * i}`)
    expect(await found('in', ['Id,Date,Amount', ...amounts])).toMatchObject({
      ...{ loaded: { MYR: 12 }, currency: '{ value: MYR }  # named by "RM" in "Amount"', asked: [] },
    })
  })

  test('letters beside other numbers alone are asked for', async () => {
    const lines = twelve.map((i) => `T${i},2026-03-${13 + i},${i + 1}.5 M,${100 + 7 * i}.50`)
    expect(await found('ng', ['Id,Date,Space,Amount', ...lines])).toMatchObject({
      loaded: {},
      asked: [
        {
          ...{ id: 'currency', candidates: ['LSL', 'NGN'] },
          evidence: '"M" in "Space" may tell it, and nothing else names one',
        },
      ],
    })
  })
})

describe('lines around the table name the currency', () => {
  const statement = twelve.map((i) => `2026-03-${13 + i},POS ${i},${i % 3 === 0 ? '10.00,' : ',20.00'}`)
  const header = 'Date,Details,Debit,Credit'
  test.each([
    ['ng', 'Currency: USD,,,', 'USD'],
    ['ng', 'Account No:,1012345678,Currency:,USD', 'USD'],
    ['ng', 'Currency,US Dollar,,', 'USD'],
    ['ng', 'Account: 0170299 Currency: KES Period: 01-03-2026 to 31-03-2026,,,', 'KES'],
    ['ng', 'Account Currency: usd,,,', 'USD'],
    ['ng', 'Currency: US Dollar (USD),,,', 'USD'],
    ['ng', 'All amounts are in USD,,,', 'USD'],
    ['ng', '"All amounts in USD, unless specified",,,', 'USD'],
    ['ng', '"Opening balance: USD 1,250.00",,,', 'USD'],
    ['cm', 'Devise : EUR,,,', 'EUR'],
    ['cm', 'Devise du compte : Euro,,,', 'EUR'],
    ['cm', 'Devise EUR,,,', 'EUR'],
    ['us', 'Moneda: Peso mexicano,,,', 'MXN'],
    ['us', 'Moeda: R$,,,', 'BRL'],
    ['us', 'Mata uang: Rupiah,,,', 'IDR'],
    ['us', 'Loại tiền: VNĐ,,,', 'VND'],
    ['us', 'العملة: جنيه مصري,,,', 'EGP'],
    ['us', 'العملة: ج.م,,,', 'EGP'],
    ['us', 'Para birimi: TL,,,', 'TRY'],
    ['us', 'Para Birimi: Türk Lirası,,,', 'TRY'],
  ])('in %s, %s', async (region, line, code) => {
    const above = await found(region, ['BANK PLC,,,', line, ',,,', header, ...statement])
    expect(above).toMatchObject({ loaded: { [code]: 12 }, asked: [] })
    expect(above.currency).toMatch(`{ value: ${code} }  # named by a line beside the table: "`)
  })

  test('below the table too', async () => {
    expect(await found('ng', [header, ...statement, '', 'Currency: USD'])).toMatchObject({
      ...{ loaded: { USD: 12 }, asked: [] },
      currency: '{ value: USD }  # named by a line beside the table: "Currency: USD"',
    })
  })

  test('what only mentions another one is asked for', async () => {
    const line = 'Payouts go to your USD account every week'
    expect(await found('ng', [`${line},,,`, ',,,', header, ...statement])).toMatchObject({
      loaded: {},
      asked: [{ id: 'currency', candidates: ['USD', 'NGN'], evidence: expect.stringContaining(line) }],
    })
  })

  test('between parts of the table another one is asked for', async () => {
    const parts = [
      ...statement,
      '',
      'Currency: USD,,,',
      '',
      header,
      ...statement.map((line) => line.replace('POS', 'ATM')),
    ]
    const { loaded, asked } = await found('ng', ['Currency: NGN,,,', ',,,', header, ...parts])
    expect({ loaded, asked }).toMatchObject({ loaded: {}, asked: [{ id: 'currency', candidates: ['NGN', 'USD'] }] })
  })

  test.each([
    'Edité Le 12/03/2026,,,',
    'Account No: R5000,,,',
    'Statement P 12,,,',
    'Currency: All,,,',
    'Exchange rate: NGN/USD 1500.00,,,',
    'Customer: Rand Stores,,,',
  ])('what says no currency names none: %s', async (line) => {
    expect(await found('ng', ['BANK PLC,,,', line, ',,,', header, ...statement])).toMatchObject({
      ...{ loaded: { NGN: 12 }, currency: `{ value: NGN }  # ${none}`, asked: [] },
    })
  })

  test('what contradicts it is asked', async () => {
    const named = 'Date,Details,Debit (NGN),Credit (NGN)'
    const line = 'a line beside the table: "Currency: USD"'
    expect(await found('ng', ['Currency: USD,,,', ',,,', named, ...statement])).toMatchObject({
      loaded: {},
      asked: [
        {
          ...{ id: 'currency', candidates: ['NGN', 'USD'] },
          evidence: `the header "Debit (NGN)" and ${line} name different ones`,
        },
      ],
    })
    const coded = ['Id,Date,Amount,Currency', ...sales((i) => `T${i}`).map((one) => `${one},NGN`)]
    expect(await found('ng', ['Currency: USD,,,', ',,,', ...coded])).toMatchObject({
      loaded: {},
      asked: [
        {
          ...{ id: 'currency', candidates: ['column', 'USD'] },
          evidence: '"Currency" has others than a line beside the table',
        },
      ],
    })
    expect(await found('us', ['Currency: NGN,,,', ',,,', ...coded])).toMatchObject({ loaded: { NGN: 12 }, asked: [] })
  })
})

describe('a currency without decimals', () => {
  const lines = (header: string, thousands: number) => [
    `Id,Date,${header}`,
    ...twelve.map((i) => `T${i},2026-03-${13 + i},${(i + 5) * thousands}000`),
  ]

  test.each([
    ['vn', 'Số tiền (VNĐ)'],
    ['vn', 'Số tiền (VND)'],
    ['us', 'Amount (JPY)'],
    ['us', 'Amount (KRW)'],
    ['sn', 'Montant (FCFA)'],
    ['cm', 'Montant XAF'],
    ['us', 'Amount (UGX)'],
    ['us', 'Amount (RWF)'],
    ['us', 'Monto (CLP)'],
  ])('in %s, %j has no other unit', async (region, header) => {
    for (const thousands of [1, 1000]) {
      const { asked, loaded } = await found(region, lines(header, thousands))
      expect({ asked, rows: Object.values(loaded) }).toEqual({ asked: [], rows: [12] })
    }
  })

  test.each(['vn', 'sn', 'cm', 'ug', 'rw', 'kr'])('in %s, sums of every day are no hundredths', async (region) => {
    const { asked, loaded } = await found(region, lines('Amount', 1))
    expect({ asked, rows: Object.values(loaded) }).toEqual({ asked: [], rows: [12] })
  })

  test('large ones that all end in 00, and nothing says of what they are, may be', async () => {
    expect(await found('vn', lines('Amount', 1000))).toMatchObject({
      loaded: {},
      asked: [
        {
          ...{ id: 'unit', candidates: ['whole', 'hundredths'] },
          evidence: 'every amount ends in 00, and nothing in the file tells',
        },
      ],
    })
  })
})

test.each(['ج.م', 'ج.م.', 'جنيه'])('amounts with %s behind them load', async (sign) => {
  const lines = twelve.map((i) => `${550 + i},${13 + i}/03/2026,${i * 100}.50 ${sign}`)
  expect(await found('eg', ['رقم العملية,التاريخ,المبلغ', ...lines])).toMatchObject({ loaded: { EGP: 12 }, asked: [] })
})
