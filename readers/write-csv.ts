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
    text += needsQuotes.test(cell) ? `"${doubled(cell)}"` : cell
  }
  return `${text}\r\n`
}

const needsQuotes = /[,"\r\n]/

/** Above it quotes are doubled piece by piece: millions of them in one cell would take thirty times its memory. */
const longCell = 64 * 1024

function doubled(cell: string): string {
  if (!cell.includes('"')) return cell
  if (cell.length <= longCell) return cell.replaceAll('"', '""')
  const pieces: Buffer[] = []
  for (let at = 0; at < cell.length; at += longCell)
    pieces.push(Buffer.from(cell.slice(at, at + longCell).replaceAll('"', '""'), 'utf16le')) // keeps halves of pairs
  return Buffer.concat(pieces).toString('utf16le')
}
