import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { problemOf } from '../activities/faults.ts'
import type { Contract } from '../contracts/contract.ts'
import { questionCode } from '../contracts/open.ts'
import { literal } from '../contracts/sql-text.ts'
import { Fault } from '../models/fault.ts'
import { entriesIn, openBytes } from '../readers/source/bytes.ts'
import { stage } from '../stage/stage.ts'
import type { Limits, Staged, StageProgress } from '../stage/staged.ts'

/** What a file would come to under a contract, judged alone: nothing of the region is read or changed. */
export interface Preview {
  readonly read: number
  readonly loaded: number
  readonly duplicate: number
  readonly rejected: number
  readonly ignored: number
  /** Records that would wait for a person: all, where a check holds the whole file, or those that hang on open questions. */
  readonly held: number
  /** Why they would wait: the checks that hold the file, else the questions; empty where nothing would. */
  readonly heldBy: readonly string[]
  /** Checks of the whole file that fail and let it load. */
  readonly warnings: readonly string[]
  /** Over counted rows that would load, by currency; decimals as text in major units. A sum of unknown amounts alone is null. */
  readonly totals: Readonly<Record<string, CurrencyTotals>>
  /** In file order, at most as many as asked for. */
  readonly rejects: readonly RejectedRecord[]
}

/** One file of a ZIP with several: what it would come to, or why it can not be read. */
export interface EntryPreview {
  readonly name: string
  readonly preview: Preview | null
  readonly problem: { readonly code: string; readonly message: string; readonly fix: string } | null
}

export interface CurrencyTotals {
  readonly rows: number
  readonly gross: string
  readonly fee: string | null
  readonly tax: string | null
  readonly net: string | null
}

export interface RejectedRecord {
  readonly line: number
  readonly reasons: readonly string[]
  readonly raw: string
}

export interface PreviewOptions {
  readonly limits: Limits
  /** How many rejects to list; they are counted in any case. */
  readonly maxRejects: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: StageProgress) => void
}

/**
 * Read and judge every file of a ZIP with several, and touch nothing; null where the file is one. One that can not be
 * read does not stop the others.
 */
export async function previewEntries(
  path: string,
  contract: Contract,
  options: PreviewOptions,
): Promise<EntryPreview[] | null> {
  const entries = await entriesIn(path, options.limits)
  if (entries === null) return null
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-preview-'))
  const previews: EntryPreview[] = []
  try {
    for (const name of entries)
      try {
        const bytes = await openBytes(path, options.limits, folder, name)
        const found = await preview(bytes.path, contract, options).finally(() => bytes.close())
        previews.push({ name, preview: found, problem: null })
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        previews.push({ name, preview: null, problem: problemOf(error) })
      }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return previews
}

/**
 * Read and judge a file, and touch nothing.
 *
 * @throws Fault `file.*` where the file cannot be read, `contract.check-sql`
 */
export async function preview(path: string, contract: Contract, options: PreviewOptions): Promise<Preview> {
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-preview-'))
  try {
    const outDir = join(folder, 'staged')
    const { limits, maxRejects, ...rest } = options
    const staged = await stage({ path, contract, outDir, limits, isTemporary: true }, rest)
    return await summarize(outDir, staged, contract, maxRejects)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function summarize(outDir: string, staged: Staged, contract: Contract, maxRejects: number): Promise<Preview> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '256MB' })
  const connection = await instance.connect()
  const rowsOf = async <T>(sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as T[]
  try {
    const hasRepeats = staged.duplicates + staged.conflicts + staged.waiting > 0
    const repeats = hasRepeats
      ? `read_parquet(${literal(join(outDir, 'repeats.parquet'))})`
      : '(select null::bigint as _line, 0 as _entry, null as verdict, null as _raw limit 0)'
    await connection.run(`create view record as from read_parquet(${literal(join(outDir, 'records.parquet'))})`)
    await connection.run(`create view repeat as from ${repeats}`)
    const holding = staged.failedChecks.filter((check) => check.severity !== 'warn')
    const isHeld = holding.length > 0
    const totals =
      contract.model === 'transaction' && !isHeld ? await rowsOf<CurrencyTotals & { currency: string }>(totalsSql) : []
    const rejects = await rowsOf<{ line: string; reasons: string[]; raw: string }>(`
      select _line::varchar as line, reasons, raw from (
        select _line, _reasons as reasons, _raw as raw from record where _reasons is not null and _held is null
        union all select _line, ['key.conflict'], _raw from repeat where verdict = 'conflict')
      order by _line limit ${maxRejects}`)
    const records = staged.read - staged.ignored
    const counts = isHeld
      ? { loaded: 0, duplicate: 0, rejected: 0, held: records }
      : {
          loaded: staged.valid - staged.duplicates - staged.conflicts - staged.waiting,
          duplicate: staged.duplicates,
          rejected: staged.rejected + staged.conflicts,
          held: staged.held,
        }
    return {
      read: staged.read,
      loaded: counts.loaded,
      duplicate: counts.duplicate,
      rejected: counts.rejected,
      ignored: staged.ignored,
      held: counts.held,
      heldBy: isHeld ? holding.map(({ message }) => message) : staged.questions.map(asked),
      warnings: staged.failedChecks.filter(({ severity }) => severity === 'warn').map(({ message }) => message),
      totals: Object.fromEntries(totals.map(({ currency, ...sums }) => [currency, sums])),
      rejects: rejects.map(({ line, reasons, raw }) => ({ line: Number(line), reasons, raw })),
    }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** An open question, by which it can be told apart, and how much hangs on it. */
const asked = ({ id, question, records }: Staged['questions'][number]): string =>
  `${questionCode(id)}: ${question} (${records} ${records === 1 ? 'record' : 'records'})`

/** Amounts with the two decimals that most money has, or as many more as they need. */
const amount = (sum: string): string =>
  `regexp_replace(rtrim(${sum}::varchar, '0'), '[.]([0-9]?)$', '.\\1' || repeat('0', 2))`

const plainAmount = (column: string): string => {
  const sum = `sum(${column})`
  return `case when ${sum} is null then null
    when ${sum} = round(${sum}, 2) then ${sum}::decimal(38,2)::varchar else ${amount(sum)} end as ${column}`
}

const totalsSql = `
  select currency, count(*)::integer as rows, ${['gross', 'fee', 'tax', 'net'].map(plainAmount).join(', ')}
  from record
  where _reasons is null and counted and not exists (from repeat r where r._line = record._line and r._entry = record._entry)
  group by currency order by currency`
