import { classOf, isTyped } from './cell-class.ts'
import { commonest } from './commonest.ts'
import {
  type Cells,
  couldBeHeader,
  type FoundHeader,
  filledCells,
  findHeader,
  footerWord,
  isComment,
  isRule,
  isSameRow,
  likeness,
  shapeOf,
  type TableShape,
} from './table-shape.ts'

/** A record before it is known what of the file it is. */
export interface SourceRow {
  readonly cells: Cells
  /** First physical line, or the sheet's row. */
  readonly line: number
  /** Whether a blank line or row stands above it. */
  readonly isAfterBlank: boolean
}

export type Ignored = 'preamble' | 'footer' | 'comment' | 'rule'

/** What a file is made of, in order. */
export type Part<Row extends SourceRow> =
  | {
      readonly kind: 'table'
      readonly header: Cells | null
      readonly headerRows: readonly Row[]
      readonly shape: TableShape
      /** Why that is its header, or why it has none; 0 to 1: how sure. */
      readonly why: string
      readonly confidence: number
    }
  | { readonly kind: 'record'; readonly row: Row }
  | { readonly kind: Ignored; readonly row: Row }

/** Rows looked at to find where a table begins, and what it is like. */
const headRows = 200
/** Characters of rows read ahead. */
const mostHeld = 64 * 1024 * 1024
/** Rows looked at to tell a ragged record from the start of another table. */
const aheadRows = 10

/**
 * Tell the tables of a file from what stands around them.
 *
 * Keeps at most `headRows` rows in memory. The rules are in docs/reading.md, "Tables".
 *
 * @param usualWidth filled cells of most records: a row that begins as a comment and has as many is a record
 */
export function* partsOf<Row extends SourceRow>(rows: Iterable<Row>, usualWidth: number): Generator<Part<Row>> {
  const queue = new Lookahead(rows, usualWidth)
  let hasTable = false
  while (queue.peek(1).length > 0) {
    yield* queue.comments()
    const head = queue.peek(headRows)
    const found = startOf(head)
    const isRaggedAll = found === head.length && !hasTable
    const start = isRaggedAll ? firstOfSeveral(head) : found
    const isNone = start === head.length
    const isRagged = !isNone && !isRaggedAll && start > 0 && isRaggedHeader(head.slice(start - 1))
    for (let i = isRagged ? 1 : 0; i < start; i++) {
      const row = queue.take()
      yield { kind: aside(row, hasTable), row }
    }
    if (isNone) continue
    yield* tableFrom(queue, isRagged ? queue.take() : undefined)
    hasTable = true
  }
  yield* queue.comments()
}

const aside = (row: SourceRow, hasTable: boolean): Ignored =>
  isRule(row.cells) ? 'rule' : hasTable ? 'footer' : 'preamble'

/** Where rows of no common width are a table all the same, since they must be somewhere: the first with several cells. */
function firstOfSeveral(head: readonly SourceRow[]): number {
  const first = head.findIndex(({ cells }) => filledCells(cells) > 1)
  return first === -1 ? head.length : first
}

/** Rows read ahead, without comments. */
class Lookahead<Row extends SourceRow> {
  readonly #rows: Iterator<Row>
  readonly #usualWidth: number
  #queue: Row[] = []
  /** Characters of the rows in the queue. */
  #held = 0
  #comments: Row[] = []

  constructor(rows: Iterable<Row>, usualWidth: number) {
    this.#rows = rows[Symbol.iterator]()
    this.#usualWidth = usualWidth
  }

  get hasComments(): boolean {
    return this.#comments.length > 0
  }

  /** The next row, left where it is. */
  next(): Row | undefined {
    this.#readAhead(1)
    return this.#queue[0]
  }

