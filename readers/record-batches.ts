import {
  Field as ArrowField,
  type Data,
  Int32,
  Int64,
  makeData,
  RecordBatch,
  Schema,
  Struct,
  Uint8,
  Utf8View,
} from 'apache-arrow'
import { newBatch, newColumn, type TextBatch, type TextColumn, type TextReader } from './batch.ts'
import { copyColumn } from './views.ts'

/**
 * Every record of a reader as Arrow record batches, each with memory of its own: the wanted columns under `names`, then
 * `_line`, `_start`, `_length`, `_fault` and `_raw`. Closes the reader at the end, and when the caller leaves early.
 */
export async function* readBatches(reader: TextReader, names: readonly string[]): AsyncGenerator<RecordBatch> {
  const batch = newBatch(names.length)
  try {
    while (reader.next(batch) > 0) yield toRecordBatch(copyOf(batch), names)
  } finally {
    reader.close()
  }
}

/** The batch with buffers of its own. */
function copyOf(batch: TextBatch): TextBatch {
  const copy = newBatch(0)
  const column = (from: TextColumn): TextColumn => {
    const to = newColumn()
    copyColumn(from, to)
    return to
  }
  copy.line.set(batch.line)
  copy.start.set(batch.start)
  copy.length.set(batch.length)
  copy.fault.set(batch.fault)
  return {
    ...copy,
    rows: batch.rows,
    columns: batch.columns.map(column),
    raw: column(batch.raw),
    text: batch.text.slice(),
    overflow: batch.overflow.slice(0, batch.overflowLength),
    overflowLength: batch.overflowLength,
  }
}

/** The batch as an Arrow record batch that shares its buffers: valid until the batch is filled again. */
function toRecordBatch(batch: TextBatch, names: readonly string[]): RecordBatch {
  const { rows } = batch
  const buffers = [batch.text, batch.overflow.subarray(0, batch.overflowLength)]
  const text = (column: TextColumn): Data<Utf8View> =>
    makeData({
      type: new Utf8View(),
      length: rows,
      views: column.u8.subarray(0, rows * 16),
      variadicBuffers: buffers,
      ...(column.hasNull ? { nullBitmap: column.validity, nullCount: -1 } : { nullCount: 0 }),
    })
  const children = [
    ...batch.columns.map(text),
    makeData({ type: new Int64(), length: rows, nullCount: 0, data: batch.line.subarray(0, rows) }),
    makeData({ type: new Int64(), length: rows, nullCount: 0, data: batch.start.subarray(0, rows) }),
    makeData({ type: new Int32(), length: rows, nullCount: 0, data: batch.length.subarray(0, rows) }),
    makeData({ type: new Uint8(), length: rows, nullCount: 0, data: batch.fault.subarray(0, rows) }),
    text(batch.raw),
  ]
  const all = [...names, '_line', '_start', '_length', '_fault', '_raw']
  const fields = children.map((child, i) => new ArrowField(all[i] ?? '', child.type, true))
  const schema = new Schema(fields)
  return new RecordBatch(schema, makeData({ type: new Struct(fields), length: rows, nullCount: 0, children }))
}
