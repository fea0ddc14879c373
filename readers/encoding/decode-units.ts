import { type Decoder, noCharacter, putCharacter } from './decoder.ts'

const nothing = new Uint8Array(0)

/** A decoder of UTF-16. */
export function utf16Decoder(isBig: boolean): Decoder {
  const [low, high] = isBig ? [1, 0] : [0, 1]
  const unit = (bytes: Uint8Array, at: number) => ((bytes[at + high] as number) << 8) | (bytes[at + low] as number)
  // A half without its other half is left, or half a unit.
  return waitingDecoder(2, (bytes, text) => {
    let used = 0
    let at = 0
    while (at + 1 < bytes.length) {
      const first = unit(bytes, at)
      const isHigh = first >= 0xd800 && first < 0xdc00
      if (isHigh && at + 3 >= bytes.length) break // its other half may come
      const second = isHigh ? unit(bytes, at + 2) : 0
      if (second >= 0xdc00 && second < 0xe000) {
        used = putCharacter(text, used, 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))
        at += 4
        continue
      }
      if (first >= 0xd800 && first < 0xe000) text[used++] = noCharacter
      else used = putCharacter(text, used, first)
      at += 2
    }
    return { at, used }
  })
}

/** A decoder of UTF-32. */
export function utf32Decoder(isBig: boolean): Decoder {
  return waitingDecoder(4, (bytes, text) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    let used = 0
    let at = 0
    for (; at + 3 < bytes.length; at += 4) {
      const character = view.getUint32(at, !isBig)
      if (character > 0x10ffff || (character >= 0xd800 && character < 0xe000)) text[used++] = noCharacter
      else used = putCharacter(text, used, character)
    }
    return { at, used }
  })
}

/** @param decode turns bytes into text, and says up to where it came in both */
function waitingDecoder(
  unitBytes: number,
  decode: (bytes: Uint8Array, text: Uint8Array) => { at: number; used: number },
): Decoder {
  let waiting: Uint8Array = nothing
  return {
    write(piece) {
      const bytes = waiting.length === 0 ? piece : Buffer.concat([waiting, piece])
      const text = new Uint8Array(Math.ceil(bytes.length / 2) * 3)
      const { at, used } = decode(bytes, text)
      waiting = new Uint8Array(bytes.subarray(at)) // a copy: the piece is used again
      return text.subarray(0, used)
    },
    end: () => (waiting.length === 0 ? nothing : waiting.length === unitBytes ? Uint8Array.of(noCharacter) : null),
  }
}
