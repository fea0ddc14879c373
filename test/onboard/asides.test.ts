import { expect, test } from 'vitest'
import { onboard } from '../../operations/onboard.ts'
import { layout } from '../../project/layout.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { Project } from './onboarded.ts'

/** Lines among the records that are none: of pages, totals of parts, balances, legends. */
const project = new Project('onboard-asides')

async function onboarded(name: string, lines: readonly string[]) {
  const { preview, text } = await project.onboarded('ng', name, lines)
  return { ...preview, contract: text }
}

const header = 'Date,Details,Debit,Credit,Balance'
/** Movements of an account, money out every third time. */
const movements = Array.from({ length: 16 }, (_, i) => i).map((i) => (i % 3 === 0 ? -1 : 1) * (10 + 7 * i))
const balanceAfter = (i: number) => 1000 + movements.slice(0, i + 1).reduce((sum, one) => sum + one, 0)
const records = movements.map((amount, i) => {
  const sides = amount < 0 ? `${-amount}.00,` : `,${amount}.00`
  return `${13 + i}-03-2026,POS ${i},${sides},${balanceAfter(i)}.00`
})
const [first, second] = [records.slice(0, 8), records.slice(8)]
const all = { loaded: 16, rejected: 0, held: 0, totals: { NGN: { rows: 16, gross: '250.00' } } }

test.each([
  ['a page line', [header, ...first, 'Page 2 of 2,,,,', ...second], 'lines that begin with "Page"'],
  [
    'a page line and the header again',
    [header, ...first, 'Page 2 of 2,,,,', header, ...second],
    'lines that begin with "Page"',
  ],
  [
    'the head of each page',
    [header, ...first, 'Statement of account,,,,', 'Page 2 of 2,,,,', header, ...second],
    'lines that begin with "Page", "Statement of account"',
  ],
  [
    'a total of each part',
    [header, ...first, 'Total,,80.00,200.00,', ...second, 'Total,,160.00,400.00,'],
    'lines that begin with "Total"',
  ],
  [
    'a total of each part, and the header again',
    [header, ...first, 'Total,,80.00,200.00,', header, ...second, 'Total,,160.00,400.00,'],
    'lines that begin with "Total"',
  ],
])('records go on below %s', async (name, lines, evidence) => {
  const found = await onboarded(name.replaceAll(/\W+/g, '_'), lines)
  expect(found).toMatchObject(all)
  expect(found.contract).toContain(`# no records: ${evidence}\n`)
})

test('what is below the last part is cut off', async () => {
  const found = await onboarded('summary', [
    ...[header, ...first, 'Page 2 of 2,,,,', header, ...second],
    ...['Summary of transactions,,,,', 'Money out,,240.00,,', 'Money in,,,600.00,'],
  ])
  expect(found).toMatchObject(all)
  expect(found.contract).toContain(
    '# no records: lines that begin with "Page", and all from "Summary of transactions" on\n',
  )
})

test('lines that state a balance and move nothing are no records', async () => {
  const daily = records.flatMap((record, i) => [record, `${13 + i}-03-2026,Balance of the day,,,${balanceAfter(i)}.00`])
  const lines = [header, '12-03-2026,Balance B/F,,,1000.00', ...daily, '28-03-2026,CLOSING BALANCE,,,1250.00']
  const found = await onboarded('balances', lines)
  expect(found).toMatchObject({ ...all, ignored: 19 })
  expect(found.contract).toContain('# 18 lines without an amount say a balance, and are no records\n')
})

test('a line that says a balance and has an amount stays a record, and so does one without an amount that says something else', async () => {
  const found = await onboarded('payments', [
    ...[header, ...records, '29-03-2026,Balance of order 7,,20.00,1270.00', '30-03-2026,POS 17,,,1270.00'],
    '31-03-2026,Closing balance,,,1270.00',
  ])
  expect(found).toMatchObject({ loaded: 17, rejected: 1, totals: { NGN: { rows: 17, gross: '270.00' } } })
  expect(found.rejects).toMatchObject([{ line: 19, reasons: ['gross.missing'] }])
})

const customers = [
  'Customer,Reference,Date,Debit,Credit',
  ...Array.from({ length: 20 }, (_, i) => `${i % 2 ? 'Ada' : 'Bola'},T${i},2026-03-${10 + i},,${i + 1}.50`),
]

test.each([
  ['among them', [...customers.slice(0, 8), 'Ada,,,,', ...customers.slice(8)], 1],
  ['at their end', [...customers, 'Ada,,,,'], 1],
  ['below them', [...customers, '', 'Ada', 'Chidi'], 2],
  ['below them, with a sentence', [...customers, 'Ada', 'As noted by the shop'], 1],
  ['of one who has no others yet', [...customers.slice(0, 8), 'Chidi,,,,', ...customers.slice(8)], 1],
  ['of one who has no others yet, at their end', [...customers, 'Chidi,,,,'], 1],
])(
  'where records begin with words, a broken one is rejected and no others with it: %s',
  async (where, lines, rejected) => {
    const found = await onboarded(`broken_${where.replaceAll(/\W+/g, '_')}`, lines)
    expect(found).toMatchObject({ loaded: 20, rejected, totals: { NGN: { rows: 20, gross: '220.00' } } })
    expect(found.contract).not.toMatch(/Ada|Chidi/)
  },
)

