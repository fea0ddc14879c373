import { isAscii } from 'node:buffer'
import { type Decoder, noCharacter, putCharacter } from './decoder.ts'
import { fourIndex, type Table } from './encoding-tables.ts'

const nothing = new Uint8Array(0)

/** Blocks of ASCII alone are copied as they are. */
const blockBytes = 256

/** A decoder of one byte a character. */
export function singleDecoder({ single }: Table): Decoder {
  const write = (piece: Uint8Array) => {
    const text = new Uint8Array(piece.length * 3)
    let used = 0
    for (let at = 0; at < piece.length; at += blockBytes) {
      const block = piece.subarray(at, at + blockBytes)
      if (isAscii(block)) {
        text.set(block, used)
        used += block.length
      } else
        for (const byte of block) {
          if (byte < 0x80) text[used++] = byte
          else used = putPacked(text, used, single[byte] as number)
        }
    }
    return text.subarray(0, used)
  }
  return { write, end: () => nothing }
}

/**
 * A decoder of characters that are one to four bytes.
 *
 * A first byte that the next one does not go with is no character, and so is the next one, unless it is ASCII: that may
 * be a delimiter or a line end.
 */
export function multiDecoder(table: Table): Decoder {
  let waiting: Uint8Array = nothing
  const decode = (bytes: Uint8Array, isLast: boolean): Uint8Array => {
    const text = new Uint8Array(bytes.length * 3)
    let used = 0
    let at = 0
    while (at < bytes.length) {
      const lead = bytes[at] as number
      if (lead < 0x80 || table.single[lead] !== 0) {
        used = lead < 0x80 ? putAscii(text, used, lead) : putPacked(text, used, table.single[lead] as number)
        at++
        continue
      }
      const length = codeLength(table, bytes, at)
      if (at + length > bytes.length && !isLast) break
      const code = at + length > bytes.length ? 0 : codeAt(table, bytes, at, length)
      if (code > 0xffff_ffff) {
        used = putCharacter(text, used, code - 0x1_0000_0000)
        at += length
      } else if (code !== 0) {
        used = putPacked(text, used, code)
        at += length
      } else {
        text[used++] = noCharacter
        at++
        if (at < bytes.length && (bytes[at] as number) >= 0x80) {
          text[used++] = noCharacter
          at++
        }
      }
    }
    waiting = new Uint8Array(bytes.subarray(at)) // a copy: the piece is used again
    return text.subarray(0, used)
  }
  return {
    write: (piece) => decode(waiting.length === 0 ? piece : Buffer.concat([waiting, piece]), false),
    end: () => decode(waiting, true),
  }
}

/** How many bytes the code at `at` has; the next byte may not be there yet: then two. */
function codeLength({ triple, four }: Table, bytes: Uint8Array, at: number): number {
  if (triple !== null && bytes[at] === 0x8f) return 3
  const next = bytes[at + 1] ?? 0
  return four !== null && next >= 0x30 && next <= 0x39 ? 4 : 2
}

/** The code's character, packed; beyond 0x100000000 a code point of the other planes; 0 where there is none. */
function codeAt({ double, triple, four }: Table, bytes: Uint8Array, at: number, length: number): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(at, at + length)
  if (length === 2) return double?.[(a << 8) | b] ?? 0
  if (length === 3) return triple?.[(b << 8) | c] ?? 0
  if (c < 0x81 || c > 0xfe || d < 0x30 || d > 0x39 || a < 0x81 || a > 0xfe) return 0
  const index = fourIndex(a, b, c, d)
  const plane = index - fourIndex(0x90, 0x30, 0x81, 0x30)
  if (plane >= 0) return plane <= 0xfffff ? 0x1_0001_0000 + plane : 0
  return four?.[index] ?? 0
}

function putAscii(text: Uint8Array, at: number, byte: number): number {
  text[at] = byte
  return at + 1
}

/** Write a character that is packed as UTF-8; one that is none where it is 0. */
function putPacked(text: Uint8Array, at: number, packed: number): number {
  if (packed === 0) return putAscii(text, at, noCharacter)
  let used = at
  for (let rest = packed; rest !== 0; rest >>>= 8) text[used++] = rest & 0xff
  return used
}
