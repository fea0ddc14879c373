import { isUtf8 } from 'node:buffer'

const blockBytes = 16 * 1024

/**
 * Make every byte that is no part of valid UTF-8 a question mark, in place.
 *
 * @param bytes takes what stood there
 * @returns the offsets of those bytes, in order
 */
export function repairUtf8(text: Uint8Array, bytes: number[] = []): number[] {
  const bad: number[] = []
  if (isUtf8(text)) return bad
  for (let from = 0; from < text.length; ) {
    const limit = Math.min(from + blockBytes, text.length)
    const to = limit === text.length ? limit : wholeCharacters(text, from, limit)
    if (!isUtf8(text.subarray(from, to))) repairBlock(text, from, to, bad, bytes)
    from = to
  }
  return bad
}

/** Runs of bytes beyond ASCII: those that are all valid UTF-8, the others, and the bytes of these. */
export function countRuns(text: Uint8Array): { good: number; bad: number; badBytes: number } {
  const runs = { good: 0, bad: 0, badBytes: 0 }
  for (let at = 0; at < text.length; at++) {
    const from = at
    while (at < text.length && (text[at] as number) >= 0x80) at++
    if (at === from) continue
    if (isUtf8(text.subarray(from, at))) runs.good++
    else {
      runs.bad++
      runs.badBytes += at - from
    }
  }
  return runs
}

function repairBlock(text: Uint8Array, from: number, to: number, bad: number[], bytes: number[]): void {
  for (let at = from; at < to; ) {
    const length = sequenceLength(text, at)
    if (length === 0) {
      bad.push(at)
      bytes.push(text[at] as number)
      text[at] = 0x3f
    }
    at += Math.max(length, 1)
  }
}

/** The end of `text[from..to)` without the beginning of a character that needs bytes from `to` on. */
export function wholeCharacters(text: Uint8Array, from: number, to: number): number {
  for (let at = to - 1; at >= Math.max(from, to - 3); at--) {
    const byte = text[at] as number
    if (byte < 0x80) return to
    if (byte >= 0xc0) return at + (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) > to ? at : to
  }
  return to
}

/** Length of the well-formed sequence at `at` (Unicode standard, table 3-7); 0: none. */
function sequenceLength(text: Uint8Array, at: number): number {
  const lead = text[at] as number
  if (lead < 0x80) return 1
  const second = text[at + 1] ?? 0
  const isTail = (byte: number | undefined) => byte !== undefined && (byte & 0xc0) === 0x80
  if (lead >= 0xc2 && lead <= 0xdf) return isTail(second) ? 2 : 0
  if (lead >= 0xe0 && lead <= 0xef) {
    const from = lead === 0xe0 ? 0xa0 : 0x80
    const to = lead === 0xed ? 0x9f : 0xbf
    return second >= from && second <= to && isTail(text[at + 2]) ? 3 : 0
  }
  if (lead >= 0xf0 && lead <= 0xf4) {
    const from = lead === 0xf0 ? 0x90 : 0x80
    const to = lead === 0xf4 ? 0x8f : 0xbf
    return second >= from && second <= to && isTail(text[at + 2]) && isTail(text[at + 3]) ? 4 : 0
  }
  return 0
}
