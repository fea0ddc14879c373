import type { Format } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import type { Records } from './records.ts'

/**
 * Read a file of any format but delimited text and JSON into records. Each format's code is loaded when it is needed.
 *
 * @param path the file as it was sent, perhaps compressed
 * @throws Fault "file.…": see docs/reading.md
 */
export async function recordsOf(path: string, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  switch (format.type) {
    case 'mt940':
      return (await import('./bank/mt940.ts')).readMt940(path, format, limits, tempDir)
    case 'bai2':
      return (await import('./bank/bai2.ts')).readBai2(path, format, limits, tempDir)
    case 'camt':
      return (await import('./xml/camt.ts')).readCamt(path, format, limits, tempDir)
    case 'ofx':
      return (await import('./xml/ofx.ts')).readOfx(path, format, limits, tempDir)
    case 'xml':
      return (await import('./xml/xml.ts')).readXml(path, format, limits, tempDir)
    case 'fixed':
      return (await import('./fixed/fixed-width.ts')).readFixedWidth(path, format, limits, tempDir)
    case 'excel':
      return (await import('./excel/excel.ts')).readExcel(path, format, limits, tempDir)
    case 'html':
      return (await import('./xml/html.ts')).readHtml(path, format, limits, tempDir)
    case 'parquet':
      return (await import('./columnar/parquet.ts')).readParquet(path, limits, tempDir)
    case 'arrow':
      return (await import('./columnar/arrow.ts')).readArrow(path, limits, tempDir)
    default:
      throw new Error(`there is no reader of ${format.type}`)
  }
}
