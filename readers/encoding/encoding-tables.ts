import iconv from 'iconv-lite'
import type { Encoding } from '../../contracts/encodings.ts'

/** An encoding whose characters are one byte each, or one to four. */
export interface Table {
  /** By byte: the character's UTF-8 as a little-endian number; 0: none by itself. */
  readonly single: Uint32Array
  /** By two bytes, the first one high; null where characters are one byte each. */
  readonly double: Uint32Array | null
  /** By the last two bytes of three that begin with 0x8F (EUC-JP). */
  readonly triple: Uint32Array | null
  /** By `fourIndex` (GB18030, within the basic plane); beyond it the rule is arithmetic. */
  readonly four: Uint32Array | null
  /** By code point below 0x10000: bytes of the source that it is made of. */
  readonly widths: Uint8Array
  /** The same beyond. */
  readonly wideWidth: number
}

export type TableEncoding = Exclude<Encoding, 'utf-8' | `utf-16${string}` | `utf-32${string}`>

/**
 * Where iconv-lite's table is another's: files that say ISO 8859-1 are in its superset of Windows, and so on, as
 * browsers read them.
 */
const tableNames: Readonly<Partial<Record<TableEncoding, string>>> = {
  'iso-8859-1': 'windows-1252',
  'iso-8859-9': 'windows-1254',
  'iso-8859-11': 'windows-874',
}

const multibyte: readonly Encoding[] = ['shift_jis', 'euc-jp', 'gb18030', 'gbk', 'big5', 'euc-kr']
const tables = new Map<Encoding, Table>()

/** The table of an encoding, made once. */
export function tableOf(encoding: TableEncoding): Table {
  const known = tables.get(encoding) ?? build(encoding)
  tables.set(encoding, known)
  return known
}

function build(encoding: TableEncoding): Table {
  const name = tableNames[encoding] ?? encoding
  const widths = new Uint8Array(0x10000)
  const put = (table: Uint32Array, index: number, text: string, width: number) => {
    const known = widths[text.codePointAt(0) ?? 0] as number
    // The same character in two lengths would make positions guesses: the shorter one is it (281 of EUC-JP have two).
    if (known !== 0 && known !== width) return
    table[index] = packed(text)
    const [first = '', ...rest] = text
    widths[first.codePointAt(0) as number] = width
    if (rest.length > 0) widths[rest[0]?.codePointAt(0) as number] = 0 // two characters that are one code (Big5)
  }
  const decode = (bytes: readonly number[]): string | null => {
    const text = iconv.decode(Buffer.from(bytes), name)
    return text.includes('\ufffd') || text === '' ? null : text
  }
  const single = new Uint32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    // The euro is one byte in Windows' GBK, two in GB18030: each has its own alone.
    const text = byte === 0x80 && encoding === 'gb18030' ? null : (corrected(name, byte) ?? decode([byte]))
    if (text !== null) put(single, byte, text, 1)
  }
  if (!multibyte.includes(encoding)) return { single, double: null, triple: null, four: null, widths, wideWidth: 1 }
  const double = new Uint32Array(0x10000)
  for (let lead = 0x81; lead < 0xff; lead++) {
    if (single[lead] !== 0) continue
    for (let trail = 0x40; trail < 0xff; trail++) {
      const text = decode([lead, trail])
      if (text !== null && isOne(text)) put(double, (lead << 8) | trail, text, 2)
    }
  }
  const triple = encoding === 'euc-jp' ? new Uint32Array(0x10000) : null
  if (triple !== null)
    for (let second = 0xa1; second < 0xff; second++)
      for (let third = 0xa1; third < 0xff; third++) {
        const text = decode([0x8f, second, third])
        if (text !== null && isOne(text)) put(triple, (second << 8) | third, text, 3)
      }
  const four = encoding === 'gb18030' ? new Uint32Array(4 * 12600) : null
  if (four !== null)
    for (let index = 0; index < four.length; index++) {
      const text = decode(fourBytes(index))
      if (text !== null && isOne(text)) put(four, index, text, 4)
    }
  return { single, double, triple, four, widths, wideWidth: encoding === 'gb18030' ? 4 : 2 }
}

/** One character, or the two that Big5 has one code for. */
const isOne = (text: string): boolean => [...text].length === 1 || /^[Êê][\u0304\u030c]$/.test(text)

/** Where iconv-lite's table is behind the times, or leaves a byte open. */
function corrected(name: string, byte: number): string | null {
  if (name === 'macroman') return byte === 0xbd ? 'Ω' : byte === 0xdb ? '€' : byte === 0xf0 ? '\uf8ff' : null
  const isOpen = name.startsWith('windows-') && byte >= 0x80 && byte < 0xa0
  // Browsers read it as a control character.
  return isOpen && iconv.decode(Buffer.of(byte), name) === '\ufffd' ? String.fromCharCode(byte) : null
}

const packed = (text: string): number => Buffer.concat([Buffer.from(text), Buffer.alloc(4)]).readUInt32LE(0)

/** Index of a four-byte code of GB18030, whose bytes run 81-FE, 30-39, 81-FE, 30-39. */
export const fourIndex = (a: number, b: number, c: number, d: number): number =>
  ((a - 0x81) * 10 + (b - 0x30)) * 1260 + (c - 0x81) * 10 + (d - 0x30)

const fourBytes = (index: number): number[] => [
  0x81 + Math.floor(index / 12600),
  0x30 + (Math.floor(index / 1260) % 10),
  0x81 + (Math.floor(index / 10) % 126),
  0x30 + (index % 10),
]
