import { isAscii } from 'node:buffer'
import type { Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { batchRows, fault, newBatch, type TextBatch, type TextColumn } from '../batch.ts'
import { tooManyColumns } from '../faults.ts'
import { CR, type Fill, LF, type TextWindow } from '../source/window.ts'
import type { CellClass } from '../tables/cell-class.ts'
import type { SourceRow } from '../tables/tables.ts'
import { bytesAt } from '../views.ts'
import { type Cells, delimitedCells } from './delimited.ts'
import type { Expected } from './irregular.ts'
import { isOdd } from './lenient.ts'
import type { RecordEnd } from './line-ends.ts'
import { byOtherDelimiter, rareInTexts } from './other-marks.ts'
import { nearest } from './repair.ts'

/** A record of delimited text, before it is known what of the file it is. */
export interface TextRow extends SourceRow {
  /** Index into `faultCodes`. */
  readonly fault: number
}

/** What the first records of a text are like. */
export interface Usual {
  readonly width: number
  readonly lineEnd: RecordEnd
  readonly classes: readonly (CellClass | null)[] | null
  /** Columns whose cells stand in quotes as a rule. */
  readonly quotedColumns: readonly number[]
}

/** So many records in a row of one other width are another table, whose irregular records have that width. */
const otherTable = 3

/** Rows with all their cells, irregular ones read by what the rows above are like. Blank lines are left out. */
export function* textRows(
  window: TextWindow,
  name: string,
  format: Format,
  limits: Limits,
  usual: Usual,
): Generator<TextRow> {
  const cells = delimitedCells(format)
  // A record of more columns ends the reading; room for more than that would be an attack on memory.
  let width = usual.width > limits.columns ? 1 : usual.width
  let classes = usual.classes
  let fill = fillOf(cells, format, { ...usual, width, classes })
  let batch = batchOf(width)
  const isBare = bareBy(format)
  let nextLine = 1
  let other = { width: 0, count: 0 }
  // Few at a time at first: another table may begin soon.
  for (let most = 64; window.fill(batch, fill, most) > 0; most = Math.min(2048, most * 2)) {
    const textAt = textsOf(batch)
    const lines = new Uint32Array(batch.line.buffer, batch.line.byteOffset, batch.line.length * 2) // no BigInt a row
    for (let row = 0; row < batch.rows; row++) {
      const kind = batch.fault[row] as number
      const repaired = batch.mended.get(row)
      const isRead = kind !== fault.arity && kind !== fault.malformed && repaired === undefined
      const text = isRead ? textAt(batch.raw, row) : ''
      const isPlain = isRead && isBare(text)
      const line = (lines[row << 1] as number) + (lines[(row << 1) + 1] as number) * 0x1_0000_0000
      let all: readonly string[]
      if (isPlain) all = text.split(format.delimiter)
      else {
        const raw = bytesAt(batch, batch.raw, row) as Uint8Array
        const read = isRead ? batch.columns.map((column) => textAt(column, row)) : (repaired ?? cells.split(raw))
        if (read.length > limits.columns) throw tooManyColumns(`${name} line ${line}`, read.length, limits.columns)
        all = unquoted(repaired ?? mended(read, raw, format, classes), format, usual.quotedColumns, raw)
      }
      yield { cells: all, line, isAfterBlank: line > nextLine, fault: kind }
      nextLine = line + 1 + (isPlain ? 0 : lineEnds(bytesAt(batch, batch.raw, row) as Uint8Array))
      other =
        all.length === width
          ? { width: 0, count: 0 }
          : { width: all.length, count: all.length === other.width ? other.count + 1 : 1 }
    }
    if (other.count < otherTable) continue
    width = other.width
    classes = null
    fill = fillOf(cells, format, { ...usual, width, classes })
    batch = batchOf(width)
    other = { width: 0, count: 0 }
    most = 64
  }
}

/** A batch of less than 8 MB, however wide, as far as it holds some rows. */
const batchOf = (width: number): TextBatch => newBatch(width, Math.min(batchRows, Math.max(16, (2 ** 19 / width) & ~7)))

/** The texts of a batch; null is ''. Text in ASCII alone is made faster. */
function textsOf(batch: TextBatch): (column: TextColumn, row: number) => string {
  const encoding = isAscii(batch.text) ? 'latin1' : 'utf8'
  const [text, overflow] = [batch.text, batch.overflow].map(bufferOf) as [Buffer, Buffer]
  return ({ u8, u32 }, row) => {
    const length = u32[row << 2] as number
    if (length <= 12) return bufferOf(u8).toString('utf8', (row << 4) + 4, (row << 4) + 4 + length)
    const at = u32[(row << 2) + 3] as number
    return u32[(row << 2) + 2] === 0
      ? text.toString(encoding, at, at + length)
      : overflow.toString('utf8', at, at + length)
  }
}

const bufferOf = ({ buffer, byteOffset, length }: Uint8Array): Buffer => Buffer.from(buffer, byteOffset, length)

/** Whether a record is just its cells with delimiters between them: no mark in it that could mean anything else. */
function bareBy({ delimiter, quote, recordEnd }: Format): (text: string) => boolean {
  if (recordEnd !== null) return () => false
  const marks = [quote ?? '', "'", ...rareInTexts].filter((mark) => mark !== '' && mark !== delimiter[0])
  return (text) => !marks.some((mark) => text.includes(mark))
}

/** The cells of a line that has as many as the others, but quotes inside them that make another reading likelier. */
function mended(
  cells: readonly string[],
  raw: Uint8Array,
  marks: Format,
  classes: readonly (CellClass | null)[] | null,
): readonly string[] {
  const { quote, delimiter } = marks
  const hasOdd = quote !== null && cells.some((cell) => isOdd(cell, quote))
  const hasOther =
    classes !== null && rareInTexts.some((mark) => delimiter[0] !== mark && raw.includes(mark.charCodeAt(0)))
  if (!hasOdd && !hasOther) return cells
  const text = Buffer.from(raw).toString()
  if (/[\r\n]/.test(text)) return cells
  const expected = { marks, width: cells.length, classes }
  return byOtherDelimiter(cells, text, expected) ?? (hasOdd ? nearest(text, expected)?.cells : undefined) ?? cells
}

/**
 * The cells of a record that has apostrophes where the others have quotes: all its cells of those columns do, or one that
 * would need quotes does.
 */
function unquoted(
  cells: readonly string[],
  { delimiter, quote }: Format,
  quotedColumns: readonly number[],
  raw: Uint8Array,
): readonly string[] {
  if (quote !== '"' || !raw.includes(apostrophe)) return cells
  const isIn = (cell: string | undefined) =>
    cell !== undefined && cell.length > 1 && cell.startsWith("'") && cell.endsWith("'")
  const inside = quotedColumns.filter((i) => isIn(cells[i])).length
  const isRule = inside > 0 && inside >= quotedColumns.length / 2 && !cells.some((cell) => cell.startsWith(quote))
  const needs = (cell: string) =>
    cell.slice(1, -1).includes("''") || cell.includes(quote) || cell.includes(delimiter) || /[\r\n]/.test(cell)
  if (!isRule && !cells.some((cell) => isIn(cell) && needs(cell))) return cells
  return cells.map((cell) => (isIn(cell) ? cell.slice(1, -1).replaceAll("''", "'") : cell))
}

const apostrophe = 0x27

function fillOf(cells: Cells, format: Format, { width, lineEnd, classes }: Usual): Fill {
  const expected: Expected | null =
    width < 1 || format.recordEnd !== null ? null : { marks: format, width, recordEnd: lineEnd, classes }
  return cells.fillOf({ width, slots: Int32Array.from({ length: width }, (_, i) => i), header: null, expected })
}

/** Line ends inside a record; CRLF is one. */
function lineEnds(raw: Uint8Array): number {
  let count = 0
  for (let at = 0; at < raw.length; at++) {
    if (raw[at] === LF || (raw[at] === CR && raw[at + 1] !== LF)) count++
  }
  return count
}
