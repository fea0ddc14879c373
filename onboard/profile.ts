import { literal } from '../contracts/sql-text.ts'
import { type CellClass, classOf } from '../readers/tables/cell-class.ts'
import type { LoadedTable, SourceColumn } from './table.ts'

/** Cells that are written alike: digits as 9 (0 to 9 of any script), letters small, everything else as it is. */
export interface Shape {
  readonly text: string
  readonly count: number
  /** A cell of this shape, the first one's line. */
  readonly example: string
  readonly line: number
}

/** What a column holds, told of the whole file. */
export interface ColumnProfile extends SourceColumn {
  readonly filled: number
  readonly empty: number
  /** What most of its cells are; `words` few different texts, `number` and `time` by their look alone. */
  readonly look: 'empty' | 'number' | 'time' | 'words' | 'text'
  /** Different values; a close estimate where there are many. */
  readonly distinct: number
  /** Every value and how often it stands, where there are at most `mostWords`; else null. */
  readonly words: ReadonlyMap<string, number> | null
  /** Of numbers and times, and only of them; the commonest first. */
  readonly shapes: readonly Shape[]
}

/** So many different values are a choice of words, and are listed. */
const mostWords = 200
const mostShapes = 400
/** Cells whose look is told one by one. */
const sampleCells = 400

/** Digits of the scripts that are read, each as the 9 of its own script. */
const scripts = ['0123456789', '০১২৩৪৫৬৭৮৯', '٠١٢٣٤٥٦٧٨٩', '۰۱۲۳۴۵۶۷۸۹', '०१२३४५६७८९', '０１２３４５６７８９'] as const

const digitsFrom = scripts.join('')
const digitsTo = scripts.map((script) => (script.at(-1) as string).repeat(10)).join('')

/** A cell's shape as SQL over its cleaned text. */
export const shapeSql = (text: string): string => `lower(translate(${text}, '${digitsFrom}', '${digitsTo}'))`

/** Look at every column of a file. */
export async function profile(table: LoadedTable): Promise<ColumnProfile[]> {
  const { columns } = table
  if (columns.length === 0 || table.rows === 0) return []
  const counted = await table.query<Record<string, string>>(
    `select ${columns.map(({ sql }) => `count(${sql})::varchar as ${sql}, approx_count_distinct(${sql})::varchar as d_${sql}`).join(', ')} from cell`,
  )
  const counts = counted[0] as Record<string, string>
  const profiles: ColumnProfile[] = []
  for (const column of columns) {
    const filled = Number(counts[column.sql])
    profiles.push(await profileOf(table, column, filled, Number(counts[`d_${column.sql}`])))
  }
  return profiles
}

async function profileOf(
  table: LoadedTable,
  column: SourceColumn,
  filled: number,
  about: number,
): Promise<ColumnProfile> {
  const base = { ...column, filled, empty: table.rows - filled }
  if (filled === 0) return { ...base, look: 'empty', distinct: 0, words: null, shapes: [] }
  const text = column.sql
  // A repeated line is one value: the sample is of different ones, from all over the file.
  const sample = await table.query<{ v: string }>(
    `select v from (select distinct ${text} as v from cell where ${column.sql} is not null${table.rows > 200_000 ? ` and hash(_line) % ${Math.ceil(table.rows / 100_000)} = 0` : ''})
     where v is not null order by hash(v) limit ${sampleCells}`,
  )
  const look = lookOf(sample.map(({ v }) => v))
  const shapes = look === 'number' || look === 'time' ? await shapesOf(table, text) : []
  const words = about <= mostWords * 1.2 ? await wordsOf(table, text) : null
  return {
    ...base,
    look: look === 'text' && words !== null && words.size <= Math.max(12, filled / 4) ? 'words' : look,
    distinct: words?.size ?? about,
    words,
    shapes,
  }
}

async function shapesOf(table: LoadedTable, text: string): Promise<Shape[]> {
  const rows = await table.query<{ shape: string; n: string; example: string; line: string }>(
    `select shape, count(*)::varchar as n, arg_min(v, _line) as example, min(_line)::varchar as line
     from (select ${text} as v, ${shapeSql(text)} as shape, _line from cell) where v is not null
     group by shape order by count(*) desc, min(_line) limit ${mostShapes}`,
  )
  return rows.map(({ shape, n, example, line }) => ({ text: shape, count: Number(n), example, line: Number(line) }))
}

async function wordsOf(table: LoadedTable, text: string): Promise<Map<string, number> | null> {
  const rows = await table.query<{ v: string; n: string }>(
    `select ${text} as v, count(*)::varchar as n from cell where ${text} is not null group by v order by count(*) desc, v limit ${mostWords + 1}`,
  )
  return rows.length > mostWords ? null : new Map(rows.map(({ v, n }) => [v, Number(n)]))
}

/** What more than half of the cells look like; a word for nothing counts for none. */
function lookOf(cells: readonly string[]): 'number' | 'time' | 'text' {
  const counts = new Map<CellClass, number>()
  let all = 0
  for (const cell of cells) {
    const kind = classOf(cell)
    if (kind === 'nil' || kind === 'empty') continue
    all++
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const share = (kind: CellClass) => (counts.get(kind) ?? 0) / Math.max(1, all)
  if (share('number') > 0.5) return 'number'
  return share('date') > 0.5 || share('date') + share('time') > 0.6 ? 'time' : 'text'
}

/** A value that holds quotes for SQL. */
export const sqlText = literal
