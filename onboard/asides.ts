import { literal } from '../contracts/sql-text.ts'
import type { NamedProfile } from './columns.ts'
import type { Aside } from './main-table.ts'
import { type LoadedTable, linesPerFile } from './table.ts'
import { lineOf } from './vocabulary.ts'

/** A condition: whether a line has a date, told by a digit where its dates stand; most of them begin with one. */
export const isDated = (dates: readonly NamedProfile[]): string =>
  `(${dates.map(({ sql }) => `coalesce(${sql}, '') between '0' and '9~' or regexp_matches(coalesce(${sql}, ''), '\\p{Nd}')`).join(' or ')})`

/** Lines without a date, and the last line that has one; null where all have one, or nothing tells. */
export async function undatedLines(
  table: LoadedTable,
  dates: readonly NamedProfile[],
): Promise<{ readonly lastDated: string } | null> {
  if (dates.length === 0) return null
  const [row] = await table.query<{ undated: string; last: string | null }>(
    `select count(*) filter (not d)::varchar as undated, (max(_line) filter (d))::varchar as last
     from (select _line, ${isDated(dates)} as d from cell)`,
  )
  return row === undefined || row.undated === '0' || row.last === null ? null : { lastDated: row.last }
}

/** What lines without a date begin with, above the end; and whether that is all they have. */
export async function beginnings(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  dates: readonly NamedProfile[],
  end: Aside | undefined,
): Promise<readonly { readonly text: string; readonly isAlone: boolean }[]> {
  const cells = columns.map(({ sql }) => sql)
  const filled = cells.map((cell) => `(${cell} is not null)::integer`).join(' + ')
  const rows = await table.query<{ first: string | null; alone: string }>(
    `select coalesce(${cells.join(', ')}) as first, bool_and(${filled} = 1)::varchar as alone from cell
     where not ${isDated(dates)} and _line < ${end?.line ?? Number.MAX_SAFE_INTEGER} group by all order by 1 limit ${mostBeginnings}`,
  )
  return rows.flatMap(({ first, alone }) =>
    first === null ? [] : [{ text: first, isAlone: alone === 'true' && columns.length > 3 && isWords(first) }],
  )
}

const mostBeginnings = 100

/**
 * The first of the lines at the end of the files that have no date, where they have no amount either, or begin as a summary does:
 * one record whose date is missing is no summary.
 */
export async function tailOf(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  amounts: readonly NamedProfile[],
  lastDated: string,
): Promise<Aside | undefined> {
  if (amounts.length === 0) return undefined
  const rows = await table.query<Record<string, string | null>>(
    `select _line::varchar as "line", ${columns.map(({ sql }) => sql).join(', ')} from cell
     where _line > ${lastDated} order by _line limit ${mostBeginnings}`,
  )
  const [row] = rows
  if (row === undefined) return undefined
  const cells = columns.map(({ sql }) => row[sql] ?? '')
  const text = cells.find((cell) => cell.trim() !== '')
  if (text === undefined || !isWords(text)) return undefined
  const isPlain = rows.every((one) => amounts.every(({ sql }) => (one[sql] ?? null) === null))
  const isSummary = rows.length > 1 && ['summary', 'total'].includes(lineOf(text) ?? '')
  return isPlain || isSummary ? { line: Number(row.line), cells } : undefined
}

const isWords = (text: string): boolean => /\p{L}{3}/u.test(text.split(/[:：\d]/)[0] as string)

/**
 * The line of the last record that is written as those above a line are, where they all are written alike: in a column of
 * dates, times or ids. A summary has amounts too, and none of these. 0: there is no such column.
 */
export async function lastLikeFirst(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  line: Aside | undefined,
): Promise<number> {
  if (line === undefined || line.line === Number.MAX_SAFE_INTEGER) return 0
  // Such lines are those of the first rows of the first file, and records go on behind them soon.
  const above = `_line < ${line.line}`
  const shapes = columns.map(({ sql }) => `mode(${shapeOf(sql)}) filter (${above}) as ${sql}`)
  const [most = {}] = await table.query<Record<string, string | null>>(`select ${shapes.join(', ')} from head`)
  const lasts = columns.flatMap(({ sql }) => {
    const shape = most[sql] ?? null
    if (shape === null || !/[\p{L}/:-].*9|9.*[\p{L}/:-]|^99\.99\.9/u.test(shape)) return []
    const is = `${shapeOf(sql)} = ${literal(shape)}`
    return [
      `case when count(*) filter (${above} and ${is}) >= greatest(3, 0.8 * count(*) filter (${above}))
      then max(_line) filter (${is} and _line < ${linesPerFile}) end`,
    ]
  })
  if (lasts.length === 0) return 0
  const [row] = await table.query<{ last: string | null }>(
    `select (list_min([${lasts.join(', ')}]))::varchar as last from head`,
  )
  return Number(row?.last ?? 0)
}

/** A cell with its digits as 9, and its letters as a. */
const shapeOf = (cell: string): string =>
  `regexp_replace(regexp_replace(${cell}, '[0-9]', '9', 'g'), '\\p{L}+', 'a', 'g')`
