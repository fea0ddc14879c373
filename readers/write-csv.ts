/**
 * A record as RFC 4180 has it, with its CRLF: cells keep their text and get the quotes they need. The one empty cell of
 * a record is `""`, because a line without anything is no record.
 */
export function csvRecord(cells: readonly string[]): string {
  if (cells.length === 1 && cells[0] === '') return '""\r\n'
  let text = ''
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i] as string
    if (i > 0) text += ','
    text += needsQuotes.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
  }
  return `${text}\r\n`
}

const needsQuotes = /[,"\r\n]/
