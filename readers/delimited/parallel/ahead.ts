import { Fault } from '../../../models/fault.ts'
import { type Place, partOf, sourceAt } from '../../source/source.ts'
import { type Fill, TextWindow } from '../../source/window.ts'
import { clearBatch } from '../../views.ts'
import { type Dialect, tokenize } from '../tokenize.ts'
import { Cuts } from './cuts.ts'
import {
  control,
  controlOf,
  facts,
  type Ring,
  type Slot,
  slotsOf,
  states,
  textAreas,
  textAreasOf,
  unwanted,
} from './ring.ts'

/** A text of which every other piece is tokenized ahead. */
export interface Task {
  readonly place: Place
  readonly dialect: Dialect
  readonly recordBytes: number
  /** Where the first piece begins in the text, and how long pieces are. */
  readonly from: number
  readonly piece: number
  readonly ring: Ring
}

/**
 * Tokenize the odd pieces of a text, in order, until there are none, or nobody reads them. Blocks while the ring is full.
 *
 * Each piece is read as if a record began where it is cut. Whoever reads them knows whether one did.
 */
export function tokenizeAhead(task: Task): void {
  const shared = controlOf(task.ring)
  if (Atomics.compareExchange(shared, control.state, states.asked, states.running) !== states.asked) return
  let state: number = states.failed
  try {
    new Ahead(task, shared).run()
    state = states.ended
  } finally {
    Atomics.store(shared, control.state, state)
    Atomics.notify(shared, control.state)
    Atomics.notify(shared, control.filled)
  }
}

class Unwanted extends Error {}

class Ahead {
  readonly #task: Task
  readonly #shared: Int32Array<SharedArrayBuffer>
  readonly #slots: readonly Slot[]
  readonly #texts: readonly Uint8Array[]
  readonly #fill: Fill
  /** For each text area how many slots had been filled when its piece ended. */
  readonly #textEnds: number[] = new Array<number>(textAreas).fill(0)

  constructor(task: Task, shared: Int32Array<SharedArrayBuffer>) {
    this.#task = task
    this.#shared = shared
    this.#slots = slotsOf(task.ring)
    this.#texts = textAreasOf(task.ring)
    this.#fill = tokenize.bind(undefined, task.dialect)
  }

  run(): void {
    const { place, from, piece } = this.#task
    const source = sourceAt(place)
    const cuts = new Cuts(source, from, piece)
    try {
      for (let count = 0; ; ) {
        const nth = Atomics.load(this.#shared, control.next)
        if (nth >= cuts.count) return
        if (Atomics.compareExchange(this.#shared, control.next, nth, nth + 2) !== nth) continue
        const [start, end] = [cuts.at(nth), cuts.at(nth + 1)]
        if (start === undefined || end === undefined || start >= end) continue
        const area = count++ % textAreas
        this.#waitFor(this.#textEnds[area] as number)
        const text = new TextWindow(partOf(source, start, end), this.#task.recordBytes, end - start, 'line', {
          line: 1,
          isCut: end < source.bytes,
          buffer: this.#texts[area] as Uint8Array,
        })
        this.#piece(nth, start, text)
        this.#textEnds[area] = this.#filled
      }
    } catch (error) {
      if (!(error instanceof Unwanted)) throw error
    }
  }

  #piece(nth: number, start: number, text: TextWindow): void {
    for (;;) {
      const slot = this.#slots[this.#filled % this.#slots.length] as Slot
      this.#waitFor(this.#filled - this.#slots.length + 1)
      const [position, lines, { blank, header }] = [text.position, text.line - 1, { ...text.ignored }]
      const hasRows = this.#fillSlot(slot, text)
      const numbers = slot.facts
      numbers[facts.piece] = nth
      numbers[facts.isEnd] = hasRows ? 0 : 1
      // Of what the slot can not hold nothing is told.
      const isTold = hasRows || slot.batch.rows === 0
      numbers[facts.position] = start + (isTold ? text.position : position)
      numbers[facts.lines] = isTold ? text.line - 1 : lines
      numbers[facts.blank] = isTold ? text.ignored.blank : blank
      numbers[facts.header] = isTold ? text.ignored.header : header
      Atomics.add(this.#shared, control.filled, 1)
      Atomics.notify(this.#shared, control.filled)
      if (!hasRows) return
    }
  }

  /** Whether the slot has the next batch: there is one, and it fits. */
  #fillSlot({ batch, facts: numbers, flags, overflow }: Slot, text: TextWindow): boolean {
    batch.overflow = overflow
    try {
      text.fill(batch, this.#fill)
    } catch (error) {
      // Whoever reads comes upon it too, and knows the line.
      if (!(error instanceof Fault)) throw error
      clearBatch(batch)
    }
    if (batch.rows === 0 || batch.overflow !== overflow) return false
    const repaired = batch.mended.size === 0 ? '' : JSON.stringify([...batch.mended])
    const room = overflow.subarray(batch.overflowLength)
    if (repaired.length * 3 > room.length) return false
    numbers[facts.rows] = batch.rows
    numbers[facts.textFrom] = batch.text.byteOffset
    numbers[facts.textTo] = batch.text.byteOffset + batch.text.length
    numbers[facts.overflowLength] = batch.overflowLength
    numbers[facts.repairedLength] = encoder.encodeInto(repaired, room).written
    ;[...batch.columns, batch.raw].forEach(({ hasLong, hasNull }, i) => {
      flags[i * 2] = hasLong ? 1 : 0
      flags[i * 2 + 1] = hasNull ? 1 : 0
    })
    return true
  }

  get #filled(): number {
    return Atomics.load(this.#shared, control.filled)
  }

  /** Wait until so many slots have been emptied since the beginning. */
  #waitFor(count: number): void {
    for (;;) {
      const emptied = Atomics.load(this.#shared, control.emptied)
      if (emptied === unwanted) throw new Unwanted()
      if (emptied >= count) return
      Atomics.wait(this.#shared, control.emptied, emptied)
    }
  }
}

const encoder = new TextEncoder()
