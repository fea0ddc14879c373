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

/**
 * What an irregular cell costs. The reading of a line that has the wanted number of cells at the least cost wins, so
 * only the order matters: a quote too many inside quotes is likelier than one too many before a bare cell, and that is
 * likelier than a lost quote of a cell with delimiters in it.
 */
const costs = {
  /** A bare cell with quotes in it: `5" nails`. */
  quoteInBare: 0.3,
  /** A quote inside quotes that should have been escaped: `"a "b" c"`. */
  strayInside: 1,
  /** Escaped in another way than the file's. */
  otherEscape: 0.5,
  /** Such a quote beside a delimiter: it could end the cell. */
  strayAtDelimiter: 4,
  /** A bare cell that begins, or ends, with one quote. */
  strayBefore: 2,
  strayBehind: 1.5,
  /** A cell with delimiters in it that lost the quote at its end, or at its start. */
  lostQuote: 3.5,
  /** A cell in quotes with a bare one right before or behind it: a delimiter is lost. */
  gluedQuotes: 0.6,
} as const

/** More delimiters than these are not looked at in every combination. */
const mostBoundaries = 400

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
  const ends = boundaries(text, marks.delimiter)
  if (ends.length > mostBoundaries || ends.length < width) return undefined
  const step = marks.delimiter.length
  const starts = ends.map((_, i) => (i === 0 ? 0 : (ends[i - 1] as number) + step))
  const count = ends.length
  const known = new Map<number, Cell | undefined>()
  const cell = (from: number, to: number): Cell | undefined => {
    const key = from * count + to
    if (!known.has(key)) {
      const one = cellOf(text, starts[from] as number, ends[to] as number, to > from, marks)
      known.set(key, one === undefined || mayBreak || one.isQuoted || !/[\r\n]/.test(one.text) ? one : undefined)
    }
    return known.get(key)
  }
  // best[i]: the cheapest way to cut the text from boundary i on into the cells that are left.
  let best = new Array<Way | undefined>(count + 1).fill(undefined)
  best[count] = { cost: 0, cell: undefined, rest: undefined }
  for (let left = 1; left <= width; left++) {
    const next = new Array<Way | undefined>(count + 1).fill(undefined)
    for (let from = width - left; from <= count - left; from++) {
      // The last cell may end at the last boundary alone; the first one begins at the first.
      for (let to = left === 1 ? count - 1 : from; to <= count - left; to++) {
        const rest = best[to + 1]
        if (rest === undefined) continue
        const one = cell(from, to)
        if (one === undefined) continue
        const cost = one.cost + rest.cost
        const known = next[from]
        if (known === undefined || cost < known.cost) next[from] = { cost, cell: one, rest }
      }
    }
    best = next
  }
  if (best[0] === undefined) return undefined
  const cells: Cell[] = []
  for (let way: Way | undefined = best[0]; way?.cell !== undefined; way = way.rest) cells.push(way.cell)
  return { cells: cells.map(({ text }) => text), quoted: cells.map(({ isQuoted }) => isQuoted), cost: best[0].cost }
}

/**
 * One line's cells where no width is expected: a cell in quotes ends at the next quote that has a delimiter or the end
 * behind it; where there is none, its quote is text.
 */
export const looseCells = (text: string, marks: TextMarks): string[] => looseRecord(text, marks).map(({ text }) => text)

/** As `looseCells`, with whether each cell stands in quotes. */
export function looseRecord(text: string, marks: TextMarks): { text: string; isQuoted: boolean }[] {
  const { delimiter, quote } = marks
  const cells: { text: string; isQuoted: boolean }[] = []
  for (let at = 0; ; ) {
    const to = endOfCell(text, at, delimiter, quote)
    cells.push(cellOf(text, at, to, false, marks) ?? { text: '', isQuoted: false })
    if (to >= text.length) return cells
    at = to + delimiter.length
  }
}

function endOfCell(text: string, from: number, delimiter: string, quote: string | null): number {
  const next = text.indexOf(delimiter, from)
  const bare = next === -1 ? text.length : next
  if (quote === null || !text.startsWith(quote, from)) return bare
  for (let at = text.indexOf(quote, from + quote.length); at !== -1; at = text.indexOf(quote, at + quote.length)) {
    const to = at + quote.length
    if (to === text.length || text.startsWith(delimiter, to)) return to
  }
  return bare
}

