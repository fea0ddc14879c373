import { describe, expect, test } from 'vitest'
import { partsOf, type SourceRow } from '../../../readers/tables/tables.ts'

/** Rows of a drawing: cells between bars, a blank line is one. */
function rowsOf(drawing: string): SourceRow[] {
  const rows: SourceRow[] = []
  let isAfterBlank = false
  for (const [i, line] of drawing.trim().split('\n').entries()) {
    if (line.trim() === '') isAfterBlank = true
    else {
      rows.push({ cells: line.split('|').map((cell) => cell.trim()), line: i + 1, isAfterBlank })
      isAfterBlank = false
    }
  }
  return rows
}

/** What became of each line: `T:` with the header, `r`, or the word for what is left out. */
const parts = (drawing: string, usualWidth = -1): string[] =>
  [...partsOf(rowsOf(drawing), usualWidth)].map((part) =>
    part.kind === 'table'
      ? `T:${part.header?.join('|') ?? ''}`
      : part.kind === 'record'
        ? `r${part.row.line}`
        : `${part.kind}${part.row.line}`,
  )

describe('where a table begins', () => {
  test('at its header', () => {
    expect(parts('id|amount\n1|5.00\n2|6.50')).toEqual(['T:id|amount', 'r2', 'r3'])
  })

  test('without a header at its first record', () => {
    expect(parts('1|2026-03-01|5.00\n2|2026-03-02|6.50\n3|2026-03-02|7.00')).toEqual(['T:', 'r1', 'r2', 'r3'])
  })

  test('below titles, names with values, and a row that is nearly empty', () => {
    expect(parts('Statement\nAccount|0123\nPeriod|March\nid|day|amount\n1|2026-03-01|5\n2|2026-03-02|6')).toEqual([
      ...['preamble1', 'preamble2', 'preamble3', 'T:id|day|amount', 'r5', 'r6'],
    ])
    expect(parts('PREAMBLE||\n\nid|day|amount\n1|2026-03-01|5\n2|2026-03-02|6')).toEqual([
      ...['preamble1', 'T:id|day|amount', 'r4', 'r5'],
    ])
  })

  test('rows that are never as wide as those below them are a table all the same', () => {
    expect(parts('H|20260301\nD|1|2.50|NGN\nL|1|a\nD|2|3.50|NGN\nL|2|b\nT|2')).toEqual([
      ...['T:', 'r1', 'r2', 'r3', 'r4', 'r5', 'r6'],
    ])
    const cycle = Array.from({ length: 400 }, (_, i) =>
      Array.from({ length: 3 + (i % 3) }, (_, j) => `${i}${j}`).join('|'),
    )
    expect(parts(`Title\na|b|c|d|e\n${cycle.join('\n')}`)).toEqual([
      ...['preamble1', 'T:a|b|c|d|e', ...cycle.map((_, i) => `r${i + 3}`)],
    ])
  })

  test('a header alone, a record alone, one column', () => {
    expect(parts('id|name|amount')).toEqual(['T:id|name|amount'])
    expect(parts('1|Ada|5.00')).toEqual(['T:', 'r1'])
    expect(parts('amount\n5\n6\n7', 1)).toEqual(['T:amount', 'r2', 'r3', 'r4'])
  })
})

describe('headers', () => {
  test('of several rows are joined, with the groups above them', () => {
    expect(parts('From||To|\nid|amount|id|amount\n1|5|2|6\n3|7|4|8\n5|9|6|1')).toEqual([
      ...['T:From id|amount|To id|amount', 'r3', 'r4', 'r5'],
    ])
    expect(parts('id|amount|day\nno|NGN|local\n1|5|2026-03-01\n2|6|2026-03-02')[0]).toBe('T:id no|amount NGN|day local')
  })

  test('with a cell too many or too few', () => {
    expect(parts('id|name||amount\n1|Ada|5\n2|Musa|6\n3|Ify|7')).toEqual(['T:id|name||amount', 'r2', 'r3', 'r4'])
  })

  test('of texts alone: the first row, unless its words come again', () => {
    expect(parts('name|city\nAda|Lagos\nMusa|Kano')[0]).toBe('T:name|city')
    expect(parts('Ada|Lagos\nMusa|Kano\nAda|Lagos')[0]).toBe('T:')
  })
})

