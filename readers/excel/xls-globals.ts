import { encodingOf } from '../../contracts/encodings.ts'
import type { Limits } from '../../stage/staged.ts'
import { decoderOf } from '../encoding/encoding.ts'
import { damaged } from '../faults.ts'
import { Biff, record } from './biff.ts'
import { encrypted, noWorkbook } from './faults.ts'
import { general, kindOfCode, kindOfId, type NumberFormat } from './number-format.ts'
import { SharedStrings } from './shared-strings.ts'

/** What the first part of a workbook's stream says of all sheets. */
export interface Globals {
  /** Excel 97 and later; else Excel 5 and 95. */
  readonly isBiff8: boolean
  readonly sheets: readonly { readonly name: string; readonly at: number; readonly isHidden: boolean }[]
  readonly strings: SharedStrings
  /** By the number that a cell gives. */
  readonly formats: readonly NumberFormat[]
  readonly is1904: boolean
  /** The text of bytes in the workbook's code page. */
  decode(bytes: Buffer): string
}

/** @throws Fault "file.damaged", "file.encrypted", "file.not-a-workbook", "file.too-many-strings" */
export function readGlobals(file: string, stream: Buffer, limits: Limits): Globals {
  const biff = new Biff(file, stream, 0)
  if (biff.next() !== record.bof) throw noWorkbook(file, 'a workbook of Excel 4 or earlier')
  biff.need(4)
  const isBiff8 = stream.readUInt16LE(biff.from) === 0x0600
  const sheets: { name: string; at: number; isHidden: boolean }[] = []
  const ids: number[] = []
  const codes = new Map<number, string>()
  const strings = new SharedStrings(file, limits)
  let is1904 = false
  let codePage = 1252
  const decode = (bytes: Buffer) => decoded(bytes, codePage)
  for (let type = biff.next(); type !== record.eof; type = biff.next()) {
    const { from, to } = biff
    switch (type) {
      case record.filePass:
        throw encrypted(file)
      case record.codePage:
        biff.need(2)
        codePage = stream.readUInt16LE(from)
        break
      case record.dateMode:
        biff.need(2)
        is1904 = stream.readUInt16LE(from) === 1
        break
      case record.boundSheet: {
        biff.need(8)
        const name = shortText(biff, from + 6, isBiff8, decode)
        const isOfCells = stream[from + 5] === 0
        if (isOfCells)
          sheets.push({ name, at: stream.readUInt32LE(from), isHidden: ((stream[from + 4] as number) & 3) !== 0 })
        break
      }
      case record.format: {
        biff.need(5)
        const code = isBiff8 ? longText(biff, from + 2) : shortText(biff, from + 2, false, decode)
        codes.set(stream.readUInt16LE(from), code)
        break
      }
      case record.xf:
        biff.need(4)
        ids.push(stream.readUInt16LE(from + 2))
        break
      case record.sharedStrings:
        if (to - from >= 8) readStrings(biff, strings)
    }
  }
  if (sheets.some(({ at }) => at >= stream.length)) throw damaged(file, 'one of its sheets is nowhere')
  return { isBiff8, sheets, strings, formats: formatsOf(ids, codes), is1904, decode }
}

function formatsOf(ids: readonly number[], codes: ReadonlyMap<number, string>): NumberFormat[] {
  const formats = new Map<number, NumberFormat>([[0, general]])
  return ids.map((id) => {
    const known = formats.get(id)
    if (known !== undefined) return known
    const code = codes.get(id)
    const format = code === undefined ? { kind: kindOfId(id), code: id } : { kind: kindOfCode(code), code }
    formats.set(id, format)
    return format
  })
}

/** [MS-XLS] 2.4.265: the texts, each with its flags, runs of formats and, in Asia, how it is spoken. */
function readStrings(biff: Biff, strings: SharedStrings): void {
  const pieces = biff.pieces()
  pieces.skip(4)
  const count = pieces.uint32()
  for (let i = 0; i < count; i++) {
    const length = pieces.uint16()
    const flags = pieces.uint8()
    const runs = (flags & 8) === 0 ? 0 : pieces.uint16()
    const spoken = (flags & 4) === 0 ? 0 : pieces.uint32()
    const text = Buffer.from(pieces.text(length, (flags & 1) === 1))
    pieces.skip(4 * runs + spoken)
    strings.add(text, text.length)
  }
}

/** A text with its length in one byte. */
function shortText(biff: Biff, at: number, isBiff8: boolean, decode: Globals['decode']): string {
  const { bytes, from } = biff
  const length = bytes[at] as number
  if (isBiff8) return unicode(biff, at + 1, length)
  biff.need(at + 1 + length - from)
  return decode(bytes.subarray(at + 1, at + 1 + length))
}

/** A text of BIFF8 with its length in two bytes. */
export function longText(biff: Biff, at: number): string {
  biff.need(at + 3 - biff.from)
  return unicode(biff, at + 2, biff.bytes.readUInt16LE(at))
}

function unicode(biff: Biff, at: number, length: number): string {
  const { bytes, from } = biff
  const isWide = ((bytes[at] as number) & 1) === 1
  const end = at + 1 + length * (isWide ? 2 : 1)
  biff.need(end - from)
  return bytes.toString(isWide ? 'utf16le' : 'latin1', at + 1, end)
}

/** Code pages whose names have no number. */
const named: Readonly<Record<number, string>> = {
  367: 'utf-8',
  932: 'shift_jis',
  1200: 'utf-16le',
  10000: 'macroman',
  32768: 'macroman',
}

function decoded(bytes: Buffer, codePage: number): string {
  const encoding = encodingOf(named[codePage] ?? `cp${codePage}`) ?? 'windows-1252'
  const text = decoderOf(encoding).write(bytes)
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength).toString()
}
