import { escapePattern } from '../../models/escape-pattern.ts'
import { classOf, isTyped } from '../tables/cell-class.ts'
import { commonest } from '../tables/commonest.ts'
import { isComment } from '../tables/table-shape.ts'
import type { TextMarks } from './lenient.ts'
import { commonestEnd, countEnds, type RecordEnd } from './line-ends.ts'
import { type SampleRow, sampleRows } from './sample-rows.ts'

/** How a delimited text is written, as its first records tell. */
export interface FoundDialect {
  readonly delimiter: string
  readonly quote: string | null
  readonly escape: string | null
  /** What ends a record; null: line ends of any kind, most of which are `lineEnd`. */
  readonly recordEnd: string | null
  readonly lineEnd: RecordEnd
  /** The sample's records by this dialect. */
  readonly rows: readonly SampleRow[]
  /** 0 to 1: how much the text looks like a table by this dialect. */
  readonly score: number
  /** 0 to 1: how far the best reading is above the next one. */
  readonly confidence: number
  /** For a person: a sentence for each decision. */
  readonly evidence: {
    readonly delimiter: string
    readonly quote: string
    readonly escape: string
    readonly recordEnd: string
  }
}

/** What of a dialect is known already, by a contract or the command line. */
export interface KnownDialect {
  readonly delimiter?: string
  readonly quote?: string | null
  readonly escape?: string | null
  readonly recordEnd?: string | null
}

/** Characters of the sample that candidates are tried on. */
const triedCharacters = 32 * 1024
const triedRows = 200
const keptRows = 2000

/**
 * Find the dialect of a delimited text.
 *
 * Every mark that could be a delimiter is tried. The one wins whose records have the same number of cells as their
 * neighbours, whose cells look like values, and that cuts more columns; the usual delimiters go before the odd ones.
 *
 * @param text the beginning of the text; @param isWhole whether it is all of it
 */
export function sniffDialect(text: string, isWhole: boolean, known: KnownDialect = {}): FoundDialect {
  const short = text.length > triedCharacters ? text.slice(0, triedCharacters) : text
  const isShortWhole = isWhole && short.length === text.length
  const recordEnd = known.recordEnd === undefined ? customEnd(short, isShortWhole) : known.recordEnd
  const tried = candidates(short, known, recordEnd)
    .map(({ prior, ...marks }): Tried => {
      const rows = sampleRows(short, marks, triedRows, isShortWhole, recordEnd)
      const score = prior * scoreOf(rows, marks.delimiter) * (isInNumbers(short, marks.delimiter) ? 0.75 : 1)
      return { marks, score, inQuotes: rows.filter(({ quoted }) => quoted.includes(true)).length }
    })
    .filter((one, _, all) => !all.some((other) => isRarer(one, other)))
    .concat({
      marks: { delimiter: known.delimiter ?? ',', quote: '"', escape: '"' },
      score: oneColumn(short),
      inQuotes: 0,
    })
    .sort((a, b) => b.score - a.score)
  const best = tried[0] as (typeof tried)[0]
  const other = tried.find(({ marks }) => marks.delimiter !== best.marks.delimiter)
  const delimiter = known.delimiter ?? best.marks.delimiter
  const quote = known.quote === undefined ? best.marks.quote : known.quote
  const escaped = known.escape === undefined ? escapeOf(short, delimiter, quote, isShortWhole, recordEnd) : undefined
  const marks: TextMarks = { delimiter, quote, escape: escaped?.escape ?? known.escape ?? null }
  const rows = sampleRows(text, marks, keptRows, isWhole, recordEnd)
  const [width, records] = commonest(widths(rows))
  return {
    ...marks,
    recordEnd,
    lineEnd: commonestEnd(text, ends),
    rows,
    score: best.score,
    confidence: known.delimiter !== undefined ? 1 : confidenceOf(best.score, other?.score ?? 0),
    evidence: {
      delimiter:
        known.delimiter !== undefined
          ? 'given'
          : `${records} of ${rows.length} records have ${width} cells${other === undefined || other.score <= 0 ? '' : `; the next likely is ${JSON.stringify(other.marks.delimiter)}`}`,
      quote: quoteEvidence(rows, quote),
      escape: escaped?.evidence ?? 'given',
      recordEnd: endEvidence(text, recordEnd),
    },
  }
}

