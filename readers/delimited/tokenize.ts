import { fault, type TextBatch, type TextColumn } from '../batch.ts'
import { CR, type Filled, LF, space, tab, type Window } from '../source/window.ts'
import { type Positions, putNull, putText, putView, reserveOverflow } from '../views.ts'
import type { Expected } from './irregular.ts'
import { fillPlain, isPlain } from './kernel.ts'
import { looseCells, type TextMarks } from './lenient.ts'
import { mayGoOn, repair } from './repair.ts'

/** One-byte marks of a delimited text; -1 for none. */
export interface Marks {
  readonly delimiter: number
  readonly quote: number
  readonly escaper: number
}

/** What a delimited text is read by, besides the text. */
export interface Dialect {
  readonly marks: Marks
  /** 1 for bytes that end a bare cell, and that matter inside quotes. */
  readonly bareStops: Uint8Array
  readonly quotedStops: Uint8Array
  /** Cells a record should have; -1: any number. */
  readonly width: number
  /** For each cell the batch column it fills, or -1. */
  readonly slots: Int32Array
  /** Text of the header: a record with the same text is a repeat of it. */
  readonly header: Uint8Array | null
  /** What irregular records are read by; null: they stay as they are. */
  readonly expected: Expected | null
}

/** The dialect of these marks that wants no cells yet. */
export const dialectOf = (marks: Marks): Dialect => ({
  marks,
  ...stopTables(marks),
  width: -1,
  slots: new Int32Array(0),
  header: null,
  expected: null,
})

function stopTables({ delimiter, quote, escaper }: Marks): Pick<Dialect, 'bareStops' | 'quotedStops'> {
  const table = (...bytes: number[]) => {
    const stops = new Uint8Array(256)
    for (const byte of bytes) if (byte >= 0) stops[byte] = 1
    return stops
  }
  return { bareStops: table(delimiter, LF, CR), quotedStops: table(quote, escaper, LF, CR) }
}

/** Tokenize whole records into the batch: a `Fill` for delimited text, by the rules of `tokenizeRecords`. */
export function tokenize(
  dialect: Dialect,
  window: Window,
  batch: TextBatch,
  positions: Positions,
  maxRows: number,
): Filled {
  const filled: Filled = { at: window.at, line: window.line, blank: 0, header: 0, isTooLong: false }
  const rowLimit = Math.min(maxRows, batch.capacity)
  const fillRecords = (limit: number) => tokenizeRecords(dialect, window, batch, positions, filled, limit)
  if (isPlain(dialect)) fillPlain(dialect, window, batch, filled, rowLimit, fillRecords)
  else fillRecords(rowLimit)
  return filled
}

/**
 * Put records from `filled` on into the batch, behind those it has, until it has `rowLimit`; moves `filled` on.
 *
 * A record ends at LF, CR or CRLF. A cell is quoted when a quote is its first byte. A quote that is never closed, or
 * that is closed lines below with text behind, was no opening quote: it costs the line it stands on, not the rows after.
 */
export function tokenizeRecords(
  { marks, bareStops, quotedStops, width, slots, header, expected }: Dialect,
  window: Window,
  batch: TextBatch,
  positions: Positions,
  filled: Filled,
  rowLimit: number,
): Filled {
  const { buffer, end, isLast, base, recordBytes } = window
  const { delimiter, quote, escaper } = marks
  const { columns, raw } = batch
  const textStart = window.at
  // No byte above it ends a bare cell, and few below it do not: most bytes need no look-up.
  const highestStop = Math.max(delimiter, LF, CR)
  let lastWanted = slots.length - 1
  while (lastWanted >= 0 && (slots[lastWanted] as number) < 0) lastWanted--
  let { at, line } = filled
  let row = batch.rows

  while (row < rowLimit && at < end) {
    const start = at
    const firstLine = line
    let cell = 0
    let kind: number = fault.none

    for (;;) {
      const slot = cell < width ? (slots[cell] as number) : -1
      cell++
      let from = at
      let escapes = 0
      if (buffer[at] === quote) {
        const lineBefore = line
        let isClosed = false
        at++
        for (;;) {
          while (quotedStops[buffer[at] as number] === 0) at++
          const byte = buffer[at]
          if (byte === LF) {
            if (at >= end) break
            line++
            at++
          } else if (byte === CR) {
            at++
            if (buffer[at] !== LF) line++
          } else if (byte === escaper && (buffer[at + 1] === quote || buffer[at + 1] === escaper)) {
            escapes++
            at += 2
          } else if (byte === quote) {
            isClosed = true
            break
          } else at++
        }
        const isMultiline = line > lineBefore
        const isTrailed = isClosed && bareStops[buffer[at + 1] as number] === 0
        if (!isClosed && !isLast && end - start <= recordBytes) return filled // not whole in memory
        if (!isClosed || (isMultiline && (isTrailed || at - start > recordBytes))) {
          kind = fault.malformed
          line = lineBefore
          at = from
          while (buffer[at] !== LF && buffer[at] !== CR) at++
          cell-- // it and those behind it become null
          break
        }
        if (isTrailed) {
          kind = fault.malformed // the cell stays as it is written, quotes and all
          while (bareStops[buffer[at] as number] === 0) at++
          if (slot >= 0) putView(columns[slot] as TextColumn, row, buffer, from, at, 0, textStart)
        } else {
          from++
          if (slot >= 0) {
            if (escapes === 0) putView(columns[slot] as TextColumn, row, buffer, from, at, 0, textStart)
            else putUnescaped(marks, batch, slot, row, buffer, from, at)
          }
          at++
        }
      } else {
        for (let byte = buffer[at] as number; byte > highestStop || bareStops[byte] === 0; )
          byte = buffer[++at] as number
        if (slot >= 0) putView(columns[slot] as TextColumn, row, buffer, from, at, 0, textStart)
      }
      if (buffer[at] !== delimiter) break
      at++
      if (cell <= lastWanted) continue
      // Of the cells that nobody wants only the number counts, and whether one is quoted.
      let byte = buffer[at] as number
      while (byte !== quote) {
        while (byte > highestStop || bareStops[byte] === 0) byte = buffer[++at] as number
        if (byte !== delimiter) break
        cell++
        byte = buffer[++at] as number
      }
      if (byte === quote) continue
      cell++
      break
    }

    let to = at
    at += buffer[at] === CR && buffer[at + 1] === LF ? 2 : 1
    if (at > end && !isLast) {
      // Over lines it may be cut yet: what looks like a closing quote here may be half of an escaped one.
      filled.isTooLong = line === firstLine && to - start > recordBytes
      return filled // not whole in memory
    }
    if (to - start > recordBytes) {
      filled.isTooLong = true
      return filled
    }
    if (at > end) at = end
    let cells: readonly string[] | undefined
    const isBroken = kind !== fault.none
    const lines = line - firstLine + 1
    if (
      expected !== null &&
      (isBroken || cell !== width || (lines === 1 && mayGoOn(buffer, start, to, delimiter))) &&
      !isBlank(marks, buffer, start, to)
    ) {
      const repaired = repair(window, { start, line: firstLine, to, lines, cells: cell, isBroken }, expected)
      if (repaired === 'more') return filled
      if (repaired !== undefined) {
        kind = repaired.isRegular ? fault.none : fault.malformed
        ;({ cells, to, next: at } = repaired)
        cell = cells.length
        line = firstLine + repaired.lines - 1
      }
    }
    line++

    if (kind === fault.none && isBlank(marks, buffer, start, to)) filled.blank++
    else if (header !== null && isSame(header, buffer, start, to)) filled.header++
    else {
      if (cells !== undefined) {
        batch.mended.set(row, cells)
        for (const [i, text] of cells.entries())
          if (i < width && (slots[i] as number) >= 0)
            putText(batch, batch.columns[slots[i] as number] as TextColumn, row, text)
      }
      if (cell !== width && width >= 0) {
        if (kind === fault.none) kind = fault.arity
        for (; cell < width; cell++)
          if ((slots[cell] as number) >= 0) putNull(columns[slots[cell] as number] as TextColumn, row)
      }
      putView(raw, row, buffer, start, to, 0, textStart)
      positions.put(row, firstLine, base + start, to - start)
      batch.fault[row] = kind
      row++
      batch.rows = row
    }
    filled.at = at
    filled.line = line
  }
  return filled
}

