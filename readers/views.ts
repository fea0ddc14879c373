import { batchRows, type TextBatch, type TextColumn } from './batch.ts'

/** Point `row` at `source[from..to)`: inline up to 12 bytes, else at buffer `index`, `from - base` bytes in. */
export function putView(
  column: TextColumn,
  row: number,
  source: Uint8Array,
  from: number,
  to: number,
  index: number,
  base: number,
): void {
  const { u32 } = column
  const word = row << 2
  const length = to - from
  u32[word] = length
  if (length > 12) {
    u32[word + 1] = fourBytes(source, from)
    u32[word + 2] = index
    u32[word + 3] = from - base
    column.hasLong = true
    return
  }
  u32[word + 1] = length >= 4 ? fourBytes(source, from) : fewBytes(source, from, to)
  u32[word + 2] = length >= 8 ? fourBytes(source, from + 4) : fewBytes(source, from + 4, to)
  u32[word + 3] = length === 12 ? fourBytes(source, from + 8) : fewBytes(source, from + 8, to)
}

const fourBytes = (source: Uint8Array, at: number): number =>
  (source[at] as number) |
  ((source[at + 1] as number) << 8) |
  ((source[at + 2] as number) << 16) |
  ((source[at + 3] as number) << 24)

/** The at most three bytes of `source[from..to)`, zero-padded. */
function fewBytes(source: Uint8Array, from: number, to: number): number {
  if (from >= to) return 0
  let word = source[from] as number
  if (from + 1 < to) word |= (source[from + 1] as number) << 8
  if (from + 2 < to) word |= (source[from + 2] as number) << 16
  return word
}

/** Make `row` null; its sixteen bytes are zero. */
export function putNull(column: TextColumn, row: number): void {
  const { u32, validity } = column
  if (!column.hasNull) {
    validity.fill(0xff)
    column.hasNull = true
  }
  validity[row >> 3] = (validity[row >> 3] as number) & ~(1 << (row & 7))
  u32.fill(0, row << 2, (row << 2) + 4)
}

/** Empty the batch for its next filling. */
export function clearBatch(batch: TextBatch): void {
  batch.rows = 0
  batch.overflowLength = 0
  batch.mended.clear()
  for (const column of [...batch.columns, batch.raw]) {
    column.hasLong = false
    column.hasNull = false
  }
}

/** Make room for `bytes` more in the overflow buffer; the buffer may be another one afterwards. */
export function reserveOverflow(batch: TextBatch, bytes: number): Uint8Array {
  const needed = batch.overflowLength + bytes
  if (needed > batch.overflow.length) {
    const grown = new Uint8Array(Math.max(needed, batch.overflow.length * 2))
    grown.set(batch.overflow.subarray(0, batch.overflowLength))
    batch.overflow = grown
  }
  return batch.overflow
}

/** Put a text, copied into the overflow buffer; undefined is null. */
export function putText(batch: TextBatch, column: TextColumn, row: number, text: string | undefined): void {
  if (text === undefined) {
    putNull(column, row)
    return
  }
  const start = batch.overflowLength
  const overflow = reserveOverflow(batch, text.length * 3)
  const { written } = encoder.encodeInto(text, overflow.subarray(start))
  batch.overflowLength += written
  putView(column, row, overflow, start, start + written, 1, 0)
}

const encoder = new TextEncoder()

/** Put bytes, copied into the overflow buffer; undefined is null. */
export function putCopy(batch: TextBatch, column: TextColumn, row: number, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) {
    putNull(column, row)
    return
  }
  const start = batch.overflowLength
  const overflow = reserveOverflow(batch, bytes.length)
  overflow.set(bytes, start)
  batch.overflowLength += bytes.length
  putView(column, row, overflow, start, start + bytes.length, 1, 0)
}

/** The bytes of one value, or undefined where it is null. Shares the batch's memory. */
export function bytesAt(batch: TextBatch, column: TextColumn, row: number): Uint8Array | undefined {
  if (column.hasNull && (((column.validity[row >> 3] as number) >> (row & 7)) & 1) === 0) return undefined
  const word = row << 2
  const length = column.u32[word] as number
  if (length <= 12) return column.u8.subarray((row << 4) + 4, (row << 4) + 4 + length)
  const offset = column.u32[word + 3] as number
  const buffer = column.u32[word + 2] === 0 ? batch.text : batch.overflow
  return buffer.subarray(offset, offset + length)
}

/** Where a record stands: written as two 32-bit halves, because a BigInt a row is slow. */
export class Positions {
  readonly #line: Uint32Array
  readonly #start: Uint32Array
  readonly #length: Int32Array

  constructor(batch: TextBatch) {
    this.#line = new Uint32Array(batch.line.buffer, batch.line.byteOffset, batch.line.length * 2)
    this.#start = new Uint32Array(batch.start.buffer, batch.start.byteOffset, batch.start.length * 2)
    this.#length = batch.length
  }

  put(row: number, line: number, start: number, length: number): void {
    const low = row << 1
    this.#line[low] = line
    this.#line[low + 1] = Math.floor(line / 0x1_0000_0000)
    this.#start[low] = start
    this.#start[low + 1] = Math.floor(start / 0x1_0000_0000)
    this.#length[row] = length
  }
}

/** Make column `to` the same as column `from`. */
export function copyColumn(from: TextColumn, to: TextColumn): void {
  copyRows(from, to, batchRows)
  to.hasLong = from.hasLong
  to.hasNull = from.hasNull
}

/** Copy the first `rows` values and their validity. */
export function copyRows(from: TextColumn, to: TextColumn, rows: number): void {
  to.u8.set(from.u8.subarray(0, rows * 16))
  to.validity.set(from.validity)
}
