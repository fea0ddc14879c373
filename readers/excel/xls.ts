import { readFileSync } from 'node:fs'
import type { Format } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { RecordWriter } from '../record-file.ts'
import { closeRecords, type Records, type Sheet } from '../records.ts'
import type { Bytes } from '../source/bytes.ts'
import { CellCount } from './cell-count.ts'
import { numberTextOf } from './cell-text.ts'
import { openCompound } from './compound.ts'
import { encrypted, noWorkbook, tooManySheets } from './faults.ts'
import { GridRow } from './grid-row.ts'
import { readGlobals } from './xls-globals.ts'
import { writeXlsSheet, type XlsSheetTask } from './xls-sheet.ts'

/**
 * Read an XLS file (Excel 5 to 2003: BIFF5 and BIFF8), in memory: its sheets have at most 65,536 rows and 256 columns.
 *
 * @throws Fault "file.xls-too-large", "file.encrypted", "file.not-a-workbook", "file.damaged", "file.too-many-sheets"
 */
export async function readXls(bytes: Bytes, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  const { name: file, path, size } = bytes
  if (size > limits.xlsBytes) throw tooLarge(file, size, limits.xlsBytes)
  const stream = streamOf(file, readFileSync(path))
  const globals = readGlobals(file, stream, limits)
  if (globals.sheets.length > limits.sheets) throw tooManySheets(file, globals.sheets.length, limits.sheets)
  const numberText = await numberTextOf(format.values, globals.is1904)
  const cells = new CellCount(limits.cells)
  const visibleFirst = [...globals.sheets].sort((a, b) => Number(a.isHidden) - Number(b.isHidden))
  const sheets: Sheet[] = []
  try {
    for (const { name, at } of visibleFirst) {
      if (format.sheet !== null && name !== format.sheet) continue
      const where = `${file} sheet "${name}"`
      const writer = new RecordWriter(tempDir, where, limits)
      const row = new GridRow(where, limits)
      const sheet = readSheet(name, { where, stream, at, globals, writer, row, cells, numberText })
      if (sheet !== null) sheets.push(sheet)
    }
    return { kind: 'grid', sheets }
  } catch (error) {
    closeRecords({ kind: 'grid', sheets })
    throw error
  }
}

/** The workbook's stream: in a compound file, or, before Excel 5, the file itself. */
function streamOf(file: string, bytes: Buffer): Buffer {
  if (bytes.readUInt32BE(0) !== 0xd0cf11e0) return bytes
  const streams = openCompound(file, bytes)
  if (streams.has('EncryptedPackage')) throw encrypted(file)
  const name = ['Workbook', 'Book', 'WORKBOOK', 'BOOK'].find((one) => streams.has(one))
  if (name === undefined) throw noWorkbook(file, 'an old Office document without a workbook')
  return streams.read(name)
}

/** Null where no row has a cell. */
function readSheet(name: string, task: XlsSheetTask): Sheet | null {
  try {
    const merges = writeXlsSheet(task)
    const file = task.writer.end()
    if (file.width > 0) return { name, file, merges }
    file.close()
    return null
  } catch (error) {
    task.writer.abandon()
    throw error
  }
}

const tooLarge = (file: string, bytes: number, limit: number): Fault =>
  new Fault(
    'file.xls-too-large',
    `${file} is an XLS of ${bytes} bytes, more than the limit of ${limit}: XLS is read in memory.`,
    'Ask the sender for XLSX or CSV. If this file is right, raise limits.xls_bytes in entrepot.yaml.',
    { details: { bytes, limit } },
  )
