import type { Column, Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { fault, type TextBatch, type TextColumn, type TextReader } from './batch.ts'
import { columnName, columnsMissing, missingColumns, resolveColumns } from './columns.ts'
import { type Edges, edgeRows, type LooseRow, longestRow } from './edges.ts'
import { emptyOf } from './faults.ts'
import { damagedCell, nullCell, type RecordFile, recordHead } from './record-file.ts'
import { type HeaderRow, headerDepth, isGroupRow, joinedHeader, lastHeaderLine, type Merge } from './tables/merges.ts'
import { clearBatch, Positions, putNull, putView } from './views.ts'

/** What a format other than delimited text and JSON is read into. */
export type Records =
  /** Every record has the same fields: an XML element, a statement's entry, a Parquet row. */
  | {
      readonly kind: 'keyed'
      readonly names: readonly string[]
      readonly file: RecordFile
      /** The names are those that this file happens to have: one more is null everywhere, and none has a position. */
      readonly isOpen?: boolean
    }
  /** Rows of cells, among which the header stands: a sheet, an HTML table, fixed width. */
  | { readonly kind: 'grid'; readonly sheets: readonly Sheet[] }

export interface Sheet {
  readonly name: string
  readonly file: RecordFile
  /** Cells merged into one, near the top: a group over several names of a header. */
  readonly merges?: readonly Merge[]
}

export function closeRecords(records: Records): void {
  if (records.kind === 'keyed') records.file.close()
  else for (const { file } of records.sheets) file.close()
}

/** A row of a record file, for looking at. */
export interface Row {
  readonly line: number
  readonly start: number
  readonly length: number
  readonly raw: string
  readonly cells: readonly (string | null)[]
  readonly fault: number
}

/** Every row of a record file, in order. */
export function* rowsOf(file: RecordFile): Generator<Row> {
  const window = new RecordWindow(file)
  while (window.isNext()) {
    yield window.row()
    window.skip()
  }
}

/**
 * A reader of wanted columns: of named fields, or of the first sheet with a header that has them all.
 *
 * Closes every record file when it is closed, or when it throws.
 *
 * @param where names the file for a person
 * @throws Fault "file.columns-missing", "file.column-ambiguous", "file.empty"
 */
export function readRecords(
  where: string,
  records: Records,
  format: Format,
  wanted: readonly Column[] | null,
): TextReader {
  try {
    return records.kind === 'keyed' ? readKeyed(where, records, wanted) : readGrid(where, records, format, wanted)
  } catch (error) {
    closeRecords(records)
    throw error
  }
}

function readKeyed(where: string, records: Records & { kind: 'keyed' }, wanted: readonly Column[] | null): TextReader {
  const { names, file } = records
  const known = names.map(columnName)
  const slots =
    wanted === null
      ? names.map((_, i) => i)
      : records.isOpen === true
        ? openSlots(known, wanted, where, file.records)
        : resolveColumns(known, wanted, where)
  return readerOf(new RecordWindow(file), names, slots, noHeader, () => closeRecords(records))
}

/** As `resolveColumns`, where names may be missing: but not all of them, where there are records. */
function openSlots(names: readonly string[], wanted: readonly Column[], where: string, records: number): number[] {
  for (const column of wanted) if ('position' in column) throw noPositions(where, column.position)
  const missing = missingColumns(names, wanted)
  if (records > 0 && wanted.length > 0 && missing.length === wanted.length) throw columnsMissing(names, wanted, where)
  const isMissing = new Set(missing)
  return wanted.map((column) =>
    'name' in column && isMissing.has(columnName(column.name))
      ? Number.MAX_SAFE_INTEGER
      : (resolveColumns(names, [column], where)[0] as number),
  )
}

const noPositions = (where: string, position: number): Fault =>
  new Fault(
    'file.columns-missing',
    `${where}: column ${position} is wanted by its position, but fields of this format have names alone.`,
    'Name the field in the contract: `from: name`. `entrepot parse` shows the names.',
    { details: { missing: [`column ${position}`] } },
  )

/** The header is looked for among this many rows. */
const headerRows = 200

function readGrid(
  where: string,
  records: Records & { kind: 'grid' },
  format: Format,
  wanted: readonly Column[] | null,
): TextReader {
  const sheets = format.sheet === null ? records.sheets : records.sheets.filter(({ name }) => name === format.sheet)
  const close = () => closeRecords(records)
  let closest: { names: string[]; place: string; missing: number } | undefined
  for (const { name, file, merges = [] } of sheets) {
    const window = new RecordWindow(file)
    const place = records.sheets.length > 1 ? `${where} sheet "${name}"` : where
    if (!format.header) {
      if (!window.isNext()) continue
      const names = Array.from({ length: file.width }, (_, i) => `column${i + 1}`)
      const slots = wanted === null ? names.map((_, i) => i) : resolveColumns(names, wanted, place)
      return readerOf(window, names, slots, noHeader, close, file)
    }
    let preamble = 0
    let blank = 0
    /** Rows above that merged cells make groups of names below. */
    let groups: HeaderRow[] = []
    for (let seen = 0; seen < headerRows && window.isNext(); seen++) {
      const row = window.row()
      const isBlank = row.cells.every((cell) => columnName(cell ?? '') === '')
      if (isBlank || (format.skipRows !== null && row.line <= format.skipRows)) {
        window.skip()
        if (isBlank) blank++
        else preamble++
        groups = []
        continue
      }
      const known = groups.length
      for (let above = 0; above <= known; above++) {
        const rows = [...groups.slice(known - above), row]
        const names = joinedHeader(rows, merges).map(columnName)
        const missing = wanted === null ? 0 : missingColumns(names, wanted).length
        const last = lastHeaderLine(rows[0]?.line ?? row.line, merges)
        if (missing === 0 || format.skipRows !== null) {
          window.skip()
          for (; window.isNext() && window.row().line <= last; window.skip()) rows.push(window.row())
          const all = wanted === null ? joinedHeader(rows, merges).map(columnName) : names
          const slots = wanted === null ? all.map((_, i) => i) : resolveColumns(all, wanted, `${place} row ${row.line}`)
          return readerOf(window, all, slots, { rows, preamble: preamble - above, blank }, close, file)
        }
        if (closest === undefined || missing < closest.missing || (missing === closest.missing && above > 0))
          closest = { names, place: `${place} row ${row.line}, the likeliest header`, missing }
      }
      groups = isGroupRow(row, merges) ? [...groups.slice(1 - headerDepth), row] : []
      window.skip()
      preamble++
    }
  }
  if (closest !== undefined && wanted !== null) throw columnsMissing(closest.names, wanted, closest.place)
  throw emptyOf(where, format.sheet === null ? 'holds no rows' : `has no sheet "${format.sheet}" with rows`)
}

interface Above {
  /** The header's rows: a row with the same cells as one of them is a repeat of it. */
  readonly rows: readonly HeaderRow[]
  readonly preamble: number
  readonly blank: number
}

const noHeader: Above = { rows: [], preamble: 0, blank: 0 }

function readerOf(
  window: RecordWindow,
  names: readonly string[],
  slots: readonly number[],
  above: Above,
  close: () => void,
  grid?: RecordFile,
): TextReader {
  const ignored = { preamble: above.preamble, header: above.rows.length, blank: above.blank }
  const width = Math.max(-1, ...above.rows.map(({ cells }) => trimmed(cells)))
  const header = above.rows.map(({ cells }) => ({ cells, bytes: Buffer.byteLength(cells.join('')) }))
  const positions = new WeakMap<TextBatch, Positions>()
  let last: number[] | undefined
  const keepEdges = (file: RecordFile) => () => {
    last = []
    const headerLine = above.rows[0]?.line ?? 0
    return (): Edges => ({
      above: looseRows(file, 0).filter(({ line }) => line < headerLine),
      last: looseRows(file, last?.at(-edgeRows) ?? last?.[0] ?? file.bytes),
    })
  }
  return {
    columns: names,
    ignored,
    get position() {
      return window.position
    },
    next(batch) {
      clearBatch(batch)
      const place = positions.get(batch) ?? new Positions(batch)
      positions.set(batch, place)
      window.begin()
      while (batch.rows < batch.capacity && window.isNext(batch.rows === 0)) {
        if (window.isBlank()) ignored.blank++
        else if (header.some((row) => window.hasBytes(row.bytes) && isSame(row.cells, window.row().cells)))
          ignored.header++
        else window.put(batch, place, slots, width)
        if (last !== undefined && last.push(window.position) > 50 * edgeRows) last = last.slice(-edgeRows)
        window.skip()
      }
      window.finish(batch)
      return batch.rows
    },
    ...(grid === undefined ? {} : { keepEdges: keepEdges(grid) }),
    close,
  }
}

/** The first rows of a table from a position in its file on, but for blank ones. */
function looseRows(file: RecordFile, from: number): LooseRow[] {
  const window = new RecordWindow(file, from)
  const rows: LooseRow[] = []
  for (let seen = 0; seen < edgeRows && window.isNext(); seen++) {
    if (!window.isBlank() && window.size <= longestRow) {
      const { line, cells } = window.row()
      rows.push({ line, cells: cells.map((cell) => cell ?? '') })
    }
    window.skip()
  }
  return rows
}

/** Cells without the empty ones at the end. */
function trimmed(cells: readonly (string | null)[]): number {
  let width = cells.length
  while (width > 0 && (cells[width - 1] ?? '').trim() === '') width--
  return width
}

const isSame = (header: readonly (string | null)[], cells: readonly (string | null)[]): boolean =>
  trimmed(header) === trimmed(cells) && header.every((cell, i) => (cell ?? '') === (cells[i] ?? ''))

const pieceBytes = 4 * 1024 * 1024

/** A record file read forward, the record at hand whole in memory. */
class RecordWindow {
  readonly #file: RecordFile
  #buffer: Buffer = Buffer.alloc(0)
  /** The record at hand, and the end of what is in memory, in `#buffer`. */
  #at = 0
  #end = 0
  #textStart = 0
  /** Position in the file of `#end`. */
  #read = 0

  /** @param from position of a record in the file */
  constructor(file: RecordFile, from = 0) {
    this.#file = file
    this.#read = from
  }

  /** Bytes of the record at hand. */
  get size(): number {
    return this.#buffer.readUInt32LE(this.#at)
  }

  get position(): number {
    return this.#read - (this.#end - this.#at)
  }

  /** Whether there is a record at hand. With `mayRead` false, only one that is in memory already. */
  isNext(mayRead = true): boolean {
    if (this.#isWhole()) return true
    if (!mayRead || (this.#at === this.#end && this.#read >= this.#file.bytes)) return false
    this.#readMore()
    return true
  }

  /** Go to the next record. The head of this one becomes zeros: with them a batch's text is UTF-8, as it must be. */
  skip(): void {
    const from = this.#at
    const cells = this.#buffer.readUInt32LE(from + 28)
    this.#at += this.#buffer.readUInt32LE(from)
    this.#buffer.fill(0, from, from + recordHead + 4 * cells)
  }

  /** The records from here on go into one batch. */
  begin(): void {
    if (!this.#isWhole() && this.#read < this.#file.bytes) this.#readMore()
    this.#textStart = this.#at
  }

  finish(batch: TextBatch): void {
    batch.text = this.#buffer.subarray(this.#textStart, this.#at)
  }

  /** Whether nothing is in it and nothing is wrong with it. */
  isBlank(): boolean {
    const buffer = this.#buffer
    if (buffer.readUInt32LE(this.#at + 24) !== fault.none) return false
    const cells = buffer.readUInt32LE(this.#at + 28)
    let at = this.#at + recordHead + 4 * cells + buffer.readUInt32LE(this.#at + 32)
    for (let i = 0; i < cells; i++) {
      const head = buffer.readUInt32LE(this.#at + recordHead + 4 * i) & nullCell
      if (head === nullCell) continue
      for (const end = at + head; at < end; at++) if ((buffer[at] as number) > 0x20) return false
    }
    return true
  }

  /** Whether the cells at hand have so many bytes: for most rows that tells they are no repeat of the header. */
  hasBytes(bytes: number): boolean {
    const from = this.#at
    const cells = this.#buffer.readUInt32LE(from + 28)
    const rawBytes = this.#buffer.readUInt32LE(from + 32)
    return this.#buffer.readUInt32LE(from) - recordHead - 4 * cells - rawBytes === bytes
  }

  row(): Row {
    const buffer = this.#buffer
    const from = this.#at
    const count = buffer.readUInt32LE(from + 28)
    let at = from + recordHead + 4 * count
    const text = (bytes: number) => {
      at += bytes
      return buffer.toString('utf8', at - bytes, at)
    }
    const raw = text(buffer.readUInt32LE(from + 32))
    const cells = Array.from({ length: count }, (_, i) => {
      const head = buffer.readUInt32LE(from + recordHead + 4 * i) & nullCell
      return head === nullCell ? null : text(head)
    })
    return {
      line: buffer.readDoubleLE(from + 4),
      start: buffer.readDoubleLE(from + 12),
      length: buffer.readUInt32LE(from + 20),
      fault: buffer.readUInt32LE(from + 24),
      raw,
      cells,
    }
  }

  /** @param width cells a record has at most; -1: any number */
  put(batch: TextBatch, positions: Positions, slots: readonly number[], width: number): void {
    const buffer = this.#buffer
    const from = this.#at
    const row = batch.rows
    const count = buffer.readUInt32LE(from + 28)
    const rawBytes = buffer.readUInt32LE(from + 32)
    const texts = from + recordHead + 4 * count
    const ends = this.#ends(count, texts + rawBytes)
    let kind = buffer.readUInt32LE(from + 24)
    for (let slot = 0; slot < slots.length; slot++) {
      const cell = slots[slot] as number
      const column = batch.columns[slot] as TextColumn
      const head = cell < count ? buffer.readUInt32LE(from + recordHead + 4 * cell) : nullCell
      if ((head & nullCell) === nullCell) putNull(column, row)
      else {
        const end = ends[cell] as number
        putView(column, row, buffer, end - (head & nullCell), end, 0, this.#textStart)
      }
      if (cell < count && head >= damagedCell && kind === fault.none) kind = fault.damaged
    }
    if (width >= 0 && kind === fault.none && this.#filled(count, ends) > width) kind = fault.arity
    putView(batch.raw, row, buffer, texts, texts + rawBytes, 0, this.#textStart)
    positions.put(row, buffer.readDoubleLE(from + 4), buffer.readDoubleLE(from + 12), buffer.readUInt32LE(from + 20))
    batch.fault[row] = kind
    batch.rows++
  }

  /** Where each cell's text ends. */
  #ends(count: number, from: number): number[] {
    let at = from
    return Array.from({ length: count }, (_, i) => {
      const bytes = this.#buffer.readUInt32LE(this.#at + recordHead + 4 * i) & nullCell
      if (bytes !== nullCell) at += bytes
      return at
    })
  }

  /** Cells up to the last one that is not empty. */
  #filled(count: number, ends: readonly number[]): number {
    const last = ends[count - 1]
    let filled = count
    while (filled > 1 && ends[filled - 2] === last) filled--
    return filled
  }

  #isWhole(): boolean {
    const left = this.#end - this.#at
    return left >= 4 && left >= this.#buffer.readUInt32LE(this.#at)
  }

  /** Keep what is not read yet and put more behind it, until a record is whole. */
  #readMore(): void {
    const rest = this.#buffer.subarray(this.#at, this.#end)
    const needed = rest.length >= 4 ? rest.readUInt32LE(0) : 0
    const room = Math.max(rest.length + Math.min(pieceBytes, this.#file.bytes - this.#read), needed)
    const buffer = Buffer.allocUnsafe(room)
    rest.copy(buffer)
    const read = this.#file.read(buffer, rest.length, room - rest.length, this.#read)
    this.#read += read
    this.#buffer = buffer
    this.#at = 0
    this.#end = rest.length + read
    if (!this.#isWhole()) this.#readMore()
  }
}
