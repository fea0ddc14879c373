import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract } from '../contracts/contract.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { hasEntries } from '../contracts/variants.ts'
import { models } from '../models/index.ts'
import type { Staged } from './staged.ts'

/** What the staged records come to. */
export interface Facts {
  /** Rows: with entries a record has several. */
  rows: number
  /** Records of the source that they are made of. */
  records: number
  valid: number
  /** Records that hang on an open question. */
  held: number
  fromDate: string | null
  lastDate: string | null
  newestAt: string | null
  /** Check name -> records that failed it, for checks that do not reject. */
  warned: ReadonlyMap<string, number>
}

export async function factsOf(connection: DuckDBConnection, contract: Contract, records: string): Promise<Facts> {
  const fields = models[contract.model].fields as readonly { name: string; type: string }[]
  const day = fields.find((field) => field.type === 'date')?.name
  const time = fields.some((field) => field.name === 'occurred_at') ? 'occurred_at' : undefined
  const [row] = await rowsOf(
    connection,
    `select count(*)::varchar as rows, (${recordsSql(contract, records)})::varchar as records, count(*) filter (_reasons is null)::varchar as valid,
      count(*) filter (_held is not null)::varchar as held,
      ${day === undefined ? 'null' : `strftime(min(${quote(day)}) filter (_reasons is null), '%Y-%m-%d')`} as from_date,
      ${day === undefined ? 'null' : `strftime(max(${quote(day)}) filter (_reasons is null), '%Y-%m-%d')`} as last_date,
      ${time === undefined ? 'null' : `strftime(max(${time}) filter (_reasons is null), '%Y-%m-%dT%H:%M:%S.%gZ')`} as newest_at
     from read_parquet(${literal(records)})`,
  )
  const warned = contract.checks.some((check) => 'sql' in check && check.severity !== 'reject')
    ? await rowsOf(
        connection,
        `select name, count(*)::varchar as rows from (select unnest(_warnings) as name from read_parquet(${literal(records)}) where _reasons is null) group by name`,
      )
    : []
  return {
    rows: Number(row?.rows),
    records: Number(row?.records),
    valid: Number(row?.valid),
    held: Number(row?.held),
    fromDate: row?.from_date ?? null,
    lastDate: row?.last_date ?? null,
    newestAt: row?.newest_at ?? null,
    warned: new Map(warned.map((check) => [check.name ?? '', Number(check.rows)])),
  }
}

/** How many records of the source stand behind the rows. */
function recordsSql(contract: Contract, records: string): string {
  if (contract.join === undefined) return hasEntries(contract) ? 'count(distinct _line)' : 'count(*)'
  return hasEntries(contract)
    ? `select coalesce(sum(n), 0) from (select max(_records) as n from read_parquet(${literal(records)}) group by _line)`
    : 'coalesce(sum(_records), 0)'
}

/** Rows of a query, values as JSON gives them. */
export async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, string | null>[]> {
  const result = await connection.runAndReadAll(sql)
  return result.getRowObjectsJson() as Record<string, string | null>[]
}

/**
 * Whole-file checks that this file alone decides; an age is checked at loading, where arrival is known.
 *
 * @param problems why balances and totals fail, by check
 */
export function failedChecks(
  contract: Contract,
  facts: Facts,
  problems: ReadonlyMap<string, string>,
): Staged['failedChecks'] {
  return contract.checks.flatMap((check) => {
    const { name, severity } = check
    if ('rows' in check) {
      const { min, max } = check.rows
      // A record that hangs on a question is valid whatever the answer.
      const valid = facts.valid + facts.held
      if (valid >= min && (max === null || valid <= max)) return []
      const wanted = max === null ? `at least ${min}` : `${min} to ${max}`
      return [
        {
          name,
          severity,
          message: `the file has ${records(valid, 'valid ')} where ${wanted} are expected (check "${name}").`,
        },
      ]
    }
    const problem = problems.get(name)
    if (problem !== undefined) return [{ name, severity, message: problem }]
    const failed = 'sql' in check && severity === 'block' ? (facts.warned.get(name) ?? 0) : 0
    return failed === 0
      ? []
      : [
          {
            name,
            severity,
            message: `${records(failed)} of it ${failed === 1 ? 'does' : 'do'} not meet the check "${name}".`,
          },
        ]
  })
}

const records = (count: number, what = ''): string => `${count} ${what}${count === 1 ? 'record' : 'records'}`
