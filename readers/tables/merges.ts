/** Cells merged into one; its text stands in the first. Lines from 1 as `_line`, columns from 0, all inclusive. */
export interface Merge {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** Headers are short and near the top: merges below, and more of them, say nothing about one. */
export const mergedLines = 1000
export const mostMerges = 10_000

/** A range of cells such as `A1:C2`; null where it is none. */
export function mergeOf(range: string): Merge | null {
  const [, left = '', top, right = '', bottom] = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(range) ?? []
  if (top === undefined) return null
  return { top: Number(top), bottom: Number(bottom), left: columnOf(left), right: columnOf(right) }
}

/** `A` is 0, `AA` is 26. */
const columnOf = (letters: string): number => [...letters].reduce((sum, x) => sum * 26 + x.charCodeAt(0) - 64, 0) - 1

/** A header is at most so many rows. */
export const headerDepth = 5

/** One row of a header that has several. */
export interface HeaderRow {
  readonly line: number
  readonly cells: readonly (string | null)[]
}

/**
 * The names of a header in several rows: the texts over each column from top to bottom, joined by a space. The text of
 * cells merged across stands over each of their columns.
 */
export function joinedHeader(rows: readonly HeaderRow[], merges: readonly Merge[]): string[] {
  const width = Math.max(...rows.map(({ cells }) => cells.length))
  return Array.from({ length: width }, (_, column) => {
    const texts = rows.map(({ line, cells }) => {
      const over = merges.find(({ top, left, right }) => top === line && left <= column && column <= right)
      return (cells[over?.left ?? column] ?? '').trim()
    })
    return texts.filter((text) => text !== '').join(' ')
  })
}

/** The last line of the header that begins in `line`, by its merged cells: `line` itself where none reach down. */
export function lastHeaderLine(line: number, merges: readonly Merge[]): number {
  const down = merges.filter(({ top, bottom }) => top === line && bottom - top < headerDepth)
  return Math.max(line, ...down.map(({ bottom }) => bottom))
}

/** Whether a row stands over the next as its groups: some cells of it are merged across or down, but not all in one. */
export function isGroupRow({ line, cells }: HeaderRow, merges: readonly Merge[]): boolean {
  const own = merges.filter(({ top }) => top === line)
  return own.length > 0 && (own.length > 1 || cells.filter((cell) => (cell ?? '').trim() !== '').length > 1)
}
