import type { Column } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'

/** A column's name as it is compared and shown: NFC, without surrounding space. */
export const columnName = (text: string): string => text.normalize('NFC').trim()

/** The wanted columns that `names` lacks, as a person would name them. */
export function missingColumns(names: readonly string[], wanted: readonly Column[]): string[] {
  const known = new Set(names)
  return wanted.flatMap((column) => {
    if ('name' in column) return known.has(columnName(column.name)) ? [] : [columnName(column.name)]
    return column.position <= names.length ? [] : [`column ${column.position}`]
  })
}

/**
 * For each wanted column its index in `names`.
 *
 * @param where names the header for a person: `sales.csv line 3`
 * @throws Fault "file.columns-missing", or "file.column-ambiguous" when a wanted name is there more than once
 */
export function resolveColumns(names: readonly string[], wanted: readonly Column[], where: string): number[] {
  if (missingColumns(names, wanted).length > 0) throw columnsMissing(names, wanted, where)
  return wanted.map((column) => {
    if ('position' in column) return column.position - 1
    const name = columnName(column.name)
    const at = names.flatMap((other, index) => (other === name ? [index + 1] : []))
    if (at.length === 1) return (at[0] as number) - 1
    throw new Fault(
      'file.column-ambiguous',
      `${where}: the header names "${name}" ${at.length} times, in columns ${list(at.map(String))}.`,
      `Take the column by its position in the contract: \`column: ${at[0]}\` in place of \`from: "${name}"\`.`,
      { details: { column: name, positions: at } },
    )
  })
}

export function columnsMissing(names: readonly string[], wanted: readonly Column[], where: string): Fault {
  const missing = missingColumns(names, wanted)
  const guesses = missing.flatMap((name) => {
    const guess = nearest(name, names)
    return guess === null ? [] : [`"${guess}" is near "${name}"`]
  })
  return new Fault(
    'file.columns-missing',
    `${where}: the header lacks ${list(missing.map(quoted))}. It has ${names.length} column${names.length === 1 ? '' : 's'}: ${list(names.map(quoted))}.` +
      (guesses.length === 0 ? '' : ` ${list(guesses)}.`),
    'Correct the column names in the contract, or ask the sender for the export with these columns.',
    { details: { missing, found: names.slice(0, 1000) } },
  )
}

const quoted = (name: string): string => (/^column \d+$/.test(name) ? name : `"${name}"`)

/** At most 40 items, joined by commas. */
const list = (items: readonly string[]): string =>
  items.length <= 40 ? items.join(', ') : `${items.slice(0, 40).join(', ')} and ${items.length - 40} more`
