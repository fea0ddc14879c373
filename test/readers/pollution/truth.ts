export type Row = readonly string[]

/** `header` is null where the file has none; one in several rows is one row, its cells joined by a space. */
export interface Table {
  readonly header: Row | null
  readonly rows: readonly Row[]
}

/** Other readings of a row that are as right as the one in `tables`; `row` -1 is the header. */
export interface OtherReadings {
  readonly table: number
  readonly row: number
  readonly cells: readonly Row[]
}

export interface Truth {
  readonly tables: readonly Table[]
  readonly either?: readonly OtherReadings[]
}

/** What `parse` writes for these tables: the header, where there is one, is the first row. */
export const written = (table: Table): Row[] =>
  table.header === null ? [...table.rows] : [table.header, ...table.rows]

/**
 * Where what was read first differs from the truth, in words; null where it is right, cell for cell.
 *
 * @param read the rows of each table, its header first
 */
export function firstDifference(truth: Truth, read: readonly (readonly Row[])[]): string | null {
  for (const [at, table] of truth.tables.entries()) {
    const expected = written(table)
    const got = read[at] ?? []
    const offset = table.header === null ? 0 : 1
    for (let row = 0; row < Math.max(expected.length, got.length); row++) {
      const others = truth.either?.filter((each) => each.table === at && each.row + offset === row) ?? []
      const right = [expected[row], ...others.flatMap(({ cells }) => cells)]
      if (!right.some((cells) => isSame(cells, got[row])))
        return `table ${at + 1}, row ${row + 1} of ${expected.length}: ${show(got[row])} instead of ${right.map(show).join(' or ')}`
    }
  }
  if (read.length <= truth.tables.length) return null
  return `a table too many: ${show(read[truth.tables.length]?.[0])}`
}

const isSame = (one: Row | undefined, other: Row | undefined): boolean =>
  one === undefined || other === undefined
    ? one === other
    : one.length === other.length && one.every((cell, i) => cell === other[i])

const show = (row: Row | undefined): string => (row === undefined ? 'nothing' : JSON.stringify(row))
