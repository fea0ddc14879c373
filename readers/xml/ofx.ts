import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { damaged, recordTooLong, tooManyColumns } from '../faults.ts'
import type { Records } from '../records.ts'
import type { Source } from '../source/source.ts'
import { SourcePlaces } from '../source/source-places.ts'
import { trimmed } from './element-cells.ts'
import { EnclosedRecords } from './enclosed.ts'
import { type Token, tokensOf } from './markup-tokens.ts'
import { valuesOf } from './ofx-record.ts'

/** Fields that every file has, whether or not its records do: those of OFX 1.6 and 2.2 that banks send. */
const entryFields = [
  ...['TRNTYPE', 'DTPOSTED', 'DTUSER', 'DTAVAIL', 'TRNAMT', 'FITID', 'CORRECTFITID', 'CORRECTACTION', 'SRVRTID'],
  ...['CHECKNUM', 'REFNUM', 'SIC', 'PAYEEID', 'NAME', 'PAYEE.NAME', 'MEMO', 'BANKACCTTO.BANKID', 'BANKACCTTO.ACCTID'],
  ...['CURRENCY.CURSYM', 'CURRENCY.CURRATE', 'ORIGCURRENCY.CURSYM', 'ORIGCURRENCY.CURRATE'],
] as const

const statementFields = [
  'CURDEF',
  ...['BANKACCTFROM.BANKID', 'BANKACCTFROM.BRANCHID', 'BANKACCTFROM.ACCTID', 'BANKACCTFROM.ACCTTYPE'],
  ...['CCACCTFROM.ACCTID', 'INVACCTFROM.BROKERID', 'INVACCTFROM.ACCTID'],
  ...['BANKTRANLIST.DTSTART', 'BANKTRANLIST.DTEND', 'INVTRANLIST.DTSTART', 'INVTRANLIST.DTEND'],
  ...['LEDGERBAL.BALAMT', 'LEDGERBAL.DTASOF', 'AVAILBAL.BALAMT', 'AVAILBAL.DTASOF'],
] as const

const isStatementField = new Set<string>(statementFields)
const statements = new Set(['STMTRS', 'CCSTMTRS', 'INVSTMTRS'])
const entry = 'STMTTRN'

/**
 * Read the entries (`STMTTRN`) of OFX and QFX, as SGML (1.x) or XML (2.x), of accounts, cards and investments.
 *
 * @throws Fault "file.damaged" where it ends early, "file.path-not-found" where it is no OFX, "file.entities"
 */
export function readOfx(source: Source, limits: Limits, tempDir: string, piece?: number): Records {
  const entries = new OfxEntries(source, limits, tempDir)
  try {
    for (const token of tokensOf(source, limits, piece)) entries.take(token)
    return entries.end()
  } catch (error) {
    entries.abandon()
    throw error
  }
}

class OfxEntries {
  readonly #source: Source
  readonly #limits: Limits
  readonly #records: EnclosedRecords
  readonly #places: SourcePlaces
  readonly #columns = new Map<string, number>(entryFields.map((name, i) => [name, i]))
  #depth: 'outside' | 'ofx' | 'ended' = 'outside'
  /** Tags of the entry at hand; null: none is open. */
  #entry: Token[] | null = null
  #entryCharacters = 0
  /** Values of the statement at hand, and where its records begin. */
  #statement: Map<string, string> | null = null
  #first = 0
  /** The aggregate of the statement that is open, and the last value in it. */
  #group = ''
  #last = ''
  #lastLine = 0
  #isLineShared = false

  constructor(source: Source, limits: Limits, tempDir: string) {
    this.#source = source
    this.#limits = limits
    this.#records = new EnclosedRecords(tempDir, source.name, limits)
    this.#places = new SourcePlaces(source)
  }

