import { damaged } from '../faults.ts'
import type { RecordWriter } from '../record-file.ts'
import { type Merge, mergedLines, mostMerges } from '../tables/merges.ts'
import { Biff, record } from './biff.ts'
import { isCutShort } from './cell-bytes.ts'
import type { CellCount } from './cell-count.ts'
import type { NumberText } from './cell-text.ts'
import { absent, type GridRow } from './grid-row.ts'
import { general } from './number-format.ts'
import { type Globals, longText } from './xls-globals.ts'

/** What reading a sheet of an XLS takes. */
export interface XlsSheetTask {
  /** Names the sheet in messages. */
  readonly where: string
  readonly stream: Buffer
  /** Where the sheet begins in the stream. */
  readonly at: number
  readonly globals: Globals
  readonly writer: RecordWriter
  readonly row: GridRow
  readonly cells: CellCount
  readonly numberText: NumberText
}

/** Records that are cells with something in them. */
const cellTypes: ReadonlySet<number> = new Set([
  record.formula,
  record.multipleRk,
  record.richString,
  record.labelShared,
  record.number,
  record.label,
  record.boolOrError,
  record.rk,
])

/**
 * Write the rows of a sheet that have cells; returns its merged cells.
 *
 * @throws Fault "file.damaged", "file.too-many-columns", "file.too-many-cells", "file.record-too-long"
 */
export function writeXlsSheet(task: XlsSheetTask): Merge[] {
  const { where, writer, row, cells } = task
  const { places, merges } = placesOf(task)
  let last = -1
  const end = () => {
    if (last < 0) return
    cells.add(where, last + 1, row.count)
    writer.putRow(last + 1, row)
  }
  for (const { line, at } of places) {
    if (line !== last) {
      end()
      row.clear()
      last = line
    }
    const biff = new Biff(where, task.stream, at)
    biff.next()
    putCells(task, biff, line + 1)
  }
  end()
  return merges
}

interface Place {
  readonly line: number
  /** Where its record begins. */
  readonly at: number
}

/** The cells' records in the order of their rows, which the file need not keep. */
function placesOf({ where, stream, at: start }: XlsSheetTask): { places: Place[]; merges: Merge[] } {
  const places: Place[] = []
  const merges: Merge[] = []
  const biff = new Biff(where, stream, start)
  biff.next()
  if (biff.type !== record.bof) throw damaged(where, 'its cells are nowhere')
  let isSorted = true
  for (let depth = 1; depth > 0; ) {
    const at = biff.to
    biff.next()
    if (biff.type === record.bof) depth++
    else if (biff.type === record.eof) depth--
    else if (depth > 1)
      continue // a chart in the sheet
    else if (cellTypes.has(biff.type)) {
      biff.need(6)
      const line = stream.readUInt16LE(biff.from)
      isSorted &&= line >= (places.at(-1)?.line ?? 0)
      places.push({ line, at })
    } else if (biff.type === record.mergedCells) putMerges(biff, merges)
  }
  return { places: isSorted ? places : places.sort((a, b) => a.line - b.line), merges }
}

function putMerges({ bytes, from, to }: Biff, merges: Merge[]): void {
  for (let at = from + 2; at + 8 <= to && merges.length < mostMerges; at += 8) {
    const [top = 0, bottom = 0, left = 0, right = 0] = [0, 2, 4, 6].map((i) => bytes.readUInt16LE(at + i))
    if (top < mergedLines) merges.push({ top: top + 1, bottom: bottom + 1, left, right })
  }
}

/** Errors as the file has them: [MS-XLS] 2.5.10. */
const errors: Readonly<Record<number, string>> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
  43: '#GETTING_DATA',
}

