import type { ParsedFile } from '../operations/parse.ts'
import { table } from './output.ts'

/** How a file was read, for a person. */
export function explained(file: ParsedFile): string {
  const lines = [`${file.file}`]
  if (file.error !== null)
    return `${[...lines, `  ${file.error.code}: ${file.error.message} ${file.error.fix}`].join('\n')}\n`
  if (file.decisions.length > 0)
    lines.push(
      table(
        ['what', 'is', 'sure', 'because'],
        file.decisions.map(({ what, value, confidence, evidence }) => [
          what,
          value,
          `${Math.round(confidence * 100)}%`,
          evidence,
        ]),
      ),
    )
  for (const [i, { line, sheet, header, headerRows, rows, columns, faulty, out }] of file.tables.entries()) {
    const place = sheet === null ? `line ${line}` : `sheet "${sheet}" row ${line}`
    const head = header === null ? 'no header' : headerRows > 1 ? `a header of ${headerRows} rows` : 'a header'
    const bad = faulty === 0 ? '' : `, ${faulty} not as wide as the others or with broken quotes`
    lines.push(
      `table ${i + 1}, ${place}: ${head}, ${columns} columns, ${rows} records${bad}${out === null ? '' : ` -> ${out}`}`,
    )
    if (header !== null)
      lines.push(
        `  ${header
          .map((name) => JSON.stringify(name))
          .join(', ')
          .slice(0, 500)}`,
      )
  }
  if (file.tables.length === 0) lines.push('no table')
  const left = Object.entries(file.ignored).filter(([, count]) => count > 0)
  if (left.length > 0) lines.push(`left out: ${left.map(([what, count]) => `${count} ${what}`).join(', ')}`)
  for (const { line, what, text } of file.ignoredRows.slice(0, 20)) lines.push(`  line ${line}, ${what}: ${text}`)
  return `${lines.join('\n')}\n`
}
