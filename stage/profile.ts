import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract } from '../contracts/contract.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import type { Field } from '../models/field.ts'
import { models } from '../models/index.ts'
import { rowsOf } from './facts.ts'

/** What a file's valid records look like: what later files of its source are compared with. */
export interface FileProfile {
  /** Valid records that were looked at: all, or of a larger file a part of them. */
  readonly records: number
  /** Of these the records that lack a field, of those fields that the contract takes from the file and that may be absent. */
  readonly absent: Readonly<Record<string, number>>
  /** The middle amount, without its sign, of each field and currency. */
  readonly medians: readonly {
    readonly field: string
    readonly currency: string
    readonly records: number
    /** DECIMAL(38,9) as text. */
    readonly median: string
  }[]
}

/** Of a larger file about so many lines are looked at, in a few spans of equal distance: the same ones each time. */
const sampled = 100_000
const spans = 4

export async function profileOf(
  connection: DuckDBConnection,
  { model, fields }: Contract,
  records: string,
  valid: number,
): Promise<FileProfile> {
  const taken = (models[model].fields as readonly Field[]).filter(({ name }) => {
    const rule = fields[name]
    return rule !== undefined && rule.value === null
  })
  const optional = taken.filter(({ required }) => required !== true)
  const names = [...taken.map(({ name }) => name), ...(taken.some(({ type }) => type === 'money') ? ['currency'] : [])]
  const columns = [...new Set(names)].map(quote).join(', ')
  if (columns === '') return { records: valid, absent: {}, medians: [] }
  const parts = valid > sampled ? await spansOf(connection, records) : ['true']
  const part = (where: string) =>
    `select ${columns} from read_parquet(${literal(records)}) where _reasons is null and ${where}`
  await connection.run(`create temp table profiled as ${parts.map(part).join(' union all ')}`)
  const counts = optional.map(({ name }) => `(count(*) filter (${quote(name)} is null))::varchar as ${quote(name)}`)
  const [row] = await rowsOf(connection, `select ${['count(*)::varchar as "all"', ...counts].join(', ')} from profiled`)
  const { all, ...absent } = row ?? {}
  const medians: FileProfile['medians'][number][] = []
  for (const { name } of taken.filter(({ type }) => type === 'money')) {
    const rows = await rowsOf(
      connection,
      `select currency, count(*)::varchar as records, quantile_disc(abs(${quote(name)}), 0.5)::varchar as median
       from profiled where ${quote(name)} is not null and currency is not null group by currency order by currency`,
    )
    for (const { currency, records: found, median } of rows)
      medians.push({ field: name, currency: currency ?? '', records: Number(found), median: median ?? '' })
  }
  return {
    records: Number(all),
    absent: Object.fromEntries(Object.entries(absent).map(([name, n]) => [name, Number(n)])),
    medians,
  }
}

/** Conditions on lines, each of a kind that spares DuckDB to read the rest of the file. */
async function spansOf(connection: DuckDBConnection, records: string): Promise<string[]> {
  const [row] = await rowsOf(
    connection,
    `select min(_line)::varchar as first, max(_line)::varchar as last from read_parquet(${literal(records)})`,
  )
  const [first, last] = [Number(row?.first), Number(row?.last)]
  const length = Math.floor(sampled / spans)
  return Array.from({ length: spans }, (_, i) => {
    const start = first + Math.floor(((last - first - length) * i) / (spans - 1))
    return `_line between ${start} and ${start + length - 1}`
  })
}
