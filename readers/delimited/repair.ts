import { CR, LF, type Window } from '../source/window.ts'
import { type CellClass, classOf } from '../tables/cell-class.ts'
import { isComment } from '../tables/table-shape.ts'
import {
  isOdd,
  type LenientRecord,
  lenientCells,
  lenientReadings,
  looseCells,
  looseRecord,
  type TextMarks,
} from './lenient.ts'
import type { RecordEnd } from './line-ends.ts'
import { mergedCells } from './merged-cells.ts'

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

/** Lines that a cell with broken quotes may go over. */
const mostLines = 20
const mostBytes = 256 * 1024
/** Lines that are looked at in any case: what is read may not depend on where a piece of the file ends. */
const mostAhead = 4
/** Above it a reading is no better than taking the line as it is. */
const mostCost = 6
const otherDelimiters = ['\t', ';', '|', ',', ' ', ':', '~', '^', ', ', '; ', '||', '::']

/**
 * Read a record again that is not as its neighbours are: it has broken quotes, or another number of cells, or may go on
 * below.
 *
 * In this order: quotes read so that this line has the expected number of cells, or nearly; another delimiter or quote
 * on this one line, where that makes less odd; quotes over as few lines as it takes; a line end of another kind than the
 * file's as part of a cell. Undefined: it stays as the plain rules read it; 'more': the text that decides is not in
 * memory yet.
 */
export function repair(window: Window, record: Irregular, expected: Expected): Repaired | 'more' | undefined {
  const { start } = record
  const lines = linesFrom(window, start, Math.max(record.isBroken ? mostLines : mostAhead, record.lines))
  const first = lines[0]
  if (first === undefined) return 'more'
  const isEnd = (line: Line) => line.next >= window.end && window.isLast
  const isKnown = (count: number) => lines.length >= count || isEnd(lines.at(-1) as Line)
  if (!isKnown(mostAhead) && (lines.at(-1) as Line).next - start < mostBytes) return 'more'
  const text = textOf(window, start, first.to)
  const onFirst = (read: readonly string[], isRegular: boolean): Repaired => ({
    cells: read,
    to: first.to,
    next: first.next,
    lines: 1,
    isRegular,
  })
  if (!record.isBroken && record.cells === expected.width)
    return isWhole(window, lines, expected) ? undefined : overLinesByOtherMarks(window, record, lines, expected)
  if (!record.isBroken && record.lines > 1)
    return (
      eachLineOnItsOwn(window, record, lines, expected) ??
      withStrayQuote(window, record, lines, expected) ??
      overLinesByOtherMarks(window, record, lines, expected)
    )
  const mayMend = record.isBroken || expected.marks.delimiter === ' ' || hasOddQuotes(text, expected.marks)
  const read = mayMend ? nearest(text, expected) : undefined
  const mayBeOther = (read === undefined || read.cost >= 1) && mayHaveOtherMarks(text, record, expected)
  const other = mayBeOther ? withOtherMarks(window, record, first, text, expected) : undefined
  if (other !== undefined && (read === undefined || other.cost < read.cost)) return onFirst(other.cells, false)
  const isOver = read === undefined || read.cost >= likelyCost
  const isWide = read?.cells.length === expected.width
  if ((isOver || !isWide) && !(isWide && isRecordBelow(window, lines, expected))) {
    const over =
      record.isBroken && read !== undefined ? overLines(window, start, lines, read.cost, expected) : undefined
    if (over !== undefined) return over
    const otherOver = overLinesByOtherMarks(window, record, lines, expected)
    if (otherOver !== undefined) return otherOver
  }
  if (read !== undefined && isWide) return onFirst(read.cells, read.cost === 0)
  if (record.isBroken) {
    for (const [i, { to, next }] of lines.entries()) {
      if (i === 0) continue
      const from = (lines[i - 1] as Line).next
      if (lenientCells(textOf(window, from, to), expected.marks, expected.width)?.cost === 0) break // a whole record
      const long = exactly(textOf(window, start, to), expected.marks, expected.width)
      if (long === undefined || long.cost >= (read?.cost ?? mostCost + 1)) continue
      return { cells: long.cells, to, next, lines: i + 1, isRegular: long.cost === 0 }
    }
    if (!isKnown(mostLines) && (lines.at(-1) as Line).next - start < mostBytes) return 'more'
  }
  if (!record.isBroken && record.cells < expected.width) {
    const joined = acrossEnds(window, start, lines, expected)
    if (joined !== undefined) return joined
  }
  if (read !== undefined) return onFirst(read.cells, false)
  return record.isBroken ? onFirst(looseCells(text, expected.marks), false) : undefined
}

/** A reading of less cost would be right on its line. */
const likelyCost = 2

/** Whether the second line is a record by the file's marks, with a stray quote at most, or there is none. */
function isRecordBelow(window: Window, [first, second]: readonly Line[], { marks, width }: Expected): boolean {
  if (first === undefined || second === undefined) return true
  const read = lenientCells(textOf(window, first.next, second.to), marks, width)
  return read !== undefined && read.cost <= likelyCost
}

