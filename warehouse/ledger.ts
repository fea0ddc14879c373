import type { Counts } from '../models/report.ts'
import type { Session } from './duck.ts'
import { isoUtc } from './findings.ts'
import type { FileReport, LandedFile } from './warehouse.types.ts'

/** What the ledger holds of one content of a source. */
export interface LedgerRow {
  readonly id: number
  readonly model: string
  readonly contractVersion: string
  readonly outcome: 'loaded' | 'held'
  readonly counts: Counts
  readonly problem: FileReport['problem']
  readonly arrivedAt: string
}

export async function findLedgerRow(session: Session, source: string, sha256: string): Promise<LedgerRow | undefined> {
  const row = await session.one<Record<string, string>>(
    `select *, ${isoUtc('arrived_at')} as arrived from ops.file where source = $source and sha256 = $sha256`,
    { source, sha256 },
  )
  if (row === undefined) return undefined
  const counts = Object.fromEntries(countNames.map((name) => [name, Number(row[name])])) as unknown as Counts
  return {
    id: Number(row.id),
    model: row.model ?? '',
    contractVersion: row.contract_version ?? '',
    outcome: row.outcome === 'held' ? 'held' : 'loaded',
    counts,
    problem: row.problem_code
      ? { code: row.problem_code, message: row.problem_message ?? '', fix: row.problem_fix ?? '' }
      : null,
    arrivedAt: row.arrived ?? '',
  }
}

const countNames = ['read', 'loaded', 'unchanged', 'duplicate', 'rejected', 'ignored', 'held'] as const

export const hasName = async (session: Session, id: number, name: string): Promise<boolean> =>
  (await session.number('select count(*) from ops.file_name where file = $id and name = $name', { id, name })) > 0

export async function addName(session: Session, id: number, name: string, at: string): Promise<void> {
  if (await hasName(session, id, name)) return
  await session.run('insert into ops.file_name values ($id, $name, $at::timestamptz)', { id, name, at })
}

/** The report of a file whose bytes this contract has judged before: nothing is done, every record is counted so, or held still. */
export function knownReport(file: LandedFile, row: LedgerRow, isNameKnown: boolean): FileReport {
  const none: Counts = {
    read: row.counts.read,
    loaded: 0,
    unchanged: 0,
    duplicate: 0,
    rejected: 0,
    ignored: 0,
    held: 0,
  }
  const { problem } = row
  if (row.outcome === 'held') return { file, outcome: 'held', changedDates: 0, problem, ...row.counts }
  const { read, held } = row.counts
  if (isNameKnown)
    return { file, outcome: 'unchanged', changedDates: 0, problem, ...none, unchanged: read - held, held }
  return { file, outcome: 'duplicate', changedDates: 0, problem, ...none, duplicate: row.counts.read }
}

export interface LedgerEntry {
  readonly id: number
  readonly file: LandedFile
  readonly model: string
  readonly contractVersion: string
  readonly outcome: 'loaded' | 'held'
  readonly counts: Counts
  readonly problem: FileReport['problem']
  readonly fromDate: string | null
  readonly lastDate: string | null
  readonly newestAt: string | null
  /** Of the file, in order; none where it could not be read. */
  readonly columns: readonly string[]
  readonly loadedAt: string
  readonly journalSeq: number
  readonly stagedBytes: number
  readonly stageSeconds: number
  readonly loadSeconds: number
}

/** Write a file's row, or the new verdict over the former one; its first name and arrival stay. */
export async function writeLedgerRow(session: Session, entry: LedgerEntry, isNew: boolean): Promise<void> {
  const { id, file, counts, problem } = entry
  if (isNew)
    await session.run(
      `insert into ops.file (id, source, sha256, name, size_bytes, arrived_at)
       values ($id, $source, $sha256, $name, $sizeBytes, $arrivedAt::timestamptz)`,
      {
        id,
        source: file.source,
        sha256: file.sha256,
        name: file.name,
        sizeBytes: BigInt(file.sizeBytes),
        arrivedAt: file.arrivedAt,
      },
    )
  await session.run(
    `update ops.file set model = $model, contract_version = $version, outcome = $outcome,
       ${countNames.map((name) => `"${name}" = $${name}`).join(', ')},
       from_date = $fromDate::date, last_date = $lastDate::date, newest_at = $newestAt::timestamptz,
       problem_code = $code, problem_message = $message, problem_fix = $fix,
       loaded_at = $loadedAt::timestamptz, journal_seq = $journalSeq,
       change_seq = (select change_seq from ops.writer), columns = from_json($columns, '["varchar"]'),
       staged_bytes = $stagedBytes, stage_seconds = $stageSeconds, load_seconds = $loadSeconds
     where id = $id`,
    {
      id,
      model: entry.model,
      version: entry.contractVersion,
      outcome: entry.outcome,
      ...Object.fromEntries(countNames.map((name) => [name, BigInt(counts[name])])),
      fromDate: entry.fromDate,
      lastDate: entry.lastDate,
      newestAt: entry.newestAt,
      columns: JSON.stringify(entry.columns),
      code: problem?.code ?? null,
      message: problem?.message ?? null,
      fix: problem?.fix ?? null,
      loadedAt: entry.loadedAt,
      journalSeq: BigInt(entry.journalSeq),
      stagedBytes: BigInt(entry.stagedBytes),
      stageSeconds: entry.stageSeconds,
      loadSeconds: entry.loadSeconds,
    },
  )
  await addName(session, id, file.name, entry.loadedAt)
}
