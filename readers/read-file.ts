import { basename } from 'node:path'
import type { Format } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import { newBatch, type TextReader, textAt } from './batch.ts'
import { type TextRow, textRows } from './delimited/text-rows.ts'
import { recordsOf } from './formats.ts'
import { isText, readText } from './open.ts'
import { closeRecords, type Records, rowsOf } from './records.ts'
import { type Decision, settle } from './settle.ts'
import type { Source } from './source/source.ts'
import { pieceBytes, TextWindow } from './source/window.ts'
import { joinMergedHeader } from './tables/merged-header.ts'
import { type Part, partsOf } from './tables/tables.ts'

/** A file read as it is, before any contract. */
export interface ReadFile {
  readonly name: string
  readonly format: Format
  readonly decisions: readonly Decision[]
  /** A workbook's sheets, a page's tables; else one without a name. Each is read once. */
  readonly sheets: readonly Sheet[]
  /** Bytes read so far, for progress. */
  readonly position: number
  close(): void
}

export interface Sheet {
  readonly name: string | null
  parts(): Iterable<Part<TextRow>>
}

/**
 * Open a file and find how it is read; its tables and records come from `sheets`.
 *
 * @param format what is known; `format.found` is found in the file
 * @throws Fault "file.…", from `parts` too: see docs/reading.md
 */
export async function readFile(path: string, format: Format, limits: Limits, tempDir: string): Promise<ReadFile> {
  const settled = await settle(path, format, limits, tempDir)
  const { source, usual, decisions } = settled
  const file = { name: basename(path), format: settled.format, decisions }
  if (source === null || !isText(file.format)) {
    return fromRecords(file, await recordsOf(path, file.format, limits, tempDir, source))
  }
  if (usual !== null) {
    const window = new TextWindow(source, limits.recordBytes, pieceBytes)
    const rows = () => partsOf(textRows(window, source.name, settled.format, limits, usual), usual.width)
    return {
      ...file,
      get position() {
        return window.position
      },
      sheets: [{ name: null, parts: rows }],
      close: () => source.close(),
    }
  }
  return fromReader({ ...file, format: file.format }, source, limits)
}

type Known = Pick<ReadFile, 'name' | 'format' | 'decisions'>

function fromRecords(file: Known, records: Records): ReadFile {
  const close = () => closeRecords(records)
  if (records.kind === 'grid') {
    const sheets = records.sheets.map(({ name, file: rows, merges = [] }) => ({
      name: file.format.type === 'fixed' ? null : name,
      parts: () => narrowed(partsOf(joinMergedHeader(gridRows(rows), merges), rows.width === 1 ? 1 : -1)),
    }))
    return { ...file, position: 0, sheets, close }
  }
  const { names, file: rows } = records
  return { ...file, position: 0, sheets: [{ name: null, parts: () => keyed(names, keyedRows(names, rows)) }], close }
}

/** Rows of a sheet, each as wide as the widest; empty ones left out. */
function* gridRows(file: Parameters<typeof rowsOf>[0]): Generator<TextRow> {
  let last = 0
  for (const row of rowsOf(file)) {
    const cells = Array.from({ length: file.width }, (_, i) => row.cells[i] ?? '')
    if (cells.every((cell) => cell.trim() === '')) continue
    yield { cells, line: row.line, isAfterBlank: last > 0 && row.line > last + 1, fault: row.fault }
    last = row.line
  }
}

/** A sheet is as wide as its widest row: each table without the empty columns behind it. */
function* narrowed(parts: Iterable<Part<TextRow>>): Generator<Part<TextRow>> {
  let width = 0
  for (const part of parts) {
    if (part.kind === 'table') {
      const used = part.header ?? part.shape.classes.map((kind) => kind ?? '')
      width = used.findLastIndex((cell) => cell.trim() !== '') + 1
      yield { ...part, header: part.header?.slice(0, width) ?? null }
    } else if (part.kind === 'record') {
      const { cells } = part.row
      const last = cells.findLastIndex((cell) => cell.trim() !== '') + 1
      yield { ...part, row: { ...part.row, cells: cells.slice(0, Math.max(width, last)) } }
    } else yield part
  }
}

function* keyedRows(names: readonly string[], file: Parameters<typeof rowsOf>[0]): Generator<TextRow> {
  for (const { cells, line, fault } of rowsOf(file))
    yield { cells: names.map((_, i) => cells[i] ?? ''), line, isAfterBlank: false, fault }
}

function fromReader(
  file: Known & { format: Parameters<typeof readText>[1] },
  source: Source,
  limits: Limits,
): ReadFile {
  let reader: TextReader | undefined
  return {
    ...file,
    get position() {
      return reader?.position ?? 0
    },
    sheets: [
      {
        name: null,
        *parts() {
          reader = readText(source, file.format, null, limits)
          yield* keyed(reader.columns, readerRows(reader))
        },
      },
    ],
    close: () => source.close(),
  }
}

function* readerRows(reader: TextReader): Generator<TextRow> {
  const batch = newBatch(reader.columns.length)
  while (reader.next(batch) > 0)
    for (let row = 0; row < batch.rows; row++)
      yield {
        cells: batch.columns.map((column) => textAt(batch, column, row)),
        line: Number(batch.line[row]),
        isAfterBlank: false,
        fault: batch.fault[row] as number,
      }
}

/** Records whose fields have names: one table, whose header is they. */
function* keyed(names: readonly string[], rows: Iterable<TextRow>): Generator<Part<TextRow>> {
  const shape = { width: names.length, classes: [], isFilled: [] }
  yield { kind: 'table', header: names, headerRows: [], shape, why: 'the format names its fields', confidence: 1 }
  for (const row of rows) yield { kind: 'record', row }
}
