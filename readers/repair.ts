import { type CellClass, classOf } from './cell-class.ts'
import { type LenientRecord, lenientCells, looseCells, type TextMarks } from './lenient.ts'
import { CR, LF, type Window } from './window.ts'

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

export type RecordEnd = '\n' | '\r\n' | '\r'

/** How an irregular record was read by the plain rules. */
export interface Irregular {
  /** Its offset in the window. */
  readonly start: number
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

/** Lines that a cell with broken quotes may go over. */
const mostLines = 20
const mostBytes = 256 * 1024
/** Above it a reading is no better than taking the line as it is. */
const mostCost = 6
const otherDelimiters = [',', ';', '\t', '|', ' ', ':', '~', '^', ', ', '; ', '||', '::']

/**
 * Read a record again that is not as its neighbours are: it has broken quotes, or another number of cells.
 *
 * In this order: quotes read so that it has the expected number of cells, over as few lines as that takes; a line end
 * of another kind than the file's as part of a cell; another delimiter on this one line. Undefined: it stays as the
 * plain rules read it; 'more': the text that decides is not in memory yet.
 */
export function repair(window: Window, record: Irregular, expected: Expected): Repaired | 'more' | undefined {
  const { start } = record
  const lines = linesFrom(window, start, Math.max(record.isBroken ? mostLines : 4, record.lines))
  const first = lines[0]
  if (first === undefined) return 'more'
  const isEnd = (line: Line) => line.next >= window.end && window.isLast
  const isKnown = (count: number) => lines.length >= count || isEnd(lines.at(-1) as Line)
  const exact = (from: number, to: number) => exactly(textOf(window, from, to), expected.marks, expected.width)
  if (record.isBroken) {
    for (const [i, { to, next }] of lines.entries()) {
      const read = exact(start, to)
      if (read !== undefined) return { cells: read.cells, to, next, lines: i + 1, isRegular: read.cost === 0 }
    }
    if (!isKnown(mostLines) && (lines.at(-1) as Line).next - start < mostBytes) return 'more'
  } else if (record.lines > 1) {
    // Quotes that pair up over lines are meant so, unless each of these lines is a record without them.
    const starts = [start, ...lines.map(({ next }) => next)]
    const each = lines.slice(0, record.lines).map(({ to }, i) => exact(starts[i] as number, to))
    if (each[0] === undefined || lines.length < record.lines || each.includes(undefined)) return undefined
    return { cells: each[0].cells, to: first.to, next: first.next, lines: 1, isRegular: false }
  }
  const text = textOf(window, start, first.to)
  if (!record.isBroken && record.lines === 1 && record.cells < expected.width) {
    const joined = acrossEnds(window, start, lines, expected)
    if (joined !== undefined) return joined
  }
  if (record.lines === 1 || record.isBroken) {
    const cells = withOtherDelimiter(text, expected)
    if (cells !== undefined) return { cells, to: first.to, next: first.next, lines: 1, isRegular: false }
  }
  if (!record.isBroken) return undefined
  return { cells: looseCells(text, expected.marks), to: first.to, next: first.next, lines: 1, isRegular: false }
}

interface Line {
  readonly to: number
  readonly next: number
  readonly end: RecordEnd
}

/** Up to `most` physical lines from `start` on, as far as they are in memory. */
function linesFrom({ buffer, end, isLast }: Window, start: number, most: number): Line[] {
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

const textOf = ({ buffer }: Window, from: number, to: number): string =>
  Buffer.from(buffer.buffer, buffer.byteOffset + from, to - from).toString()

function exactly(text: string, marks: TextMarks, width: number): LenientRecord | undefined {
  const read = lenientCells(text, marks, width)
  return read === undefined || read.cost > mostCost ? undefined : read
}

/** Lines that end in another way than the file's, joined to one record of the expected width. */
function acrossEnds(window: Window, start: number, lines: readonly Line[], expected: Expected): Repaired | undefined {
  for (let i = 0; i + 1 < Math.min(lines.length, 4); i++) {
    if ((lines[i] as Line).end === expected.recordEnd) return undefined
    const { to, next } = lines[i + 1] as Line
    const read = lenientCells(textOf(window, start, to), expected.marks, expected.width, true)
    if (read !== undefined && read.cost < 1) return { cells: read.cells, to, next, lines: i + 2, isRegular: false }
  }
  return undefined
}

/** The line's cells by another delimiter: exactly as many as expected, and the file's own delimiter in quotes alone. */
function withOtherDelimiter(text: string, expected: Expected): readonly string[] | undefined {
  const { marks, width, classes } = expected
  if (width < 2) return undefined
  let best: LenientRecord | undefined
  for (const delimiter of otherDelimiters) {
    if (marks.delimiter.includes(delimiter) || !text.includes(delimiter)) continue
    const read = lenientCells(text, { ...marks, delimiter }, width)
    if (read === undefined || read.cost >= 1) continue
    if (read.cells.some((cell, i) => !read.quoted[i] && cell.includes(marks.delimiter))) continue
    if (!suits(read.cells, classes, delimiter.trim() === '')) continue
    if (best === undefined || read.cost < best.cost) best = read
  }
  return best?.cells
}

/** Whether cells could be of these columns. `isDoubtful`: only where some column's class says so. */
function suits(cells: readonly string[], classes: Expected['classes'], isDoubtful: boolean): boolean {
  if (classes === null) return !isDoubtful
  let same = 0
  let other = 0
  classes.forEach((kind, i) => {
    const found = classOf(cells[i] ?? '')
    if (kind === null || kind === 'text' || found === 'empty' || found === 'nil') return
    if (kind === found) same++
    else other++
  })
  const isName = cells.every((cell) => classOf(cell) === 'text')
  return other === 0 ? same > 0 || !isDoubtful : isName || other <= same / 4
}
