import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
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
  let position = 0
  let first = 0
  const take = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      const end = position + chunk.length
      for (let i = first; i < sorted.length; i += 1) {
        const { start, length } = sorted[i] as Range
        if (start >= end) break
        chunk.copy(
          pieces[i] as Buffer,
          Math.max(0, position - start),
          Math.max(0, start - position),
          start + length - position,
        )
        if (start + length <= end && i === first) first += 1
      }
      position = end
      if (first === sorted.length) return
    }
  }
  const source = createReadStream(path, { highWaterMark: 1 << 20 })
  if (await isGzip(path)) await pipeline(source, createGunzip(), take)
  else await pipeline(source, take)
  const decoder = new TextDecoder(encoding)
  return new Map(sorted.map(({ line }, i) => [line, decoder.decode(pieces[i])]))
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
