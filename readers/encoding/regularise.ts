import { isAscii } from 'node:buffer'
import { fault, type TextBatch, type TextColumn, type TextReader } from '../batch.ts'
import type { Edges, LooseRow } from '../edges.ts'
import { bytesAt, putCopy } from '../views.ts'
import { ungarbled } from './mixed.ts'

/**
 * A reader whose wanted cells are regular: see `regular`. `_raw` stays as it was. A record with a cell whose encoding was
 * put right is marked `row.repaired`.
 */
export function regularised(reader: TextReader): TextReader {
  const { keepEdges } = reader
  return {
    columns: reader.columns,
    ignored: reader.ignored,
    get position() {
      return reader.position
    },
    next(batch) {
      const rows = reader.next(batch)
      if (rows > 0) regulariseBatch(batch)
      return rows
    },
    ...(keepEdges === undefined ? {} : { keepEdges: () => regularEdges(keepEdges()) }),
    close: () => reader.close(),
  }
}

function regularEdges(edges: () => Edges): () => Edges {
  const rows = (loose: readonly LooseRow[]) =>
    loose.map(({ line, cells }) => ({ line, cells: cells.map((cell) => regular(cell).text) }))
  return () => {
    const { above, last } = edges()
    return { above: rows(above), last: rows(last) }
  }
}

/** A text as it was meant, and whether that took another encoding. */
export interface Regular {
  readonly text: string
  readonly isRepaired: boolean
}

/**
 * A cell's text without what no person sees or meant:
 *
 * - UTF-8 that was read as windows-1252 is itself again (`NumÃ©ro`);
 * - spreadsheets' guards are gone: `="…"`, a tab, an apostrophe before a digit or what begins a formula;
 * - Unicode is in NFC; every other space is a plain one; zero-width and direction marks are gone, but for joiners that a
 *   script or an emoji needs; digits of full width, and signs beside them, are ASCII.
 */
export function regular(cell: string): Regular {
  const meant = ungarbled(cell)
  let text = unguarded(meant)
  if (/[^\0-\x7f]/.test(text)) text = signs(joiners(text.replace(spaces, ' ').replace(invisible, ''))).normalize('NFC')
  return { text, isRepaired: meant !== cell }
}

const spaces = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/g
/** Zero-width spaces, soft hyphens, marks of direction. */
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/g

function unguarded(text: string): string {
  const formula = /^="(.*)"$/s.exec(text)?.[1]
  if (formula !== undefined && !/(?<!")"(?:"")*(?!")/.test(formula)) return formula.replaceAll('""', '"')
  return text.replace(/^\t+/, '').replace(/^'(?=[=+\-@0-9\t])\t*/, '')
}

/** A joiner or a non-joiner tells letters of these scripts how to stand together; between others it is nothing. */
const joined =
  '[\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}' +
  '\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}' +
  '\\p{Script=Sinhala}\\p{Script=Myanmar}\\p{Script=Khmer}\\p{Script=Tibetan}\\p{M}]'
const pictures = '[\\p{Extended_Pictographic}\\p{Emoji_Modifier}\\ufe0f]'
const needlessJoiner = new RegExp(
  `\\u200c(?!${joined})|(?<!${joined})\\u200c|\\u200d(?!${joined}|\\p{Extended_Pictographic})|(?<!${joined}|${pictures})\\u200d`,
  'gu',
)
const joiners = (text: string): string => text.replace(needlessJoiner, '')

const wideDigits = /[\uff10-\uff19]/g
/** ＋ ， － ． ／ ： ％ and ￥ ￡ ￠ ￦ beside a digit. */
const wideSigns =
  /(?<=[0-9][\uff0b-\uff0f\uff1a\uff05]?)[\uff05\uff0b-\uff0f\uff1a]|[\uff0b-\uff0f\uffe0\uffe1\uffe5\uffe6]+(?=[0-9])/g
const narrow: Readonly<Record<string, string>> = { '￥': '¥', '￡': '£', '￠': '¢', '￦': '₩' }

function signs(text: string): string {
  if (!/[\uff00-\uffef]/.test(text)) return text
  const ascii = (wide: string) => narrow[wide] ?? String.fromCharCode(wide.charCodeAt(0) - 0xfee0)
  return text.replace(wideDigits, ascii).replace(wideSigns, (run) => Array.from(run, ascii).join(''))
}

const [tab, equals, apostrophe] = [0x09, 0x3d, 0x27]

function regulariseBatch(batch: TextBatch): void {
  const isPlain = isAscii(batch.text) && isAscii(batch.overflow.subarray(0, batch.overflowLength))
  for (const column of batch.columns) {
    const { u8 } = column
    for (let row = 0, first = 4; row < batch.rows; row++, first += 16) {
      const byte = u8[first] as number
      const isGuarded = byte === apostrophe || byte === equals || byte === tab
      if (isGuarded || (!isPlain && hasHigh(batch, column, row))) regulariseCell(batch, column, row)
    }
  }
}

/** A high bit in each byte of a word. */
const highBits = 0x80808080

function hasHigh(batch: TextBatch, column: TextColumn, row: number): boolean {
  const { u32 } = column
  const word = row << 2
  const length = u32[word] as number
  if (length <= 12)
    return (((u32[word + 1] as number) | (u32[word + 2] as number) | (u32[word + 3] as number)) & highBits) !== 0
  const bytes = bytesAt(batch, column, row)
  return bytes !== undefined && !isAscii(bytes)
}

/** Names and places come again and again. */
const known = new Map<string, Regular>()
const mostKnown = 10_000
const longestKnown = 100

function regularOf(cell: string): Regular {
  if (cell.length > longestKnown) return regular(cell)
  let found = known.get(cell)
  if (found === undefined) {
    if (known.size >= mostKnown) known.clear()
    found = regular(cell)
    known.set(cell, found)
  }
  return found
}

function regulariseCell(batch: TextBatch, column: TextColumn, row: number): void {
  const bytes = bytesAt(batch, column, row)
  if (bytes === undefined) return
  const cell = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()
  const { text, isRepaired } = regularOf(cell)
  if (text === cell) return
  putCopy(batch, column, row, Buffer.from(text))
  if (isRepaired && batch.fault[row] === fault.none) batch.fault[row] = fault.repaired
}
