import type { Column, Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { newBatch, type TextBatch, type TextReader } from '../batch.ts'
import type { Source } from '../source/source.ts'
import { CR, type Fill, type Filled, LF, pieceBytes, space, TextWindow, type Window } from '../source/window.ts'
import { type Positions, putView } from '../views.ts'
import { JsonCells } from './json-cells.ts'
import { JsonDocument } from './json-document.ts'

/**
 * Read a JSON object a line. A line that is none is kept, with nulls, as `row.malformed`.
 *
 * `columns` are the top-level keys met so far: where `wanted` names some, they are whole when `next` has given 0; where
 * it is null, the text is read once before to learn them.
 */
export function readJsonLines(
  source: Source,
  wanted: readonly Column[] | null,
  limits: Limits,
  piece = pieceBytes,
): TextReader {
  const open = (columns: readonly Column[], isWhole = false): TextReader => {
    const text = new TextWindow(source, limits.recordBytes, piece)
    text.isReadAgain = false
    const cells = new JsonCells(source.name, columns, limits, isWhole)
    return readerOf(source, text, cells, fillLines.bind(undefined, cells), () => {})
  }
  return wanted === null ? withAll(open) : open(wanted)
}

/**
 * Read the records at a path inside one JSON document. `line` is a record's index, from 1; `columns` as above.
 *
 * @throws Fault from `next`: "file.path-not-found", "file.damaged" where it is no whole JSON document, "file.too-deep"
 */
export function readJson(
  source: Source,
  { path }: Pick<Format, 'path'>,
  wanted: readonly Column[] | null,
  limits: Limits,
  piece = pieceBytes,
): TextReader {
  const open = (columns: readonly Column[], isWhole = false): TextReader => {
    const text = new TextWindow(source, limits.recordBytes, piece, 'record')
    text.isReadAgain = false
    const cells = new JsonCells(source.name, columns, limits, isWhole)
    const document = new JsonDocument(source.name, path ?? '[]', cells)
    return readerOf(source, text, cells, document.fill, document.checkEnd)
  }
  return wanted === null ? withAll(open) : open(wanted)
}

/** A reader of all columns: the text is read to its end for them first. */
function withAll(open: (columns: readonly Column[], isWhole?: boolean) => TextReader): TextReader {
  const first = open([])
  const batch = newBatch(0)
  while (first.next(batch) > 0);
  const reader = open(
    first.columns.map((name) => ({ name })),
    true,
  )
  return Object.defineProperty(reader, 'columns', { value: first.columns })
}

function readerOf(source: Source, text: TextWindow, cells: JsonCells, fill: Fill, checkEnd: () => void): TextReader {
  return {
    columns: cells.columns,
    ignored: text.ignored,
    get position() {
      return text.position
    },
    next(batch) {
      const rows = text.fill(batch, fill)
      if (rows === 0) checkEnd()
      return rows
    },
    close: () => source.close(),
  }
}

/** A `Fill` for lines of JSON. */
function fillLines(cells: JsonCells, window: Window, batch: TextBatch, positions: Positions, maxRows: number): Filled {
  const { buffer, end, isLast, base, recordBytes } = window
  const textStart = window.at
  const filled: Filled = { at: window.at, line: window.line, blank: 0, header: 0, isTooLong: false }
  const rowLimit = Math.min(maxRows, batch.capacity)
  while (batch.rows < rowLimit && filled.at < end) {
    const start = filled.at
    let to = start
    while (buffer[to] !== LF && buffer[to] !== CR) to++
    const next = to + (buffer[to] === CR && buffer[to + 1] === LF ? 2 : 1)
    const isWhole = next <= end || isLast
    if (to - start > recordBytes || (!isWhole && end - start > recordBytes)) {
      filled.isTooLong = true
      return filled
    }
    if (!isWhole) return filled
    if (isBlank(buffer, start, to)) filled.blank++
    else {
      const row = batch.rows
      const { scanner } = cells
      scanner.load(buffer, start, to)
      scanner.skipSpace()
      const isObject = buffer[scanner.at] === 0x7b && cells.scan(0)
      scanner.skipSpace()
      batch.fault[row] = isObject && scanner.at === to ? cells.put(batch, row, textStart) : cells.putNothing(batch, row)
      putView(batch.raw, row, buffer, start, to, 0, textStart)
      positions.put(row, filled.line, base + start, to - start)
      batch.rows++
    }
    filled.at = Math.min(next, end)
    filled.line++
  }
  return filled
}

function isBlank(buffer: Uint8Array, from: number, to: number): boolean {
  let at = from
  while (at < to && (buffer[at] as number) <= space) at++
  return at === to
}
