/** A text of the reason, for the one who knows the file. */
class Lz4Error extends Error {}

const magic = 0x184d2204

/**
 * Unpack LZ4 frames (lz4_Frame_format.md, lz4_Block_format.md). Checksums are not looked at.
 *
 * Only what Arrow needs: Node has no LZ4, and packages for it are unkept or have no bound for what comes out.
 *
 * @param most bytes that may come out
 * @returns null where more would
 * @throws Lz4Error
 */
export function unpackLz4(bytes: Uint8Array, most: number): Uint8Array | null {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const output = new Output(most)
  try {
    for (let at = 0; at < input.length; ) {
      if (input.readUInt32LE(at) !== magic) throw new Lz4Error('no LZ4 frame')
      const flags = input.readUInt8(at + 4)
      const has = (bit: number): number => (flags >> bit) & 1
      if (flags >> 6 !== 1) throw new Lz4Error('an LZ4 frame of an unknown version')
      if (has(0) === 1) throw new Lz4Error('an LZ4 frame with a dictionary')
      at += 7 + 8 * has(3)
      for (;;) {
        const size = input.readUInt32LE(at)
        at += 4
        if (size === 0) break
        const end = at + (size & 0x7fff_ffff)
        if (end > input.length) throw new Lz4Error('an LZ4 frame that is cut off')
        if (size > 0x7fff_ffff) output.add(input, at, end)
        else unpackBlock(input, at, end, output)
        if (output.isFull) return null
        at = end + 4 * has(4)
      }
      at += 4 * has(2)
    }
  } catch (error) {
    throw error instanceof RangeError ? new Lz4Error('an LZ4 frame that is cut off') : error
  }
  return output.bytes
}

/** Sequences: a token (lengths of 4 bits each, 15: more bytes follow), literals, and a match in what is unpacked. */
function unpackBlock(input: Buffer, from: number, end: number, output: Output): void {
  let at = from
  const length = (first: number): number => {
    let total = first
    if (first === 15)
      for (let byte = 255; byte === 255; total += byte) {
        if (at >= end) throw new Lz4Error('an LZ4 block that is cut off')
        byte = input[at++] as number
      }
    return total
  }
  while (at < end) {
    const token = input[at++] as number
    const literals = length(token >> 4)
    if (at + literals > end) throw new Lz4Error('an LZ4 block that is cut off')
    output.add(input, at, at + literals)
    at += literals
    if (at === end) return // the last sequence has no match
    if (at + 2 > end) throw new Lz4Error('an LZ4 block that is cut off')
    const distance = input.readUInt16LE(at)
    at += 2
    if (!output.repeat(distance, length(token & 15) + 4)) throw new Lz4Error('an LZ4 match before the beginning')
    if (output.isFull) return
  }
}

class Output {
  isFull = false
  readonly #most: number
  #buffer = Buffer.allocUnsafe(1 << 16)
  #used = 0

  constructor(most: number) {
    this.#most = most
  }

  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#used)
  }

  add(source: Buffer, from: number, to: number): void {
    if (!this.#reserve(to - from)) return
    source.copy(this.#buffer, this.#used, from, to)
    this.#used += to - from
  }

  /** Copy what stands `distance` bytes back, on into itself where it is shorter; false where nothing stands there. */
  repeat(distance: number, length: number): boolean {
    if (distance === 0 || distance > this.#used) return false
    if (!this.#reserve(length)) return true
    const buffer = this.#buffer
    const start = this.#used
    if (distance >= length) buffer.copy(buffer, start, start - distance, start - distance + length)
    else for (let at = start; at < start + length; at++) buffer[at] = buffer[at - distance] as number
    this.#used += length
    return true
  }

  #reserve(bytes: number): boolean {
    const needed = this.#used + bytes
    if (needed > this.#most) {
      this.isFull = true
      return false
    }
    if (needed > this.#buffer.length) {
      const grown = Buffer.allocUnsafe(Math.min(this.#most, Math.max(needed, this.#buffer.length * 2)))
      this.#buffer.copy(grown, 0, 0, this.#used)
      this.#buffer = grown
    }
    return true
  }
}
