import { closeSync, openSync, readSync } from 'node:fs'
import { Fault } from '../../models/fault.ts'
import { damaged } from '../faults.ts'
import { checkedHead, type MessageHead, messageKinds } from './arrow-messages.ts'

/** What is read whole into memory: the largest message there may be, packed and unpacked. */
export const mostMessageBytes = 256 * 1024 * 1024

const magic = 'ARROW1'

/**
 * The messages of an Arrow IPC stream or file, each as its metadata and then its body, checked before they are read: sizes
 * against the file and the limit, the order (one schema, then batches), the end.
 *
 * A file is the stream that it holds, between its magic bytes and its footer, which is not needed. Message: a
 * continuation mark (0xFFFFFFFF, not in files before 2020), the metadata's length (i32, 0 at the end), metadata, body.
 *
 * @param depth lists and structs may nest so deep
 * @throws Fault "file.damaged", "file.too-large"
 */
export function* arrowPieces(path: string, name: string, size: number, depth: number): Generator<Uint8Array> {
  const fd = openSync(path, 'r')
  try {
    let at = 0
    const take = (bytes: number, what: string): Buffer => {
      if (bytes > size - at) throw damaged(name, `it ends inside ${what}`)
      const buffer = Buffer.alloc(bytes)
      for (let total = 0; total < bytes; ) {
        const read = readSync(fd, buffer, total, bytes - total, at + total)
        if (read === 0) throw damaged(name, `it ends inside ${what}`)
        total += read
      }
      at += bytes
      return buffer
    }
    const isFile = size >= 8 && take(8, 'its first bytes').toString('latin1', 0, 6) === magic
    if (isFile) {
      at = size - 6
      if (take(6, 'its last bytes').toString('latin1') !== magic) throw damaged(name, 'it breaks off before its end')
    }
    at = isFile ? 8 : 0
    let hasSchema = false
    while (at < size) {
      const head = take(4, 'a message')
      const hasMark = head.readUInt32LE(0) === 0xffff_ffff
      const length = hasMark ? take(4, 'a message') : head
      const metadataBytes = length.readInt32LE(0)
      if (metadataBytes === 0) break
      if (metadataBytes < 0) throw damaged(name, 'a message says that it is shorter than nothing')
      checkSize(name, metadataBytes, size - at)
      const metadata = take(metadataBytes, 'a message')
      const { kind, bodyBytes } = headOf(name, metadata, depth)
      if (hasSchema === (kind === messageKinds.schema))
        throw damaged(name, 'its schema is not its first message, and one alone')
      hasSchema = true
      checkSize(name, bodyBytes, size - at)
      yield Buffer.concat([hasMark ? Buffer.concat([head, length]) : length, metadata])
      if (bodyBytes > 0) yield take(bodyBytes, 'a message')
    }
    if (!hasSchema) throw damaged(name, 'it has no schema')
    if (isFile && at >= size) throw damaged(name, 'it breaks off before its end')
  } finally {
    closeSync(fd)
  }
}

function checkSize(name: string, bytes: number, left: number): void {
  if (bytes > left) throw damaged(name, 'it ends inside a message')
  if (bytes > mostMessageBytes) throw tooLarge(name)
}

export const tooLarge = (name: string): Fault =>
  new Fault(
    'file.too-large',
    `${name} has a batch of more than ${mostMessageBytes} bytes, and a batch is read as a whole.`,
    'Ask the sender for smaller record batches (pyarrow: max_chunksize when it is written).',
    { details: { limit: mostMessageBytes } },
  )

function headOf(name: string, metadata: Buffer, depth: number): MessageHead {
  try {
    return checkedHead(metadata, depth)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    const why = 'code' in error ? 'a message is no Arrow metadata' : error.message // Node's own, of Buffer
    throw damaged(name, why, error)
  }
}
