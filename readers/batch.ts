import type { Edges } from './edges.ts'

/** DuckDB's vector size: a batch is one chunk. */
export const batchRows = 2048

/**
 * One column of text as Arrow Utf8View: 16 bytes a value.
 *
 * | bytes | value of at most 12 bytes | longer value              |
 * |-------|---------------------------|---------------------------|
 * | 0-3   | length, u32               | length, u32               |
 * | 4-7   | the text, zero-padded     | its first four bytes      |
 * | 8-11  | (text)                    | buffer index: 0 text, 1 overflow |
 * | 12-15 | (text)                    | offset in that buffer     |
 *
 * DuckDB's string struct has the same shape with an address in bytes 8-15 and compares all 16 bytes, so the padding
 * must be zero.
 */
export interface TextColumn {
  readonly bytes: ArrayBuffer
  readonly u8: Uint8Array
  readonly u32: Uint32Array
  /** False: no value of this batch is longer than 12 bytes. */
  hasLong: boolean
  /** Whether some value of this batch is null. */
  hasNull: boolean
  /** Arrow validity, one bit a row, least significant first; read only where `hasNull`. */
  readonly validity: Uint8Array
}

/**
 * What is wrong with a record's shape; 0 is nothing. The names are its reason codes. A `repaired` record is whole, but
 * some of its text was in another encoding: it is a warning, the others are reasons to reject.
 */
export const faultCodes = [
  ...(['', 'row.arity', 'row.encoding', 'row.malformed', 'row.damaged', 'row.repaired'] as const),
] as const
export const fault = { none: 0, arity: 1, encoding: 2, malformed: 3, damaged: 4, repaired: 5 } as const

/** Up to 2,048 records: the wanted columns as Utf8View, and where each record stands in the source. */
export interface TextBatch {
  rows: number
  /** The most rows it holds. */
  readonly capacity: number
  readonly columns: readonly TextColumn[]
  /** The record's whole source text, without its record end: in `text`, or in `overflow` where bytes were repaired. */
  readonly raw: TextColumn
  /** First physical line of the record, from 1; for JSON inside a document, its index from 1. int64 little-endian. */
  readonly line: BigInt64Array
  /** Byte offset of the record in the (decompressed) source. */
  readonly start: BigInt64Array
  /** Byte length of the record in the source, without its record end. */
  readonly length: Int32Array
  /** Index into `faultCodes`. */
  readonly fault: Uint8Array
  /** Buffer 0: the UTF-8 text of this batch's records. Valid UTF-8; views into it are relative to its start. */
  text: Uint8Array
  /** Buffer 1: unescaped or repaired copies; only the first `overflowLength` bytes count. Valid UTF-8. */
  overflow: Uint8Array
  overflowLength: number
  /** All cells of the records that were read against the plain rules (see readers/delimited/repair.ts), by row. */
  readonly mended: Map<number, readonly string[]>
}

export function newColumn(capacity = batchRows): TextColumn {
  const bytes = new ArrayBuffer(capacity * 16)
  return {
    bytes,
    u8: new Uint8Array(bytes),
    u32: new Uint32Array(bytes),
    hasLong: false,
    hasNull: false,
    validity: new Uint8Array(capacity / 8),
  }
}

/** An empty batch of `columns` columns, to be filled again and again with up to `capacity` records, a multiple of 8. */
export const newBatch = (columns: number, capacity = batchRows): TextBatch => ({
  rows: 0,
  capacity,
  columns: Array.from({ length: columns }, () => newColumn(capacity)),
  raw: newColumn(capacity),
  line: new BigInt64Array(capacity),
  start: new BigInt64Array(capacity),
  length: new Int32Array(capacity),
  fault: new Uint8Array(capacity),
  text: new Uint8Array(0),
  overflow: new Uint8Array(1 << 16),
  overflowLength: 0,
  mended: new Map(),
})

/**
 * What every format's reader is: pulled, because DuckDB pulls it from inside a running statement.
 *
 * `columns` are the names as the source gives them, in order; only the wanted ones are in a batch's `columns`.
 */
export interface TextReader {
  /** Names of the source's columns in order; a source without a header has column1, column2, … */
  readonly columns: readonly string[]
  /** Fill `batch` with the next records; 0 when there are none. The batch's buffers are valid until the next call. */
  next(batch: TextBatch): number
  /** Records that are none of the model's: read so far, by why. They are in no batch. */
  readonly ignored: { preamble: number; header: number; blank: number }
  /** Bytes of the source consumed so far, for progress. */
  readonly position: number
  /**
   * Keep, from now on, what stands around the records; the answer gives it when all are read. Only where records are rows
   * of cells, among which other rows can stand.
   */
  keepEdges?(): () => Edges
  close(): void
}

/** One value as a string; for few values only. A null reads as ''. */
export function textAt(batch: TextBatch, { u8, u32 }: TextColumn, row: number): string {
  const length = u32[row << 2] as number
  if (length <= 12) return Buffer.from(u8.subarray((row << 4) + 4, (row << 4) + 4 + length)).toString('utf8')
  const offset = u32[(row << 2) + 3] as number
  const buffer = u32[(row << 2) + 2] === 0 ? batch.text : batch.overflow
  return Buffer.from(buffer.subarray(offset, offset + length)).toString('utf8')
}
