import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newBatch } from '../../../readers/batch.ts'
import type { Task } from '../../../readers/delimited/parallel/ahead.ts'
import { type OtherThread, ParallelText } from '../../../readers/delimited/parallel/parallel-text.ts'
import { control, controlOf, type Ring } from '../../../readers/delimited/parallel/ring.ts'
import { startTokenizer } from '../../../readers/delimited/parallel/tokenizer.ts'
import { type Dialect, dialectOf, tokenize } from '../../../readers/delimited/tokenize.ts'
import { openSource } from '../../../readers/source/source.ts'
import { TextWindow } from '../../../readers/source/window.ts'
import { defaultLimits } from '../../../stage/staged.ts'
import { rowsOf } from '../batch-rows.ts'
import { csv, fileOf, tempDir } from '../support.ts'

interface Reading {
  readonly width: number
  readonly recordBytes?: number
  /** Whether irregular records are read by what their neighbours are. */
  readonly isLenient?: boolean
}

const dialectWith = ({ width, isLenient }: Reading): Dialect => ({
  ...dialectOf({ delimiter: 44, quote: 34, escaper: 34 }),
  width,
  slots: Int32Array.from({ length: width }, (_, i) => i),
  header: Buffer.from('a,b,c'),
  expected: isLenient ? { marks: csv, width, recordEnd: '\n', classes: null } : null,
})

/** The thread, which has something ready before this one begins; how many batches it had in the end. */
function eagerThread(): OtherThread & { batches: number } {
  const thread = startTokenizer()
  const eager = {
    ...thread,
    batches: 0,
    start(task: Task) {
      thread.start(task)
      const shared = controlOf(task.ring)
      const hasBegun = () => Atomics.load(shared, control.filled) > 0 || Atomics.load(shared, control.state) > 1
      while (!hasBegun()) Atomics.wait(shared, control.filled, 0, 1)
    },
    giveBack(ring: Ring) {
      eager.batches = Atomics.load(controlOf(ring), control.filled)
      thread.giveBack(ring)
    },
  }
  return eager
}

/** What a text's records are by one thread (`piece` undefined) or two, and how it ended. */
async function read(path: string, reading: Reading, piece?: number, mostRows = Number.POSITIVE_INFINITY) {
  const dialect = dialectWith(reading)
  const recordBytes = reading.recordBytes ?? 1 << 24
  const source = await openSource(path, csv, defaultLimits, tempDir)
  const text = new TextWindow(source, recordBytes, 1 << 22)
  const other = eagerThread()
  const both =
    piece === undefined
      ? undefined
      : ParallelText.over(
          source,
          { dialect, columns: reading.width, recordBytes, piece, other },
          { position: text.position, line: text.line },
          text.ignored,
        )
  const batch = newBatch(reading.width)
  const rows: string[] = []
  try {
    while ((both?.fill(batch) ?? text.fill(batch, tokenize.bind(undefined, dialect))) > 0) {
      rows.push(...rowsOf(batch))
      if (rows.length > mostRows) break
    }
    return { rows, end: { ...text.ignored }, position: (both ?? text).position }
  } catch (error) {
    // Batches end where pieces do: of the rows before the error there may be some more or fewer.
    return { rows: [], end: String(error), position: 0 }
  } finally {
    both?.close()
    source.close()
    lastBatches = other.batches
  }
}

/** Batches of the other thread in the last reading. */
let lastBatches = 0

const parts = fc.constantFrom(
  ...['"', '"', ',', ',', '\n', '\n', '\r\n', '\r', ' ', 'a', 'é', '""', '","', '"\n', '\n\n', '\xff'],
  ...['\n1,2,3\n', '\na,b,c\n', '\n"1","2\n","3\n\n4"\r\n', ',"a ""b""\nc",', '1234567890123', 'x'.repeat(70)],
)
const text = fc.array(parts, { minLength: 1, maxLength: 80 }).map((all) => Buffer.from(all.join(''), 'latin1'))

