import { decodeHTML } from 'entities'
import type { Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { repairUtf8 } from '../encoding/utf8.ts'
import { isCutShort } from '../excel/cell-bytes.ts'
import { CellCount } from '../excel/cell-count.ts'
import { noWorkbook, tooManySheets } from '../excel/faults.ts'
import { HeldText } from '../excel/held-text.ts'
import { decimalOf } from '../excel/numbers.ts'
import { tooManyColumns } from '../faults.ts'
import { RecordWriter } from '../record-file.ts'
import { closeRecords, type Sheet } from '../records.ts'
import type { Source } from '../source/source.ts'
import { type Merge, mergedLines, mostMerges } from '../tables/merges.ts'

interface Row {
  /** Where it begins in the text, and in the source. */
  readonly at: number
  readonly start: number
  readonly cells: (string | undefined)[]
  readonly damaged: number[]
}

interface Cell {
  readonly column: number
  /** The number that Excel writes beside the text it shows. */
  readonly number: string | undefined
  text: string
}

interface Table {
  readonly index: number
  readonly name: string
  readonly where: string
  readonly writer: RecordWriter
  readonly merges: Merge[]
  /** For each column, how many rows more a cell from above reaches down. */
  reaches: number[]
  rows: number
  hasText: boolean
  row: Row | undefined
  cell: Cell | undefined
}

/** Cells reach so far at most: HTML Living Standard, 4.9.11. */
const mostAcross = 1000
const mostDown = 65_534

const groups = new Set(['thead', 'tbody', 'tfoot'])

/** Elements that stand on lines of their own. */
const blocks = new Set(['p', 'div', 'li', 'ul', 'ol', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'pre', 'address', 'hr'])

/** Text in these is no text of the page. */
const silent = new Set(['script', 'style', 'title', 'noscript', 'template', 'xml'])

const errors = new Set(['#N/A', '#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#NUM!', '#NULL!'])

/** Where a line ends: no byte. */
const lineEnd = '\u2028'

/**
 * Makes the tables of an HTML file from its tags, in order. Tags that are left out are made up: a cell ends where the next
 * begins, and so does a row. A table inside a cell is a table of its own and no text of that cell.
 *
 * Texts have a character for each byte of the source's text, and positions count these.
 */
export class HtmlTables {
  readonly #source: Source
  readonly #format: Format
  readonly #limits: Limits
  readonly #tempDir: string
  readonly #cells: CellCount
  readonly #held: HeldText
  /** Tables inside each other. */
  readonly #open: Table[] = []
  readonly #done: { readonly index: number; readonly sheet: Sheet }[] = []
  #tables = 0
  #silent = 0

  constructor(source: Source, format: Format, limits: Limits, tempDir: string) {
    this.#source = source
    this.#format = format
    this.#limits = limits
    this.#tempDir = tempDir
    this.#cells = new CellCount(limits.cells)
    this.#held = new HeldText(source, limits.recordBytes)
  }

  /** The next piece of the text, before its tags are told. @throws Fault "file.record-too-long" */
  hold(piece: Buffer): void {
    this.#held.add(piece, this.#open.find(({ row }) => row !== undefined)?.row?.at)
  }

  /** @param at where the tag begins */
  open(name: string, attributes: Readonly<Record<string, string>>, at: number): void {
    if (silent.has(name)) this.#silent++
    if (name === 'table') {
      this.#openTable()
      return
    }
    const table = this.#open.at(-1)
    if (table === undefined) return
    if (name === 'tr') this.#openRow(table, at)
    else if (groups.has(name)) this.#endGroup(table, at)
    else if (name === 'td' || name === 'th') this.#openCell(table, attributes, at)
    else if (table.cell !== undefined && (name === 'br' || blocks.has(name))) table.cell.text += lineEnd
  }

  /** @param at where the tag ends; where it is left out, where the next one begins */
  close(name: string, at: number): void {
    if (silent.has(name)) this.#silent--
    const table = this.#open.at(-1)
    if (table === undefined) return
    if (name === 'table') this.#closeTable(table, at)
    else if (name === 'tr') this.#closeRow(table, at)
    else if (name === 'td' || name === 'th') this.#closeCell(table)
    else if (groups.has(name)) this.#endGroup(table, at)
    else if (table.cell !== undefined && blocks.has(name)) table.cell.text += lineEnd
  }

  text(text: string): void {
    const cell = this.#open.at(-1)?.cell
    if (cell !== undefined && this.#silent === 0) cell.text += text
  }

  /** All tables with text. @throws Fault "file.not-a-workbook" where the file has no table at all */
  end(): Sheet[] {
    if (this.#tables === 0) throw noWorkbook(this.#source.name, 'neither a workbook nor HTML with a table')
    return this.#done.sort((a, b) => a.index - b.index).map(({ sheet }) => sheet)
  }

  abandon(): void {
    for (const { writer } of this.#open) writer.abandon()
    closeRecords({ kind: 'grid', sheets: this.#done.map(({ sheet }) => sheet) })
  }

  #openTable(): void {
    const index = this.#tables++
    const { sheets } = this.#limits
    if (index >= sheets) throw tooManySheets(this.#source.name, index + 1, sheets)
    const name = `table ${index + 1}`
    const where = `${this.#source.name} ${name}`
    const writer = new RecordWriter(this.#tempDir, where, this.#limits)
    const begun = { rows: 0, hasText: false, row: undefined, cell: undefined }
    this.#open.push({ index, name, where, writer, merges: [], reaches: [], ...begun })
  }

  #closeTable(table: Table, at: number): void {
    this.#closeRow(table, at)
    this.#open.pop()
    const file = table.writer.end()
    const isWanted = this.#format.sheet === null || this.#format.sheet === table.name
    if (table.hasText && isWanted) {
      const { index, name, merges } = table
      this.#done.push({ index, sheet: { name, file, merges } })
    } else file.close()
  }

  #openRow(table: Table, at: number): void {
    this.#closeRow(table, at)
    table.rows++
    table.row = { at, start: this.#held.sourceAt(at), cells: [], damaged: [] }
  }

  #closeRow(table: Table, at: number): void {
    this.#closeCell(table)
    const { row } = table
    if (row === undefined) return
    table.row = undefined
    const end = this.#held.trimmed(row.at, at)
    const { start, cells, damaged } = row
    const { text: raw, isText } = this.#held.slice(row.at, end)
    this.#cells.add(table.where, table.rows, Math.max(cells.length, table.reaches.length))
    table.reaches = table.reaches.some((rows) => rows > 1) ? table.reaches.map((rows) => Math.max(rows - 1, 0)) : []
    const length = this.#held.sourceAt(end) - start
    const kind = isText ? fault.none : fault.encoding
    table.writer.put({ line: table.rows, start, length, raw, cells, damaged, fault: kind })
  }

  /** No cell reaches beyond its group of rows. */
  #endGroup(table: Table, at: number): void {
    this.#closeRow(table, at)
    table.reaches = []
  }

  #openCell(table: Table, attributes: Readonly<Record<string, string>>, at: number): void {
    this.#closeCell(table)
    if (table.row === undefined) this.#openRow(table, at)
    const { reaches, rows, merges } = table
    let column = (table.row as Row).cells.length
    while ((reaches[column] ?? 0) > 0) column++
    const across = Math.min(wholeOf(attributes.colspan) || 1, mostAcross)
    const down = attributes.rowspan === '0' ? mostDown : Math.min(wholeOf(attributes.rowspan) || 1, mostDown)
    const { columns } = this.#limits
    if (column + across > columns) throw tooManyColumns(`${table.where} record ${rows}`, column + across, columns)
    for (let i = column; i < column + across; i++) {
      while (reaches.length <= i) reaches.push(0)
      reaches[i] = down // this row is counted off when it ends
    }
    const isMerged = across + down > 2 && rows <= mergedLines && merges.length < mostMerges
    if (isMerged) merges.push({ top: rows, bottom: rows + down - 1, left: column, right: column + across - 1 })
    table.cell = { column, number: attributes['x:num'], text: '' }
  }

  #closeCell(table: Table): void {
    const { cell, row } = table
    if (cell === undefined || row === undefined) return
    table.cell = undefined
    const shown = textOf(cell.text)
    const isCut = isCutShort(Buffer.from(shown.slice(0, 32)), 0, Math.min(shown.length, 32))
    const stored = isCut && this.#format.values === 'stored' ? decimalOf(cell.number ?? '') : null
    const text = stored?.text ?? shown
    while (row.cells.length < cell.column) row.cells.push(undefined)
    row.cells[cell.column] = text
    if (stored?.isDamaged ?? (isCut || errors.has(text))) row.damaged.push(cell.column)
    if (text !== '') table.hasText = true
  }
}

const wholeOf = (text: string | undefined): number =>
  /^\s*\d{1,9}/.test(text ?? '') ? Number.parseInt(text ?? '', 10) : 0

/** A cell's text as a browser lays it out: white space is one space, `<br>` and blocks end lines. */
function textOf(source: string): string {
  const lines = source.split(lineEnd).map((line) => {
    const bytes = Buffer.from(line.replace(/[ \t\r\n\f]+/g, ' '), 'latin1')
    repairUtf8(bytes)
    return decodeHTML(bytes.toString()).trim()
  })
  return lines.join('\n').replace(/\n\n+/g, '\n').trim()
}
