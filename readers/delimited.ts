import { isUtf8 } from 'node:buffer'
import type { Column, Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import type { Limits } from '../stage/staged.ts'
import { fault, newBatch, type TextBatch, type TextColumn, type TextReader } from './batch.ts'
import { columnName, columnsMissing, missingColumns, resolveColumns } from './columns.ts'
import { recordTooLong, tooManyColumns } from './faults.ts'
import type { Source } from './source.ts'
import { CR, type Filled, LF, type Marks, type Scan, splitCells, stopTables, tokenize } from './tokenize.ts'
import { repairUtf8 } from './utf8.ts'
import { bytesAt, clearBatch, copyColumn, Positions } from './views.ts'

/** Bytes read at a time. */
export const pieceBytes = 8 * 1024 * 1024

/** The header is looked for among this many records. */
const headerRecords = 200

/**
 * Read delimited text whose delimiter, quote and escape are one byte each.
 *
 * The batches' columns are the wanted ones in their order; null wants all. The header is found before this returns.
 *
 * @throws Fault "file.columns-missing", "file.column-ambiguous", "file.too-many-columns", "file.record-too-long" (this
 * one from `next` too), "file.empty" when there are only blank lines
 */
export function readDelimited(
  source: Source,
  format: Format,
  wanted: readonly Column[] | null,
  limits: Limits,
  piece = pieceBytes,
): TextReader {
  const text = new DelimitedText(source, marksOf(format), limits, piece)
  if (format.skipRows !== null) text.skipLines(format.skipRows)
  const columns = format.header ? text.findHeader(wanted ?? [], format.skipRows !== null) : text.countColumns()
  const where = `${source.name} line ${columns.line}`
  if (columns.names.length > limits.columns) throw tooManyColumns(where, columns.names.length, limits.columns)
  const indexes = wanted === null ? columns.names.map((_, i) => i) : resolveColumns(columns.names, wanted, where)
  const copies = text.want(columns.names.length, indexes)
  return {
    columns: columns.names,
    ignored: text.ignored,
    get position() {
      return text.position
    },
    next(batch) {
      const rows = text.fill(batch)
      if (rows > 0) for (const [from, to] of copies) copyColumn(at(batch, from), at(batch, to))
      return rows
    },
    close: () => source.close(),
  }
}

const at = (batch: TextBatch, column: number): TextColumn => batch.columns[column] as TextColumn

const marksOf = (format: Format): Marks => ({
  delimiter: format.delimiter.charCodeAt(0),
  quote: format.quote === null ? -1 : format.quote.charCodeAt(0),
  escaper: format.escape === null || format.quote === null ? -1 : format.escape.charCodeAt(0),
})

/** The text in memory, piece by piece, and how far it is tokenized. */
class DelimitedText {
  readonly ignored = { preamble: 0, header: 0, blank: 0 }
  readonly #source: Source
  readonly #piece: number
  readonly #scan: Scan
  /** Position in the source of `#scan.at`; kept only where it differs from the position in the text. */
  #sourceAt: number
  #positionsOf: { batch: TextBatch; positions: Positions } | undefined

  constructor(source: Source, marks: Marks, limits: Limits, piece: number) {
    this.#source = source
    this.#piece = piece
    this.#sourceAt = source.textStart
    this.#scan = {
      buffer: new Uint8Array(1),
      at: 0,
      end: 0,
      isLast: source.bytes === 0,
      line: 1,
      base: source.textStart,
      marks,
      ...stopTables(marks),
      width: -1,
      slots: new Int32Array(0),
      header: null,
      recordBytes: limits.recordBytes,
    }
  }

  /** Bytes of the text that are behind. */
  get position(): number {
    return this.#scan.base - this.#source.textStart + this.#scan.at
  }

  /** Say which cells fill which batch columns; the result are batch columns that are copies of others. */
  want(width: number, indexes: readonly number[]): (readonly [from: number, to: number])[] {
    const slots = new Int32Array(width).fill(-1)
    const copies: (readonly [number, number])[] = []
    indexes.forEach((index, slot) => {
      const first = slots[index] as number
      if (first === -1) slots[index] = slot
      else copies.push([first, slot])
    })
    this.#scan.width = width
    this.#scan.slots = slots
    return copies
  }

  /** Fill the batch with the next records, at most `maxRows`. */
  fill(batch: TextBatch, maxRows = Number.POSITIVE_INFINITY): number {
    const scan = this.#scan
    for (;;) {
      if (scan.at < scan.end) {
        const filled = this.#tokenize(batch, maxRows)
        if (batch.rows > 0) return batch.rows
        if (filled.isTooLong) throw recordTooLong(this.#source.name, scan.line, scan.recordBytes)
      }
      if (scan.at === scan.end && scan.isLast) {
        clearBatch(batch)
        return 0
      }
      this.#readMore()
    }
  }

  /** Leave out `count` physical lines. */
  skipLines(count: number): void {
    const scan = this.#scan
    for (let skipped = 0, isBlank = true; skipped < count; ) {
      if (scan.at >= scan.end - 1 && !scan.isLast) this.#readMore()
      if (scan.at === scan.end) return
      const from = scan.at
      const byte = scan.buffer[scan.at++] as number
      if (byte === CR && scan.at < scan.end && scan.buffer[scan.at] === LF) scan.at++
      if (byte === LF || byte === CR || (scan.at === scan.end && scan.isLast)) {
        this.ignored[isBlank && (byte === LF || byte === CR) ? 'blank' : 'preamble']++
        scan.line++
        skipped++
        isBlank = true
      } else if (byte > 32) isBlank = false
      if (!this.#source.isUtf8) this.#sourceAt += this.#source.sourceLength(scan.buffer, from, scan.at)
    }
  }

  /** Read up to the header: the first record with every wanted name, or the next record where `isNext`. */
  findHeader(wanted: readonly Column[], isNext: boolean): { names: string[]; line: number } {
    const names = wanted.filter((column) => 'name' in column)
    let nearestYet: { names: string[]; line: number; missing: number } | undefined
    const batch = newBatch(0)
    for (let tried = 0; tried < headerRecords && this.fill(batch, 1) > 0; tried++) {
      const record = bytesAt(batch, batch.raw, 0) as Uint8Array
      const found = { names: splitCells(record, this.#scan.marks).map(columnName), line: Number(batch.line[0]) }
      const missing = missingColumns(found.names, names).length
      if (missing === 0 || isNext) {
        this.#scan.header = record.slice()
        this.ignored.header++
        return found
      }
      this.ignored.preamble++
      const isNearer =
        nearestYet === undefined ||
        missing < nearestYet.missing ||
        (missing === nearestYet.missing && found.names.length > nearestYet.names.length)
      if (isNearer) nearestYet = { ...found, missing }
    }
    if (nearestYet === undefined) throw this.#onlyBlank()
    const where = `${this.#source.name}: none of the first ${headerRecords} records has every column of the contract. Nearest is line ${nearestYet.line}`
    throw columnsMissing(nearestYet.names, wanted, where)
  }

  /** Names by position, as many as the next record has cells; that record is not consumed. */
  countColumns(): { names: string[]; line: number } {
    const batch = newBatch(0)
    if (this.fill(batch, 1) === 0) throw this.#onlyBlank()
    const record = bytesAt(batch, batch.raw, 0) as Uint8Array
    const line = Number(batch.line[0])
    const scan = this.#scan
    const names = splitCells(record, scan.marks).map((_, i) => `column${i + 1}`)
    const start = Number(batch.start[0])
    if (!this.#source.isUtf8) this.#sourceAt = start
    scan.at = this.#recordAt
    scan.line = line
    return { names, line }
  }

  /** Where in `#scan.buffer` the last filled batch's first record begins. */
  #recordAt = 0

  #onlyBlank(): Fault {
    const { name } = this.#source
    const what = this.ignored.preamble > 0 ? 'ends before its header' : 'holds nothing but blank lines'
    return new Fault('file.empty', `${name} ${what}.`, 'Ask the sender for the file again.')
  }

  /** Tokenize what is in memory; bytes that are no UTF-8 are repaired and their records marked. */
  #tokenize(batch: TextBatch, maxRows: number): Filled {
    const scan = this.#scan
    const positions = this.#positions(batch)
    const bad: number[] = []
    for (;;) {
      clearBatch(batch)
      const filled = tokenize(scan, batch, positions, maxRows)
      const text = scan.buffer.subarray(scan.at, filled.at)
      if (!isUtf8(text)) {
        for (const offset of repairUtf8(text)) bad.push(scan.at + offset)
        continue
      }
      batch.text = text
      if (batch.rows > 0) this.#recordAt = Number(batch.start[0]) - scan.base
      if (bad.length > 0)
        markBad(
          batch,
          bad.sort((a, b) => a - b),
          scan.base,
        )
      if (!this.#source.isUtf8) this.#toSource(batch, positions, filled.at)
      this.ignored.blank += filled.blank
      this.ignored.header += filled.header
      scan.at = filled.at
      scan.line = filled.line
      return filled
    }
  }

  #positions(batch: TextBatch): Positions {
    if (this.#positionsOf?.batch !== batch) this.#positionsOf = { batch, positions: new Positions(batch) }
    return this.#positionsOf.positions
  }

  /** Turn positions in the text into positions in the source. */
  #toSource(batch: TextBatch, positions: Positions, end: number): void {
    const { buffer, base } = this.#scan
    let from = this.#scan.at
    for (let row = 0; row < batch.rows; row++) {
      const start = Number(batch.start[row]) - base
      const to = start + (batch.length[row] as number)
      this.#sourceAt += this.#source.sourceLength(buffer, from, start)
      const length = this.#source.sourceLength(buffer, start, to)
      positions.put(row, Number(batch.line[row]), this.#sourceAt, length)
      this.#sourceAt += length
      from = to
    }
    this.#sourceAt += this.#source.sourceLength(buffer, from, end)
  }

  /** Keep what is not tokenized yet and read the next piece behind it. */
  #readMore(): void {
    const scan = this.#scan
    const rest = scan.buffer.subarray(scan.at, scan.end)
    const room = rest.length + this.#piece + 1
    const buffer = room <= scan.buffer.length ? scan.buffer : new Uint8Array(room)
    buffer.set(rest)
    const textAt = scan.base - this.#source.textStart + scan.end
    const read = this.#source.read(buffer, rest.length, this.#piece, textAt)
    scan.base += scan.at
    scan.buffer = buffer
    scan.at = 0
    scan.end = rest.length + read
    buffer[scan.end] = LF
    scan.isLast = textAt + read >= this.#source.bytes
  }
}

function markBad(batch: TextBatch, bad: readonly number[], base: number): void {
  let next = 0
  for (let row = 0; row < batch.rows; row++) {
    const start = Number(batch.start[row]) - base
    const end = start + (batch.length[row] as number)
    while (next < bad.length && (bad[next] as number) < start) next++
    const isBad = next < bad.length && (bad[next] as number) < end
    if (isBad && batch.fault[row] !== fault.malformed) batch.fault[row] = fault.encoding
  }
}
