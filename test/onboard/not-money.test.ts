import { expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** What looks like a word for what moved no money, or like a line that is no record, and is neither. */
const project = new Project('onboard-not-money')

async function onboarded(name: string, lines: readonly string[]) {
  const { preview, text } = await project.onboarded('us', name, lines)
  return { ...preview, contract: text }
}

test('words that a status can have, in a column of something else, are no statuses', async () => {
  const found = await onboarded('customers', [
    'Transaction ID,Date,Customer Type,Amount,Currency',
    ...Array.from({ length: 20 }, (_, i) => `T${i},2026-03-${10 + i},${i % 2 ? 'New' : 'Active'},${i + 1}.50,USD`),
  ])
  expect(found).toMatchObject({ loaded: 20, totals: { USD: { rows: 20, gross: '220.00' } } })
})

test('a sentence below the table hides no record that begins with its first word', async () => {
  const found = await onboarded('notes', [
    'Description,Transaction ID,Date,Amount,Currency',
    ...Array.from(
      { length: 20 },
      (_, i) => `${i === 7 ? 'Note book' : 'Pens'},T${i},2026-03-${10 + i},${i + 1}.50,USD`,
    ),
    'Note: amounts are those of the day of sale',
  ])
  expect(found).toMatchObject({ loaded: 20, rejected: 0, totals: { USD: { rows: 20, gross: '220.00' } } })
})

test.each([
  ['sentence', 'Note: amounts are those of the day of sale'],
  ['total', 'Total,,,220.00,USD'],
  ['line', 'Total: 220.00,,,,'],
])('a %s below the table cuts off no record of a like name', async (what, below) => {
  const names: Record<number, string> = { 3: 'Note 5', 7: 'Note-book', 9: 'Total-energy bar', 11: "Total's Friend" }
  const found = await onboarded(`like_${what}`, [
    'Description,Transaction ID,Date,Amount,Currency',
    ...Array.from({ length: 20 }, (_, i) => `${names[i] ?? 'Pens'},T${i},2026-03-${10 + i},${i + 1}.50,USD`),
    below,
  ])
  expect(found).toMatchObject({ loaded: 20, rejected: 0, totals: { USD: { rows: 20, gross: '220.00' } } })
})

test.each([
  ['sentence', 'Note: it hums', 'Note: amounts are those of the day of sale'],
  ['total', 'Total', 'Total,,,220.00,USD'],
])('a %s below the table cuts off no record that begins just so', async (what, name, below) => {
  const found = await onboarded(`same_${what}`, [
    'Description,Transaction ID,Date,Amount,Currency',
    ...Array.from({ length: 20 }, (_, i) => `${i === 7 ? name : 'Pens'},T${i},2026-03-${10 + i},${i + 1}.50,USD`),
    below,
  ])
  expect(found).toMatchObject({ loaded: 20, rejected: 0, totals: { USD: { rows: 20, gross: '220.00' } } })
})
