import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename } from 'node:path'
import type { Limits } from '../stage/staged.ts'
import { type Encoding, sourceLength } from './encoding.ts'
import { emptyOf } from './faults.ts'
import { sniff, type TextFormat } from './sniff.ts'
import { spool } from './spool.ts'

/** A file's text as UTF-8, to be read in any order. */
export interface Source {
  /** The file's name, for messages. */
  readonly name: string
  /** Length of the UTF-8 text, without a byte order mark. */
  readonly bytes: number
  /** Position of the text's first byte in the source: the length of its byte order mark. */
  readonly textStart: number
  /** Whether positions in the text are positions in the source but for `textStart`. */
  readonly isUtf8: boolean
  /** Put up to `length` bytes of the text from `position` into `target` at `offset`; fewer only at the end. */
  read(target: Uint8Array, offset: number, length: number, position: number): number
  /** How many bytes of the (decompressed) source `text[from..to)` was made of. */
  sourceLength(text: Uint8Array, from: number, to: number): number
  close(): void
}

const sniffBytes = 64 * 1024

/**
 * Open a file as UTF-8 text, whatever it is compressed with or encoded in.
 *
 * Gzip is known by its first bytes, not its name; a byte order mark wins over the declared encoding. Plain UTF-8 is
 * read in place; the rest is decoded once, piece by piece, into a file in `tempDir` that has no name any more when this
 * returns.
 *
 * @throws Fault "file.empty", "file.binary", "file.damaged", "file.too-large", "file.zip-bomb"
 */
export async function openSource(path: string, format: TextFormat, limits: Limits, tempDir: string): Promise<Source> {
  const name = basename(path)
  const fd = openSync(path, 'r')
  let isKept = false
  try {
    const { size } = fstatSync(fd)
    const head = new Uint8Array(Math.min(size, sniffBytes))
    readFully(fd, head, 0, head.length, 0)
    const isGzip = head[0] === 0x1f && head[1] === 0x8b
    if (!isGzip) {
      const found = sniff(name, head, format)
      if (found.encoding === 'utf-8') {
        if (size === found.bomBytes) throw emptyOf(name, 'is empty')
        isKept = true
        return sourceOf(name, fd, { ...found, bytes: size - found.bomBytes, fileStart: found.bomBytes })
      }
    }
    const spooled = await spool({ path, name, size, isGzip, format, limits, tempDir })
    if (spooled.bytes > 0) return sourceOf(name, spooled.fd, { ...spooled, fileStart: 0 })
    closeSync(spooled.fd)
    throw emptyOf(name, 'is empty')
  } finally {
    if (!isKept) closeSync(fd)
  }
}

interface Text {
  readonly bytes: number
  readonly bomBytes: number
  /** Where the text begins in the open file. */
  readonly fileStart: number
  readonly encoding: Encoding
}

function sourceOf(name: string, fd: number, { bytes, bomBytes, fileStart, encoding }: Text): Source {
  let isOpen = true
  return {
    name,
    bytes,
    textStart: bomBytes,
    isUtf8: encoding === 'utf-8',
    read: (target, offset, length, position) => readFully(fd, target, offset, length, fileStart + position),
    sourceLength: (text, from, to) => sourceLength(encoding, text, from, to),
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

/** One read may give less than is there. */
function readFully(fd: number, target: Uint8Array, offset: number, length: number, position: number): number {
  let total = 0
  while (total < length) {
    const read = readSync(fd, target, offset + total, length - total, position + total)
    if (read === 0) break
    total += read
  }
  return total
}
