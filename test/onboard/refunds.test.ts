import { describe, expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** Money that went back: in a column beside the sale, by a word of its status, or as a record of its own. */
const project = new Project('onboard-refunds')

let made = 0

async function onboarded(lines: readonly string[], answers: Readonly<Record<string, string>> = {}, region = 'us') {
  const done = await project.onboarded(region, `refunds${made++}`, lines, answers)
  const { loaded, held, rejected, totals } = done.preview
  return {
    ...{ loaded, held, rejected, money: totals[region === 'us' ? 'USD' : 'BRL'] },
    open: done.questions.filter(({ chosen }) => chosen === null),
    questions: done.questions,
    notes: done.notes,
    contract: done.text,
  }
}

const days = (cells: readonly string[]) => cells.map((cell, i) => `P${i + 1},2026-03-${11 + i},${cell}`)

describe('a column of what went back', () => {
  test.each(['Amount Refunded', 'refunded_amount', 'Montant remboursé', 'Valor Reembolsado', 'Monto devuelto'])(
    '%s makes a refund beside the sale, which a failed record has none of',
    async (name) => {
      const rows = ['1000.00,0.00,20.50,Success', '500.00,250.00,10.25,Success', '700.00,,14.35,Success']
      const more = ['800.00,800.00,16.40,Success', '900.00,0.00,18.45,Failed', '60.00,60.00,1.20,Failed']
      const found = await onboarded([`ID,Date,Amount,${name},Fee,Status`, ...days([...rows, ...more])])
      expect(found).toMatchObject({ loaded: 9, held: 0, rejected: 0, open: [], notes: [] })
      expect(found.money).toMatchObject({ rows: 6, gross: '1950.00', fee: '61.50', net: '1888.50' })
      expect(found.contract).toContain(
        `fields: { transaction_id: { sql: "\\"ID\\" || '-refund'" }, kind: { value: refund }`,
      )
    },
  )

  test('is told from a net that is less it, which is then no part of what a record is', async () => {
    const rows = [
      '"1,000.00",0.00,20.00,980.00',
      '500.00,250.00,10.00,240.00',
      '700.00,0.00,14.00,686.00',
      '800.00,0.00,16.00,784.00',
    ]
    const lines = ['Item,Date,Amount,Refunded Amount,Fee,Net', ...days(rows).map((row) => row.replace(/^P./, 'Kit'))]
    const found = await onboarded(lines)
    expect(found).toMatchObject({ loaded: 5, held: 0, rejected: 0, open: [] })
    expect(found.money).toMatchObject({ rows: 5, gross: '2750.00', fee: '60.00', net: '2690.00' })
    expect(found.contract).toContain('key: { occurrence: [ Item, Date, Amount, Fee ] }')
  })

  test('is told from a net that has it still', async () => {
    const rows = ['1000.00,0.00,20.00,980.00', '500.00,250.00,10.00,490.00', '700.00,0.00,14.00,686.00']
    const found = await onboarded(['ID,Date,Amount,Refunded Amount,Fee,Net', ...days(rows)])
    expect(found).toMatchObject({ loaded: 4, held: 0, rejected: 0, open: [] })
    expect(found.money).toMatchObject({ rows: 4, gross: '1950.00', fee: '44.00', net: '1906.00' })
  })

  const doubtful = [
    'ID,Date,Type,Amount,Refunded Amount',
    ...days(['Sale,1000.00,0.00', 'Sale,500.00,250.00', 'Refund,-250.00,0.00', 'Sale,800.00,0.00', 'Sale,900.00,0.00']),
  ]
  test('is asked for where refunds are records of their own too', async () => {
    const found = await onboarded(doubtful)
    expect(found).toMatchObject({ loaded: 4, held: 1, rejected: 0 })
    expect(found.open).toMatchObject([
      {
        id: 'refunded',
        question: 'Is what stands in "Refunded Amount" still in the amounts beside it?',
        evidence: '1 records have some, and nothing in the file proves whether it is a record of its own too',
        money: { ignored: { USD: '2950.00' }, taken: { USD: '2700.00' } },
      },
    ])
    for (const [answer, gross] of [
      ['ignored', '2950.00'],
      ['taken', '2700.00'],
    ] as const)
      expect(await onboarded(doubtful, { refunded: answer })).toMatchObject({ loaded: 5, held: 0, money: { gross } })
  })

  test('is told of where the language can not take it off', async () => {
    const found = await onboarded(doubtful.map((line) => line.replace(/(-?[\d.]+),([\d.]+)$/, '$$$1,$$$2')))
    expect(found.notes).toEqual(['1 records say in "Refunded Amount" that money went back: this is not taken off.'])
  })

  test('that repeats what its records move themselves, or is 0 throughout, is nothing of its own', async () => {
    const rows = ['Sale,1000.00,0.00', 'Sale,500.00,0.00', 'Refund,-250.00,250.00', 'Sale,800.00,0.00']
    const found = await onboarded(['ID,Date,Type,Amount,Refunded Amount', ...days(rows)])
    expect(found).toMatchObject({ loaded: 4, held: 0, open: [], notes: [], money: { gross: '2050.00' } })
    expect(found.contract).not.toContain('entries:')
  })

  test('tells a status: what was refunded, all of it or a part, is a sale and its refund', async () => {
    const rows = ['1000.00,0.00,Paid', '700.00,700.00,Refunded', '450.00,225.00,Partially refunded', '80.00,0.00,Paid']
    const found = await onboarded(['ID,Date,Amount,Amount Refunded,Status', ...days(rows)])
    expect(found).toMatchObject({ loaded: 6, held: 0, open: [], money: { rows: 6, gross: '1305.00' } })
  })
})

test('what was refunded in part is asked apart from what was refunded', async () => {
  const rows = ['1000.00,Paid', '500.00,Refunded', '250.00,Partially refunded', '80.00,Paid', '90.00,Paid']
  const lines = ['ID,Date,Amount,Status', ...days(rows)]
  const found = await onboarded(lines)
  expect(found).toMatchObject({ loaded: 3, held: 2, money: { gross: '1170.00' } })
  expect(found.open).toMatchObject([
    { id: 'status', question: 'What does "Refunded" in "Status" mean?' },
    { id: 'status.partly', question: 'What does "Partially refunded" in "Status" mean?' },
  ])
  expect(await onboarded(lines, { status: 'reversed', 'status.partly': 'settled' })).toMatchObject({
    ...{ loaded: 5, held: 0, money: { rows: 4, gross: '1420.00' } },
  })
})

describe('a chargeback that is booked as money out', () => {
  const lines = (status: string, more: readonly string[] = []) => [
    'Data;ID;Categoria;Valor bruto;Taxa;Valor líquido;Status',
    '01/03/2026;A001;Venda;100,00;2,00;98,00;Pago',
    '02/03/2026;A002;Venda;200,00;4,00;196,00;Pago',
    `13/03/2026;A003;Chargeback;-100,00;0,00;-100,00;${status}`,
    '14/03/2026;A004;Venda;50,00;1,00;49,00;Pago',
    '15/03/2026;A005;Venda;80,00;1,60;78,40;Pago',
    ...more,
  ]
  test('counts where its status says the same of it', async () => {
    const found = await onboarded(lines('Chargeback'), {}, 'br')
    expect(found).toMatchObject({ loaded: 5, held: 0, open: [], money: { rows: 5, gross: '330.00', net: '321.40' } })
  })

  test.each([
    ['another word', lines('Contestado'), '"Contestado"', 1],
    [
      'a word of sales too',
      lines('Chargeback', ['16/03/2026;A006;Venda;70,00;1,00;69,00;Chargeback']),
      '"Chargeback"',
      2,
    ],
  ])('is asked for where its status is %s', async (_, file, word, held) => {
    const found = await onboarded(file, {}, 'br')
    expect(found).toMatchObject({ loaded: 4, held, rejected: 0, money: { gross: '430.00' } })
    expect(found.open).toMatchObject([{ id: 'status', question: `What does ${word} in "Status" mean?` }])
  })
})
