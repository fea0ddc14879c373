import { closeSync, openSync, readSync } from 'node:fs'
import { ZSTDDecoder } from 'zstddec/stream'
import { damaged } from '../faults.ts'
import type { Sink } from './unpack.ts'

/** The functions of libzstd that are used: pointers and sizes are numbers, an error is a size near 2^32. */
export interface Libzstd {
  readonly memory: { readonly buffer: ArrayBuffer }
  malloc(bytes: number): number
  free(pointer: number): void
  ZSTD_createDCtx(): number
  ZSTD_freeDCtx(context: number): void
  /** 0 at the end of a frame, an error, or something else. */
  ZSTD_decompressStream(context: number, output: number, input: number): number
  ZSTD_DStreamInSize(): number
  ZSTD_DStreamOutSize(): number
}

/** Error codes of libzstd (`zstd_errors.h`) that say more than "corrupt". */
const errors: Readonly<Record<number, string>> = {
  10: 'what follows is no Zstandard data',
  16: 'it needs a window of more than 128 MB: pack it without --long',
  20: 'corrupt',
  22: 'wrong checksum',
  32: 'it was packed with a dictionary',
  64: 'it needs more memory than there is',
}

let library: Promise<Libzstd> | undefined

/** The library, loaded once. */
export function libzstd(): Promise<Libzstd> {
  library ??= load()
  return library
}

/**
 * Unpack Zstandard, frame after frame, with libzstd's own limit for windows (128 MB) and its checksums.
 *
 * The package's own loop runs forever on corrupt data and keeps memory of what is left unfinished, so libzstd is called
 * here.
 *
 * @throws Fault "file.damaged", and what the sink throws
 */
export async function unzstd(path: string, file: string, sink: Sink): Promise<void> {
  const lib = await libzstd()
  const context = lib.ZSTD_createDCtx()
  const [inBytes, outBytes] = [lib.ZSTD_DStreamInSize(), lib.ZSTD_DStreamOutSize()]
  const input = lib.malloc(inBytes)
  const output = lib.malloc(outBytes)
  const buffers = lib.malloc(24) // ZSTD_inBuffer, ZSTD_outBuffer: pointer, size, position
  const fd = openSync(path, 'r')
  try {
    let isFrameEnd = true
    for (;;) {
      const read = readSync(fd, new Uint8Array(lib.memory.buffer, input, inBytes), 0, inBytes, null)
      if (read === 0) break
      sink.taken += read
      for (let at = 0; at < read; ) {
        new Uint32Array(lib.memory.buffer, buffers, 6).set([input, read, at, output, outBytes, 0])
        const result = lib.ZSTD_decompressStream(context, buffers + 12, buffers) >>> 0
        if (result > 0xffff_ff00) throw corrupt(file, 0x1_0000_0000 - result)
        const [, , taken = 0, , , made = 0] = new Uint32Array(lib.memory.buffer, buffers, 6)
        at = taken
        isFrameEnd = result === 0
        if (made > 0) sink.put(new Uint8Array(lib.memory.buffer, output, made))
      }
    }
    if (!isFrameEnd) throw damaged(file, 'its Zstandard data is cut off')
  } finally {
    closeSync(fd)
    lib.ZSTD_freeDCtx(context)
    for (const pointer of [input, output, buffers]) lib.free(pointer)
  }
}

const corrupt = (file: string, code: number) =>
  damaged(file, `its Zstandard data does not unpack (${errors[code] ?? `error ${code} of libzstd`})`)

async function load(): Promise<Libzstd> {
  let exports: Libzstd | undefined
  class Decoder extends ZSTDDecoder {
    override _init(result: { readonly instance: { readonly exports: unknown } }): void {
      super._init(result)
      exports = result.instance.exports as Libzstd
    }
  }
  await new Decoder().init()
  if (exports === undefined) throw new Error('zstddec gave no library')
  return exports
}
