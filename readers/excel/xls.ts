import { readFileSync } from 'node:fs'
import { type CellObject, type DenseWorkSheet, type Range, read, set_cptable, type WorkBook } from '@e965/xlsx'
import * as codePages from '@e965/xlsx/dist/cpexcel.full.mjs'
import type { Format } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import type { Bytes } from '../bytes.ts'
import { CellCount } from '../cell-count.ts'
import { damaged } from '../faults.ts'
import { GridRow } from '../grid-row.ts'
import { type Merge, mergedLines, mostMerges } from '../merges.ts'
import { RecordWriter } from '../record-file.ts'
import { closeRecords, type Records, type Sheet } from '../records.ts'
import { isCutShort } from './cell-bytes.ts'
import { type CellText, type NumberText, numberTextOf } from './cell-text.ts'
import { encrypted, noWorkbook, tooManySheets } from './faults.ts'
import { general, kindOfCode, type NumberFormat } from './number-format.ts'

/**
 * Read an XLS file (Excel 2 to 2003) with SheetJS, in memory: its sheets have at most 65,536 rows.
 *
 * @throws Fault "file.xls-too-large", "file.encrypted", "file.not-a-workbook", "file.damaged", "file.too-many-sheets"
 */
export async function readXls(
  { name: file, path, size }: Bytes,
  format: Format,
  limits: Limits,
  tempDir: string,
): Promise<Records> {
  if (size > limits.xlsBytes) throw tooLarge(file, size, limits.xlsBytes)
  const book = workbookOf(readFileSync(path), file)
  if (book.SheetNames.length > limits.sheets) throw tooManySheets(file, book.SheetNames.length, limits.sheets)
  const numberText = await numberTextOf(format.values, book.Workbook?.WBProps?.date1904 === true)
  const cells = new CellCount(limits.cells)
  const properties = book.Workbook?.Sheets ?? []
  const tabs = book.SheetNames.map((name, i) => ({ name, isHidden: (properties[i]?.Hidden ?? 0) !== 0 }))
  const sheets: Sheet[] = []
  try {
    for (const { name } of tabs.sort((a, b) => Number(a.isHidden) - Number(b.isHidden))) {
      if (format.sheet !== null && name !== format.sheet) continue
      const where = `${file} sheet "${name}"`
      const sheet = book.Sheets[name] as DenseWorkSheet | undefined
      if (sheet?.['!data'] === undefined) throw damaged(where, 'its cells are nowhere')
      const writer = new RecordWriter(tempDir, where, limits)
      const made = writeSheet(sheet, name, { where, writer, row: new GridRow(where, limits), cells, numberText })
      if (made !== null) sheets.push(made)
    }
    return { kind: 'grid', sheets }
  } catch (error) {
    closeRecords({ kind: 'grid', sheets })
    throw error
  }
}

set_cptable(codePages)

function workbookOf(bytes: Buffer, file: string): WorkBook {
  try {
    return read(bytes, {
      type: 'buffer',
      dense: true,
      cellNF: true,
      cellText: false,
      cellFormula: false,
      cellHTML: false,
    })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    if (/password|encrypt/i.test(why)) throw encrypted(file)
    if (/cannot find workbook/i.test(why)) throw noWorkbook(file, 'an old Office document without a workbook')
    throw damaged(file, `its cells can't be read (${why})`, error)
  }
}

interface Task {
  readonly where: string
  readonly writer: RecordWriter
  readonly row: GridRow
  readonly cells: CellCount
  readonly numberText: NumberText
}

/** Null where no row has a cell. */
function writeSheet(sheet: DenseWorkSheet, name: string, task: Task): Sheet | null {
  const { where, writer, row, cells } = task
  try {
    for (const [index, held] of sheet['!data'].entries()) {
      if (held === undefined) continue // entries() has the gaps too
      row.clear()
      for (const [column, cell] of held.entries()) {
        const text = cell === undefined ? null : cellText(cell, task.numberText)
        if (text !== null) row.putText(index + 1, column, text.text, text.isDamaged)
      }
      cells.add(where, index + 1, row.count)
      writer.putRow(index + 1, row)
    }
  } catch (error) {
    writer.abandon()
    throw error
  }
  const file = writer.end()
  if (file.width > 0) return { name, file, merges: mergesOf(sheet) }
  file.close()
  return null
}

const mergesOf = (sheet: DenseWorkSheet): Merge[] =>
  ((sheet['!merges'] ?? []) as Range[])
    .map(({ s, e }) => ({ top: s.r + 1, bottom: e.r + 1, left: s.c, right: e.c }))
    .filter(({ top }) => top <= mergedLines)
    .slice(0, mostMerges)

/** Errors as the file has them: MS-XLS 2.5.10. */
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

function cellText(cell: CellObject, numberText: NumberText): CellText | null {
  switch (cell.t) {
    case 'n':
      return numberText(String(cell.v), formatOf(cell.z))
    case 'b':
      return { text: cell.v === true ? 'TRUE' : 'FALSE', isDamaged: false }
    case 'e':
      return { text: errors[Number(cell.v)] ?? `#ERROR ${cell.v}`, isDamaged: true }
    case 's': {
      const text = String(cell.v)
      const bytes = Buffer.from(text.slice(0, 32))
      return { text, isDamaged: isCutShort(bytes, 0, bytes.length) }
    }
    default:
      return null
  }
}

const formats = new Map<string | number, NumberFormat>()

function formatOf(code: string | number | undefined): NumberFormat {
  if (code === undefined) return general
  const known = formats.get(code)
  if (known !== undefined) return known
  if (formats.size > 10_000) formats.clear()
  const format = { kind: kindOfCode(String(code)), code }
  formats.set(code, format)
  return format
}

const tooLarge = (file: string, bytes: number, limit: number): Fault =>
  new Fault(
    'file.xls-too-large',
    `${file} is an XLS of ${bytes} bytes, more than the limit of ${limit}: XLS is read in memory.`,
    'Ask the sender for XLSX or CSV. If this file is right, raise limits.xls_bytes in entrepot.yaml.',
    { details: { bytes, limit } },
  )
