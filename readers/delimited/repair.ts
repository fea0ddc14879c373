import type { Window } from '../source/window.ts'
import {
  type Expected,
  type Irregular,
  type Line,
  linesFrom,
  mostAhead,
  mostBytes,
  type Repaired,
  textOf,
} from './irregular.ts'
import {
  isOdd,
  type LenientRecord,
  lenientCells,
  lenientReadings,
  looseCells,
  looseRecord,
  type TextMarks,
} from './lenient.ts'
import { mergedCells } from './merged-cells.ts'
import { mayHaveOtherMarks, overLinesByOtherMarks, withOtherMarks } from './other-marks.ts'

/** Lines that a cell with broken quotes may go over. */
const mostLines = 20
/** Above it a reading is no better than taking the line as it is. */
const mostCost = 6

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
    return beginsBelow(window, lines, expected) ? undefined : overLinesByOtherMarks(window, record, lines, expected)
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

/** Whether a record of the file's marks begins on the second line: it is one, or opens a quote that closes below; or there is none. */
function beginsBelow(window: Window, [first, second]: readonly Line[], { marks, width }: Expected): boolean {
  if (first === undefined || second === undefined) return true
  const line = textOf(window, first.next, second.to)
  const { quote, escape: escaper } = marks
  const plain = escaper === null || escaper === quote ? line : line.replaceAll(escaper + quote, '')
  return (quote !== null && isOdd(plain, quote)) || lenientCells(line, marks, width)?.cost === 0
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
  for (const [i, { to, next }] of lines.slice(1, mostAhead).entries()) {
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

function exactly(text: string, marks: TextMarks, width: number): LenientRecord | undefined {
  const read = lenientCells(text, marks, width)
  return read === undefined || read.cost > mostCost ? undefined : read
}

/** Lines that end in another way than the file's, joined to one record of the expected width. */
function acrossEnds(window: Window, start: number, lines: readonly Line[], expected: Expected): Repaired | undefined {
  for (let i = 0; i + 1 < Math.min(lines.length, mostAhead); i++) {
    if ((lines[i] as Line).end === expected.recordEnd) return undefined
    const { to, next } = lines[i + 1] as Line
    const read = lenientCells(textOf(window, start, to), expected.marks, expected.width, true)
    if (read !== undefined && read.cost < 1) return { cells: read.cells, to, next, lines: i + 2, isRegular: false }
  }
  return undefined
}

const apostrophe = 0x27

/** Whether a record's last cell begins with `'` and does not end with it: it may be quoted so, and go on below. */
export function mayGoOn(buffer: Uint8Array, from: number, to: number, delimiter: number): boolean {
  if (buffer[to - 1] === apostrophe) return false
  let at = to
  while (at > from && buffer[at - 1] !== delimiter) at--
  return buffer[at] === apostrophe
}
