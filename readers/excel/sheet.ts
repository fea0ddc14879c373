import { damaged, tooManyColumns } from '../faults.ts'
import type { RecordWriter } from '../record-file.ts'
import { type Merge, mergedLines, mergeOf, mostMerges } from '../tables/merges.ts'
import type { XmlHandler, XmlScanner } from '../xml/xml-scanner.ts'
import type { CellBytes } from './cell-bytes.ts'
import { isCutShort } from './cell-bytes.ts'
import type { CellCount } from './cell-count.ts'
import { isoText, type NumberText } from './cell-text.ts'
import { absent, type GridRow } from './grid-row.ts'
import { general, type NumberFormat } from './number-format.ts'
import type { SharedStrings } from './shared-strings.ts'

/** What reading a sheet's part takes. */
export interface SheetTask {
  /** Names the sheet in messages: `sales.xlsx sheet "Jan"`. */
  readonly where: string
  readonly writer: RecordWriter
  readonly row: GridRow
  readonly cell: CellBytes
  readonly cells: CellCount
  readonly strings: SharedStrings
  readonly styles: readonly NumberFormat[]
  readonly numberText: NumberText
  /** Whether plain numbers of up to 15 digits are kept as the file writes them. */
  readonly areStored: boolean
}

/** The types of cells (`t`) by what their value is. */
const types = { n: 'number', s: 'shared', str: 'text', inlineStr: 'text', b: 'boolean', e: 'error', d: 'iso' } as const
type CellType = (typeof types)[keyof typeof types]

/** Rows and columns that Excel has at most. */
const lastLine = 1_048_576
const mostColumns = 16_384

/**
 * Takes the elements of a sheet and writes its rows: ECMA-376 part 1, 18.3. Rows without a `row` element are no records.
 * A row or cell without a reference is the one behind the last; `dimension` is not believed.
 */
export class SheetHandler implements XmlHandler {
  readonly #task: SheetTask
  /** Merged cells near the top. */
  readonly merges: Merge[] = []
  #isData = false
  #line = 0
  #column = -1
  #type: CellType = 'number'
  #style = 0
  /** Whether the cell at hand has a value, and a formula. */
  #hasValue = false
  #hasFormula = false
  #isText = false
  #isSpoken = false

  constructor(task: SheetTask) {
    this.#task = task
  }

  open(name: string, tag: XmlScanner): void {
    if (!this.#isData) {
      if (name === 'sheetData') this.#isData = true
      else if (name === 'mergeCell') this.#merge(tag)
      return
    }
    switch (name) {
      case 'c':
        this.#openCell(tag)
        return
      case 'v':
      case 't':
        this.#isText = !this.#isSpoken
        this.#hasValue = true
        return
      case 'f':
        this.#hasFormula = true
        return
      case 'row':
        this.#openRow(tag)
        return
      case 'rPh':
        this.#isSpoken = true
    }
  }

