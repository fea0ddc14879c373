import { repairUtf8 } from '../encoding/utf8.ts'
import type { Source } from './source.ts'

/** Where ranges of a source's text stand in the source as it was sent; ranges are asked for in order. */
export class SourcePlaces {
  readonly #source: Source
  /** A place in the text, and the bytes of the source before it. */
  #at = 0
  #before = 0

  constructor(source: Source) {
    this.#source = source
  }

  /** @param from not before the last range's `from` */
  of(from: number, to: number): { start: number; length: number; raw: string } {
    const { isUtf8, textStart } = this.#source
    const bytes = this.#read(from, to)
    if (!isUtf8) this.#pass(from)
    const start = textStart + (isUtf8 ? from : this.#before)
    const length = isUtf8 ? to - from : this.#source.sourceLength(bytes, 0, bytes.length)
    repairUtf8(bytes)
    return { start, length, raw: bytes.toString('utf8') }
  }

  #pass(to: number): void {
    for (const piece = 1 << 16; this.#at < to; ) {
      const end = Math.min(to, this.#at + piece)
      const bytes = this.#read(this.#at, end)
      this.#before += this.#source.sourceLength(bytes, 0, bytes.length)
      this.#at = end
    }
  }

  #read(from: number, to: number): Buffer {
    const bytes = Buffer.allocUnsafe(to - from)
    this.#source.read(bytes, 0, bytes.length, from)
    return bytes
  }
}
