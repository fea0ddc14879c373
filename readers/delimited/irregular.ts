import { CR, LF, type Window } from '../source/window.ts'
import type { CellClass } from '../tables/cell-class.ts'
import type { TextMarks } from './lenient.ts'
import type { RecordEnd } from './line-ends.ts'

/** What is known of the records around an irregular one. */
export interface Expected {
  readonly marks: TextMarks
  /** Cells a record has. */
  readonly width: number
  /** How most records end. */
  readonly recordEnd: RecordEnd
  /** What most cells of each column are; null: not known, or nothing in common. */
  readonly classes: readonly (CellClass | null)[] | null
}

/** How an irregular record was read by the plain rules. */
export interface Irregular {
  /** Its offset in the window. */
  readonly start: number
  /** Its first physical line in the text. */
  readonly line: number
  /** Where its text ends. */
  readonly to: number
  /** Physical lines. */
  readonly lines: number
  readonly cells: number
  /** Whether its quotes are broken: not closed, or with text behind them. */
  readonly isBroken: boolean
}

/** The record as it was probably meant. */
export interface Repaired {
  readonly cells: readonly string[]
  /** End of its text, and start of the next record. */
  readonly to: number
  readonly next: number
  readonly lines: number
  /** Whether the dialect allows this reading; else the record is `row.malformed`. */
  readonly isRegular: boolean
}

/** Lines that are looked at in any case: what is read may not depend on where a piece of the file ends. */
export const mostAhead = 4
/** A record with broken quotes is looked for in so much text. */
export const mostBytes = 256 * 1024

/** A physical line in the window: where its text ends, and where the next one begins. */
export interface Line {
  readonly to: number
  readonly next: number
  readonly end: RecordEnd
}

/** Up to `most` physical lines from `start` on, as far as they are in memory. */
export function linesFrom({ buffer, end, isLast }: Window, start: number, most: number): Line[] {
  const lines: Line[] = []
  for (let at = start; lines.length < most && at < end && at - start < mostBytes; ) {
    while (buffer[at] !== LF && buffer[at] !== CR) at++
    const isBoth = buffer[at] === CR && buffer[at + 1] === LF
    const next = at + (isBoth ? 2 : 1)
    if (next > end && !isLast) break
    if (at === end - 1 && buffer[at] === CR && !isLast) break // its line feed may come
    lines.push({ to: at, next: Math.min(next, end), end: isBoth ? '\r\n' : buffer[at] === CR ? '\r' : '\n' })
    at = next
  }
  return lines
}

export const textOf = ({ buffer }: Window, from: number, to: number): string =>
  Buffer.from(buffer.buffer, buffer.byteOffset + from, to - from).toString()
