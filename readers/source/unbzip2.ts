import { closeSync, openSync, readSync } from 'node:fs'
import bzip2 from 'unbzip2-stream/lib/bzip2.js'
import { damaged } from '../faults.ts'
import type { Sink } from './unpack.ts'

/**
 * Unpack bzip2. A block of at most 900 KB can become 46 MB by its runs, so its bytes are handed on as they come.
 *
 * @throws Fault "file.damaged", and what the sink throws
 */
export async function unbzip2(path: string, file: string, sink: Sink): Promise<void> {
  const input = new BitInput(path, sink)
  const output = new Output(sink)
  try {
    while (!input.isAtEnd()) {
      const work = new Int32Array(100_000 * bzip2.header(input.bits))
      let checksum: number | null = 0
      while (checksum !== null) {
        checksum = bzip2.decompress(input.bits, output.put, work, work.length, checksum)
        output.flush()
        await new Promise(setImmediate) // a block takes long: others may run in between
      }
    }
  } catch (error) {
    if (output.failure !== undefined) throw output.failure
    if (input.isCut) throw damaged(file, 'its bzip2 data is cut off', error)
    const isOfChecksum = error instanceof Error && error.message.includes('crc32')
    throw damaged(file, `its bzip2 data does not unpack${isOfChecksum ? ' (wrong checksum)' : ''}`, error)
  } finally {
    input.close()
  }
}

/** A file's bits, most significant first. */
class BitInput {
  isCut = false
  readonly #fd: number
  readonly #sink: Sink
  readonly #piece = Buffer.alloc(1 << 16)
  #at = 0
  #end = 0
  #byte = 0
  #left = 0

  constructor(path: string, sink: Sink) {
    this.#fd = openSync(path, 'r')
    this.#sink = sink
  }

  isAtEnd(): boolean {
    if (this.#at < this.#end) return false
    this.#end = readSync(this.#fd, this.#piece, 0, this.#piece.length, null)
    this.#at = 0
    this.#sink.taken += this.#end
    return this.#end === 0
  }

  readonly bits = (count: number | null): number => {
    if (count === null) {
      this.#left = 0
      return 0
    }
    let result = 0
    for (let wanted = count; wanted > 0; ) {
      if (this.#left === 0) {
        if (this.#at === this.#end && this.isAtEnd()) {
          this.isCut = true
          throw new Error('the file ends inside a block')
        }
        this.#byte = this.#piece[this.#at++] as number
        this.#left = 8
      }
      const taken = Math.min(wanted, this.#left)
      result = (result << taken) | ((this.#byte >> (this.#left - taken)) & ((1 << taken) - 1))
      this.#left -= taken
      wanted -= taken
    }
    return result
  }

  close(): void {
    closeSync(this.#fd)
  }
}

/** Gathers bytes into pieces; remembers what the sink threw, which the decoder would hide. */
class Output {
  failure: unknown
  readonly #sink: Sink
  readonly #piece = Buffer.alloc(1 << 18)
  #used = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  readonly put = (byte: number): void => {
    this.#piece[this.#used++] = byte
    if (this.#used === this.#piece.length) this.flush()
  }

  flush(): void {
    if (this.#used === 0) return
    try {
      this.#sink.put(this.#piece.subarray(0, this.#used))
    } catch (error) {
      this.failure = error
      throw error
    }
    this.#used = 0
  }
}
