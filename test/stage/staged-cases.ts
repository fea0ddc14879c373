import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Contract } from '../../contracts/contract.ts'
import { formatProblem } from '../../contracts/language.ts'
import type { Lookups } from '../../contracts/lookup.ts'
import { verifyContract } from '../../contracts/verify.ts'
import { regionProfile } from '../../models/region.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits, type Staged } from '../../stage/staged.ts'

const profile = regionProfile.parse({
  ...{ region: 'ng', name: 'Nigeria', country: 'NG', zone: 'Africa/Lagos', currency: 'NGN' },
})

/** Files that are staged under contracts from their YAML. */
export interface StagedCase {
  stage(yaml: string, file: readonly string[] | Uint8Array, lookups?: Lookups): Promise<StagedRows>
  contract(yaml: string, lookups?: Lookups): Promise<Contract>
  remove(): void
}

export interface StagedRows {
  readonly staged: Staged
  /** `3: b payout -20 fee 1` by line, `3+1:` for a further entry; `rejected` and `held` with reasons and text. */
  readonly rows: readonly string[]
  /** `3: duplicate`; a conflict with its text. */
  readonly repeats: readonly string[]
  readonly questions: readonly string[]
  readonly failed: readonly string[]
  readonly counts: Pick<Staged, 'read' | 'ignored' | 'valid' | 'rejected' | 'held'>
  /** A query over `record`, rows in order, a column each. */
  query(sql: string): Promise<unknown[][]>
}

export function stagedCases(): StagedCase {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-cases-'))
  let nth = 0
  const contract = async (yaml: string, lookups?: Lookups) => {
    const read = await verifyContract(yaml, 'regions/ng/sources/shop.yaml', profile, lookups)
    if ('errors' in read) throw new Error(formatProblem(read.errors))
    return read.contract
  }
  return {
    contract,
    async stage(yaml, file, lookups) {
      const path = join(folder, String(++nth))
      writeFileSync(path, file instanceof Uint8Array ? file : file.map((line) => `${line}\n`).join(''))
      const outDir = `${path}-staged`
      const task = { path, contract: await contract(yaml, lookups), outDir, limits: defaultLimits }
      const staged = await stageFile(task, () => {})
      const { read, ignored, valid, rejected, held } = staged
      const query = async (sql: string): Promise<unknown[][]> => {
        const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
        const connection = await instance.connect()
        await connection.run(`create view record as from read_parquet('${outDir}/records.parquet')`)
        const found = (await connection.runAndReadAll(sql)).getRowsJson()
        connection.closeSync()
        instance.closeSync()
        return found as unknown[][]
      }
      const place = `_line || case when _entry > 0 then '+' || _entry else '' end || ': '`
      const amount = (name: string) => `regexp_replace(${name}::varchar, '[.]?0+$', '')`
      const told = `case when _held is not null then 'held ' || array_to_string(_reasons, ',') || ': ' || _raw
        when _reasons is not null then 'rejected ' || array_to_string(_reasons, ',') || ': ' || _raw
        else concat_ws(' ', transaction_id, kind, ${amount('gross')}, 'fee ' || ${amount('fee')}, 'tax ' || ${amount('tax')}) end`
      const texts = async (sql: string) => (await query(sql)).map(([text]) => String(text))
      const hasRepeats = staged.duplicates + staged.conflicts + staged.waiting > 0
      return {
        ...{ staged, query, counts: { read, ignored, valid, rejected, held } },
        rows: await texts(`select ${place} || ${told} from record order by _line, _entry`),
        repeats: hasRepeats
          ? await texts(
              `select ${place} || concat_ws(' ', verdict, _raw) from read_parquet('${outDir}/repeats.parquet') order by _line, _entry`,
            )
          : [],
        questions: staged.questions.map(({ id, records, money }) => `${id}: ${records} rows, ${JSON.stringify(money)}`),
        failed: staged.failedChecks.map(({ severity, message }) => `${severity}: ${message}`),
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
