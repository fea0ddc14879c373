import { SaxesParser } from 'saxes'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { repairUtf8, wholeCharacters } from '../encoding/utf8.ts'
import { damaged, recordTooLong } from '../faults.ts'
import type { Source } from '../source/source.ts'

export type XmlAttributes = Readonly<Record<string, string>>

/** What a walk over an XML document tells, in document order. */
export interface XmlEvents {
  /** An element begins. `name` is without its namespace prefix; `attributes` are as written, declarations and all. */
  open(name: string, attributes: XmlAttributes): void
  /** Whether the place of the next element is wanted. */
  readonly isPlaced: boolean
  /** Text or CDATA of the innermost open element, perhaps a part of it; entities are resolved. */
  text(text: string): void
  /** The innermost open element ends. */
  close(): void
  /** The document is read up to here. */
  passed?(at: number): void
}

/** A place in the document: in its text as UTF-8, and in the source as it was sent. */
export interface Place {
  readonly at: number
  readonly source: number
}

const CR = 0x0d

/** Bytes read at a time. */
export const xmlPieceBytes = 256 * 1024

/**
 * Walks over an XML document once, piece by piece: memory is a piece, and the longest tag or text.
 *
 * No entity but the five of XML itself is ever resolved, and nothing outside the document is read.
 *
 * @throws Fault "file.damaged" where it is not well-formed, "file.entities", "file.too-deep", "file.record-too-long"
 */
export class XmlWalk {
  readonly #source: Source
  readonly #limits: Limits
  readonly #pieceBytes: number
  readonly #parser = new SaxesParser<{ xmlns: false }>({ xmlns: false })
  #depth = 0
  /** The piece at hand: its bytes, its text, and where it begins in UTF-8, in the source and in characters. */
  #bytes: Buffer = Buffer.alloc(0)
  #text = ''
  #base = 0
  #baseSource = 0
  #baseCharacter = 0
  #isAscii = true
  /** How far of the piece places are known, and how long it is: characters, bytes, bytes of the source. */
  #known = { character: 0, at: 0, source: 0 }
  #passed = { character: 0, at: 0, source: 0 }
  /** Bytes of the piece that are no text, and the last one before the piece. */
  #bad: readonly number[] = []
  #lastBad = -1
  #start: Place = { at: 0, source: 0 }
  /** Where the last tag or text ended, in characters. */
  #ended = 0

  constructor(source: Source, limits: Limits, pieceBytes: number = xmlPieceBytes) {
    this.#source = source
    this.#limits = limits
    this.#pieceBytes = pieceBytes
  }

  /** Where the element that `open` told of last begins, its `<`; only where `isPlaced`. */
  get start(): Place {
    return this.#start
  }

  /** During `close`: where the element ends, behind its `>`. */
  get end(): Place {
    return this.#place()
  }

