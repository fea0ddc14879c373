import { batchRows, fault, type TextBatch, type TextColumn } from '../batch.ts'
import { CR, type Filled, LF, type Window } from '../source/window.ts'
import { reserveOverflow } from '../views.ts'
import { kernelBytes } from './kernel-bytes.ts'
import type { Dialect } from './tokenize.ts'

/** Addresses in the kernel's memory: kernel.wat has the table. */
const at = {
  position: 0,
  end: 4,
  row: 8,
  rowLimit: 12,
  delimiter: 16,
  quote: 20,
  escaper: 24,
  width: 28,
  recordBytes: 32,
  headerLength: 36,
  textBase: 40,
  overflowUsed: 44,
  overflowBase: 48,
  cells: 52,
  raw: 56,
  isRawLong: 60,
  line: 64,
  sourceBase: 72,
  lines: 1024,
  starts: 17408,
  lengths: 33792,
  header: 41984,
  overflow: 65536,
  text: 327744,
} as const

const headerBytes = 16 * 1024
const leastTextBytes = 64 * 1024
const mostTextBytes = 1024 * 1024
/** Line feeds behind the text: a scan reads 64 bytes at a time. */
const padding = 80
const cellsAt = at.text + mostTextBytes + 128
const viewBytes = 4 * 1024 * 1024

/** Why `run` ended. */
const ended = { full: 0, notWhole: 1, notPlain: 2, overflowFull: 3 } as const

/** Fills the batch from where `filled` stands by the rules of tokenize.ts, until it has `rowLimit` rows. */
export type FillRecords = (rowLimit: number) => void

/** Whether the kernel speaks the dialect. */
export const isPlain = ({ marks: { quote, escaper }, width }: Dialect): boolean =>
  width > 0 && (quote < 0 || quote > CR) && (escaper < 0 || escaper > CR)

/**
 * Fill the batch as `fillRecords` does, only faster: plain records in WebAssembly, the others by `fillRecords`.
 *
 * A piece of the text is copied into the kernel's memory, and the views out of it. There is one kernel a thread.
 */
export function fillPlain(
  dialect: Dialect,
  window: Window,
  batch: TextBatch,
  filled: Filled,
  rowLimit: number,
  fillRecords: FillRecords,
): void {
  kernel ??= new Kernel()
  kernel.use(dialect)
  let size = kernel.textBytes
  let [from, to] = [0, 0]
  // Where plain records are few, leaving and entering the kernel would cost more than it saves.
  let otherRows = 1
  while (batch.rows < rowLimit && filled.at < window.end) {
    if (filled.at >= to) {
      from = filled.at
      to = Math.min(from + size, window.end)
      kernel.load(window.buffer.subarray(from, to))
    }
    const rowsBefore = batch.rows
    const end = kernel.run(window, from, to, batch, filled, rowLimit)
    const rows = batch.rows - rowsBefore
    if (end === ended.full || (end === ended.overflowFull && rows > 0)) continue
    if (end === ended.notWhole && to < window.end && (filled.at > from || size < mostTextBytes)) {
      if (filled.at === from) size = Math.min(size * 4, mostTextBytes)
      to = filled.at
      continue
    }
    otherRows = rows < 4 ? Math.min(otherRows * 2, batchRows) : 1
    const before = filled.at
    fillRecords(Math.min(batch.rows + otherRows, rowLimit))
    if (filled.isTooLong || filled.at === before) break
  }
  kernel.learn(filled.at - window.at, batch.rows)
}

let kernel: Kernel | undefined

/** What of the global is used here: TypeScript knows it as part of a browser alone. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object
  readonly Instance: new (module: object) => { readonly exports: KernelExports }
}

interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number }
  readonly run: () => number
}

/** A wanted cell: its number in the record, the batch column it fills, and where its views are. */
interface Wanted {
  readonly cell: number
  readonly slot: number
  readonly views: number
}

class Kernel {
  /** How much text to take at once: about what fills a batch. */
  textBytes = leastTextBytes
  readonly #memory: KernelExports['memory']
  readonly #run: KernelExports['run']
  #u8 = new Uint8Array(0)
  #u32 = new Uint32Array(0)
  #lines = new BigInt64Array(0)
  #starts = new BigInt64Array(0)
  #lengths = new Int32Array(0)
  #dialect: Dialect | undefined
  #wanted: readonly Wanted[] = []
  #raw = 0
  /** Rows that a run can fill. */
  #rows = 0

