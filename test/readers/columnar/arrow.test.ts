import { readFileSync, truncateSync } from 'node:fs'
import { Field, makeData, RecordBatch, RecordBatchStreamWriter, Schema, Struct, Utf8 } from 'apache-arrow'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readArrow } from '../../../readers/columnar/arrow.ts'
import { decimalText, isoDate, isoDateTime, isoDuration } from '../../../readers/columnar/iso-time.ts'
import { defaultLimits } from '../../../stage/staged.ts'
import { faultOf, names, readRecordsWith, tempDir, fileOf as tempFile } from '../support.ts'

const read = readRecordsWith((path, _, limits, folder) => readArrow(path, limits, folder), 'arrow', 'day.arrow')

const fileOf = (path: string) => readFileSync(new URL(path, import.meta.url))

/** Written by pyarrow; its values are in expected.json beside it. */
const everyType = fileOf('../cases/arrow-file-of-every-type/input.arrow')

test('a file, a stream, both ways of packing: the same rows', async () => {
  const { columns, cells } = await read(everyType)
  for (const path of ['arrow-file-packed-with-lz4/input.arrow', 'arrow-stream-packed-with-zstd/input.arrows'])
    expect(await read(fileOf(`../cases/${path}`))).toMatchObject({ columns, cells })
  expect(cells).toHaveLength(4)
})

test('decimals of every width, instants before 1970, views, nested values: exact', async () => {
  const of = async (...columns: string[]) => (await read(everyType, { wanted: names(...columns) })).cells
  expect(await of('d256', 'd38', 'd32', 'd64', 'dneg', 'u64')).toEqual([
    [
      ...['1234567890123456789012345678901234567890.12345', '12345678901234567890123456789.123456789', '1.50'],
      ...['1234567890123456.50', '1200', '18446744073709551615'],
    ],
    ['-0.00001', '-0.000000001', '-0.01', '-0.01', '-100', '0'],
    [null, null, null, null, null, null],
    ['0.00000', '0.000000000', '0.00', '0.00', '0', '1'],
  ])
  expect(await of('ts_s', 'ts_ms', 'ts_us', 'ts_ns', 'tz_s', 'tz_ns', 'date', 'date64')).toEqual([
    [
      ...['2026-03-01T12:30:15', '2026-03-01T12:30:15.123', '2026-03-01T12:30:15.123456'],
      ...['2026-03-01T12:30:15.123456789', '2026-03-01T12:30:15Z', '2026-03-01T12:30:15.123456789Z'],
      ...['2026-03-01', '2026-03-01'],
    ],
    [
      ...['1969-12-31T23:59:59', '1969-12-31T23:59:59.999', '1969-12-31T23:59:59.999999'],
      ...['1969-12-31T23:59:59.999999999', '1969-12-31T23:59:59Z', '1969-12-31T23:59:59.999999999Z'],
      ...['1969-12-31', '1969-12-31'],
    ],
    Array(8).fill(null),
    [
      ...['+10000-01-01T00:00:00', '1900-01-01T00:00:00', '1900-01-01T00:00:00', '1899-12-31T23:59:59.999999999'],
      ...['-0001-12-31T23:59:59Z', '1899-12-31T23:59:59.999999999Z', '0001-01-01', '0001-01-01'],
    ],
  ])
  expect(await of('time_s', 'time_ns', 'dur', 'mdn', 'f16', 'f32', 'f64', 'view', 'bview', 'fsb')).toEqual([
    [
      '12:30:15',
      '12:30:15.123456789',
      'PT1.5S',
      'P1M2DT0.000000003S',
      '0.5',
      '0.1',
      '0.1',
      'short',
      'AP8=',
      'YWJjZA==',
    ],
    [
      ...['00:00:00', '00:00:00', '-PT0.001S', 'P-1M0DT-0.000000003S', '-2', 'nan', '1e+300'],
      ...['a longer text than twelve bytes é', 'YSBsb25nZXIgYmluYXJ5IHRoYW4gdHdlbHZl', 'AAAAAQ=='],
    ],
    Array(10).fill(null),
    ['23:59:59', '23:59:59.999999999', 'PT0S', 'P0M0DT0S', '1.5', '-0', '-inf', '', '', 'd3h5eg=='],
  ])
  expect(await of('struct', 'deep', 'map', 'list', 'llist', 'flist', 'ldict', 'null')).toEqual([
    [
      ...['{"a":1.10,"b\\"q":"x","t":"2026-03-01T12:30:15.123456"}', '[{"k":[{"v":1.5}]}]', '{"a":1.10}'],
      ...['[1,2]', '[1,2]', '[1,2]', '["x","y"]', null],
    ],
    ['{"a":null,"b\\"q":null,"t":null}', '[]', '{}', '[]', '[]', '[3,4]', '["x"]', null],
    Array(8).fill(null),
    [
      ...['{"a":99999999999999999.99,"b\\"q":"\u2028","t":"1969-12-31T23:59:59.999999"}', '[null]', '{"b":null}'],
      ...['[null,3]', '[null,3]', '[null,3]', '[]', null],
    ],
  ])
})