/** The record over a few lines, where that is plainly less odd than on its first one and takes no whole record. */
function overLines(
  window: Window,
  start: number,
  lines: readonly Line[],
  cost: number,
  { marks, width }: Expected,
): Repaired | undefined {
  let from = (lines[0] as Line).next
  for (const [i, { to, next }] of lines.slice(1, 4).entries()) {
    if (lenientCells(textOf(window, from, to), marks, width)?.cost === 0) return undefined
    const read = lenientCells(textOf(window, start, to), marks, width)
    if (read !== undefined && read.cost + 1 <= cost)
      return { cells: read.cells, to, next, lines: i + 2, isRegular: false }
    from = next
  }
  return undefined
}

/** Whether a cell that does not stand in quotes has one without its other. */
const hasOddQuotes = (text: string, marks: TextMarks): boolean => {
  const { quote } = marks
  if (quote === null || !text.includes(quote)) return false
  return looseRecord(text, marks).some(({ text, isQuoted }) => !isQuoted && isOdd(text, quote))
}

/** Quotes that pair up over lines are meant so, unless each of these lines is a record without them. */
function eachLineOnItsOwn(
  window: Window,
  { start, lines: count }: Irregular,
  lines: readonly Line[],
  { marks, width }: Expected,
): Repaired | undefined {
  const own = lines.slice(0, count)
  const starts = [start, ...own.map(({ next }) => next)]
  const each = own.map(({ to }, i) => exactly(textOf(window, starts[i] as number, to), marks, width))
  const [first] = own
  if (first === undefined || each[0] === undefined || own.length < count || each.includes(undefined)) return undefined
  return { cells: each[0].cells, to: first.to, next: first.next, lines: 1, isRegular: false }
}

/** Quotes that pair up over lines, and one beside them that does not. */
function withStrayQuote(
  window: Window,
  { start, to, lines: count }: Irregular,
  lines: readonly Line[],
  { marks, width }: Expected,
): Repaired | undefined {
  const last = lines[count - 1]
  const text = textOf(window, start, to)
  const read = last !== undefined && hasOddQuotes(text, marks) ? exactly(text, marks, width) : undefined
  if (last === undefined || read === undefined) return undefined
  return { cells: read.cells, to, next: last.next, lines: count, isRegular: false }
}

/** Other numbers of cells than expected, and what they add to the cost: one fewer where a delimiter is lost. */
const otherWidths: readonly (readonly [more: number, cost: number])[] = [
  [0, 0],
  [-1, 1],
  [1, 2.2],
  [-2, 4],
  [2, 4],
]
const mostFewer = 2

