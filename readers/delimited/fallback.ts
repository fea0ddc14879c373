import { parse } from 'csv-parse/sync'
import type { Format } from '../../contracts/contract.ts'
import { escapePattern } from '../../models/escape-pattern.ts'
import { fault, type TextBatch, type TextColumn } from '../batch.ts'
import { CR, type Filled, LF, type Window } from '../source/window.ts'
import { type Positions, putText, putView } from '../views.ts'
import type { Cells, WantedCells } from './delimited.ts'
import { mayGoOn, repair } from './repair.ts'

/** Whether a dialect is beyond the tokenizer: marks of more than one byte, or comments. */
export const needsFallback = (format: Format): boolean =>
  format.comment !== null ||
  format.recordEnd !== null ||
  [format.delimiter, format.quote ?? '"', format.escape ?? '"'].some((mark) => Buffer.byteLength(mark) !== 1)

/**
 * Cells of delimited text of any dialect by csv-parse, by the tokenizer's rules, several times slower.
 *
 * csv-parse splits and unescapes one record's text at a time; where a record ends is found here, so that positions and
 * the cost of a stray quote are the tokenizer's. A record that starts with the comment mark is ignored as blank.
 */
export function fallbackCells(format: Format): Cells {
  const records = new Records(format)
  return {
    fillOf: (cells) => fill.bind(undefined, records, cells),
    split: (record) => records.split(record),
  }
}

/** A `Fill`: as `tokenize`, but cells come from csv-parse as strings. */
function fill(
  records: Records,
  { width, slots, header, expected }: WantedCells,
  window: Window,
  batch: TextBatch,
  positions: Positions,
  maxRows: number,
): Filled {
  const { buffer, end, isLast, base, recordBytes } = window
  const textStart = window.at
  const rowLimit = Math.min(maxRows, batch.capacity)
  const filled: Filled = { at: window.at, line: window.line, blank: 0, header: 0, isTooLong: false }
  while (batch.rows < rowLimit && filled.at < end) {
    const start = filled.at
    const record = records.find(window, start)
    if (record === undefined || record.to - start > recordBytes) {
      filled.isTooLong = end - start > recordBytes
      return filled
    }
    let { to, next, lines, isMalformed } = record
    let cells: readonly string[] = records.cells(buffer, start, record.cellsTo)
    const isBlank = records.isComment(buffer, start, to) || (!isMalformed && cells.every((cell) => cell.trim() === ''))
    if (
      expected !== null &&
      !isBlank &&
      (isMalformed || cells.length !== width || (lines === 1 && records.mayGoOn(buffer, start, to)))
    ) {
      const irregular = { start, line: filled.line, to, lines, cells: cells.length, isBroken: isMalformed }
      const repaired = repair(window, irregular, expected)
      if (repaired === 'more') return filled
      if (repaired !== undefined) {
        ;({ cells, to, next, lines } = repaired)
        isMalformed = !repaired.isRegular
        batch.mended.set(batch.rows, cells)
      }
    }
    if (isBlank) filled.blank++
    else if (header !== null && Buffer.compare(header, buffer.subarray(start, to)) === 0) filled.header++
    else {
      const row = batch.rows
      for (let cell = 0; cell < width; cell++) {
        const slot = slots[cell] as number
        if (slot >= 0) putText(batch, batch.columns[slot] as TextColumn, row, cells[cell])
      }
      putView(batch.raw, row, buffer, start, to, 0, textStart)
      positions.put(row, filled.line, base + start, to - start)
      const isRagged = width >= 0 && cells.length !== width
      batch.fault[row] = isMalformed ? fault.malformed : isRagged ? fault.arity : fault.none
      batch.rows++
    }
    filled.at = isLast ? Math.min(next, end) : next
    filled.line += lines
  }
  return filled
}

interface FoundRecord {
  /** End of its text, start of the next record, physical lines. */
  readonly to: number
  readonly next: number
  readonly lines: number
  readonly isMalformed: boolean
  /** Where its cells end: before `to` where a quote is never closed. */
  readonly cellsTo: number
}

/** The records of one dialect. */
class Records {
  readonly #format: Format
  readonly #delimiter: Buffer
  readonly #quote: Buffer | null
  /** An escape of its own; null: the quote doubled, or none. */
  readonly #escape: Buffer | null
  readonly #comment: Buffer | null
  readonly #end: Buffer | null

  constructor(format: Format) {
    this.#format = format
    this.#delimiter = Buffer.from(format.delimiter)
    this.#quote = format.quote === null ? null : Buffer.from(format.quote)
    const { escape: escaper, quote } = format
    this.#escape = escaper === null || escaper === quote ? null : Buffer.from(escaper)
    this.#comment = format.comment === null ? null : Buffer.from(format.comment)
    this.#end = format.recordEnd === null ? null : Buffer.from(format.recordEnd)
  }

  isComment(buffer: Uint8Array, from: number, to: number): boolean {
    return this.#comment !== null && to - from >= this.#comment.length && isAt(buffer, from, this.#comment)
  }

