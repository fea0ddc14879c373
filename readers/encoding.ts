import type { Encoding } from '../contracts/contract.ts'

export type { Encoding }

/** Turns pieces of an encoded text into UTF-8. What is no character becomes the byte 0xFF, which is no UTF-8. */
export interface Decoder {
  /** The piece's text; a character cut off at its end waits for the next piece. The result is valid until then. */
  write(piece: Uint8Array): Uint8Array
  /** The end's text; null where the source ends inside a character. */
  end(): Uint8Array | null
}

/** In place of a lone surrogate: readers mark its record `row.encoding`, as they do with other bytes that are no text. */
const noCharacter = 0xff

const nothing = new Uint8Array(0)

export function decoderOf(encoding: Encoding): Decoder {
  switch (encoding) {
    case 'utf-8':
      return { write: (piece) => piece, end: () => nothing }
    case 'windows-1252':
      return { write: decode1252, end: () => nothing }
    case 'utf-16le':
      return utf16Decoder(0, 1)
    case 'utf-16be':
      return utf16Decoder(1, 0)
  }
}

/** How many bytes of the source the UTF-8 `text[from..to)` was made of. */
export function sourceLength(encoding: Encoding, text: Uint8Array, from: number, to: number): number {
  if (encoding === 'utf-8') return to - from
  let characters = 0
  let pairs = 0
  for (let at = from; at < to; at++) {
    const byte = text[at] as number
    if ((byte & 0xc0) === 0x80) continue
    characters++
    if (byte >= 0xf0 && byte !== noCharacter) pairs++
  }
  return encoding === 'windows-1252' ? characters : 2 * (characters + pairs)
}

/** Bytes 0x80 to 0x9F; the five that the code page leaves open are control characters, as browsers read them. */
const high1252 = [
  0x20ac, 0x81, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8d, 0x017d,
  0x8f, 0x90, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,
  0x017e, 0x0178,
]

function decode1252(piece: Uint8Array): Uint8Array {
  const text = new Uint8Array(piece.length * 3)
  let used = 0
  for (let at = 0; at < piece.length; at++) {
    const byte = piece[at] as number
    if (byte < 0x80) text[used++] = byte
    else used = putCharacter(text, used, byte < 0xa0 ? (high1252[byte - 0x80] as number) : byte)
  }
  return text.subarray(0, used)
}

function utf16Decoder(low: 0 | 1, high: 0 | 1): Decoder {
  let waiting: Uint8Array = nothing
  const unit = (bytes: Uint8Array, at: number) => ((bytes[at + high] as number) << 8) | (bytes[at + low] as number)
  function write(piece: Uint8Array): Uint8Array {
    const bytes = waiting.length === 0 ? piece : Buffer.concat([waiting, piece])
    const text = new Uint8Array((bytes.length >> 1) * 3)
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
    waiting = bytes.slice(at)
    return text.subarray(0, used)
  }
  // A half without its other half is left, or half a unit.
  const end = () => (waiting.length === 0 ? nothing : waiting.length === 2 ? Uint8Array.of(noCharacter) : null)
  return { write, end }
}

/** Write a character's UTF-8; returns where the next one goes. */
export function putCharacter(text: Uint8Array, at: number, character: number): number {
  if (character < 0x80) {
    text[at] = character
    return at + 1
  }
  if (character < 0x800) {
    text[at] = 0xc0 | (character >> 6)
    text[at + 1] = 0x80 | (character & 0x3f)
    return at + 2
  }
  if (character < 0x10000) {
    text[at] = 0xe0 | (character >> 12)
    text[at + 1] = 0x80 | ((character >> 6) & 0x3f)
    text[at + 2] = 0x80 | (character & 0x3f)
    return at + 3
  }
  text[at] = 0xf0 | (character >> 18)
  text[at + 1] = 0x80 | ((character >> 12) & 0x3f)
  text[at + 2] = 0x80 | ((character >> 6) & 0x3f)
  text[at + 3] = 0x80 | (character & 0x3f)
  return at + 4
}
