import { closeSync, fstatSync, openSync } from 'node:fs'
import { fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from 'yauzl'
import { readFully } from './read-fully.ts'

/** Much of a directory in one read: an entry of it is some 60 bytes. */
const blockBytes = 256 * 1024

/**
 * Open a zip of which its directory alone is wanted: read in large blocks, since it is read again for each of up to a
 * thousand entries.
 */
export async function openDirectory(path: string): Promise<ZipFile> {
  const fd = openSync(path, 'r')
  try {
    const options = { autoClose: false, strictFileNames: true }
    return await fromRandomAccessReaderPromise(new Blocks(fd), fstatSync(fd).size, options)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

type Done = (error: Error | null, bytes?: number) => void

class Blocks extends RandomAccessReader {
  readonly #fd: number
  readonly #block = Buffer.allocUnsafe(blockBytes)
  #start = 0
  #length = 0

  constructor(fd: number) {
    super()
    this.#fd = fd
  }

  override read(target: Buffer, offset: number, length: number, position: number, done: Done): void {
    try {
      if (length > blockBytes) {
        process.nextTick(done, null, readFully(this.#fd, target, offset, length, position))
        return
      }
      if (position < this.#start || position + length > this.#start + this.#length) {
        this.#start = position
        this.#length = readFully(this.#fd, this.#block, 0, blockBytes, position)
      }
      const from = position - this.#start
      process.nextTick(done, null, this.#block.copy(target, offset, from, Math.min(from + length, this.#length)))
    } catch (error) {
      process.nextTick(done, error as Error)
    }
  }

  override close(done: Done): void {
    closeSync(this.#fd)
    process.nextTick(done, null)
  }
}
