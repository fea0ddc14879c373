import { literal, quote } from '../contracts/sql-text.ts'
import { type NamedProfile, type Surroundings, strengthOf } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'

/** The day before the first of a spreadsheet's calendars, 1900 and 1904, as they count: 1900 has a day too many there. */
const epochs = { '1900': '1899-12-30', '1904': '1904-01-01' } as const
const serial = '[0-9]{5}(?:[.,][0-9]+)?'
/** 2000-01-01 */
const least = 36526
const dayMs = 86_400_000

/**
 * Fill `local_date` with the days that a spreadsheet counted, `46082.3166`, where a column is named as one of times. The fraction is
 * the time of day, too coarse to be taken.
 *
 * @returns false where no column has such days
 */
export async function findSerials(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
  { now }: Surroundings,
): Promise<boolean> {
  const dayOf = (epoch: keyof typeof epochs, day: number) => new Date(Date.parse(epochs[epoch]) + day * dayMs)
  const tomorrow = new Date(now.getTime() + 2 * dayMs)
  for (const column of columns) {
    if (strengthOf(column, 'time', 'value_date') < 0.75 || column.filled < table.rows * 0.6) continue
    const [row] = await table.query<{ n: string; least: number | null; most: number | null }>(
      `select count(*)::varchar as n, min(d) as least, max(d) as most from
       (select left(${column.sql}, 5)::integer as d from cell where regexp_full_match(${column.sql}, ${literal(serial)}))`,
    )
    if (!row?.least || !row.most || Number(row.n) < column.filled * 0.9) continue
    if (row.least < least || dayOf('1900', row.most) > tomorrow || !('name' in column.ref)) continue
    const cell = quote(column.ref.name)
    const sql = (epoch: keyof typeof epochs) =>
      `case when regexp_full_match(${cell}, ${literal(serial)}) then (date '${epochs[epoch]}' + left(${cell}, 5)::integer)::varchar else ${cell} end`
    const isProven = dayOf('1904', row.most) > tomorrow
    const shown = JSON.stringify(column.shapes[0]?.example ?? String(row.most))
    draft.fields.set('local_date', {
      rule: { sql: sql('1900') },
      evidence: `days as a spreadsheet counts them, such as ${shown}${isProven ? ', from 1900 on: from 1904 on some would be in the future' : ''}`,
    })
    draft.notes.push(
      `local_date: ${JSON.stringify(column.name)} holds a spreadsheet's numbers of days, whose times are left out; save it with dates written out to have them.`,
    )
    if (!isProven)
      draft.questions.push({
        id: 'local_date.epoch',
        of: 'file',
        question: `From which year on does ${JSON.stringify(column.name)} count days, such as ${shown}?`,
        evidence: 'spreadsheets count from 1900 on, some from 1904',
        usual: '1900',
        candidates: (['1900', '1904'] as const).map((epoch) => ({
          name: epoch,
          meaning: `the last of them is ${dayOf(epoch, row.most as number)
            .toISOString()
            .slice(0, 10)}`,
          fields: { local_date: { sql: sql(epoch) } },
        })),
      })
    return true
  }
  return false
}
