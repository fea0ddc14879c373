import { closeSync, openSync, renameSync, rmSync, writeSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

/** Writes text of Latin-1 bytes in pieces of about a megabyte; gzip where the name ends in .gz, one member a piece. */
export function fileSink(path: string) {
  const aside = `${path}.part`
  const descriptor = openSync(aside, 'w')
  const zip = path.endsWith('.gz')
  let parts: string[] = []
  let waiting = 0
  let bytes = 0

  const flush = () => {
    const piece = Buffer.from(parts.join(''), 'latin1')
    writeAll(descriptor, zip ? gzipSync(piece) : piece)
    parts = []
    waiting = 0
  }
  return {
    write(text: string): void {
      parts.push(text)
      waiting += text.length
      bytes += text.length
      if (waiting >= 1 << 20) flush()
    },
    /** Bytes written so far, before compression. */
    bytes: () => bytes,
    /** Put the whole file in its place. */
    finish(): void {
      if (waiting > 0) flush()
      closeSync(descriptor)
      renameSync(aside, path)
    },
    /** Leave nothing behind. */
    abandon(): void {
      closeSync(descriptor)
      rmSync(aside)
    },
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at)
}
