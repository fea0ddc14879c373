import { randomUUID } from 'node:crypto'
import { closeSync, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Limits } from '../stage/staged.ts'
import { fault } from './batch.ts'
import { copyBytes, type GridRow, hasText, isDamaged } from './excel/grid-row.ts'
import { recordTooLong, tooManyColumns } from './faults.ts'
import { readFully } from './source/read-fully.ts'

/** One record of a format that is no delimited text or JSON, on its way to a batch. */
export interface Spooled {
  /** As `TextBatch.line`, `start` and `length`: the sheet's row, the element's number, the first line. */
  readonly line: number
  readonly start: number
  readonly length: number
  /** Its text as the source has it; for formats without text of their own, as a person would write it. */
  readonly raw: string
  /** By column; null, undefined and cells that are not there are null. */
  readonly cells: readonly (string | null | undefined)[]
  /** Index into `faultCodes`. */
  readonly fault?: number
  /** Indexes of cells that hold what a spreadsheet destroyed: a record that wants one is `row.damaged`. */
  readonly damaged?: readonly number[]
}

/** Records of one table, in a file without a name that goes away when it is closed. */
export interface RecordFile {
  readonly records: number
  /** Cells of the widest record. */
  readonly width: number
  readonly bytes: number
  /** Put up to `length` bytes from `position` into `target` at `offset`; fewer only at the end. */
  read(target: Uint8Array, offset: number, length: number, position: number): number
  close(): void
}

/**
 * Write records of one table; where reading them fails, nothing is left.
 *
 * @param where names the table in messages: `sales.xlsx sheet "Jan"`
 * @throws Fault "file.too-many-columns", "file.record-too-long", and what `records` throws
 */
export async function recordFileOf(
  tempDir: string,
  where: string,
  limits: Limits,
  records: Iterable<Spooled> | AsyncIterable<Spooled>,
): Promise<RecordFile> {
  const writer = new RecordWriter(tempDir, where, limits)
  try {
    for await (const record of records) writer.put(record)
    return writer.end()
  } catch (error) {
    writer.abandon()
    throw error
  }
}

/**
 * A record in the file, little-endian; `n` cells.
 *
 * | bytes  | what                                                             |
 * |--------|------------------------------------------------------------------|
 * | 0-3    | bytes of the whole record, u32                                   |
 * | 4-11   | line, f64                                                        |
 * | 12-19  | start, f64                                                       |
 * | 20-23  | length, u32                                                      |
 * | 24-27  | fault, u32                                                       |
 * | 28-31  | n, u32                                                           |
 * | 32-35  | bytes of raw, u32                                                |
 * | 36-    | n times: bytes of the cell, u32; `nullCell`; bit 31: damaged     |
 * | then   | raw, then the cells, one behind the other: UTF-8                 |
 */
export const recordHead = 36
export const nullCell = 0x7fffffff
export const damagedCell = 0x80000000

const flushBytes = 1 << 20

/** Writes the records of one table. Memory: about a megabyte and the longest record. */
export class RecordWriter {
  readonly #fd: number
  readonly #where: string
  readonly #limits: Limits
  #buffer = Buffer.allocUnsafe(flushBytes * 2)
  #used = 0
  #bytes = 0
  #records = 0
  #width = 0

  /** @param where names the table in messages: `sales.xlsx sheet "Jan"` */
  constructor(tempDir: string, where: string, limits: Limits) {
    const path = join(tempDir, `.records-${randomUUID()}`)
    this.#fd = openSync(path, 'wx+', 0o600)
    unlinkSync(path)
    this.#where = where
    this.#limits = limits
  }

