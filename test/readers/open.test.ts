import { readdirSync } from 'node:fs'
import { RecordBatchStreamWriter, tableFromIPC } from 'apache-arrow'
import { parse } from 'csv-parse/sync'
import { describe, expect, test } from 'vitest'
import type { Format } from '../../contracts/contract.ts'
import { readDelimited } from '../../readers/delimited/delimited.ts'
import { openReader } from '../../readers/open.ts'
import { readBatches } from '../../readers/record-batches.ts'
import { openSource } from '../../readers/source/source.ts'
import { csvRecord } from '../../readers/write-csv.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { csv, faultOf, fileOf, names, readAll, tempDir } from './support.ts'

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
  test('cells keep their text and get the quotes they need', () => {
    const cells = ['1', ' x "y" ', '', 'a\nb', 'a,b', 'é', "it's"]
    expect(csvRecord(cells)).toBe('1," x ""y"" ",,"a\nb","a,b",é,it\'s\r\n')
    expect(parse(csvRecord(cells))).toEqual([cells])
  })

  test('one empty cell is no blank line', () => {
    const long = `\u{1f600}${'x"'.repeat(100_000)}\ud83d"${'\u{1f600}'.repeat(100_000)}`
    expect(csvRecord([long]) === `"${long.replaceAll('"', '""')}"\r\n`).toBe(true)
    expect(csvRecord([''])).toBe('""\r\n')
    expect(csvRecord(['', ''])).toBe(',\r\n')
  })
})
