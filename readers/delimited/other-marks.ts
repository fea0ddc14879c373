import type { Window } from '../source/window.ts'
import { classOf } from '../tables/cell-class.ts'
import { isComment } from '../tables/table-shape.ts'
import { type Expected, type Irregular, type Line, linesFrom, mostAhead, type Repaired, textOf } from './irregular.ts'
import { isOdd, type LenientRecord, lenientCells, type TextMarks } from './lenient.ts'
import { mergedCells } from './merged-cells.ts'

const otherDelimiters = ['\t', ';', '|', ',', ' ', ':', '~', '^', ', ', '; ', '||', '::']

/** A few lines joined to one record by another delimiter or other quotes, of which one is open where the first ends. */
export function overLinesByOtherMarks(
  window: Window,
  record: Irregular,
  lines: readonly Line[],
  expected: Expected,
): Repaired | undefined {
  const [first] = lines as [Line]
  const line = textOf(window, record.start, first.to)
  const quotes = usualQuotes(line, expected.marks).filter((quote) => quote !== null && isOdd(line, quote))
  if (quotes.length === 0) return undefined
  for (const [i, { to, next }] of lines.slice(1, mostAhead).entries()) {
    const text = textOf(window, record.start, to)
    const read = withOtherMarks(window, record, first, text, expected, quotes)
    if (read !== undefined) return { cells: read.cells, to, next, lines: i + 2, isRegular: false }
  }
  return undefined
}

/**
 * The cells of a line that has as many as the others by chance: none of them is a value where the others have values, but
 * by another delimiter they are. Undefined where that is not so.
 */
export function byOtherDelimiter(cells: readonly string[], text: string, expected: Omit<Expected, 'recordEnd'>) {
  const { marks, width, classes } = expected
  const rest = text.replaceAll(marks.delimiter, '')
  const others = rareInTexts.filter((delimiter) => rest.includes(delimiter))
  if (classes === null || cells.length !== width || others.length === 0) return undefined
  const fits = (all: readonly string[]) => suits(all, classes, true, () => false)
  if (cells.every((cell) => classOf(cell) === 'text') || fits(cells)) return undefined
  for (const delimiter of others) {
    const read = lenientCells(text, { ...marks, delimiter }, width)
    if (read !== undefined && read.cost < 1 && fits(read.cells)) return read.cells
  }
  return undefined
}

/** Delimiters that seldom stand in a text. */
export const rareInTexts = ['\t', ';', '|']

/** Whether it pays to try other marks: the file's own cut the line badly, or one of the usual others is in it. */
export function mayHaveOtherMarks(text: string, { cells, isBroken }: Irregular, { marks, width }: Expected): boolean {
  if (isBroken || cells * 2 <= width || marks.delimiter.length > 1) return true
  return [',', ';', '\t', '|', "'", ' "'].some((mark) => mark !== marks.delimiter && text.includes(mark))
}

/** The file's quote, and the other usual one where the text has it. */
const usualQuotes = (text: string, { quote }: TextMarks): (string | null)[] =>
  quote === null || quote === "'" || !text.includes("'") ? [quote] : [quote, "'"]

/** The line's cells by another delimiter or quote: exactly as many as expected, and nothing else odd about them. */
export function withOtherMarks(
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
