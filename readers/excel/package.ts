import { pipeline } from 'node:stream/promises'
import { crc32, createInflateRaw } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { type Decoder, decoderOf } from '../encoding/encoding.ts'
import { damaged } from '../faults.ts'
import type { Bytes } from '../source/bytes.ts'
import { checkUnpacked } from '../source/unpack-limits.ts'
import { type XmlHandler, XmlScanner } from '../xml/xml-scanner.ts'
import { encrypted, workbookTooLarge } from './faults.ts'

/** The parts of an XLSX file: XML documents in a zip. */
export interface Package {
  /** The file's name, for messages. */
  readonly file: string
  has(part: string): boolean
  /** A part's size when it is unpacked. */
  bytes(part: string): number
  /**
   * Read a part of the package from its start to its end.
   *
   * @param part its name without a slash before it; case does not count
   * @throws Fault "file.damaged", "file.encrypted", "file.entities", "file.too-deep", "file.record-too-long", and what
   *   the handler throws
   */
  read(part: string, handler: XmlHandler): Promise<void>
  close(): void
}

/**
 * Open a workbook's zip. Its directory says how large every part is, and reading stops where a part is larger: a bomb is
 * refused before it is unpacked.
 *
 * @throws Fault "file.damaged", "file.workbook-too-large", "file.too-large", "file.zip-bomb"
 */
export async function openPackage({ name: file, path, size }: Bytes, limits: Limits): Promise<Package> {
  const zip = await openPromise(path, { autoClose: false }).catch((error: unknown) => {
    throw ofZip(file, error)
  })
  try {
    const entries = await entriesOf(zip, file, size, limits)
    return {
      file,
      has: (part) => entries.has(part.toLowerCase()),
      bytes: (part) => entries.get(part.toLowerCase())?.uncompressedSize ?? 0,
      async read(part, handler) {
        const entry = entries.get(part.toLowerCase())
        if (entry === undefined) throw damaged(file, `it has no part ${part}`)
        const where = `${file} part ${part}`
        const scanner = new XmlScanner({ where, depth: limits.depth, tokenBytes: limits.recordBytes }, handler)
        await inflate(zip, entry, where, new Utf8(scanner, where))
      },
      close: () => zip.close(),
    }
  } catch (error) {
    zip.close()
    throw error
  }
}

/** Drawings and pictures are parts as well. */
const mostParts = 100_000

async function entriesOf(zip: ZipFile, file: string, size: number, limits: Limits): Promise<Map<string, Entry>> {
  const entries = new Map<string, Entry>()
  if (zip.entryCount > mostParts) throw damaged(file, `it is said to have ${zip.entryCount} parts`)
  let bytes = 0
  try {
    for await (const entry of zip.eachEntry()) {
      const name = entry.fileName.toLowerCase()
      if (entries.has(name)) throw damaged(file, `it has the part ${entry.fileName} twice`)
      entries.set(name, entry)
      bytes += entry.uncompressedSize
    }
  } catch (error) {
    throw ofZip(file, error)
  }
  if (bytes > limits.workbookBytes) throw workbookTooLarge(`${file} unpacked`, bytes, limits.workbookBytes)
  checkUnpacked(file, bytes, size, size, limits)
  return entries
}

/** Large pieces: each is a turn of the event loop. */
const pieceBytes = 1 << 18

async function inflate(zip: ZipFile, entry: Entry, where: string, text: Utf8): Promise<void> {
  if (entry.isEncrypted()) throw encrypted(where)
  if (entry.compressionMethod !== 0 && entry.compressionMethod !== 8)
    throw damaged(where, `it is packed by method ${entry.compressionMethod}, which no spreadsheet program uses`)
  const packed = await zip.openReadStreamPromise(entry, { decodeFileData: false }).catch((error: unknown) => {
    throw ofZip(where, error)
  })
  let failure: unknown
  let bytes = 0
  let crc = 0
  const take = async (pieces: AsyncIterable<Buffer>) => {
    try {
      for await (const piece of pieces) {
        bytes += piece.length
        if (bytes > entry.uncompressedSize) break
        crc = crc32(piece, crc)
        text.write(piece)
      }
      if (bytes !== entry.uncompressedSize)
        throw damaged(where, `it has not the ${entry.uncompressedSize} bytes that its directory says`)
      if (crc !== entry.crc32) throw damaged(where, 'its checksum is wrong')
      text.end()
    } catch (error) {
      failure ??= error // the pipeline itself may tell of nothing but its end
      throw error
    }
  }
  try {
    if (entry.compressionMethod === 0) await pipeline(packed, take)
    else await pipeline(packed, createInflateRaw({ chunkSize: pieceBytes }), take)
  } catch (ended) {
    throw ofZip(where, failure ?? ended)
  }
}

/** A part's bytes as UTF-8: the standard allows UTF-16 as well. */
class Utf8 {
  readonly #scanner: XmlScanner
  readonly #where: string
  #isFirst = true
  /** Undefined: the text is UTF-8 as it is. */
  #decoder: Decoder | undefined

  constructor(scanner: XmlScanner, where: string) {
    this.#scanner = scanner
    this.#where = where
  }

  write(piece: Buffer): void {
    if (this.#isFirst && piece.length > 1) {
      const mark = piece.readUInt16BE(0)
      if (mark === 0xfffe || mark === 0xfeff) this.#decoder = decoderOf(mark === 0xfffe ? 'utf-16le' : 'utf-16be')
    }
    this.#isFirst = false
    const text = this.#decoder === undefined ? piece : this.#decoder.write(piece)
    this.#scanner.write(Buffer.from(text.buffer, text.byteOffset, text.byteLength))
  }

  end(): void {
    if (this.#decoder !== undefined && this.#decoder.end() === null)
      throw damaged(this.#where, 'it ends inside a character')
    this.#scanner.end()
  }
}

/** Errors of the zip and of its data are the file's; those of the machine (a disk that fails) are not. */
function ofZip(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Fault || 'syscall' in error) return error
  const isOfPackage = !('code' in error) || String(error.code).startsWith('Z_')
  return isOfPackage ? damaged(where, `its ZIP data does not unpack (${error.message})`, error) : error
}
