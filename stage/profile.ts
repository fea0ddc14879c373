import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract } from '../contracts/contract.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import type { Field } from '../models/field.ts'
import { models } from '../models/index.ts'
import { rowsOf } from './facts.ts'

/** What a file's valid records look like: what later files of its source are compared with. */
export interface FileProfile {
  /** Records that lack a field, of those fields that the contract takes from the file and that may be absent. */
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

/** Of a larger file so many records are enough: those whose line's hash says so, the same ones each time. */
const sampled = 100_000

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
  const from = `read_parquet(${literal(records)}) where _reasons is null`
  const counts = optional.map(({ name }) => `(count(*) filter (${quote(name)} is null))::varchar as ${quote(name)}`)
  const [absent] = counts.length === 0 ? [] : await rowsOf(connection, `select ${counts.join(', ')} from ${from}`)
  const every = Math.max(1, Math.ceil(valid / sampled))
  const medians: FileProfile['medians'][number][] = []
  for (const { name } of taken.filter(({ type }) => type === 'money')) {
    const rows = await rowsOf(
      connection,
      `select currency, count(*)::varchar as records, quantile_disc(abs(${quote(name)}), 0.5)::varchar as median
       from ${from} and ${quote(name)} is not null and currency is not null and hash(_line) % ${every} = 0
       group by currency order by currency`,
    )
    for (const row of rows)
      medians.push({
        ...{ field: name, currency: row.currency ?? '', records: Number(row.records) },
        median: row.median ?? '',
      })
  }
  return {
    absent: Object.fromEntries(Object.entries(absent ?? {}).map(([name, n]) => [name, Number(n)])),
    medians,
  }
}
