import type { Format, FormatType } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import type { Records } from './records.ts'
import { openSource, type Source } from './source/source.ts'

/** Whether a format is read from the bytes of the file; all others are read from its text, a `Source`. */
export const isOfBytes = (type: FormatType): boolean => type === 'excel' || type === 'parquet' || type === 'arrow'

/**
 * Read a file of any format but delimited text and JSON into records. Each format's code is loaded when it is needed.
 *
 * @param path the file as it was sent, perhaps compressed
 * @param opened its text, where it is open already; it is closed at the end
 * @throws Fault "file.…": see docs/reading.md
 */
export async function recordsOf(
  path: string,
  format: Format,
  limits: Limits,
  tempDir: string,
  opened: Source | null,
): Promise<Records> {
  switch (format.type) {
    case 'excel':
      return (await import('./excel/excel.ts')).readExcel(path, format, limits, tempDir)
    case 'parquet':
      return (await import('./columnar/parquet.ts')).readParquet(path, limits, tempDir)
    case 'arrow':
      return (await import('./columnar/arrow.ts')).readArrow(path, limits, tempDir)
    default: {
      const source = opened ?? (await openSource(path, format, limits, tempDir))
      try {
        return await recordsOfText(source, format, limits, tempDir)
      } finally {
        source.close()
      }
    }
  }
}

async function recordsOfText(source: Source, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  switch (format.type) {
    case 'mt940':
      return (await import('./bank/mt940.ts')).readMt940(source, limits, tempDir)
    case 'bai2':
      return (await import('./bank/bai2.ts')).readBai2(source, limits, tempDir)
    case 'camt':
      return (await import('./xml/camt.ts')).readCamt(source, limits, tempDir)
    case 'ofx':
      return (await import('./xml/ofx.ts')).readOfx(source, limits, tempDir)
    case 'xml':
      return (await import('./xml/xml.ts')).readXml(source, format, limits, tempDir)
    case 'fixed':
      return (await import('./fixed/fixed-width.ts')).readFixedWidth(source, format, limits, tempDir)
    case 'html':
      return (await import('./xml/html.ts')).readHtml(source, format, limits, tempDir)
    default:
      throw new Error(`there is no reader of ${format.type}`)
  }
}
