import { literal, quote } from '../contracts/sql-text.ts'
import { type NamedProfile, strengthOf } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'

/** What a movement may have before it has come to an end: another record of it follows. */
const unfinished: readonly unknown[] = ['pending', 'failed', 'expired']

/**
 * The id that a movement's records share while it is on its way: pending first, then settled. What moved no money gets an id with
 * its word behind it, so that neither takes the place of the other; what did keeps the id, so that a later file may reverse it.
 * False where there are no such records, or more than their status tells them apart.
 */
export async function byUnfinished(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  ids: readonly NamedProfile[],
  best: NamedProfile | undefined,
  draft: Draft,
): Promise<boolean> {
  const rule = draft.fields.get('status')?.rule
  const status = columns.find(({ ref }) => 'name' in ref && ref.name === rule?.from)
  const words = Object.entries(rule?.map ?? {}).flatMap(([word, means]) => (unfinished.includes(means) ? [word] : []))
  if (status === undefined || words.length === 0) return false
  const isOpen = `${status.sql} in (${words.map(literal).join(', ')})`
  for (const id of ids) {
    if (!('name' in id.ref) || strengthOf(id, 'id', 'external_reference') < 0.6) continue
    if (best !== undefined && id.sql !== best.sql && !(await isOfThese(table, best, id, isOpen))) continue
    const lines = `select distinct ${id.sql} as i, case when ${isOpen} then ${status.sql} end as w, hash(${columns.map(({ sql }) => sql).join(', ')}) as l from cell where ${id.sql} is not null`
    const [row] = await table.query<{ ids: string; told: string; lines: string }>(
      `select count(distinct i)::varchar as ids, count(distinct hash(i, w))::varchar as told, count(*)::varchar as lines from (${lines})`,
    )
    if (row === undefined || row.ids === row.lines || row.told !== row.lines) continue
    const [name, word] = [quote(id.ref.name), quote(status.name)]
    draft.fields.set('transaction_id', {
      rule: {
        sql: `case when ${word} in (${words.map(literal).join(', ')}) then concat(${name}, ' ', ${word}) else ${name} end`,
      },
      evidence: `records share one in ${JSON.stringify(id.name)} while the movement is on its way; their status tells them apart`,
    })
    return true
  }
  return false
}

/** Whether an id lacks on records that have moved no money yet, and on these alone, and another one does not. */
async function isOfThese(
  table: LoadedTable,
  lacking: NamedProfile,
  full: NamedProfile,
  isOpen: string,
): Promise<boolean> {
  if (lacking.empty === 0) return false
  const [row] = await table.query<{ only: boolean }>(
    `select bool_and(coalesce(${isOpen}, false) and ${full.sql} is not null) as only from cell where ${lacking.sql} is null`,
  )
  return row?.only === true
}
