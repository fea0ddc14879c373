import { expect, test } from 'vitest'
import { cleaned } from '../../contracts/judge-text.ts'
import { mostWords, type Shape, Tallies } from '../../onboard/tally.ts'
import { newBatch, type TextBatch, type TextColumn } from '../../readers/batch.ts'
import { clearBatch, putText } from '../../readers/views.ts'
import { seeded } from '../contracts/draw.ts'

const random = seeded(20261129)
const between = (from: number, to: number) => from + Math.floor(random() * (to - from + 1))
const pick = <T>(list: readonly T[]): T => list[between(0, list.length - 1)] as T

/** Cells as they come: of one column alike, or of any kind. */
const kinds: readonly (() => string | undefined)[] = [
  () => pick(['Sale', 'Refund', 'sale', '--', '', undefined, ' Sale ', '\u00a0']),
  () => `${between(1, 99_999)}.${pick(['00', '50', '5', '000', '10'])}`,
  () => `(₦${between(1, 999)},000)`,
  () => pick(['১২৩.৫০', '১২০.০০', '٤٠٠', '１２０.００', '12.00', ' 12.00']),
  () => `TRX-${between(1, 99_999_999)}`,
  () => Array.from({ length: between(0, 90) }, () => pick([...'aZ09 .,-é০\0\t'])).join(''),
  () => `${pick(['1', '01'])}/${between(1, 12)}/2026 ${between(10, 23)}:05`,
  () => 'x'.repeat(between(250, 600)),
]

/** Column by column; lines are 10, 20, 30, … */
function batchesOf(columns: readonly (readonly (string | undefined)[])[]): TextBatch[] {
  const rows = columns[0]?.length ?? 0
  const batches: TextBatch[] = []
  for (let from = 0; from < rows; from += 2048) {
    const batch = newBatch(columns.length)
    clearBatch(batch)
    batch.rows = Math.min(2048, rows - from)
    for (let row = 0; row < batch.rows; row++) {
      batch.line[row] = BigInt((from + row + 1) * 10)
      for (const [c, cells] of columns.entries()) putText(batch, batch.columns[c] as TextColumn, row, cells[from + row])
    }
    batches.push(batch)
  }
  return batches
}

const nines: Readonly<Record<string, string>> = { '০': '৯', '٠': '٩', '０': '９', '0': '9' }

/** The same, the plain way. */
function expected(cells: readonly (string | undefined)[]) {
  const words = new Map<string, number>()
  const shapes = new Map<string, { count: number; example: string; line: number; zeros: number[] }>()
  let filled = 0
  for (const [i, cell] of cells.entries()) {
    const text = cleaned(cell ?? null)
    if (text === null) continue
    filled++
    words.set(text, (words.get(text) ?? 0) + 1)
    const shape = Array.from(text, (letter) => {
      const zero = Object.keys(nines).find((digit) => {
        const place = letter.charCodeAt(0) - digit.charCodeAt(0)
        return place >= 0 && place <= 9
      })
      return zero === undefined ? letter.toLowerCase() : nines[zero]
    }).join('')
    const counted = shapes.get(shape) ?? { count: 0, example: text, line: (i + 1) * 10, zeros: Array(25).fill(0) }
    counted.count++
    const letters = [...text]
    const last = letters.findLastIndex((letter) => /[0-9০-৯٠-٩０-９]/.test(letter))
    const zeros = last - letters.findLastIndex((letter, at) => at <= last && !(letter in nines))
    counted.zeros[Math.min(24, zeros)] = (counted.zeros[Math.min(24, zeros)] ?? 0) + 1
    shapes.set(shape, counted)
  }
  return { filled, words, shapes }
}

const inOrder = ({ text, count, example, line, zeros }: Shape) => ({ text, count, example, line, zeros })

test.each([40, 1500, 4500])('%i cells of every kind are counted as one by one', (rows) => {
  const columns = kinds.map((kind) => Array.from({ length: rows }, kind))
  columns.push(Array.from({ length: rows }, () => pick(kinds.slice(0, 5))()))
  const tallies = new Tallies(columns.length, 3000)
  for (const batch of batchesOf(columns)) tallies.add(batch, 7)
  expect(tallies.rows).toBe(rows)
  expect(tallies.headLine).toBe(Math.min(rows, 3000) * 10 + 7)
  for (const [c, cells] of columns.entries()) {
    const tally = tallies.columns[c] as (typeof tallies.columns)[0]
    const { filled, words, shapes } = expected(cells)
    expect(tally.filled).toBe(filled)
    expect(tally.words).toEqual(words.size > mostWords ? null : words)
    if (tally.shapes === null) expect(shapes.size).toBeGreaterThan(4000)
    else
      expect(tally.shapes.map((shape) => JSON.stringify(inOrder(shape))).sort()).toEqual(
        [...shapes].map(([text, shape]) => JSON.stringify(inOrder({ ...shape, text, line: shape.line + 7 }))).sort(),
      )
    const uneven = cells.filter((cell) => cleaned(cell ?? null) !== (cell || null))
    if (!tally.isUneven) expect(uneven).toEqual([])
    const sampled = new Set(cells.map((cell) => cleaned(cell ?? null)))
    expect(tally.sample.length).toBeGreaterThan(0)
    expect(tally.sample.every((cell) => sampled.has(cell))).toBe(true)
  }
})

test('few values of a column are listed with the commonest first, and shapes keep their first line', () => {
  const tallies = new Tallies(1, 10)
  for (const batch of batchesOf([['b', 'a', 'a', '12', '7,00', '8,50']])) tallies.add(batch, 0)
  expect([...(tallies.columns[0]?.words ?? [])]).toEqual([
    ['a', 2],
    ...[['12', 1] as const, ['7,00', 1] as const, ['8,50', 1] as const, ['b', 1] as const],
  ])
  expect(tallies.columns[0]?.shapes?.find(({ text }) => text === '9,99')).toMatchObject({
    ...{ count: 2, example: '7,00', line: 50 },
    zeros: [0, 1, 1, ...Array(22).fill(0)],
  })
})
