import { createWriteStream, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { RecordBatchStreamWriter, tableFromIPC } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { Format } from '../../contracts/contract.ts'
import { readDelimited } from '../../readers/delimited.ts'
import { openReader, readBatches } from '../../readers/open.ts'
import { openSource } from '../../readers/source.ts'
import { writeCsv } from '../../readers/write-csv.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { csv, faultOf, fileOf, names, ndjson, readAll, tempDir } from './support.ts'

const open = (bytes: string, format: Partial<Format> = {}, wanted: ReturnType<typeof names> | null = null) =>
  openReader(fileOf(bytes, 'orders.txt'), { ...csv, ...format }, wanted, defaultLimits, tempDir)

test.each<[string, Partial<Format>]>([
  ['a;b\n1;2\n', { delimiter: ';' }],
  ['a||b\n1||2\n', { delimiter: '||' }],
  ['{"a":1,"b":2}\n', { type: 'ndjson' }],
  ['{"list":[{"a":1,"b":2}]}', { type: 'json', path: 'list[]' }],
])('%j is read by its format', async (bytes, format) => {
  const reader = await open(bytes, format)
  expect(reader.columns).toEqual(['a', 'b'])
  expect(readAll(reader).map(({ cells }) => cells)).toEqual([['1', '2']])
  expect(reader.position).toBe(bytes.length)
})

test('a reader that does not open tells why', async () => {
  expect((await faultOf(() => open('a,b\n1,2\n', {}, names('c')))).message).toBe(
    'orders.txt line 1, the likeliest header of 2 records: the header lacks "c". It has 2 columns: "a", "b". "a" is near "c".',
  )
})

test('a reader that does not open leaves no file open', async () => {
  const openFiles = () => readdirSync('/dev/fd').length
  const before = openFiles()
  for (let i = 0; i < 5; i++) await faultOf(() => open('a,b\n1,2\n', {}, names('c')))
  expect(openFiles()).toBe(before)
})

test('record batches keep their values when the reader goes on', async () => {
  const lines = Array.from({ length: 5000 }, (_, i) => `${i},"text ""${i}"" that is long",${'é'.repeat(i % 20)}`)
  const batches = []
  for await (const batch of readBatches(await open(`id,note,e\n${lines.join('\n')}\n5000\n`, {}, names('note', 'e')), [
    'note',
    'e',
  ]))
    batches.push(batch)
  expect(batches.map(({ numRows }) => numRows)).toEqual([2048, 2048, 905])
  const table = tableFromIPC(await RecordBatchStreamWriter.writeAll(batches).toUint8Array())
  expect(table.schema.fields.map(({ name }) => name)).toEqual([
    'note',
    'e',
    '_line',
    '_start',
    '_length',
    '_fault',
    '_raw',
  ])
  const rows = table.toArray().map((row) => row.toJSON())
  expect(rows.slice(0, 5000).map(({ note, e, _line, _raw }) => ({ note, e, _line, _raw }))).toEqual(
    lines.map((raw, i) => ({
      note: `text "${i}" that is long`,
      e: 'é'.repeat(i % 20),
      _line: BigInt(i + 2),
      _raw: raw,
    })),
  )
  expect(rows.at(-1)).toMatchObject({ note: null, e: null, _fault: 1, _raw: '5000' })
})

test('record batches keep their text when the next piece is read', async () => {
  const lines = Array.from({ length: 6000 }, (_, i) => `${i},${`cell ${i} `.repeat(3)}`)
  const source = await openSource(fileOf(`id,cell\n${lines.join('\n')}\n`), csv, defaultLimits, tempDir)
  const reader = readDelimited(source, csv, names('cell'), defaultLimits, 20_000)
  const raw: string[] = []
  const batches = []
  for await (const batch of readBatches(reader, ['cell'])) batches.push(batch)
  for (const batch of batches) raw.push(...(batch.getChild('_raw')?.toArray() ?? []))
  expect(raw).toEqual(lines)
})

test('leaving the batches early closes the reader', async () => {
  const reader = await open('a\n1\n')
  let closed = 0
  const watched = {
    ...reader,
    next: reader.next,
    close: () => {
      closed++
      reader.close()
    },
  }
  for await (const batch of readBatches(watched, ['a'])) {
    expect(batch.numRows).toBe(1)
    break
  }
  expect(closed).toBe(1)
})

describe('CSV out', () => {
  async function written(
    bytes: string,
    format: Partial<Format> = {},
    header?: readonly string[] | null,
  ): Promise<string> {
    const path = join(tempDir, 'out.csv')
    const reader = await open(bytes, format)
    await writeCsv(reader, createWriteStream(path), () => {}, header)
    reader.close()
    return readFileSync(path, 'utf8')
  }

  test('cells keep their text and get the quotes they need', async () => {
    const text = 'id;"na,me";n\r1;" x ""y"" ";\r2;"a\nb";a,b\r3;é\r'
    expect(await written(text, { delimiter: ';' })).toBe('id,"na,me",n\r\n1," x ""y"" ",\r\n2,"a\nb","a,b"\r\n3,é,\r\n')
  })

  test('a header alone, no header, and JSON', async () => {
    expect(await written('a,b\n')).toBe('a,b\r\n')
    expect(await written('1,2\n3,4\n', { header: false }, null)).toBe('1,2\r\n3,4\r\n')
    expect(await written('{"a":"x\\ny","b":[1, 2]}\n{"c":null}\n', ndjson)).toBe('a,b,c\r\n"x\ny","[1, 2]",\r\n,,\r\n')
    expect(await written('{"a":1}\n{"a":null}\n', ndjson)).toBe('a\r\n1\r\n""\r\n')
  })

  test('what is written reads as what was read, however much it is', async () => {
    const lines = Array.from({ length: 30_000 }, (_, i) => `${i},"${'a "" b,\n'.repeat(i % 13)}",${'ö'.repeat(i % 40)}`)
    const text = `x,y,z\n${lines.join('\n')}\n`
    expect(parse(await written(text))).toEqual(parse(text))
  })

  test('a record keeps cells that no column is for, and is told of', async () => {
    const told: number[] = []
    const path = join(tempDir, 'ragged.csv')
    const reader = await open('a,b\n1,2,"x, y",\n3\n4,5\n')
    await writeCsv(reader, createWriteStream(path), (_, faulty) => told.push(faulty))
    reader.close()
    expect(readFileSync(path, 'utf8')).toBe('a,b\r\n1,2,"x, y",\r\n3,\r\n4,5\r\n')
    expect(told).toEqual([2])
  })

  test('progress is told, and the number of records given', async () => {
    const told: number[] = []
    const reader = await open(`a\n${'1\n'.repeat(3000)}`)
    const sink = new Writable({ write: (_chunk, _encoding, done) => done() })
    expect(await writeCsv(reader, sink, (records) => told.push(records))).toBe(3000)
    expect(told).toEqual([2048, 3000])
    reader.close()
  })

  test('a stream that fails ends the writing', async () => {
    const reader = await open('a\n1\n')
    const broken = new Writable({ write: (_chunk, _encoding, done) => done(new Error('disk full')) })
    await expect(writeCsv(reader, broken)).rejects.toThrow('disk full')
    reader.close()
  })
})
