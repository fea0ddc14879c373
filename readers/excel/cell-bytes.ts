import { recordTooLong } from '../faults.ts'
import type { XmlScanner } from '../xml/xml-scanner.ts'

/** The text of one cell or shared string in the making, as UTF-8; filled again and again. */
export class CellBytes {
  readonly #where: string
  readonly #most: number
  bytes: Buffer = Buffer.allocUnsafe(1 << 10)
  used = 0

  /** @param most bytes of a text */
  constructor(where: string, most: number) {
    this.#where = where
    this.#most = most
  }

  clear(): void {
    this.used = 0
  }

  /** Put a piece of an element's text, as the scanner tells it. @throws Fault "file.record-too-long" */
  add(line: number, bytes: Buffer, from: number, to: number, isPlain: boolean, scanner: XmlScanner): void {
    if (!isPlain) {
      const text = Buffer.from(scanner.decode(from, to))
      this.add(line, text, 0, text.length, true, scanner)
      return
    }
    const used = this.used + to - from
    if (used > this.#most) throw recordTooLong(`${this.#where} record ${line}`, line, this.#most)
    if (used > this.bytes.length) this.bytes = Buffer.concat([this.bytes.subarray(0, this.used)], 2 * used)
    if (to - from > 32) bytes.copy(this.bytes, this.used, from, to)
    else for (let at = from, put = this.used; at < to; at++, put++) this.bytes[put] = bytes[at] as number
    this.used = used
  }

  /**
   * Put characters in the place of their names `_x000D_`: how Excel writes what XML can't have, and, as `_x005F_`, an
   * underscore before what would look like such a name (ECMA-376 part 1, 22.9.2.19, ST_Xstring).
   */
  unescape(): void {
    const { bytes, used } = this
    let at = 0
    while (at < used - 6 && !(bytes[at] === 0x5f && bytes[at + 1] === 0x78 && bytes[at + 6] === 0x5f)) at++
    if (at >= used - 6) return
    const text = bytes
      .toString('utf8', 0, used)
      .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    this.used = 0
    const written = Buffer.from(text)
    this.bytes = Buffer.concat([written], Math.max(written.length, bytes.length))
    this.used = written.length
  }

  toString(): string {
    return this.bytes.toString('utf8', 0, this.used)
  }
}

/**
 * Whether a text is a number that a spreadsheet cut short: `2.21E+11`. An id of digits that was once opened as a number
 * and saved as shown has lost its other digits.
 */
export function isCutShort(bytes: Uint8Array, from: number, to: number): boolean {
  const first = bytes[from] as number
  const isNumeral = (first >= 0x30 && first <= 0x39) || first === 0x2d
  if (!isNumeral || to - from < 5 || to - from > 24) return false
  for (let at = from + 1; at < to; at++)
    if (bytes[at] === 0x45 && bytes[at + 1] === 0x2b)
      return /^-?\d([.,]\d+)?E\+\d{2,3}$/.test(String.fromCharCode(...bytes.subarray(from, to)))
  return false
}
