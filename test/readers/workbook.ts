import { fileOf } from './support.ts'
import { type ZipEntry, zipOf } from './zip-of.ts'

const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const links = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packageLinks = 'http://schemas.openxmlformats.org/package/2006/relationships'

export interface Book {
  /** Rows of each sheet: what stands inside `sheetData`. */
  readonly sheets?: readonly string[]
  /** What stands behind the cells of the first sheet. */
  readonly behind?: string
  /** What stands inside `sst`; none: the workbook has no such part. */
  readonly strings?: string
  readonly styles?: string
  readonly isHidden?: readonly boolean[]
  /** Further parts, or others in place of those made. */
  readonly parts?: readonly ZipEntry[]
}

/** A workbook's file, part by part: what no spreadsheet program would write. */
export function bookOf(
  { sheets = [], behind = '', strings, styles, isHidden = [], parts = [] }: Book,
  name = 'book.xlsx',
  isDeflated = true,
) {
  const link = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${links}/${type}" Target="${target}"/>`
  const names = sheets.map((_, i) => `Sheet${i + 1}`)
  const own: ZipEntry[] = [
    { name: '[Content_Types].xml', data: '<Types/>' },
    {
      name: '_rels/.rels',
      data: `<Relationships xmlns="${packageLinks}">${link('a', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    },
    {
      name: 'xl/workbook.xml',
      data: `<workbook xmlns="${main}" xmlns:r="${links}"><sheets>${names
        .map((sheet, i) => `<sheet name="${sheet}" r:id="r${i}"${isHidden[i] === true ? ' state="hidden"' : ''}/>`)
        .join('')}</sheets></workbook>`,
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      data: `<Relationships xmlns="${packageLinks}">${names
        .map((sheet, i) => link(`r${i}`, 'worksheet', `worksheets/${sheet}.xml`))
        .join('')}${strings === undefined ? '' : link('s', 'sharedStrings', 'strings.xml')}${
        styles === undefined ? '' : link('y', 'styles', 'styles.xml')
      }</Relationships>`,
    },
    ...sheets.map((rows, i) => ({
      name: `xl/worksheets/Sheet${i + 1}.xml`,
      data: `<worksheet xmlns="${main}"><sheetData>${rows}</sheetData>${i === 0 ? behind : ''}</worksheet>`,
    })),
    ...(strings === undefined ? [] : [{ name: 'xl/strings.xml', data: `<sst xmlns="${main}">${strings}</sst>` }]),
    ...(styles === undefined
      ? []
      : [{ name: 'xl/styles.xml', data: `<styleSheet xmlns="${main}">${styles}</styleSheet>` }]),
  ]
  const others = new Set(parts.map((part) => part.name))
  const entries = [...own.filter((part) => !others.has(part.name)), ...parts]
  return fileOf(zipOf(entries.map((entry) => ({ isDeflated, ...entry }))), name)
}
