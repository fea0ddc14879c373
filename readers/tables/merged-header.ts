import { classOf, isTyped } from './cell-class.ts'
import { headerDepth, isGroupRow, joinedHeader, lastHeaderLine, type Merge } from './merges.ts'

interface Row {
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * Rows of a sheet with a header in several rows as one row, where merged cells tell that there is one: names under cells
 * that are merged across, all of them texts. Rows that are merged in other ways stay as they are.
 */
export function* joinMergedHeader<T extends Row>(rows: Iterable<T>, merges: readonly Merge[]): Generator<T> {
  let held: T[] = []
  let last = 0
  for (const row of rows) {
    if (held.length === 0) {
      if (!isGroup(row, merges)) {
        yield row
        continue
      }
      last = Math.max(lastHeaderLine(row.line, merges), row.line + 1)
    }
    held.push(row)
    if (row.line < last && held.length < headerDepth) continue
    yield* joined(held, merges)
    held = []
  }
  yield* held
}

function isGroup(row: Row, merges: readonly Merge[]): boolean {
  return isGroupRow(row, merges) && merges.some(({ top, left, right }) => top === row.line && right > left)
}

function joined<T extends Row>(rows: readonly T[], merges: readonly Merge[]): readonly T[] {
  const first = rows[0] as T
  const names = rows.at(-1) as T
  const areTexts = rows.every(({ cells }) => !cells.some((cell) => isTyped(classOf(cell))))
  const haveNames = merges.some(
    ({ top, left, right }) =>
      top === first.line && names.cells.slice(left, right + 1).filter((cell) => cell.trim() !== '').length > 1,
  )
  if (rows.length === 1 || !areTexts || !haveNames) return rows
  return [{ ...first, cells: joinedHeader(rows, merges) }]
}
