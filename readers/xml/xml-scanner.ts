import { isUtf8 } from 'node:buffer'
import { Fault } from '../../models/fault.ts'
import { damaged } from '../faults.ts'

/** What a scanner tells, in the order of the text. Names are without their prefix: `x:row` is `row`. */
export interface XmlHandler {
  /** A start tag; its attributes are read from the scanner until this returns. An empty element is closed at once. */
  open(name: string, tag: XmlScanner): void
  close(name: string): void
  /**
   * A piece of text or CDATA: UTF-8 in `bytes[from..to)`, valid until this returns. An element's text may come in
   * several pieces. Where `isPlain` is false, `scanner.decode(from, to)` is the text.
   */
  text(bytes: Buffer, from: number, to: number, isPlain: boolean, scanner: XmlScanner): void
}

export interface XmlBounds {
  /** Names the document in messages. */
  readonly where: string
  /** Elements inside each other. */
  readonly depth: number
  /** Bytes of a tag or of a piece of text. */
  readonly tokenBytes: number
  /** The text was decoded into UTF-8: what it says of its encoding is not asked. */
  readonly isDecoded?: boolean
}

const lt = 0x3c
const gt = 0x3e
const slash = 0x2f
const amp = 0x26
const cr = 0x0d
const colon = 0x3a
const equals = 0x3d
const doubleQuote = 0x22
const singleQuote = 0x27

const oneLetter = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code))

/**
 * Reads XML in UTF-8, piece by piece, without making strings of it: what spreadsheets of a million rows need
 * (docs/decisions/readers-excel.md). Elements must match and the document must end; DOCTYPE is refused, so there are
 * no entities but the five of XML. It is no validator: names and characters are not checked.
 *
 * Positions are bytes from the first piece on.
 */
export class XmlScanner {
  readonly #bounds: XmlBounds
  readonly #handler: XmlHandler
  readonly #open: string[] = []
  /** The bytes at hand: the rest of the piece before, and the piece. */
  #bytes: Buffer = Buffer.alloc(0)
  /** Position of `#bytes[0]`. */
  #base = 0
  #hasRoot = false
  /** The attributes of the start tag at hand. */
  #at = 0
  #end = 0
  #tagStart = 0
  #tagEnd = 0

  constructor(bounds: XmlBounds, handler: XmlHandler) {
    this.#bounds = bounds
    this.#handler = handler
  }

  /** The bytes that the attribute at hand points into. */
  get bytes(): Buffer {
    return this.#bytes
  }
  nameFrom = 0
  nameTo = 0
  valueFrom = 0
  valueTo = 0

  /** Where the tag at hand begins and ends. */
  get tagStart(): number {
    return this.#base + this.#tagStart
  }
  get tagEnd(): number {
    return this.#base + this.#tagEnd
  }

