import { type CellClass, classOf, columnClass, isTyped } from './cell-class.ts'

/** What the records of one table have in common. */
export interface TableShape {
  /** Cells of most records. */
  readonly width: number
  /** What most cells of each column are; null where they have nothing in common. */
  readonly classes: readonly (CellClass | null)[]
  /** Columns that are never empty. */
  readonly isFilled: readonly boolean[]
}

export type Cells = readonly string[]

export const isBlankRow = (cells: Cells): boolean => cells.every((cell) => cell.trim() === '')

export const filledCells = (cells: Cells): number => cells.filter((cell) => cell.trim() !== '').length

export function shapeOf(rows: readonly Cells[], width: number): TableShape {
  const columns = Array.from({ length: width }, (_, i) => rows.map((cells) => cells[i] ?? ''))
  return {
    width,
    classes: columns.map((cells) => columnClass(cells)),
    isFilled: columns.map((cells) => cells.every((cell) => cell.trim() !== '')),
  }
}

/** How a row's cells stand to the classes of the columns, where these tell values from names. */
export interface Likeness {
  /** Columns of values in which it has such a value, and in which it has a text. */
  readonly same: number
  readonly other: number
  /** Columns that it leaves empty though no record does. */
  readonly missing: number
}

export function likeness(cells: Cells, { classes, isFilled }: TableShape): Likeness {
  let [same, other, missing] = [0, 0, 0]
  for (const [i, kind] of classes.entries()) {
    const found = classOf(cells[i] ?? '')
    if (found === 'empty' && isFilled[i]) missing++
    if (kind === null || !isTyped(kind)) continue
    if (found === kind || (isTyped(found) && found !== 'code' && kind !== 'code')) same++
    else if (found !== 'nil' && found !== 'empty') other++
  }
  return { same, other, missing }
}

/** Whether a row could be a header on its own: two or more names, each its own, no values among them. */
export function couldBeHeader(cells: Cells): boolean {
  const filled = cells.filter((cell) => cell.trim() !== '')
  if (filled.length < 2 || filled.length < cells.length * 0.8) return false
  return filled.every((cell) => cell.length <= 200 && !isValue(cell))
}

const isValue = (cell: string): boolean => {
  const kind = classOf(cell)
  return kind === 'number' || kind === 'date' || kind === 'time' || kind === 'address' || kind === 'boolean'
}

/**
 * How many of the first rows are the header, and how many rows above it are none of the table's.
 *
 * A header's cells are texts where the column's are values. Where all columns are texts, the first row is the header
 * when its cells are all filled and none comes again below.
 */
export function findHeader(rows: readonly Cells[], width: number): FoundHeader {
  const none = (why: string, confidence: number) => ({ above: 0, rows: 0, why, confidence })
  const first = rows[0]
  if (first === undefined) return none('there are no rows', 1)
  if (rows.length === 1)
    return couldBeHeader(first) || isOneName(first)
      ? { above: 0, rows: 1, why: 'the only row has names alone', confidence: 0.7 }
      : none('the only row has values', 0.7)
  const body = rows.slice(Math.ceil(rows.length / 2))
  const shape = shapeOf(body, width)
  const valued = shape.classes.filter((kind) => kind !== null && isTyped(kind)).length
  if (valued === 0)
    return isTextHeader(rows)
      ? {
          above: 0,
          rows: 1,
          why: 'all columns are texts, and no cell of the first row comes again below',
          confidence: 0.6,
        }
      : none('all columns are texts, and the first row is like the others', 0.5)
  for (let at = 0; at < Math.min(rows.length - 1, 10); at++) {
    const cells = rows[at] as Cells
    const like = likeness(cells, shape)
    if (!isHeaderLike(cells, like)) {
      if (like.same > 0) return none(`row ${at + 1} has values in ${like.same} columns, as the others have`, 0.9)
      continue
    }
    let count = 1
    while (at + count < rows.length - 1 && count < 4 && isFurtherHeader(rows, at, count, shape, valued)) count++
    let above = at
    while (above > 0 && at - above < 2 && isGroupRow(rows[above - 1] as Cells)) above--
    const why = `it has texts in ${like.other} of ${valued} columns of values`
    return { above, rows: count + at - above, why, confidence: like.other > 1 ? 0.95 : 0.8 }
  }
  return none('no row has names where columns have values', 0.6)
}

