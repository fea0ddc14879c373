import type { Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { fault, newBatch, type TextBatch, type TextReader } from './batch.ts'
import { bytesAt } from './views.ts'

const [comma, quote, CR, LF] = [0x2c, 0x22, 0x0d, 0x0a]

/**
 * Write all columns of a reader as CSV (RFC 4180, UTF-8, CRLF) and end the stream: cells as they are but for the quotes
 * they need, null as nothing, the one empty cell of a record as `""`. A record with more cells than columns keeps them.
 *
 * @param reader one whose wanted columns are all columns
 * @param onWritten called with the number of records so far, and how many of them are not whole, once a batch
 * @param header the first line; null for none
 * @returns how many records were written, when the stream has finished
 */
export async function writeCsv(
  reader: TextReader,
  out: Writable,
  onWritten: (records: number, faulty: number) => void = () => {},
  header: readonly string[] | null = reader.columns,
): Promise<number> {
  let written = 0
  let faulty = 0
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const batch = newBatch(reader.columns.length)
    const text = new Output()
    if (header !== null && header.length > 0) text.record(header.map((name) => Buffer.from(name)))
    do {
      if (text.length > 0) yield text.take()
      reader.next(batch)
      for (let row = 0; row < batch.rows; row++) text.record(cellsOf(reader, batch, row))
      written += batch.rows
      faulty += batch.fault.subarray(0, batch.rows).filter((code) => code !== fault.none).length
      if (batch.rows > 0) onWritten(written, faulty)
    } while (batch.rows > 0)
  }
  await pipeline(pieces, out)
  return written
}

function cellsOf(reader: TextReader, batch: TextBatch, row: number): Uint8Array[] {
  const repaired = batch.repaired.get(row)
  if (repaired !== undefined) return repaired.map((cell) => Buffer.from(cell))
  const cells = batch.columns.map((column) => bytesAt(batch, column, row) ?? nothing)
  if (batch.fault[row] !== fault.arity) return cells
  const all = reader.split?.(bytesAt(batch, batch.raw, row) ?? nothing) ?? []
  return [...cells, ...all.slice(cells.length).map((cell) => Buffer.from(cell))]
}

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
    this.#reserve(2)
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
