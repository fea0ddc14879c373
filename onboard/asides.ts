import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal } from '../contracts/sql-text.ts'
import { parseTimeFormat, type TimePart } from '../contracts/time-format.ts'
import type { NamedProfile } from './columns.ts'
import type { Aside } from './main-table.ts'
import { type LoadedTable, linesPerFile } from './table.ts'
import { lineOf } from './vocabulary.ts'

/** A line's first words, without numbers and what is behind a colon. */
export const beginning = (text: string): string => (text.trim().split(/[:：\d]/)[0] as string).trim() || text.trim()

/** How a line's date is told. */
export interface Dated {
  /** A condition: whether a line has what may be a date; most of them begin with a digit. */
  readonly likely: string
  /** The same for what is written as dates are: a count in their column is none. */
  readonly surely: string
}

/** Null where no column has dates. */
export function datedBy(dates: readonly NamedProfile[], rule: FieldRuleYaml | undefined): Dated | null {
  if (dates.length === 0) return null
  const pattern = literal(datePattern([rule?.format ?? []].flat()))
  const surely = (sql: string) => `regexp_matches(coalesce(${sql}, ''), ${pattern})`
  const any = (conditions: readonly string[]) => `(${conditions.join(' or ')})`
  return {
    likely: any(dates.map(({ sql }) => `coalesce(${sql}, '') between '0' and '9~' or ${surely(sql)}`)),
    surely: any(dates.map(({ sql }) => surely(sql))),
  }
}

/** What a text begins with up to the end of its date, by its formats; by none it is ISO 8601. */
function datePattern(formats: readonly string[]): string {
  const patterns = formats.map((format) => {
    const parsed = parseTimeFormat(format)
    const parts = 'unknown' in parsed ? [] : parsed.parts
    const last = parts.findLastIndex(({ token }) => token !== null && /^[YMDXx]/.test(token))
    return parts
      .slice(0, last + 1)
      .map(partPattern)
      .join('')
  })
  return `^(?:${patterns.join('|') || '\\p{Nd}{4}-\\p{Nd}{2}-\\p{Nd}{2}'})`
}

function partPattern({ token, pattern }: TimePart): string {
  if (token === null) return pattern
  if (token === 'YYYY') return '\\p{Nd}{4}'
  if (/^(?:MMM|d|A|Z|z)/.test(token)) return '[^\\p{Nd},;]+'
  return /^(?:X|x)/.test(token) ? '\\p{Nd}{9}' : /^S/.test(token) ? '\\p{Nd}+' : '\\p{Nd}{1,2}'
}

/** Lines without a date, and the last line that has one; null where all have one, or nothing tells. */
export async function undatedLines(
  table: LoadedTable,
  dated: Dated | null,
): Promise<{ readonly lastDated: string } | null> {
  if (dated === null) return null
  const [row] = await table.query<{ undated: string; last: string | null }>(
    `select count(*) filter (not d)::varchar as undated, (max(_line) filter (d))::varchar as last
     from (select _line, ${dated.likely} as d from cell)`,
  )
  return row === undefined || row.undated === '0' || row.last === null ? null : { lastDated: row.last }
}

/** What lines without a date begin with, above the end; and whether that is all they have. */
export async function beginnings(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  dated: Dated,
  end: Aside | undefined,
): Promise<readonly { readonly text: string; readonly isAlone: boolean }[]> {
  const cells = columns.map(({ sql }) => sql)
  const filled = cells.map((cell) => `(${cell} is not null)::integer`).join(' + ')
  const rows = await table.query<{ first: string | null; alone: string }>(
    `select coalesce(${cells.join(', ')}) as first, bool_and(${filled} = 1)::varchar as alone from cell
     where not ${dated.likely} and _line < ${end?.line ?? Number.MAX_SAFE_INTEGER} group by all order by 1 limit ${mostBeginnings}`,
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

/** How many lines begin as ones that are no records do, and lack a column's cell. */
export async function toldLines(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  { sql }: NamedProfile,
): Promise<number> {
  const rows = await table.query<{ first: string | null; n: string }>(
    `select coalesce(${columns.map((column) => column.sql).join(', ')}) as first, count(*)::varchar as n from cell
     where ${sql} is null group by all order by count(*) desc, 1 limit ${mostBeginnings}`,
  )
  const told = rows.filter(({ first }) => first !== null && lineOf(beginning(first)) !== undefined)
  return told.reduce((sum, { n }) => sum + Number(n), 0)
}

const isWords = (text: string): boolean => /\p{L}{3}/u.test(text.split(/[:：\d]/)[0] as string)

/**
 * The line of the last record that has a date and an amount, as far as the last of these lines reaches; infinite where one is behind
 * them all, 0 where there is none behind the first, or nothing tells.
 */
export async function lastAmong(table: LoadedTable, lines: readonly Aside[], isRecord: string | null): Promise<number> {
  const [first, last] = [lines[0]?.line ?? 0, lines.at(-1)?.line ?? 0]
  if (isRecord === null || first === 0) return 0
  const [behind] = await table.query(
    `select 1 as behind from cell where _line > ${last} and _line < ${linesPerFile} and ${isRecord} limit 1`,
  )
  if (behind !== undefined) return Number.POSITIVE_INFINITY
  const [row] = await table.query<{ last: string | null }>(
    `select max(_line)::varchar as last from cell where _line > ${first} and _line < ${last} and ${isRecord}`,
  )
  return Number(row?.last ?? 0)
}
