import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { literal } from '../../../contracts/sql-text.ts'
import { readParquet } from '../../../readers/columnar/parquet.ts'
import { faultOf, names, readRecordsWith, tempDir } from '../support.ts'

const read = readRecordsWith((path, _, limits, folder) => readParquet(path, limits, folder), 'parquet', 'day.parquet')

/** Written by pyarrow; its values are in expected.json beside it. */
const everyType = readFileSync(new URL('../cases/parquet-of-every-type/input.parquet', import.meta.url))

/** A Parquet file of a query's rows. */
async function parquetOf(query: string, options = ''): Promise<Buffer> {
  const path = join(tempDir, 'made.parquet')
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  await connection.run(`copy (${query}) to ${literal(path)} (format parquet${options})`)
  connection.closeSync()
  instance.closeSync()
  return readFileSync(path)
}

test('decimals, instants and nested values are exact', async () => {
  const { columns, cells, records } = await read(everyType, {
    wanted: names('d38', 'd9', 'u64', 'tz_us', 'ts_ns', 'date', 'f64', 'bin', 'struct', 'map', 'text'),
  })
  expect(columns).toContain('deep')
  expect(cells.map((row) => row.slice(0, 8))).toEqual([
    [
      ...['12345678901234567890123456789.123456789', '12.50', '18446744073709551615', '2026-03-01T12:30:15.123456Z'],
      ...['2026-03-01T12:30:15.123456789', '2026-03-01', '0.1', 'AP8='],
    ],
    [
      ...['-0.000000001', '-0.01', '0', '1969-12-31T23:59:59.999999Z'],
      ...['1969-12-31T23:59:59.999999999', '1969-12-31', '1e+300', ''],
    ],
    Array(8).fill(null),
    [
      ...['0.000000000', '0.00', '1', '1900-01-01T00:00:00Z'],
      ...['1899-12-31T23:59:59.999999999', '0001-01-01', '-inf', 'YWJj'],
    ],
  ])
  expect(cells.map((row) => row.slice(8))).toEqual([
    ['{"a":1.10,"b\\"q":"x","t":"2026-03-01T12:30:15.123456"}', '{"a":1.10}', 'héllo "x"\n'],
    ['{"a":null,"b\\"q":null,"t":null}', '{}', ''],
    [null, null, null],
    ['{"a":99999999999999999.99,"b\\"q":"\u2028","t":"1969-12-31T23:59:59.999999"}', '{"b":null}', '😀😀😀😀😀'],
  ])
  expect(records.map(({ line, start, length }) => [line, start, length])).toEqual([1, 2, 3, 4].map((n) => [n, 0, 0]))
})

test('a row’s text is JSON with every digit', async () => {
  const { records } = await read(everyType)
  expect(records[0]?.raw).toContain(
    '{"id":1,"i8":-128,"u64":18446744073709551615,"ok":true,"f32":0.1,"f64":0.1,"d9":12.50,' +
      '"d38":12345678901234567890123456789.123456789,"text":"héllo \\"x\\"\\n",',
  )
  const parsed = records.map(({ raw }) => JSON.parse(raw) as Record<string, unknown>)
  expect(parsed.map(({ f64, list, deep }) => [f64, list, deep])).toEqual([
    [0.1, [1, 2], [{ k: [{ v: 1.5 }] }]],
    [1e300, [], []],
    [null, null, null],
    ['-inf', [null, 3], [null]],
  ])
})

test('numbers that JSON has not are texts inside lists too', async () => {
  const file = await parquetOf(
    "select [1.5::double, 'inf'::double, 'nan'::double, null] as l, 'nan'::double as f, [true] as b",
  )
  const { cells, records } = await read(file)
  expect(cells).toEqual([['[1.5,"inf","nan",null]', 'nan', '[true]']])
  expect(records[0]?.raw).toBe('{"l":[1.5,"inf","nan",null],"f":"nan","b":[true]}')
})

test('rows come in order, with their numbers, from many row groups', async () => {
  const file = await parquetOf("select i, 'row ' || i as t from range(50000) r(i)", ', row_group_size 2048')
  const { records, cells } = await read(file)
  expect(records.every(({ line }, i) => line === i + 1)).toBe(true)
  expect(cells.every(([i, text], n) => i === String(n) && text === `row ${n}`)).toBe(true)
  expect(cells).toHaveLength(50_000)
})