/** A table's header, and how that is known. */
export interface FoundHeader {
  /** Rows above it that are none of the table's. */
  readonly above: number
  /** Rows it is made of; 0: there is none. */
  readonly rows: number
  /** For a person. */
  readonly why: string
  /** 0 to 1. */
  readonly confidence: number
}

const isOneName = (cells: Cells): boolean => cells.length === 1 && classOf(cells[0] ?? '') === 'text'

function isHeaderLike(cells: Cells, { same, other }: Likeness): boolean {
  const values = cells.filter(isValue).length
  if (same === 0) return other > 0 && values <= filledCells(cells) * 0.3
  return other >= 4 * same && other >= 2
}

function isFurtherHeader(
  rows: readonly Cells[],
  at: number,
  count: number,
  shape: TableShape,
  valued: number,
): boolean {
  const cells = rows[at + count] as Cells
  if (isSameRow(cells, rows[at] as Cells)) return true
  const { same, other } = likeness(cells, shape)
  return same === 0 && other >= 2 && other >= valued * 0.6 && !cells.some(isValue)
}

/** A row of groups above the names: some cells, with gaps between them or before the first. */
function isGroupRow(cells: Cells): boolean {
  const at = cells.flatMap((cell, i) => (cell.trim() === '' ? [] : [i]))
  if (at.length < 2 || cells.some(isValue)) return false
  return (at[0] as number) > 0 || (at.at(-1) as number) - (at[0] as number) >= at.length
}

/** Whether the first of rows of texts is their header. */
function isTextHeader(rows: readonly Cells[]): boolean {
  const [first, ...rest] = rows as [Cells, ...Cells[]]
  const names = first.map((cell) => cell.trim())
  if (names.some((name) => name === '' || name.length > 100 || isValue(name))) return false
  if (new Set(names).size < names.length) return false
  const again = names.filter((name, i) => rest.some((cells) => cells[i]?.trim() === name)).length
  return again <= names.length / 4
}

export const isSameRow = (one: Cells, other: Cells): boolean =>
  one.length === other.length && one.every((cell, i) => cell.trim() === (other[i] ?? '').trim())

const totals =
  /^\W*(?:(?:grand|sub)[- ]?total|totals?|totaux|somme|summe|gesamt|suma|soma|итого|всего|tổng( cộng)?|cộng|jumlah|मोट|কুল|মোট|সর্বমোট|সমষ্টি|کل|مجموع|الإجمالي|المجموع|कुल|योग)(?:$|[^\p{L}])/iu
const closings =
  /^\W*(?:(?:opening|closing|ending|starting|final|initial)\b.*|statement summary.*|summary|end of .*|<?(?:end|eof)>?|page \d+.*|(?:number of )?(?:records?|rows?|transactions?|entries|count)\b.*|generated .*|printed .*|disclaimer.*|this is a (?:computer|system).*|n\.?b\.?\b.*|notes?\b.*)$/iu

/** Whether the row's first filled cell is a word of totals, or of what stands below tables. */
export function footerWord(cells: Cells): 'total' | 'closing' | undefined {
  const first = cells.find((cell) => cell.trim() !== '')?.trim() ?? ''
  if (first.length > 200) return undefined
  return totals.test(first) ? 'total' : closings.test(first) ? 'closing' : undefined
}

const ruled = /^([-=*_#~+.–—])\1{2,}$/u

/** A row of lines drawn with signs. */
export const isRule = (cells: Cells): boolean =>
  !isBlankRow(cells) && cells.every((cell) => cell.trim() === '' || ruled.test(cell.trim()))

const commentMarks = ['#', '//', '--', '%%']

/** Whether the row begins as comments do. */
export const isComment = (cells: Cells): boolean => {
  const first = cells[0]?.trimStart() ?? ''
  return commentMarks.some((mark) => first.startsWith(mark)) && !/^[-#]+$/.test(first.trim()) && first.length > 2
}
