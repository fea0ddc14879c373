import { fromColumn, type NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'

/** Values that a spreadsheet cut short: an id of digits, once opened as a number and saved as shown, is `2.21E+11`. */
export interface CutShort {
  readonly cells: number
  readonly example: string
}

/** What is told from other texts by this alone is cut short: a column that has other texts with a plus has none. */
const numeral = '-?[0-9]([.,][0-9]+)?[Ee][+][0-9]{2,3}'

/** Those of the columns that have values cut short. */
export async function cutShort(
  table: LoadedTable,
  columns: readonly NamedProfile[],
): Promise<ReadonlyMap<NamedProfile, CutShort>> {
  const filled = columns.filter((column) => column.filled > 0)
  if (filled.length === 0) return new Map()
  // Most columns have no plus at all.
  const [any] = await table.query<Record<string, boolean>>(
    `select ${filled.map(({ sql }) => `bool_or(contains(${sql}, '+')) as ${sql}`).join(', ')} from cell`,
  )
  const texts = filled.filter(({ sql }) => any?.[sql] === true)
  if (texts.length === 0) return new Map()
  const [row] = await table.query<Record<string, string | null>>(
    `select ${texts
      .flatMap(({ sql }) => [
        `count(*) filter (contains(${sql}, '+'))::varchar as plus_${sql}`,
        `count(*) filter (contains(${sql}, '+') and regexp_full_match(${sql}, '${numeral}'))::varchar as cut_${sql}`,
        `min(${sql}) filter (contains(${sql}, '+')) as example_${sql}`,
      ])
      .join(', ')} from cell`,
  )
  return new Map(
    texts.flatMap((column) => {
      const cells = Number(row?.[`cut_${column.sql}`])
      return cells === 0 || cells < Number(row?.[`plus_${column.sql}`])
        ? []
        : [[column, { cells, example: row?.[`example_${column.sql}`] ?? '' }] as const]
    }),
  )
}

/** The column without what is cut short. */
export const wholeOnly = (column: NamedProfile): NamedProfile => ({
  ...column,
  sql: `(case when not contains(${column.sql}, '+') then ${column.sql} end)`,
})

/** Ids that are cut short are none: their records are rejected, since they can not be told from others later. */
export function refuseCutShort(cut: ReadonlyMap<NamedProfile, CutShort>, draft: Draft): void {
  const field = draft.fields.get('transaction_id')
  for (const [column, { cells, example }] of cut) {
    const { from, column: position } = fromColumn(column)
    if (field === undefined || ([field.rule.from].flat()[0] ?? field.rule.column) !== (from ?? position)) continue
    draft.fields.set('transaction_id', { ...field, rule: { ...field.rule, extract: wholeId } })
    draft.notes.push(
      `A spreadsheet cut short ${cells} ids in ${JSON.stringify(column.name)}, such as ${JSON.stringify(example)}: these records are rejected. ${wayOut}`,
    )
  }
}

/** An id without a plus in it, alone or with other columns behind it. */
const wholeId = '^([^+ ]+(?: .*)?)$'

export const wayOut = 'Get the file as it was before it was opened and saved there.'
