import { damaged } from '../faults.ts'

/** Records of a workbook's stream that are read: [MS-XLS] 2.3. */
export const record = {
  formula: 0x0006,
  eof: 0x000a,
  dateMode: 0x0022,
  filePass: 0x002f,
  continued: 0x003c,
  codePage: 0x0042,
  boundSheet: 0x0085,
  multipleRk: 0x00bd,
  richString: 0x00d6,
  format: 0x041e,
  xf: 0x00e0,
  mergedCells: 0x00e5,
  sharedStrings: 0x00fc,
  labelShared: 0x00fd,
  number: 0x0203,
  label: 0x0204,
  boolOrError: 0x0205,
  string: 0x0207,
  rk: 0x027e,
  bof: 0x0809,
} as const

/** Goes through the records of a stream. */
export class Biff {
  readonly #where: string
  readonly bytes: Buffer
  /** The record at hand, and where its data stands. */
  type = 0
  from = 0
  to = 0

  constructor(where: string, bytes: Buffer, at: number) {
    this.#where = where
    this.bytes = bytes
    this.to = at
  }

  /** Go to the next record; gives its type. @throws Fault "file.damaged" where the stream breaks off before its end */
  next(): number {
    const { bytes, to } = this
    const length = to + 4 <= bytes.length ? bytes.readUInt16LE(to + 2) : Number.POSITIVE_INFINITY
    if (to + 4 + length > bytes.length) throw damaged(this.#where, `its cells break off at byte ${to} of its stream`)
    this.type = bytes.readUInt16LE(to)
    this.from = to + 4
    this.to = this.from + length
    return this.type
  }

  /** @throws Fault "file.damaged" where the record is shorter than that */
  need(length: number): void {
    if (this.to - this.from < length)
      throw damaged(this.#where, `a record of it is too short, at byte ${this.from - 4} of its stream`)
  }

  /** Ranges of the record at hand and those that continue it, which are behind then. */
  pieces(): BiffPieces {
    const ranges: [number, number][] = [[this.from, this.to]]
    while (this.to + 4 <= this.bytes.length && this.bytes.readUInt16LE(this.to) === record.continued) {
      this.next()
      ranges.push([this.from, this.to])
    }
    return new BiffPieces(this.#where, this.bytes, ranges)
  }
}

/** A record's data, cut into pieces: a text that is cut goes on with a byte of its own. */
export class BiffPieces {
  readonly #where: string
  readonly #bytes: Buffer
  readonly #ranges: readonly (readonly [number, number])[]
  #range = 0
  #at: number

  constructor(where: string, bytes: Buffer, ranges: readonly (readonly [number, number])[]) {
    this.#where = where
    this.#bytes = bytes
    this.#ranges = ranges
    this.#at = ranges[0]?.[0] ?? 0
  }

  skip(count: number): void {
    for (let left = count; left > 0; ) {
      const step = Math.min(left, this.#left())
      this.#at += step
      left -= step
    }
  }

  uint8(): number {
    this.#left()
    return this.#bytes[this.#at++] as number
  }

  uint16(): number {
    return this.uint8() | (this.uint8() << 8)
  }

  uint32(): number {
    return this.uint16() + this.uint16() * 0x10000
  }

  /** Bytes, which go on in the next piece as they are. */
  take(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.uint8()))
  }

  /** Characters of two bytes each, or the lower ones of each: [MS-XLS] 2.5.293, XLUnicodeRichExtendedString. */
  text(count: number, isWide: boolean): string {
    let text = ''
    let wide = isWide
    let isFirst = true
    for (let left = count; left > 0; ) {
      if (!isFirst) wide = (this.uint8() & 1) === 1
      isFirst = false
      const width = wide ? 2 : 1
      const characters = Math.min(left, Math.floor(this.#left() / width))
      if (characters === 0) throw this.#cut()
      const end = this.#at + characters * width
      text += this.#bytes.toString(wide ? 'utf16le' : 'latin1', this.#at, end)
      this.#at = end
      left -= characters
    }
    return text
  }

  /** Bytes left in the piece at hand: at least one. */
  #left(): number {
    for (;;) {
      const range = this.#ranges[this.#range]
      if (range === undefined) throw this.#cut()
      if (this.#at < range[1]) return range[1] - this.#at
      this.#at = this.#ranges[++this.#range]?.[0] ?? 0
    }
  }

  #cut() {
    return damaged(this.#where, 'a text of it breaks off')
  }
}
