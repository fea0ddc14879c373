import type { TextBatch } from '../../batch.ts'
import { partOf, type Source } from '../../source/source.ts'
import { type Fill, pieceBytes, TextWindow } from '../../source/window.ts'
import { clearBatch, copyRows } from '../../views.ts'
import { type Dialect, tokenize } from '../tokenize.ts'
import type { Task } from './ahead.ts'
import { Cuts } from './cuts.ts'
import { control, controlOf, facts, type Ring, type Slot, slotsOf, states, unwanted } from './ring.ts'

/** Where reading stands in a text. */
export interface Place {
  /** A record begins here. */
  readonly position: number
  readonly line: number
}

/** What the records of a text are, and who else tokenizes it. */
export interface Parallel {
  readonly dialect: Dialect
  /** Columns of the batches. */
  readonly columns: number
  readonly recordBytes: number
  /** Bytes of a piece. */
  readonly piece: number
  readonly other: OtherThread
}

/** A thread that tokenizes ahead. */
export interface OtherThread {
  /** Have the odd pieces of a text tokenized. */
  start(task: Task): void
  /** Memory for it, all zero in `control`; undefined where it would be too much. */
  takeRing(columns: number, piece: number): Ring | undefined
  /** The memory is not used any more. */
  giveBack(ring: Ring): void
}

/** So long without a sign of the other thread means that it has died. */
const patienceMs = 60_000

/**
 * A text read forward, whose odd pieces another thread tokenizes while this one does the even ones: the same records as
 * `TextWindow` gives, in order. Batches end where pieces do.
 *
 * That a record begins where a piece was cut is known when the piece before has been read: quotes may have been open. Where
 * none does, this thread reads on itself, over twice as many pieces each time in a row.
 */
export class ParallelText {
  readonly ignored: { blank: number; header: number }
  readonly #source: Source
  readonly #recordBytes: number
  readonly #fill: Fill
  readonly #cuts: Cuts
  readonly #ring: Ring
  readonly #otherThread: OtherThread
  #isOpen = true
  readonly #shared: Int32Array<SharedArrayBuffer>
  readonly #slots: readonly Slot[]
  /** All before is read. */
  #at: number
  #line: number
  /** The first cut behind it is this one, or a later one. */
  #nextCut = 1
  /** The part that this thread reads. */
  #own: { text: TextWindow; from: number; to: number; blank: number; header: number } | undefined
  #ownBuffer = new Uint8Array(0)
  /** The piece that comes from the other thread, and what of its counts is counted. */
  #other: { nth: number; line: number; blank: number; header: number } | undefined
  /** Whether the last slot is in use by the caller. */
  #holdsSlot = false
  #emptied = 0
  /** Parts in a row that ended before their end. */
  #misses = 0

  /**
   * @param from where the first record begins
   * @param ignored is counted on
   * @returns undefined where the batches would take too much memory
   */
  static over(source: Source, parallel: Parallel, from: Place, ignored: { blank: number; header: number }) {
    const ring = parallel.other.takeRing(parallel.columns, parallel.piece)
    return ring === undefined ? undefined : new ParallelText(source, parallel, from, ignored, ring)
  }

