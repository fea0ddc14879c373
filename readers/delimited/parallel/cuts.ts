import type { Source } from '../../source/source.ts'
import { LF } from '../../source/window.ts'

/** How far a line end is looked for behind the place where a piece should end. */
export const mostShift = 64 * 1024

/**
 * Where a text is cut into pieces of about the same size: behind line feeds, each taken for a record's end, which it is not
 * inside quotes. Two threads that ask come to the same cuts.
 */
export class Cuts {
  /** Pieces are numbered from 0; `at(count)` is the end of the text. */
  readonly count: number
  readonly #source: Source
  readonly #from: number
  readonly #piece: number
  readonly #known = new Map<number, number | undefined>()
  readonly #block = new Uint8Array(4096)

  constructor(source: Source, from: number, piece: number) {
    this.#source = source
    this.#from = from
    this.#piece = piece
    this.count = Math.ceil((source.bytes - from) / piece)
  }

  /** Where piece `nth` begins in the text; undefined where no line ends near. Two pieces may begin at the same place. */
  at(nth: number): number | undefined {
    if (nth === 0) return this.#from
    if (nth >= this.count) return this.#source.bytes
    if (!this.#known.has(nth)) this.#known.set(nth, this.#find(this.#from + nth * this.#piece - 1))
    return this.#known.get(nth)
  }

  #find(from: number): number | undefined {
    for (let at = from; at < from + mostShift; at += this.#block.length) {
      const read = this.#source.read(this.#block, 0, this.#block.length, at)
      const found = this.#block.subarray(0, read).indexOf(LF)
      if (found >= 0) return at + found + 1
      if (read < this.#block.length) return this.#source.bytes
    }
    return undefined
  }
}
