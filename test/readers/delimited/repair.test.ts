import { describe, expect, test } from 'vitest'
import { readCsv } from '../support.ts'

/** Cells and fault of the records of a text with the header a,b,c and a usual record around it. */
async function read(lines: string, piece = 1000): Promise<(string | null)[][]> {
  const { records } = await readCsv(`a,b,c\n1,"x, y",2\n${lines}\n3,z,4\n`, { piece })
  expect(records[0]?.cells).toEqual(['1', 'x, y', '2'])
  expect(records.at(-1)?.cells).toEqual(['3', 'z', '4'])
  return records.slice(1, -1).map(({ fault, cells }) => [fault, ...cells])
}

const malformed = 'row.malformed'

describe.each([1, 3, 1000])('in pieces of %i bytes', (piece) => {
  test.each<[name: string, lines: string, expected: (string | null)[][]]>([
    ['a quote before a bare cell', '5,"ABC,"d, e"', [[malformed, '5', '"ABC', 'd, e']]],
    ['a quote before a quoted cell', '5,""A, B",6', [[malformed, '5', '"A, B', '6']]],
    ['a quote in the last cell, alone', '5,6,"', [[malformed, '5', '6', '"']]],
    ['quotes inside quotes', '5,"a "b, c" d",6', [[malformed, '5', 'a "b, c" d', '6']]],
    ['a quote behind the closing one', '5,"a, b"",6', [[malformed, '5', 'a, b"', '6']]],
    ['a lost closing quote', '5,"a, b,"c, d"', [[malformed, '5', '"a, b', 'c, d']]],
    ['a lost opening quote', 'a, b",5,"c"', [[malformed, 'a, b"', '5', 'c']]],
    ['a backslash before a quote', '5,"a, 48\\"",6', [[malformed, '5', 'a, 48"', '6']]],
    ['a lost delimiter beside quotes', '5,a"b, c, d"', [[malformed, '5', 'a"b, c, d"', null]]],
    ['another delimiter', '5;"a, b";6', [[malformed, '5', 'a, b', '6']]],
    ['apostrophes for quotes', "5,'a, b',6", [[malformed, '5', 'a, b', '6']]],
    ['another delimiter, over lines', '5|"a,\nb"|6', [[malformed, '5', 'a,\nb', '6']]],
    [
      'another delimiter, with cells over lines that pair their quotes',
      '"5"|"a,\nb"|"6"',
      [[malformed, '5', 'a,\nb', '6']],
    ],
    ['apostrophes for quotes, over lines', "5,'a, b','c,\nd'", [[malformed, '5', 'a, b', 'c,\nd']]],
    [
      'apostrophes for quotes, over lines, all cells on the first',
      "5,6,'it''s b;\nd'",
      [[malformed, '5', '6', "it's b;\nd"]],
    ],
    [
      'an apostrophe before the last cell takes no record below it',
      "5,6,'b\n7,8,d'",
      [
        ['', '5', '6', "'b"],
        ['', '7', '8', "d'"],
      ],
    ],
    [
      'an apostrophe before the last cell takes nothing of a record that goes over lines',
      `5,6,'b\n7,"\n","'\n\n\n"`,
      [
        ['', '5', '6', "'b"],
        ['', '7', '\n', "'\n\n\n"],
      ],
    ],
    ['a line end of another kind in a bare cell', '5,a\rb,6', [[malformed, '5', 'a\rb', '6']]],
    [
      'a line end of another kind between records',
      '5,a,6\r7,b,8',
      [
        ['', '5', 'a', '6'],
        ['', '7', 'b', '8'],
      ],
    ],
    ['a lost opening quote beside a cell over lines', '4,5",,"a\nb"', [[malformed, '4,5"', '', 'a\nb']]],
    ['a cell over lines, and a stray quote', '5,"a\nb","c', [[malformed, '5', 'a\nb', '"c']]],
    ['a cell too many', '5,,a,6', [['row.arity', '5', '', 'a']]],
    ['a cell too few', '5,a', [['row.arity', '5', 'a', null]]],
    ['a sentence of three words is no record of spaces', 'Paid in Lagos', [['row.arity', 'Paid in Lagos', null, null]]],
  ])('%s', async (_name, lines, expected) => {
    expect(await read(lines, piece)).toEqual(expected)
  })
})

