import type { TextBatch, TextColumn } from '../../readers/batch.ts'
import { bytesAt } from '../../readers/views.ts'

/** Whether each column has nulls, and how many have a long value without saying so. */
export function marksOf(batch: TextBatch): string {
  const columns = [...batch.columns, batch.raw]
  // A record that was given up may leave the mark of a long value behind, never take it away.
  const lacksMark = columns.filter(
    ({ hasLong, u32 }) => !hasLong && u32.some((length, i) => i % 4 === 0 && i < batch.rows * 4 && length > 12),
  )
  return JSON.stringify([columns.map(({ hasNull }) => hasNull), lacksMark.length])
}

/** Each row of a batch as text: where it stands, its fault, its cells and its raw text. */
export function rowsOf(batch: TextBatch): string[] {
  const columns = [...batch.columns, batch.raw]
  return Array.from({ length: batch.rows }, (_, row) => {
    const place = [batch.line[row], batch.start[row], batch.length[row], batch.fault[row]].map(String)
    const repaired = batch.mended.get(row)
    const all = [...place, ...columns.map((column) => view(batch, column, row))]
    return [...all, ...(repaired === undefined ? [] : [JSON.stringify(repaired)])].join(' ')
  })
}

/** A view as its text, with the sixteen bytes themselves where they hold the text: DuckDB compares their padding too. */
function view(batch: TextBatch, column: TextColumn, row: number): string {
  const bytes = bytesAt(batch, column, row)
  if (bytes === undefined) return 'null'
  const inline = bytes.length > 12 ? '' : Buffer.from(column.u8.subarray(row * 16, row * 16 + 16)).toString('hex')
  const prefix = column.u32[row * 4 + 1]
  return `${JSON.stringify(Buffer.from(bytes).toString('latin1'))} ${inline || prefix}`
}
