import { batchRows, newBatch, type TextBatch, type TextColumn } from '../../batch.ts'
import { mostShift } from './cuts.ts'

/** What is shared by the thread that tokenizes ahead and the one that reads: see `newRing`. */
export interface Ring {
  readonly memory: SharedArrayBuffer
  readonly columns: number
  /** Bytes of a piece, but for where it is cut. */
  readonly piece: number
  readonly slots: number
}

/** Indexes into `control`. */
export const control = { state: 0, filled: 1, emptied: 2, next: 3 } as const
/** What `control.state` can be. `cancelled` before it began; `failed`: an error that is no fault of the file. */
export const states = { asked: 0, running: 1, ended: 2, cancelled: 3, failed: 4 } as const
/** `control.emptied` when nothing is read any more. */
export const unwanted = -1

/** Texts of pieces that can be in memory at a time: two are waited for while a third is filled. */
export const textAreas = 3
const overflowBytes = 512 * 1024
const mostSlotBytes = 4 * 1024 * 1024
const ringBytes = 40 * 1024 * 1024

/** What a slot tells beside its batch; numbers by index. */
export const facts = {
  piece: 0,
  /** 1: the piece ends before this slot, which has no batch. */
  isEnd: 1,
  rows: 2,
  /** In the memory. */
  textFrom: 3,
  textTo: 4,
  overflowLength: 5,
  /** Bytes behind the overflow: `repaired` as JSON. */
  repairedLength: 6,
  /** Position in the text, and lines since the piece's start, behind this batch. */
  position: 7,
  lines: 8,
  /** Since the piece's start. */
  blank: 9,
  header: 10,
} as const

const factCount = 16

/** A batch whose memory both threads see. */
export interface Slot {
  readonly facts: Float64Array
  readonly batch: TextBatch
  /** Two bytes a column, the raw text's last: has long values, has nulls. */
  readonly flags: Uint8Array
  /** The batch's own overflow, in the shared memory. */
  readonly overflow: Uint8Array
}

const aligned = (bytes: number): number => (bytes + 15) & ~15

function bytesOfSlot(columns: number) {
  const views = batchRows * 16 + batchRows / 8
  const places = batchRows * (8 + 8 + 4 + 1)
  return aligned((columns + 1) * (views + 2) + places + overflowBytes + factCount * 8 + 64)
}

/** Memory for batches of so many columns and pieces of so many bytes; undefined where it would be too much. */
export function newRing(columns: number, piece: number): Ring | undefined {
  const slotBytes = bytesOfSlot(columns)
  if (slotBytes > mostSlotBytes) return undefined
  const slots = Math.max(8, Math.min(64, Math.floor(ringBytes / slotBytes)))
  const memory = new SharedArrayBuffer(64 + slots * slotBytes + textAreas * textAreaBytes(piece))
  return { memory, columns, piece, slots }
}

const textAreaBytes = (piece: number): number => aligned(piece + mostShift + 16)

export const controlOf = ({ memory }: Ring): Int32Array<SharedArrayBuffer> => new Int32Array(memory, 0, 16)

export function textAreasOf({ memory, slots, columns, piece }: Ring): Uint8Array[] {
  const from = 64 + slots * bytesOfSlot(columns)
  const textBytes = textAreaBytes(piece)
  return Array.from({ length: textAreas }, (_, i) => new Uint8Array(memory, from + i * textBytes, textBytes))
}

export const slotsOf = (ring: Ring): Slot[] => Array.from({ length: ring.slots }, (_, i) => slotOf(ring, i))

function slotOf({ memory, columns }: Ring, index: number): Slot {
  let at = 64 + index * bytesOfSlot(columns)
  const take = (bytes: number) => {
    at = aligned(at + bytes)
    return at - aligned(bytes)
  }
  // To what fills and reads it, shared memory is memory: only what wants an ArrayBuffer itself must not have it.
  const shared = memory as unknown as ArrayBuffer
  const numbers = new Float64Array(shared, take(factCount * 8), factCount)
  const line = new BigInt64Array(shared, take(batchRows * 8), batchRows)
  const start = new BigInt64Array(shared, take(batchRows * 8), batchRows)
  const length = new Int32Array(shared, take(batchRows * 4), batchRows)
  const column = (): TextColumn => {
    const from = take(batchRows * 16)
    return {
      bytes: shared,
      u8: new Uint8Array(shared, from, batchRows * 16),
      u32: new Uint32Array(shared, from, batchRows * 4),
      hasLong: false,
      hasNull: false,
      validity: new Uint8Array(shared, take(batchRows / 8), batchRows / 8),
    }
  }
  const all = Array.from({ length: columns }, column)
  const raw = column()
  const faults = new Uint8Array(shared, take(batchRows), batchRows)
  const flags = new Uint8Array(shared, take((columns + 1) * 2), (columns + 1) * 2)
  const overflow = new Uint8Array(shared, take(overflowBytes), overflowBytes)
  const batch = { ...newBatch(0), columns: all, raw, line, start, length, fault: faults, overflow }
  return { facts: numbers, batch, flags, overflow }
}
