import type { Format, FormatType } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import { type DetectedEncoding, detectEncoding, markOf } from '../encoding/detect.ts'
import type { Encoding } from '../encoding/encoding.ts'
import { type Kind, kindNames } from './kind.ts'

/** What is known of a text before it is read. */
export type TextFormat = Pick<Format, 'encoding' | 'delimiter' | 'found'>

/** More control characters than this share is no text. */
const controlShare = 0.05
/** So few are none of a program's data, even in a short text. */
const fewControls = 2
/** Control characters are looked for in so much of a file. */
const controlBytes = 64 * 1024

/**
 * Tell how the text that begins with `head` is encoded: by its byte order mark, else as declared, or as it looks where
 * the contract leaves that to the file.
 *
 * @param hasMore whether the text goes on behind `head`
 * @throws Fault "file.binary" when it is no text at all
 */
export async function sniff(
  name: string,
  head: Uint8Array,
  hasMore: boolean,
  { encoding, delimiter, found }: TextFormat,
): Promise<DetectedEncoding> {
  const mark = markOf(head)
  const detected = found.includes('encoding')
    ? await detectEncoding(head, hasMore)
    : mark === undefined
      ? { encoding, bomBytes: 0, confidence: 1, evidence: 'the contract says so' }
      : { ...mark, confidence: 1, evidence: 'its byte order mark' }
  const text = head.subarray(detected.bomBytes, controlBytes)
  const expected = found.includes('delimiter') ? separators : [delimiter.length === 1 ? delimiter.charCodeAt(0) : -1]
  const { controls, units } = countControls(text, detected.encoding, expected)
  if (controls <= Math.max(units * controlShare, Math.min(fewControls, units / 4))) return detected
  const meant = unitBytes(detected.encoding) === 1 ? (await detectEncoding(head, hasMore)).encoding : 'utf-8'
  throw new Fault(
    'file.binary',
    `${name} is not text: ${controls} of its first ${units} characters are control characters when it is read as ${detected.encoding}.`,
    unitBytes(meant) === 1
      ? 'Ask the sender for the text export.'
      : `It looks like ${meant} without a byte order mark: say \`encoding: ${meant}\` in the contract's format.`,
    { details: { controls, characters: units } },
  )
}

/** What is refused because it is no text. */
export const notText = (name: string, kind: Kind): Fault =>
  new Fault(
    'file.binary',
    `${name} is ${kindNames[kind]}, not text.`,
    kind in readTypes
      ? `Say \`type: ${readTypes[kind]}\` in the contract's format, or leave the type out: it is found.`
      : 'Ask the sender for the text export, or unpack the file and land what is in it.',
    { details: { found: kindNames[kind] } },
  )

const readTypes: Partial<Record<Kind, FormatType>> = {
  ...{ xlsx: 'excel', xls: 'excel', parquet: 'parquet', arrow: 'arrow' },
}

/** Control characters that separate cells in some systems' files: those of ASCII for it, and 0x01. */
const separators: readonly number[] = [0x01, 0x1c, 0x1d, 0x1e, 0x1f]

const unitBytes = (encoding: Encoding): 1 | 2 | 4 =>
  encoding.startsWith('utf-16') ? 2 : encoding.startsWith('utf-32') ? 4 : 1

/** Control characters but for tab, line and page ends, the old end-of-file mark, escape, and expected ones. */
function countControls(
  head: Uint8Array,
  encoding: Encoding,
  expected: readonly number[],
): { controls: number; units: number } {
  const step = unitBytes(encoding)
  const low = encoding.endsWith('be') ? step - 1 : 0
  const isText = (byte: number) =>
    byte >= 32 || (byte >= 9 && byte <= 13) || byte === 0x1a || byte === 0x1b || expected.includes(byte)
  let controls = 0
  for (let at = 0; at + step <= head.length; at += step) {
    if (isText(head[at + low] as number)) continue
    let isHigh = false
    for (let i = 0; i < step; i++) if (i !== low && head[at + i] !== 0) isHigh = true
    if (!isHigh) controls++
  }
  return { controls, units: Math.floor(head.length / step) }
}