  private constructor(
    source: Source,
    { dialect, recordBytes, piece, other }: Parallel,
    from: Place,
    ignored: { blank: number; header: number },
    ring: Ring,
  ) {
    this.#source = source
    this.#recordBytes = recordBytes
    this.#fill = tokenize.bind(undefined, dialect)
    this.#cuts = new Cuts(source, from.position, piece)
    this.#at = from.position
    this.#line = from.line
    this.ignored = ignored
    this.#ring = ring
    this.#shared = controlOf(ring)
    this.#slots = slotsOf(ring)
    Atomics.store(this.#shared, control.next, 1)
    this.#otherThread = other
    other.start({ place: source.place, dialect, recordBytes, from: from.position, piece, ring })
  }

  /** Bytes of the text that are behind. */
  get position(): number {
    return this.#own === undefined ? this.#at : this.#own.from + this.#own.text.position
  }

  /** Fill the batch with the next records; 0 at the end. Throws what `TextWindow.fill` throws. */
  fill(batch: TextBatch): number {
    if (this.#holdsSlot) this.#release()
    for (;;) {
      if (this.#own !== undefined) {
        const rows = this.#own.text.fill(batch, this.#fill)
        this.#count(this.#own.text.ignored, this.#own)
        if (rows > 0) return rows
        this.#endOwn(this.#own)
      } else if (this.#other !== undefined) {
        const rows = this.#fromOther(batch, this.#other)
        if (rows > 0) return rows
      } else if (this.#at >= this.#source.bytes) {
        clearBatch(batch)
        return 0
      } else this.#begin()
    }
  }

  /** The other thread leaves the text alone when this returns, and the source may be closed. Safe to repeat. */
  close(): void {
    if (!this.#isOpen) return
    this.#isOpen = false
    const shared = this.#shared
    Atomics.store(shared, control.emptied, unwanted)
    Atomics.notify(shared, control.emptied)
    Atomics.compareExchange(shared, control.state, states.asked, states.cancelled)
    while (Atomics.load(shared, control.state) === states.running)
      if (Atomics.wait(shared, control.state, states.running, patienceMs) === 'timed-out') throw silent()
    // A task that is cancelled may still be on its way to the thread, and must not find the memory of another.
    if (Atomics.load(shared, control.state) === states.ended) this.#otherThread.giveBack(this.#ring)
  }

  /** Begin what comes next: the other thread's piece where it has one that begins right here. */
  #begin(): void {
    let nth = this.#nextCut
    while ((this.#cuts.at(nth) ?? 0) <= this.#at) nth++
    this.#nextCut = nth
    const piece = nth - 1
    const isOdd = piece % 2 === 1
    if (this.#misses === 0 && isOdd && this.#cuts.at(piece) === this.#at && this.#leave(piece)) {
      this.#other = { nth: piece, line: this.#line, blank: 0, header: 0 }
      return
    }
    for (let more = 2 ** Math.min(this.#misses, 20) - 1; more > 0 && nth < this.#cuts.count; ) {
      nth++
      if (this.#cuts.at(nth) !== undefined) more--
    }
    const to = this.#cuts.at(nth) as number
    this.#takeAllBefore(nth)
    const bytes = Math.min(to - this.#at, pieceBytes)
    if (this.#ownBuffer.length <= bytes) this.#ownBuffer = new Uint8Array(bytes + 64 * 1024)
    const text = new TextWindow(partOf(this.#source, this.#at, to), this.#recordBytes, bytes, 'line', {
      line: this.#line,
      isCut: to < this.#source.bytes,
      buffer: this.#ownBuffer,
    })
    this.#own = { text, from: this.#at, to, blank: 0, header: 0 }
  }

  /** Whether the other thread has begun this piece; else it will not. */
  #leave(piece: number): boolean {
    return Atomics.compareExchange(this.#shared, control.next, piece, piece + 2) !== piece
  }

  /** The other thread begins none of the pieces before `nth` any more. */
  #takeAllBefore(nth: number): void {
    const wanted = nth | 1
    for (let next = 0; next < wanted; ) {
      next = Atomics.load(this.#shared, control.next)
      if (next < wanted && Atomics.compareExchange(this.#shared, control.next, next, wanted) === next) return
    }
  }

  #endOwn({ text, from, to }: { text: TextWindow; from: number; to: number }): void {
    this.#at = from + text.position
    this.#line = text.line
    this.#misses = this.#at === to ? 0 : this.#misses + 1
    this.#own = undefined
  }

  #fromOther(batch: TextBatch, other: { nth: number; line: number; blank: number; header: number }): number {
    const slot = this.#nextSlot()
    const numbers = slot.facts
    if (numbers[facts.piece] !== other.nth) {
      this.#release() // of a piece that was not wanted
      return 0
    }
    this.#at = numbers[facts.position] as number
    this.#line = other.line + (numbers[facts.lines] as number)
    this.#count({ blank: numbers[facts.blank] as number, header: numbers[facts.header] as number }, other)
    if (numbers[facts.isEnd] === 1) {
      this.#misses = this.#at === this.#cuts.at(other.nth + 1) ? 0 : 1
      this.#other = undefined
      this.#release()
      return 0
    }
    this.#copyTo(batch, slot, other.line - 1)
    return batch.rows
  }

  /** Copy what a slot has. Its text is used where it lies, until the next call. */
  #copyTo(batch: TextBatch, { facts: numbers, batch: from, flags, overflow }: Slot, linesBefore: number): void {
    const rows = numbers[facts.rows] as number
    clearBatch(batch)
    batch.rows = rows
    ;[...batch.columns, batch.raw].forEach((column, i) => {
      copyRows([...from.columns, from.raw][i] as typeof column, column, rows)
      column.hasLong = flags[i * 2] === 1
      column.hasNull = flags[i * 2 + 1] === 1
    })
    batch.start.set(from.start.subarray(0, rows))
    batch.length.set(from.length.subarray(0, rows))
    batch.fault.set(from.fault.subarray(0, rows))
    const halves = new Uint32Array(from.line.buffer, from.line.byteOffset, rows * 2)
    const lines = new Uint32Array(batch.line.buffer, batch.line.byteOffset, rows * 2)
    for (let i = 0; i < lines.length; i += 2) {
      const line = (halves[i] as number) + linesBefore
      lines[i] = line
      lines[i + 1] = Math.floor(line / 0x1_0000_0000)
    }
    const [textFrom, textTo] = [numbers[facts.textFrom] as number, numbers[facts.textTo] as number]
    batch.text = new Uint8Array(this.#ring.memory as unknown as ArrayBuffer, textFrom, textTo - textFrom)
    const overflowLength = numbers[facts.overflowLength] as number
    if (batch.overflow.length < overflowLength) batch.overflow = new Uint8Array(overflowLength * 2)
    batch.overflow.set(overflow.subarray(0, overflowLength))
    batch.overflowLength = overflowLength
    const repairedLength = numbers[facts.repairedLength] as number
    if (repairedLength > 0) {
      const text = Buffer.from(overflow.subarray(overflowLength, overflowLength + repairedLength)).toString()
      for (const [row, cells] of JSON.parse(text) as [number, string[]][]) batch.mended.set(row, cells)
    }
    this.#holdsSlot = true
  }

  /** The next slot that the other thread fills. */
  #nextSlot(): Slot {
    const shared = this.#shared
    for (;;) {
      const filled = Atomics.load(shared, control.filled)
      if (filled !== this.#emptied) return this.#slots[this.#emptied % this.#slots.length] as Slot
      const state = Atomics.load(shared, control.state)
      if (state === states.failed) throw new Error('the thread that tokenizes ahead has failed')
      if (Atomics.wait(shared, control.filled, filled, patienceMs) === 'timed-out') throw silent()
    }
  }

  #release(): void {
    this.#holdsSlot = false
    this.#emptied++
    Atomics.store(this.#shared, control.emptied, this.#emptied)
    Atomics.notify(this.#shared, control.emptied)
  }

  #count(counts: { blank: number; header: number }, counted: { blank: number; header: number }): void {
    this.ignored.blank += counts.blank - counted.blank
    this.ignored.header += counts.header - counted.header
    counted.blank = counts.blank
    counted.header = counts.header
  }
}

const silent = (): Error => new Error(`the thread that tokenizes ahead has not answered for ${patienceMs / 1000} s`)