  close(name: string): void {
    if (!this.#isData) return
    switch (name) {
      case 'c':
        this.#closeCell()
        return
      case 'v':
      case 't':
        this.#isText = false
        return
      case 'row':
        this.#closeRow()
        return
      case 'rPh':
        this.#isSpoken = false
        return
      case 'sheetData':
        this.#isData = false
    }
  }

  text(bytes: Buffer, from: number, to: number, isPlain: boolean, scanner: XmlScanner): void {
    if (this.#isText) this.#task.cell.add(this.#line, bytes, from, to, isPlain, scanner)
  }

  #openRow(tag: XmlScanner): void {
    const last = this.#line
    this.#line = last + 1
    this.#column = -1
    this.#task.row.clear()
    while (tag.nextAttribute()) {
      if (tag.nameTo - tag.nameFrom !== 1 || tag.bytes[tag.nameFrom] !== 0x72 /* r */) continue
      this.#line = Number(tag.attributeValue)
      if (!Number.isInteger(this.#line) || this.#line <= last || this.#line > lastLine)
        throw damaged(this.#task.where, `row "${tag.attributeValue}" comes after row ${last}`)
    }
  }

  #closeRow(): void {
    const { writer, row, cells, where } = this.#task
    cells.add(where, this.#line, Math.max(row.count, this.#column + 1))
    writer.putRow(this.#line, row)
  }

  #openCell(tag: XmlScanner): void {
    const { bytes } = tag
    this.#column++
    this.#type = 'number'
    this.#style = 0
    this.#hasValue = false
    this.#hasFormula = false
    this.#task.cell.clear()
    while (tag.nextAttribute()) {
      if (tag.nameTo - tag.nameFrom !== 1) continue
      const { valueFrom, valueTo } = tag
      switch (bytes[tag.nameFrom]) {
        case 0x72: // r
          this.#column = columnAt(bytes, valueFrom, valueTo)
          break
        case 0x73: // s
          this.#style = wholeAt(bytes, valueFrom, valueTo)
          break
        case 0x74: // t
          this.#type = this.#typeOf(bytes, valueFrom, valueTo)
      }
    }
    const { row, where } = this.#task
    if (this.#column >= mostColumns)
      throw tooManyColumns(`${where} record ${this.#line}`, this.#column + 1, mostColumns)
    if (this.#column < 0 || (this.#column < row.count && row.states[this.#column] !== absent))
      throw damaged(where, `row ${this.#line} has a cell twice, or one without a column`)
  }

  #typeOf(bytes: Buffer, from: number, to: number): CellType {
    if (to - from === 1 && bytes[from] === 0x73) return 'shared'
    const name = bytes.toString('latin1', from, to)
    if (Object.hasOwn(types, name)) return types[name as keyof typeof types]
    throw damaged(this.#task.where, `row ${this.#line} has a cell of the unknown type "${name}"`)
  }

  #closeCell(): void {
    const { row, cell, strings } = this.#task
    if (!this.#hasValue || (cell.used === 0 && this.#type !== 'text')) {
      // A formula whose result nobody stored: what the cell says is not in the file.
      if (this.#hasFormula) row.putLost(this.#line, this.#column)
      return
    }
    switch (this.#type) {
      case 'number':
        this.#putNumber()
        return
      case 'shared': {
        const index = wholeAt(cell.bytes, 0, cell.used)
        if (index < 0 || index >= strings.count)
          throw damaged(this.#task.where, `row ${this.#line} has shared string ${cell}, of ${strings.count}`)
        strings.put(index, row, this.#line, this.#column)
        return
      }
      case 'text':
        cell.unescape()
        this.#putCell(isCutShort(cell.bytes, 0, cell.used))
        return
      case 'boolean':
        row.putText(this.#line, this.#column, /^(1|true)$/.test(`${cell}`) ? 'TRUE' : 'FALSE', false)
        return
      case 'error':
        this.#putCell(true)
        return
      case 'iso':
        row.putText(this.#line, this.#column, isoText(`${cell}`), false)
        return
    }
  }

  #putCell(isDamaged: boolean): void {
    const { row, cell } = this.#task
    row.putBytes(this.#line, this.#column, cell.bytes, 0, cell.used, isDamaged)
  }

  #putNumber(): void {
    const { row, cell, styles, numberText, areStored } = this.#task
    const format = styles[this.#style] ?? general
    if (areStored && format.kind === 'number' && isPlainNumber(cell.bytes, cell.used)) {
      this.#putCell(false)
      return
    }
    const { text, isDamaged } = numberText(`${cell}`.trim(), format)
    row.putText(this.#line, this.#column, text, isDamaged)
  }

  #merge(tag: XmlScanner): void {
    const merge = mergeOf(tag.attributes().get('ref') ?? '')
    if (merge !== null && merge.top <= mergedLines && this.merges.length < mostMerges) this.merges.push(merge)
  }
}

/** A number of at most 15 digits without an exponent: its text is its stored text. */
function isPlainNumber(bytes: Uint8Array, used: number): boolean {
  let at = bytes[0] === 0x2d ? 1 : 0
  let point = -1
  const first = at
  for (; at < used; at++) {
    const byte = bytes[at] as number
    if (byte === 0x2e && point < 0) point = at
    else if (byte < 0x30 || byte > 0x39) return false
  }
  const digits = used - first - (point < 0 ? 0 : 1)
  return digits > 0 && digits <= 15
}

/** The column of `AB12`, from 0; -1 where there are no letters. */
function columnAt(bytes: Uint8Array, from: number, to: number): number {
  let column = 0
  for (let at = from; at < to; at++) {
    const letter = (bytes[at] as number) & 0xdf // upper case
    if (letter < 0x41 || letter > 0x5a) break
    column = Math.min(column * 26 + letter - 0x40, 0x7fffffff)
  }
  return column - 1
}

/** A whole number from 0; -1 where it is none. */
function wholeAt(bytes: Uint8Array, from: number, to: number): number {
  let value = 0
  for (let at = from; at < to; at++) {
    const digit = (bytes[at] as number) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return from === to ? -1 : value
}