  mayGoOn(buffer: Uint8Array, from: number, to: number): boolean {
    return mayGoOn(buffer, from, to, this.#delimiter.at(-1) as number)
  }

  cells(buffer: Uint8Array, from: number, to: number): string[] {
    if (to < from) return []
    const text = Buffer.from(buffer.buffer, buffer.byteOffset + from, to - from).toString()
    const { delimiter, quote } = this.#format
    if (quote === null || !text.includes(quote)) return text.split(delimiter)
    if (this.#escape !== null) return this.#ownCells(buffer, from, to)
    const [cells = ['']] = parse(text, {
      delimiter,
      quote,
      escape: this.#format.escape,
      record_delimiter: this.#end === null ? ['\n', '\r'] : [this.#end], // in quotes alone, where they end nothing
      relax_quotes: true,
      relax_column_count: true,
    }) as string[][]
    return cells
  }

  /** Cells of a dialect with an escape of its own: csv-parse leaves out an escape before anything else than a quote. */
  #ownCells(buffer: Uint8Array, from: number, to: number): string[] {
    const [quote, escaper] = [this.#quote as Buffer, this.#escape as Buffer]
    const text = (start: number, end: number) => Buffer.from(buffer.subarray(start, end)).toString()
    const escapes = [escaper, quote].map((mark) => escaper.toString() + mark.toString())
    const cells: string[] = []
    for (let at = from; ; at += this.#delimiter.length) {
      const start = at
      const quoted = this.#quoted(buffer, at, to)
      if (quoted !== undefined && quoted.to !== -1) at = quoted.to
      while (at < to && !isAt(buffer, at, this.#delimiter)) at++
      if (quoted?.to !== at) cells.push(text(start, at))
      else {
        const inside = text(start + quote.length, at - quote.length)
        cells.push(inside.replace(anyOf(escapes), (found) => found.slice(escaper.toString().length)))
      }
      if (at >= to) return cells
    }
  }

  /** The cells of one record's whole text. */
  split(record: Uint8Array): string[] {
    const { length } = record
    const buffer = new Uint8Array(length + 1)
    buffer.set(record)
    buffer[length] = LF
    const window = { buffer, at: 0, end: length, isLast: true, line: 1, base: 0, recordBytes: length }
    return this.cells(buffer, 0, this.find(window, 0)?.cellsTo ?? length)
  }

  /** The record from `start` on; undefined when it is not whole in memory. */
  find(window: Window, start: number): FoundRecord | undefined {
    const { buffer, end, isLast, recordBytes } = window
    let at = start
    let lines = 1
    let isMalformed = false
    let cellsTo: number | undefined
    if (this.isComment(buffer, start, end)) at = this.#endFrom(buffer, at, end)
    for (;;) {
      const from = at
      const quoted = this.#quoted(buffer, from, end)
      if (quoted !== undefined) {
        const isCut = quoted.to === -1 || (quoted.lines > 0 && (quoted.isTrailed || quoted.to - start > recordBytes))
        const isCertain = quoted.to !== -1 && quoted.to + this.#delimiter.length <= end
        if (!isCertain && !isLast && end - start <= recordBytes) return undefined
        isMalformed ||= isCut || quoted.isTrailed
        if (isCut) {
          at = this.#endFrom(buffer, from, end)
          cellsTo = from === start ? start - 1 : from - this.#delimiter.length
          break
        }
        lines += quoted.lines
        at = quoted.to
      }
      while (at < end && this.#endAt(buffer, at) === 0 && !isAt(buffer, at, this.#delimiter)) at++
      if (at >= end || this.#endAt(buffer, at) > 0) break
      at += this.#delimiter.length
    }
    const next = at + Math.max(1, this.#endAt(buffer, at))
    if (next > end && !isLast) return undefined
    return { to: at, next: Math.min(next, end), lines, isMalformed, cellsTo: cellsTo ?? at }
  }

  /** Bytes of the record end at `at`; 0 where none is. */
  #endAt(buffer: Uint8Array, at: number): number {
    if (this.#end !== null) return isAt(buffer, at, this.#end) ? this.#end.length : 0
    if (buffer[at] === LF) return 1
    return buffer[at] !== CR ? 0 : buffer[at + 1] === LF ? 2 : 1
  }

  #endFrom(buffer: Uint8Array, from: number, end: number): number {
    let at = from
    while (at < end && this.#endAt(buffer, at) === 0) at++
    return at
  }

  /** The quoted cell at `from`: its end behind the quote, -1 where it is not closed; undefined where none is. */
  #quoted(buffer: Uint8Array, from: number, end: number) {
    const quote = this.#quote
    if (quote === null || !isAt(buffer, from, quote)) return undefined
    const escaper = this.#escape
    const isDoubled = this.#format.escape !== null && escaper === null
    let lines = 0
    for (let at = from + quote.length; at < end; ) {
      if (this.#endAt(buffer, at) > 0 && !(buffer[at] === CR && buffer[at + 1] === LF)) lines++
      if (escaper !== null && isAt(buffer, at, escaper)) {
        const next = at + escaper.length
        at = next + (isAt(buffer, next, quote) ? quote.length : isAt(buffer, next, escaper) ? escaper.length : 0)
        continue
      }
      if (!isAt(buffer, at, quote)) {
        at++
        continue
      }
      at += quote.length
      if (isDoubled && isAt(buffer, at, quote)) {
        at += quote.length
        continue
      }
      const isTrailed = at < end && this.#endAt(buffer, at) === 0 && !isAt(buffer, at, this.#delimiter)
      return { to: at, lines, isTrailed }
    }
    return { to: -1, lines, isTrailed: false }
  }
}

const anyOf = (texts: readonly string[]): RegExp => new RegExp(texts.map(escapePattern).join('|'), 'g')

function isAt(buffer: Uint8Array, at: number, mark: Uint8Array): boolean {
  for (let i = 0; i < mark.length; i++) if (buffer[at + i] !== mark[i]) return false
  return true
}
