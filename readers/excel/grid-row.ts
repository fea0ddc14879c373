import type { Limits } from '../../stage/staged.ts'
import { tooManyColumns } from '../faults.ts'

/** What a cell of a `GridRow` is. */
export const absent = 0
export const plainText = 1
/** Text that holds what a spreadsheet destroyed, and a cell whose text is not there though it had one. */
export const damagedText = 2
export const damagedNull = 3

export const hasText = (state: number | undefined): boolean => state === plainText || state === damagedText
export const isDamaged = (state: number | undefined): boolean => state === damagedText || state === damagedNull

/**
 * The cells of one row as UTF-8, filled again and again: a sheet of ten million cells is read without making strings of
 * them. Cells may come in any order, and each once.
 */
export class GridRow {
  readonly #where: string
  readonly #limits: Pick<Limits, 'columns'>
  bytes: Buffer = Buffer.allocUnsafe(1 << 12)
  /** Bytes of all cells. */
  used = 0
  /** Cells up to the last one that is there. */
  count = 0
  /** Where the text of each cell stands in `bytes`; read only where the cell is there. */
  starts = new Uint32Array(64)
  ends = new Uint32Array(64)
  states = new Uint8Array(64)

  /** @param where names the table in messages */
  constructor(where: string, limits: Pick<Limits, 'columns'>) {
    this.#where = where
    this.#limits = limits
  }

  clear(): void {
    this.states.fill(absent, 0, this.count)
    this.used = 0
    this.count = 0
  }

  /** @throws Fault "file.too-many-columns" */
  putBytes(line: number, column: number, bytes: Uint8Array, from: number, to: number, isDamaged: boolean): void {
    this.#reserve(to - from)
    const start = this.used
    this.used = copyBytes(bytes, from, to, this.bytes, start)
    this.#put(line, column, start, isDamaged ? damagedText : plainText)
  }

  /** @throws Fault "file.too-many-columns" */
  putText(line: number, column: number, text: string, isDamaged: boolean): void {
    this.#reserve(text.length * 3)
    const start = this.used
    this.used += this.bytes.write(text, start)
    this.#put(line, column, start, isDamaged ? damagedText : plainText)
  }

  /** A cell whose text was lost. @throws Fault "file.too-many-columns" */
  putLost(line: number, column: number): void {
    this.#put(line, column, this.used, damagedNull)
  }

  #put(line: number, column: number, start: number, state: number): void {
    const { columns } = this.#limits
    if (column >= columns) throw tooManyColumns(`${this.#where} record ${line}`, column + 1, columns)
    if (column >= this.states.length) this.#widen(column)
    this.starts[column] = start
    this.ends[column] = this.used
    this.states[column] = state
    if (column >= this.count) this.count = column + 1
  }

  #widen(column: number): void {
    const width = Math.max(column + 1, Math.min(2 * this.states.length, this.#limits.columns))
    this.starts = widened(this.starts, new Uint32Array(width))
    this.ends = widened(this.ends, new Uint32Array(width))
    this.states = widened(this.states, new Uint8Array(width))
  }

  #reserve(bytes: number): void {
    if (this.used + bytes <= this.bytes.length) return
    const larger = Buffer.allocUnsafe(2 * (this.used + bytes))
    this.bytes.copy(larger, 0, 0, this.used)
    this.bytes = larger
  }
}

function widened<T extends Uint32Array | Uint8Array>(from: T, to: T): T {
  to.set(from)
  return to
}

/** Copy `from[start..end)` to `to` at `at`; returns where the next byte goes. Short texts, so mostly byte by byte. */
export function copyBytes(from: Uint8Array, start: number, end: number, to: Uint8Array, at: number): number {
  if (end - start > 48) {
    to.set(from.subarray(start, end), at)
    return at + end - start
  }
  let next = at
  for (let i = start; i < end; i++) to[next++] = from[i] as number
  return next
}
