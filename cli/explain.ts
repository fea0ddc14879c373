import type { ParsedFile, ParsedTable } from '../operations/parse.ts'
import { plain, table } from './output.ts'

/** How a file was read, for a person. */
export function explained(file: ParsedFile): string {
  const { error, decisions, tables, ignored, ignoredRows } = file
  if (error !== null) return `${plain(file.file)}\n  ${error.code}: ${plain(`${error.message} ${error.fix}`)}\n`
  const lines = [plain(file.file)]
  if (decisions.length > 0)
    lines.push(
      table(
        ['what', 'is', 'sure', 'because'],
        decisions.map(({ what, value, confidence, evidence }) => [what, value, percent(confidence), evidence]),
      ),
    )
  lines.push(...(tables.length === 0 ? ['no table'] : tables.flatMap(linesOf)))
  const left = Object.entries(ignored).filter(([, count]) => count > 0)
  if (left.length > 0) lines.push(`left out: ${left.map(([what, count]) => `${count} ${what}`).join(', ')}`)
  for (const { line, what, text } of ignoredRows.slice(0, shownRows))
    lines.push(`  line ${line}, ${what}: ${plain(text)}`)
  if (ignoredRows.length > shownRows) lines.push('  … --json lists more')
  return `${lines.join('\n')}\n`
}

const shownRows = 20

const percent = (share: number): string => `${Math.round(share * 100)}%`

function linesOf(found: ParsedTable, i: number): string[] {
  const { line, sheet, header, headerRows, evidence, confidence, rows, columns, faulty, out } = found
  const at = sheet === null ? `, line ${line}` : `, sheet "${sheet}" row ${line}`
  const place = line === 0 ? '' : at // no record, and a header that no line holds
  const bad = faulty === 0 ? '' : `, ${faulty} not as wide as the others or with broken quotes`
  const to = out === null ? '' : ` -> ${out}`
  const head = header === null ? 'no header' : headerRows > 1 ? `header of ${headerRows} rows` : 'header'
  const names = header?.map((name) => JSON.stringify(name)).join(', ')
  return [
    plain(`table ${i + 1}${place}: ${columns} columns, ${rows} records${bad}${to}`),
    `  ${head} (${percent(confidence)}): ${evidence}`,
    ...(names === undefined ? [] : [plain(`  ${names.length > 500 ? `${names.slice(0, 499)}…` : names}`)]),
  ]
}