  /** @throws Fault "file.damaged", "file.entities", "file.too-deep", "file.record-too-long" */
  write(piece: Buffer): void {
    const rest = this.#bytes
    this.#bytes = rest.length === 0 ? piece : Buffer.concat([rest, piece])
    const at = this.#scan()
    if (!isUtf8(this.#bytes.subarray(0, at))) throw this.#damaged(0, 'it has bytes that are no UTF-8')
    if (this.#bytes.length - at > this.#bounds.tokenBytes) throw this.#tooLong(at)
    this.#base += at
    this.#bytes = at === this.#bytes.length ? Buffer.alloc(0) : Buffer.from(this.#bytes.subarray(at))
  }

  /** @throws Fault "file.damaged" where the document breaks off */
  end(): void {
    if (this.#open.length > 0 || !isSpace(this.#bytes, 0, this.#bytes.length))
      throw this.#damaged(this.#bytes.length, 'it breaks off')
    if (!this.#hasRoot) throw this.#damaged(0, 'it has no element')
  }

  /** Go to the start tag's next attribute; false when there is none. */
  nextAttribute(): boolean {
    const bytes = this.#bytes
    const end = this.#end
    let at = this.#at
    while (at < end && (bytes[at] as number) <= 0x20) at++
    if (at >= end) return false
    this.nameFrom = at
    while (at < end && bytes[at] !== equals && (bytes[at] as number) > 0x20) at++
    this.nameTo = at
    while (at < end && (bytes[at] as number) <= 0x20) at++
    if (bytes[at] !== equals || at >= end || this.nameTo === this.nameFrom)
      throw this.#damaged(at, 'an attribute has no value')
    at++
    while (at < end && (bytes[at] as number) <= 0x20) at++
    const quote = bytes[at]
    if (at >= end || (quote !== doubleQuote && quote !== singleQuote))
      throw this.#damaged(at, 'an attribute has no quotes')
    this.valueFrom = ++at
    while (at < end && bytes[at] !== quote) at++
    if (at >= end) throw this.#damaged(at, 'an attribute has no closing quote')
    this.valueTo = at
    this.#at = at + 1
    return true
  }

  /** The name of the attribute at hand without its prefix. */
  get attributeName(): string {
    const name = this.#bytes.toString('utf8', this.nameFrom, this.nameTo)
    return name.slice(name.indexOf(':') + 1)
  }

  get attributeValue(): string {
    return this.decode(this.valueFrom, this.valueTo)
  }

  /** Text of `bytes` with its references resolved and its line ends as LF. */
  decode(from: number, to: number): string {
    const text = this.#bytes.toString('utf8', from, to).replace(/\r\n?/g, '\n')
    return text.replace(/&([^;&]{0,10});?/g, (reference, name: string) => {
      const character = entities.get(name) ?? numbered(name)
      if (character === undefined || !reference.endsWith(';'))
        throw this.#damaged(from, `"${reference}" stands for no character`)
      return character
    })
  }

  /** All attributes of the start tag at hand, without prefixes. A prefix is kept where `id` and `r:id` would clash. */
  attributes(): Map<string, string> {
    const found = new Map<string, string>()
    while (this.nextAttribute()) {
      const name = this.attributeName
      const isPrefixed = this.#bytes.subarray(this.nameFrom, this.nameTo).includes(colon)
      if (name === 'id' && isPrefixed) found.set('r:id', this.attributeValue)
      else found.set(name, this.attributeValue)
    }
    return found
  }

  /** Tell every whole token; returns where the first cut-off one begins. */
  #scan(): number {
    const bytes = this.#bytes
    const end = bytes.length
    let at = 0
    while (at < end) {
      if (bytes[at] !== lt) {
        const next = this.#scanText(at, end)
        if (next < 0) return at
        at = next
        continue
      }
      const next = this.#scanMarkup(at, end)
      if (next < 0) return at
      at = next
    }
    return at
  }

  #scanText(from: number, end: number): number {
    const bytes = this.#bytes
    let isPlain = true
    let at = from
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte === lt) break
      if (byte === amp || byte === cr) isPlain = false
    }
    if (at === end) return -1
    if (this.#open.length > 0) this.#handler.text(bytes, from, at, isPlain, this)
    else if (!isSpace(bytes, this.#base === 0 ? skipMark(bytes, from) : from, at))
      throw this.#damaged(from, 'there is text outside its elements')
    return at
  }

  #scanMarkup(from: number, end: number): number {
    const bytes = this.#bytes
    const second = bytes[from + 1]
    if (second === undefined) return -1
    if (second === slash) return this.#scanClose(from, end)
    if (second === 0x3f /* ? */) return this.#scanInstruction(from)
    if (second === 0x21 /* ! */) return this.#scanDeclaration(from)
    return this.#scanOpen(from, end)
  }

  #scanOpen(from: number, end: number): number {
    const bytes = this.#bytes
    let nameFrom = from + 1
    let at = nameFrom
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte === gt || byte === slash || byte <= 0x20) break
      if (byte === colon) nameFrom = at + 1
    }
    const nameTo = at
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte === gt) break
      if (byte === doubleQuote || byte === singleQuote) {
        do at++
        while (at < end && bytes[at] !== byte)
      } else if (byte === lt) throw this.#damaged(from, 'a tag does not end')
    }
    if (at >= end) return -1
    if (nameTo === nameFrom) throw this.#damaged(from, 'a tag has no name')
    const isEmpty = bytes[at - 1] === slash
    const name = nameOf(bytes, nameFrom, nameTo)
    this.#begin(from)
    this.#at = nameTo
    this.#end = isEmpty ? at - 1 : at
    this.#tagStart = from
    this.#tagEnd = at + 1
    this.#handler.open(name, this)
    if (isEmpty) this.#handler.close(name)
    else this.#open.push(name)
    return at + 1
  }

  #begin(at: number): void {
    const depth = this.#open.length + 1
    if (depth > this.#bounds.depth)
      throw new Fault(
        'file.too-deep',
        `${this.#bounds.where} byte ${this.#base + at}: its XML nests more than ${this.#bounds.depth} deep.`,
        'Ask the sender what this file is. If it is right, raise limits.depth in entrepot.yaml.',
        { details: { limit: this.#bounds.depth } },
      )
    if (depth > 1) return
    if (this.#hasRoot) throw this.#damaged(at, 'a second element stands behind its end')
    this.#hasRoot = true
  }

  #scanClose(from: number, end: number): number {
    const bytes = this.#bytes
    let nameFrom = from + 2
    let at = nameFrom
    for (; at < end; at++) {
      const byte = bytes[at] as number
      if (byte === gt || byte <= 0x20) break
      if (byte === colon) nameFrom = at + 1
    }
    const nameTo = at
    while (at < end && (bytes[at] as number) <= 0x20) at++
    if (at >= end) return -1
    const name = this.#open.pop()
    if (bytes[at] !== gt || name === undefined || !isName(name, bytes, nameFrom, nameTo))
      throw this.#damaged(from, name === undefined ? 'an end tag too many' : `<${name}> is not closed`)
    this.#tagStart = from
    this.#tagEnd = at + 1
    this.#handler.close(name)
    return at + 1
  }

  #scanInstruction(from: number): number {
    const end = this.#bytes.indexOf('?>', from + 2, 'latin1')
    if (end < 0) return -1
    const text = this.#bytes.toString('latin1', from + 2, Math.min(end, from + 200))
    const encoding = /^xml\s.*?encoding\s*=\s*["']([^"']+)/s.exec(text)?.[1]
    if (
      encoding !== undefined &&
      this.#bounds.isDecoded !== true &&
      !/^(utf-?8|us-ascii|utf-?16(le|be)?)$/i.test(encoding)
    )
      throw this.#damaged(from, `it is said to be in ${encoding}, and no spreadsheet program writes that`)
    return end + 2
  }

  #scanDeclaration(from: number): number {
    const bytes = this.#bytes
    const head = bytes.toString('latin1', from + 2, from + 9)
    if (head.startsWith('--')) {
      const end = bytes.indexOf('-->', from + 4, 'latin1')
      return end < 0 ? -1 : end + 3
    }
    if (head === '[CDATA[') {
      const end = bytes.indexOf(']]>', from + 9, 'latin1')
      if (end < 0) return -1
      if (this.#open.length === 0) throw this.#damaged(from, 'there is text outside its elements')
      this.#handler.text(bytes, from + 9, end, true, this)
      return end + 3
    }
    if ('[CDATA['.startsWith(head) || head === '-') return -1
    throw new Fault(
      'file.entities',
      `${this.#bounds.where} byte ${this.#base + from}: its XML has a DOCTYPE, which can define entities.`,
      'Ask the sender what this file is: no bank, shop or spreadsheet program writes that.',
    )
  }

  #damaged(at: number, what: string): Fault {
    return damaged(this.#bounds.where, `${what}, at byte ${this.#base + at}`)
  }

  #tooLong(at: number): Fault {
    return new Fault(
      'file.record-too-long',
      `${this.#bounds.where} byte ${this.#base + at}: the tag or text that begins here is longer than ${this.#bounds.tokenBytes} bytes.`,
      'Ask the sender what this file is. If it is right, raise limits.record_bytes in entrepot.yaml.',
      { details: { limit: this.#bounds.tokenBytes } },
    )
  }
}

const entities = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

/** The character of `#65` or `#x41`. */
function numbered(name: string): string | undefined {
  const [, hex, decimal] = /^#(?:x([0-9a-fA-F]+)|([0-9]+))$/.exec(name) ?? []
  const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
  return isCharacter ? String.fromCodePoint(code) : undefined
}

function nameOf(bytes: Buffer, from: number, to: number): string {
  const first = bytes[from] as number
  return to - from === 1 && first < 128 ? (oneLetter[first] as string) : bytes.toString('utf8', from, to)
}

function isName(name: string, bytes: Buffer, from: number, to: number): boolean {
  if (name.length !== to - from) return bytes.toString('utf8', from, to) === name
  for (let i = 0; i < name.length; i++)
    if (name.charCodeAt(i) !== bytes[from + i]) return bytes.toString('utf8', from, to) === name
  return true
}

function isSpace(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if ((bytes[at] as number) > 0x20) return false
  return true
}

/** Behind a byte order mark. */
const skipMark = (bytes: Buffer, at: number): number =>
  bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf ? at + 3 : at
