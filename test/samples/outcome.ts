import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Contract } from '../../contracts/contract.ts'
import { models } from '../../models/index.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits } from '../../stage/staged.ts'
import type { SampleExpectation } from './sample-files.ts'

export type Outcome = Pick<SampleExpectation, 'counts' | 'totals' | 'rejects'>

/** What reading a file under a contract comes to; rejects in file order, amounts as decimal text. */
export async function outcomeOf(path: string, contract: Contract): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-outcome-'))
  try {
    const outDir = join(folder, 'staged')
    const staged = await stageFile({ path, contract, outDir, limits: defaultLimits }, () => {})
    const repeats = staged.duplicates + staged.conflicts > 0
    const rows = await query(
      outDir,
      `create view record as select * from read_parquet('${outDir}/records.parquet');
       create view repeat as ${repeats ? `select * from read_parquet('${outDir}/repeats.parquet')` : "select 0::bigint as _line, 0 as _entry, '' as verdict where false"}`,
      {
        rejects: `select line::varchar as line, reasons from (
            select _line as line, to_json(_reasons)::varchar as reasons from record where _reasons is not null
            union all select _line, '["key.conflict"]' from repeat where verdict = 'conflict') as reject order by reject.line`,
        totals:
          contract.model !== models.transaction.name
            ? 'select null as currency where false'
            : `select currency, count(*)::varchar as rows,
                coalesce(sum(gross), 0)::varchar as gross, coalesce(sum(fee), 0)::varchar as fee,
                coalesce(sum(tax), 0)::varchar as tax, coalesce(sum(net), 0)::varchar as net
               from record where _reasons is null and counted and not exists (from repeat r where r._line = record._line and r._entry = record._entry)
               group by currency order by currency`,
      },
    )
    const { read, ignored, duplicates: duplicate, conflicts } = staged
    return {
      counts: {
        read,
        loaded: staged.valid - duplicate - conflicts,
        duplicate,
        rejected: staged.rejected + conflicts,
        ignored,
      },
      totals: Object.fromEntries(
        (rows.totals ?? []).map(({ currency, rows, gross, fee, tax, net }) => [
          currency,
          { rows: Number(rows), gross: short(gross), fee: short(fee), tax: short(tax), net: short(net) },
        ]),
      ),
      rejects: (rows.rejects ?? []).map(({ line, reasons }) => ({
        line: Number(line),
        reasons: JSON.parse(reasons ?? ''),
      })),
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

async function query<Name extends string>(folder: string, setup: string, queries: Record<Name, string>) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    await connection.run(setup)
    const answers: Partial<Record<Name, Record<string, string>[]>> = {}
    for (const [name, sql] of Object.entries(queries) as [Name, string][])
      answers[name] = (await connection.runAndReadAll(sql)).getRowObjectsJson() as Record<string, string>[]
    return answers
  } catch (error) {
    throw new Error(`reading ${folder}`, { cause: error })
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** `157999.000000000` as `157999.00`: two decimals, more only where they are not 0. */
const short = (decimal: string | undefined): string => (decimal ?? '').replace(/(\.\d\d)(\d*?)0*$/, '$1$2')
