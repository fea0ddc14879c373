import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract } from '../contracts/contract.ts'
import { type Around, totalProblem } from './control-total.ts'
import { balanceProblem } from './running-balance.ts'

/** Why balances and totals do not hold, by check. Needs the temporary table that `findRepeats` leaves. */
export async function moneyProblems(
  connection: DuckDBConnection,
  contract: Contract,
  records: string,
  around: Around,
): Promise<ReadonlyMap<string, string>> {
  const problems = new Map<string, string>()
  for (const check of contract.checks) {
    const problem =
      'balance' in check
        ? await balanceProblem(connection, contract, check, records)
        : 'total' in check
          ? await totalProblem(connection, contract, check, records, around)
          : null
    if (problem !== null) problems.set(check.name, problem)
  }
  return problems
}
