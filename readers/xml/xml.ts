import type { Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { recordTooLong } from '../faults.ts'
import type { RecordFile } from '../record-file.ts'
import type { Records, Row } from '../records.ts'
import type { Source } from '../source/source.ts'
import { ElementCells } from './element-cells.ts'
import { EnclosedRecords } from './enclosed.ts'
import { Outers } from './xml-around.ts'
import { findXmlPath, isAt, pathNotFound, type XmlPath, xmlPathOf } from './xml-path.ts'
import { type Place, type XmlAttributes, type XmlEvents, XmlWalk } from './xml-walk.ts'

/**
 * Read the elements at `format.path`, or at the path that `findXmlPath` finds, as records.
 *
 * Cells are named as in `ElementCells`; those of elements around the record begin with `../` for each step outwards.
 *
 * @throws Fault "file.damaged", "file.entities", "file.path-not-found", "file.too-deep"
 */
export function readXml(source: Source, { path }: Format, limits: Limits, tempDir: string, piece?: number): Records {
  const at = path === null ? findXmlPath(source, limits, piece) : xmlPathOf(source.name, path)
  const walk = new XmlWalk(source, limits, piece)
  const elements = new XmlRecords(walk, source, at, limits, tempDir)
  try {
    walk.run(elements)
    return elements.end()
  } catch (error) {
    elements.abandon()
    throw error
  }
}

/** Takes the elements at a path out of a document. */
class XmlRecords implements XmlEvents {
  readonly #walk: XmlWalk
  readonly #source: Source
  readonly #path: XmlPath
  readonly #limits: Limits
  readonly #cells: ElementCells
  readonly #outers: Outers
  readonly #records: EnclosedRecords
  readonly #near: Nearest
  #isRecord = false
  #start: Place = { at: 0, source: 0 }
  #isAroundTold = false

  constructor(walk: XmlWalk, source: Source, path: XmlPath, limits: Limits, tempDir: string) {
    this.#walk = walk
    this.#source = source
    this.#path = path
    this.#limits = limits
    this.#cells = new ElementCells(() => this.#where, limits)
    this.#outers = new Outers(source.name, limits)
    this.#records = new EnclosedRecords(tempDir, source.name, limits)
    this.#near = new Nearest(path)
  }

  get #where(): string {
    return `${this.#source.name} record ${this.#records.count + 1}`
  }

  get isPlaced(): boolean {
    return !this.#isRecord
  }

  open(name: string, attributes: XmlAttributes): void {
    if (this.#isRecord) {
      this.#cells.open(name, attributes)
      return
    }
    const { open } = this.#outers
    const around = open.at(-1)
    this.#isRecord = isAt(this.#path, [...open, { name }])
    if (!this.#isRecord) {
      this.#outers.enter(name, attributes, this.#records.count)
      if (this.#records.count === 0) this.#near.see(open)
      return
    }
    this.#outers.childOf(around, name)
    this.#start = this.#walk.start
    this.#cells.begin(attributes)
  }

  text(text: string): void {
    if (this.#isRecord) this.#cells.text(text)
    else this.#outers.text(text)
  }

  close(): void {
    if (!this.#isRecord) {
      const ended = this.#outers.leave(this.#records.count)
      if (ended === null) return
      const { level, first, values } = ended
      if (values.length > 0) this.#isAroundTold = true
      this.#records.enclose({ level, first, cells: values.flatMap(({ path, text }) => [path, text]) })
      return
    }
    this.#cells.close()
    if (this.#cells.depth > 0) return
    const end = this.#walk.end
    const { at, source } = this.#start
    this.#checkLength(end.at)
    this.#isRecord = false
    this.#records.put({
      line: this.#records.count + 1,
      start: source,
      length: end.source - source,
      raw: this.#walk.textOf(at, end.at),
      cells: this.#cells.cells,
      fault: this.#walk.hasBad(at) ? fault.encoding : fault.none,
    })
  }

  passed(at: number): void {
    if (this.#isRecord) this.#checkLength(at)
  }

  /** @throws Fault "file.path-not-found" where nothing on the way to the path is there */
  end(): Records {
    if (this.#records.count === 0) this.#near.check(this.#source.name)
    const names = [...this.#cells.names]
    const file = this.#isAroundTold ? this.#joined(names) : this.#records.end()
    return { kind: 'keyed', names, file, isOpen: true }
  }

  #checkLength(to: number): void {
    const { recordBytes } = this.#limits
    if (to - this.#start.at > recordBytes) throw recordTooLong(this.#where, this.#records.count + 1, recordBytes)
  }

  abandon(): void {
    this.#records.abandon()
  }

  /** The records with the values of what is around them; their names come behind the records' own. */
  #joined(names: string[]): RecordFile {
    const columns = new Map<string, number>()
    const columnOf = (name: string): number => {
      const column = columns.get(name) ?? names.length
      if (column === names.length) {
        names.push(name)
        columns.set(name, column)
      }
      return column
    }
    return this.#records.join((record, _, around) => {
      const cells = [...record.cells]
      const outers = around.filter((outer): outer is Row => outer !== undefined)
      outers.reverse().forEach((outer, i) => {
        const up = '../'.repeat(i + 1)
        for (let at = 0; at < outer.cells.length; at += 2)
          cells[columnOf(`${up}${outer.cells[at]}`)] = outer.cells[at + 1] as string
      })
      return { ...record, cells }
    })
  }
}

/** How near the document comes to a path at which nothing is. */
class Nearest {
  readonly #path: XmlPath
  #matched = -1
  #open: readonly string[] = []
  readonly #children = new Set<string>()

  constructor(path: XmlPath) {
    this.#path = path
  }

  /** An element that is no record has begun: the last one of those open. */
  see(open: readonly { readonly name: string }[]): void {
    const { steps } = this.#path
    let matched = 0
    while (matched < open.length && open[matched]?.name === steps[matched]) matched++
    if (matched === open.length && matched > this.#matched) {
      this.#matched = matched
      this.#open = open.map(({ name }) => name)
      this.#children.clear()
    } else if (open.length === this.#open.length + 1 && matched === this.#matched && this.#children.size < 20)
      this.#children.add((open.at(-1) as { name: string }).name)
    else if (this.#matched < 0) {
      this.#matched = 0
      this.#children.add((open.at(-1) as { name: string }).name)
    }
  }

  /** An element that may hold records and holds none is an empty list; anything less is a wrong path. */
  check(file: string): void {
    const { isAnywhere, steps, text } = this.#path
    if (isAnywhere) throw pathNotFound(file, text, `no element is "${steps.join('/')}"`)
    if (this.#matched === steps.length - 1 && this.#matched > 0) return
    const found = [...this.#children].map((name) => `"${name}"`).join(', ')
    if (this.#matched <= 0) throw pathNotFound(file, text, `the root is ${found}`)
    const above = `"${this.#open.join('/')}"`
    throw pathNotFound(
      file,
      text,
      found === '' ? `${above} is empty` : `${above} has no "${steps[this.#matched]}", but ${found}`,
    )
  }
}
