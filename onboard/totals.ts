import type { NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'
import { lineOf } from './vocabulary.ts'

/** Leave out lines that are no records: totals below the table, and among its last records. */
export async function findTotals(table: LoadedTable, columns: readonly NamedProfile[], draft: Draft): Promise<void> {
  const words = new Set<string>()
  const look = (cells: readonly string[]) => {
    for (const cell of cells.filter((text) => text.trim() !== '').slice(0, 2)) if (lineOf(cell) !== undefined) words.add((cell.split(/[:：\d]/)[0] as string).trim() || cell.trim())
  }
  for (const { cells } of table.footer) look(cells)
  const last = await table.query<Record<string, string | null>>(
    `select ${columns.map(({ sql }) => sql).join(', ')} from cell order by _line desc limit 5`,
  )
  for (const row of last) look(columns.map(({ sql }) => row[sql] ?? ''))
  if (words.size === 0) return
  // A file may have its letters composed or not.
  const forms = [...words].flatMap((word) => [...new Set([word.normalize('NFC'), word.normalize('NFD')])])
  const patterns = forms.map((word) => word.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  draft.top.set('format', {
    value: { footer: `^[",;\\s]*(?:${patterns.join('|')})` },
    evidence: `lines that begin with ${[...words].map((word) => JSON.stringify(word)).join(', ')} are no records`,
  })
}