  /** @param bytes stop behind so many bytes of text, without a look at whether the document is whole */
  run(events: XmlEvents, bytes: number = Number.POSITIVE_INFINITY): void {
    this.#listen(events)
    const buffer = Buffer.allocUnsafe(Math.max(this.#pieceBytes, 8) + 8)
    let held = 0
    for (let position = 0; position < bytes; ) {
      const read = this.#source.read(buffer, held, this.#pieceBytes, position)
      position += read
      const isLast = read < this.#pieceBytes || position >= this.#source.bytes
      const filled = held + read
      let whole = isLast ? filled : wholeCharacters(buffer, 0, filled)
      if (!isLast && whole > 0 && buffer[whole - 1] === CR) whole-- // its line feed may come
      this.#feed(buffer.subarray(0, whole))
      events.passed?.(this.#base + whole)
      this.#checkStretch()
      held = buffer.copy(buffer, 0, whole, filled)
      if (isLast) {
        this.#parser.close()
        return
      }
    }
  }

  /** Whether a byte from `from` up to the place of the event at hand was no text. */
  hasBad(from: number): boolean {
    if (this.#lastBad >= from) return true
    const next = this.#bad[firstFrom(this.#bad, from)]
    return next !== undefined && next < this.#place().at
  }

  /** The document's text between two places that the walk has passed. */
  textOf(from: number, to: number): string {
    if (from >= this.#base) return this.#bytes.toString('utf8', from - this.#base, to - this.#base)
    const bytes = Buffer.allocUnsafe(to - from)
    this.#source.read(bytes, 0, bytes.length, from)
    repairUtf8(bytes)
    return bytes.toString('utf8')
  }

  /** Seven events and no more: with an eighth V8 keeps the parser's fields in a table and reading takes six times as long. */
  #listen(events: XmlEvents): void {
    const parser = this.#parser
    parser.on('opentagstart', ({ name }) => this.#opens(name, events.isPlaced))
    parser.on('opentag', (tag) => {
      this.#ended = parser.position
      events.open(localName(tag.name), tag.attributes as XmlAttributes)
    })
    parser.on('closetag', () => {
      this.#depth--
      this.#ended = parser.position
      events.close()
    })
    const text = (text: string) => {
      this.#ended = parser.position
      if (this.#depth > 0) events.text(text)
    }
    parser.on('text', text)
    parser.on('cdata', text)
    parser.on('doctype', (text) => checkDoctype(this.#source.name, text))
    parser.on('error', (error) => {
      const what = error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')
      throw damaged(this.#source.name, `${what}, at line ${parser.line} column ${parser.column}`)
    })
  }

  #opens(name: string, isPlaced: boolean): void {
    if (++this.#depth > this.#limits.depth) {
      throw new Fault(
        'file.too-deep',
        `${this.#source.name}: elements nest more than ${this.#limits.depth} deep at line ${this.#parser.line} column ${this.#parser.column}.`,
        'Ask the sender for a flatter export. If it is right, raise limits.depth in entrepot.yaml.',
        { details: { limit: this.#limits.depth } },
      )
    }
    if (!isPlaced) return
    // The parser stands behind the character that ended the name: a line end of two counts as one.
    const { at, source } = this.#place()
    const behind = this.#parser.position - this.#baseCharacter
    const end = this.#text[behind - 1] === '\n' && this.#text[behind - 2] === '\r' ? '\r\n' : '>'
    const passed = Buffer.from(`<${name}${end}`)
    this.#start = {
      at: at - passed.length,
      source: source - this.#source.sourceLength(passed, 0, passed.length),
    }
  }

  #feed(bytes: Buffer): void {
    this.#base += this.#passed.at
    this.#baseCharacter += this.#passed.character
    this.#baseSource += this.#passed.source
    this.#lastBad = this.#bad.at(-1) ?? this.#lastBad
    this.#bad = repairUtf8(bytes).map((at) => at + this.#base)
    this.#bytes = bytes
    this.#text = bytes.toString('utf8')
    this.#isAscii = this.#text.length === bytes.length
    this.#known = { character: 0, at: 0, source: 0 }
    this.#passed = {
      character: this.#text.length,
      at: bytes.length,
      source: this.#source.sourceLength(bytes, 0, bytes.length),
    }
    this.#parser.write(this.#text)
  }

  /** A tag or a text that goes on and on is kept in memory: it may be as long as a record. */
  #checkStretch(): void {
    const { recordBytes } = this.#limits
    if (this.#baseCharacter + this.#text.length - this.#ended > recordBytes)
      throw recordTooLong(`${this.#source.name} character ${this.#ended}`, 0, recordBytes)
  }

  /** Where the parser stands. */
  #place(): Place {
    const known = this.#known
    const character = this.#parser.position - this.#baseCharacter
    if (character > known.character) {
      const passed = this.#isAscii
        ? character - known.character
        : Buffer.byteLength(this.#text.slice(known.character, character))
      known.character = character
      const from = known.at
      known.at += passed
      known.source += this.#source.sourceLength(this.#bytes, from, known.at)
    }
    return { at: this.#base + known.at, source: this.#source.textStart + this.#baseSource + known.source }
  }
}

export const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

/** The index of the first of these ascending numbers that is at least `from`. */
function firstFrom(ascending: readonly number[], from: number): number {
  let low = 0
  let high = ascending.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ascending[middle] as number) < from) low = middle + 1
    else high = middle
  }
  return low
}

/** A document type may name the root and declare elements; it may bring nothing in. */
function checkDoctype(name: string, text: string): void {
  const what = /<!ENTITY/.test(text)
    ? 'declares entities'
    : /^\s*\S+\s+(SYSTEM|PUBLIC)\s/.test(text)
      ? 'refers to another file'
      : /\[[\s\S]*%/.test(text)
        ? 'uses parameter entities'
        : undefined
  if (what === undefined) return
  throw new Fault(
    'file.entities',
    `${name}: its document type (DOCTYPE) ${what}. Nothing of it is read.`,
    'Ask the sender for the file without a DOCTYPE: entities can make a small file huge and read other files.',
  )
}
