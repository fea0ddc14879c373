import type { DuckDBConnection } from '@duckdb/node-api'
import { balanceColumn } from '../contracts/check-amounts.ts'
import type { Balance, Check, Contract } from '../contracts/contract.ts'
import { quote } from '../contracts/sql-text.ts'
import { hasEntries } from '../contracts/variants.ts'
import { rowsOf } from './facts.ts'
import { countOf, openFields, plainAmount, standingSql } from './standing.ts'

export type BalanceCheck = Extract<Check, { readonly balance: Balance }>

/**
 * Why a column of balances does not follow from what the records move; null where it does.
 *
 * Each record is held against its neighbour in the file with the same `by` fields, one step. A record that is not counted
 * moves nothing; a repeated one is passed over. What a rejected record moves is not known, so its own step is left out,
 * but its balance, where it can be read, is what the next step begins with; where it can not, or where the record's `by`
 * fields are unknown, the next step is left out too. So it is with a record that is held, where the answer changes that.
 */
export async function balanceProblem(
  connection: DuckDBConnection,
  contract: Contract,
  check: BalanceCheck,
  records: string,
): Promise<string | null> {
  const { balance, name } = check
  const source = recordsSql(contract, check, records)
  const [stray] = await rowsOf(connection, `select count(*)::varchar as n from (${source}) where is_stray`)
  const [row] = await rowsOf(connection, stepsSql(balance, check.tolerance, source, stray?.n !== '0'))
  const count = (column: string) => Number(row?.[column] ?? 0)
  const ways = (['oldest_first', 'newest_first'] as const).filter((way) =>
    balance.order === 'found' ? true : way === balance.order,
  )
  const [way, other] = ways.sort((a, b) => count(`failed_${a}`) - count(`failed_${b}`))
  if (way === undefined) return null
  const [failed, steps] = [count(`failed_${way}`), count(`steps_${way}`)]
  const column = columnText(balance)
  if (steps === 0)
    return count('pairs') === 0
      ? null
      : `${column} could not be checked: of no two records in a row both balances and ${balance.of} are known (check "${name}").`
  if (failed === 0) return null
  const [found, wanted, line] = ['found', 'wanted', 'line'].map((what) => row?.[`${what}_${way}`] ?? '') as [
    string,
    string,
    string,
  ]
  const order = other === undefined ? '' : `, read ${way.replace('_', ' ')}, which closes more often`
  return (
    `${column} does not follow from ${balance.of} at ${failed} of ${countOf(steps, 'step')}: on line ${line} it is ` +
    `${plainAmount(found)} where ${plainAmount(wanted)} is expected (check "${name}"${order}).`
  )
}

function columnText({ rule }: Balance): string {
  const [column] = rule.columns
  return column === undefined || 'position' in column
    ? `the balance in column ${column?.position}`
    : `the balance "${column.name}"`
}

/** Every record but repeated ones, its entries as one: its balance; what it moves, null where that is not known; whether its group is unknown. */
function recordsSql(contract: Contract, { name, balance }: BalanceCheck, records: string): string {
  const { of, by } = balance
  const known = by.filter((field) => contract.fields[field] !== undefined).map((field) => `${quote(field)} is null`)
  const isOpen = openFields(contract).some((field) => by.includes(field))
  const entries = `
  select _line, ${by.map((field) => `${quote(field)}, `).join('')}
    case when _reasons[1] like 'row.%' then null else ${quote(balanceColumn(name))} end as balance,
    case _standing when 'loads' then try((${of})::decimal(38,9)) when 'uncounted' then 0 end as moved,
    _standing = 'loads' as loads, 
    case _standing when 'rejected' then ${known.join(' or ') || 'false'} when 'held' then ${isOpen} else false end as is_stray
  from ${standingSql(contract, records, of)} where _standing <> 'repeated'`
  if (!hasEntries(contract)) return entries
  return `select _line, ${by.map((field) => `${quote(field)}, `).join('')}max(balance) as balance,
    case when count(moved) = count(*) then sum(moved) end as moved, bool_or(loads) as loads, bool_or(is_stray) as is_stray
    from (${entries}) group by all`
}

/** One row: for either order its steps, those that fail, and the first of these. */
function stepsSql({ by, shows }: Balance, tolerance: string, source: string, hasStrays: boolean): string {
  const group = by.length === 0 ? '1' : `row(${by.map(quote).join(', ')})`
  // One window for both orders: each further one sorts the file again.
  const above = (column: string) => `lag(${column}) over same`
  const below = (column: string) => `lead(${column}) over same`
  const [fromAbove, fromBelow] = shows === 'after' ? ['moved', 'moved'] : [above('moved'), below('moved')]
  const counts = (way: string) => {
    const isOff = `abs(balance - ${way}) > ${tolerance}`
    return [
      `count(balance - ${way}) as steps_${way}`,
      `count(*) filter (${isOff}) as failed_${way}`,
      `(min(_line) filter (${isOff}))::varchar as line_${way}`,
      `(arg_min(balance, _line) filter (${isOff}))::varchar as found_${way}`,
      `(arg_min(${way}, _line) filter (${isOff}))::varchar as wanted_${way}`,
    ]
  }
  return `
with record as (${source}),
placed as (${
    hasStrays
      ? `select r.*, s._line as stray_line from (select * from record where not is_stray) r
         asof left join (select _line from record where is_stray) s on r._line > s._line`
      : 'select *, null::bigint as stray_line from record'
  }),
step as (
  select *,
    case when coalesce(stray_line < ${above('_line')}, true) then ${above('balance')} + ${fromAbove} end as oldest_first,
    case when coalesce(${below('stray_line')} < _line, true) then ${below('balance')} + ${fromBelow} end as newest_first
  from placed window same as (partition by ${by.map(quote).join(', ') || '1'} order by _line))
select ${[...counts('oldest_first'), ...counts('newest_first')].join(', ')},
  count(*) filter (loads) - count(distinct ${group}) filter (loads) as pairs
from step`
}
