import { describe, expect, test } from 'vitest'
import { needsFallback } from '../../../readers/delimited/fallback.ts'
import { csv, faultOf, names, readFallback } from '../support.ts'

test('marks of several bytes and comments are what the tokenizer does not speak', () => {
  expect(needsFallback(csv)).toBe(false)
  expect(needsFallback({ ...csv, quote: null, escape: null })).toBe(false)
  expect(needsFallback({ ...csv, comment: '#' })).toBe(true)
  expect(needsFallback({ ...csv, delimiter: '||' })).toBe(true)
  expect(needsFallback({ ...csv, delimiter: '§' })).toBe(true)
  expect(needsFallback({ ...csv, quote: '“' })).toBe(true)
})

describe.each([1, 2, 5, 1000])('in pieces of %d bytes', (piece) => {
  test('a delimiter of several characters', async () => {
    const { columns, records } = await readFallback('a||b||c\r\n1|x||"2||""y""\r\n3"||é\n|||| \n4||5\n', {
      format: { delimiter: '||' },
      piece,
    })
    expect(columns).toEqual(['a', 'b', 'c'])
    expect(records).toEqual([
      { cells: ['1|x', '2||"y"\r\n3', 'é'], line: 2, start: 9, length: 22, fault: '', raw: '1|x||"2||""y""\r\n3"||é' },
      { cells: ['4', '5', null], line: 5, start: 38, length: 4, fault: 'row.arity', raw: '4||5' },
    ])
  })

  test('a delimiter and a quote beyond ASCII', async () => {
    const { cells } = await readFallback('a§b\n“1§““2“§3\n', {
      format: { delimiter: '§', quote: '“', escape: '“' },
      piece,
    })
    expect(cells).toEqual([['1§“2', '3']])
  })

  test('a record that starts with the comment mark is ignored, wherever it stands', async () => {
    const { records, ignored } = await readFallback('# made, by\n# us "\na,b\n1,#2\n#3,4\n"# 5",6\n', {
      format: { comment: '#' },
      wanted: names('b', 'a'),
      piece,
    })
    expect(records.map(({ cells, line }) => [line, ...cells])).toEqual([
      [4, '#2', '1'],
      [6, '6', '# 5'],
    ])
    expect(ignored).toEqual({ preamble: 0, header: 1, blank: 3 })
  })

  test('stray quotes cost their own cell', async () => {
    const { records } = await readFallback('a||b\n1||"2\n3||"4"\n"5"x||6\n7||"8\n', {
      format: { delimiter: '||' },
      piece,
    })
    expect(records.map(({ cells, fault, line }) => [line, fault, ...cells])).toEqual([
      [2, 'row.malformed', '1', '"2'],
      [3, '', '3', '4'],
      [4, 'row.malformed', '"5"x', '6'],
      [5, 'row.malformed', '7', '"8'],
    ])
  })

  test('a stray quote above the header', async () => {
    const { columns, records } = await readFallback('x||"y\nb||a\n1||2\n', {
      format: { delimiter: '||' },
      wanted: names('a', 'b'),
      piece,
    })
    expect(columns).toEqual(['b', 'a'])
    expect(records.map(({ cells }) => cells)).toEqual([['2', '1']])
  })

  test('a record over the limit', async () => {
    const act = () =>
      readFallback(`a||b\n${'x'.repeat(60)}\n`, { format: { delimiter: '||' }, limits: { recordBytes: 50 }, piece })
    expect((await faultOf(act)).message).toBe('sales.csv line 2: the record that begins here is longer than 50 bytes.')
  })
})

test('an escape character of its own', async () => {
  const text = 'a||b\n"x\\"||y"||2\n"\\\\"||"c\\d"\n'
  expect((await readFallback(text, { format: { delimiter: '||', escape: '\\' } })).cells).toEqual([
    ['x"||y', '2'],
    ['\\', 'c\\d'],
  ])
})

test('a record end of its own: line ends are text then', async () => {
  for (const piece of [1, 3, 1000]) {
    const { records } = await readFallback('a,b;1,2\n;"x;y",3;4', { format: { recordEnd: ';' }, piece })
    expect(records.map(({ cells, line, fault }) => [line, fault, ...cells])).toEqual([
      [2, '', '1', '2\n'],
      [3, '', 'x;y', '3'],
      [5, 'row.arity', '4', null],
    ])
  }
})
