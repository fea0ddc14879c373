import { literal, quote } from '../contracts/sql-text.ts'
import { type NamedProfile, readBy } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'
import { lineOf, meaningsOf } from './vocabulary.ts'

/** More different texts than a statement has for its balances. */
const mostTexts = 50

/**
 * Leave out lines that state a balance and move nothing: a text that says so, where the columns of amounts have none. A line with an
 * amount stays a record, whatever it says.
 */
export async function findBalanceLines(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
): Promise<void> {
  const amounts = columns.filter(readBy(draft.fields.get('gross')?.rule))
  if (amounts.length === 0 || amounts.some(({ ref }) => !('name' in ref))) return
  const isMoved = (names: readonly string[]) => `regexp_matches(concat(${names.join(', ')}), '[^\\s0.,-]')`
  const isOther = (one: NamedProfile) => one.look !== 'time' && 'name' in one.ref && !amounts.includes(one)
  const cells = amounts.map(({ sql }) => sql)
  const isPlain = cells.map((cell) => `coalesce(${cell}, '') between '1' and '9~'`).join(' or ')
  // By their lines: most statements have none, and then only the amounts are looked through.
  await table.query(`create or replace temp table unmoved as
    select ${columns.map(({ sql }) => sql).join(', ')} from cell
    where _line in (select _line from cell where not (${isPlain} or ${isMoved(cells)}))`)
  const found: { column: NamedProfile; texts: string[]; lines: number }[] = []
  for (const column of columns.filter(isOther)) {
    const rows = await table.query<{ text: string; n: string }>(
      `select lower(${column.sql}) as text, count(*)::varchar as n from unmoved
       where ${column.sql} is not null group by all order by count(*) desc, 1 limit ${mostTexts}`,
    )
    const stated = rows.filter(({ text }) => isBalance(text))
    if (stated.length > 0)
      found.push({
        column,
        texts: stated.map(({ text }) => text),
        lines: stated.reduce((sum, { n }) => sum + Number(n), 0),
      })
  }
  await table.query('drop table unmoved')
  const [most] = found.toSorted((a, b) => b.lines - a.lines)
  if (most === undefined) return
  const names = amounts.map(({ name }) => quote(name))
  const said = `coalesce(lower(${quote(most.column.name)}), '') not in (${most.texts.map(literal).join(', ')})`
  draft.top.set('only', {
    value: `${isMoved(names)} or ${said}`,
    evidence: `${most.lines} ${most.lines === 1 ? 'line' : 'lines'} without an amount ${most.lines === 1 ? 'says' : 'say'} a balance, and ${most.lines === 1 ? 'is no record' : 'are no records'}`,
  })
}

const isBalance = (text: string): boolean =>
  ['opening', 'closing'].includes(lineOf(text) ?? '') || meaningsOf(text)[0]?.meaning === 'balance'
