import type { TextMarks } from './lenient.ts'

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

/** Costs above it are not told apart. */
const mostCost = 10

/** Quotes and escapes that are looked at, all cuts taken together. */
const mostLooks = 1_000_000

/** A text with a boundary at each delimiter, where a cell may end or not. */
export class CutCosts {
  /** Of the piece before each boundary: where it starts and ends in the text. */
  readonly starts: readonly number[]
  readonly ends: readonly number[]
  readonly #text: string
  readonly #marks: TextMarks & { readonly quote: string }
  readonly #span: number
  /** Quotes and escapes in the text; line ends that no bare cell may hold; runs of an odd number of quotes. */
  readonly #stops: readonly number[]
  readonly #quotes: readonly number[]
  readonly #breaks: readonly number[]
  #runs: readonly Run[] | undefined
  readonly #known: (readonly number[])[] = []

  /**
   * @param span so many pieces more than one are in a cell at most
   * @param mayBreak whether a cell without quotes may hold line ends
   */
  constructor(
    text: string,
    ends: readonly number[],
    marks: TextMarks & { readonly quote: string },
    span: number,
    mayBreak: boolean,
  ) {
    this.#text = text
    this.#marks = marks
    this.#span = span
    this.ends = ends
    this.starts = ends.map((_, i) => (i === 0 ? 0 : (ends[i - 1] as number) + marks.delimiter.length))
    const { quote, escape: escaper } = marks
    const quotes = placesOf(text, quote)
    this.#quotes = quotes
    const escapes = escaper === null || escaper === quote ? [] : placesOf(text, escaper)
    this.#stops = escapes.length === 0 ? quotes : [...quotes, ...escapes].sort((a, b) => a - b)
    this.#breaks = mayBreak ? [] : [...text.matchAll(/[\r\n]/g)].map(({ index }) => index)
  }

  /** Whether the text has more quotes in it than may be looked at. */
  get isTooMuch(): boolean {
    return this.#stops.length * (this.#span + 1) > mostLooks
  }

  /** What one cell costs that begins with piece `from` and has so many more pieces in it; Infinity: it can be none. */
  from(from: number): readonly number[] {
    this.#known[from] ??= this.#costsFrom(from)
    return this.#known[from]
  }

  #costsFrom(from: number): number[] {
    const { quote } = this.#marks
    const start = this.starts[from] as number
    const isOpened = this.#text.startsWith(quote, start)
    const inside = new Inside(this.#text, this.#marks, this.#stops, isOpened ? start + quote.length : start)
    const firstBreak = this.#breaks[firstAtLeast(this.#breaks, start)] ?? Number.POSITIVE_INFINITY
    const glued = this.#gluedTo(from, start)
    const last = Math.min(from + this.#span, this.ends.length - 1)
    const list: number[] = []
    for (let to = from; to <= last && (inside.cost <= mostCost || to <= glued); to++) {
      const end = this.ends[to] as number
      const isClosed = end - start >= quote.length && this.#text.startsWith(quote, end - quote.length)
      const isQuoted = isOpened && isClosed && end - start >= 2 * quote.length
      const within = isClosed ? end - quote.length : end
      if (isQuoted) list.push(inside.costTo(within))
      else if (firstBreak < end) list.push(Number.POSITIVE_INFINITY)
      else if (to === from) list.push(this.#ofOne(start, end, isOpened, isClosed))
      else if (to === glued) list.push(costs.gluedQuotes)
      else list.push(isOpened || isClosed ? costs.lostQuote + inside.costTo(within) : Number.POSITIVE_INFINITY)
    }
    return list
  }

  /** A bare cell of one piece. */
  #ofOne(start: number, end: number, isOpened: boolean, isClosed: boolean): number {
    if (isOpened) return costs.strayBefore
    if (isClosed) return costs.strayBehind
    return this.#firstQuote(start) < end ? costs.quoteInBare : 0
  }

  #firstQuote(from: number): number {
    return this.#quotes[firstAtLeast(this.#quotes, from)] ?? Number.POSITIVE_INFINITY
  }