test('what is written below the records, with neither date nor amount, is cut off', async () => {
  const lines = ['Legends used in this statement,,,,', ',POS - a purchase,,,', ',ATM - cash,,,']
  const found = await onboarded('legends', [header, ...records, ...lines])
  expect(found).toMatchObject(all)
  expect(found.contract).toContain('all from "Legends used in this statement" on\n')
})

test('records that end with one more delimiter than the header', async () => {
  const found = await onboarded('trailed', [header, ...records.map((record) => `${record},`)])
  expect(found).toMatchObject(all)
  expect(found.contract).toContain(
    'format: { trailing_delimiter: true }  # all records end with one more delimiter than the header\n',
  )
})

test('a number cut in two by its grouping mark is no delimiter too many', async () => {
  const lines = Array.from({ length: 12 }, (_, i) => `T${i},${10 + i}-03-2026,${i + 1},500,`)
  const found = await onboarded('cut', ['Reference,Date,Amount,Note', ...lines])
  expect(found).toMatchObject({ loaded: 0, rejected: 12 })
  expect(found.rejects[0]).toMatchObject({ reasons: expect.arrayContaining(['row.arity']) })
})

/** A statement between its balances, as most banks and wallets have it: 5 movements. */
const statement = [
  'Date,Description,Ref,Debit,Credit,Balance',
  ',STARTING BALANCE,,,,1000.00',
  '2026-03-02,Buy Load,0001234567,100.00,,900.00',
  '2026-03-03,Transfer,0001234568,,500.00,1400.00',
  '2026-03-14,Buy Load,0001234569,50.00,,1350.00',
  '2026-03-15,Transfer,0001234570,,200.00,1550.00',
  '2026-03-16,Buy Load,0001234571,70.50,,1479.50',
]
const moved = { loaded: 5, rejected: 0, warnings: [], totals: { NGN: { rows: 5, gross: '479.50' } } }

test.each([
  ['a closing balance', [',ENDING BALANCE,,,,1479.50']],
  ['a total', [',Total,,220.50,700.00,1479.50']],
  ['a balance and totals', [',ENDING BALANCE,,,,1479.50', ',Total Debit,,220.50,,', ',Total Credit,,,700.00,']],
])('an opening balance above the records and %s below them are no end before them', async (name, below) => {
  const found = await onboarded(`balanced_${name.replaceAll(/\W+/g, '_')}`, [...statement, ...below])
  expect(found).toMatchObject({ ...moved, ignored: below.length + 2 })
})

/** Of each day two sales and what they come to. */
const days = Array.from({ length: 12 }, (_, i) => i + 1).map((i) => `${i < 10 ? '0' : ''}${i} Mar`)
const sales = (total: (day: string) => string) =>
  days.flatMap((day, i) => [
    `${day} 2026,0${i}1,Sale,${i + 1}00.00,2.00,${i}98.00`,
    `${day} 2026,0${i}2,Sale,50.00,1.00,49.00`,
    `${total(day)},,,${i + 1}50.00,,`,
  ])

test.each([
  ['with its day', (day: string) => `Subtotal ${day}`],
  ['without it', () => 'Subtotal'],
])('a subtotal of each day, %s, is no record and no end', async (name, total) => {
  const lines = ['Date,Receipt,Type,Total,Fee,Net', ...sales(total)]
  const all = await onboarded(`subtotals_${name.replaceAll(' ', '_')}`, lines)
  expect(all).toMatchObject({ loaded: 24, rejected: 0, ignored: 13, warnings: [] })
  expect(all.totals).toMatchObject({ NGN: { rows: 24, gross: '8400.00' } })
  const few = await onboarded(`subtotals_few_${name.replaceAll(' ', '_')}`, lines.slice(0, 10))
  expect(few).toMatchObject({ loaded: 6, rejected: 0, ignored: 4, warnings: [] })
})

test.each([
  ['behind its date', (date: string, text: string) => `${date},${text}`, 'Date,Description'],
  ['before its date', (date: string, text: string) => `${text},${date}`, 'Description,Date'],
])('a movement that begins as a total does is one, where its text stands %s', async (name, by, names) => {
  const texts = ['Total Energies fuel', 'Total', 'Subtotal 5', 'Opening balance', 'Shop', 'Market']
  const lines = texts.map((text, i) => `${by(`2026-03-${11 + i}`, text)},T${i},${i + 1}.50`)
  const total = by('', 'Total for March')
  const found = await onboarded(`total_energies_${name.replaceAll(' ', '_')}`, [
    ...[`${names},Reference,Amount`, ...lines, `${total},,24.00`],
    ...lines.map((line) => line.replace(/T(\d)/, 'U$1')),
  ])
  expect(found).toMatchObject({ loaded: 12, totals: { NGN: { rows: 12, gross: '48.00' } } })
  expect(found.contract).not.toContain('end:')
})

test('what stands below the records of one file, and above those of another, is no end', async () => {
  await project.onboarded('ng', 'first_of_two', [header, ...records])
  const legend = ['Legends used in this statement,,,,', ',POS - a purchase,,,']
  const files = [
    project.file('two_a', [header, ...first, ...legend]),
    project.file('two_b', [header, ...legend, ...second]),
  ]
  const done = await onboard(
    layout(project.root),
    { files, region: 'ng', name: 'two', answers: {}, takesUsual: true },
    { limits: defaultLimits, maxRejects: 100 },
  )
  expect(done.preview).toMatchObject({ loaded: 16, warnings: [], totals: all.totals })
})
