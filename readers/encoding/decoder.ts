/** Turns pieces of an encoded text into UTF-8. What is no character becomes the byte 0xFF, which is no UTF-8. */
export interface Decoder {
  /** The piece's text; a character cut off at its end waits for the next piece. The result is valid until then. */
  write(piece: Uint8Array): Uint8Array
  /** The end's text; null where the source ends inside a character. */
  end(): Uint8Array | null
}

/** In place of what is no character: readers mark its record `row.encoding`, as they do with other bytes that are no text. */
export const noCharacter = 0xff

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
