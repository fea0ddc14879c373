import type { Column, Format } from '../../contracts/contract.ts'
import type { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault, newBatch, type TextBatch, type TextColumn, type TextReader } from '../batch.ts'
import { columnName, columnsMissing, missingColumns, resolveColumns } from '../columns.ts'
import { edgeRows, LastRows, type LooseRow } from '../edges.ts'
import { emptyOf, tooManyColumns } from '../faults.ts'
import type { Source } from '../source/source.ts'
import { type Fill, pieceBytes, space, TextWindow } from '../source/window.ts'
import { commonest } from '../tables/commonest.ts'
import { bytesAt, copyColumn } from '../views.ts'
import { fallbackCells, needsFallback } from './fallback.ts'
import type { Expected } from './irregular.ts'
import { commonestEnd, type RecordEnd } from './line-ends.ts'
import { tokenizedAhead } from './parallel/tokenizer.ts'
import { type Dialect, dialectOf, type Marks, splitCells, tokenize } from './tokenize.ts'

/** How records with cells are told apart: by the tokenizer, or by the fallback. */
export interface Cells {
  /** A `Fill` for records of which these cells are wanted; the header is a text that may be repeated. */
  fillOf(wanted: WantedCells): Fill
  /** The dialect of `fillOf` where it is the tokenizer. */
  dialectOf?(wanted: WantedCells): Dialect
  /** One record's cells. */
  split(record: Uint8Array): string[]
}

export type WantedCells = Pick<Dialect, 'width' | 'slots' | 'header' | 'expected'>

/** The header is looked for among this many records. */
const headerRecords = 200

/**
 * Read delimited text of any dialect.
 *
 * The batches' columns are the wanted ones in their order; null wants all. The header is found before this returns.
 *
 * @throws Fault "file.columns-missing", "file.column-ambiguous", "file.too-many-columns", "file.record-too-long" (this
 * one from `next` too), "file.empty" when there are only blank lines
 */
export function readDelimited(
  source: Source,
  format: Format,
  wanted: readonly Column[] | null,
  limits: Limits,
  piece = pieceBytes,
): TextReader {
  return readCells(source, format, wanted, limits, piece, delimitedCells(format))
}

/** Cells of any dialect. */
export const delimitedCells = (format: Format): Cells =>
  needsFallback(format) ? fallbackCells(format) : tokenizedCells(format)

function tokenizedCells(format: Format): Cells {
  const marks = marksOf(format)
  const dialect = dialectOf(marks)
  return {
    fillOf: (cells) => tokenize.bind(undefined, { ...dialect, ...cells }),
    dialectOf: (cells) => ({ ...dialect, ...cells }),
    split: (record) => splitCells(record, marks),
  }
}

/** How most lines at the start of the text end. */
function recordEndOf(source: Source): RecordEnd {
  const head = new Uint8Array(Math.min(source.bytes, 64 * 1024))
  source.read(head, 0, head.length, 0)
  const text = Buffer.from(head.buffer).toString('latin1')
  return commonestEnd(text, ['\r\n', '\n', '\r'])
}

const marksOf = (format: Format): Marks => ({
  delimiter: format.delimiter.charCodeAt(0),
  quote: format.quote === null ? -1 : format.quote.charCodeAt(0),
  escaper: format.escape === null || format.quote === null ? -1 : format.escape.charCodeAt(0),
})

/** A reader of records with cells, however these are told apart. */
export function readCells(
  source: Source,
  format: Format,
  wanted: readonly Column[] | null,
  limits: Limits,
  piece: number,
  cells: Cells,
): TextReader {
  const text = new TextWindow(source, limits.recordBytes, piece)
  if (format.skipRows !== null) text.skipLines(format.skipRows)
  const isNext = (nth: number) => nth === 0
  const isHeader =
    format.skipRows !== null
      ? isNext
      : wanted === null
        ? likelyHeader(new TextWindow(source, limits.recordBytes, piece), cells)
        : (_: number, names: readonly string[]) => missingColumns(names, wanted).length === 0
  const { names, line, header } = format.header
    ? findHeader(source.name, text, cells, wanted ?? [], isHeader)
    : countColumns(source.name, text, cells)
  const where = `${source.name} line ${line}`
  if (names.length > limits.columns) throw tooManyColumns(where, names.length, limits.columns)
  const indexes = wanted === null ? names.map((_, i) => i) : resolveColumns(names, wanted, where)
  // Without a name of its own only what stands behind the last delimiter is looked at.
  const isTrailed = format.trailingDelimiter === true && names.at(-1) !== ''
  const width = names.length + (isTrailed ? 1 : 0)
  const { slots, copies } = slotsOf(width, indexes)
  const expected: Expected | null =
    format.recordEnd === null ? { marks: format, width, recordEnd: recordEndOf(source), classes: null } : null
  const wantedCells = { width, slots, header, expected }
  const fill = cells.fillOf(wantedCells)
  const dialect = cells.dialectOf?.(wantedCells)
  const ahead = dialect && tokenizedAhead(source, dialect, indexes.length, limits.recordBytes, text)
  let last: LastRows | undefined
  return {
    columns: names,
    ignored: text.ignored,
    get position() {
      return (ahead ?? text).position
    },
    next(batch) {
      const rows = ahead?.fill(batch) ?? text.fill(batch, fill)
      if (isTrailed) refuseFilled(batch, format.delimiter)
      if (rows > 0) for (const [from, to] of copies) copyColumn(column(batch, from), column(batch, to))
      last?.add(batch)
      return rows
    },
    keepEdges() {
      const kept = new LastRows()
      last = kept
      const rowsAbove = () => above(new TextWindow(source, limits.recordBytes, piece), cells, line)
      return () => ({ above: rowsAbove(), last: kept.rows(cells.split) })
    },
    close() {
      ahead?.close()
      source.close()
    },
  }
}

