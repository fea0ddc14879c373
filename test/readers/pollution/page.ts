export interface Look {
  readonly delimiter: string
  readonly quote: string
  /** How a quote stands inside quotes: doubled, behind a backslash, or just so. */
  readonly inside: 'doubled' | 'backslash' | 'none'
  /** Characters, beside the quote and line ends, that put a cell into quotes. */
  readonly guarded: string
}

export interface Cell {
  readonly text: string
  /** Quotes that the cell does not need. */
  readonly isQuoted: boolean
  /** The cell as it stands in the file, when it is not as the look would write it. */
  readonly hurt?: string
}

export interface Line {
  readonly cells: readonly Cell[]
  readonly look: Look
  /** The record end. */
  readonly end: string
}

export const lookOf = (
  delimiter: string,
  quote = '"',
  inside: Look['inside'] = 'doubled',
  guarded = delimiter,
): Look => ({
  delimiter,
  quote,
  inside,
  guarded,
})

export const bare = (text: string): Cell => ({ text, isQuoted: false })

export function hasQuotes({ text, isQuoted }: Cell, { quote, inside, guarded }: Look): boolean {
  if (isQuoted || /[\r\n]/.test(text) || [...guarded].some((character) => text.includes(character))) return true
  return inside !== 'none' && text.includes(quote)
}

export function writeCell(cell: Cell, look: Look): string {
  if (cell.hurt !== undefined) return cell.hurt
  if (!hasQuotes(cell, look)) return cell.text
  const { quote, inside } = look
  const inner = { doubled: quote + quote, backslash: `\\${quote}`, none: quote }[inside]
  return `${quote}${cell.text.replaceAll(quote, inner)}${quote}`
}

export const writeLine = ({ cells, look, end }: Line): string =>
  cells.map((cell) => writeCell(cell, look)).join(look.delimiter) + end

export const writePage = (lines: readonly Line[]): string => lines.map(writeLine).join('')
