import type { Limits } from '../../stage/staged.ts'
import { repairUtf8 } from '../encoding/utf8.ts'
import { recordTooLong } from '../faults.ts'
import type { Source } from '../source/source.ts'

/** A tag of SGML or XML and the text behind it, up to the next tag. */
export interface Token {
  /** In upper case; `/NAME` for a closing tag; '' for a comment, declaration or instruction. */
  readonly name: string
  /** With the white space around it, entities resolved; of CDATA what is in it, too. */
  readonly text: string
  /** The whole tag of a declaration or instruction: `!DOCTYPE …`. */
  readonly declaration: string
  /** Bytes from its `<` to behind its `>`, and to the end of its text without the space there. */
  readonly start: number
  readonly tagEnd: number
  readonly end: number
  /** The line on which it stands, from 1. */
  readonly line: number
  /** Whether a byte of it was no text. */
  readonly isBad: boolean
}

const [LT, GT, LF, CR, space] = [0x3c, 0x3e, 0x0a, 0x0d, 0x20]

export const markupPieceBytes = 256 * 1024

/**
 * Every tag of a text, in order, whether or not it is closed. A `<` that no letter, `/`, `!` or `?` follows is text.
 * Memory: a piece, and the longest tag with its text.
 *
 * @throws Fault "file.record-too-long" where a tag and its text are longer than a record may be
 */
export function* tokensOf(source: Source, limits: Limits, pieceBytes = markupPieceBytes): Generator<Token> {
  const text = new Piecewise(source, pieceBytes)
  let line = 1
  let counted = 0
  let at = text.tagFrom(0, limits, 0)
  while (at < text.end) {
    const gt = text.tagEnd(at, limits)
    const next = text.tagFrom(Math.min(gt, text.end), limits, at)
    line += lineEnds(text.bytes, counted - text.base, at - text.base)
    counted = at
    const bytes = Buffer.from(text.bytes.subarray(at - text.base, next - text.base))
    const isBad = repairUtf8(bytes).length > 0
    yield tokenOf(bytes, at, Math.min(gt, next), line, isBad)
    text.forget(at)
    at = next
  }
}

function tokenOf(bytes: Buffer, start: number, tagEnd: number, line: number, isBad: boolean): Token {
  const tag = bytes.toString('utf8', 1, Math.max(1, tagEnd - start - 1))
  const behind = bytes.toString('utf8', tagEnd - start)
  const isDeclaration = tag.startsWith('!') || tag.startsWith('?')
  const isData = tag.startsWith('![CDATA[')
  const name = isDeclaration ? '' : (/^\/?[^\s/>]*/.exec(tag)?.[0] ?? '').toUpperCase()
  const text = `${isData ? tag.slice(8, -2) : ''}${resolved(behind)}`
  let end = bytes.length
  while ((bytes[end - 1] as number) <= space) end--
  return { name, text, declaration: isDeclaration && !isData ? tag : '', start, tagEnd, end: start + end, line, isBad }
}

const named: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' }

/** Entities of XML, numbers and `&nbsp;`; every other `&` is itself. */
function resolved(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g, (all, decimal, hex, name) => {
    if (name !== undefined) return named[name] ?? all
    const code = Number.parseInt(decimal ?? hex, decimal === undefined ? 16 : 10)
    const isCharacter = code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000)
    return isCharacter ? String.fromCodePoint(code) : all
  })
}

/** Line ends between two places: LF, CR and CRLF are one each. */
function lineEnds(bytes: Buffer, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to; at++) {
    const byte = bytes[at]
    if (byte === LF || (byte === CR && bytes[at + 1] !== LF)) lines++
  }
  return lines
}

/** A text that comes in pieces; places are counted from its start. */
class Piecewise {
  bytes: Buffer = Buffer.alloc(0)
  /** Place of the first byte in memory. */
  base = 0
  readonly #source: Source
  readonly #pieceBytes: number

  constructor(source: Source, pieceBytes: number) {
    this.#source = source
    this.#pieceBytes = pieceBytes
  }

  /** The text's end. */
  get end(): number {
    return this.#source.bytes
  }

  /** Where the next tag begins, from `from` on; the end of the text where there is none. */
  tagFrom(from: number, limits: Limits, since: number): number {
    for (let at = from; ; ) {
      const found = this.#find(LT, at, limits, since)
      if (found < 0) return this.end
      if (found + 1 >= this.base + this.bytes.length) this.#more()
      if (beginsTag(this.bytes[found + 1 - this.base])) return found
      at = found + 1
    }
  }

  /** Behind the tag that begins at `at`; the end of the text where it has no end. */
  tagEnd(at: number, limits: Limits): number {
    const close = this.#startsWith(at, '<![CDATA[') ? ']]>' : this.#startsWith(at, '<!--') ? '-->' : '>'
    for (let from = at; ; ) {
      const found = this.#find(GT, from, limits, at)
      if (found < 0) return this.end
      if (found + 1 - at >= close.length + (close === '>' ? 0 : 4)) {
        const tail = this.bytes.toString('latin1', found + 1 - close.length - this.base, found + 1 - this.base)
        if (tail === close) return found + 1
      }
      from = found + 1
    }
  }

  /** Places before `at` are not needed any more. */
  forget(at: number): void {
    if (at - this.base < this.#pieceBytes) return
    this.bytes = this.bytes.subarray(at - this.base)
    this.base = at
  }

  #startsWith(at: number, text: string): boolean {
    while (this.bytes.length - (at - this.base) < text.length && this.#more());
    return this.bytes.toString('latin1', at - this.base, at - this.base + text.length) === text
  }

  #find(byte: number, from: number, { recordBytes }: Limits, since: number): number {
    for (let at = from; ; ) {
      const found = this.bytes.indexOf(byte, at - this.base)
      if (found >= 0) return found + this.base
      at = this.base + this.bytes.length
      if (at - since > recordBytes) throw recordTooLong(`${this.#source.name} byte ${since}`, 0, recordBytes)
      if (!this.#more()) return -1
    }
  }

  #more(): boolean {
    const at = this.base + this.bytes.length
    const buffer = Buffer.allocUnsafe(this.bytes.length + this.#pieceBytes)
    this.bytes.copy(buffer)
    const read = this.#source.read(buffer, this.bytes.length, this.#pieceBytes, at)
    this.bytes = buffer.subarray(0, this.bytes.length + read)
    return read > 0
  }
}

/** A letter, `/`, `!` or `?`. */
const beginsTag = (byte: number | undefined): boolean =>
  byte !== undefined &&
  (byte === 0x2f || byte === 0x21 || byte === 0x3f || (byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7a))
