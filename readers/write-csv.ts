import { once } from 'node:events'
import type { Writable } from 'node:stream'
import { newBatch, type TextBatch, type TextReader } from './batch.ts'
import { bytesAt } from './views.ts'

const [comma, quote, CR, LF] = [0x2c, 0x22, 0x0d, 0x0a]

/**
 * Write a reader's records as CSV (RFC 4180, UTF-8, CRLF): cells as they are but for the quotes they need, null as
 * nothing, the empty text of a record with one column as `""`. Waits while the stream is full; does not end it.
 *
 * @param header its first line; null for none
 * @param columns how many columns the batches have
 * @returns how many records were written
 */
export async function writeCsv(
  reader: TextReader,
  columns: number,
  header: readonly string[] | null,
  out: Writable,
): Promise<number> {
  const batch = newBatch(columns)
  const text = new Output()
  let records = 0
  if (header !== null && header.length > 0) text.record(header.map((name) => Buffer.from(name)))
  do {
    if (text.length > 0 && !out.write(text.take())) await once(out, 'drain')
    reader.next(batch)
    for (let row = 0; row < batch.rows; row++) text.record(cellsOf(batch, row))
    records += batch.rows
  } while (batch.rows > 0)
  return records
}

const cellsOf = (batch: TextBatch, row: number): Uint8Array[] =>
  batch.columns.map((column) => bytesAt(batch, column, row) ?? nothing)

const nothing = new Uint8Array(0)

class Output {
  #bytes = new Uint8Array(1 << 20)
  length = 0

  record(cells: readonly Uint8Array[]): void {
    cells.forEach((cell, i) => {
      this.#reserve(cell.length * 2 + 5)
      if (i > 0) this.#put(comma)
      const isQuoted = needsQuotes(cell) || (cells.length === 1 && cell.length === 0)
      if (isQuoted) this.#put(quote)
      for (let at = 0; at < cell.length; at++) {
        if (cell[at] === quote) this.#put(quote)
        this.#put(cell[at] as number)
      }
      if (isQuoted) this.#put(quote)
    })
    this.#put(CR)
    this.#put(LF)
  }

  /** What was written since, as memory of its own. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.length)
    this.length = 0
    return taken
  }

  #put(byte: number): void {
    this.#bytes[this.length++] = byte
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(this.length + bytes, this.#bytes.length * 2))
    grown.set(this.#bytes.subarray(0, this.length))
    this.#bytes = grown
  }
}

function needsQuotes(cell: Uint8Array): boolean {
  for (let at = 0; at < cell.length; at++) {
    const byte = cell[at]
    if (byte === comma || byte === quote || byte === CR || byte === LF) return true
  }
  return false
}
