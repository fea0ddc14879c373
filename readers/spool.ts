import { randomUUID } from 'node:crypto'
import { closeSync, createReadStream, openSync, unlinkSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { Fault } from '../models/fault.ts'
import type { Limits } from '../stage/staged.ts'
import { type Decoder, decoderOf, type Encoding } from './encoding.ts'
import { damaged } from './faults.ts'
import { sniff, type TextFormat } from './sniff.ts'

export interface SpoolTask {
  readonly path: string
  readonly name: string
  readonly size: number
  readonly isGzip: boolean
  /** As the contract says; a byte order mark wins over its encoding. */
  readonly format: TextFormat
  readonly limits: Limits
  readonly tempDir: string
}

/** A file without a name that holds the text in UTF-8 and goes away when it is closed. */
export interface Spooled {
  readonly fd: number
  readonly bytes: number
  readonly bomBytes: number
  readonly encoding: Encoding
}

const sniffBytes = 64 * 1024

/**
 * Decompress and decode a file once, in bounded memory.
 *
 * @throws Fault "file.damaged", "file.binary", "file.too-large", "file.zip-bomb"
 */
export async function spool(task: SpoolTask): Promise<Spooled> {
  const path = join(task.tempDir, `.text-${randomUUID()}`)
  const fd = openSync(path, 'wx+', 0o600)
  let failure: unknown
  try {
    unlinkSync(path)
    const file = createReadStream(task.path, { highWaterMark: 1 << 18 })
    const write = (pieces: AsyncIterable<Buffer>) =>
      writeText(fd, task, pieces).catch((error: unknown) => {
        failure ??= error // the pipeline itself may tell of nothing but its end
        throw error
      })
    const written = task.isGzip
      ? await pipeline(file, createGunzip({ chunkSize: 1 << 18 }), write)
      : await pipeline(file, write)
    return { fd, ...written }
  } catch (ended) {
    closeSync(fd)
    const error = failure ?? ended
    throw isOfGzip(error) ? damaged(task.name, `its gzip data does not unpack (${error.message})`, error) : error
  }
}

async function writeText(fd: number, task: SpoolTask, pieces: AsyncIterable<Buffer>): Promise<Omit<Spooled, 'fd'>> {
  let head: Buffer[] | undefined = []
  let headBytes = 0
  let sourceBytes = 0
  let bytes = 0
  let found: { encoding: Encoding; bomBytes: number } = { encoding: task.format.encoding, bomBytes: 0 }
  let decoder: Decoder = decoderOf(found.encoding)
  const write = (text: Uint8Array) => {
    for (let at = 0; at < text.length; ) at += writeSync(fd, text, at)
    bytes += text.length
  }
  const begin = () => {
    const all = Buffer.concat(head ?? [])
    head = undefined
    if (all.length === 0) return
    found = sniff(task.name, all.subarray(0, sniffBytes), task.format)
    decoder = decoderOf(found.encoding)
    write(decoder.write(all.subarray(found.bomBytes)))
  }
  for await (const piece of pieces) {
    sourceBytes += piece.length
    if (task.isGzip) checkSize(task, sourceBytes)
    if (head === undefined) {
      write(decoder.write(piece))
      continue
    }
    head.push(piece)
    headBytes += piece.length
    if (headBytes >= sniffBytes) begin()
  }
  if (head !== undefined) begin()
  const rest = decoder.end()
  if (rest === null) throw damaged(task.name, `it ends inside a character of ${found.encoding}`)
  write(rest)
  return { bytes, ...found }
}

function checkSize({ name, size, limits }: SpoolTask, unpacked: number): void {
  if (unpacked > limits.decompressedBytes) {
    throw new Fault(
      'file.too-large',
      `${name} unpacks to more than ${limits.decompressedBytes} bytes.`,
      'Ask the sender for smaller files. If the file is right, raise limits.decompressed_bytes in entrepot.yaml.',
      { details: { limit: limits.decompressedBytes } },
    )
  }
  if (unpacked > size * limits.decompressionRatio) {
    throw new Fault(
      'file.zip-bomb',
      `${name} unpacks to more than ${limits.decompressionRatio} times its ${size} bytes.`,
      'Ask the sender what this file is. If it is right, raise limits.decompression_ratio in entrepot.yaml.',
      { details: { limit: limits.decompressionRatio, bytes: size } },
    )
  }
}

const isOfGzip = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_')
