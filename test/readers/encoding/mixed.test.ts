import { describe, expect, test } from 'vitest'
import { withWestern } from '../../../readers/encoding/mixed.ts'
import { readCsv, readFallback } from '../support.ts'

const latin = (text: string) => Buffer.from(text, 'latin1')

/** Bytes of UTF-8 with the letters after a backslash in windows-1252. */
const mixed = (text: string) =>
  Buffer.concat(
    text.split(/(?<=\\.)|(?=\\.)/su).map((part) => (part.startsWith('\\') ? latin(part.slice(1)) : Buffer.from(part))),
  )

describe('letters of windows-1252 inside UTF-8', () => {
  const file = 'id,name,city\n1,Zoë,K\\öln\n2,"caf\\é ""x""",Łódź\n3,a very long name of a caf\\é,x\n4,Müller,\\À\n'

  test.each([1, 7, 1000])('are read, and their records marked (pieces of %i bytes)', async (piece) => {
    const bytes = mixed(file)
    for (const read of [readCsv, readFallback]) {
      const { records } = await read(bytes, { piece })
      expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
        ['row.repaired', '1', 'Zoë', 'Köln'],
        ['row.repaired', '2', 'café "x"', 'Łódź'],
        ['row.repaired', '3', 'a very long name of a café', 'x'],
        ['row.repaired', '4', 'Müller', 'À'],
      ])
      expect(records.map(({ raw }) => raw)).toEqual(file.replaceAll('\\', '').trimEnd().split('\n').slice(1))
      expect(records.map(({ start, length }) => bytes.subarray(start, start + length))).toEqual(
        file.trimEnd().split('\n').slice(1).map(mixed),
      )
    }
  })

  test('of a name in the header, and in columns that nobody wants', async () => {
    const { columns, cells } = await readCsv(mixed('R\\éf,b\nx\\é,1\ny,2\n'), { wanted: [{ name: 'Réf' }] })
    expect(columns).toEqual(['Réf', 'b'])
    expect(cells).toEqual([['xé'], ['y']])
    const { records } = await readCsv(mixed('a,b\nx\\é,1\n'), { wanted: [{ name: 'b' }] })
    expect(records.map(({ fault, cells }) => [fault, ...cells])).toEqual([['row.repaired', '1']])
  })

  test('in a record of another width leave it what it is', async () => {
    const { records } = await readCsv(mixed('a,b\nx\\é\ny\\é,1,2\n'), { wanted: [{ name: 'a' }] })
    expect(records.map(({ fault, raw }) => [fault, raw])).toEqual([
      ['row.arity', 'xé'],
      ['row.arity', 'yé,1,2'],
    ])
  })

  test('of a whole file, thousands of records', async () => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${i},Référence n° ${i},déjà`)
    const { records, cells } = await readCsv(latin(`a,b,c\n${rows.join('\n')}\n`))
    expect(cells.map((row) => row.join(','))).toEqual(rows)
    expect(new Set(records.map(({ fault }) => fault))).toEqual(new Set(['row.repaired']))
  })
})

test.each<[what: string, text: string]>([
  ['bytes that windows-1252 leaves open', 'a\x81'],
  ['a character that was cut off', 'a\xe2\x82'],
  ['a word of another alphabet', '\xc0\xeb\xe5\xea\xf1\xe5\xe9'],
  ['signs that no text has alone', 'a\xb1'],
  ['what systems fill with', 'a \xff'],
  ['bytes beside UTF-8', '\xc3\xa9\xe9'],
])('%s are no letters', async (_, text) => {
  const { records } = await readCsv(latin(`a,b\n${text},1\nok,2\n`))
  expect(records.map(({ fault, cells }) => [fault, cells[1]])).toEqual([
    ['row.encoding', '1'],
    ['', '2'],
  ])
})

test('each run of bytes is looked at by itself', () => {
  const text = latin('caf?, n? ?')
  expect(Buffer.from(withWestern(text, [3, 7, 9], [0xe9, 0xb0, 0x80]) ?? []).toString()).toBe('café, n° €')
  expect(withWestern(text, [3, 7, 9], [0xe9, 0xb0, 0x81])).toBeNull()
})
