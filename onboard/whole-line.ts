import type { NamedProfile } from './columns.ts'
import { cutShort, wayOut } from './cut-short.ts'
import type { Draft } from './draft.ts'
import { lastingColumns } from './lasting.ts'
import type { LoadedTable } from './table.ts'

/** What does not change of the line is the id where a balance is in it, else the n-th of equal ones is a record of its own. */
export async function byWholeLine(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  counters: ReadonlySet<NamedProfile>,
  isLedger: boolean,
  draft: Draft,
): Promise<void> {
  const cut = await cutShort(table, lastingColumns(columns, counters, draft))
  const lasting = lastingColumns(columns, new Set([...counters, ...cut.keys()]), draft)
  for (const [column, { cells, example }] of cut)
    if (!lasting.includes(column))
      draft.notes.push(
        `A spreadsheet cut short ${cells} of ${column.filled} values in ${JSON.stringify(column.name)}, such as ${JSON.stringify(example)}: it is no id, and part of none. ${wayOut}`,
      )
  if (isLedger && !(await areFewer(table, lasting, columns))) {
    draft.fields.set('transaction_id', {
      rule: { from: namesOf(lasting) },
      evidence: 'no column is an id; the whole line with its balance is: an equal line is the same record',
    })
    return
  }
  draft.top.set('key', {
    value: { occurrence: namesOf(lasting) },
    evidence: 'no column is an id: equal lines are records of their own',
  })
}

export const namesOf = (columns: readonly NamedProfile[]): string[] =>
  columns.filter(({ ref, filled }) => 'name' in ref && filled > 0).map(({ name }) => name)

/** Whether some records that differ are the same in these columns. */
async function areFewer(
  table: LoadedTable,
  some: readonly NamedProfile[],
  all: readonly NamedProfile[],
): Promise<boolean> {
  if (some.length === all.length) return false
  const lines = (of: readonly NamedProfile[]) => `count(distinct hash(${of.map(({ sql }) => sql).join(', ')}))`
  const [row] = await table.query<{ fewer: boolean }>(`select ${lines(some)} < ${lines(all)} as fewer from cell`)
  return row?.fewer === true
}
