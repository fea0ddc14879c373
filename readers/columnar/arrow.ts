import { CompressionType, compressionRegistry, type RecordBatch, RecordBatchReader } from 'apache-arrow'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { damaged, tooManyColumns } from '../faults.ts'
import { RowJson } from '../json/row-json.ts'
import { recordFileOf, recordHead, type Spooled } from '../record-file.ts'
import type { Records } from '../records.ts'
import { type Bytes, openBytes } from '../source/bytes.ts'
import { checkUnpacked } from '../source/unpack-limits.ts'
import { type UnpackZstd, zstdUnpacker } from '../source/zstd-bytes.ts'
import { arrowPieces, mostMessageBytes, tooLarge } from './arrow-frames.ts'
import { ArrowText, isBareType } from './arrow-text.ts'
import { unpackLz4 } from './lz4.ts'

/**
 * Arrow IPC, as a file (Feather) or a stream: a record for each row, a cell for each column, as `ArrowText` writes them.
 * `line` is the row's number, `raw` the row as JSON. One record batch is in memory at a time.
 *
 * @throws Fault "file.damaged", "file.type-unsupported", "file.too-many-columns", "file.too-large" where a batch is larger than
 * `mostMessageBytes`, "file.zip-bomb" where the rows are many times the file, and as `openBytes`
 */
export async function readArrow(path: string, limits: Limits, tempDir: string): Promise<Records> {
  const bytes = await openBytes(path, limits, tempDir)
  try {
    unzstd ??= await zstdUnpacker()
    const reader = RecordBatchReader.from(arrowPieces(bytes.path, bytes.name, bytes.size, limits.depth))
    try {
      unpackedBytes = 0
      const { fields } = reader.open().schema
      if (fields.length > limits.columns) throw tooManyColumns(bytes.name, fields.length, limits.columns)
      const names = fields.map(({ name }) => name)
      const json = new RowJson(
        names,
        fields.map(({ type }) => isBareType(type)),
      )
      const file = await recordFileOf(
        tempDir,
        bytes.name,
        limits,
        rowsOf(reader[Symbol.iterator]() as Iterator<RecordBatch>, json, bytes, limits),
      )
      return { kind: 'keyed', names, file }
    } finally {
      reader.cancel()
    }
  } catch (error) {
    throw faultOf(bytes.name, error)
  } finally {
    bytes.close()
  }
}

function* rowsOf(
  batches: Iterator<RecordBatch>,
  json: RowJson,
  { name, size }: Bytes,
  limits: Limits,
): Generator<Spooled> {
  const text = new ArrowText()
  let line = 0
  let written = 0
  for (;;) {
    unpackedBytes = 0
    const { value: batch, done } = batches.next()
    if (done === true) return
    const columns = batch.data.children
    for (let row = 0; row < batch.numRows; row++) {
      const cells = columns.map((column) => text.of(column, row))
      written += recordHead
      for (const cell of cells) written += 4 + (cell?.length ?? 0)
      if (row % 1000 === 0) checkUnpacked(name, written, size, size, limits)
      const kind = text.isText ? fault.none : fault.encoding
      text.isText = true
      yield { line: ++line, start: 0, length: 0, raw: json.of(cells), cells, fault: kind }
    }
  }
}

/** Whatever the library throws while it reads a file is the file's fault: it asks for nothing else. */
function faultOf(name: string, error: unknown): unknown {
  if (error instanceof Fault || !(error instanceof Error) || 'code' in error) return error
  if (error instanceof TooMuch) return tooLarge(name)
  const unknown = /^Unrecognized type: "(\w+)"/.exec(error.message)?.[1]
  if (unknown !== undefined)
    return new Fault(
      'file.type-unsupported',
      `${name} has a column of the Arrow type ${unknown}, which is not read.`,
      'Ask the sender to write it as one of the plain types, such as List or Utf8.',
      { cause: error, details: { type: unknown } },
    )
  return damaged(name, `it can not be read as Arrow (${error.message.slice(0, 300)})`, error)
}

class TooMuch extends Error {}

/** What the message at hand was unpacked to so far: the library unpacks it in one go, buffer by buffer. */
let unpackedBytes = 0

let unzstd: UnpackZstd | undefined

const codec = (unpack: (bytes: Uint8Array, most: number) => Uint8Array | null) => ({
  decode(bytes: Uint8Array): Uint8Array {
    const unpacked = unpack(bytes, mostMessageBytes - unpackedBytes)
    if (unpacked === null) throw new TooMuch('a batch is too large')
    unpackedBytes += unpacked.length
    return unpacked
  },
})

compressionRegistry.set(CompressionType.LZ4_FRAME, codec(unpackLz4))
compressionRegistry.set(
  CompressionType.ZSTD,
  codec((bytes, most) => (unzstd as UnpackZstd)(bytes, most)),
)