/** Put the cells of one record into the row. */
function putCells(task: XlsSheetTask, biff: Biff, line: number): void {
  const { where, globals, row, numberText } = task
  const { bytes, from, to } = biff
  const put = (column: number, text: string, isDamaged: boolean) => {
    check(column)
    row.putText(line, column, text, isDamaged)
  }
  const check = (column: number) => {
    if (column < row.count && row.states[column] !== absent) throw damaged(where, `row ${line} has a cell twice`)
  }
  const putNumber = (column: number, style: number, value: number) => {
    const { text, isDamaged } = numberText(String(value), globals.formats[style] ?? general)
    put(column, text, isDamaged)
  }
  const putLabel = (column: number, text: string) => {
    const head = Buffer.from(text.slice(0, 32))
    put(column, text, isCutShort(head, 0, head.length))
  }
  const putBoolean = (column: number, value: number) => put(column, value === 1 ? 'TRUE' : 'FALSE', false)
  const putError = (column: number, value: number) => put(column, errors[value] ?? `#ERROR ${value}`, true)
  const column = bytes.readUInt16LE(from + 2)
  const style = bytes.readUInt16LE(from + 4)
  switch (biff.type) {
    case record.number:
      biff.need(14)
      putNumber(column, style, bytes.readDoubleLE(from + 6))
      break
    case record.rk:
      biff.need(10)
      putNumber(column, style, rkNumber(bytes, from + 6))
      break
    case record.multipleRk:
      for (let at = from + 4, i = column; at + 6 <= to - 2; at += 6, i++)
        putNumber(i, bytes.readUInt16LE(at), rkNumber(bytes, at + 2))
      break
    case record.labelShared: {
      biff.need(10)
      const index = bytes.readUInt32LE(from + 6)
      if (index >= globals.strings.count)
        throw damaged(where, `row ${line} has shared string ${index}, of ${globals.strings.count}`)
      check(column)
      globals.strings.put(index, row, line, column)
      break
    }
    case record.label:
    case record.richString:
      putLabel(column, labelAt(biff, globals))
      break
    case record.boolOrError:
      biff.need(8)
      if (bytes[from + 7] === 0) putBoolean(column, bytes[from + 6] as number)
      else putError(column, bytes[from + 6] as number)
      break
    case record.formula: {
      biff.need(14)
      const isNumber = bytes.readUInt16LE(from + 12) !== 0xffff
      const kind = bytes[from + 6]
      if (isNumber) putNumber(column, style, bytes.readDoubleLE(from + 6))
      else if (kind === 0) putLabel(column, resultText(biff, globals))
      else if (kind === 1) putBoolean(column, bytes[from + 8] as number)
      else if (kind === 2) putError(column, bytes[from + 8] as number)
      else put(column, '', false)
    }
  }
}

const double = Buffer.alloc(8)

/** A number in 30 bits and two that say how: [MS-XLS] 2.5.217. */
function rkNumber(bytes: Buffer, at: number): number {
  const bits = bytes.readInt32LE(at)
  double.writeInt32LE(bits & ~3, 4)
  const value = (bits & 2) === 0 ? double.readDoubleLE(0) : bits >> 2
  return (bits & 1) === 0 ? value : value / 100
}

function labelAt(biff: Biff, { isBiff8, decode }: Globals): string {
  const { bytes, from } = biff
  if (isBiff8) return longText(biff, from + 6)
  biff.need(8)
  const length = bytes.readUInt16LE(from + 6)
  biff.need(8 + length)
  return decode(bytes.subarray(from + 8, from + 8 + length))
}

/** The text that a formula gave: in the next record of that kind, before the next cell. */
function resultText(biff: Biff, { isBiff8, decode }: Globals): string {
  do {
    biff.next()
    if (cellTypes.has(biff.type) || biff.type === record.eof) return ''
  } while (biff.type !== record.string)
  biff.need(isBiff8 ? 3 : 2)
  const pieces = biff.pieces()
  const length = pieces.uint16()
  return isBiff8 ? pieces.text(length, (pieces.uint8() & 1) === 1) : decode(pieces.take(length))
}
