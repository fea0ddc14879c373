import type { Limits } from '../../stage/staged.ts'
import { DecimalSum } from '../bank/decimal-sum.ts'
import { fault } from '../batch.ts'
import { recordTooLong } from '../faults.ts'
import type { Spooled } from '../record-file.ts'
import type { Records, Row } from '../records.ts'
import type { Source } from '../source/source.ts'
import {
  amountOf,
  type EntryValues,
  entryFields,
  entryValues,
  type RecordValues,
  recordFields,
  recordValues,
  type StatementValues,
  statementFields,
  statementValues,
} from './camt-fields.ts'
import { ElementCells } from './element-cells.ts'
import { EnclosedRecords } from './enclosed.ts'
import { pathNotFound } from './xml-path.ts'
import { type Place, type XmlAttributes, type XmlEvents, XmlWalk } from './xml-walk.ts'

/** The fields of a record, in order. */
export const camtFields: readonly string[] = [...statementFields, ...entryFields, ...recordFields]

/**
 * Read the entries of CAMT.052 (report), .053 (statement) and .054 (notification), of any version.
 *
 * An entry is one record; one with several transactions is as many, where each has an amount in the entry's currency and
 * together they come to the entry's amount, so that records always add up to what the bank booked.
 *
 * @throws Fault "file.damaged", "file.entities", "file.path-not-found", "file.too-deep"
 */
export function readCamt(source: Source, limits: Limits, tempDir: string, piece?: number): Records {
  const walk = new XmlWalk(source, limits, piece)
  const entries = new CamtEntries(walk, source, limits, tempDir)
  try {
    walk.run(entries)
    return entries.end()
  } catch (error) {
    entries.abandon()
    throw error
  }
}

const isStatement = (name: string): boolean => name === 'Stmt' || name === 'Rpt' || name === 'Ntfctn'

/** Levels of what is around a record. */
const level = { statement: 0, entry: 1 } as const

/** A transaction of the entry at hand. */
interface Detail {
  readonly cells: ElementCells
  readonly start: Place
  readonly end: Place
}

class CamtEntries implements XmlEvents {
  readonly #walk: XmlWalk
  readonly #source: Source
  readonly #limits: Limits
  readonly #records: EnclosedRecords
  readonly #statement: ElementCells
  readonly #entry: ElementCells
  /** Two, because the first one waits for whether a second one comes. */
  readonly #details: readonly [ElementCells, ElementCells]
  #in: 'nothing' | 'statement' | 'entry' | 'detail' = 'nothing'
  #root = ''
  #hasStatement = false
  #statementFirst = 0
  #entryNumber = 0
  #entryFirst = 0
  #entryStart: Place = { at: 0, source: 0 }
  #start: Place = { at: 0, source: 0 }
  #detailCount = 0
  #waiting: Detail | null = null
  /** What is left of the entry's amount when its transactions are taken off, and whether each can stand for itself. */
  #rest = new DecimalSum()
  #isEachWhole = true
  /** Names between the entry and the element at hand. */
  #path: string[] = []

  constructor(walk: XmlWalk, source: Source, limits: Limits, tempDir: string) {
    const cells = () => new ElementCells(() => this.#where, limits)
    this.#walk = walk
    this.#source = source
    this.#limits = limits
    this.#records = new EnclosedRecords(tempDir, source.name, limits)
    this.#statement = cells()
    this.#entry = cells()
    this.#details = [cells(), cells()]
  }

  get #where(): string {
    return `${this.#source.name} record ${this.#records.count + 1}`
  }

  get isPlaced(): boolean {
    return this.#in === 'statement' || this.#in === 'entry'
  }

