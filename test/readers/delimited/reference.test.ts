import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isSlow, runSeed } from '../seed.ts'
import { readCsv, readFallback } from '../support.ts'

const isBlank = (cells: readonly string[]) => cells.every((cell) => /^[ \t-\r]*$/.test(cell))

const pieces = [
  '"',
  '"',
  "'",
  ',',
  ';',
  '\n',
  '\r',
  '\r\n',
  ' ',
  '\t',
  'é',
  '€',
  '😀',
  '\u2028',
  '\u0085',
  '\ufeff',
  'x',
  '|',
  '\\',
]
const cell = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(...pieces, 'yz0123456789') }) },
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '""', '","', '\r', '\n\n', 'h1'),
)

/** Rows of as many cells as the header, each cell with a wish for quotes that it may not need. */
const table = fc.integer({ min: 2, max: 6 }).chain((width) =>
  fc.array(fc.array(fc.tuple(cell, fc.boolean()), { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 8,
  }),
)

/** Quick runs are the same each time; slow ones are drawn afresh, and a failure names its seed. */
const runs = (quick: number, slow: number, seed: number) =>
  isSlow ? { seed: runSeed, numRuns: slow } : { seed, numRuns: quick }

test('the tokenizer gives the cells that csv-parse gives', async () => {
  await fc.assert(
    fc.asyncProperty(
      table,
      fc.constantFrom(',', ';', '\t', '|', 'x', ' ', '^'),
      fc.constantFrom('"', '"', "'"),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.boolean(),
      fc.integer({ min: 1, max: 64 }),
      async (rows, delimiter, quote, end, isEnded, piece) => {
        const write = ([text, isQuoted]: [string, boolean]) =>
          isQuoted || [quote, '\r', '\n', delimiter].some((mark) => text.includes(mark))
            ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
            : text
        const lines = rows.map((cells) => cells.map(write).join(delimiter))
        const header = rows[0]?.map((_, at) => `h${at + 1}`).join(delimiter)
        const text = `${header}${end}${lines.join(end)}${isEnded ? end : ''}`
        const options = { delimiter, quote, escape: quote, from_line: 2, skip_empty_lines: true }
        const expected = (parse(text, options) as string[][]).filter((cells) => !isBlank(cells))
        const { records } = await readCsv(text, { format: { delimiter, quote, escape: quote }, piece })
        expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual(expected.map((cells) => ['', ...cells]))
      },
    ),
    runs(5000, 100_000, 7),
  )
})

const nasty = fc
  .array(fc.constantFrom('"', '"', ',', ',', '\n', '\r\n', '\r', ' ', 'a', 'bc', 'é', '""', '","', '"\n', ',"'), {
    maxLength: 60,
  })
  .map((parts) => `a,b,c\n${parts.join('')}`)

test('any text gives the same records with the edge of a piece at every byte', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, fc.constantFrom(8, 20, 1000), async (text, recordBytes) => {
      const read = (piece: number) =>
        readCsv(text, { limits: { recordBytes }, piece }).catch((error: Error) => error.message)
      const whole = await read(10_000)
      for (let piece = 1; piece <= Buffer.byteLength(text); piece++) expect(await read(piece)).toEqual(whole)
    }),
    runs(60, 3000, 5),
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
    runs(250, 5000, 3),
  )
})
