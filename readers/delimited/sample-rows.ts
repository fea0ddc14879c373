import type { TextMarks } from './lenient.ts'

/** One record of a sample, by one dialect that may be wrong. */
export interface SampleRow {
  readonly cells: readonly string[]
  /** For each cell whether it stands in quotes. */
  readonly quoted: readonly boolean[]
  /** Quotes that are not closed, or have text behind them. */
  readonly isDirty: boolean
  /** First physical line, from 1. */
  readonly line: number
  readonly lines: number
}

/** A quoted cell of a sample ends within so many characters, or its quote was none. */
const mostQuoted = 16 * 1024

/**
 * The records of a sample, blank lines left out.
 *
 * @param recordEnd null: LF, CR and CRLF
 * @param isWhole whether the text ends here; else a record cut off at the end is left out
 */
export function sampleRows(
  text: string,
  marks: TextMarks,
  most: number,
  isWhole: boolean,
  recordEnd: string | null = null,
): SampleRow[] {
  const rows: SampleRow[] = []
  const closes = new Closes(text, marks, recordEnd)
  let line = 1
  for (let at = 0; at < text.length && rows.length < most; ) {
    const row = rowFrom(text, at, marks, recordEnd, closes)
    const isCut = row.next >= text.length && !isWhole && rows.length > 0
    if (isCut) break
    const isBlank = row.cells.length === 1 && row.cells[0]?.trim() === '' && !row.quoted[0]
    if (!isBlank) rows.push({ cells: row.cells, quoted: row.quoted, isDirty: row.isDirty, line, lines: row.lines })
    line += row.lines
    at = row.next
  }
  return rows
}

interface ReadRow {
  readonly cells: string[]
  readonly quoted: boolean[]
  isDirty: boolean
  lines: number
  next: number
}

function rowFrom(text: string, start: number, marks: TextMarks, recordEnd: string | null, closes: Closes): ReadRow {
  const { delimiter, quote } = marks
  const row: ReadRow = { cells: [], quoted: [], isDirty: false, lines: 1, next: text.length }
  let end = endFrom(text, start, recordEnd)
  for (let at = start; ; ) {
    const opened = quote !== null && text.startsWith(quote, at) ? quote : undefined
    const mayClose = opened !== undefined && closes.from(at + opened.length) - at <= mostQuoted
    const close = mayClose ? closingQuote(text, at, end, opened, marks, closes) : undefined
    if (opened !== undefined && close !== undefined) {
      const inside = text.slice(at + opened.length, close.at)
      row.cells.push(inside)
      row.quoted.push(true)
      if (close.isDirty) row.isDirty = true
      at = close.at + opened.length
      if (at > end.at) {
        row.lines += countLines(inside)
        end = endFrom(text, at, recordEnd)
      }
    } else {
      if (opened !== undefined) row.isDirty = true
      const next = text.indexOf(delimiter, at)
      const to = next === -1 || next > end.at ? end.at : next
      row.cells.push(text.slice(at, to))
      row.quoted.push(false)
      at = to
    }
    if (at >= end.at || !text.startsWith(delimiter, at)) break
    at += delimiter.length
  }
  row.next = end.next
  return row
}

interface End {
  readonly at: number
  readonly next: number
}

function endFrom(text: string, from: number, recordEnd: string | null): End {
  if (recordEnd !== null) {
    const at = text.indexOf(recordEnd, from)
    return at === -1 ? { at: text.length, next: text.length } : { at, next: at + recordEnd.length }
  }
  lineEnd.lastIndex = from
  const found = lineEnd.exec(text)
  return found === null
    ? { at: text.length, next: text.length }
    : { at: found.index, next: found.index + found[0].length }
}

const lineEnd = /\r\n|\n|\r/g

const countLines = (text: string): number => text.match(lineEnd)?.length ?? 0

/**
 * Where the quote that closes the cell at `from` stands: the first that has a delimiter or the record's end behind it.
 * Quotes with anything else behind them make it dirty, and then it ends on its own line.
 */
function closingQuote(
  text: string,
  from: number,
  end: End,
  quote: string,
  { escape: escaper }: TextMarks,
  closes: Closes,
) {
  let isDirty = false
  for (let at = text.indexOf(quote, from + quote.length); at !== -1; ) {
    if (at - from > mostQuoted || (isDirty && at >= end.at)) return undefined
    const behind = at + quote.length
    if (escaper === quote && text.startsWith(quote, behind)) {
      at = text.indexOf(quote, behind + quote.length)
      continue
    }
    if (escaper !== null && escaper !== quote && isEscaped(text, from + quote.length, at, escaper)) {
      at = text.indexOf(quote, behind)
      continue
    }
    if (closes.isOne(behind)) return { at, isDirty }
    if (escaper !== null) isDirty = true
    at = text.indexOf(quote, behind)
  }
  return undefined
}

/** The quotes with a delimiter, or the end of the record or of the text, behind them. */
class Closes {
  readonly #text: string
  readonly #marks: TextMarks
  readonly #recordEnd: string | null
  #known = -1

  constructor(text: string, marks: TextMarks, recordEnd: string | null) {
    this.#text = text
    this.#marks = marks
    this.#recordEnd = recordEnd
  }

  /** The first one at `from` or behind, which only grows; Infinity: there is none. */
  from(from: number): number {
    const quote = this.#marks.quote ?? ''
    if (this.#known >= from) return this.#known
    let at = this.#text.indexOf(quote, from)
    while (at !== -1 && !this.isOne(at + quote.length)) at = this.#text.indexOf(quote, at + 1)
    this.#known = at === -1 ? Number.POSITIVE_INFINITY : at
    return this.#known
  }

  /** @param behind where the quote ends */
  isOne(behind: number): boolean {
    const text = this.#text
    if (behind >= text.length || text.startsWith(this.#marks.delimiter, behind)) return true
    const end = this.#recordEnd
    return end === null ? text[behind] === '\n' || text[behind] === '\r' : text.startsWith(end, behind)
  }
}

/** Whether an odd number of escapes stands before `at`. */
function isEscaped(text: string, from: number, at: number, escaper: string): boolean {
  let count = 0
  for (let i = at - escaper.length; i >= from && text.startsWith(escaper, i); i -= escaper.length) count++
  return count % 2 === 1
}
