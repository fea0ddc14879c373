import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { findColumns, type Span } from '../../../readers/fixed/fixed-columns.ts'
import { readFixedWidth } from '../../../readers/fixed/fixed-width.ts'
import { cutOut, faultOf, names, readSourceWith } from '../support.ts'

const read = readSourceWith(readFixedWidth, 'fixed', 'day.txt')

const statement = readFileSync(new URL('../cases/fixed-width-found-by-its-blanks/input.txt', import.meta.url))

/** Characters of each column with the blanks behind it. */
const widthsOf = (columns: readonly Span[]) =>
  columns.map(({ from, to }, i) => (columns[i + 1]?.from ?? to) - (i === 0 ? 0 : from))

describe('widths of the contract', () => {
  test('cells between them, blanks around cells left out, and one cell more behind the last', async () => {
    const text = '20260301NGN 100.00 \n20260302KES\n\n20260303GHS   5.00extra\n'
    const { columns, records, ignored } = await read(text, { format: { widths: [8, 3, 8], header: false } })
    expect(columns).toEqual(['column1', 'column2', 'column3', 'column4'])
    expect(records.map(({ line, cells, fault }) => [line, fault, ...cells])).toEqual([
      [1, '', '20260301', 'NGN', '100.00', null],
      [2, '', '20260302', 'KES', '', null],
      [4, '', '20260303', 'GHS', '5.00e', 'xtra'],
    ])
    expect(ignored.blank).toBe(1)
  })

  test('a row with text behind the last width has more cells than the header', async () => {
    const { records } = await read('Date    Amt\n20260301  1\n20260302  22\n', { format: { widths: [8, 3] } })
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['', '20260301', '1'],
      ['row.arity', '20260302', '2'],
    ])
  })

  test('a character is a code point', async () => {
    const { cells } = await read('a😀b田c\ne\u0301xy\n', { format: { widths: [2, 2, 1], header: false } })
    expect(cells).toEqual([
      ['a😀', 'b田', 'c'],
      ['e\u0301', 'xy', ''],
    ])
  })
})

describe('columns found by their blanks', () => {
  test.each([1, 3, 64, 10_000])('in pieces of %d bytes, and ranges cut out the rows', async (piece) => {
    const wanted = names('Date', 'Narration', 'Ref', 'Debit', 'Credit')
    const { records, ignored } = await read(statement, { wanted, piece })
    expect(cutOut(statement, records)).toEqual(records.map(({ raw }) => raw))
    expect(records.map(({ line }) => line)).toEqual([6, 7, 8, 9, 10, 12, 13, 15])
    expect(records[5]?.cells).toEqual(['06/03/2026', 'A large one', '000127', '', '11,112,345.50'])
    expect(ignored).toEqual({ preamble: 2, header: 1, blank: 4 })
  })

  test('a cell may grow into the blanks, but one stays; a row that runs across is malformed and whole', async () => {
    const head = `Name      Sum\n${'Ada         1\nBob       200\n'.repeat(100)}`
    const { records } = await read(
      `${head}Bernardo    3\nAda   10000\nBernardin   4\nBern Ardo    5\nAnn   B   6\nBernardinos77\n`,
    )
    expect(records.map(({ cells, fault }) => [fault, ...cells]).slice(200)).toEqual([
      ['', 'Bernardo', '3'],
      ['', 'Ada', '10000'],
      ['', 'Bernardin', '4'],
      ['row.malformed', 'Bern Ardo    5', null],
      ['row.malformed', 'Ann   B   6', null],
      ['row.malformed', 'Bernardinos77', null],
    ])
  })

  test('any table with padding is found, left or right aligned', async () => {
    const word = fc.stringMatching(/^[a-zA-Z0-9.]{1,8}$/)
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }).chain((columns) =>
          fc.record({
            rows: fc.array(fc.array(word, { minLength: columns, maxLength: columns }), { minLength: 3, maxLength: 12 }),
            right: fc.array(fc.boolean(), { minLength: columns, maxLength: columns }),
          }),
        ),
        fc.integer({ min: 2, max: 4 }),
        async ({ rows, right }, gap) => {
          const widths = right.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
          const pad = (cell: string, i: number) =>
            right[i] ? cell.padStart(widths[i] as number) : cell.padEnd(widths[i] as number)
          const text = rows.map((row) => row.map(pad).join(' '.repeat(gap)).trimEnd()).join('\n')
          const { cells } = await read(text, { format: { header: false } })
          expect(cells).toEqual(rows)
        },
      ),
      { seed: 5, numRuns: 200 },
    )
  })

  test('bytes that are no text mark their row', async () => {
    const text = Buffer.from('Name   Sum\nAda      1\nZo\xeb      2\nB\x81b      3\n', 'latin1')
    const { records } = await read(text)
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['', 'Ada', '1'],
      ['row.repaired', 'Zoë', '2'],
      ['row.encoding', 'B?b', '3'],
    ])
  })

  test('a text without columns', async () => {
    expect(
      await faultOf(() => read('To whom it may concern:\nwe have paid all of it\nto your own account.\n')),
    ).toEqual({
      code: 'file.widths-not-found',
      message: 'day.txt: no blanks part its lines into columns: in its first 3 lines none stand below each other.',
      fix: 'Say how wide each column is in the contract: `format: { type: fixed, widths: [10, 25, 12] }`.',
    })
  })

  test('a line over the limit', async () => {
    const act = () => read(`a  b\nc  d\ne  f\n${'x'.repeat(101)}\n`, { limits: { recordBytes: 100 } })
    expect((await faultOf(act)).message).toBe('day.txt line 4: the record that begins here is longer than 100 bytes.')
  })
})

