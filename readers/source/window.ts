import { fault, newBatch, type TextBatch, type TextColumn } from '../batch.ts'
import { withWestern } from '../encoding/mixed.ts'
import { repairUtf8, wholeCharacters } from '../encoding/utf8.ts'
import { recordTooLong } from '../faults.ts'
import { bytesAt, clearBatch, Positions, putCopy } from '../views.ts'
import type { Source } from './source.ts'

/** Bytes read at a time. */
export const pieceBytes = 8 * 1024 * 1024

export const [LF, CR, space, tab] = [10, 13, 32, 9] as const

/** What of a text is in memory. */
export interface Window {
  /** The text is `buffer[at..end)`; `buffer[end]` is a line feed, so that no scan for a line end runs past the end. */
  buffer: Uint8Array
  at: number
  end: number
  /** Whether the file ends at `end`. */
  isLast: boolean
  /** Physical line at `at`, from 1. */
  line: number
  /** Added to an offset in `buffer` to give its position in the source. */
  base: number
  readonly recordBytes: number
}

/** How far one filling came. */
export interface Filled {
  at: number
  line: number
  blank: number
  header: number
  /** A record begins at `at` that is longer than `recordBytes`. */
  isTooLong: boolean
}

/**
 * Puts whole records from `window.at` on into the batch, until it has `maxRows` of them or the next one is not whole in
 * memory. Changes nothing in `window` and keeps no state of its own, so that the same text can be read again.
 */
export type Fill = (window: Window, batch: TextBatch, positions: Positions, maxRows: number) => Filled

/** A part of a text that is read by itself. */
export interface Part {
  /** Physical line that it begins on. */
  readonly line: number
  /** Whether text follows: what can only be told from there is left unread. */
  readonly isCut: boolean
  /** To be read into, while it is large enough. */
  readonly buffer: Uint8Array
}

const wholeText: Part = { line: 1, isCut: false, buffer: Uint8Array.of(LF) }

/** A source's text read forward, piece by piece, each record whole in memory: what all readers of records are made of. */
export class TextWindow {
  readonly ignored = { preamble: 0, header: 0, blank: 0 }
  /** Whether a record with bytes that are no UTF-8 may be read twice: a `Fill` that remembers names must not. */
  isReadAgain = true
  readonly #source: Source
  readonly #piece: number
  readonly #unit: 'line' | 'record'
  readonly #isCut: boolean
  readonly #window: Window
  /** Position in the source of `#window.at`; kept only where it differs from the position in the text. */
  #sourceAt: number
  #positionsOf: { batch: TextBatch; positions: Positions } | undefined
  /** Positions in the text, in order, of bytes in memory that were no UTF-8 and are question marks now. */
  #bad: number[] = []
  /** What stood there. */
  #badBytes: number[] = []
  #second: { batch: TextBatch; positions: Positions } | undefined
  /** Up to where the text is known to be UTF-8, or made so. */
  #checkedTo: number

