import { describe, expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** Columns of money of which sums tell what they are, and those of which none does. */
const project = new Project('onboard-sums')

let made = 0

async function onboarded(region: string, lines: readonly string[], answers: Readonly<Record<string, string>> = {}) {
  const done = await project.onboarded(region, `export${made++}`, lines, answers)
  const { loaded, held, rejected, totals } = done.preview
  const [money] = Object.values(totals)
  return { ...{ loaded, held, rejected, money, contract: done.text, questions: done.questions }, notes: done.notes }
}

/** Twenty records of prices of 100 and more. */
const records = (header: string, cells: (price: number, i: number) => readonly (number | string)[]): string[] => [
  `Id,Date,${header}`,
  ...Array.from({ length: 20 }, (_, i) => {
    const texts = cells(100 + 40 * i, i).map((cell) => (typeof cell === 'number' ? cell.toFixed(2) : cell))
    return `B${100 + i},2026-03-${10 + i},${texts.join(',')}`
  }),
]

describe('what the customer paid', () => {
  test.each([
    ['Subtotal,Shipping,Discount,Total', (p: number, i: number) => [p, 80, i % 5 && 50, p + 80 - (i % 5 && 50)]],
    ['Item Price,Shipping,Amount Paid', (p: number, i: number) => [p, 80 + i, p + 80 + i]],
    ['Subtotal,Tax,Discount,Total', (p: number, i: number) => [p, p / 10, -i, p + p / 10 - i]],
    ['Total,Subtotal,Shipping', (p: number) => [p + 80, p, 80]],
    ['Subtotal,Discount,Total', (p: number, i: number) => [p, i, p - i]],
    ['Subtotal,Zuschlag,Total', (p: number, i: number) => [p, i, p + i]],
    [
      'Subtotal,Shipping,Total,Paid,Outstanding',
      (p: number, i: number) => [p, 80, p + 80, i % 4 ? p + 80 : 0, i % 4 ? 0 : p + 80],
    ],
  ])('is the sum of the others: %s', async (header, cells) => {
    const name = header.includes('Total') ? 'Total' : 'Amount Paid'
    const lines = records(header, cells)
    const place = header.split(',').indexOf(name)
    const sum = lines.slice(1).reduce((all, line) => all + Number(line.split(',')[place + 2]), 0)
    const found = await onboarded('us', lines)
    expect(found).toMatchObject({ loaded: 20, questions: [], money: { gross: sum.toFixed(2) } })
    expect(found.contract).toContain('# 20 of 20 records close: "')
  })

  test('is what a fee was taken of, whatever else sums up', async () => {
    const found = await onboarded(
      'us',
      records('Subtotal,Shipping,Total,Fee,Net', (p) => [p, 80, p + 80, p / 20, p - p / 20]),
    )
    expect(found).toMatchObject({ loaded: 20, questions: [], money: { gross: '9600.00', net: '9120.00' } })
  })

  test('has the sign by which sums of several taxes close', async () => {
    const cells = (p: number, i: number) => {
      const [iva, rete] = [p / 50, p / 100]
      return i === 5 ? ['Reembolso', p, iva, rete, iva + rete - p] : ['Venta', p, iva, rete, p - iva - rete]
    }
    const found = await onboarded('us', records('Tipo,Valor,IVA,Retefuente,Neto', cells))
    expect(found).toMatchObject({ loaded: 20, rejected: 0, questions: [], money: { gross: '9000.00', net: '8730.00' } })
  })

  test('is less what only some records were charged, where all of them close then', async () => {
    const cells = (p: number, i: number) => [p, p / 20, i % 5 ? 0 : p / 10, p - p / 20 - (i % 5 ? 0 : p / 10)]
    const found = await onboarded('us', records('Amount Paid,Commission,Affiliate Commission,Your Earnings', cells))
    expect(found).toMatchObject({ loaded: 20, rejected: 0, questions: [], money: { gross: '9600.00', net: '8960.00' } })
  })

  test('is asked where nothing proves it', async () => {
    const lines = records('Subtotal,Total', (p, i) => [p, p + 3 + (i % 7)])
    const asked = await onboarded('us', lines)
    expect(asked).toMatchObject({ loaded: 0, held: 20 })
    expect(asked.questions).toMatchObject([
      {
        ...{ id: 'gross', chosen: null, question: 'What did the customer pay: "Subtotal" or "Total"?' },
        money: { Subtotal: { USD: '9600.00' }, Total: { USD: '9717.00' } },
      },
    ])
    expect(await onboarded('us', lines, { gross: 'Total' })).toMatchObject({ loaded: 20, money: { gross: '9717.00' } })
  })

  test.each([
    ['one that is a slip', (p: number, i: number) => [p, i === 3 ? p + 1 : p]],
    ['some that nobody has paid yet', (p: number, i: number) => [p, i % 3 ? p : 0]],
    ['the same in another currency', (p: number, i: number) => [p, p * (1500 + i)]],
  ])('is not asked for %s', async (_, cells) => {
    expect(await onboarded('us', records('Amount,Amount Paid', cells))).toMatchObject({ loaded: 20, questions: [] })
  })
})

describe('what was taken', () => {
  const charges = (p: number): [number, number, number] => [(p * 3) / 100, p / 200, (p * 3) / 200]

  test.each([
    ['Valor,Comision,IVA,Retefuente,Deposito', { fee: '288.00', tax: '192.00', net: '9120.00' }],
    ['Valor,Comision,IVA,Retefuente,Neto', { fee: '288.00', tax: '192.00', net: '9120.00' }],
    ['Valor,Comision,IVA,Descuento,Neto', { fee: '432.00', tax: '48.00', net: '9120.00' }],
    ['Valor,Comision,IVA,Xyz,Valor neto', { fee: '432.00', tax: '48.00', net: '9120.00' }],
    ['Valor,Qwe,Rty,Xyz,Neto', { fee: '480.00', tax: null, net: '9120.00' }],
    ['Valor,Comision,Qwe,Xyz,Abc', { fee: '480.00', tax: null, net: '9120.00' }],
  ])('is all that sums prove: %s', async (header, wanted) => {
    const cells = (p: number) => [p, ...charges(p), charges(p).reduce((rest, charge) => rest - charge, p)]
    const found = await onboarded('us', records(header, cells))
    expect(found).toMatchObject({ loaded: 20, rejected: 0, questions: [], money: { gross: '9600.00', ...wanted } })
  })
  test('is written with a minus and a currency sign, and failed records have none', async () => {
    const sign = (n: number) => `$ ${n.toFixed(2)}`
    const found = await onboarded(
      'us',
      records('Valor total,Comisión,Rete fuente,Rete ICA,Total depósito,Estado', (p, i) => {
        const [fee, tax, more] = charges(p)
        const rest = i % 5 === 4 ? 0 : p - fee - tax - more
        return [...[p, -fee, -tax, -more, rest].map(sign), i % 5 === 4 ? 'failed' : 'settled']
      }),
    )
    expect(found).toMatchObject({
      ...{ loaded: 20, rejected: 0, questions: [] },
      money: { rows: 16, gross: '7360.00', fee: '220.80', tax: '147.20', net: '6992.00' },
    })
  })

  test('is not known by its name where another column can be what is left', async () => {
    const lines = records('Valor,Comision,Abc', (p, i) => [p, p / 20, p - p / 20 - 1 - (i % 3)])
    const asked = await onboarded('us', lines)
    expect(asked).toMatchObject({ loaded: 20, money: { fee: null, net: null } })
    expect(asked.questions).toMatchObject([
      { id: 'fee', chosen: 'unknown', question: 'What was taken of "Valor": "Comision", or all but "Abc"?' },
    ])
    expect((await onboarded('us', lines, { fee: 'Abc' })).money).toMatchObject({ fee: '519.00', net: '9081.00' })
    expect((await onboarded('us', lines, { fee: 'Comision' })).money).toMatchObject({ fee: '480.00', net: '9120.00' })
  })

  test.each(['Valor,Comision,Xyz', 'Valor,Comision,IVA,Retefuente'])(
    'is asked where a column beside the fee may have been taken too: %s',
    async (header) => {
      const lines = records(header, (p) => [p, ...charges(p)].slice(0, header.split(',').length))
      const asked = await onboarded('us', lines)
      expect(asked).toMatchObject({ loaded: 20, money: { fee: null, net: null } })
      expect(asked.questions).toMatchObject([{ id: 'fee', chosen: 'unknown' }])
    },
  )

  test.each(['Comision,Shipping', 'Comision,Discount', 'Comision,Cashback'])(
    'is known beside what is named as no fee: %s',
    async (header) => {
      const found = await onboarded(
        'us',
        records(`Valor,${header}`, (p) => [p, p / 20, p / 50]),
      )
      expect(found).toMatchObject({ loaded: 20, questions: [], money: { fee: '480.00' } })
    },
  )
})

describe('the marks of a fee', () => {
  const charge = (n: number) => `${n}.${(n * 7) % 10}00`

  test.each([
    ['are those of the amount', (p: number, i: number) => [`${p * 10}.250`, charge(i + 1)]],
    ['are such that it is no more than the amount', (p: number, i: number) => [`${p}`, charge(i + 1)]],
    [
      'are those by which a sum closes',
      (p: number, i: number) => [`${p}`, charge(i + 1), `${(p - Number(charge(i + 1))).toFixed(3)}`],
    ],
  ])('%s, before the habit of the region', async (_, cells) => {
    const header = cells(1, 1).length === 3 ? 'amount,fees,received' : 'amount,fees'
    const found = await onboarded('tn', records(header, cells))
    expect(found).toMatchObject({ loaded: 20, questions: [], money: { fee: '219.00' } })
    expect(found.contract).toContain('fee: { from: fees, decimal: ".", group: "" }')
  })

  test('are asked where another column of money has other marks', async () => {
    const found = await onboarded(
      'tn',
      records('amount,tip,fees', (p, i) => [`${p}000.250`, `"${i},25"`, charge(i + 1)]),
    )
    expect(found.questions).toMatchObject([{ id: 'fee.marks' }])
  })
})
