import { describe, expect, it } from 'vitest'
import { joinMergedHeader } from '../../../readers/tables/merged-header.ts'
import { type Merge, mergeOf } from '../../../readers/tables/merges.ts'

const merges = (...ranges: string[]) => ranges.map(mergeOf) as Merge[]
const rowsOf = (...rows: string[][]) => rows.map((cells, i) => ({ line: i + 1, cells }))
const join = (rows: string[][], ...ranges: string[]) =>
  [...joinMergedHeader(rowsOf(...rows), merges(...ranges))].map(({ line, cells }) => [line, ...cells])

describe('a header in several rows', () => {
  it('is one where its names stand under merged groups', () => {
    const rows = [
      ['Title', '', '', ''],
      ['Date', 'Fee', '', 'Net'],
      ['', 'VAT', 'Total', ''],
      ['1', '2', '3', '4'],
    ]
    expect(join(rows, 'A1:D1', 'A2:A3', 'B2:C2', 'D2:D3')).toEqual([
      [1, 'Title', '', '', ''],
      [2, 'Date', 'Fee VAT', 'Fee Total', 'Net'],
      [4, '1', '2', '3', '4'],
    ])
  })

  it('may have groups of groups, and no cells that reach down', () => {
    const rows = [
      ['Fees', '', '', 'Net'],
      ['Own', 'Tax', '', ''],
      ['', 'VAT', 'Levy', ''],
    ]
    expect(join(rows, 'A1:C1', 'A2:A3', 'B2:C2', 'D1:D3')).toEqual([
      [1, 'Fees Own', 'Fees Tax VAT', 'Fees Tax Levy', 'Net'],
    ])
    expect(
      join(
        [
          ['Fee', '', 'Net', ''],
          ['a', 'b', 'c', 'd'],
          ['x', 'y', 'z', 'w'],
        ],
        'A1:B1',
        'C1:D1',
      ),
    ).toEqual([
      [1, 'Fee a', 'Fee b', 'Net c', 'Net d'],
      [3, 'x', 'y', 'z', 'w'],
    ])
  })

  it.each<[string, string[][], string[]]>([
    [
      'values stand in it',
      [
        ['Total', '', '300'],
        ['a', 'b', 'c'],
      ],
      ['A1:B1'],
    ],
    [
      'cells reach down alone',
      [
        ['both', 'a'],
        ['', 'b'],
      ],
      ['A1:A2'],
    ],
    [
      'nothing stands under its groups',
      [
        ['x', '', 'y'],
        ['a', '', 'b'],
      ],
      ['A1:B1'],
    ],
    [
      'all of it is one title',
      [
        ['Title', '', ''],
        ['a', 'b', 'c'],
      ],
      ['A1:C1'],
    ],
    ['it is the last row', [['Fee', '', 'Net']], ['A1:B1']],
    [
      'nothing is merged',
      [
        ['Fee', '', 'Net'],
        ['a', 'b', 'c'],
      ],
      [],
    ],
  ])('is none where %s', (_, rows, ranges) => {
    expect(join(rows, ...ranges)).toEqual(rows.map((cells, i) => [i + 1, ...cells]))
  })
})