test.each<[string, Reading]>([
  ['as they are', { width: 3 }],
  ['repaired', { width: 3, isLenient: true }],
  ['up to a limit', { width: 2, recordBytes: 60 }],
])('two threads give the records that one gives, in pieces of any size: %s', async (_, reading) => {
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 100 }), async (each, piece) => {
      const path = fileOf(each, 'parallel.csv')
      expect(await read(path, reading, piece)).toEqual(await read(path, reading))
    }),
    { seed: 17, numRuns: 250 },
  )
})

const line = (i: number) => `${i},"a ${'long '.repeat(i % 5)}""cell""",${i % 7 === 0 ? '"two\nlines"' : 'x'}\n`
const lines = Array.from({ length: 60_000 }, (_, i) => line(i)).join('')

test('a large text, in pieces larger and smaller than a batch', async () => {
  const path = fileOf(lines, 'parallel.csv')
  const expected = await read(path, { width: 3 })
  expect(expected.rows).toHaveLength(60_000)
  for (const [piece, batches] of [
    [10_000, 100],
    [300_000, 10],
    [5_000_000, 0],
  ] as const) {
    expect(await read(path, { width: 3 }, piece)).toEqual(expected)
    expect(lastBatches).toBeGreaterThanOrEqual(batches)
  }
})

test.each([
  ['open over many pieces', '"\n7,8\n', 60_002],
  ['never closed', '\n7,8\n', 80_001],
])('a quote that is %s', async (_, end, rows) => {
  const path = fileOf(`${lines}1,"${'5,6\n'.repeat(20_000)}${end}`, 'parallel.csv')
  const expected = await read(path, { width: 2 })
  expect(expected.rows).toHaveLength(rows)
  expect(await read(path, { width: 2 }, 10_000)).toEqual(expected)
})

test('escapes beyond what the memory between the threads holds', async () => {
  const path = fileOf(`1,"${'""'.repeat(400)}",3\n`.repeat(6000), 'parallel.csv')
  const expected = await read(path, { width: 3 })
  expect(expected.rows).toHaveLength(6000)
  expect(await read(path, { width: 3 }, 2_000_000)).toEqual(expected)
})

test('a text without line feeds is read by one thread', async () => {
  const path = fileOf(lines.replaceAll('\n', '\r'), 'parallel.csv')
  expect(await read(path, { width: 3 }, 70_000)).toEqual(await read(path, { width: 3 }))
})

test('lines so long that no line ends near where a piece should', async () => {
  const path = fileOf(
    [10, 100_000, 150_000, 20, 70_000, 300_000, 5].map((length) => `1,${'x'.repeat(length)},3\n`.repeat(9)).join(''),
    'parallel.csv',
  )
  const expected = await read(path, { width: 3 })
  expect(expected.rows).toHaveLength(63)
  for (const piece of [10_000, 33_000, 90_000]) expect(await read(path, { width: 3 }, piece)).toEqual(expected)
})

test('whoever leaves early leaves no thread that reads on', async () => {
  const path = fileOf(lines, 'parallel.csv')
  for (let i = 0; i < 20; i++) {
    const { rows } = await read(path, { width: 3 }, 50_000, 3000)
    expect(rows.length).toBeLessThan(10_000)
  }
  expect((await read(path, { width: 3 }, 50_000)).rows).toHaveLength(60_000)
})

test('batches that would take too much memory are not tokenized ahead', async () => {
  const source = await openSource(fileOf('a\n'), csv, defaultLimits, tempDir)
  const parallel = { dialect: dialectWith({ width: 3 }), recordBytes: 100, piece: 100, other: startTokenizer() }
  const over = (columns: number) =>
    ParallelText.over(source, { ...parallel, columns }, { position: 0, line: 1 }, { blank: 0, header: 0 })
  const few = over(3)
  expect(over(1000)).toBe(undefined)
  few?.close()
  few?.close()
  source.close()
})
