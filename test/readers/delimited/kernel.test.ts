import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { packageRoot } from '../../../project/package-root.ts'
import { newBatch } from '../../../readers/batch.ts'
import { type Dialect, dialectOf, tokenize, tokenizeRecords } from '../../../readers/delimited/tokenize.ts'
import { openSource } from '../../../readers/source/source.ts'
import { type Fill, TextWindow } from '../../../readers/source/window.ts'
import { kernelModule } from '../../../scripts/write-kernel.ts'
import { defaultLimits } from '../../../stage/staged.ts'
import { marksOf, rowsOf } from '../batch-rows.ts'
import { csv, fileOf, tempDir } from '../support.ts'

test('the bytes in the repository are what kernel.wat says (npm run kernel writes them)', async () => {
  expect(readFileSync(join(packageRoot, 'readers', 'delimited', 'kernel-bytes.ts'), 'utf8')).toBe(await kernelModule())
})

interface Reading {
  /** By cell: the batch column it fills, or -1. */
  readonly slots: readonly number[]
  readonly marks?: Partial<Dialect['marks']>
  readonly header?: string
  readonly recordBytes?: number
  readonly piece?: number
}

/** Everything that filling the batches until the end gives, as text. */
async function readWith(fillOf: (dialect: Dialect) => Fill, path: string, reading: Reading): Promise<string[]> {
  const { slots, marks, header, recordBytes = 1 << 24, piece = 1 << 20 } = reading
  const dialect: Dialect = {
    ...dialectOf({ delimiter: 44, quote: 34, escaper: 34, ...marks }),
    width: slots.length,
    slots: Int32Array.from(slots),
    header: header === undefined ? null : Buffer.from(header),
  }
  const fill = fillOf(dialect)
  const source = await openSource(path, csv, defaultLimits, tempDir)
  try {
    const text = new TextWindow(source, recordBytes, piece)
    const batch = newBatch(Math.max(0, ...slots.map((slot) => slot + 1)))
    const found: string[] = []
    while (text.fill(batch, fill) > 0) found.push(marksOf(batch), ...rowsOf(batch))
    return [...found, JSON.stringify(text.ignored)]
  } catch (error) {
    return [String(error)]
  } finally {
    source.close()
  }
}

const alone =
  (dialect: Dialect): Fill =>
  (window, batch, positions, maxRows) => {
    const filled = { at: window.at, line: window.line, blank: 0, header: 0, isTooLong: false }
    return tokenizeRecords(dialect, window, batch, positions, filled, Math.min(maxRows, 2048))
  }
const withKernel = (dialect: Dialect): Fill => tokenize.bind(undefined, dialect)

/** The records, which must be the same both ways. */
async function expectEqual(text: string | Uint8Array, reading: Reading): Promise<string[]> {
  const path = fileOf(text, 'kernel.csv')
  const expected = await readWith(alone, path, reading)
  expect(await readWith(withKernel, path, reading)).toEqual(expected)
  return expected.filter((line) => !line.startsWith('['))
}

