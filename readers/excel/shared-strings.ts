import type { Limits } from '../../stage/staged.ts'
import type { GridRow } from '../grid-row.ts'
import type { XmlHandler } from '../xml-scanner.ts'
import { CellBytes, isCutShort } from './cell-bytes.ts'
import { tooManyStrings } from './faults.ts'
import type { Package } from './package.ts'

/** The texts that cells name by number, as UTF-8 one behind the other. */
export interface SharedStrings {
  readonly count: number
  /** Put a text into a row's cell. */
  put(index: number, row: GridRow, line: number, column: number): void
}

export const noStrings: SharedStrings = {
  count: 0,
  put() {
    throw new Error('there are no shared strings')
  },
}

const chunkBytes = 1 << 22

/**
 * Read the table of shared strings. Of rich text the runs are joined; how it is pronounced is left out.
 *
 * @throws Fault "file.too-many-strings", and those of `Package.read`
 */
export async function readSharedStrings(parts: Package, part: string, limits: Limits): Promise<SharedStrings> {
  const text = new CellBytes(`${parts.file} part ${part}`, limits.recordBytes)
  const chunks: Buffer[] = []
  let chunk = Buffer.alloc(0)
  let used = 0
  let bytes = 0
  let count = 0
  /** Chunk and place in it, and length, of each text. */
  let places = new Uint32Array(3 << 10)
  const keep = () => {
    text.unescape()
    bytes += text.used + 12
    if (bytes > limits.sharedStringsBytes) throw tooManyStrings(parts.file, limits.sharedStringsBytes)
    if (used + text.used > chunk.length) {
      chunk = Buffer.allocUnsafe(Math.max(chunkBytes, text.used))
      chunks.push(chunk)
      used = 0
    }
    if (3 * count === places.length) {
      const larger = new Uint32Array(2 * places.length)
      larger.set(places)
      places = larger
    }
    text.bytes.copy(chunk, used, 0, text.used)
    places[3 * count] = Math.max(chunks.length - 1, 0)
    places[3 * count + 1] = used
    places[3 * count + 2] = text.used
    used += text.used
    count++
  }
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
      else if (name === 'si') keep()
      else if (name === 'rPh') isSpoken = false
    },
    text(piece, from, to, isPlain, scanner) {
      if (isText) text.add(count + 1, piece, from, to, isPlain, scanner)
    },
  }
  await parts.read(part, handler)
  if (chunks.length === 0) chunks.push(Buffer.alloc(0))
  return {
    count,
    put(index, row, line, column) {
      const held = chunks[places[3 * index] as number] as Buffer
      const from = places[3 * index + 1] as number
      const to = from + (places[3 * index + 2] as number)
      row.putBytes(line, column, held, from, to, isCutShort(held, from, to))
    },
  }
}
