import type { Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { RecordWriter } from '../record-file.ts'
import { closeRecords, type Records, type Sheet } from '../records.ts'
import type { Bytes } from '../source/bytes.ts'
import { CellBytes } from './cell-bytes.ts'
import { CellCount } from './cell-count.ts'
import { numberTextOf } from './cell-text.ts'
import { GridRow } from './grid-row.ts'
import { openPackage, type Package } from './package.ts'
import { readSharedStrings, SharedStrings } from './shared-strings.ts'
import { SheetHandler, type SheetTask } from './sheet.ts'
import { readStyles } from './styles.ts'
import { readWorkbook } from './workbook.ts'

/**
 * Read an XLSX file, each sheet once from its start to its end. Memory: the table of shared strings, one row, and pieces
 * of 256 KB.
 *
 * @throws Fault: see docs/reading.md
 */
export async function readXlsx(bytes: Bytes, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  const parts = await openPackage(bytes, limits)
  try {
    return { kind: 'grid', sheets: await readSheets(parts, format, limits, tempDir) }
  } finally {
    parts.close()
  }
}

async function readSheets(parts: Package, format: Format, limits: Limits, tempDir: string): Promise<Sheet[]> {
  const book = await readWorkbook(parts, limits)
  const styles = book.styles === null ? [] : await readStyles(parts, book.styles)
  const strings =
    book.strings === null ? new SharedStrings(parts.file, limits) : await readSharedStrings(parts, book.strings, limits)
  const numberText = await numberTextOf(format.values, book.is1904)
  const areStored = format.values === 'stored'
  const cells = new CellCount(limits.cells)
  const visibleFirst = [...book.sheets].sort((a, b) => Number(a.isHidden) - Number(b.isHidden))
  const sheets: Sheet[] = []
  try {
    for (const { name, part } of visibleFirst) {
      if (format.sheet !== null && name !== format.sheet) continue
      const where = `${parts.file} sheet "${name}"`
      const writer = new RecordWriter(tempDir, where, limits)
      const row = new GridRow(where, limits)
      const cell = new CellBytes(where, limits.recordBytes)
      const task = { where, writer, row, cell, cells, strings, styles, numberText, areStored }
      const sheet = await readSheet(parts, part, name, task)
      if (sheet !== null) sheets.push(sheet)
    }
    return sheets
  } catch (error) {
    closeRecords({ kind: 'grid', sheets })
    throw error
  }
}

/** Null where no row has a cell. */
async function readSheet(parts: Package, part: string, name: string, task: SheetTask): Promise<Sheet | null> {
  const { writer } = task
  const handler = new SheetHandler(task)
  try {
    await parts.read(part, handler)
  } catch (error) {
    writer.abandon()
    throw error
  }
  const file = writer.end()
  if (file.width > 0) return { name, file, merges: handler.merges }
  file.close()
  return null
}
