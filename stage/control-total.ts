import type { DuckDBConnection } from '@duckdb/node-api'
import { namesIn } from '../contracts/check-meaning.ts'
import type { Contract } from '../contracts/contract.ts'
import { type Decimal, decimalText } from '../contracts/judge-number.ts'
import { quote } from '../contracts/sql-text.ts'
import { currencies } from '../models/currency.ts'
import { rowsOf } from './facts.ts'
import { findAmount, type RowAround } from './given-amounts.ts'
import { countOf, plainAmount } from './standing.ts'
import { type Sum, sumOf, sumsSql, type TotalCheck, units, withStrays } from './sums.ts'

/** What stands around the records, and the header's names. */
export interface Around {
  readonly rows: readonly RowAround[]
  readonly columns: readonly string[]
}

/**
 * Why what the records come to is not what the file says; null where it is.
 *
 * Summed are the counted records that load. Amounts of labels are for the whole file, which is then in one currency;
 * amounts of columns are for the records that have the same ones, in each account and currency. Where it depends on an
 * open question what the records come to, that is looked at when it is answered.
 */
export async function totalProblem(
  connection: DuckDBConnection,
  contract: Contract,
  check: TotalCheck,
  records: string,
  around: Around,
): Promise<string | null> {
  const { values = {} } = contract
  const named = namesIn(check.total.equals)
  const names = Object.keys(values).filter((name) => named.includes(name))
  if (contract.open !== undefined) {
    const sums = await rowsOf(
      connection,
      `select sum(held_count)::varchar as held from (${sumsSql(contract, check, records, [], [])})`,
    )
    if (Number(sums[0]?.held) > 0) return null
  }
  return names.every((name) => values[name]?.at === 'column')
    ? ofStatements(connection, contract, check, records, names)
    : ofFile(connection, contract, check, records, names, around)
}

/** The first statement that does not close, and how many more do not. */
async function ofStatements(
  connection: DuckDBConnection,
  contract: Contract,
  check: TotalCheck,
  records: string,
  names: readonly string[],
): Promise<string | null> {
  const { total, tolerance } = check
  const sums = sumsSql(contract, check, records, ['account', 'currency'], names)
  const [row] = await rowsOf(
    connection,
    `select *, wanted::varchar as wanted, (count(*) over ())::varchar as failing
     from (select *, (${total.equals})::decimal(38,9) as wanted from (${sums}))
     where case when wanted is null then loads_count > 0 else abs(loads_held - wanted) > ${tolerance} end
     order by line limit 1`,
  )
  if (row === undefined) return null
  const more = Number(row.failing) - 1
  const others =
    more === 0 ? '' : ` ${countOf(more, 'more statement')} of the file ${more === 1 ? 'does' : 'do'} not close.`
  const absent = names.find((name) => row[name] === null)
  const problem =
    absent === undefined
      ? explained(sumOf(row), row.wanted ?? null, check)
      : `the amount "${absent}" is not there, or is no amount, from line ${row.line} on (check "${check.name}").`
  return `${problem}${others}`
}

async function ofFile(
  connection: DuckDBConnection,
  contract: Contract,
  check: TotalCheck,
  records: string,
  names: readonly string[],
  { rows, columns }: Around,
): Promise<string | null> {
  const { values = {} } = contract
  const { sum: what, equals } = check.total
  const byCurrency = await rowsOf(connection, `${sumsSql(contract, check, records, ['currency'], [])} order by line`)
  const sums = byCurrency.map(sumOf)
  const inUse = sums.filter(({ loads }) => loads.count > 0)
  if (inUse.length > 1)
    return `${what} can not be compared with ${equals}: the records are in ${inUse.map(({ currency }) => currency).join(' and ')} (check "${check.name}").`
  const stray = sums.find(({ currency, loads }) => currency === null && loads.count === 0)
  const own = inUse[0] ?? sums.find((sum) => sum !== stray) ?? sumOf({})
  const sum = stray === undefined ? own : withStrays(own, stray)
  const exponent = currencies.get(sum.currency ?? '')?.exponent ?? 2
  const amounts: string[] = []
  for (const name of names) {
    const given = values[name]
    if (given === undefined || given.at === 'column') continue
    const found = findAmount(given, rows, columns, exponent)
    if ('wrong' in found) return `the amount "${name}" ${found.wrong} (check "${check.name}").`
    amounts.push(`${found.amount}::decimal(38,9) as ${quote(name)}`)
  }
  const [row] = await rowsOf(
    connection,
    `select ((${equals})::decimal(38,9))::varchar as wanted from (select ${amounts.join(', ')})`,
  )
  return explained(sum, row?.wanted ?? null, check)
}

/** How the sum stands to what it must be; null where it is near enough. */
function explained(sum: Sum, wanted: string | null, { name, total, tolerance }: TotalCheck): string | null {
  if (wanted === null) return `${total.equals} gives no amount (check "${name}").`
  const off = units(wanted) - sum.loads.held
  const isNear = (distance: Decimal) => size(distance) <= units(tolerance)
  if (isNear(off)) return null
  const { loads, account, currency } = sum
  const parts = (['rejected', 'repeated', 'uncounted'] as const).filter((part) => sum[part].count > 0)
  const heldBy = (some: typeof parts) => some.reduce((held, part) => held + sum[part].held, 0n)
  const closing = [...parts.map((part) => [part]), parts].find((some) => some.length > 0 && isNear(off - heldBy(some)))
  const unknown = loads.count - loads.known
  return [
    `${total.sum} comes to ${text(loads.held)}${currency === null ? '' : ` ${currency}`} over ${countOf(loads.count, 'record')}`,
    account === null ? '' : ` of account ${account}`,
    unknown === 0 ? '' : ` (${unknown} of them ${unknown === 1 ? 'adds' : 'add'} nothing)`,
    `, but ${total.equals} is ${plainAmount(wanted)}: ${text(size(off))} ${off < 0n ? 'less' : 'more'} (check "${name}").`,
    parts.length === 0 ? '' : ` Not in it: ${parts.map((part) => partText(sum, part)).join(', ')}.`,
    closing === undefined
      ? ''
      : ` With ${closing.length === 1 ? onesOf(sum, closing[0] as Part) : 'all of these'} it closes.`,
  ].join('')
}

type Part = 'rejected' | 'repeated' | 'uncounted'

const onesOf = (sum: Sum, part: Part): string =>
  `the ${part === 'uncounted' ? 'not counted' : part} one${sum[part].count === 1 ? '' : 's'}`

const nouns: Readonly<Record<Part, readonly [one: string, many: string]>> = {
  rejected: ['rejected record', 'rejected records'],
  repeated: ['repeated record', 'repeated records'],
  uncounted: ['record that is not counted', 'records that are not counted'],
}

function partText(sum: Sum, part: Part): string {
  const { count, known, held } = sum[part]
  const noun = nouns[part][count === 1 ? 0 : 1]
  if (known === 0) return `${count} ${noun} of unknown amount`
  return `${count} ${noun} with ${text(held)}${known < count ? `, known of ${known}` : ''}`
}

const size = (distance: Decimal): Decimal => (distance < 0n ? -distance : distance)
const text = (decimal: Decimal): string => plainAmount(decimalText(decimal))