/** The likeliest reading of a line with as many cells as expected, or nearly. */
export function nearest(
  text: string,
  { marks, width, classes }: Omit<Expected, 'recordEnd'>,
): LenientRecord | undefined {
  let best = marks.delimiter === ' ' && classes !== null ? mergedCells(text, marks, classes) : undefined
  const reading = lenientReadings(text, marks, Math.max(1, width - mostFewer))
  for (const [more, added] of otherWidths) {
    if (best !== undefined && best.cost <= added) continue
    const read = width + more < 1 ? undefined : reading(width + more)
    if (read === undefined) continue
    const cost = read.cost + added
    if (cost <= mostCost && (best === undefined || cost < best.cost)) best = { ...read, cost }
  }
  return best
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

/** A few lines joined to one record by another delimiter or other quotes, of which one is open where the first ends. */
function overLinesByOtherMarks(
  window: Window,
  record: Irregular,
  lines: readonly Line[],
  expected: Expected,
): Repaired | undefined {
  const [first] = lines as [Line]
  const line = textOf(window, record.start, first.to)
  const quotes = usualQuotes(line, expected.marks).filter((quote) => quote !== null && isOdd(line, quote))
  if (quotes.length === 0) return undefined
  for (const [i, { to, next }] of lines.slice(0, mostAhead).entries()) {
    if (i === 0) continue
    const text = textOf(window, record.start, to)
    const read = withOtherMarks(window, record, first, text, expected, quotes)
    if (read !== undefined) return { cells: read.cells, to, next, lines: i + 1, isRegular: false }
  }
  return undefined
}

/**
 * The cells of a line that has as many as the others by chance: none of them is a value where the others have values, but
 * by another delimiter they are. Undefined where that is not so.
 */
export function byOtherDelimiter(cells: readonly string[], text: string, expected: Omit<Expected, 'recordEnd'>) {
  const { marks, width, classes } = expected
  if (classes === null || cells.length !== width || !suspicious.test(text.replaceAll(marks.delimiter, '')))
    return undefined
  const fits = (all: readonly string[]) => suits(all, classes, true, () => false)
  if (cells.every((cell) => classOf(cell) === 'text') || fits(cells)) return undefined
  for (const delimiter of ['\t', ';', '|']) {
    if (delimiter === marks.delimiter || !text.includes(delimiter)) continue
    const read = lenientCells(text, { ...marks, delimiter }, width)
    if (read !== undefined && read.cost < 1 && fits(read.cells)) return read.cells
  }
  return undefined
}

const suspicious = /[\t;|]/

/** Whether it pays to try other marks: the file's own cut the line badly, or one of the usual others is in it. */
function mayHaveOtherMarks(text: string, { cells, isBroken }: Irregular, { marks, width }: Expected): boolean {
  if (isBroken || cells * 2 <= width || marks.delimiter.length > 1) return true
  return [',', ';', '\t', '|', "'", ' "'].some((mark) => mark !== marks.delimiter && text.includes(mark))
}

const apostrophe = 0x27

/** Whether a record's last cell begins with `'` and does not end with it: it may be quoted so, and go on below. */
export function mayGoOn(buffer: Uint8Array, from: number, to: number, delimiter: number): boolean {
  if (buffer[to - 1] === apostrophe) return false
  let at = to
  while (at > from && buffer[at - 1] !== delimiter) at--
  return buffer[at] === apostrophe
}

/** Whether a record begins on the second line, or there is none. */
function isWhole(window: Window, [first, ...below]: readonly Line[], { marks, width }: Expected): boolean {
  if (first === undefined || below.length === 0) return true
  return below.some(({ to }) => lenientCells(textOf(window, first.next, to), marks, width)?.cost === 0)
}

/** The file's quote, and the other usual one where the text has it. */
const usualQuotes = (text: string, { quote }: TextMarks): (string | null)[] =>
  quote === null || quote === "'" || !text.includes("'") ? [quote] : [quote, "'"]

/** The line's cells by another delimiter or quote: exactly as many as expected, and nothing else odd about them. */
function withOtherMarks(
  window: Window,
  record: Irregular,
  first: Line,
  text: string,
  { marks, width, classes }: Expected,
  quotes = usualQuotes(text, marks),
): LenientRecord | undefined {
  if (width < 2 || text.trim() === '' || isComment([text])) return undefined
  // A line that the file's own delimiter cuts well is not cut at its spaces.
  const mayMerge = classes !== null && text.split(marks.delimiter, width).length <= width / 2
  let best: LenientRecord | undefined
  for (const delimiter of [marks.delimiter, ...otherDelimiters]) {
    if (delimiter !== marks.delimiter && marks.delimiter.includes(delimiter)) continue
    if (!text.includes(delimiter)) continue
    for (const quote of quotes) {
      if (delimiter === marks.delimiter && quote === marks.quote) continue
      const other = { delimiter, quote, escape: marks.escape === marks.quote ? quote : marks.escape }
      const read =
        lenientCells(text, other, width) ??
        (mayMerge && delimiter === ' ' ? mergedCells(text, other, classes) : undefined)
      if (read === undefined || read.cost >= 1 || (quote !== marks.quote && !read.quoted.includes(true))) continue
      if (read.cells.some((cell, i) => !read.quoted[i] && cell.includes(marks.delimiter))) continue
      const isSameDelimiter = delimiter === marks.delimiter
      if (
        !isSameDelimiter &&
        !suits(read.cells, classes, delimiter === ' ', () => isAboveRecord(window, record, first, marks, classes))
      )
        continue
      const cost = read.cost + (delimiter === ',' && isInNumbers(text) ? unlikely : 0)
      if (best === undefined || cost < best.cost) best = { ...read, cost }
    }
  }
  return best
}

/** Between two readings that suit: commas that only stand between digits are rather decimal marks. */
const unlikely = 0.01
const isInNumbers = (text: string): boolean => !/(?<!\p{Nd}),|,(?!\p{Nd})/u.test(text)

/** Whether a record begins on the next line: then names above it are a header, and not a sentence. */
function isAboveRecord(
  window: Window,
  { line }: Irregular,
  first: Line,
  marks: TextMarks,
  classes: Expected['classes'],
): boolean {
  if (line > mostAbove) return false
  return linesFrom(window, first.next, 3).some(({ to }) => {
    const next = classes === null ? undefined : lenientCells(textOf(window, first.next, to), marks, classes.length)
    return next !== undefined && next.cost < 1 && suits(next.cells, classes, true, () => false)
  })
}

/** A header stands above this line. */
const mostAbove = 50

/**
 * Whether cells could be of these columns.
 *
 * @param isDoubtful only where some column's class says so
 * @param mayBeNames asked where all cells are texts
 */
function suits(
  cells: readonly string[],
  classes: Expected['classes'],
  isDoubtful: boolean,
  mayBeNames: () => boolean,
): boolean {
  if (classes === null) return !isDoubtful
  let same = 0
  let other = 0
  for (const [i, kind] of classes.entries()) {
    const found = classOf(cells[i] ?? '')
    if (kind === null || kind === 'text' || found === 'empty' || found === 'nil') continue
    if (kind === found) same++
    else other++
  }
  if (other === 0) return same > 0 || !isDoubtful
  return other <= same / 4 || (same === 0 && cells.every((cell) => classOf(cell) === 'text') && mayBeNames())
}