  /**
   * The last piece of a cell in quotes with a bare one right before or behind it; -1: there is none.
   *
   * Its first quotes are an odd number, and so are its last ones: with any others inside it is none. So there is but one.
   */
  #gluedTo(from: number, start: number): number {
    const { quote, delimiter } = this.#marks
    this.#runs ??= oddRuns(this.#quotes, quote.length)
    const run = firstRunAtLeast(this.#runs, start)
    const [first, last] = [this.#runs[run], this.#runs[run + 1]]
    if (first === undefined || last === undefined || first.start > (this.ends[from] as number)) return -1
    if (this.#firstQuote(start) !== first.start) return -1
    const to = firstAtLeast(this.ends, last.end)
    if (to === from || to > from + this.#span) return -1
    return isGlued(this.#text.slice(start, this.ends[to]), quote, delimiter) ? to : -1
  }
}

/** The inside of a cell in quotes, whose end is moved on and on. */
class Inside {
  readonly #text: string
  readonly #marks: TextMarks & { readonly quote: string }
  readonly #stops: readonly number[]
  readonly #start: number
  #at: number
  #next: number
  /** Of what is behind for any end. */
  cost = 0

  constructor(text: string, marks: TextMarks & { readonly quote: string }, stops: readonly number[], start: number) {
    this.#text = text
    this.#marks = marks
    this.#stops = stops
    this.#start = start
    this.#at = start
    this.#next = firstAtLeast(stops, start)
  }

  /** What its quotes cost up to `end`, which only grows. */
  costTo(end: number): number {
    const { quote, escape: escaper } = this.#marks
    while (this.cost <= mostCost) {
      const stop = this.#stops[this.#next]
      if (stop === undefined || stop >= end) return this.cost
      const isQuote = this.#text.startsWith(quote, stop)
      const behind = stop + (isQuote && escaper === quote ? quote.length : (escaper ?? quote).length)
      const isEscaped =
        this.#text.startsWith(quote, behind) || (!isQuote && this.#text.startsWith(escaper ?? '', behind))
      if (stop < this.#at) this.#next++
      else if (isQuote ? escaper === quote && isEscaped : isEscaped) {
        // An escape whose quote ends the cell is none for this end.
        const next = behind + (isQuote ? quote.length : 1)
        if (next > end) return this.cost + (isQuote ? this.#strayAt(stop, end) : 0)
        this.#moveTo(next)
      } else {
        if (isQuote) this.cost += this.#strayAt(stop, end)
        this.#moveTo(isQuote ? stop + quote.length : behind)
      }
    }
    return this.cost
  }

  #moveTo(at: number): void {
    this.#at = at
    this.#next++
  }

  /** A quote that nothing marks, or that is marked in another way. */
  #strayAt(at: number, end: number): number {
    const { quote, delimiter, escape: escaper } = this.#marks
    if (escaper === quote && at > this.#start && this.#text[at - 1] === '\\') return costs.otherEscape
    const before = at - delimiter.length
    const behind = at + quote.length
    const isAtDelimiter =
      (before >= this.#start && this.#text.startsWith(delimiter, before)) ||
      (behind < end && this.#text.startsWith(delimiter, behind))
    return isAtDelimiter ? costs.strayAtDelimiter : escaper === null ? 0 : costs.strayInside
  }
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

interface Run {
  readonly start: number
  readonly end: number
}

function oddRuns(quotes: readonly number[], length: number): Run[] {
  const runs: Run[] = []
  for (let i = 0; i < quotes.length; ) {
    const start = quotes[i] as number
    let count = 1
    while (quotes[i + count] === start + count * length) count++
    if (count % 2 === 1) runs.push({ start, end: start + count * length })
    i += count
  }
  return runs
}

function placesOf(text: string, mark: string): number[] {
  const places: number[] = []
  for (let at = text.indexOf(mark); at !== -1 && places.length <= mostLooks; at = text.indexOf(mark, at + mark.length))
    places.push(at)
  return places
}

const firstAtLeast = (sorted: readonly number[], least: number): number =>
  search(sorted.length, (i) => (sorted[i] as number) >= least)

const firstRunAtLeast = (sorted: readonly Run[], least: number): number =>
  search(sorted.length, (i) => (sorted[i] as Run).start >= least)

/** The first index for which `is` is true, and it is for all above. */
function search(count: number, is: (i: number) => boolean): number {
  let [low, high] = [0, count]
  while (low < high) {
    const middle = (low + high) >> 1
    if (is(middle)) high = middle
    else low = middle + 1
  }
  return low
}
