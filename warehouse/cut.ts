import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import type { Format } from '../contracts/contract.ts'

export interface Range {
  readonly line: number
  readonly start: number
  readonly length: number
}

/**
 * Cut records from an archived file by their byte ranges, which count in the decompressed bytes; gives text by line.
 */
export async function cutRanges(
  path: string,
  encoding: Format['encoding'],
  ranges: readonly Range[],
): Promise<ReadonlyMap<number, string>> {
  const sorted = ranges.toSorted((a, b) => a.start - b.start)
  const pieces = sorted.map(({ length }) => Buffer.alloc(length))
  const file = createReadStream(path, { highWaterMark: 1 << 20 })
  try {
    await fill(sorted, pieces, (await isGzip(path)) ? unzipped(file) : file)
  } finally {
    file.destroy()
  }
  const decoder = new TextDecoder(encoding)
  return new Map(sorted.map(({ line }, i) => [line, decoder.decode(pieces[i])]))
}

function unzipped(file: Readable): Readable {
  const stream = file.pipe(createGunzip())
  file.on('error', (error) => stream.destroy(error))
  return stream
}

/** Copy what of each chunk belongs to a range; stops after the last range. */
async function fill(ranges: readonly Range[], pieces: readonly Buffer[], source: AsyncIterable<Buffer>): Promise<void> {
  let position = 0
  let first = 0
  for await (const chunk of source) {
    const end = position + chunk.length
    for (let i = first; i < ranges.length; i += 1) {
      const { start, length } = ranges[i] as Range
      if (start >= end) break
      const [from, to] = [Math.max(0, start - position), start + length - position]
      chunk.copy(pieces[i] as Buffer, Math.max(0, position - start), from, to)
      if (start + length <= end && i === first) first += 1
    }
    position = end
    if (first === ranges.length) return
  }
}

async function isGzip(path: string): Promise<boolean> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(2), 0, 2, 0)
    return bytesRead === 2 && buffer.readUInt16BE() === 0x1f8b
  } finally {
    await handle.close()
  }
}