  /** @throws Fault "file.too-many-columns", "file.record-too-long" */
  put(record: Spooled): void {
    const { cells, raw } = record
    const { columns, recordBytes } = this.#limits
    if (cells.length > columns) throw tooManyColumns(`${this.#where} record ${record.line}`, cells.length, columns)
    let most = recordHead + 4 * cells.length + raw.length * 3
    for (const cell of cells) most += (cell?.length ?? 0) * 3
    if (raw.length > recordBytes || most > 4 * recordBytes + recordHead + 4 * columns)
      throw recordTooLong(`${this.#where} record ${record.line}`, record.line, recordBytes)
    this.#reserve(most)
    const start = this.#used
    const buffer = this.#buffer
    let at = start + recordHead + 4 * cells.length
    const rawBytes = buffer.write(raw, at)
    at += rawBytes
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i]
      const head = start + recordHead + 4 * i
      if (cell === null || cell === undefined) buffer.writeUInt32LE(nullCell, head)
      else {
        const bytes = buffer.write(cell, at)
        at += bytes
        buffer.writeUInt32LE(bytes, head)
      }
    }
    for (const i of record.damaged ?? []) {
      const head = start + recordHead + 4 * i
      buffer.writeUInt32LE((buffer.readUInt32LE(head) | damagedCell) >>> 0, head)
    }
    this.#head(start, at, record.line, record.start, record.length, record.fault ?? fault.none, cells.length, rawBytes)
  }

  /**
   * A row without a range of bytes in its source; its raw text is its cells with tabs between them.
   *
   * @throws Fault "file.record-too-long"
   */
  putRow(line: number, row: GridRow): void {
    const { count, used, starts, ends, states } = row
    const { recordBytes } = this.#limits
    if (used > recordBytes) throw recordTooLong(`${this.#where} record ${line}`, line, recordBytes)
    const heads = recordHead + 4 * count
    this.#reserve(heads + count + 2 * used)
    const buffer = this.#buffer
    const start = this.#used
    let at = start + heads
    for (let i = 0; i < count; i++) {
      if (i > 0) buffer[at++] = tab
      if (hasText(states[i])) at = copyBytes(row.bytes, starts[i] as number, ends[i] as number, buffer, at)
    }
    const rawBytes = at - start - heads
    for (let i = 0; i < count; i++) {
      const from = starts[i] as number
      const to = ends[i] as number
      const bytes = hasText(states[i]) ? to - from : nullCell
      if (bytes !== nullCell) at = copyBytes(row.bytes, from, to, buffer, at)
      putUint32(buffer, start + recordHead + 4 * i, isDamaged(states[i]) ? bytes | damagedCell : bytes)
    }
    this.#head(start, at, line, 0, 0, fault.none, count, rawBytes)
  }

  /** What was written; the writer is done. The caller closes it. */
  end(): RecordFile {
    this.#flush()
    const fd = this.#fd
    let isOpen = true
    return {
      records: this.#records,
      width: this.#width,
      bytes: this.#bytes,
      read: (target, offset, length, position) => readFully(fd, target, offset, length, position),
      close() {
        if (isOpen) closeSync(fd)
        isOpen = false
      },
    }
  }

  /** Leave everything: an error ended the reading. */
  abandon(): void {
    closeSync(this.#fd)
  }

  /** The head of a record in `#buffer[from..to)`, whose texts stand there already: it is done. */
  #head(
    from: number,
    to: number,
    line: number,
    start: number,
    length: number,
    kind: number,
    cells: number,
    rawBytes: number,
  ): void {
    const buffer = this.#buffer
    putUint32(buffer, from, to - from)
    buffer.writeDoubleLE(line, from + 4)
    buffer.writeDoubleLE(start, from + 12)
    putUint32(buffer, from + 20, length)
    putUint32(buffer, from + 24, kind)
    putUint32(buffer, from + 28, cells)
    putUint32(buffer, from + 32, rawBytes)
    this.#used = to
    this.#records++
    this.#width = Math.max(this.#width, cells)
    if (this.#used >= flushBytes) this.#flush()
  }

  #reserve(bytes: number): void {
    if (this.#used + bytes <= this.#buffer.length) return
    this.#flush()
    if (bytes > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(bytes * 2)
  }

  #flush(): void {
    for (let at = 0; at < this.#used; ) at += writeSync(this.#fd, this.#buffer, at, this.#used - at)
    this.#bytes += this.#used
    this.#used = 0
  }
}

const tab = 9

/** As `writeUInt32LE`, for millions of cells. */
function putUint32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value
  bytes[at + 1] = value >>> 8
  bytes[at + 2] = value >>> 16
  bytes[at + 3] = value >>> 24
}
