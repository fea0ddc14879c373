import { isAscii, isUtf8 } from 'node:buffer'
import { closeSync, openSync } from 'node:fs'
import type { Limits } from '../../stage/staged.ts'
import { type DetectedEncoding, withoutCutCharacter } from '../encoding/detect.ts'
import { decoderOf, sourceLength } from '../encoding/encoding.ts'
import { emptyOf } from '../faults.ts'
import { type Bytes, openBytes } from './bytes.ts'
import { readFully } from './read-fully.ts'
import { notText, sniff, type TextFormat } from './sniff.ts'
import { spool } from './spool.ts'

/** A file's text as UTF-8, to be read in any order. */
export interface Source {
  /** The file's name, for messages; behind it the entry's, where it is one of several in an archive. */
  readonly name: string
  /** Length of the UTF-8 text, without a byte order mark. */
  readonly bytes: number
  /** How the source is encoded, and how that is known. */
  readonly encoding: DetectedEncoding
  /** Position of the text's first byte in the source: the length of its byte order mark. */
  readonly textStart: number
  /** Whether positions in the text are positions in the source but for `textStart`. */
  readonly isUtf8: boolean
  /** Put up to `length` bytes of the text from `position` into `target` at `offset`; fewer only at the end. */
  read(target: Uint8Array, offset: number, length: number, position: number): number
  /** The first bytes of the text, at most `length`, without decoding the rest; `isWhole`: they are all of it. */
  head(length: number): { text: Uint8Array; isWhole: boolean }
  /** Where the text stands, so that another thread can read it too. */
  readonly place: Place
  /** How many bytes of the (decompressed) source `text[from..to)` was made of. */
  sourceLength(text: Uint8Array, from: number, to: number): number
  close(): void
}

export interface Place {
  readonly name: string
  readonly fd: number
  /** Where the text begins in the open file. */
  readonly fileStart: number
  readonly bytes: number
  readonly encoding: DetectedEncoding
}

/** How an encoding is looked for: in the whole file where it is small, else in its beginning. */
const detectBytes = 8 * 1024 * 1024
const detectPiece = 256 * 1024
/** Where the encoding is known, only whether it is text is looked at. */
const sniffBytes = 64 * 1024

/**
 * Open a file as UTF-8 text, whatever it is compressed with or encoded in.
 *
 * What it is packed with is known by its first bytes, not its name; a byte order mark wins over the declared encoding,
 * and an encoding that the contract leaves to the file is looked for. Plain UTF-8 is read in place; what is packed is
 * unpacked. Another encoding is decoded once, when more than the text's head is asked for, piece by piece, into a file in
 * `tempDir` that has no name any more; only then a text that ends inside a character is "file.damaged".
 *
 * @param entry which file of an archive with several
 * @throws Fault "file.empty", "file.binary", and those of `openBytes`
 */
export async function openSource(
  path: string,
  format: TextFormat,
  limits: Limits,
  tempDir: string,
  entry?: string,
): Promise<Source> {
  return sourceOf(await openBytes(path, limits, tempDir, entry), format, tempDir)
}

/**
 * Open a file that is unpacked as UTF-8 text. `bytes` are closed when this returns.
 *
 * @throws Fault "file.empty", "file.binary"
 */
export async function sourceOf(
  { name, path: unpacked, size, kind, close }: Bytes,
  format: TextFormat,
  tempDir: string,
): Promise<Source> {
  let fd: number
  try {
    if (kind !== null) throw notText(name, kind)
    fd = openSync(unpacked, 'r')
  } finally {
    close()
  }
  let isKept = false
  try {
    const head = format.found.includes('encoding') ? tellingBytes(fd, size) : bytesFrom(fd, 0, sniffBytes)
    const detected = await sniff(name, head, size > head.length, format)
    const { encoding, bomBytes } = detected
    if (size === bomBytes) throw emptyOf(name, 'is empty')
    const place = { name, fd, fileStart: bomBytes, bytes: size - bomBytes, encoding: detected }
    const source = encoding === 'utf-8' ? sourceAt(place) : decodedAt(place, tempDir)
    isKept = true
    return source
  } finally {
    if (!isKept) closeSync(fd)
  }
}