test('a row’s text is JSON with every digit', async () => {
  const { records } = await read(everyType)
  expect(records[0]?.raw).toContain(
    '"d38":12345678901234567890123456789.123456789,"text":"héllo \\"x\\"\\n","large":"a",',
  )
  expect(records.map(({ raw }) => (JSON.parse(raw) as { flist: unknown; f64: unknown }).flist)).toEqual([
    [1, 2],
    [3, 4],
    null,
    [null, 3],
  ])
  expect(records.map(({ line, start, length }) => [line, start, length])).toEqual([1, 2, 3, 4].map((n) => [n, 0, 0]))
})

test('unions, and dictionaries that grow and are replaced', async () => {
  expect((await read(fileOf('../fixtures/union.arrow'))).cells).toEqual([
    ['1', '1'],
    ['x', 'y'],
    ['2', null],
  ])
  const { cells } = await read(fileOf('../cases/arrow-dictionaries-that-grow/input.arrows'))
  expect(cells.flat()).toEqual(['a', 'b', 'a', 'b', 'c', 'c', 'z'])
})

test('a file without rows has its columns', async () => {
  expect(await read(fileOf('../fixtures/no-rows.arrow'))).toMatchObject({ columns: ['a'], cells: [] })
})

test('a type that is not read', async () => {
  expect(await faultOf(() => read(fileOf('../fixtures/run-end.arrow')))).toEqual({
    code: 'file.type-unsupported',
    message: 'day.arrow has a column of the Arrow type RunEndEncoded, which is not read.',
    fix: 'Ask the sender to write it as one of the plain types, such as List or Utf8.',
  })
})

/** A stream of one column of text with these bytes. */
function streamOf(values: Uint8Array, offsets: number[]): Uint8Array {
  const type = new Utf8()
  const length = offsets.length - 1
  const data = makeData({ type, length, nullCount: 0, valueOffsets: Int32Array.from(offsets), data: values })
  const fields = [new Field('a', type, true)]
  const batch = new RecordBatch(
    new Schema(fields),
    makeData({ type: new Struct(fields), length, nullCount: 0, children: [data] }),
  )
  const writer = RecordBatchStreamWriter.writeAll([batch])
  return writer.toUint8Array(true)
}

test('a text that is no UTF-8 marks its row', async () => {
  const { records } = await read(streamOf(Buffer.from('okcaf\xe9ok', 'latin1'), [0, 2, 6, 8]))
  expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
    ['', 'ok'],
    ['row.encoding', 'caf?'],
    ['', 'ok'],
  ])
})

describe('damage', () => {
  test.each([
    ['cut inside a batch', everyType.subarray(0, 9000), 'it breaks off before its end'],
    ['cut before its last bytes', everyType.subarray(0, -3), 'it breaks off before its end'],
    [
      'a stream that is cut',
      fileOf('../cases/arrow-dictionaries-that-grow/input.arrows').subarray(0, 600),
      'it ends inside a message',
    ],
    ['no messages', Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]), 'it has no schema'],
    ['something else', Buffer.from('ÿÿÿÿhello, this is something else', 'latin1'), 'it ends inside a message'],
    [
      'a text outside of its buffer',
      streamOf(Buffer.from('ok'), [0, 2, 99]),
      'it can not be read as Arrow (a text lies outside of its buffer)',
    ],
  ])('%s', async (_, bytes, what) => {
    expect(await faultOf(() => read(bytes))).toEqual({
      code: 'file.damaged',
      message: `day.arrow is damaged: ${what}. Nothing of it is read.`,
      fix: 'Ask the sender for the file again; it was probably cut off on its way.',
    })
  })

  test('bytes changed anywhere give a Fault, or rows', async () => {
    let seed = 3
    const random = (below: number) => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return (seed >> 4) % below
    }
    const ends = new Set<string>()
    const files = [
      everyType,
      fileOf('../cases/arrow-file-packed-with-lz4/input.arrow'),
      fileOf('../cases/arrow-stream-packed-with-zstd/input.arrows'),
      fileOf('../fixtures/union.arrow'),
    ]
    for (let i = 0; i < 400; i++) {
      const bytes = Buffer.from(files[i % files.length] as Buffer)
      for (let n = 0; n < 1 + (i % 4); n++)
        bytes[8 + random(bytes.length - 8)] = [0, 255, 128, 127, random(256)][i % 5] as number
      const end = await read(bytes).then(
        () => 'rows',
        (error: { code?: string }) => error.code ?? String(error),
      )
      ends.add(end)
    }
    const known = ['file.damaged', 'file.too-large', 'file.type-unsupported', 'rows']
    expect([...ends].filter((end) => !known.includes(end))).toEqual([])
    expect(ends).toContain('file.damaged')
  })
})