  constructor() {
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernelBytes()))
    this.#memory = exports.memory
    this.#run = exports.run
  }

  /** Lay the memory out for a dialect's cells. */
  use(dialect: Dialect): void {
    if (this.#dialect === dialect) return
    const { marks, width, slots, header } = dialect
    const wantedSlots = [...slots].flatMap((slot, cell) => (slot < 0 ? [] : [{ cell, slot }]))
    const unwanted = (cellsAt + width * 8 + 15) & ~15
    this.#rows = Math.max(1, Math.min(batchRows, Math.floor(viewBytes / ((wantedSlots.length + 2) * 16))))
    const columnBytes = this.#rows * 16
    this.#raw = unwanted + columnBytes
    this.#wanted = wantedSlots.map((each, i) => ({ ...each, views: unwanted + (i + 2) * columnBytes }))
    this.#reserve(unwanted + (wantedSlots.length + 2) * columnBytes)
    const u32 = this.#u32
    for (let cell = 0; cell < width; cell++) {
      u32[(cellsAt >> 2) + cell * 2] = unwanted
      u32[(cellsAt >> 2) + cell * 2 + 1] = 0
    }
    for (const { cell, views } of this.#wanted) u32[(cellsAt >> 2) + cell * 2] = views
    u32[at.delimiter >> 2] = marks.delimiter
    u32[at.quote >> 2] = marks.quote
    u32[at.escaper >> 2] = marks.escaper
    u32[at.width >> 2] = width
    u32[at.headerLength >> 2] = header?.length ?? 0
    if (header !== null) this.#u8.set(header.subarray(0, headerBytes), at.header)
    u32[at.cells >> 2] = cellsAt
    u32[at.raw >> 2] = this.#raw
    u32[at.isRawLong >> 2] = 0
    this.#dialect = dialect
  }

  load(text: Uint8Array): void {
    this.#u8.set(text, at.text)
    this.#u8.fill(LF, at.text + text.length, at.text + text.length + padding)
  }

  /** Fill rows of the batch with plain records of the loaded text, which is `window.buffer[from..to)`; says why it ended. */
  run(window: Window, from: number, to: number, batch: TextBatch, filled: Filled, rowLimit: number): number {
    const u32 = this.#u32
    u32[at.position >> 2] = at.text + filled.at - from
    u32[at.end >> 2] = at.text + to - from
    u32[at.row >> 2] = 0
    u32[at.rowLimit >> 2] = Math.min(this.#rows, rowLimit - batch.rows)
    u32[at.recordBytes >> 2] = window.recordBytes
    u32[at.textBase >> 2] = at.text + window.at - from
    u32[at.overflowUsed >> 2] = 0
    u32[at.overflowBase >> 2] = batch.overflowLength
    put64(u32, at.line, filled.line)
    put64(u32, at.sourceBase, window.base + from - at.text)
    const end = this.#run()
    filled.at = (u32[at.position >> 2] as number) - at.text + from
    filled.line = (u32[at.line >> 2] as number) + (u32[(at.line >> 2) + 1] as number) * 0x1_0000_0000
    const rows = u32[at.row >> 2] as number
    if (rows > 0) this.#copyTo(batch, rows)
    return end
  }

  /** The text that filled a batch says how much the next one needs. */
  learn(bytes: number, rows: number): void {
    if (rows === 0) return
    const enough = Math.ceil((bytes / rows) * batchRows * 1.1)
    this.textBytes = Math.max(leastTextBytes, Math.min(enough, mostTextBytes))
  }

  #copyTo(batch: TextBatch, rows: number): void {
    const row = batch.rows
    const u32 = this.#u32
    for (const { cell, slot, views } of this.#wanted) {
      const column = batch.columns[slot] as TextColumn
      this.#copyViews(views, column, row, rows)
      const flag = (cellsAt >> 2) + cell * 2 + 1
      if (u32[flag] !== 0) column.hasLong = true
      u32[flag] = 0
    }
    this.#copyViews(this.#raw, batch.raw, row, rows)
    if (u32[at.isRawLong >> 2] !== 0) batch.raw.hasLong = true
    u32[at.isRawLong >> 2] = 0
    batch.line.set(this.#lines.subarray(0, rows), row)
    batch.start.set(this.#starts.subarray(0, rows), row)
    batch.length.set(this.#lengths.subarray(0, rows), row)
    batch.fault.fill(fault.none, row, row + rows)
    const overflowUsed = u32[at.overflowUsed >> 2] as number
    if (overflowUsed > 0) {
      const overflow = reserveOverflow(batch, overflowUsed)
      overflow.set(this.#u8.subarray(at.overflow, at.overflow + overflowUsed), batch.overflowLength)
      batch.overflowLength += overflowUsed
    }
    batch.rows = row + rows
  }

  #copyViews(views: number, column: TextColumn, row: number, rows: number): void {
    column.u8.set(this.#u8.subarray(views, views + rows * 16), row * 16)
  }

  #reserve(bytes: number): void {
    const missing = bytes - this.#memory.buffer.byteLength
    if (missing > 0) this.#memory.grow(Math.ceil(missing / 65536))
    const { buffer } = this.#memory
    if (this.#u8.buffer === buffer) return
    this.#u8 = new Uint8Array(buffer)
    this.#u32 = new Uint32Array(buffer)
    this.#lines = new BigInt64Array(buffer, at.lines, batchRows)
    this.#starts = new BigInt64Array(buffer, at.starts, batchRows)
    this.#lengths = new Int32Array(buffer, at.lengths, batchRows)
  }
}

function put64(u32: Uint32Array, address: number, value: number): void {
  const high = Math.floor(value / 0x1_0000_0000)
  u32[address >> 2] = value - high * 0x1_0000_0000
  u32[(address >> 2) + 1] = high
}
