import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { damaged } from '../faults.ts'

/** Takes what is unpacked, piece by piece; throws to stop. */
export interface Sink {
  /** Bytes of the packed file that are behind. */
  taken: number
  /** Does not keep the piece. */
  put(piece: Uint8Array): void
}

/** Bytes read at a time: a bomb is seen by what came of those taken, so few are taken at once. */
const pieceBytes = 1 << 16

/**
 * Unpack a file in bounded memory; several streams one behind the other are one.
 *
 * @param file names it for a person
 * @throws Fault "file.damaged", and what the sink throws
 */
export async function unpack(kind: 'gzip' | 'zstd' | 'bzip2', path: string, file: string, sink: Sink): Promise<void> {
  switch (kind) {
    case 'gzip':
      return gunzip(path, file, sink)
    case 'zstd':
      return (await import('./unzstd.ts')).unzstd(path, file, sink)
    case 'bzip2':
      return (await import('./unbzip2.ts')).unbzip2(path, file, sink)
  }
}

async function gunzip(path: string, file: string, sink: Sink): Promise<void> {
  let failure: unknown
  const input = createReadStream(path, { highWaterMark: pieceBytes })
  try {
    await pipeline(
      input,
      async function* (pieces: AsyncIterable<Buffer>) {
        for await (const piece of pieces) {
          sink.taken += piece.length
          yield piece
        }
      },
      createGunzip({ chunkSize: 1 << 18 }),
      async (pieces: AsyncIterable<Buffer>) => {
        try {
          for await (const piece of pieces) sink.put(piece)
        } catch (error) {
          failure ??= error // the pipeline itself may tell of nothing but its end
          throw error
        }
      },
    )
  } catch (ended) {
    const error = failure ?? ended
    throw isOfGzip(error) ? damaged(file, `its gzip data does not unpack (${error.message})`, error) : error
  }
}

const isOfGzip = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
