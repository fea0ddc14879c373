/** Where a column of fixed width stands, in characters from 0, half-open: what its cells fill, blanks around left out. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** Lines that are looked at. */
export const sampleLines = 200

/** A longer line is of no such file. */
export const maxWidth = 20_000

/** Lines above the header and below the rows that may be left out of a block without blank lines. */
const most = { above: 12, below: 2 }

/**
 * The columns of a fixed width text, found by the blanks that all its lines have in common.
 *
 * Looked at is the longest run of lines without a blank one, lines of dashes left out; at least three lines. Blanks part
 * two columns where some line has at least two of them side by side there (a cell is filled up to its width), and where
 * below the first line all cells of each column begin, or all end, at one place. Where the first line looks like a
 * header, a column has a name in it, else it belongs to the column before. Lines that run across are left out where the
 * rest then has columns, or two columns more: up to twelve above (a title), two below (a total), one in twenty anywhere.
 *
 * Says null where it is not sure.
 *
 * @param lines the first lines of a text, whole, without line ends
 * @returns at least two columns, or null
 */
export function findColumns(lines: readonly string[]): Span[] | null {
  const block = longestBlock(lines.slice(0, sampleLines))
  if (block.length < 3 || hasDelimiter(block)) return null
  const rows = block.map((line) => Array.from(line.trimEnd()))
  if (rows.some((row) => row.length > maxWidth)) return null
  const strict = findStrict(rows)
  const likely = withoutOutliers(rows)
  const found = likely.length < rows.length ? findStrict(likely) : null
  return found !== null && found.length >= (strict?.length ?? 0) + 2 ? found : strict
}

function findStrict(rows: readonly Row[]): Span[] | null {
  const width = Math.max(0, ...rows.map((row) => row.length))
  for (let below = 0; below <= most.below; below++) {
    const kept = rows.slice(0, rows.length - below)
    const filled = new Int32Array(width)
    for (const row of kept) count(filled, row, 1)
    let best: Span[] | null = null
    for (let above = 0; above <= most.above && kept.length - above >= 3; above++) {
      if (above > 0) count(filled, kept[above - 1] as Row, -1)
      const columns = columnsOf(kept.slice(above), filled)
      const more = (columns?.length ?? 0) - (best?.length ?? 0)
      if (more >= 2 || (more === 1 && kept.slice(0, above).every(isSentence))) best = columns
    }
    if (best !== null) return best
  }
  return null
}

/** A line's characters, without the blanks at its end. */
type Row = readonly string[]

/** Words with single blanks between them: a title, no header of padded cells. */
const isSentence = (row: Row): boolean => !row.join('').trim().includes('  ')

/** Without the at most one in twenty that have text where nearly no other has. */
function withoutOutliers(rows: readonly Row[]): readonly Row[] {
  const allowed = Math.floor(rows.length / 20)
  const filled = new Int32Array(Math.max(...rows.map((row) => row.length)))
  for (const row of rows) count(filled, row, 1)
  const kept = rows.filter(
    (row) => !row.some((character, at) => character !== ' ' && (filled[at] as number) <= allowed),
  )
  return kept.length >= rows.length - allowed ? kept : rows
}

/** A line of nothing but these marks is a rule between rows. */
export const isRule = (line: string): boolean => /[-=_*+|]{2}/.test(line) && !/[^-=_*+|\s]/.test(line)

function longestBlock(lines: readonly string[]): string[] {
  let best: string[] = []
  let block: string[] = []
  for (const line of lines) {
    if (isRule(line)) continue
    if (line.trim() === '') block = []
    else block.push(line)
    if (block.length > best.length) best = block
  }
  return best
}

/** Delimited text may be padded with blanks too: every line has as many of some mark, or there are tabs. */
function hasDelimiter(lines: readonly string[]): boolean {
  if (lines.some((line) => line.includes('\t'))) return true
  return [',', ';', '|'].some((mark) => {
    const counts = lines.map((line) => line.split(mark).length)
    return (counts[0] as number) > 1 && counts.every((n) => n === counts[0])
  })
}

function count(filled: Int32Array, row: Row, by: number): void {
  for (let at = 0; at < row.length; at++) if (row[at] !== ' ') filled[at] = (filled[at] as number) + by
}

function columnsOf(rows: readonly Row[], filled: Int32Array): Span[] | null {
  const [first = [], ...below] = rows
  const isHeader = !first.some((character) => /\d/.test(character))
  const columns: Span[] = []
  for (let at = 0; at < filled.length; at++) {
    if (filled[at] === 0) continue
    const from = at
    while (at < filled.length && filled[at] !== 0) at++
    const before = columns.at(-1)
    const isOwn = before === undefined || (isPadded(rows, before.to, from) && (!isHeader || hasText(first, from, at)))
    if (isOwn) columns.push({ from, to: at })
    else columns[columns.length - 1] = { from: before.from, to: at }
  }
  return columns.length >= 2 && columns.every((column) => isAligned(first, below, column)) ? columns : null
}

const hasText = (row: Row, from: number, to: number): boolean =>
  row.slice(from, to).some((character) => character !== ' ')

/** Whether some line with text on both sides has two blanks side by side at this gap. */
function isPadded(rows: readonly Row[], from: number, to: number): boolean {
  return rows.some((row) => {
    if (row.length <= to) return false
    if (to - from >= 2) return true
    return row[from - 1] === ' ' || row[to] === ' '
  })
}

/** Whether at least two lines have text there, and all but the first one begin, or all end, at one place. */
function isAligned(first: Row, rows: readonly Row[], { from, to }: Span): boolean {
  const starts = new Set<number>()
  const ends = new Set<number>()
  let cells = hasText(first, from, to) ? 1 : 0
  for (const row of rows) {
    let start = from
    while (start < to && (row[start] ?? ' ') === ' ') start++
    if (start === to) continue
    let end = Math.min(to, row.length)
    while (row[end - 1] === ' ') end--
    starts.add(start)
    ends.add(end)
    cells++
  }
  return cells >= 2 && (starts.size === 1 || ends.size === 1)
}