test('a stray quote takes no whole record below it, wherever it stands', async () => {
  const rows = Array.from({ length: 12 }, (_, i) => [`${i}`, i % 2 === 0 ? `t, ${i}` : `u${i}`, `${i * 3}`])
  const written = rows.map((cells) => cells.map((cell) => (cell.includes(',') ? `"${cell}"` : cell)))
  for (const [r, cells] of written.entries())
    for (const c of cells.keys()) {
      const lines = written.map((row, i) => row.map((cell, j) => (i === r && j === c ? `"${cell}` : cell)).join(','))
      const { records } = await readCsv(`a,b,c\n${lines.join('\n')}\n`)
      expect(records).toHaveLength(rows.length)
      for (const [i, row] of rows.entries()) {
        const expected = i === r ? row.map((cell, j) => (j === c ? `"${cell}` : cell)) : row
        expect([`${r},${c}`, ...(records[i]?.cells ?? [])]).toEqual([`${r},${c}`, ...expected])
      }
    }
})

describe('a record made to cost time', () => {
  const row = (cells: number, cell: string) => Array.from({ length: cells }, () => cell).join(',')

  test.each<[name: string, width: number, line: string, cells: number]>([
    ['quotes in each of 400 cells where 200 are meant', 200, row(399, '"a"b"'), 200],
    ['400 long cells with broken quotes where 3 are meant', 3, row(400, `"${'x'.repeat(20_000)}"y"`), 3],
    ['half a million quotes in 400 cells', 3, row(400, `"${'x"'.repeat(1200)}y"`), 3],
    ['a million cells that open a quote', 3, row(1_000_000, '"a'), 3],
    ['a quote before 5,000,000 others', 3, `4,"${'x"'.repeat(5_000_000)}y" ,5`, 3],
    ['120 words where 40 are meant', 40, row(120, 'a').replaceAll(',', ' '), 40],
  ])('%s', async (_name, width, line, cells) => {
    const usual = Array.from({ length: width }, (_, i) => `${i}`).join(',')
    const names = usual.replaceAll(/\d+/g, 'c$&')
    const { records } = await readCsv(`${names}\n${usual}\n${line}\n${usual}\n`, { piece: 1 << 20 })
    expect(records.map(({ fault }) => fault === '')).toEqual([true, false, true])
    expect(records[1]?.cells).toHaveLength(cells)
    expect(records[2]?.cells).toEqual(usual.split(','))
  })

  test('more than 400 cells, one with a stray quote', async () => {
    const usual = Array.from({ length: 2000 }, (_, i) => `${i}`)
    const odd = usual.with(1000, '"x, y"z"')
    const names = usual.map((cell) => `c${cell}`)
    const { records } = await readCsv(`${[names, usual, odd, usual].map((cells) => cells.join(',')).join('\n')}\n`)
    expect(records.map(({ fault }) => fault)).toEqual(['', malformed, ''])
    expect(records[1]?.cells).toEqual(usual.with(1000, 'x, y"z'))
  })
})

test('a backslash marks itself in a record with broken quotes too', async () => {
  const { records } = await readCsv('a,b,c\n1,"x, \\"y\\"",2\n5,"a\\\\b","c"d"\n3,z,4\n', { format: { escape: '\\' } })
  expect(records.map(({ fault, cells }) => [fault, ...cells])).toEqual([
    ['', '1', 'x, "y"', '2'],
    [malformed, '5', 'a\\b', 'c"d'],
    ['', '3', 'z', '4'],
  ])
})
