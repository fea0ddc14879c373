import { CutCosts } from './cut-costs.ts'

/** Marks of a delimited text, of any length. */
export interface TextMarks {
  readonly delimiter: string
  /** null: none. */
  readonly quote: string | null
  /** The quote itself: doubled; null: quotes inside quotes are not marked. */
  readonly escape: string | null
}

export interface LenientRecord {
  readonly cells: string[]
  /** Whether a cell stands in quotes. */
  readonly quoted: boolean[]
  /** 0: well-formed; else how much had to be assumed, in the costs below. */
  readonly cost: number
}

/** Steps of the search for one record: with long records, few delimiters too many are looked at. */
const mostSteps = 250_000

/**
 * The likeliest cells of one record's text whose quotes are not as they should be.
 *
 * Of all ways to cut it into exactly `width` cells the one with the fewest irregularities; undefined where there is
 * none. Quotes that belong to no pair stay in their cell as text.
 *
 * @param mayBreak whether a cell without quotes may hold line ends
 */
export function lenientCells(
  text: string,
  marks: TextMarks,
  width: number,
  mayBreak = false,
): LenientRecord | undefined {
  return lenientReadings(text, marks, width, mayBreak)(width)
}

/** As `lenientCells`, for several widths of one text; `least` is the smallest of them. */
export function lenientReadings(
  text: string,
  marks: TextMarks,
  least: number,
  mayBreak = false,
): (width: number) => LenientRecord | undefined {
  const { quote, delimiter } = marks
  const mostSpan = Math.floor(Math.sqrt((2 * mostSteps) / least))
  const ends = boundaries(text, delimiter, least + mostSpan)
  const span = (ends?.length ?? 0) - least
  if (ends === undefined || span < 0) return () => undefined
  if (quote === null || !text.includes(quote))
    return (width) => (width === ends.length ? bareCells(text, delimiter, mayBreak) : undefined)
  const pieces = new CutCosts(text, ends, { ...marks, quote }, span, mayBreak)
  if (pieces.isTooMuch) return () => undefined
  return (width) => {
    const found = cheapest(pieces, width)
    if (found === undefined) return undefined
    const cells = found.cuts.map(([from, to]) => cellOf(text.slice(pieces.starts[from], pieces.ends[to]), quote, marks))
    return { cells: cells.map(({ text }) => text), quoted: cells.map(({ isQuoted }) => isQuoted), cost: found.cost }
  }
}

function bareCells(text: string, delimiter: string, mayBreak: boolean): LenientRecord | undefined {
  if (!mayBreak && /[\r\n]/.test(text)) return undefined
  const cells = text.split(delimiter)
  return { cells, quoted: cells.map(() => false), cost: 0 }
}

/** The cheapest way to put pieces together to `width` cells, each from its first to its last piece. */
function cheapest(pieces: CutCosts, width: number): { cost: number; cuts: [from: number, to: number][] } | undefined {
  const span = pieces.ends.length - width
  if (span < 0) return undefined
  // costs[more]: of the cells behind, where so many pieces more than cells are before them.
  let costs = new Float64Array(span + 1).fill(Number.POSITIVE_INFINITY)
  costs[span] = 0
  const chosen: Int32Array[] = []
  for (let cell = width - 1; cell >= 0; cell--) {
    const next = new Float64Array(span + 1).fill(Number.POSITIVE_INFINITY)
    const own = new Int32Array(span + 1)
    for (let before = 0; before <= (cell === 0 ? 0 : span); before++) {
      const list = pieces.from(cell + before)
      for (let more = 0; more <= span - before && more < list.length; more++) {
        const cost = (list[more] as number) + (costs[before + more] as number)
        if (cost >= (next[before] as number)) continue
        next[before] = cost
        own[before] = more
      }
    }
    chosen[cell] = own
    costs = next
  }
  const cost = costs[0] as number
  if (cost === Number.POSITIVE_INFINITY) return undefined
  let before = 0
  const cuts = chosen.map((own, cell): [number, number] => {
    const from = cell + before
    before += own[before] as number
    return [from, cell + before]
  })
  return { cost, cuts }
}

/**
 * One line's cells where no width is expected: a cell in quotes ends at the next quote that has a delimiter or the end
 * behind it; where there is none, its quote is text.
 */
export const looseCells = (text: string, marks: TextMarks): string[] => looseRecord(text, marks).map(({ text }) => text)

/** As `looseCells`, with whether each cell stands in quotes. */
export function looseRecord(text: string, marks: TextMarks): LooseCell[] {
  const { delimiter, quote } = marks
  const cells: LooseCell[] = []
  let close = 0
  for (let at = 0; ; ) {
    const isOpened = quote !== null && text.startsWith(quote, at)
    if (isOpened && close < at + quote.length) close = closeFrom(text, at + quote.length, delimiter, quote)
    const next = text.indexOf(delimiter, at)
    const to = isOpened && close < text.length ? close + quote.length : next === -1 ? text.length : next
    const written = text.slice(at, to)
    cells.push(quote === null ? { text: written, isQuoted: false } : cellOf(written, quote, marks))
    if (to >= text.length) return cells
    at = to + delimiter.length
  }
}

interface LooseCell {
  readonly text: string
  readonly isQuoted: boolean
}

/** The next quote that has a delimiter or the end behind it; the text's length where there is none. */
function closeFrom(text: string, from: number, delimiter: string, quote: string): number {
  for (let at = text.indexOf(quote, from); at !== -1; at = text.indexOf(quote, at + quote.length)) {
    const to = at + quote.length
    if (to === text.length || text.startsWith(delimiter, to)) return at
  }
  return text.length
}

/** Whether a mark stands in the text an odd number of times. */
export function isOdd(text: string, mark: string): boolean {
  let count = 0
  for (let at = text.indexOf(mark); at !== -1; at = text.indexOf(mark, at + mark.length)) count++
  return count % 2 === 1
}

/** Where a cell may end: before each delimiter, and at the end; undefined: in more places than `most`. */
function boundaries(text: string, delimiter: string, most: number): number[] | undefined {
  const ends: number[] = []
  for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + delimiter.length)) {
    ends.push(at)
    if (ends.length >= most) return undefined
  }
  ends.push(text.length)
  return ends
}

/** A cell as it is written: without its quotes where it stands in them. */
function cellOf(written: string, quote: string, { escape: escaper }: TextMarks): LooseCell {
  const isQuoted = written.length >= 2 * quote.length && written.startsWith(quote) && written.endsWith(quote)
  if (!isQuoted) return { text: written, isQuoted }
  return { text: unescaped(written.slice(quote.length, -quote.length), quote, escaper), isQuoted }
}

/** The inside of a quoted cell without its escapes. Quotes that are not escaped stay. */
function unescaped(inside: string, quote: string, escaper: string | null): string {
  if (escaper === null || !inside.includes(escaper)) return inside
  const [one, mark] = [literal(quote), literal(escaper)]
  if (escaper !== quote) return inside.replace(new RegExp(`${mark}(${one}|${mark})`, 'g'), '$1')
  return inside.replace(new RegExp(`${one}${one}|\\\\${one}(?!${one})`, 'g'), () => quote)
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