test('names that differ in case alone', async () => {
  const file = readFileSync(new URL('../cases/parquet-names-that-differ-in-case/input.parquet', import.meta.url))
  const { columns, cells } = await read(file)
  expect(columns).toEqual(['a', 'A', 'a'])
  expect(cells).toEqual([['1', '2', '3']])
  expect((await read(file, { wanted: names('A') })).cells).toEqual([['2']])
  expect((await faultOf(() => read(file, { wanted: names('a') }))).code).toBe('file.column-ambiguous')
})

test('names that look like patterns or partitions, files that are packed', async () => {
  const file = await parquetOf('select 1 as "a[*]", 2 as "file_row_number"')
  mkdirSync(join(tempDir, 'year=2026'), { recursive: true })
  const named = (name: string) =>
    readRecordsWith((path, _, limits, folder) => readParquet(path, limits, folder), 'parquet', name)
  await named('year=2026/a1b.parquet')(everyType)
  const { columns, cells, records } = await named('year=2026/a?b.parquet')(file)
  expect([columns, cells]).toEqual([['a[*]', 'file_row_number'], [['1', '2']]])
  expect(records.map(({ raw }) => raw)).toEqual(['{"a[*]":1,"file_row_number":2}'])
  expect((await named('year=2026/[a*].parquet')(file)).cells).toEqual([['1', '2']])
  expect((await read(gzipSync(file))).cells).toEqual([['1', '2']])
})

test('a file without rows', async () => {
  expect(await read(await parquetOf('select 1 as a limit 0'))).toMatchObject({ columns: ['a'], cells: [] })
})

test.each([
  ['cut off', everyType.subarray(0, 4000), "No magic bytes found at end of file 'day.parquet'"],
  ['something else', Buffer.from('PAR1 hello'), "File 'day.parquet' too small to be a Parquet file"],
])('a file that is %s', async (_, bytes, what) => {
  expect(await faultOf(() => read(bytes))).toEqual({
    code: 'file.damaged',
    message: `day.parquet is damaged: DuckDB can not read it as Parquet (${what}). Nothing of it is read.`,
    fix: 'Ask the sender for the file again; it was probably cut off on its way.',
  })
})

test('bytes changed anywhere give a Fault, or rows', async () => {
  let seed = 7
  const random = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
    return seed % below
  }
  const ends = new Set<string>()
  for (let i = 0; i < 40; i++) {
    const bytes = Buffer.from(everyType)
    for (let n = 0; n < 3; n++) bytes[4 + random(bytes.length - 8)] = random(256)
    const end = await read(bytes).then(
      () => 'rows',
      (error: { code?: string }) => error.code ?? String(error),
    )
    ends.add(end)
  }
  expect([...ends].sort()).toEqual(['file.damaged', 'rows'])
})

test('few bytes that are many rows', async () => {
  const bomb = await parquetOf("select 1 as a, repeat('abc', 1000) as s from range(50000)")
  expect(bomb.length).toBeLessThan(100_000)
  expect((await faultOf(() => read(bomb))).message).toBe(
    `day.parquet unpacks to more than 200 times its ${bomb.length} bytes.`,
  )
  expect(await faultOf(() => read(bomb, { limits: { decompressedBytes: 1_000_000 } }))).toMatchObject({
    code: 'file.too-large',
    message: 'day.parquet unpacks to more than 1000000 bytes.',
  })
})

test('a value that needs too much memory, one over the limit, too many columns', async () => {
  const huge = await parquetOf("select repeat('x', 140000000) as s", ', compression zstd')
  expect(await faultOf(() => read(huge))).toEqual({
    code: 'file.too-large',
    message: 'day.parquet needs more than 256MB of memory to be unpacked: its pages or single values are too large.',
    fix: 'Ask the sender for the file with smaller pages and values.',
  })
  const long = await parquetOf("select repeat('x', 1000) as s")
  expect((await faultOf(() => read(long, { limits: { recordBytes: 500 } }))).message).toBe(
    'day.parquet record 1: the record that begins here is longer than 500 bytes.',
  )
  expect((await faultOf(() => read(everyType, { limits: { columns: 5 } }))).code).toBe('file.too-many-columns')
})