describe('the kernel gives what the tokenizer gives alone', () => {
  const parts = fc.constantFrom(
    ...['"', '"', ',', ',', ',', '\n', '\n', '\r\n', '\r', ' ', 'a', 'bc', 'é', '""', '","', '"\n', ',"', '\\', '\\"'],
    ...[
      '\n1,2,3\n',
      '\n"1","2\n","3"\r\n',
      ',"a ""b"" c",',
      '123456789012',
      '1234567890123',
      'x'.repeat(70),
      ',"4\r5\r\n6"\n',
    ],
  )
  const text = fc.array(parts, { minLength: 1, maxLength: 80 }).map((all) => all.join(''))

  test.each<[string, Omit<Reading, 'piece'>]>([
    ['all cells', { slots: [0, 1, 2] }],
    ['one cell', { slots: [0] }],
    ['some cells, in another order', { slots: [1, -1, 0], header: '1,2,3' }],
    ['no cell', { slots: [-1, -1] }],
    ['an escape of its own', { slots: [0, 1, 2], marks: { escaper: 92 } }],
    ['no escape', { slots: [0, 1, 2], marks: { escaper: -1 } }],
    ['no quote', { slots: [0, 1], marks: { quote: -1, escaper: -1 } }],
    ['a space as delimiter', { slots: [0, 1], marks: { delimiter: 32 } }],
    ['short records alone', { slots: [0, 1, 2], recordBytes: 40 }],
  ])('of any text: %s', async (_, reading) => {
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 200 }), async (each, piece) => {
        await expectEqual(each, { ...reading, piece })
      }),
      { seed: 11, numRuns: 200 },
    )
  })

  test('of bytes of all kinds', async () => {
    const bytes = fc
      .uint8Array({ maxLength: 300 })
      .map((all) => all.map((byte) => (byte < 60 ? 44 - (byte % 4) * 10 : byte)))
    await fc.assert(
      fc.asyncProperty(bytes, async (each) => {
        await expectEqual(Buffer.concat([Buffer.from('plain text, '.repeat(20)), each]), { slots: [0, 1] })
      }),
      { seed: 11, numRuns: 200 },
    )
  })

  test.each(['\n', '\r\n', '\r'])('of records of every length that end with %j', async (end) => {
    const lengths = Array.from({ length: 200 }, (_, i) => i)
    for (const cell of ['x', 'é', '""', '\r', '\n', '\r\n', '\\"', '\\\\'])
      for (const [before, behind] of [
        ['', ''],
        [cell, ''],
        ['', cell],
        ['a', cell],
      ]) {
        const text = lengths.map(
          (length) => `${length},"${before}${'z'.repeat(length)}${behind}",${'y\\'.repeat(length % 9)}${end}`,
        )
        const slots = [0, 1, 2]
        expect(await expectEqual(text.join(''), { slots })).toHaveLength(201)
        await expectEqual(text.join(''), { slots, marks: { escaper: 92 } })
      }
  })

  test('of a record that is longer than the limit', async () => {
    const read = (recordBytes: number) => expectEqual('1,2\n12345,6789\n1,2\n', { slots: [0, 1], recordBytes })
    expect((await read(10)).map((line) => line.slice(0, 5))).toEqual(['1 0 3', '2 4 1', '3 15 ', '{"pre'])
    expect(await read(9)).toEqual(['Fault: kernel.csv line 2: the record that begins here is longer than 9 bytes.'])
  })

  const line = (i: number) => `${i},"a ${'long '.repeat(i % 5)}""cell""",${i % 7 === 0 ? '"two\nlines"' : 'x'}\n`
  const lines = Array.from({ length: 20_000 }, (_, i) => line(i))

  test('of a file longer than the kernel takes at once, in pieces of any size', async () => {
    for (const piece of [100_000, 1 << 23])
      expect((await expectEqual(lines.join(''), { slots: [0, 1, 2], piece })).length).toBeGreaterThan(20_000)
  })

  test('of records longer than the kernel takes at once, and of escapes beyond its overflow area', async () => {
    const long = 'y'.repeat(1_500_000)
    const escaped = '""'.repeat(300_000)
    const many = `${'1,"'.concat('""z'.repeat(60_000))}",3\n`
    const found = await expectEqual(`1,2,3\n1,${long},3\n4,"${escaped}",6\n${many.repeat(6)}7,8,9\n`, {
      slots: [0, 1, 2],
    })
    expect(found).toHaveLength(11)
  })

  test('of records where none is plain', async () => {
    const found = await expectEqual('1,2\n\n1,"2"x,3\n'.repeat(3000), { slots: [0, 1, 2] })
    expect(found.at(-1)).toBe('{"preamble":0,"header":0,"blank":3000}')
  })

  test('of 3,000 columns, wanted and not', async () => {
    const record = Array.from({ length: 3000 }, (_, i) => (i % 3 === 0 ? `a longer cell ${i}` : i)).join(',')
    for (const wantsAll of [true, false]) {
      const slots = Array.from({ length: 3000 }, (_, i) => (wantsAll ? i : i === 2000 ? 0 : -1))
      expect(await expectEqual(`${record}\n`.repeat(150), { slots })).toHaveLength(151)
    }
  })

  test('of two dialects in turn', async () => {
    for (const delimiter of [44, 59, 44, 59])
      expect(await expectEqual('a;b,c\n1,2;3\n', { slots: [0, 1], marks: { delimiter } })).toHaveLength(3)
  })
})
