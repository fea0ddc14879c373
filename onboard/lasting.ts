import { type NamedProfile, readBy, strengthOf } from './columns.ts'
import type { Draft } from './draft.ts'
import { holdsStatuses, isNamedStatus, tellsProgress } from './progress.ts'
import type { LoadedTable } from './table.ts'
import { scripts } from './tally.ts'

/**
 * What of a record is the same in the next file: an identity is made of nothing else. The number of a row begins again in
 * each file, and how far a record has come changes from one to the next.
 */

/** At least so many steps from row to row, of a hundred, go on by one where a column only counts rows. */
const leastSteps = 95

const [latin, ...others] = scripts

/** `1`, `01`, `1.`, `1)` */
const rowNumber = /^\p{Nd}{1,8}[.)]?$/u

/**
 * The columns that only number the rows of their file: whole numbers that go up by one from 0 or 1, or down to it, whatever
 * the column is called; from anywhere where its name says so.
 */
export async function rowCounters(
  table: LoadedTable,
  columns: readonly NamedProfile[],
): Promise<ReadonlySet<NamedProfile>> {
  const found = new Set<NamedProfile>()
  for (const column of columns) {
    const texts = sampleOf(table, column)
    if (texts.length === 0 || texts.filter((text) => rowNumber.test(text)).length * 100 < texts.length * leastSteps)
      continue
    const [row] = await table.query<Record<'rows' | 'steps' | 'up' | 'down' | 'again' | 'least', string>>(
      `select count(*)::varchar as rows, count(p)::varchar as steps, count(*) filter (v = p + 1)::varchar as up,
         count(*) filter (v = p - 1)::varchar as down, count(*) filter (least(v, p) <= 1 and abs(v - p) > 1)::varchar as again,
         min(v)::varchar as least
       from (select v, lag(v) over (order by _line) as p
         from (select _line, try_cast(rtrim(translate(${column.sql}, '${others.join('')}', '${latin.repeat(others.length)}'), '.)') as bigint) as v
           from head) where v is not null)`,
    )
    const of = (name: keyof NonNullable<typeof row>) => Number(row?.[name])
    const [steps, going] = [of('steps'), Math.max(of('up'), of('down'))]
    // It may begin again on every page, which are of some rows. One number alone counts nothing, unless it is the first.
    const isCount = going >= of('again') * 3 && (going + of('again')) * 100 >= steps * leastSteps
    const isNamed = strengthOf(column, 'row_number') >= 0.9 && steps > 0
    if (of('rows') > 0 && isCount && (of('least') <= 1 || isNamed)) found.add(column)
  }
  return found
}

/** Whether the strongest that a column's name says is that it tells of the record in words, and nothing else as surely. */
export const isDescription = ({ meanings: [first, second] }: NamedProfile): boolean =>
  first?.meaning === 'description' && first.strength >= 0.6 && first.strength > (second?.strength ?? 0)

/** Text of several words, though there be no more than one and a number: a description is no id. */
export function isProse(table: LoadedTable, column: NamedProfile): boolean {
  return sampleOf(table, column)
    .slice(0, 50)
    .some((text) => {
      const parts = text.trim().split(/\s+/)
      return parts.length > 2 || (parts.length === 2 && parts.some((part) => /^\p{L}[\p{L}\p{M}'’.-]+$/u.test(part)))
    })
}

/** Whether a column has the same few words in all rows, with a small number behind them: `Transfer 3`. */
export function isCountedText(table: LoadedTable, column: NamedProfile): boolean {
  const texts = sampleOf(table, column)
  const counted = texts.filter((text) => /^\P{Nd}*\p{L}\P{Nd}*\s\P{Nd}*\p{Nd}{1,3}\P{Nd}*$/u.test(text))
  const words = new Set(counted.map((text) => text.replace(/\p{Nd}+/u, '')))
  return counted.length * 10 >= texts.length * 9 && words.size * 4 <= Math.max(4, texts.length)
}

/** Whether a column's cells change once a record is known: how far it has come, when and in which payout it was paid. */
const isChangeable = (column: NamedProfile): boolean =>
  strengthOf(column, 'other_status', 'settled_time', 'other_time', 'payout_reference', 'refunded') >= 0.6 ||
  isNamedStatus(column) ||
  tellsProgress(column)

/** Whether the draft reads a record's time or money from a column. */
export function readsFrom(draft: Draft): (column: NamedProfile) => boolean {
  const fields = [...draft.fields].filter(([field]) => !['kind', 'status', 'reference'].includes(field))
  return readBy(...fields.map(([, { rule }]) => rule))
}

/**
 * The columns of which an identity of many can be made: no row numbers, and nothing that changes later. What the draft reads
 * time and money from stays.
 */
export function lastingColumns(
  columns: readonly NamedProfile[],
  counters: ReadonlySet<NamedProfile>,
  draft: Draft,
): NamedProfile[] {
  const isNeeded = readsFrom(draft)
  const isRead = readBy(draft.fields.get('status')?.rule)
  const changes = (column: NamedProfile) => isChangeable(column) || (isRead(column) && holdsStatuses(column))
  return columns.filter((column) => isNeeded(column) || (!counters.has(column) && !changes(column)))
}

/** Cells of a column, from all over the file. */
export function sampleOf(table: LoadedTable, { sql }: NamedProfile): readonly string[] {
  return table.tallies.columns[table.columns.findIndex((column) => column.sql === sql)]?.sample ?? []
}
