import { libzstd } from './unzstd.ts'

/** Unpack Zstandard in memory; null where more than `most` bytes would come out. Throws an Error where it is damaged. */
export type UnpackZstd = (bytes: Uint8Array, most: number) => Uint8Array | null

/** libzstd for callers that can not wait; see `unzstd` for why it is called as it is. */
export async function zstdUnpacker(): Promise<UnpackZstd> {
  const lib = await libzstd()
  return (bytes, most) => {
    const context = lib.ZSTD_createDCtx()
    const [inBytes, outBytes] = [lib.ZSTD_DStreamInSize(), lib.ZSTD_DStreamOutSize()]
    const input = lib.malloc(inBytes)
    const output = lib.malloc(outBytes)
    const buffers = lib.malloc(24) // ZSTD_inBuffer, ZSTD_outBuffer: pointer, size, position
    const pieces: Uint8Array[] = []
    let total = 0
    let isFrameEnd = true
    try {
      for (let from = 0; from < bytes.length; from += inBytes) {
        const piece = bytes.subarray(from, from + inBytes)
        new Uint8Array(lib.memory.buffer, input, piece.length).set(piece)
        // A full output may hide more, so it is asked again even where the input is behind.
        for (let at = 0, made = outBytes; at < piece.length || made === outBytes; ) {
          new Uint32Array(lib.memory.buffer, buffers, 6).set([input, piece.length, at, output, outBytes, 0])
          const result = lib.ZSTD_decompressStream(context, buffers + 12, buffers) >>> 0
          if (result > 0xffff_ff00) throw new Error('its Zstandard data does not unpack')
          const after = new Uint32Array(lib.memory.buffer, buffers, 6)
          at = after[2] as number
          made = after[5] as number
          isFrameEnd = result === 0
          total += made
          if (total > most) return null
          if (made > 0) pieces.push(new Uint8Array(lib.memory.buffer, output, made).slice())
          if (isFrameEnd && at === piece.length) break
        }
      }
      if (!isFrameEnd) throw new Error('its Zstandard data is cut off')
      return pieces.length === 1 ? (pieces[0] as Uint8Array) : Buffer.concat(pieces, total)
    } finally {
      lib.ZSTD_freeDCtx(context)
      for (const pointer of [input, output, buffers]) lib.free(pointer)
    }
  }
}
