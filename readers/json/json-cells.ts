import type { Column } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault, type TextBatch, type TextColumn } from '../batch.ts'
import { columnName } from '../columns.ts'
import { putCharacter } from '../encoding/decoder.ts'
import { tooManyColumns } from '../faults.ts'
import { putNull, putView, reserveOverflow } from '../views.ts'
import { hexValue, JsonScanner, mark } from './json-scanner.ts'

const kinds = { absent: 0, text: 1, escapedText: 2 } as const

/** Finds the wanted cells of JSON objects, one record at a time: `scan`, then `put`. */
export class JsonCells {
  /** Top-level keys of all whole records so far, in order of first appearance. */
  readonly columns: string[] = []
  readonly scanner: JsonScanner
  readonly #file: string
  readonly #limit: number
  readonly #known = new Set<string>()
  readonly #top: Keys
  /** Keys of the record at hand that no record before it had. */
  readonly #fresh: Key[] = []
  /** Of each slot in the record at hand: where its value is, and how deep its key was found; 0: not yet. */
  readonly #kind: Uint8Array
  readonly #level: Uint8Array
  readonly #from: Int32Array
  readonly #to: Int32Array

  /** @param isWhole a wanted name is a whole key, dots and all */
  constructor(file: string, wanted: readonly Column[], limits: Limits, isWhole: boolean) {
    this.#file = file
    this.scanner = new JsonScanner(limits.depth)
    this.#limit = limits.columns
    this.#top = new Keys()
    wanted.forEach((column, slot) => {
      if ('position' in column) throw noPositions(file, column.position)
      this.#top.want(columnName(column.name), slot, isWhole)
    })
    this.#kind = new Uint8Array(wanted.length)
    this.#level = new Uint8Array(wanted.length)
    this.#from = new Int32Array(wanted.length)
    this.#to = new Int32Array(wanted.length)
  }