interface Cell {
  readonly text: string
  readonly isQuoted: boolean
  readonly cost: number
}

interface Way {
  readonly cost: number
  readonly cell: Cell | undefined
  readonly rest: Way | undefined
}

/** Where a cell may end: before each delimiter, and at the end. */
function boundaries(text: string, delimiter: string): number[] {
  const ends: number[] = []
  for (let at = text.indexOf(delimiter); at !== -1; at = text.indexOf(delimiter, at + delimiter.length)) {
    ends.push(at)
    if (ends.length > mostBoundaries) break
  }
  ends.push(text.length)
  return ends
}

/** The text between two boundaries as one cell; undefined where it can be none. */
function cellOf(text: string, from: number, to: number, hasDelimiters: boolean, marks: TextMarks): Cell | undefined {
  const { quote, delimiter } = marks
  const written = text.slice(from, to)
  if (quote === null) return hasDelimiters ? undefined : { text: written, isQuoted: false, cost: 0 }
  const isOpened = written.startsWith(quote)
  const isClosed = written.endsWith(quote)
  if (isOpened && isClosed && written.length >= 2 * quote.length)
    return unescaped(written.slice(quote.length, -quote.length), marks, quote)
  if (hasDelimiters) {
    if (!isOpened && !isClosed) return undefined
    if (isGlued(written, quote, delimiter)) return { text: written, isQuoted: false, cost: costs.gluedQuotes }
    const inside = isOpened ? written.slice(quote.length) : written.slice(0, -quote.length)
    return { text: written, isQuoted: false, cost: costs.lostQuote + unescaped(inside, marks, quote).cost }
  }
  if (isOpened) return { text: written, isQuoted: false, cost: costs.strayBefore }
  if (isClosed) return { text: written, isQuoted: false, cost: costs.strayBehind }
  return { text: written, isQuoted: false, cost: written.includes(quote) ? costs.quoteInBare : 0 }
}

/** Whether the text is a cell in quotes with bare text on one side of it. */
function isGlued(text: string, quote: string, delimiter: string): boolean {
  const from = text.indexOf(quote)
  const to = text.lastIndexOf(quote)
  if (from === to || from > 0 === to + quote.length < text.length) return false
  const [inside, bare] = [text.slice(from + quote.length, to), text.slice(0, from) + text.slice(to + quote.length)]
  if (inside.startsWith(delimiter) || inside.endsWith(delimiter)) return false
  return !inside.replaceAll(quote + quote, '').includes(quote) && !bare.includes(delimiter)
}

/** The inside of a quoted cell without its escapes. Quotes that are not escaped stay. */
function unescaped(inside: string, { delimiter, escape: escaper }: TextMarks, quote: string): Cell {
  if (!inside.includes(quote)) return { text: withoutEscapes(inside, escaper, quote), isQuoted: true, cost: 0 }
  let text = ''
  let cost = 0
  for (let at = 0; at < inside.length; ) {
    if (escaper !== null && escaper !== quote && inside.startsWith(escaper, at)) {
      const next = inside.slice(at + escaper.length)
      const isEscape = next.startsWith(quote) || next.startsWith(escaper)
      text += isEscape ? next.slice(0, 1) : escaper
      at += escaper.length + (isEscape ? 1 : 0)
    } else if (!inside.startsWith(quote, at)) text += inside[at++]
    else if (escaper === quote && inside.startsWith(quote, at + quote.length)) {
      text += quote
      at += 2 * quote.length
    } else if (escaper === quote && inside[at - 1] === '\\') {
      text = text.slice(0, -1) + quote
      cost += costs.otherEscape
      at += quote.length
    } else {
      const behind = inside.slice(at + quote.length)
      const isAtDelimiter = inside.slice(0, at).endsWith(delimiter) || behind.startsWith(delimiter)
      cost += isAtDelimiter ? costs.strayAtDelimiter : escaper === null ? 0 : costs.strayInside
      text += quote
      at += quote.length
    }
  }
  return { text, isQuoted: true, cost }
}

function withoutEscapes(inside: string, escaper: string | null, quote: string): string {
  if (escaper === null || escaper === quote) return inside
  return inside.replaceAll(escaper + escape, escape)
}
