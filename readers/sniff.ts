import type { Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import type { Encoding } from './encoding.ts'

/** What is known of a text before it is read. */
export type TextFormat = Pick<Format, 'encoding' | 'delimiter'>

/** First bytes of what is no text, with the byte they stand at. */
const magics: readonly (readonly [name: string, at: number, bytes: string])[] = [
  ['a ZIP archive or an Office workbook', 0, 'PK\x03\x04'],
  ['an old Office document', 0, '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1'],
  ['a PDF', 0, '%PDF-'],
  ['a PNG image', 0, '\x89PNG\r\n\x1a\n'],
  ['a JPEG image', 0, '\xff\xd8\xff'],
  ['a GIF image', 0, 'GIF8'],
  ['a Parquet file', 0, 'PAR1'],
  ['an Arrow file', 0, 'ARROW1\0\0'],
  ['an Avro file', 0, 'Obj\x01'],
  ['a SQLite database', 0, 'SQLite format 3\0'],
  ['a DuckDB database', 8, 'DUCK'],
  ['gzip inside gzip', 0, '\x1f\x8b\x08'],
  ['a Zstandard archive', 0, '\x28\xb5\x2f\xfd'],
  ['a bzip2 archive', 4, '1AY&SY'],
  ['an XZ archive', 0, '\xfd7zXZ\0'],
  ['a 7z archive', 0, "7z\xbc\xaf'\x1c"],
  ['a RAR archive', 0, 'Rar!\x1a\x07'],
  ['a program', 0, '\x7fELF'],
]

/** More control characters than this share is no text. */
const controlShare = 0.05

/**
 * Tell how the text that begins with `head` is encoded: by its byte order mark, else as declared.
 *
 * @throws Fault "file.binary" when it is no text at all
 */
export function sniff(
  name: string,
  head: Uint8Array,
  { encoding: declared, delimiter }: TextFormat,
): { encoding: Encoding; bomBytes: number } {
  const latin = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 32)).toString('latin1')
  const magic = magics.find(([, at, bytes]) => latin.startsWith(bytes, at))
  if (magic !== undefined) {
    throw new Fault(
      'file.binary',
      `${name} is ${magic[0]}, not text.`,
      'Ask the sender for the text export, or unpack the file and land what is in it.',
      { details: { found: magic[0] } },
    )
  }
  const found = ofMark(latin) ?? { encoding: declared, bomBytes: 0 }
  const { controls, units } = countControls(head.subarray(found.bomBytes), found.encoding, delimiter)
  if (controls <= units * controlShare) return found
  const meant = found.encoding === 'utf-8' || found.encoding === 'windows-1252' ? likelyUtf16(head) : undefined
  throw new Fault(
    'file.binary',
    `${name} is not text: ${controls} of its first ${units} characters are control characters when it is read as ${found.encoding}.`,
    meant === undefined
      ? 'Ask the sender for the text export.'
      : `It looks like ${meant} without a byte order mark: say \`encoding: ${meant}\` in the contract's format.`,
    { details: { controls, characters: units } },
  )
}

function ofMark(latin: string): { encoding: Encoding; bomBytes: number } | undefined {
  if (latin.startsWith('\xef\xbb\xbf')) return { encoding: 'utf-8', bomBytes: 3 }
  if (latin.startsWith('\xff\xfe')) return { encoding: 'utf-16le', bomBytes: 2 }
  if (latin.startsWith('\xfe\xff')) return { encoding: 'utf-16be', bomBytes: 2 }
  return undefined
}

/** Control characters but for tab, line and page ends, the old end-of-file mark, escape, and the delimiter. */
function countControls(head: Uint8Array, encoding: Encoding, delimiter: string): { controls: number; units: number } {
  const expected = delimiter.length === 1 ? delimiter.charCodeAt(0) : -1
  const step = encoding === 'utf-8' || encoding === 'windows-1252' ? 1 : 2
  const low = encoding === 'utf-16be' ? 1 : 0
  let controls = 0
  for (let at = 0; at + step <= head.length; at += step) {
    const byte = head[at + low] as number
    const isHigh = step === 2 && head[at + 1 - low] !== 0
    if (byte < 32 && !isHigh && !(byte >= 9 && byte <= 13) && byte !== 0x1a && byte !== 0x1b && byte !== expected)
      controls++
  }
  return { controls, units: Math.floor(head.length / step) }
}

/** Text in UTF-16 without a mark has a zero in every second byte. */
function likelyUtf16(head: Uint8Array): Encoding | undefined {
  const zeros = [0, 0]
  for (let at = 0; at < head.length; at++) if (head[at] === 0) zeros[at & 1] = (zeros[at & 1] as number) + 1
  const [even = 0, odd = 0] = zeros
  if (odd > head.length / 4 && even < odd / 10) return 'utf-16le'
  if (even > head.length / 4 && odd < even / 10) return 'utf-16be'
  return undefined
}