  /** Scan one value from `scanner.at`; false where that can not be. A value that is no object has no cells. */
  scan(depth: number): boolean {
    this.#kind.fill(kinds.absent)
    this.#level.fill(0)
    this.#fresh.length = 0
    const { scanner } = this
    if (scanner.buffer[scanner.at] !== mark.openObject) return scanner.value(depth)
    if (!this.#object(this.#top, depth, 1)) return false
    if (this.#fresh.length > 0) this.#learn()
    return true
  }

  /** Write the cells of the record scanned last; returns its fault: `encoding` where a string is no text. */
  put(batch: TextBatch, row: number, textStart: number): number {
    const { buffer } = this.scanner
    let isText = true
    for (let slot = 0; slot < this.#kind.length; slot++) {
      const column = batch.columns[slot] as TextColumn
      const kind = this.#kind[slot]
      const [from, to] = [this.#from[slot] as number, this.#to[slot] as number]
      if (kind === kinds.absent) putNull(column, row)
      else if (kind === kinds.text) putView(column, row, buffer, from, to, 0, textStart)
      else if (!putUnescaped(batch, column, row, buffer, from, to)) isText = false
    }
    return isText ? fault.none : fault.encoding
  }

  /** Make every cell of a record that is no object null; returns its fault. */
  putNothing(batch: TextBatch, row: number): number {
    for (const column of batch.columns) putNull(column, row)
    return fault.malformed
  }

  #object(keys: Keys, depth: number, level: number): boolean {
    const { scanner } = this
    const { buffer } = scanner
    if (depth >= scanner.maxDepth) return scanner.fail('too deep')
    scanner.at++
    scanner.skipSpace()
    if (buffer[scanner.at] === mark.closeObject && scanner.at < scanner.end) {
      scanner.at++
      return true
    }
    for (let nth = 0; ; nth++) {
      const keyFrom = scanner.at
      if (!scanner.string()) return false
      const key = keys.find(buffer, keyFrom, scanner.at, nth)
      if (level === 1 && !key.isColumn) this.#fresh.push(key)
      if (!scanner.punctuation(mark.colon)) return false
      const from = scanner.at
      const first = buffer[from]
      const isWhole =
        key.inner !== undefined && first === mark.openObject
          ? this.#object(key.inner, depth + 1, level + 1)
          : scanner.value(depth + 1)
      if (!isWhole) return false
      for (const slot of key.slots) this.#keep(slot, level, from, scanner.at, first)
      scanner.skipSpace()
      if (scanner.at >= scanner.end) return scanner.fail('incomplete')
      const byte = buffer[scanner.at]
      if (byte !== mark.comma && byte !== mark.closeObject) return scanner.fail('invalid')
      scanner.at++
      if (byte === mark.closeObject) return true
      scanner.skipSpace()
    }
  }

  /** The key found nearest the top has the cell; of equal keys the last one, as in `JSON.parse`. */
  #keep(slot: number, level: number, from: number, to: number, first: number | undefined): void {
    const before = this.#level[slot] as number
    if (before !== 0 && before < level) return
    this.#level[slot] = level
    const isString = first === mark.quote
    this.#from[slot] = isString ? from + 1 : from
    this.#to[slot] = isString ? to - 1 : to
    if (first === 0x6e) this.#kind[slot] = kinds.absent
    else this.#kind[slot] = isString && this.scanner.hasEscapes ? kinds.escapedText : kinds.text
  }

  #learn(): void {
    for (const key of this.#fresh) {
      key.isColumn = true
      if (this.#known.has(key.name)) continue
      this.#known.add(key.name)
      this.columns.push(key.name)
    }
    if (this.columns.length > this.#limit) throw tooManyColumns(this.#file, this.columns.length, this.#limit)
  }
}

const noPositions = (file: string, position: number): Fault =>
  new Fault(
    'file.columns-missing',
    `${file}: column ${position} is wanted by its position, but the keys of JSON have none.`,
    'Name the key in the contract: `from: key`, or `from: outer.inner` for a key inside an object.',
    { details: { missing: [`column ${position}`] } },
  )

interface Key {
  readonly name: string
  /** As it is written in the source, with its quotes. */
  readonly written: Uint8Array
  readonly slots: readonly number[]
  /** What is wanted inside it. */
  readonly inner: Keys | undefined
  isColumn: boolean
}

/** The keys of objects at one place: what is wanted of them, and those met so far. */
class Keys {
  readonly #slots = new Map<string, number[]>()
  readonly #inner = new Map<string, Keys>()
  readonly #met: Key[] = []
  readonly #byText = new Map<string, Key>()

  /** `a.b.c` is wanted as that key itself, or as `b.c` inside `a`. */
  want(path: string, slot: number, isWhole: boolean): void {
    this.#slots.set(path, [...(this.#slots.get(path) ?? []), slot])
    if (isWhole) return
    for (let dot = path.indexOf('.'); dot > 0; dot = path.indexOf('.', dot + 1)) {
      const outer = path.slice(0, dot)
      const inner = this.#inner.get(outer) ?? new Keys()
      this.#inner.set(outer, inner)
      inner.want(path.slice(dot + 1), slot, false)
    }
  }

  /** The key written at `buffer[from..to)`; most records have their keys in the order of the record before. */
  find(buffer: Uint8Array, from: number, to: number, nth: number): Key {
    const guess = this.#met[nth]
    if (guess !== undefined && isWritten(guess, buffer, from, to)) return guess
    const text = Buffer.from(buffer.buffer, buffer.byteOffset + from, to - from).toString('latin1')
    const known = this.#byText.get(text)
    if (known !== undefined) return known
    const written = buffer.slice(from, to)
    const name = columnName(JSON.parse(Buffer.from(written).toString()) as string)
    const key = {
      name,
      written,
      slots: this.#slots.get(name) ?? [],
      inner: this.#inner.get(name),
      isColumn: name.includes('\ufffd'), // bytes that are no text: it is met again when they are repaired
    }
    if (this.#met.length < 10_000) {
      this.#met.push(key)
      this.#byText.set(text, key)
    }
    return key
  }
}

function isWritten({ written }: Key, buffer: Uint8Array, from: number, to: number): boolean {
  if (written.length !== to - from) return false
  for (let i = 1; i < written.length; i++) if (buffer[from + i] !== written[i]) return false
  return true
}

/** What stands behind a backslash, but for u. */
const escapes: Readonly<Record<number, number>> = { 98: 8, 102: 12, 110: 10, 114: 13, 116: 9 }

/** Write a string without its escapes to the overflow buffer; false: a lone surrogate in it became a question mark. */
function putUnescaped(
  batch: TextBatch,
  column: TextColumn,
  row: number,
  buffer: Uint8Array,
  from: number,
  to: number,
): boolean {
  const overflow = reserveOverflow(batch, to - from)
  const start = batch.overflowLength
  let used = start
  let isText = true
  for (let at = from; at < to; at++) {
    let byte = buffer[at] as number
    if (byte !== mark.backslash) {
      overflow[used++] = byte
      continue
    }
    byte = buffer[++at] as number
    if (byte !== 0x75) {
      overflow[used++] = escapes[byte] ?? byte
      continue
    }
    let character = hex4(buffer, at + 1)
    at += 4
    if (character >= 0xd800 && character < 0xe000) {
      const hasSecond = at + 6 < to && buffer[at + 1] === mark.backslash && buffer[at + 2] === 0x75
      const second = hasSecond ? hex4(buffer, at + 3) : 0
      if (character < 0xdc00 && second >= 0xdc00 && second < 0xe000) {
        character = 0x10000 + ((character - 0xd800) << 10) + (second - 0xdc00)
        at += 6
      } else {
        character = 0x3f
        isText = false
      }
    }
    used = putCharacter(overflow, used, character)
  }
  batch.overflowLength = used
  putView(column, row, overflow, start, used, 1, 0)
  return isText
}

const hex4 = (buffer: Uint8Array, at: number): number =>
  (hexValue(buffer[at] as number) << 12) |
  (hexValue(buffer[at + 1] as number) << 8) |
  (hexValue(buffer[at + 2] as number) << 4) |
  hexValue(buffer[at + 3] as number)