  open(name: string, attributes: XmlAttributes): void {
    if (this.#root === '') this.#root = name
    switch (this.#in) {
      case 'nothing':
        if (isStatement(name)) this.#beginStatement(attributes)
        return
      case 'statement':
        if (name === 'Ntry' && this.#statement.depth === 1) this.#beginEntry(attributes)
        else this.#statement.open(name, attributes)
        return
      case 'entry':
        if (name === 'TxDtls' && this.#path.length === 1 && this.#path[0] === 'NtryDtls') {
          this.#in = 'detail'
          this.#start = this.#walk.start
          this.#details[this.#detailCount === 0 ? 0 : 1].begin(attributes)
          return
        }
        this.#path.push(name)
        this.#entry.open(name, attributes)
        return
      case 'detail':
        this.#detail.open(name, attributes)
    }
  }

  text(text: string): void {
    if (this.#in === 'detail') this.#detail.text(text)
    else if (this.#in === 'entry') this.#entry.text(text)
    else if (this.#in === 'statement') this.#statement.text(text)
  }

  close(): void {
    switch (this.#in) {
      case 'detail':
        this.#detail.close()
        if (this.#detail.depth === 0) this.#endDetail()
        return
      case 'entry':
        this.#path.pop()
        this.#entry.close()
        if (this.#entry.depth === 0) this.#endEntry()
        return
      case 'statement':
        this.#statement.close()
        if (this.#statement.depth === 0) this.#endStatement()
    }
  }

  passed(at: number): void {
    if (this.#in === 'detail') this.#checkLength(this.#start.at, at)
  }

  /** @throws Fault "file.path-not-found" where the document has no statement */
  end(): Records {
    if (!this.#hasStatement)
      throw pathNotFound(
        this.#source.name,
        'Stmt',
        `it has no statement (Stmt, Rpt, Ntfctn), and its root is "${this.#root}"`,
      )
    let number = 0
    const file = this.#records.join((record, index, around) => {
      const final = joined(record, index, around)
      return final === null ? null : { ...final, line: ++number }
    })
    return { kind: 'keyed', names: camtFields, file }
  }

  abandon(): void {
    this.#records.abandon()
  }

  get #detail(): ElementCells {
    return this.#details[this.#detailCount === 0 ? 0 : 1]
  }

  #beginStatement(attributes: XmlAttributes): void {
    this.#in = 'statement'
    this.#hasStatement = true
    this.#statementFirst = this.#records.count
    this.#entryNumber = 0
    this.#statement.begin(attributes)
  }

  #endStatement(): void {
    this.#in = 'nothing'
    const values = statementValues(this.#statement)
    this.#records.enclose({
      level: level.statement,
      first: this.#statementFirst,
      cells: statementFields.map((name) => values[name as keyof StatementValues]),
    })
  }

  #beginEntry(attributes: XmlAttributes): void {
    this.#in = 'entry'
    this.#entryNumber++
    this.#entryFirst = this.#records.count
    this.#entryStart = this.#walk.start
    this.#detailCount = 0
    this.#waiting = null
    this.#rest = new DecimalSum()
    this.#isEachWhole = true
    this.#path = []
    this.#entry.begin(attributes)
  }

  #endDetail(): void {
    this.#in = 'entry'
    const detail: Detail = { cells: this.#detail, start: this.#start, end: this.#walk.end }
    this.#detailCount++
    if (this.#detailCount === 1) {
      this.#waiting = detail
      return
    }
    if (this.#waiting !== null) this.#putDetail(this.#waiting, 1)
    this.#waiting = null
    this.#putDetail(detail, this.#detailCount)
  }

  /** One of several transactions: a record of its own, if the entry can be split. */
  #putDetail({ cells, start, end }: Detail, number: number): void {
    const known = amountOf(cells)
    const currency = this.#entry.get('Amt@Ccy')
    if (known === undefined || (known.currency ?? currency) !== currency) this.#isEachWhole = false
    const side = cells.get('CdtDbtInd')
    this.#rest.add(known?.amount ?? '', side === undefined || side === this.#entry.get('CdtDbtInd') ? -1 : 1)
    this.#put(
      start,
      end,
      recordValues(this.#entry, cells, { number, amount: known?.amount ?? '', currency }),
      undefined,
    )
  }

  #endEntry(): void {
    this.#in = 'statement'
    const values = entryValues(this.#entry, this.#entryNumber, this.#detailCount)
    const end = this.#walk.end
    if (this.#detailCount < 2) {
      this.#put(this.#entryStart, end, recordValues(this.#entry, this.#waiting?.cells ?? null, null), values)
      return
    }
    this.#rest.add(this.#entry.get('Amt') ?? '')
    const isSplit = this.#isEachWhole && this.#rest.isZero
    const whole = recordValues(this.#entry, null, null)
    if (!isSplit) this.#checkLength(this.#entryStart.at, end.at)
    this.#records.enclose({
      level: level.entry,
      first: this.#entryFirst,
      cells: [...entryFields.map((name) => values[name]), ...(isSplit ? [] : recordFields.map((name) => whole[name]))],
      start: this.#entryStart.source,
      length: end.source - this.#entryStart.source,
      raw: isSplit ? '' : this.#walk.textOf(this.#entryStart.at, end.at),
      fault: !isSplit && this.#walk.hasBad(this.#entryStart.at) ? fault.encoding : fault.none,
    })
  }

  /** @param entry undefined: told when the entry ends */
  #put(start: Place, end: Place, record: RecordValues, entry: EntryValues | undefined): void {
    this.#checkLength(start.at, end.at)
    this.#records.put({
      line: 0,
      start: start.source,
      length: end.source - start.source,
      raw: this.#walk.textOf(start.at, end.at),
      fault: this.#walk.hasBad(start.at) ? fault.encoding : fault.none,
      cells: [...entryFields.map((name) => entry?.[name]), ...recordFields.map((name) => record[name])],
    })
  }

  #checkLength(from: number, to: number): void {
    const { recordBytes } = this.#limits
    if (to - from > recordBytes) throw recordTooLong(this.#where, this.#records.count + 1, recordBytes)
  }
}

/** A record with what its statement and entry say; of an entry that is not split, the first record stands for all. */
function joined(record: Row, index: number, around: readonly (Row | undefined)[]): Omit<Spooled, 'line'> | null {
  const statement = around[level.statement]?.cells ?? statementFields.map(() => null)
  const entry = around[level.entry]
  if (entry === undefined) return { ...record, cells: [...statement, ...record.cells] }
  const isSplit = entry.cells.length === entryFields.length
  if (isSplit) return { ...record, cells: [...statement, ...entry.cells, ...record.cells.slice(entryFields.length)] }
  if (index > entry.line) return null
  return { ...entry, cells: [...statement, ...entry.cells] }
}
