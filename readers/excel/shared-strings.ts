import type { Limits } from '../../stage/staged.ts'
import type { XmlHandler } from '../xml/xml-scanner.ts'
import { CellBytes, isCutShort } from './cell-bytes.ts'
import { tooManyStrings } from './faults.ts'
import type { GridRow } from './grid-row.ts'
import type { Package } from './package.ts'

const chunkBytes = 1 << 22

/** The texts that cells name by number, as UTF-8 one behind the other. */
export class SharedStrings {
  readonly #file: string
  readonly #most: number
  readonly #chunks: Buffer[] = [Buffer.alloc(0)]
  #used = 0
  #bytes = 0
  /** Chunk and place in it, and length, of each text. */
  #places = new Uint32Array(3 << 10)
  count = 0

  /** @param file names the workbook in messages */
  constructor(file: string, limits: Pick<Limits, 'sharedStringsBytes'>) {
    this.#file = file
    this.#most = limits.sharedStringsBytes
  }

  /** Put the next text. @throws Fault "file.too-many-strings" */
  add(text: Buffer, length: number): void {
    this.#bytes += length + 12
    if (this.#bytes > this.#most) throw tooManyStrings(this.#file, this.#most)
    if (this.#used + length > (this.#chunks.at(-1) as Buffer).length) {
      this.#chunks.push(Buffer.allocUnsafe(Math.max(chunkBytes, length)))
      this.#used = 0
    }
    if (3 * this.count === this.#places.length) {
      const larger = new Uint32Array(2 * this.#places.length)
      larger.set(this.#places)
      this.#places = larger
    }
    text.copy(this.#chunks.at(-1) as Buffer, this.#used, 0, length)
    this.#places[3 * this.count] = this.#chunks.length - 1
    this.#places[3 * this.count + 1] = this.#used
    this.#places[3 * this.count + 2] = length
    this.#used += length
    this.count++
  }

  /** Put a text into a row's cell. */
  put(index: number, row: GridRow, line: number, column: number): void {
    const held = this.#chunks[this.#places[3 * index] as number] as Buffer
    const from = this.#places[3 * index + 1] as number
    const to = from + (this.#places[3 * index + 2] as number)
    row.putBytes(line, column, held, from, to, isCutShort(held, from, to))
  }
}

/**
 * Read the table of shared strings. Of rich text the runs are joined; how it is pronounced is left out.
 *
 * @throws Fault "file.too-many-strings", and those of `Package.read`
 */
export async function readSharedStrings(parts: Package, part: string, limits: Limits): Promise<SharedStrings> {
  const text = new CellBytes(`${parts.file} part ${part}`, limits.recordBytes)
  const strings = new SharedStrings(parts.file, limits)
  let isText = false
  let isSpoken = false
  const handler: XmlHandler = {
    open(name) {
      if (name === 't') isText = !isSpoken
      else if (name === 'si') text.clear()
      else if (name === 'rPh') isSpoken = true
    },
    close(name) {
      if (name === 't') isText = false
      else if (name === 'si') {
        text.unescape()
        strings.add(text.bytes, text.used)
      } else if (name === 'rPh') isSpoken = false
    },
    text(piece, from, to, isPlain, scanner) {
      if (isText) text.add(strings.count + 1, piece, from, to, isPlain, scanner)
    },
  }
  await parts.read(part, handler)
  return strings
}
