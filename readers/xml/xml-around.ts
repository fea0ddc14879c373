import type { Limits } from '../../stage/staged.ts'
import { recordTooLong, tooManyColumns } from '../faults.ts'
import { copied, isData, joined, ownText } from './element-cells.ts'
import { localName, type XmlAttributes } from './xml-walk.ts'

interface Outer {
  readonly name: string
  /** Names below this element and their values. */
  values: Value[]
  readonly children: Map<string, number>
  text: string
  run: string
  hasChildren: boolean
  /** Records before this element. */
  readonly first: number
}

interface Value {
  /** Path below the element; '' for its own text. */
  readonly path: string
  readonly text: string
}

/** Names and values of an element that has ended with records in it. */
export interface Ended {
  readonly level: number
  readonly first: number
  readonly values: readonly Value[]
}

/**
 * Keeps the values of elements that are open around the records: what stands once in them. A child that repeats, or that
 * is beside one of its name with records in it, is left out: it is a list of its own. So memory is bounded.
 */
export class Outers {
  readonly open: Outer[] = []
  readonly #where: string
  readonly #limits: Limits
  /** Of all values that are kept. */
  #characters = 0

  constructor(where: string, limits: Limits) {
    this.#where = where
    this.#limits = limits
  }

  /** @param records records before the element */
  enter(name: string, attributes: XmlAttributes, records: number): void {
    this.childOf(this.open.at(-1), name)
    const outer: Outer = {
      name,
      values: [],
      children: new Map(),
      text: '',
      run: '',
      hasChildren: false,
      first: records,
    }
    this.open.push(outer)
    for (const attribute in attributes) {
      if (!isData(attribute)) continue
      this.#keep(outer, { path: `@${localName(attribute)}`, text: copied(attributes[attribute] as string) })
    }
  }

  /** A child begins in the innermost element, perhaps a record. */
  childOf(parent: Outer | undefined, name: string): void {
    if (parent === undefined) return
    this.#joinText(parent)
    parent.hasChildren = true
    const count = parent.children.get(name) ?? 0
    parent.children.set(count === 0 ? copied(name) : name, count + 1)
    this.#check(parent.children.size)
  }

  text(text: string): void {
    const outer = this.open.at(-1)
    if (outer === undefined) return
    outer.run += text
    if (outer.run.length > this.#limits.recordBytes) throw this.#tooLong()
  }

  /** The innermost element ends; what it has belongs to its parent, unless there were records in it. */
  leave(records: number): Ended | null {
    const outer = this.open.pop() as Outer
    this.#joinText(outer)
    if (outer.text !== '' || !outer.hasChildren) outer.values.push({ path: '', text: outer.text })
    const { name, values, first } = outer
    const parent = this.open.at(-1)
    const hasRecords = records > first
    if (parent !== undefined && (hasRecords || (parent.children.get(name) as number) > 1)) {
      this.#forget(values)
      this.#forget(parent.values.filter(({ path }) => isOf(path, name)))
      parent.values = parent.values.filter(({ path }) => !isOf(path, name))
    }
    if (hasRecords) {
      const named = values.map(({ path, text }) => ({ path: path === '' ? ownText : path, text }))
      return { level: this.open.length, first, values: named }
    }
    if (parent === undefined || (parent.children.get(name) as number) > 1) return null
    for (const { path, text } of values)
      parent.values.push({ path: `${name}${path === '' || path.startsWith('@') ? '' : '.'}${path}`, text })
    this.#check(parent.values.length)
    return null
  }

  #joinText(outer: Outer): void {
    const text = joined(outer)
    this.#characters += text.length - outer.text.length
    outer.text = text === '' ? '' : copied(text)
    outer.run = ''
    if (this.#characters > this.#limits.recordBytes) throw this.#tooLong()
  }

  #keep(outer: Outer, value: Value): void {
    outer.values.push(value)
    this.#characters += value.text.length
    if (this.#characters > this.#limits.recordBytes) throw this.#tooLong()
  }

  #forget(values: readonly Value[]): void {
    for (const { text } of values) this.#characters -= text.length
  }

  #check(count: number): void {
    if (count > this.#limits.columns) throw tooManyColumns(this.#where, count, this.#limits.columns)
  }

  readonly #tooLong = () => recordTooLong(`${this.#where}: what stands around the records`, 0, this.#limits.recordBytes)
}

/** Whether a path begins with the child `name`. */
const isOf = (path: string, name: string): boolean =>
  path.startsWith(name) && (path.length === name.length || '.@'.includes(path[name.length] as string))
