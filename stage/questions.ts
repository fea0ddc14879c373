import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract } from '../contracts/contract.ts'
import { literal } from '../contracts/sql-text.ts'
import { rowsOf } from './facts.ts'

/** What of a file hangs on an open question of its contract. */
export interface HeldByQuestion {
  readonly id: string
  readonly question: string
  /** Held ones that hang on it, perhaps on others too. */
  readonly records: number
  /** The first of them. */
  readonly line: number
  readonly raw: string
  /**
   * Candidate -> currency -> what counts of these records by that answer, the other questions at their first candidate;
   * decimals as text. Empty where the model has no money.
   */
  readonly money: Readonly<Record<string, Readonly<Record<string, HeldMoney>>>>
}

export interface HeldMoney {
  readonly gross: string
  /** null: none is known. */
  readonly fee: string | null
}

/**
 * One entry for each open question that some of the staged records hang on, in the contract's order.
 *
 * @param varying the fields that are in `_readings`
 */
export async function heldByQuestions(
  connection: DuckDBConnection,
  { open, model }: Contract,
  varying: readonly string[],
  records: string,
): Promise<readonly HeldByQuestion[]> {
  if (open === undefined) return []
  const held = `read_parquet(${literal(records)})`
  const read = (name: string) => (varying.includes(name) ? `reading.${name}` : name)
  const counts = await rowsOf(
    connection,
    `select id, count(*)::varchar as records, min(_line)::varchar as line, arg_min(_raw, _line) as raw
     from (select unnest(_held) as id, _line, _raw from ${held} where _held is not null) group by id`,
  )
  const found: HeldByQuestion[] = []
  for (const [nth, { id, question, candidates }] of open.questions.entries()) {
    const count = counts.find((row) => row.id === id)
    if (count === undefined) continue
    const money: Record<string, Record<string, HeldMoney>> = {}
    for (const candidate of model === 'transaction' ? candidates : []) {
      const track = open.tracks.findIndex(({ choices }) =>
        choices.every((choice, i) => choice === (i === nth ? candidate : open.questions[i]?.candidates[0])),
      )
      const sums = await rowsOf(
        connection,
        `select ${read('currency')} as currency, sum(${read('gross')})::varchar as gross, sum(${read('fee')})::varchar as fee
         from (select *, _readings[${track + 1}] as reading from ${held} where list_contains(_held, ${literal(id)}))
         where reading is not null and ${read('counted')} group by all order by all`,
      )
      money[candidate] = Object.fromEntries(
        sums.map(({ currency, gross, fee }) => [currency, { gross: gross ?? '0', fee: fee ?? null }]),
      )
    }
    found.push({ id, question, records: Number(count.records), line: Number(count.line), raw: count.raw ?? '', money })
  }
  return found
}
