import type { Encoding } from '../../contracts/encodings.ts'
import { multiDecoder, singleDecoder } from './decode-table.ts'
import { utf16Decoder, utf32Decoder } from './decode-units.ts'
import { type Decoder, noCharacter } from './decoder.ts'
import { tableOf } from './encoding-tables.ts'

export type { Decoder, Encoding }

export function decoderOf(encoding: Encoding): Decoder {
  switch (encoding) {
    case 'utf-8':
      return { write: (piece) => piece, end: () => new Uint8Array(0) }
    case 'utf-16le':
    case 'utf-16be':
      return utf16Decoder(encoding === 'utf-16be')
    case 'utf-32le':
    case 'utf-32be':
      return utf32Decoder(encoding === 'utf-32be')
    default: {
      const table = tableOf(encoding)
      return table.double === null ? singleDecoder(table) : multiDecoder(table)
    }
  }
}

/** How many bytes of the source the UTF-8 `text[from..to)` was made of; both ends are ends of characters. */
export function sourceLength(encoding: Encoding, text: Uint8Array, from: number, to: number): number {
  switch (encoding) {
    case 'utf-8':
      return to - from
    case 'utf-16le':
    case 'utf-16be':
      return 2 * countUnits(text, from, to, 2)
    case 'utf-32le':
    case 'utf-32be':
      return 4 * countUnits(text, from, to, 1)
    default: {
      const { double, widths, wideWidth } = tableOf(encoding)
      return double === null ? countUnits(text, from, to, 1) : sumWidths(text, from, to, widths, wideWidth)
    }
  }
}

/** Characters, those of four bytes counted `wide` times. */
function countUnits(text: Uint8Array, from: number, to: number, wide: number): number {
  let units = 0
  for (let at = from; at < to; at++) {
    const byte = text[at] as number
    if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 && byte !== noCharacter ? wide : 1
  }
  return units
}

function sumWidths(text: Uint8Array, from: number, to: number, widths: Uint8Array, wideWidth: number): number {
  let sum = 0
  for (let at = from; at < to; ) {
    const byte = text[at] as number
    if (byte < 0x80 || byte === noCharacter) {
      sum++
      at++
    } else if (byte < 0xc0) {
      at++ // the rest of a character that began before
    } else if (byte >= 0xf0) {
      sum += wideWidth
      at += 4
    } else if (byte >= 0xe0) {
      sum += widths[((byte & 15) << 12) | (tail(text, at + 1) << 6) | tail(text, at + 2)] as number
      at += 3
    } else {
      sum += widths[((byte & 31) << 6) | tail(text, at + 1)] as number
      at += 2
    }
  }
  return sum
}

const tail = (text: Uint8Array, at: number): number => (text[at] as number) & 63
