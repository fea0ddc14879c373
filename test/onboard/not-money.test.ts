import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { onboard } from '../../operations/onboard.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { temporary } from './temporary.ts'

/** What looks like a word for what moved no money, or like a line that is no record, and is neither. */
const project = temporary('onboard-not-money')
const region = join(project, 'regions', 'us')
mkdirSync(join(region, 'sources'), { recursive: true })
writeFileSync(join(region, 'region.yaml'), regionPack('us'))
afterAll(() => rmSync(project, { recursive: true, force: true }))

async function onboarded(name: string, lines: readonly string[]) {
  const file = join(project, `${name}.csv`)
  writeFileSync(file, `${lines.join('\n')}\n`)
  const done = await onboard(
    layout(project),
    { files: [file], region: 'us', name, answers: {}, takesUsual: true },
    { limits: defaultLimits, maxRejects: 100 },
  )
  return { ...done.preview, contract: readFileSync(join(project, done.contract ?? ''), 'utf8') }
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
