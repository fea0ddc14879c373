import type { Limits } from '../../stage/staged.ts'
import { fault, newBatch, type TextBatch } from '../batch.ts'
import { recordTooLong } from '../faults.ts'
import { bytesAt, type Positions, putView } from '../views.ts'
import type { Source } from './source.ts'
import { CR, type Filled, LF, pieceBytes, TextWindow, type Window } from './window.ts'

/** One physical line. */
export interface TextLine {
  /** Without its line end. */
  readonly text: string
  /** LF, CR, CRLF; '' at the end of a file without one. */
  readonly ending: string
  readonly line: number
  /** Bytes in the source, the line end not counted. */
  readonly start: number
  readonly length: number
  /** Whether every byte was text: none, `fault.repaired`, or `fault.encoding` where some are question marks. */
  readonly fault: number
}

/**
 * Every physical line of a text, blank ones too, from its beginning. May be called again.
 *
 * @throws Fault "file.record-too-long" for a line over the limit
 */
export function* linesOf(source: Source, { recordBytes }: Limits, piece = pieceBytes): Generator<TextLine> {
  const window = new TextWindow(source, recordBytes, piece)
  const batch = newBatch(0)
  while (window.fill(batch, fillLines) > 0) {
    for (let row = 0; row < batch.rows; row++) {
      const bytes = bytesAt(batch, batch.raw, row) as Uint8Array
      const whole = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
      const ending = whole.endsWith('\r\n') ? '\r\n' : whole.endsWith('\n') ? '\n' : whole.endsWith('\r') ? '\r' : ''
      yield {
        text: whole.slice(0, whole.length - ending.length),
        ending,
        line: Number(batch.line[row]),
        start: Number(batch.start[row]),
        length: batch.length[row] as number,
        fault: batch.fault[row] as number,
      }
    }
  }
}

/** A `Fill` for physical lines: `raw` has the line end too, the position has not. */
function fillLines(window: Window, batch: TextBatch, positions: Positions, maxRows: number): Filled {
  const { buffer, end, isLast, base, recordBytes } = window
  const filled: Filled = { at: window.at, line: window.line, blank: 0, header: 0, isTooLong: false }
  const rowLimit = Math.min(maxRows, batch.capacity)
  while (batch.rows < rowLimit && filled.at < end) {
    const start = filled.at
    let to = start
    while (buffer[to] !== LF && buffer[to] !== CR) to++
    const next = to + (buffer[to] === CR && buffer[to + 1] === LF ? 2 : 1)
    // After a CR that is the last byte in memory stands the LF that ends every window: its own LF may come.
    const isWhole = next <= end || isLast
    if (to - start > recordBytes) filled.isTooLong = true
    if (!isWhole || filled.isTooLong) return filled
    const after = Math.min(next, end)
    putView(batch.raw, batch.rows, buffer, start, after, 0, window.at)
    positions.put(batch.rows, filled.line, base + start, to - start)
    batch.fault[batch.rows] = fault.none
    batch.rows++
    filled.at = after
    filled.line++
  }
  return filled
}

/** Lines that make one record together: where it stands, and its text. */
export class LineSpan {
  readonly #file: string
  readonly #limit: number
  readonly #first: TextLine
  #last: TextLine
  #raw: string
  #fault: number
  /** Lines that are part of the record only if a later one is, with the line end before each. */
  #skipped: { last: TextLine; raw: string } | undefined

  /** @param limit bytes of the longest record */
  constructor(file: string, limit: number, first: TextLine) {
    this.#file = file
    this.#limit = limit
    this.#first = first
    this.#last = first
    this.#raw = first.text
    this.#fault = first.fault
  }

  /** @throws Fault "file.record-too-long" */
  add(line: TextLine): void {
    this.#put(line.text, line, line.fault)
    this.#skipped = undefined
  }

  /** A line that is part of the record only if a later one is. */
  skip(line: TextLine): void {
    const { last, raw } = this.#skipped ?? { last: this.#last, raw: '' }
    // What is longer than a record may be is never added: it need not grow.
    this.#skipped = { last: line, raw: raw.length > this.#limit ? raw : raw + last.ending + line.text }
  }

  /** The lines of another span, which begins on the next line. */
  append(other: LineSpan): void {
    this.#put(other.#raw, other.#last, other.#fault)
    this.#skipped = other.#skipped
  }

  /** `length` in bytes of the source; `raw` has the line ends inside it. */
  get place(): { line: number; start: number; length: number; raw: string; fault: number } {
    const { line, start } = this.#first
    return {
      line,
      start,
      length: this.#last.start + this.#last.length - start,
      raw: this.#raw,
      fault: this.#fault,
    }
  }

  #put(text: string, last: TextLine, kind: number): void {
    const before = this.#skipped ?? { last: this.#last, raw: '' }
    this.#raw += before.raw + before.last.ending + text
    this.#last = last
    if (this.#fault !== fault.encoding && kind !== fault.none) this.#fault = kind
    const { line } = this.#first
    if (this.#raw.length > this.#limit) throw recordTooLong(`${this.#file} line ${line}`, line, this.#limit)
  }
}