/**
 * What tells a text's encoding: its beginning, and, where it is no UTF-8 as far as it is looked at, what follows its first
 * character beyond ASCII. Read in pieces, which is faster than all at once.
 */
function tellingBytes(fd: number, size: number): Uint8Array {
  const until = Math.min(size, detectBytes)
  const piece = new Uint8Array(Math.min(until, detectPiece))
  let ascii = 0
  for (let at = 0; at < until; ) {
    const read = piece.subarray(0, readFully(fd, piece, 0, Math.min(piece.length, until - at), at))
    const isPlain = isAscii(read)
    if (isPlain && ascii === at) ascii += read.length
    const whole = isPlain ? read : withoutCutCharacter(read)
    if (!isUtf8(whole)) {
      const beyond = bytesFrom(fd, ascii, 2 * detectPiece)
      return ascii === 0 ? beyond : Buffer.concat([bytesFrom(fd, 0, sniffBytes), beyond])
    }
    if (whole.length === 0) break
    at += whole.length
  }
  return bytesFrom(fd, 0, sniffBytes)
}

function bytesFrom(fd: number, from: number, most: number): Uint8Array {
  const bytes = new Uint8Array(most)
  return bytes.subarray(0, readFully(fd, bytes, 0, most, from))
}

/** The text of another encoding at a place; decoded when more than its head is asked for. */
function decodedAt({ name, fd, fileStart, bytes, encoding }: Place, tempDir: string): Source {
  let decoded: Source | undefined
  let isOpen = true
  const whole = () => {
    if (decoded === undefined) {
      const text = spool(name, fd, fileStart, encoding.encoding, tempDir)
      decoded = sourceAt({ name, fd: text.fd, fileStart: 0, bytes: text.bytes, encoding })
      closeSync(fd)
      isOpen = false
    }
    return decoded
  }
  return {
    name,
    encoding,
    textStart: encoding.bomBytes,
    isUtf8: false,
    get bytes() {
      return whole().bytes
    },
    get place() {
      return whole().place
    },
    read: (target, offset, length, position) => whole().read(target, offset, length, position),
    head(length) {
      if (decoded !== undefined) return decoded.head(length)
      // A character is at most four bytes, and at least one as UTF-8.
      const head = new Uint8Array(Math.min(bytes, length * 4))
      readFully(fd, head, 0, head.length, fileStart)
      const text = decoderOf(encoding.encoding).write(head)
      return { text: text.subarray(0, length), isWhole: head.length === bytes && text.length <= length }
    },
    sourceLength: (text, from, to) => sourceLength(encoding.encoding, text, from, to),
    close() {
      decoded?.close()
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

/** The text at a place. In another thread than the one that opened it, it is not closed. */
export function sourceAt(place: Place): Source {
  const { name, fd, fileStart, bytes, encoding } = place
  let isOpen = true
  return {
    name,
    bytes,
    encoding,
    textStart: encoding.bomBytes,
    isUtf8: encoding.encoding === 'utf-8',
    place,
    read: (target, offset, length, position) => readFully(fd, target, offset, length, fileStart + position),
    head(length) {
      const text = new Uint8Array(Math.min(bytes, length))
      readFully(fd, text, 0, text.length, fileStart)
      return { text, isWhole: text.length === bytes }
    },
    sourceLength: (text, from, to) => sourceLength(encoding.encoding, text, from, to),
    close() {
      if (isOpen) closeSync(fd)
      isOpen = false
    },
  }
}

/** `source[from..to)` as a source whose positions are those of the whole. */
export const partOf = (source: Source, from: number, to: number): Source => ({
  ...source,
  bytes: to - from,
  textStart: source.textStart + from,
  read: (target, offset, length, position) =>
    source.read(target, offset, Math.min(length, to - from - position), from + position),
  head(length) {
    const text = new Uint8Array(Math.min(to - from, length))
    return { text, isWhole: source.read(text, 0, text.length, from) === to - from }
  },
  close() {},
})