  /** The comments met since the last call. */
  *comments(): Generator<Part<Row>> {
    for (const row of this.#comments.splice(0)) yield { kind: 'comment', row }
  }

  /** The next rows, fewer than `count` only at the end, or where they are more than memory should hold. */
  peek(count: number): readonly Row[] {
    this.#readAhead(count)
    return this.#queue.slice(0, count)
  }

  #readAhead(count: number): void {
    while (this.#queue.length < count && (this.#held < mostHeld || this.#queue.length < 2)) {
      const next = this.#rows.next()
      if (next.done === true) break
      const { cells } = next.value
      if (isComment(cells) && cells.length !== this.#usualWidth && filledCells(cells) !== this.#usualWidth)
        this.#comments.push(next.value)
      else {
        this.#queue.push(next.value)
        this.#held += charactersOf(next.value)
      }
    }
  }

  take(): Row {
    const row = this.#queue.shift() as Row
    this.#held -= charactersOf(row)
    return row
  }
}

function charactersOf({ cells }: SourceRow): number {
  let sum = 0
  for (const cell of cells) sum += cell.length
  return sum
}

/** Index of the first row of the first table among these; their number where there is none. */
function startOf(head: readonly SourceRow[]): number {
  for (let i = 0; i < head.length; i++) {
    const { cells } = head[i] as SourceRow
    if (isRule(cells)) continue
    const rest = head.slice(i + 1).filter((row) => !isRule(row.cells))
    const near = blockFrom(rest, 0)
    const isAlone = near.length === 0
    if (isAlone && rest.length === 0 && (i === 0 || couldBeHeader(cells))) return i
    // A row with a blank one below it may have blank ones below all of its table.
    const block = isAlone && cells.length > 1 ? rest.slice(0, aheadRows) : near
    if (block.length === 0) continue
    const like = block.filter(({ cells: next }) => next.length === cells.length).length
    const isMost = like >= block.length * (isAlone ? 0.8 : 0.6)
    const run = runOf(block, cells.length)
    if (!isMost && (isAlone || run < 3)) continue
    const filled = (isMost ? block : block.slice(0, run))
      .map(({ cells: next }) => filledCells(next))
      .sort((a, b) => a - b)
    const usual = filled[filled.length >> 1] as number
    if (filledCells(cells) < usual * (isAlone ? 0.8 : 0.5) || (filledCells(cells) < 2 && usual >= 2)) continue
    const list = keysAndValues(head, i) || namedValues(head, i) || looseLines(head, i)
    if (list === 0) return i
    i += list - 1
  }
  const [row] = head
  return head.length === 1 && row !== undefined ? 1 : mostUsual(head)
}

/** How many of the first rows have this width. */
function runOf(rows: readonly SourceRow[], width: number): number {
  const end = rows.findIndex(({ cells }) => cells.length !== width)
  return end === -1 ? rows.length : end
}

/** The rows from `from` on that no blank one parts from the row above, at most `aheadRows`. */
function blockFrom(head: readonly SourceRow[], from: number): readonly SourceRow[] {
  let to = from
  while (to < head.length && to - from < aheadRows && !(head[to] as SourceRow).isAfterBlank) to++
  return head.slice(from, to)
}

const widths = (rows: readonly SourceRow[]): number[] => rows.map(({ cells }) => cells.length)

/** Where no row has rows like it below: the first of the width that most have, if that is half of them. */
function mostUsual(head: readonly SourceRow[]): number {
  const [width, count] = commonest(widths(head))
  if (width < 2 || count < head.length / 2 || count < 2) return head.length
  return head.findIndex(({ cells }) => cells.length === width)
}

const mostKeys = 30

/** Rows of a list of names and their values above a wider table: `Account,0123` is no record. */
function keysAndValues(head: readonly SourceRow[], from: number): number {
  const width = (head[from] as SourceRow).cells.length
  const filled = (row: SourceRow) => filledCells(row.cells)
  let to = from
  while (to < head.length && filled(head[to] as SourceRow) <= 2 && (head[to] as SourceRow).cells.length <= width) to++
  const count = to - from
  if (count === 0 || count > mostKeys || to === head.length) return 0
  if (count === 1 && trimmed((head[from] as SourceRow).cells).length > 2) return 0 // groups above a header
  const below = blockFrom(head, to + 1)
  const next = head[to] as SourceRow
  if (filled(next) < 3 || below.filter(({ cells }) => cells.length === next.cells.length).length < below.length * 0.6)
    return 0
  const list = head.slice(from, to).map(({ cells }) => cells)
  return width === 1 || findHeader(list, width).rows === 0 || count < 3 ? count : 0
}

/** Rows of lines of text with a wider table below a blank one: no two columns that all of them have. */
function looseLines(head: readonly SourceRow[], from: number): number {
  const rows = [head[from] as SourceRow, ...blockFrom(head, from + 1)].map(({ cells }) => cells.length)
  const most = Math.max(...rows)
  if (most > 4 || new Set(rows).size === 1) return 0
  const next = head[from + rows.length]
  const below = blockFrom(head, from + rows.length + 1)
  const isWider = next?.isAfterBlank === true && filledCells(next.cells) > most
  return isWider && runOf(below, next.cells.length) > 0 ? rows.length : 0
}

/**
 * A few rows of names with their values beside them, several in a row: each name once, and not equally many in all rows.
 */
function namedValues(head: readonly SourceRow[], from: number): number {
  const rows = [head[from] as SourceRow, ...blockFrom(head, from + 1)].map(({ cells }) => trimmed(cells))
  const after = head.slice(from + rows.length)
  if (rows.length > 8 || rows.length < 2 || after.length <= rows.length) return 0
  const names = rows.flatMap((cells) => cells.filter((_, i) => i % 2 === 0))
  if (new Set(names).size < names.length || names.some((name) => name.trim() === '' || classOf(name) !== 'text'))
    return 0
  const isList = rows.every(({ length }) => length % 2 === 0) && rows.some(({ length }) => length !== rows[0]?.length)
  return isList ? rows.length : 0
}

/** Cells without the empty ones at the end. */
function trimmed(cells: Cells): Cells {
  const last = cells.findLastIndex((cell) => cell.trim() !== '')
  return cells.slice(0, last + 1)
}

/**
 * The table that begins at the next row, up to what is none of it any more.
 *
 * @param ragged its header, where that is of another width than the records
 */
function* tableFrom<Row extends SourceRow>(queue: Lookahead<Row>, ragged: Row | undefined): Generator<Part<Row>> {
  const head = queue.peek(headRows)
  const width = widthOf(head)
  const block = ownRows(head, width)
  const found: FoundHeader = ragged === undefined ? findHeader(block, width) : raggedHeader
  yield* aboveHeader(queue, found.above)
  const headerRows = ragged === undefined ? [] : [ragged]
  while (headerRows.length < found.rows) {
    const row = queue.take()
    if (isRule(row.cells)) yield { kind: 'rule', row }
    else headerRows.push(row)
  }
  const body = block.slice(found.above + found.rows)
  const shape = shapeOf(body.length === 0 ? block : recordsIn(body.slice(0, 100)), width)
  const header = headerRows.length === 0 ? null : joined(headerRows.map(({ cells }) => cells))
  yield { kind: 'table', header, headerRows, shape, why: found.why, confidence: found.confidence }
  yield* recordsOf(queue, shape, headerRows.at(-1)?.cells ?? null)
}

/** Rows between the start of a table's rows and its header. */
function* aboveHeader<Row extends SourceRow>(queue: Lookahead<Row>, count: number): Generator<Part<Row>> {
  for (let left = count; left > 0; ) {
    const row = queue.take()
    if (isRule(row.cells)) yield { kind: 'rule', row }
    else {
      yield { kind: 'preamble', row }
      left--
    }
  }
}

const raggedHeader: FoundHeader = {
  above: 0,
  rows: 0,
  why: 'names right above the records, with a cell too many or too few',
  confidence: 0.7,
}

/** The rows that are no totals or notes. */
function recordsIn(rows: readonly Cells[]): readonly Cells[] {
  const filled = rows.map(filledCells).sort((a, b) => a - b)
  const usual = filled[filled.length >> 1] as number
  const records = rows.filter((cells) => footerWord(cells) === undefined && filledCells(cells) > usual * 0.4)
  return records.length < rows.length / 2 ? rows : records
}

/** Cells of most of the first rows that belong together. */
function widthOf(head: readonly SourceRow[]): number {
  const first = (head[0] as SourceRow).cells.length
  const block = blockFrom(head, 1)
  const like = block.filter(({ cells }) => cells.length === first).length
  if (like >= block.length * 0.6 || runOf(block, first) >= 3) return first
  return commonest(widths(head))[0] || first
}

/** The cells of the rows ahead that are the table's own, as far as it is plain: up to a blank, or 3 of another width. */
function ownRows(head: readonly SourceRow[], width: number): Cells[] {
  const rows: Cells[] = []
  let others = 0
  for (const [i, { cells, isAfterBlank }] of head.entries()) {
    if (isRule(cells)) continue
    if (cells.length === width) {
      if (i > 0 && isAfterBlank && couldBeHeader(cells)) break
      if (i > 4 && isSameRow(cells, rows[0] as Cells)) break
      if (rows.length > 2 && isOtherHeader(cells, rows, width)) break
      rows.push(cells)
      others = 0
    } else if (++others === 3) break
  }
  return rows
}

/** The first columns are enough to tell a header from a record. */
const toldColumns = 100

/** Whether a row is the header of another table of the same width: texts where the rows above have values. */
function isOtherHeader(cells: Cells, rows: readonly Cells[], width: number): boolean {
  if (!couldBeHeader(cells)) return false
  const { same, other, missing } = likeness(cells, shapeOf(rows.slice(1).slice(-50), Math.min(width, toldColumns)))
  return same === 0 && missing === 0 && other >= 2
}

/** A header with a delimiter too many or too few: names right above the first record, where the records have none. */
function isRaggedHeader([above, ...head]: readonly SourceRow[]): boolean {
  if (above === undefined || head[0] === undefined || head[0].isAfterBlank) return false
  const width = widthOf(head)
  const { cells } = above
  const isNear = Math.abs(cells.length - width) <= Math.max(1, width * 0.3)
  if (!isNear || filledCells(cells) < width * 0.5) return false
  const names = cells.filter((cell) => cell.trim() !== '')
  const block = ownRows(head, width)
  if (!couldBeHeader(names) || findHeader(block, width).rows > 0) return false
  return likeness(cells, shapeOf(block, width)).same === 0
}

/** Header rows as one: the cells of a column joined by a space. */
function joined(rows: readonly Cells[]): Cells {
  if (rows.length === 1) return rows[0] as Cells
  const width = Math.max(...rows.map(({ length }) => length))
  return Array.from({ length: width }, (_, i) =>
    rows
      .map((cells) => cells[i] ?? '')
      .filter((cell) => cell.trim() !== '')
      .join(' '),
  )
}

function* recordsOf<Row extends SourceRow>(
  queue: Lookahead<Row>,
  shape: TableShape,
  header: Cells | null,
): Generator<Part<Row>> {
  const isPlain = plainRecord(shape)
  let isBelow = false
  for (let row = queue.next(); row !== undefined; row = queue.next()) {
    const { cells } = row
    if (queue.hasComments) yield* queue.comments()
    if (isPlain(cells)) {
      isBelow = false
      yield { kind: 'record', row: queue.take() }
      continue
    }
    if (isRule(cells)) {
      yield { kind: 'rule', row: queue.take() }
      isBelow = true
      continue
    }
    if (isNextTable(queue, row, shape, header, isBelow)) return
    if (isFooter(row, shape, isBelow, () => !hasRecordsBelow(queue, shape))) {
      yield { kind: 'footer', row: queue.take() }
      isBelow = true
      continue
    }
    isBelow = false
    yield { kind: 'record', row: queue.take() }
  }
}

/**
 * A quick look that most records pass: as wide as the others, no column empty that never is, and a value where the first
 * such column has values.
 */
function plainRecord({ width, classes, isFilled }: TableShape): (cells: Cells) => boolean {
  const filled = isFilled.flatMap((is, i) => (is ? [i] : []))
  const valued = filled.find((i) => isTyped(classes[i] ?? 'text'))
  if (valued === undefined || filled.length * 2 < width) return () => false
  const kind = classes[valued]
  return (cells) =>
    cells.length === width && classOf(cells[valued] as string) === kind && filled.every((i) => cells[i]?.trim() !== '')
}

function isNextTable<Row extends SourceRow>(
  queue: Lookahead<Row>,
  { cells, isAfterBlank }: Row,
  shape: TableShape,
  header: Cells | null,
  isBelow: boolean,
): boolean {
  if (header !== null && isSameRow(cells, header)) return true
  const isNames = couldBeHeader(cells)
  if (cells.length === shape.width) {
    if (!isNames) return false
    const { same, other, missing } = likeness(cells, shape)
    return same === 0 && (missing === 0 || isBelow) && other >= (isAfterBlank || isBelow ? 1 : 2)
  }
  if (!isNames && !isAfterBlank) return false
  if (cells.length < 2 || (!isNames && footerWord(cells) !== undefined)) return false
  const [, ...next] = queue.peek(aheadRows + 1)
  const block = blockFrom(next, 0)
  const like = block.filter(({ cells: other }) => other.length === cells.length).length
  return block.length > 0 && (like >= block.length * 0.6 || runOf(block, cells.length) >= 3)
}

/** Whether one of the next rows is a record. */
function hasRecordsBelow<Row extends SourceRow>(queue: Lookahead<Row>, shape: TableShape): boolean {
  const [, ...next] = queue.peek(aheadRows)
  return next.some(({ cells }) => cells.length === shape.width && likeness(cells, shape).same > 0)
}

/** Totals, and what stands below a table: rows that lack what its records have. */
function isFooter(
  { cells, isAfterBlank }: SourceRow,
  shape: TableShape,
  isBelow: boolean,
  isLast: () => boolean,
): boolean {
  const { same, other, missing } = likeness(cells, shape)
  const word = footerWord(cells)
  const filled = filledCells(cells)
  if (word === 'total' && (missing > 0 || other > 0 || cells.length !== shape.width || filled <= shape.width / 2))
    return true
  const isOther = cells.length !== shape.width || missing > 0 || (isBelow && other > 0)
  if (word === 'closing' && isOther && filled <= Math.max(3, shape.width / 2)) return true
  const isFew = filled <= Math.max(1, shape.width * 0.3)
  if (shape.width > 1 && isFew && same === 0 && (cells.length === 1 || missing > 0 || other > 0))
    return isAfterBlank || isBelow || cells.length === 1 || (missing > 1 && isLast())
  return (isBelow || isAfterBlank) && cells.length !== shape.width && same === 0
}
