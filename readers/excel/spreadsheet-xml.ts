import type { Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { damaged } from '../faults.ts'
import { RecordWriter } from '../record-file.ts'
import { closeRecords, type Records, type Sheet } from '../records.ts'
import type { Source } from '../source/source.ts'
import { type Merge, mergedLines, mostMerges } from '../tables/merges.ts'
import { type XmlHandler, XmlScanner } from '../xml/xml-scanner.ts'
import { CellBytes, isCutShort } from './cell-bytes.ts'
import { CellCount } from './cell-count.ts'
import { isoText } from './cell-text.ts'
import { tooManySheets } from './faults.ts'
import { absent, GridRow } from './grid-row.ts'
import { decimalOf } from './numbers.ts'

/**
 * Read an "XML Spreadsheet 2003", which Excel and many a shop save as `.xls`: `Workbook/Worksheet/Table/Row/Cell/Data`.
 *
 * Dates are ISO 8601 in it, and what cells show is not; `values: shown` reads the same.
 *
 * @throws Fault "file.damaged", "file.entities", "file.too-many-sheets" and those of the limits
 */
export async function readSpreadsheetXml(
  source: Source,
  format: Format,
  limits: Limits,
  tempDir: string,
): Promise<Records> {
  const handler = new WorkbookHandler(source.name, format, limits, tempDir)
  const bounds = { where: source.name, depth: limits.depth, tokenBytes: limits.recordBytes, isDecoded: true }
  const scanner = new XmlScanner(bounds, handler)
  try {
    for (let at = 0; at < source.bytes; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, source.bytes - at))
      at += source.read(piece, 0, piece.length, at)
      scanner.write(piece)
    }
    scanner.end()
    const visibleFirst = handler.sheets.sort((a, b) => Number(a.isHidden) - Number(b.isHidden))
    return { kind: 'grid', sheets: visibleFirst }
  } catch (error) {
    handler.abandon()
    throw error
  }
}

const pieceBytes = 1 << 18

class WorkbookHandler implements XmlHandler {
  readonly #file: string
  readonly #format: Format
  readonly #limits: Limits
  readonly #tempDir: string
  readonly #cells: CellCount
  readonly sheets: (Sheet & { isHidden: boolean })[] = []
  #seen = 0
  /** The sheet at hand; undefined between sheets and in one that is not wanted. */
  #writer: RecordWriter | undefined
  #name = ''
  #where: string
  #isHidden = false
  #isVisibility = false
  #merges: Merge[] = []
  #row: GridRow
  #cell: CellBytes
  #line = 0
  /** The cell at hand, and the last column it spans. */
  #column = -1
  #last = -1
  #type = ''
  #hasFormula = false
  #hasData = false
  #isData = false
  #isComment = false

  constructor(file: string, format: Format, limits: Limits, tempDir: string) {
    this.#file = file
    this.#where = file
    this.#format = format
    this.#limits = limits
    this.#tempDir = tempDir
    this.#cells = new CellCount(limits.cells)
    this.#row = new GridRow(file, limits)
    this.#cell = new CellBytes(file, limits.recordBytes)
  }

  abandon(): void {
    this.#writer?.abandon()
    closeRecords({ kind: 'grid', sheets: this.sheets })
  }