describe('several tables', () => {
  test('the header again, other names in the place of values, another width below a blank', () => {
    expect(parts('id|n\n1|5\n2|6\nid|n\n3|7')).toEqual(['T:id|n', 'r2', 'r3', 'T:id|n', 'r5'])
    expect(parts('id|n\n1|5\n2|6\n3|7\nday|total\n2026-03-01|9\n2026-03-02|8')).toEqual([
      ...['T:id|n', 'r2', 'r3', 'r4', 'T:day|total', 'r6', 'r7'],
    ])
    expect(parts('a|b\n1|5\n2|6\n\nx|y|z\n1|2|3\n4|5|6')).toEqual(['T:a|b', 'r2', 'r3', 'T:x|y|z', 'r6', 'r7'])
  })

  test('a record of another width is none', () => {
    expect(parts('a|b|c\n1|5|2\n2|6\n3|7|4\n5|6|7|8\n9|1|2')).toEqual(['T:a|b|c', 'r2', 'r3', 'r4', 'r5', 'r6'])
  })

  test('a narrow table right above a wider one is a table', () => {
    const narrow = ['code|count', 'MG-1|7', 'MG-2|9', 'MG-3|8', 'MG-4|4']
    const wide = ['id|day|amount|name|fee|net', ...[6, 7, 8, 9].map((id) => `${id}|2026-03-01|5|a|1|4`)]
    expect(parts([...narrow, ...wide].join('\n'))).toEqual([
      ...['T:code|count', 'r2', 'r3', 'r4', 'r5', 'T:id|day|amount|name|fee|net', 'r7', 'r8', 'r9', 'r10'],
    ])
  })

  test('blank rows between records part nothing', () => {
    expect(parts('a|b\n\n1|5\n\n2|6\n\n3|7')).toEqual(['T:a|b', 'r3', 'r5', 'r7'])
  })
})

describe('what is left out', () => {
  test('totals and notes below a table, in other languages too', () => {
    expect(parts('id|day|amount\n1|2026-03-01|5\n2|2026-03-02|6\nTotal||11\nEnd of report')).toEqual([
      ...['T:id|day|amount', 'r2', 'r3', 'footer4', 'footer5'],
    ])
    expect(parts('id|day|amount\n1|2026-03-01|5\n2|2026-03-02|6\nTổng cộng||11').at(-1)).toBe('footer4')
    expect(parts('id|day|amount\n1|2026-03-01|5\n2|2026-03-02|6\nসর্বমোট||11').at(-1)).toBe('footer4')
  })

  test('a product named Total is a record', () => {
    expect(parts('item|day|amount\nTotal|2026-03-01|5\nTotal|2026-03-02|6').slice(1)).toEqual(['r2', 'r3'])
  })

  test('comments of another width; a number sign in a full record is a value', () => {
    expect(parts('name|n\n# by hand, see 44\nAda|5\nMusa|6', 2)).toEqual(['T:name|n', 'comment2', 'r3', 'r4'])
    expect(parts('order|n\n#1001|5\n#1002|6', 2)).toEqual(['T:order|n', 'r2', 'r3'])
  })

  test('drawn lines', () => {
    expect(parts('****|****\nday|amount\n****|****\n2026-03-01|5\n2026-03-02|6\n----|----\nOpening|7')).toEqual([
      ...['rule1', 'T:day|amount', 'rule3', 'r4', 'r5', 'rule6', 'footer7'],
    ])
  })
})

test('rows are read ahead, not all at once', () => {
  let read = 0
  function* many(): Generator<SourceRow> {
    yield { cells: ['id', 'n'], line: 1, isAfterBlank: false }
    for (read = 1; read < 100_000; read++) yield { cells: [`${read}`, '5'], line: read + 1, isAfterBlank: false }
  }
  const iterator = partsOf(many(), 2)
  for (let i = 0; i < 10; i++) iterator.next()
  expect(read).toBeLessThan(300)
})