  /**
   * @param unit what `line` counts, for messages
   * @param part where `source` is no more than a part of a text
   */
  constructor(source: Source, recordBytes: number, piece: number, unit: 'line' | 'record' = 'line', part = wholeText) {
    this.#source = source
    this.#unit = unit
    this.#isCut = part.isCut
    this.#piece = piece
    this.#sourceAt = source.textStart
    this.#checkedTo = source.textStart
    this.#window = {
      buffer: part.buffer,
      at: 0,
      end: 0,
      isLast: source.bytes === 0 && !part.isCut,
      line: part.line,
      base: source.textStart,
      recordBytes,
    }
  }

  /** Bytes of the text that are behind. */
  get position(): number {
    return this.#window.base - this.#source.textStart + this.#window.at
  }

  /** Physical line of what comes next. */
  get line(): number {
    return this.#window.line
  }

  /**
   * Fill the batch with the next records, at most `maxRows`; 0 at the end, or when the next one needs what follows.
   *
   * Bytes that are no UTF-8 become letters of windows-1252 where they are some, and their records are marked
   * `row.repaired`; else question marks, and `row.encoding`.
   *
   * @throws Fault "file.record-too-long"
   */
  fill(batch: TextBatch, fill: Fill, maxRows = Number.POSITIVE_INFINITY): number {
    const window = this.#window
    for (;;) {
      if (window.at < window.end) {
        const filled = this.#fillOnce(batch, fill, maxRows)
        if (batch.rows > 0) return batch.rows
        if (filled.isTooLong) {
          throw recordTooLong(`${this.#source.name} ${this.#unit} ${window.line}`, window.line, window.recordBytes)
        }
      }
      const isRead = window.base - this.#source.textStart + window.end >= this.#source.bytes
      if (isRead && (window.isLast ? window.at === window.end : this.#isCut)) {
        clearBatch(batch)
        return 0
      }
      this.#readMore()
    }
  }

  /** The next record's text, left to be read again; undefined at the end. */
  peek(fill: Fill): { record: Uint8Array; line: number } | undefined {
    const batch = newBatch(0)
    if (this.fill(batch, fill, 1) === 0) return undefined
    const window = this.#window
    const [line, start] = [Number(batch.line[0]), Number(batch.start[0])]
    if (this.#source.isUtf8) window.at = start - window.base
    else {
      const { buffer } = window
      while (this.#sourceAt > start) {
        const from = window.at - 1
        this.#sourceAt -= this.#source.sourceLength(buffer, from, window.at)
        window.at = from
      }
    }
    window.line = line
    return { record: (bytesAt(batch, batch.raw, 0) as Uint8Array).slice(), line }
  }

  /** Leave out `count` physical lines. */
  skipLines(count: number): void {
    const window = this.#window
    let isBlank = true
    for (let skipped = 0; skipped < count; ) {
      if (window.end - window.at < 2 && !window.isLast) this.#readMore()
      if (window.at === window.end) return
      const from = window.at
      const byte = window.buffer[window.at++] as number
      if (byte === CR && window.at < window.end && window.buffer[window.at] === LF) window.at++
      if (!this.#source.isUtf8) this.#sourceAt += this.#source.sourceLength(window.buffer, from, window.at)
      const isEnd = byte === LF || byte === CR
      if (!isEnd && byte > space) isBlank = false
      if (!isEnd && !(window.isLast && window.at === window.end)) continue
      this.ignored[isBlank ? 'blank' : 'preamble']++
      window.line++
      skipped++
      isBlank = true
    }
  }

  #fillOnce(batch: TextBatch, fill: Fill, maxRows: number): Filled {
    const window = this.#window
    if (this.#positionsOf?.batch !== batch) this.#positionsOf = { batch, positions: new Positions(batch) }
    const { positions } = this.#positionsOf
    clearBatch(batch)
    const filled = fill(window, batch, positions, maxRows)
    batch.text = window.buffer.subarray(window.at, filled.at)
    if (this.#bad.length > 0) this.#markBad(batch, fill)
    if (!this.#source.isUtf8) this.#toSource(batch, positions, filled.at)
    this.ignored.blank += filled.blank
    this.ignored.header += filled.header
    window.at = filled.at
    window.line = filled.line
    return filled
  }

  /** Mark the records that have bytes that were no UTF-8; read those again whose bytes are letters of windows-1252. */
  #markBad(batch: TextBatch, fill: Fill): void {
    const bad = this.#bad
    let next = firstFrom(bad, Number(batch.start[0]))
    for (let row = 0; row < batch.rows && next < bad.length; row++) {
      const start = Number(batch.start[row])
      const end = start + (batch.length[row] as number)
      while (next < bad.length && (bad[next] as number) < start) next++
      const first = next
      while (next < bad.length && (bad[next] as number) < end) next++
      const kind = batch.fault[row]
      if (first === next || kind === fault.malformed) continue
      if (!this.#readAgain(batch, row, fill, first, next)) batch.fault[row] = fault.encoding
      else if (kind === fault.none) batch.fault[row] = fault.repaired
    }
  }

  /** Whether a record came out the same with the bad bytes `from` to `to` as letters; it has them then. */
  #readAgain(batch: TextBatch, row: number, fill: Fill, from: number, to: number): boolean {
    if (!this.#source.isUtf8 || !this.isReadAgain) return false
    const raw = bytesAt(batch, batch.raw, row) as Uint8Array
    const start = Number(batch.start[row])
    const places = this.#bad.slice(from, to).map((at) => at - start)
    const text = withWestern(raw, places, this.#badBytes.slice(from, to))
    if (text === null) return false
    if (this.#second?.batch.columns.length !== batch.columns.length) {
      const second = newBatch(batch.columns.length, 8)
      this.#second = { batch: second, positions: new Positions(second) }
    }
    const { batch: second, positions } = this.#second
    const buffer = new Uint8Array(text.length + 1)
    buffer.set(text)
    buffer[text.length] = LF
    clearBatch(second)
    const window = { buffer, at: 0, end: text.length, isLast: true, line: 1, base: 0, recordBytes: 0x7fff_ffff }
    const filled = fill(window, second, positions, 1)
    second.text = buffer.subarray(0, filled.at)
    const isSame = second.rows === 1 && second.fault[0] === batch.fault[row] && second.mended.size === 0
    if (!isSame || batch.mended.has(row)) return false
    for (let i = 0; i < batch.columns.length; i++)
      putCopy(batch, batch.columns[i] as TextColumn, row, bytesAt(second, second.columns[i] as TextColumn, 0))
    putCopy(batch, batch.raw, row, bytesAt(second, second.raw, 0))
    return true
  }

  /** Turn positions in the text into positions in the source. */
  #toSource(batch: TextBatch, positions: Positions, end: number): void {
    const { buffer, base } = this.#window
    let from = this.#window.at
    for (let row = 0; row < batch.rows; row++) {
      const start = Number(batch.start[row]) - base
      const to = start + (batch.length[row] as number)
      this.#sourceAt += this.#source.sourceLength(buffer, from, start)
      const length = this.#source.sourceLength(buffer, start, to)
      positions.put(row, Number(batch.line[row]), this.#sourceAt, length)
      this.#sourceAt += length
      from = to
    }
    this.#sourceAt += this.#source.sourceLength(buffer, from, end)
  }

  /** Keep what is not read yet and put the next piece behind it. */
  #readMore(): void {
    const window = this.#window
    const rest = window.buffer.subarray(window.at, window.end)
    const textAt = window.base - this.#source.textStart + window.end
    const piece = Math.min(this.#piece, this.#source.bytes - textAt)
    const room = rest.length + piece + 1
    const buffer = room <= window.buffer.length ? window.buffer : new Uint8Array(room)
    buffer.set(rest)
    const read = this.#source.read(buffer, rest.length, piece, textAt)
    if (read === 0 && textAt < this.#source.bytes)
      throw new Error(`${this.#source.name} became shorter while it was read`)
    window.base += window.at
    window.buffer = buffer
    window.at = 0
    window.end = rest.length + read
    buffer[window.end] = LF
    window.isLast = textAt + read >= this.#source.bytes && !this.#isCut
    this.#check()
  }

  /** Make what was read UTF-8; a character that the end of the piece cuts is left for the next one. */
  #check(): void {
    const { buffer, base, end, isLast } = this.#window
    const from = this.#checkedTo - base
    const to = isLast ? end : wholeCharacters(buffer, from, end)
    const bytes: number[] = []
    const bad = repairUtf8(buffer.subarray(from, to), bytes).map((offset) => this.#checkedTo + offset)
    const behind = firstFrom(this.#bad, base)
    this.#bad = this.#bad.slice(behind).concat(bad)
    this.#badBytes = this.#badBytes.slice(behind).concat(bytes)
    this.#checkedTo = base + to
  }
}

/** Index of the first of the sorted numbers that is at least `least`. */
function firstFrom(sorted: readonly number[], least: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < least) low = middle + 1
    else high = middle
  }
  return low
}
