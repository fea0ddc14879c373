import { isAscii, isUtf8 } from 'node:buffer'
import { type Encoding, encodingOf } from '../../contracts/encodings.ts'
import { decoderOf } from './encoding.ts'
import { countRuns } from './utf8.ts'

/** How a text is encoded, and how that is known. */
export interface DetectedEncoding {
  readonly encoding: Encoding
  /** Length of its byte order mark. */
  readonly bomBytes: number
  /** 0 to 1. */
  readonly confidence: number
  /** For a person, after "is read as windows-1250: ". */
  readonly evidence: string
}

const marks: readonly (readonly [bytes: string, encoding: Encoding])[] = [
  ['fffe0000', 'utf-32le'],
  ['0000feff', 'utf-32be'],
  ['efbbbf', 'utf-8'],
  ['fffe', 'utf-16le'],
  ['feff', 'utf-16be'],
]

/** So much is looked at character by character, from the first one beyond ASCII. */
const sampleBytes = 256 * 1024

/** The encoding that a byte order mark tells; undefined where there is none. */
export function markOf(head: Uint8Array): { encoding: Encoding; bomBytes: number } | undefined {
  const hex = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4)).toString('hex')
  const mark = marks.find(([bytes]) => hex.startsWith(bytes))
  return mark && { encoding: mark[1], bomBytes: mark[0].length / 2 }
}

/**
 * Tell how a text is encoded by its beginning: a byte order mark, the zeros of UTF-16 and UTF-32, the shape of UTF-8,
 * what it says of itself, the letters of languages. What fits nothing else is windows-1252.
 *
 * @param hasMore whether the text goes on: its beginning may end inside a character
 */
export async function detectEncoding(head: Uint8Array, hasMore: boolean): Promise<DetectedEncoding> {
  const mark = markOf(head)
  if (mark !== undefined) return { ...mark, confidence: 1, evidence: 'its byte order mark' }
  const wide = wideOf(head)
  if (wide !== undefined) return found(wide, 0.98, 'where its zero bytes stand')
  const share = hasMore ? 'its beginning' : 'all of it'
  if (isAscii(head)) return found('utf-8', 1, `${share} is plain ASCII`)
  if (isUtf8(hasMore ? withoutCutCharacter(head) : head)) return found('utf-8', 1, `${share} is UTF-8`)
  const said = declared(head)
  if (said !== undefined && said !== 'utf-8' && isAllText(head, said)) return found(said, 0.95, 'it says so itself')
  let from = 0
  while ((head[from] as number) < 0x80) from++
  const sample = head.subarray(from, from + sampleBytes)
  // Other encodings look like UTF-8 by chance, but seldom. What is wrong in a text of UTF-8 are single letters of western
  // languages; other alphabets have whole words of high bytes.
  const { good, bad, badBytes } = countRuns(sample)
  if (good * 2 >= bad && badBytes <= bad * 2)
    return found('utf-8', 0.5 + good / (2 * (good + bad)), `${good} places are UTF-8, ${bad} are not`)
  const { legacyOf } = await import('./detect-legacy.ts')
  return { ...legacyOf(sample), bomBytes: 0 }
}

const found = (encoding: Encoding, confidence: number, evidence: string): DetectedEncoding => ({
  encoding,
  bomBytes: 0,
  confidence,
  evidence,
})

/** A text may be cut in the middle of its last character. */
export function withoutCutCharacter(head: Uint8Array): Uint8Array {
  for (let cut = 1; cut <= 3 && cut <= head.length; cut++) {
    const byte = head[head.length - cut] as number
    if (byte < 0x80) return head
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > cut ? head.subarray(0, head.length - cut) : head
  }
  return head
}

/** Digits, delimiters and line ends have zeros at one place of each unit. */
function wideOf(head: Uint8Array): Encoding | undefined {
  const length = Math.min(head.length, 64 * 1024) & ~1
  const zeros: [number, number, number, number] = [0, 0, 0, 0]
  for (let at = 0; at < length; at++) if (head[at] === 0) zeros[at & 3] = (zeros[at & 3] as number) + 1
  const [a, b, c, d] = zeros
  const units = length / 4
  if (units > 0 && c + d >= units * 1.9 && d >= units && a < units / 10) return 'utf-32le'
  if (units > 0 && a + b >= units * 1.9 && a >= units && d < units / 10) return 'utf-32be'
  const [even, odd] = [a + c, b + d]
  if (odd > 1 && odd * 20 >= length && even * 10 <= odd) return 'utf-16le'
  if (even > 1 && even * 20 >= length && odd * 10 <= even) return 'utf-16be'
  return undefined
}

/** What XML, HTML and OFX say of themselves in their first lines. */
function declared(head: Uint8Array): Encoding | undefined {
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 1024)).toString('latin1')
  const name =
    /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']+)/i.exec(text)?.[1] ??
    /<meta[^>]+charset\s*=\s*["']?([\w-]+)/i.exec(text)?.[1]
  if (name !== undefined) return encodingOf(name)
  if (!/^\s*OFXHEADER:/.test(text)) return undefined
  const page = /CHARSET:\s*([\w-]+)/.exec(text)?.[1]
  return page === undefined ? undefined : encodingOf(/^\d+$/.test(page) ? `windows-${page}` : page)
}

/** Whether all bytes are characters of the encoding; a cut one at the end counts for nothing. */
function isAllText(head: Uint8Array, encoding: Encoding): boolean {
  return !decoderOf(encoding).write(head).includes(0xff)
}