/** The cell without its escapes, in the overflow buffer. */
function putUnescaped(
  { quote, escaper }: Marks,
  batch: TextBatch,
  slot: number,
  row: number,
  buffer: Uint8Array,
  from: number,
  to: number,
): void {
  const overflow = reserveOverflow(batch, to - from)
  const start = batch.overflowLength
  let used = start
  for (let at = from; at < to; at++) {
    let byte = buffer[at] as number
    if (byte === escaper && at + 1 < to && (buffer[at + 1] === quote || buffer[at + 1] === escaper))
      byte = buffer[++at] as number
    overflow[used++] = byte
  }
  batch.overflowLength = used
  putView(batch.columns[slot] as TextColumn, row, overflow, start, used, 1, 0)
}

/** Whether all cells of a record are empty but for spaces. Most records show at their first byte that they are not. */
function isBlank(marks: Marks, buffer: Uint8Array, from: number, to: number): boolean {
  let quotes = 0
  for (let at = from; at < to; at++) {
    const byte = buffer[at] as number
    if (byte === marks.quote) quotes++
    else if (byte !== marks.delimiter && byte !== space && (byte < tab || byte > CR)) return false
  }
  return quotes === 0 || splitCells(buffer.subarray(from, to), marks).every((cell) => cell.trim() === '')
}

function isSame(header: Uint8Array, buffer: Uint8Array, from: number, to: number): boolean {
  if (to - from !== header.length || buffer[from] !== header[0]) return false
  for (let i = 0; i < header.length; i++) if (buffer[from + i] !== header[i]) return false
  return true
}

/** The cells of one record's text as strings, by the same rules as `tokenize`: for headers, where speed is nothing. */
export function splitCells(record: Uint8Array, { delimiter, quote, escaper }: Marks): string[] {
  const cells: string[] = []
  let at = 0
  for (;;) {
    const bytes: number[] = []
    const from = at
    if (record[at] === quote) {
      for (at++; at < record.length && !(record[at] === quote && !isEscape(at)); at++) {
        if (record[at] === escaper && isEscape(at)) at++
        bytes.push(record[at] as number)
      }
      at++
    }
    const isBroken = at > record.length || (at > from && at < record.length && record[at] !== delimiter)
    if (isBroken) return looseCells(Buffer.from(record).toString(), textMarks({ delimiter, quote, escaper }))
    while (at < record.length && record[at] !== delimiter) at++
    const written = record.subarray(from, at)
    cells.push(Buffer.from(at > from && record[from] === quote ? bytes : written).toString())
    if (at >= record.length) return cells
    at++
  }

  function isEscape(i: number): boolean {
    return record[i] === escaper && (record[i + 1] === quote || record[i + 1] === escaper)
  }
}

const textMarks = ({ delimiter, quote, escaper }: Marks): TextMarks => ({
  delimiter: String.fromCharCode(delimiter),
  quote: quote < 0 ? null : String.fromCharCode(quote),
  escape: escaper < 0 ? null : String.fromCharCode(escaper),
})
