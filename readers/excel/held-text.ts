import { repairUtf8 } from '../encoding/utf8.ts'
import { recordTooLong } from '../faults.ts'
import type { Source } from '../source/source.ts'

/** The part of a text that is being read, with the positions that it has in the source. */
export class HeldText {
  readonly #source: Source
  readonly #most: number
  #bytes: Buffer = Buffer.alloc(0)
  /** Position of `#bytes[0]` in the text. */
  #from = 0
  /** A place in the text, and the same in the source; it only goes forward. */
  #at = 0
  #sourceAt: number

  /** @param most bytes that are held at once */
  constructor(source: Source, most: number) {
    this.#source = source
    this.#most = most
    this.#sourceAt = source.textStart
  }

  /**
   * Take the next piece, and let go of what is before `keepFrom`.
   *
   * @throws Fault "file.record-too-long"
   */
  add(piece: Buffer, keepFrom: number | undefined): void {
    const end = this.#from + this.#bytes.length
    const from = keepFrom ?? end
    if (from > this.#at) this.sourceAt(from)
    if (end - from > this.#most) throw recordTooLong(`${this.#source.name} byte ${from}`, 0, this.#most)
    const rest = this.#bytes.subarray(from - this.#from)
    this.#bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    this.#from = from
  }

  /** Where a place in the text is in the source; never before one that was asked for. */
  sourceAt(at: number): number {
    if (this.#source.isUtf8) return this.#source.textStart + at
    this.#sourceAt += this.#source.sourceLength(this.#bytes, this.#at - this.#from, at - this.#from)
    this.#at = at
    return this.#sourceAt
  }

  /** A part of the text; bytes that are no text are question marks. */
  slice(from: number, to: number): { text: string; isText: boolean } {
    const bytes = Buffer.from(this.#bytes.subarray(from - this.#from, to - this.#from))
    const isText = repairUtf8(bytes).length === 0
    return { text: bytes.toString(), isText }
  }

  /** Where the text before `to` ends without the white space at its end. */
  trimmed(from: number, to: number): number {
    let end = to
    while (end > from && (this.#bytes[end - 1 - this.#from] as number) <= 0x20) end--
    return end
  }
}
