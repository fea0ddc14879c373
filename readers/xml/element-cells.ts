import type { Limits } from '../../stage/staged.ts'
import { recordTooLong, tooManyColumns } from '../faults.ts'
import { localName, type XmlAttributes } from './xml-walk.ts'

/** A place in the tree of names: an element below the record, by name and by how many of its name stand before it. */
interface Place {
  readonly path: string
  /** Its column; -1: none of its elements had text so far. */
  column: number
  readonly children: Map<string, Siblings>
  readonly attributes: Map<string, number>
  /** Which element at this place is at hand. */
  nth: number
}

interface Siblings {
  /** The parent whose children `count` counts. */
  parent: number
  count: number
  readonly places: Place[]
}

interface Open {
  readonly place: Place
  /** Text up to the last child element, trimmed and joined, and the text behind it. */
  text: string
  run: string
  hasChildren: boolean
  readonly isNull: boolean
}

/** The record element's own text. */
export const ownText = '.'

/**
 * Makes one record's cells of an element's tree. A cell's name is its path below the element: `Amt`, `Amt@Ccy`,
 * `Refs.EndToEndId`, `Ustrd[2]` for the second `Ustrd` of one parent, `@id` and `.` for the element itself.
 */
export class ElementCells {
  /** Every record's names so far, in order of first appearance. */
  readonly names: string[] = []
  readonly #columns = new Map<string, number>()
  readonly #where: () => string
  readonly #limits: Limits
  readonly #root: Place = placeOf('')
  #open: Open[] = []
  #cells: (string | undefined)[] = []
  #elements = 0
  #characters = 0

  /** @param where names the record at hand for a person */
  constructor(where: () => string, limits: Limits) {
    this.#where = where
    this.#limits = limits
  }

  /** Elements that are open, the record's own included. */
  get depth(): number {
    return this.#open.length
  }

  begin(attributes: XmlAttributes): void {
    this.#open = []
    this.#cells = []
    this.#characters = 0
    this.#enter(this.#root, attributes)
  }

  /** @throws Fault "file.too-many-columns" */
  open(name: string, attributes: XmlAttributes): void {
    const parent = this.#open.at(-1) as Open
    parent.text = joined(parent)
    parent.run = ''
    parent.hasChildren = true
    const { place } = parent
    let siblings = place.children.get(name)
    if (siblings === undefined) {
      siblings = { parent: -1, count: 0, places: [] }
      place.children.set(copied(name), siblings)
    }
    if (siblings.parent !== place.nth) {
      siblings.parent = place.nth
      siblings.count = 0
    }
    const nth = siblings.count++
    let child = siblings.places[nth]
    if (child === undefined) {
      if (nth >= this.#limits.columns) throw tooManyColumns(this.#where(), nth + 1, this.#limits.columns)
      child = placeOf(`${place.path === '' ? '' : `${place.path}.`}${name}${nth === 0 ? '' : `[${nth + 1}]`}`)
      siblings.places.push(child)
    }
    this.#enter(child, attributes)
  }

  /** @throws Fault "file.record-too-long" */
  text(text: string): void {
    this.#count(text)
    const open = this.#open.at(-1) as Open
    open.run = open.run === '' ? text : open.run + text
  }

  close(): void {
    const open = this.#open.pop() as Open
    const text = joined(open)
    if (open.isNull || (text === '' && open.hasChildren)) return
    const { place } = open
    if (place.column < 0) place.column = this.#columnOf(place.path === '' ? ownText : place.path)
    this.#cells[place.column] = text
  }

  /** The cells of the element that `begin` began, by column. */
  get cells(): readonly (string | undefined)[] {
    return this.#cells
  }

  get(name: string): string | undefined {
    const column = this.#columns.get(name)
    return column === undefined ? undefined : this.#cells[column]
  }

  #enter(place: Place, attributes: XmlAttributes): void {
    place.nth = this.#elements++
    let isNull = false
    for (const name in attributes) {
      const value = attributes[name] as string
      if (name === 'xsi:nil') isNull = value === 'true' || value === '1'
      if (!isData(name)) continue
      this.#count(value)
      let column = place.attributes.get(name)
      if (column === undefined) {
        column = this.#columnOf(`${place.path}@${localName(name)}`)
        place.attributes.set(copied(name), column)
      }
      this.#cells[column] = value
    }
    this.#open.push({ place, text: '', run: '', hasChildren: false, isNull })
  }

  #columnOf(name: string): number {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const column = this.names.length
    if (column >= this.#limits.columns) throw tooManyColumns(this.#where(), column + 1, this.#limits.columns)
    const own = copied(name)
    this.names.push(own)
    this.#columns.set(own, column)
    return column
  }

  #count(text: string): void {
    this.#characters += text.length
    if (this.#characters > this.#limits.recordBytes) throw recordTooLong(this.#where(), 0, this.#limits.recordBytes)
  }
}

/** Declarations of namespaces, and what a schema's rules use, are no data. */
export const isData = (attribute: string): boolean =>
  attribute !== 'xmlns' && !attribute.startsWith('xmlns:') && !attribute.startsWith('xsi:')

const placeOf = (path: string): Place => ({ path, column: -1, children: new Map(), attributes: new Map(), nth: -1 })

/** The same text without the piece of the document that it is cut from. */
export const copied = (text: string): string => Buffer.from(text).toString()

/** An element's text so far: pieces between its child elements, each trimmed, joined by a space. */
export function joined({ text, run }: { readonly text: string; readonly run: string }): string {
  const more = trimmed(run)
  return text === '' ? more : more === '' ? text : `${text} ${more}`
}

/** Without the white space of XML around it; other spaces are text. */
export function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isSpace(text.charCodeAt(from))) from++
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--
  return from === 0 && to === text.length ? text : text.slice(from, to)
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09