describe('limits', () => {
  test('a record, columns, nesting', async () => {
    const long = streamOf(Buffer.from('x'.repeat(1000)), [0, 1000])
    expect((await faultOf(() => read(long, { limits: { recordBytes: 500 } }))).message).toBe(
      'day.arrow record 1: the record that begins here is longer than 500 bytes.',
    )
    expect((await faultOf(() => read(everyType, { limits: { columns: 5 } }))).code).toBe('file.too-many-columns')
    expect((await faultOf(() => read(everyType, { limits: { depth: 3 } }))).message).toBe(
      'day.arrow is damaged: its columns nest too deep, or are too many. Nothing of it is read.',
    )
  })

  test('few bytes that are many rows', async () => {
    // One long text in a dictionary, and 3,000 rows that point at it.
    const bomb = fileOf('../fixtures/dictionary-bomb.arrow')
    expect(await faultOf(() => read(bomb))).toMatchObject({
      code: 'file.zip-bomb',
      message: `day.arrow unpacks to more than 200 times its ${bomb.length} bytes.`,
    })
    const dictionary = fileOf('../cases/arrow-dictionaries-that-grow/input.arrows')
    expect(await faultOf(() => read(dictionary, { limits: { decompressedBytes: 10 } }))).toMatchObject({
      code: 'file.too-large',
      message: 'day.arrow unpacks to more than 10 bytes.',
    })
  })

  test('a batch larger than a batch may be, in the file and unpacked', async () => {
    const bytes = Buffer.from(streamOf(Buffer.from('ok'), [0, 2]))
    // The body's length is the last i64 of the batch's metadata that equals what follows it.
    const second = 8 + bytes.readInt32LE(4)
    const end = second + 8 + bytes.readInt32LE(second + 4)
    let at = end - 8
    while (bytes.readBigInt64LE(at) !== BigInt(bytes.length - 8 - end)) at -= 4
    bytes.writeBigInt64LE(2n ** 28n + 8n, at)
    expect((await faultOf(() => read(bytes))).code).toBe('file.damaged')
    const path = tempFile(bytes, 'large.arrow')
    truncateSync(path, 2 ** 28 + bytes.length)
    const tooLarge = {
      code: 'file.too-large',
      message: 'large.arrow has a batch of more than 268435456 bytes, and a batch is read as a whole.',
      fix: 'Ask the sender for smaller record batches (pyarrow: max_chunksize when it is written).',
    }
    expect(await faultOf(() => readArrow(path, defaultLimits, tempDir))).toEqual(tooLarge)
    const bomb = tempFile(fileOf('../fixtures/zstd-bomb.arrow'), 'large.arrow')
    expect(await faultOf(() => readArrow(bomb, defaultLimits, tempDir))).toEqual(tooLarge)
  })
})

describe('times and decimals as text', () => {
  test('dates and instants are those of Date, where it has them', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 }), (ms) => {
        const text = new Date(ms)
          .toISOString()
          .replace(/(\.\d*?)0*Z$/, '$1')
          .replace(/\.$/, '')
        expect(isoDateTime(BigInt(ms), 3)).toBe(text)
        expect(isoDate(Math.floor(ms / 86_400_000))).toBe(new Date(ms).toISOString().slice(0, 10))
      }),
      { seed: 1, numRuns: 1000 },
    )
  })

  test.each([
    [0n, 2, '0.00'],
    [-1n, 2, '-0.01'],
    [12345n, 0, '12345'],
    [12345n, 5, '0.12345'],
    [-12345n, 3, '-12.345'],
    [12n, -3, '12000'],
  ])('%d with %d places', (unscaled, scale, text) => {
    expect(decimalText(unscaled, scale)).toBe(text)
  })

  test.each([
    [90_500n, 3, 'PT90.5S'],
    [-1n, 9, '-PT0.000000001S'],
    [0n, 0, 'PT0S'],
  ])('%d units of %d digits last', (units, digits, text) => {
    expect(isoDuration(units, digits)).toBe(text)
  })
})
