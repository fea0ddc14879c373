import { randomUUID } from 'node:crypto'
import { closeSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { decoderOf, type Encoding } from '../encoding/encoding.ts'
import { damaged } from '../faults.ts'

const pieceBytes = 1 << 18

/**
 * Decode a file once, piece by piece, into a file without a name, which goes away when it is closed.
 *
 * @param fd the file; its text begins at `from`
 * @returns the text's file and its length in bytes
 * @throws Fault "file.damaged"
 */
export function spool(
  name: string,
  fd: number,
  from: number,
  encoding: Encoding,
  tempDir: string,
): { fd: number; bytes: number } {
  const path = join(tempDir, `.text-${randomUUID()}`)
  const textFd = openSync(path, 'wx+', 0o600)
  try {
    unlinkSync(path)
    let bytes = 0
    const write = (text: Uint8Array) => {
      for (let at = 0; at < text.length; ) at += writeSync(textFd, text, at)
      bytes += text.length
    }
    const decoder = decoderOf(encoding)
    const piece = Buffer.alloc(pieceBytes)
    for (let at = from, read = -1; read !== 0; at += read) {
      read = readSync(fd, piece, 0, pieceBytes, at)
      write(decoder.write(piece.subarray(0, read)))
    }
    const rest = decoder.end()
    if (rest === null) throw damaged(name, `it ends inside a character of ${encoding}`)
    write(rest)
    return { fd: textFd, bytes }
  } catch (error) {
    closeSync(textFd)
    throw error
  }
}