  open(name: string, tag: XmlScanner): void {
    if (name === 'Worksheet') this.#openSheet(tag.attributes().get('Name') ?? '')
    else if (this.#writer === undefined) return
    else if (name === 'Row') this.#openRow(tag.attributes().get('Index'))
    else if (name === 'Cell') this.#openCell(tag.attributes())
    else if (name === 'Comment') this.#isComment = true
    else if (name === 'Visible') this.#isVisibility = true
    else if (name === 'Data' && !this.#isComment) {
      this.#type = tag.attributes().get('Type') ?? 'String'
      this.#isData = true
      this.#hasData = true
    }
  }

  close(name: string): void {
    if (name === 'Worksheet') this.#closeSheet()
    else if (name === 'Row') this.#closeRow()
    else if (name === 'Cell') this.#closeCell()
    else if (name === 'Comment') this.#isComment = false
    else if (name === 'Visible') this.#isVisibility = false
    else if (name === 'Data') this.#isData = false
  }

  text(bytes: Buffer, from: number, to: number, isPlain: boolean, scanner: XmlScanner): void {
    if (this.#isData) this.#cell.add(this.#line, bytes, from, to, isPlain, scanner)
    else if (this.#isVisibility) this.#isHidden = /Hidden/.test(scanner.decode(from, to))
  }

  #openSheet(name: string): void {
    this.#seen++
    if (this.#seen > this.#limits.sheets) throw tooManySheets(this.#file, this.#seen, this.#limits.sheets)
    if (this.#format.sheet !== null && this.#format.sheet !== name) return
    this.#name = name
    this.#where = `${this.#file} sheet "${name}"`
    this.#writer = new RecordWriter(this.#tempDir, this.#where, this.#limits)
    this.#row = new GridRow(this.#where, this.#limits)
    this.#merges = []
    this.#isHidden = false
    this.#line = 0
  }

  #closeSheet(): void {
    const writer = this.#writer
    if (writer === undefined) return
    this.#writer = undefined
    const file = writer.end()
    if (file.width === 0) file.close()
    else this.sheets.push({ name: this.#name, file, merges: this.#merges, isHidden: this.#isHidden })
  }

  #openRow(index: string | undefined): void {
    const last = this.#line
    this.#line = index === undefined ? last + 1 : Number(index)
    if (!Number.isInteger(this.#line) || this.#line <= last || this.#line > 1_048_576)
      throw damaged(this.#where, `row "${index ?? this.#line}" comes after row ${last}`)
    this.#last = -1
    this.#row.clear()
  }

  #closeRow(): void {
    if (this.#writer === undefined) return
    this.#cells.add(this.#where, this.#line, this.#row.count)
    this.#writer.putRow(this.#line, this.#row)
  }

  #openCell(attributes: ReadonlyMap<string, string>): void {
    const index = attributes.get('Index')
    this.#column = index === undefined ? this.#last + 1 : Number(index) - 1
    if (!Number.isInteger(this.#column) || this.#column < 0 || this.#row.states[this.#column] !== absent)
      if (this.#column < this.#row.states.length)
        throw damaged(this.#where, `row ${this.#line} has a cell twice, or one without a column`)
    const across = Math.max(Number(attributes.get('MergeAcross') ?? 0), 0)
    const down = Math.max(Number(attributes.get('MergeDown') ?? 0), 0)
    this.#last = this.#column + across
    this.#hasFormula = attributes.has('Formula')
    this.#hasData = false
    this.#cell.clear()
    const isMerged = across + down > 0 && this.#line <= mergedLines && this.#merges.length < mostMerges
    if (isMerged)
      this.#merges.push({ top: this.#line, bottom: this.#line + down, left: this.#column, right: this.#last })
  }

  #closeCell(): void {
    if (this.#writer === undefined) return
    if (!this.#hasData) {
      if (this.#hasFormula) this.#row.putLost(this.#line, this.#column)
      return
    }
    const text = `${this.#cell}`
    const { text: value, isDamaged } = dataOf(text, this.#type, this.#cell)
    this.#row.putText(this.#line, this.#column, value, isDamaged)
  }
}

function dataOf(text: string, type: string, cell: CellBytes): { text: string; isDamaged: boolean } {
  switch (type) {
    case 'Number':
      return decimalOf(text.trim()) ?? { text, isDamaged: true }
    case 'DateTime':
      return { text: isoText(text.trim()), isDamaged: false }
    case 'Boolean':
      return { text: text.trim() === '1' ? 'TRUE' : 'FALSE', isDamaged: false }
    case 'Error':
      return { text, isDamaged: true }
    default:
      return { text, isDamaged: isCutShort(cell.bytes, 0, cell.used) }
  }
}
