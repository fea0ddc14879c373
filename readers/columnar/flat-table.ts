/**
 * A table of a flatbuffer, read without trust: every access outside of the buffer is a RangeError.
 *
 * A table begins with the distance (i32) back to its vtable; the vtable is two u16 sizes, then for each field the distance
 * (u16) of its value from the table's beginning, 0 where it is absent.
 */
export class FlatTable {
  readonly buffer: Buffer
  readonly #at: number
  readonly #vtable: number

  constructor(buffer: Buffer, at: number) {
    this.buffer = buffer
    this.#at = at
    this.#vtable = at - buffer.readInt32LE(at)
  }

  static root(buffer: Buffer): FlatTable {
    return new FlatTable(buffer, buffer.readUInt32LE(0))
  }

  u8(field: number): number {
    const at = this.#place(field)
    return at === undefined ? 0 : this.buffer.readUInt8(at)
  }

  i64(field: number): number {
    const at = this.#place(field)
    return at === undefined ? 0 : Number(this.buffer.readBigInt64LE(at))
  }

  table(field: number): FlatTable | undefined {
    const at = this.#place(field)
    return at === undefined ? undefined : new FlatTable(this.buffer, at + this.buffer.readUInt32LE(at))
  }

  /** Where the elements of a vector begin, and how many there are: all inside the buffer. */
  vector(field: number, elementBytes: number): { at: number; length: number } {
    const place = this.#place(field)
    if (place === undefined) return { at: 0, length: 0 }
    const vector = place + this.buffer.readUInt32LE(place)
    const length = this.buffer.readUInt32LE(vector)
    const at = vector + 4
    if (at + length * elementBytes > this.buffer.length) throw new RangeError('a vector lies outside of its buffer')
    return { at, length }
  }

  tables(field: number): FlatTable[] {
    const { at, length } = this.vector(field, 4)
    return Array.from({ length }, (_, i) => {
      const place = at + 4 * i
      return new FlatTable(this.buffer, place + this.buffer.readUInt32LE(place))
    })
  }

  #place(field: number): number | undefined {
    const entry = 4 + 2 * field
    if (entry >= this.buffer.readUInt16LE(this.#vtable)) return undefined
    const offset = this.buffer.readUInt16LE(this.#vtable + entry)
    return offset === 0 ? undefined : this.#at + offset
  }
}
