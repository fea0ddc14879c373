import type { Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import type { Records } from '../records.ts'
import { openBytes } from '../source/bytes.ts'
import { kindNames } from '../source/kind.ts'
import { openSource } from '../source/source.ts'
import { noWorkbook } from './faults.ts'

/**
 * Read a workbook's sheets: XLSX (and XLSM) as a stream, XLS in memory; HTML and XML that only call themselves `.xls` as
 * what they are. Visible sheets come first, in the order of their tabs, then hidden ones; sheets without cells are left
 * out.
 *
 * A cell's text is what `values` says (`stored` or `shown`); a row's raw text is its cells with tabs between them, and it
 * has no range of bytes.
 *
 * @param path the file as it was sent, perhaps packed
 * @throws Fault "file.not-a-workbook", "file.encrypted", "file.damaged" and those of the limits: see docs/reading.md
 */
export async function readExcel(path: string, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  const bytes = await openBytes(path, limits, tempDir)
  try {
    switch (bytes.kind) {
      case 'xlsx':
        return await (await import('./xlsx.ts')).readXlsx(bytes, format, limits, tempDir)
      case 'xls':
        return await (await import('./xls.ts')).readXls(bytes, format, limits, tempDir)
      case null:
        return await readPage(path, format, limits, tempDir)
      default:
        throw noWorkbook(bytes.name, kindNames[bytes.kind])
    }
  } finally {
    bytes.close()
  }
}

async function readPage(path: string, format: Format, limits: Limits, tempDir: string): Promise<Records> {
  const source = await openSource(path, format, limits, tempDir)
  try {
    return await (await import('../xml/html.ts')).readHtml(source, format, limits, tempDir)
  } finally {
    source.close()
  }
}