/** Records that go on behind their last delimiter have a cell more than the header. */
function refuseFilled(batch: TextBatch, delimiter: string): void {
  const mark = Buffer.from(delimiter)
  for (let row = 0; row < batch.rows; row++) {
    const text = bytesAt(batch, batch.raw, row) as Uint8Array
    let end = text.length
    while (text[end - 1] === space) end--
    const isEnded = mark.equals(text.subarray(Math.max(0, end - mark.length), end))
    if (!isEnded && batch.fault[row] === fault.none) batch.fault[row] = fault.arity
  }
}

/** The first rows above a line. */
function above(text: TextWindow, cells: Cells, line: number): LooseRow[] {
  const fill = cells.fillOf(anyCells)
  const batch = newBatch(0)
  const rows: LooseRow[] = []
  while (rows.length < edgeRows && text.fill(batch, fill, 1) > 0 && Number(batch.line[0]) < line)
    rows.push({ line: Number(batch.line[0]), cells: cells.split(bytesAt(batch, batch.raw, 0) as Uint8Array) })
  return rows
}

const column = (batch: TextBatch, index: number): TextColumn => batch.columns[index] as TextColumn

/** Which cells fill which batch columns; `copies` are batch columns that want a cell which another one has. */
function slotsOf(width: number, indexes: readonly number[]) {
  const slots = new Int32Array(width).fill(-1)
  const copies: (readonly [from: number, to: number])[] = []
  indexes.forEach((index, slot) => {
    const first = slots[index] as number
    if (first === -1) slots[index] = slot
    else copies.push([first, slot])
  })
  return { slots, copies }
}

interface Header {
  readonly names: readonly string[]
  readonly line: number
  /** Its text; null where there is none. */
  readonly header: Uint8Array | null
}

const anyCells: WantedCells = { width: -1, slots: new Int32Array(0), header: null, expected: null }

type IsHeader = (nth: number, names: readonly string[]) => boolean

/** Read up to the header and over it. */
function findHeader(
  file: string,
  text: TextWindow,
  cells: Cells,
  wanted: readonly Column[],
  isHeader: IsHeader,
): Header {
  const fill = cells.fillOf(anyCells)
  const batch = newBatch(0)
  let closest: { names: string[]; line: number; missing: number } | undefined
  let tried = 0
  for (; tried < headerRecords && text.fill(batch, fill, 1) > 0; tried++) {
    const record = bytesAt(batch, batch.raw, 0) as Uint8Array
    const names = cells.split(record).map(columnName)
    const line = Number(batch.line[0])
    if (isHeader(tried, names)) {
      text.ignored.header++
      return { names, line, header: record.slice() }
    }
    text.ignored.preamble++
    const missing = missingColumns(names, wanted).length
    const isCloser =
      closest === undefined ||
      missing < closest.missing ||
      (missing === closest.missing && names.length > closest.names.length)
    if (isCloser) closest = { names, line, missing }
  }
  if (closest === undefined) throw noHeader(file, text)
  const among = `${tried} record${tried === 1 ? '' : 's'}`
  throw columnsMissing(closest.names, wanted, `${file} line ${closest.line}, the likeliest header of ${among}`)
}

/**
 * The header where nobody says what is in it: the first record; but where most records have more cells than that, the
 * first one as wide as they are whose cells could all be names.
 */
function likelyHeader(text: TextWindow, cells: Cells): IsHeader {
  const batch = newBatch(0)
  const records: string[][] = []
  text.fill(batch, cells.fillOf(anyCells), headerRecords)
  for (let row = 0; row < batch.rows; row++) records.push(cells.split(bytesAt(batch, batch.raw, row) as Uint8Array))
  const [width] = commonest(records.map(({ length }) => length))
  if ((records[0]?.length ?? 0) >= width) return (nth) => nth === 0
  const isName = (cell: string) => /\p{L}/u.test(cell)
  const found = records.findIndex((record) => record.length === width && record.every(isName))
  return (nth) => nth === Math.max(found, 0)
}

/** Names by position, as many as the next record has cells; that record is not consumed. */
function countColumns(file: string, text: TextWindow, cells: Cells): Header {
  const next = text.peek(cells.fillOf(anyCells))
  if (next === undefined) throw noHeader(file, text)
  return { names: cells.split(next.record).map((_, i) => `column${i + 1}`), line: next.line, header: null }
}

const noHeader = (file: string, { ignored }: TextWindow): Fault =>
  emptyOf(
    file,
    ignored.preamble > 0
      ? 'ends within the lines that the contract skips (skip_rows)'
      : 'holds nothing but blank lines',
  )
