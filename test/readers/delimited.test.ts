import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readCsv } from './support.ts'

describe('cells', () => {
  test('quoted cells are unescaped, bare ones kept as they are', async () => {
    const { columns, cells } = await readCsv('a,b,c\n1,"x ""y"" z"," "\n"",it"s, \n')
    expect(columns).toEqual(['a', 'b', 'c'])
    expect(cells).toEqual([
      ['1', 'x "y" z', ' '],
      ['', 'it"s', ' '],
    ])
  })

  test('another escape character works before a quote or itself and is text elsewhere', async () => {
    const { cells } = await readCsv('a,b\n"say \\"hi\\"","C:\\\\x\\y"\n', { format: { escape: '\\' } })
    expect(cells).toEqual([['say "hi"', 'C:\\x\\y']])
  })

  test('without a quote character quotes are text', async () => {
    const { cells } = await readCsv('a,b\n"x","y\n', { format: { quote: null, escape: null } })
    expect(cells).toEqual([['"x"', '"y']])
  })

  test.each([';', '\t', '|', '\x01', ' '])('the delimiter %j', async (delimiter) => {
    const { cells } = await readCsv(`a${delimiter}b\n1,5${delimiter}"x${delimiter}y"\n`, { format: { delimiter } })
    expect(cells).toEqual([['1,5', `x${delimiter}y`]])
  })

  test('cells of up to and over twelve bytes', async () => {
    const lengths = Array.from({ length: 40 }, (_, i) => 'abcdefghijklmnopqrstuvwxyz0123456789éüñ€'.slice(0, i + 1))
    const { cells } = await readCsv(`a,b\n${lengths.map((cell) => `${cell},"${cell}"\n`).join('')}`)
    expect(cells).toEqual(lengths.map((cell) => [cell, cell]))
  })
})

describe('records', () => {
  test('CR, LF and CRLF end a record, mixed, and the last needs no end', async () => {
    const { records } = await readCsv('a,b\r\n1,2\r3,4\n5,6\r\n\r7,8')
    expect(records.map(({ cells, line }) => [line, ...cells])).toEqual([
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
      [6, '7', '8'],
    ])
  })

  test('a record with line ends in quotes keeps its first line', async () => {
    const { records } = await readCsv('a,b\n"1\n2\r\n3\r4",x\n5,6\n')
    expect(records).toEqual([
      { cells: ['1\n2\r\n3\r4', 'x'], line: 2, start: 4, length: 12, fault: '', raw: '"1\n2\r\n3\r4",x' },
      { cells: ['5', '6'], line: 6, start: 17, length: 3, fault: '', raw: '5,6' },
    ])
  })

  test('fewer or more cells than the header has is a fault of arity', async () => {
    const { records } = await readCsv('a,b,c\n1,2\n1,2,3,4\n1,2,\n')
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.arity', '1', '2', null],
      ['row.arity', '1', '2', '3'],
      ['', '1', '2', ''],
    ])
  })

  test('text behind a closing quote is malformed and kept as written', async () => {
    const { records } = await readCsv('a,b\n"1"x,2\n3,4\n')
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.malformed', '"1"x', '2'],
      ['', '3', '4'],
    ])
  })

  test('a quote never closed costs its own line', async () => {
    const { records } = await readCsv('a,b\n1,"2\n3,4\n5,6\n')
    expect(records).toEqual([
      { cells: ['1', null], line: 2, start: 4, length: 4, fault: 'row.malformed', raw: '1,"2' },
      { cells: ['3', '4'], line: 3, start: 9, length: 3, fault: '', raw: '3,4' },
      { cells: ['5', '6'], line: 4, start: 13, length: 3, fault: '', raw: '5,6' },
    ])
  })

  test('a quote that only the next quoted cell would close costs its own line', async () => {
    const { records } = await readCsv('a,b,c\n1,"2,x\n3,"4",y\n"l\nm",5,"6\n7,8,9')
    expect(records.map(({ cells, fault, line }) => [line, fault, ...cells])).toEqual([
      [2, 'row.malformed', '1', null, null],
      [3, '', '3', '4', 'y'],
      [4, 'row.malformed', 'l\nm', '5', null],
      [6, '', '7', '8', '9'],
    ])
  })
})

describe('property', () => {
  test('the same cells as csv-parse', async () => {
    const cell = fc.oneof(
      fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\r\n', ' ', 'é', '€', '😀', 'x', 'yz0123456789', '') }),
      fc.string({ unit: 'grapheme' }),
    )
    const row = fc.array(fc.tuple(cell, fc.boolean()), { minLength: 3, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 8 }),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        fc.integer({ min: 1, max: 64 }),
        async (rows, end, isEnded, piece) => {
          const write = ([text, isQuoted]: [string, boolean]) =>
            isQuoted || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
          const text = `h1,h2,h3${end}${rows.map((cells) => cells.map(write).join(',')).join(end)}${isEnded ? end : ''}`
          const expected = (
            parse(text, { from_line: 2, relax_column_count: true, skip_empty_lines: true }) as string[][]
          ).filter((cells) => cells.some((value) => value.replace(/[ \t-\r]/g, '') !== ''))
          const { cells, records } = await readCsv(text, { piece })
          expect(cells).toEqual(expected)
          expect(records.map(({ fault }) => fault)).toEqual(expected.map(() => ''))
        },
      ),
      { seed: 7, numRuns: 400 },
    )
  })
})
