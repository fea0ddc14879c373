import type { Format } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { recordFileOf, type Spooled } from '../record-file.ts'
import type { Records } from '../records.ts'
import type { Source } from '../source/source.ts'
import { linesOf } from '../source/text-lines.ts'
import { findColumns, isRule, maxWidth, type Span, sampleLines } from './fixed-columns.ts'

/**
 * Fixed width text: a row for each line, blanks around cells left out. A character is a code point, whatever its width on
 * paper.
 *
 * With `format.widths` a line is cut there; text behind the last width is one cell more. Without them the columns are
 * found (`findColumns`), and a cell may run over into the blanks beside its column as long as one of them stays: where none
 * does, the row is `row.malformed` and its first cell is the whole line.
 *
 * @throws Fault "file.widths-not-found"
 */
export async function readFixedWidth(
  source: Source,
  format: Format,
  limits: Limits,
  tempDir: string,
  piece?: number,
): Promise<Records> {
  const cut = format.widths === null ? cutAtGaps(columnsOf(source, format, limits, piece)) : cutAtWidths(format.widths)
  const file = await recordFileOf(tempDir, source.name, limits, rowsOf(source, cut, limits, piece))
  return { kind: 'grid', sheets: [{ name: source.name, file }] }
}

/** A line's cells; null where its text runs across columns. */
type Cut = (line: string) => string[] | null

function* rowsOf(source: Source, cut: Cut, limits: Limits, piece?: number): Generator<Spooled> {
  for (const { text, line, start, length, fault: kindOfLine } of linesOf(source, limits, piece)) {
    const isEmpty = text.trim() === '' || isRule(text)
    // A line of dashes is no row: without cells it is counted as blank.
    const cells = isEmpty ? [] : cut(text)
    const kind = cells === null ? fault.malformed : kindOfLine
    yield { line, start, length, raw: text, cells: cells ?? [text.trim()], fault: isEmpty ? fault.none : kind }
  }
}

function columnsOf(source: Source, format: Format, limits: Limits, piece?: number): Span[] {
  const head: string[] = []
  for (const { text, line } of linesOf(source, limits, piece)) {
    if (format.skipRows === null || line > format.skipRows) head.push(text.slice(0, maxWidth + 1))
    if (head.length === sampleLines) break
  }
  const columns = findColumns(head)
  if (columns !== null) return columns
  throw new Fault(
    'file.widths-not-found',
    `${source.name}: no blanks part its lines into columns: in its first ${head.length} lines none stand below each other.`,
    'Say how wide each column is in the contract: `format: { type: fixed, widths: [10, 25, 12] }`.',
  )
}

/** The line's characters; a string where each is one unit. */
const charactersOf = (line: string): string | string[] => (/[\ud800-\udfff]/.test(line) ? Array.from(line) : line)

function textOf(characters: string | string[], from: number, to: number): string {
  let [start, end] = [from, Math.min(to, characters.length)]
  while (start < end && characters[start] === ' ') start++
  while (start < end && characters[end - 1] === ' ') end--
  const part = characters.slice(start, end)
  return typeof part === 'string' ? part : part.join('')
}

function cutAtWidths(widths: readonly number[]): Cut {
  return (line) => {
    const characters = charactersOf(line)
    let at = 0
    const cells = widths.map((width) => {
      at += width
      return textOf(characters, at - width, at)
    })
    const rest = textOf(characters, at, characters.length)
    return rest === '' ? cells : [...cells, rest]
  }
}

function cutAtGaps(columns: readonly Span[]): Cut {
  return (line) => {
    const characters = charactersOf(line)
    const isBlank = (at: number) => (characters[at] ?? ' ') === ' '
    let isClean = true
    let from = 0
    const cells = columns.map(({ to }, i) => {
      const start = from
      const next = columns[i + 1]?.from ?? characters.length
      if (i === columns.length - 1) return textOf(characters, start, characters.length)
      // Text from either side may reach into the gap; between them there is a blank, and nothing else.
      let left = to
      if (!isBlank(to - 1)) while (left < next && !isBlank(left)) left++
      let right = next
      if (!isBlank(next)) while (right > left && !isBlank(right - 1)) right--
      for (let at = left; at < right; at++) if (!isBlank(at)) isClean = false
      if (left === next) isClean = false
      from = left
      return textOf(characters, start, left)
    })
    return isClean ? cells : null
  }
}