describe('whether a text is of fixed width', () => {
  test.each<[string, string[], number[]]>([
    ['left aligned', ['Id  Name  Sum', '1   Ada   10', '22  Bob   5'], [4, 6, 3]],
    ['right aligned', ['  Id     Sum', '   1   10.00', '  22  200.00'], [6, 6]],
    ['rules left out', ['Id  Name', '--  ----', '1   Ada', '22  Bob'], [4, 4]],
    [
      'a title above',
      ['Statement of account for March', 'Id  Name   Sum', '1   Ada     10', '22  Bob      5'],
      [4, 7, 3],
    ],
    ['a total below', ['Id  Name   Sum', '1   Ada     10', '22  Bob      5', 'Total of all: 15'], [4, 7, 3]],
    [
      'a line in the middle',
      ['Id  Name   Sum', ...Array<string>(19).fill('22  Bob      5'), 'Carried over: 20'],
      [4, 7, 3],
    ],
    ['words in a cell', ['Id  Kind       Sum', '1   Paid out    10', '22  Paid in      5'], [4, 11, 3]],
  ])('%s', (_, lines, widths) => {
    expect(widthsOf(findColumns(lines) ?? [])).toEqual(widths)
  })

  test.each<[string, string[]]>([
    ['two lines', ['Id  Name', '1   Ada']],
    ['prose', ['The quick brown fox jumps', 'over the lazy dog and she', 'did not like that at all.']],
    ['prose with a blank in common', ['aa bb cc dd', 'ee ff gggg', 'hh iiiiii j']],
    ['single blanks', ['1 ada 10', '2 bob 20', '3 cyd 30']],
    ['blanks that do not align', ['Id Name  Sum', '1 Adalbert   10', '22   Bob 5', '333 C    7']],
    ['tabs', ['Id\tName', '1 \tAda', '22\tBob']],
    ['commas', ['Id,  Name', '1 ,  Ada', '22,  Bob']],
    ['semicolons', ['Id;  Name', '1 ;  Ada', '22;  Bob']],
    ['one column', ['Name', 'Ada', 'Bob', 'Cyd']],
    ['nothing', ['', '', '']],
    ['JSON', ['{', '  "a": 1,', '  "b": [', '    2', '  ]', '}']],
    ['YAML', ['a:', '  b: 1', '  cc: 22', '  d: "x  y"']],
    ['MT940', [':20:A', ':25:1', ':28C:1/1', ':60F:C260301NGN1,', ':61:260301C1,NTRFX']],
  ])('%s is none', (_, lines) => {
    expect(findColumns(lines)).toBeNull()
  })

  test('prose of random words is none', () => {
    const word = fc.stringMatching(/^[a-z]{1,9}[,.]?$/)
    const line = fc.array(word, { minLength: 5, maxLength: 14 }).map((words) => words.join(' '))
    fc.assert(
      fc.property(fc.array(line, { minLength: 3, maxLength: 30 }), (lines) => {
        expect(findColumns(lines)).toBeNull()
      }),
      { seed: 9, numRuns: 2000 },
    )
  })
})
