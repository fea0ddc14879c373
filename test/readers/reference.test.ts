import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readCsv, readFallback } from './support.ts'

const isBlank = (cells: readonly string[]) => cells.every((cell) => /^[ \t-\r]*$/.test(cell))

const cell = fc.oneof(
  fc.string({
    unit: fc.constantFrom('"', ',', '\n', '\r', '\r\n', ' ', 'é', '€', '😀', 'x', 'yz0123456789', '|', '\\'),
  }),
  fc.string({ unit: 'grapheme' }),
)

test('the tokenizer gives the cells that csv-parse gives', async () => {
  const row = fc.array(fc.tuple(cell, fc.boolean()), { minLength: 3, maxLength: 3 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 8 }),
      fc.constantFrom(',', ';', '\t', '|', 'x'),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.integer({ min: 1, max: 64 }),
      async (rows, delimiter, end, isEnded, piece) => {
        const write = ([text, isQuoted]: [string, boolean]) =>
          isQuoted || /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text
        const lines = rows.map((cells) => cells.map(write).join(delimiter))
        const text = `h1${delimiter}h2${delimiter}h3${end}${lines.join(end)}${isEnded ? end : ''}`
        const expected = (parse(text, { delimiter, from_line: 2, skip_empty_lines: true }) as string[][]).filter(
          (cells) => !isBlank(cells),
        )
        const { records } = await readCsv(text, { format: { delimiter }, piece })
        expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual(expected.map((cells) => ['', ...cells]))
      },
    ),
    { seed: 7, numRuns: 300 },
  )
})

const nasty = fc
  .array(fc.constantFrom('"', '"', ',', ',', '\n', '\r\n', '\r', ' ', 'a', 'bc', 'é', '""', '","', '"\n', ',"'), {
    maxLength: 60,
  })
  .map((parts) => `a,b,c\n${parts.join('')}`)

test('any text gives the same records in pieces of any size', async () => {
  await fc.assert(
    fc.asyncProperty(
      nasty,
      fc.integer({ min: 1, max: 64 }),
      fc.constantFrom(8, 20, 1000),
      async (text, piece, recordBytes) => {
        const read = (size: number) =>
          readCsv(text, { limits: { recordBytes }, piece: size }).catch((error: Error) => error.message)
        expect(await read(piece)).toEqual(await read(10_000))
      },
    ),
    { seed: 5, numRuns: 250 },
  )
})

test('tokenizer and fallback give the same records, faults and positions for any text', async () => {
  const strayEscapes = (cells: readonly (string | null)[]) => cells.map((each) => each?.replaceAll('"', ''))
  await fc.assert(
    fc.asyncProperty(nasty, fc.integer({ min: 1, max: 64 }), async (text, piece) => {
      const [first, second] = [await readCsv(text, { piece }), await readFallback(text, { piece })]
      expect(second.ignored).toEqual(first.ignored)
      // A malformed cell is shown as it is written; csv-parse takes some of its quotes away.
      const plain = ({ records }: typeof first) =>
        records.map((record) => ({
          ...record,
          cells: record.fault === 'row.malformed' ? strayEscapes(record.cells) : record.cells,
        }))
      expect(plain(second)).toEqual(plain(first))
    }),
    { seed: 3, numRuns: 250 },
  )
})
