import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract, FieldRule } from '../contracts/contract.ts'
import { contractsOf } from '../contracts/open.ts'
import { yearCheck } from '../contracts/own-checks.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { rowsOf } from './facts.ts'

/** Half a year: dates that are nearer than this, read in one year, are not of two. */
const halfYear = 183

/**
 * Why dates that are written without a year, and all are said to be in one, may go over New Year: they are more than half
 * a year apart, and do not lead through that year in one order, step by step. A statement from December to January, read as one
 * year, leaps from its end to its start.
 */
export async function yearProblems(
  connection: DuckDBConnection,
  contract: Contract,
  records: string,
): Promise<readonly string[]> {
  const problems: string[] = []
  for (const [field, year] of yearlyFields(contract)) {
    const day = field === 'occurred_at' ? 'local_date' : `${quote(field)}::date`
    const [row] = await rowsOf(
      connection,
      `with dated as (
        select *, day - before as step, lag(_line) over (order by _line, _entry) as line_before from (
          select ${day} as day, lag(${day}) over (order by _line, _entry) as before, _line, _entry
          from read_parquet(${literal(records)}) where _reasons is null and ${day} is not null)),
      turned as (select * from dated where abs(step) > ${halfYear} or sign(step) <> (
        select sign(step) from dated where step <> 0 order by _line, _entry limit 1))
      select (select max(day) - min(day) from dated)::varchar as span, _line::varchar as line, line_before::varchar as line_before,
        strftime(day, '%Y-%m-%d') as day, strftime(before, '%Y-%m-%d') as before
      from turned where step <> 0 order by _line, _entry limit 1`,
    )
    if (row === undefined || Number(row.span) <= halfYear) continue
    problems.push(
      `${field} is written without a year, and by ${JSON.stringify(year)} ${row.before} on line ${row.line_before} is followed by ` +
        `${row.day} on line ${row.line}: the file may go over New Year. Say the period that it is of: year: { from, to } (check "${yearCheck}").`,
    )
  }
  return problems
}

/** Fields whose dates all are in one year, and which. */
function yearlyFields(contract: Contract): ReadonlyMap<string, string> {
  const rules = contractsOf(contract).flatMap(({ fields }) => Object.entries(fields))
  const one = ({ year }: FieldRule) => (year !== undefined && 'value' in year ? [year.value] : [])
  return new Map(rules.flatMap(([name, rule]) => one(rule).map((year): [string, string] => [name, year])))
}