  take(token: Token): void {
    const { name, declaration } = token
    if (declaration.startsWith('!DOCTYPE') || declaration.startsWith('!ENTITY')) throw hasDoctype(this.#source.name)
    if (name === 'OFX') this.#depth = 'ofx'
    else if (name === '/OFX') this.#end('ended')
    if (this.#depth !== 'ofx') return
    if (this.#entry !== null) {
      const ends = name === entry || name === '/BANKTRANLIST' || name === '/INVTRANLIST' || isStatementEnd(name)
      if (name === `/${entry}`) {
        this.#putEntry(token.tagEnd)
        return
      }
      if (!ends) {
        this.#keep(token)
        return
      }
      this.#putEntry((this.#entry.at(-1) as Token).end)
    }
    if (name === entry) {
      this.#entry = []
      this.#entryCharacters = 0
      this.#keep(token)
    } else if (statements.has(name)) {
      this.#endStatement()
      this.#statement = new Map()
      this.#first = this.#records.count
    } else if (isStatementEnd(name)) this.#endStatement()
    else this.#takeOfStatement(token)
  }

  end(): Records {
    const { name } = this.#source
    if (this.#depth === 'outside') {
      throw new Fault(
        'file.path-not-found',
        `${name}: there is no <OFX> in it.`,
        'Look whether the file is what the contract says it is: `type: ofx`.',
      )
    }
    if (this.#depth !== 'ended')
      throw damaged(name, this.#entry === null ? 'it ends before </OFX>' : `it ends inside an entry <${entry}>`)
    const names = [...this.#columns.keys()]
    let number = 0
    const file = this.#records.join((record, _, around) => {
      const statement = around[0]?.cells ?? []
      number++
      return {
        ...record,
        line: this.#isLineShared ? number : record.line,
        cells: [...statementFields.map((_, i) => statement[i]), ...record.cells],
      }
    })
    return { kind: 'keyed', names: [...statementFields, ...names], file, isOpen: true }
  }

  abandon(): void {
    this.#records.abandon()
  }

  #end(depth: 'ended'): void {
    if (this.#entry !== null) this.#putEntry((this.#entry.at(-1) as Token).end)
    this.#endStatement()
    this.#depth = depth
  }

  #keep(token: Token): void {
    const { recordBytes, columns } = this.#limits
    this.#entryCharacters += token.end - token.start
    if (this.#entryCharacters > recordBytes)
      throw recordTooLong(`${this.#source.name} record ${this.#records.count + 1}`, token.line, recordBytes)
    const entry = this.#entry as Token[]
    entry.push(token)
    // A value has a tag, perhaps a closing one, perhaps an aggregate of its own around it.
    if (entry.length > 4 * columns)
      throw tooManyColumns(`${this.#source.name} record ${this.#records.count + 1}`, columns + 1, columns)
  }

  #putEntry(end: number): void {
    const tokens = this.#entry as Token[]
    this.#entry = null
    const [{ start, line }, ...inner] = tokens as [Token, ...Token[]]
    const cells: (string | undefined)[] = []
    for (const [name, value] of valuesOf(inner)) cells[this.#columnOf(name)] = value
    if (line === this.#lastLine) this.#isLineShared = true
    this.#lastLine = line
    const place = this.#places.of(start, end)
    const isBad = tokens.some((token) => token.isBad)
    this.#records.put({ line, ...place, cells, fault: isBad ? fault.encoding : fault.none })
  }

  #columnOf(name: string): number {
    const known = this.#columns.get(name)
    if (known !== undefined) return known
    const column = this.#columns.size
    const { columns } = this.#limits
    if (column + statementFields.length >= columns)
      throw tooManyColumns(`${this.#source.name} record ${this.#records.count + 1}`, columns + 1, columns)
    this.#columns.set(name, column)
    return column
  }

  #takeOfStatement({ name, text }: Token): void {
    const statement = this.#statement
    if (statement === null) return
    if (name === '') {
      if (this.#last !== '') statement.set(this.#last, `${statement.get(this.#last)}${text}`)
      return
    }
    this.#last = ''
    if (name.startsWith('/')) {
      if (name === `/${this.#group}`) this.#group = ''
      return
    }
    const path = this.#group === '' ? name : `${this.#group}.${name}`
    if (trimmed(text) === '' && groups.has(name)) this.#group = name
    else if (isStatementField.has(path) && !statement.has(path)) {
      statement.set(path, text)
      this.#last = path
    }
  }

  #endStatement(): void {
    const statement = this.#statement
    this.#statement = null
    this.#group = ''
    if (statement === null) return
    this.#records.enclose({
      level: 0,
      first: this.#first,
      cells: statementFields.map((name) => textOf(statement.get(name))),
    })
  }
}

/** Aggregates of a statement that have fields. */
const groups = new Set(statementFields.flatMap((name) => (name.includes('.') ? [name.split('.')[0] as string] : [])))

const textOf = (text: string | undefined): string | undefined => (text === undefined ? undefined : trimmed(text))

const isStatementEnd = (name: string): boolean => name.startsWith('/') && statements.has(name.slice(1))

const hasDoctype = (name: string): Fault =>
  new Fault(
    'file.entities',
    `${name}: it has a document type (DOCTYPE), which OFX has not. Nothing of it is read.`,
    'Ask the sender for the file without a DOCTYPE: entities can make a small file huge and read other files.',
  )