/** Whether the mark stands between digits nearly everywhere: it could be a decimal mark. */
function isInNumbers(text: string, delimiter: string): boolean {
  if (delimiter !== ',') return false
  return (text.match(/\d,(?=\d)/g)?.length ?? 0) > (text.split(',').length - 1) * 0.9
}

const confidenceOf = (best: number, next: number): number =>
  best <= 0 ? 0 : Math.round(Math.min(1, 0.5 + (best - next) / (best + next) / 2) * 100) / 100

interface Candidate extends TextMarks {
  readonly prior: number
}

interface Tried {
  readonly marks: TextMarks
  readonly score: number
  /** Records with a cell in quotes. */
  readonly inQuotes: number
}

/** Whether the quote is `'` where as many records have cells in `"`: then it is one record's own, or text. */
const isRarer = (one: Tried, other: Tried): boolean =>
  one.marks.quote === "'" &&
  other.marks.quote === '"' &&
  one.marks.delimiter === other.marks.delimiter &&
  other.inQuotes > 0 &&
  other.inQuotes >= one.inQuotes

const usual = [',', ';', '\t', '|']
/** Marks of whole words, numbers or dates: they separate no cells. */
const neverDelimiters = /[\p{L}\p{N}\p{M}\p{Sc}\r\n"'`_.\-/\\%()[\]{}<>?]/u

function candidates(text: string, known: KnownDialect, recordEnd: string | null): Candidate[] {
  const quotes = (delimiter: string): (string | null)[] =>
    known.quote !== undefined ? [known.quote] : quotesOf(text, delimiter)
  const delimiters = known.delimiter === undefined ? delimitersIn(text, recordEnd) : [known.delimiter]
  return delimiters.flatMap((delimiter) =>
    quotes(delimiter).flatMap((quote) => {
      const doubled = { delimiter, quote, escape: quote, prior: priorOf(delimiter) }
      // An apostrophe inside such quotes often has no mark.
      return quote === "'" ? [doubled, { ...doubled, escape: null, prior: doubled.prior * 0.99 }] : [doubled]
    }),
  )
}

function priorOf(delimiter: string): number {
  if (usual.includes(delimiter)) return 1
  if (delimiter.length > 1)
    return !usual.includes(delimiter[0] as string) ? 0.9 : delimiter === delimiter.charAt(0).repeat(2) ? 1.15 : 0.99
  if (delimiter === ' ') return 0.55
  if (delimiter < ' ' || '~^§¦¬'.includes(delimiter)) return 0.95
  return delimiter === ':' ? 0.65 : 0.7
}

const marks = /[^\p{L}\p{N}\p{M}"'.\-/\\$%()[\]{}<>?]+/gu
/** The same in plain ASCII, told without the tables of Unicode. */
const asciiMarks = /[^A-Za-z0-9"'.\-/\\$%()[\]{}<>?]+/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII has them
const isAscii = (line: string): boolean => /^[\x00-\x7f]*$/.test(line)

/** Marks, and runs of two or three, that stand in at least a third of the lines; the usual ones wherever they stand. */
function delimitersIn(text: string, recordEnd: string | null): string[] {
  const lines = (recordEnd === null ? text.split(/\r\n|\n|\r/) : text.split(recordEnd)).slice(0, 300)
  const inLines = new Map<string, number>()
  let filled = 0
  for (const line of lines) {
    if (line.trim() === '') continue
    filled++
    const seen = new Set<string>()
    for (const [run] of line.matchAll(isAscii(line) ? asciiMarks : marks)) {
      for (const mark of run) seen.add(mark)
      if (run.length >= 2 && run.length <= 3) seen.add(run)
      if (run.length > 2) for (const mark of new Set([run.slice(0, 2)])) seen.add(mark)
    }
    for (const mark of seen) if (mark !== recordEnd) inLines.set(mark, (inLines.get(mark) ?? 0) + 1)
  }
  const isOften = ([mark, count]: readonly [string, number]) =>
    !neverDelimiters.test(mark) && (count >= filled / 3 || (usual.includes(mark) && count > 0))
  const between = (mark: string) => {
    if (mark !== ':' && mark !== ' ') return false
    const bare = text.replace(/"(?:[^"\r\n]|"")*"/g, '""')
    const all = bare.split(mark).length - 1
    const inTimes = bare.match(mark === ':' ? /\d:\d\d|:\/\//g : /\d \d\d?:\d\d/g)?.length ?? 0
    return inTimes > all * 0.5
  }
  return [...inLines]
    .filter(isOften)
    .sort((a, b) => b[1] - a[1])
    .map(([mark]) => mark)
    .filter((mark) => !between(mark) && (mark.trim() !== '' || mark.length === 1))
    .slice(0, 14)
}

/** Quotes that stand at the start and the end of cells. `"` where none does: a later record may have one. */
function quotesOf(text: string, delimiter: string): string[] {
  const mark = escapePattern(delimiter)
  const single = new RegExp(`(?:^|${mark}|[\\r\\n])'(?:[^']|'')*(?:[^']|'')'(?=${mark}|[\\r\\n]|$)`)
  return single.test(text) ? ['"', "'"] : ['"']
}

/** 0 to 1: how much the records look like a table's. Comments are no records, unless there are no others. */
function scoreOf(all: readonly SampleRow[], delimiter: string): number {
  const bare = all.filter(({ cells }) => !isComment(cells))
  const rows = bare.length === 0 ? all : bare
  if (rows.length === 0) return 0
  const [width, records] = commonest(widths(rows).filter((cells) => cells > 1))
  if (records === 0) return 0
  let pairs = 0
  for (let i = 1; i < rows.length; i++) {
    const cells = rows[i]?.cells.length
    if (cells === rows[i - 1]?.cells.length && cells !== 1) pairs++
  }
  const share = records / rows.length
  const adjacent = rows.length === 1 ? share : pairs / (rows.length - 1)
  const consistent = Math.max(share, 0.4 * share + 0.6 * adjacent)
  const dirty = rows.filter(({ isDirty }) => isDirty).length / rows.length
  return consistent ** 1.5 * valueShare(rows, delimiter) * (1 - 1 / (width + 1)) * (1 - dirty / 2)
}

const widths = (rows: readonly SampleRow[]): number[] => rows.map(({ cells }) => cells.length)

const valueRows = 40

/** 0 to 1: how much the cells look like whole values. */
function valueShare(rows: readonly SampleRow[], delimiter: string): number {
  const step = Math.max(1, Math.floor(rows.length / valueRows))
  let sum = 0
  let all = 0
  for (let i = 0; i < rows.length; i += step) {
    const { cells, quoted } = rows[i] as SampleRow
    if (cells.length === 1) continue
    for (let cell = 0; cell < Math.min(cells.length, 60); cell++) {
      sum += quoted[cell] ? 1 : likeValue(cells[cell] as string, delimiter)
      all++
    }
  }
  return all === 0 ? 0 : sum / all
}

function likeValue(cell: string, delimiter: string): number {
  if (/^["']|^\s+["']/.test(cell)) return /^'[^']*$/.test(cell) ? 0.8 : 0.1
  if (delimiter.trim() !== '' && /^ | $/.test(cell) && cell.trim() !== '') return 0.7
  if (cell.includes('"')) return 0.4
  const kind = classOf(cell)
  if (kind === 'empty' || kind === 'nil' || isTyped(kind)) return 1
  if (/[;\t|]|,(?! )/.test(cell)) return 0.35
  return 0.9
}

/** The score of a text without a delimiter: high where every line is one value. */
function oneColumn(text: string): number {
  const lines = text
    .split(/\r\n|\n|\r/)
    .filter((line) => line.trim() !== '')
    .slice(0, 200)
  const kinds = new Map<string, number>()
  for (const line of lines.slice(lines.length > 1 ? 1 : 0)) {
    const kind = /[;\t|]|["'],/.test(line) ? 'text' : classOf(line)
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  }
  const typed = [...kinds].filter(([kind]) => kind !== 'text').reduce((most, [, count]) => Math.max(most, count), 0)
  if (lines.length > 1 && typed >= (lines.length - 1) * 0.9) return 0.95
  return lines.some((line) => /[,;\t|]/.test(line)) ? 0.1 : 0.36
}

/** The escape under which the fewest records are dirty: quotes doubled, unless another one plainly reads better. */
function escapeOf(text: string, delimiter: string, quote: string | null, isWhole: boolean, recordEnd: string | null) {
  if (quote === null) return { escape: null, evidence: 'no quotes, no escapes' }
  const read = (escaper: string | null) =>
    sampleRows(text, { delimiter, quote, escape: escaper }, keptRows, isWhole, recordEnd)
  const doubled = read(quote)
  const pairs = doubled.reduce(
    (sum, { cells, quoted, isDirty }) =>
      isDirty ? sum : sum + cells.filter((cell, i) => quoted[i] && cell.includes(quote + quote)).length,
    0,
  )
  const plain = {
    escape: quote,
    evidence: pairs > 0 ? `${pairs} cells have a doubled quote` : 'the usual one; no quote inside quotes needs it',
  }
  const bad = irregular(doubled)
  if (bad === 0) return plain
  const backslashes = text.split(`\\${quote}`).length - 1
  const badBackslash = backslashes > pairs ? irregular(read('\\')) : bad
  const unmarked = read(null)
  const hurt = unmarked.filter(({ cells, quoted }) => cells.some((cell, i) => quoted[i] && cell.includes(quote))).length
  const badUnmarked = pairs === 0 && hurt > 1 ? irregular(unmarked) : bad
  if (badBackslash < bad && badBackslash <= badUnmarked)
    return { escape: '\\', evidence: `${backslashes} quotes have a backslash before them` }
  if (badUnmarked < bad)
    return { escape: null, evidence: `${hurt} records have quotes inside quotes that nothing marks` }
  return plain
}

/** Records with broken quotes, or another number of cells than most. */
function irregular(rows: readonly SampleRow[]): number {
  const [width] = commonest(widths(rows))
  return rows.filter(({ isDirty, cells }) => isDirty || cells.length !== width).length
}

function quoteEvidence(rows: readonly SampleRow[], quote: string | null): string {
  const cells = rows.reduce((sum, { quoted }) => sum + quoted.filter(Boolean).length, 0)
  return quote === null ? 'given' : cells === 0 ? 'the usual one; no cell needs it' : `${cells} cells stand in it`
}

const ends: readonly RecordEnd[] = ['\n', '\r\n', '\r']

function endEvidence(text: string, recordEnd: string | null): string {
  if (recordEnd !== null) return `no line ends, ${text.split(recordEnd).length - 1} of these`
  const counts = countEnds(text)
  const names: Record<RecordEnd, string> = { '\n': 'LF', '\r\n': 'CRLF', '\r': 'CR' }
  const found = ends.filter((end) => counts[end] > 0).map((end) => `${counts[end]} ${names[end]}`)
  return found.length === 0 ? 'one line without an end' : found.join(', ')
}

/** A record end of its own: in a text without line ends, the mark whose parts have the same cells. */
function customEnd(text: string, isWhole: boolean): string | null {
  const separator = separators.find((mark) => text.includes(mark))
  if (/[\r\n]/.test(text.slice(0, -2)) && separator === undefined) return null
  const single = [...new Set(text)].filter((mark) => !neverEnds.test(mark))
  const marks = separator !== undefined ? [separator] : [...single, ...single.map((mark) => mark + mark)]
  let best: { mark: string; score: number } | undefined
  for (const mark of marks.filter((mark) => text.includes(mark)).slice(0, 16)) {
    if (text.split(mark).length < 3 && separator === undefined) continue
    const scores = delimitersIn(text, mark)
      .filter((delimiter) => !mark.includes(delimiter) && !delimiter.includes(mark))
      .map((delimiter) => {
        const rows = sampleRows(text, { delimiter, quote: '"', escape: '"' }, triedRows, isWhole, mark)
        return rows.length < 2 ? 0 : scoreOf(rows, delimiter) * priorOf(delimiter)
      })
    // The last record mostly ends as the others do.
    const score = Math.max(0, ...scores) * (text.endsWith(mark) ? 1.3 : 1)
    if (score > (best?.score ?? 0.45)) best = { mark, score }
  }
  return best?.mark ?? null
}

const separators = ['\x1e', '\x1d', '\x03', '\u0085', '\u2028']
/** Marks of words, numbers, times and addresses end no record. */
const neverEnds = /[\p{L}\p{N}\p{M}\p{Sc}\r\n\t"'`_.\-/\\%()[\]{}<>?:=&+ ]/u
