import type { Contract } from '../contracts/contract.ts'
import type { Model } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import { type Counts, isConserved, noCounts } from '../models/report.ts'
import type { Layout } from '../project/layout.ts'
import { bringBack, datesOf, rowsThatReturn, type StagedOf } from './bring-back.ts'
import { markChanged } from './changes.ts'
import { coreTable, dateColumn, keyColumns, modelBy } from './core-tables.ts'
import { driftOf, saveProfile } from './drift.ts'
import { renamedColumns } from './drift-columns.ts'
import type { Session } from './duck.ts'
import { judgeFile, rememberColumns } from './file-checks.ts'
import { addRejectShares, addShare, dropShares, type Share, settleFindings } from './findings.ts'
import type { RecordedFault } from './journal.ts'
import { type LedgerRow, writeLedgerRow } from './ledger.ts'
import { questionShares } from './questions.ts'
import { putRejects } from './rejects.ts'
import type { StagedInput } from './staged-input.ts'
import { upsert } from './upsert.ts'
import type { FileReport, LandedFile } from './warehouse.types.ts'

export interface LoadInput {
  readonly file: LandedFile
  readonly contract: Contract
  readonly contractVersion: string
  /** What staging left, or why the file could not be read. */
  readonly staged: StagedInput | RecordedFault
  readonly former: LedgerRow | undefined
  readonly journalSeq: number
  /** When the load was asked for, from the journal: a rebuild gets the same. */
  readonly at: string
  readonly layout: Layout
  readonly stagedOf: StagedOf
}

/** What the parts of one load work on. */
export interface LoadContext {
  readonly session: Session
  readonly file: LandedFile
  readonly contract: Contract
  readonly contractVersion: string
  readonly model: Model
  /** ops.file.id: the order of first arrival. */
  readonly id: number
  readonly isJudgedAgain: boolean
  readonly layout: Layout
  readonly stagedOf: StagedOf
}

/**
 * Load one file inside the running transaction: core rows, rejects, findings, changed partitions, ledger.
 *
 * @throws Error when source records are not conserved: whoever staged the file and core do not agree on what it holds
 */
export async function loadFile(session: Session, input: LoadInput): Promise<FileReport> {
  const startedAt = performance.now()
  const { file, contract, contractVersion, former, staged } = input
  const id = former?.id ?? (await session.number('select coalesce(max(id), 0) + 1 from ops.file'))
  const model = modelBy(contract)
  const isJudgedAgain = former !== undefined
  const { layout, stagedOf } = input
  const context = { session, file, contract, contractVersion, model, id, isJudgedAgain, layout, stagedOf }
  await session.run('update ops.writer set change_seq = change_seq + 1')
  const isRemodelled = former !== undefined && former.model !== contract.model
  const withdrawn = isRemodelled ? await withdraw(context, models[former.model as ModelName]) : undefined
  const before = isJudgedAgain ? await dropShares(session, file.source, id) : []
  const result = 'code' in staged ? await holdUnreadable(context, staged) : await judgeAndLoad(context, staged)
  const { counts, problem, changed } = result
  if (!isConserved(counts)) throw notConserved(file, counts)
  if (withdrawn !== undefined) await markChanged(session, models[former?.model as ModelName], withdrawn)
  const dates = changed === undefined ? 0 : await markChanged(session, model, changed)
  await settleFindings(session, file.source, [...before, ...result.codes])
  await writeLedgerRow(
    session,
    {
      ...{ id, file, contractVersion, counts, problem, loadedAt: input.at, journalSeq: input.journalSeq },
      model: contract.model,
      outcome: problem === null ? 'loaded' : 'held',
      ...('code' in staged ? unread : summary(staged)),
      loadSeconds: (performance.now() - startedAt) / 1000,
    },
    !isJudgedAgain,
  )
  const isSame = isJudgedAgain && changed === undefined && !result.rejectsChanged && former.counts.held === counts.held
  const outcome = problem !== null ? 'held' : isSame ? 'superseded' : 'loaded'
  return { file, outcome, changedDates: dates, problem, ...counts }
}

interface Result {
  readonly counts: Counts
  readonly problem: FileReport['problem']
  /** A temporary table of the local dates that changed; undefined: core is as it was. */
  readonly changed: string | undefined
  readonly rejectsChanged: boolean
  /** Codes of the findings this file now has a share in. */
  readonly codes: readonly string[]
}

const unread = { columns: [], fromDate: null, lastDate: null, newestAt: null, stagedBytes: 0, stageSeconds: 0 }

const summary = ({ columns, fromDate, lastDate, newestAt, stagedBytes, seconds }: StagedInput) => ({
  ...{ columns, fromDate, lastDate, newestAt, stagedBytes },
  stageSeconds: seconds,
})

async function judgeAndLoad(context: LoadContext, staged: StagedInput): Promise<Result> {
  const { session, contract, file } = context
  const verdict = await judgeFile(session, contract, staged, file)
  const codes = await addShares(context, [...verdict.shares, ...(await driftOf(context, staged))])
  const { read, ignored } = staged
  if (verdict.problem !== null) {
    await saveProfile(context, undefined)
    const changed = context.isJudgedAgain ? await withdraw(context, context.model) : undefined
    const counts = { ...noCounts(), read, ignored, held: read - ignored }
    return { counts, problem: verdict.problem, changed, rejectsChanged: true, codes }
  }
  await rememberColumns(session, file.source, staged.columns)
  await saveProfile(context, staged)
  const merged = await upsert(context, staged)
  const rejects = await putRejects(context, staged, merged.conflicts)
  const rejectCodes = rejects.rows > 0 ? await addRejectShares(session, origin(context), context.id) : []
  const warned = await addShares(context, await warnings(session, staged))
  const asked = await addShares(context, questionShares(staged.questions, file, contract))
  const counts: Counts = {
    ...{ read, ignored, loaded: merged.loaded, unchanged: merged.unchanged, rejected: rejects.rows },
    duplicate: await repeats(session, staged, 'duplicate'),
    held: await held(session, staged),
  }
  return {
    ...{ counts, problem: null, changed: merged.changed, rejectsChanged: rejects.hasChanged },
    codes: [...codes, ...rejectCodes, ...warned, ...asked],
  }
}

async function holdUnreadable(context: LoadContext, { code, message, fix }: RecordedFault): Promise<Result> {
  const changed = context.isJudgedAgain ? await withdraw(context, context.model) : undefined
  const share: Share = { code, severity: 'block', rows: 1, message, line: null, raw: null }
  await saveProfile(context, undefined)
  const renamed = code === 'file.columns-missing' ? await renamedColumns(context) : []
  const codes = await addShares(context, [share, ...renamed])
  return { counts: noCounts(), problem: { code, message, fix }, changed, rejectsChanged: true, codes }
}

const origin = ({ file, id }: LoadContext) => ({
  source: file.source,
  file: id,
  example: file.name,
  at: file.arrivedAt,
})

async function addShares(context: LoadContext, shares: readonly Share[]): Promise<string[]> {
  for (const share of shares) await addShare(context.session, origin(context), share)
  return shares.map(({ code }) => code)
}

/** Rows that load and still deserve a look. */
async function warnings(session: Session, { rows: valid }: StagedInput): Promise<Share[]> {
  const rows = await session.rows<{ code: string; rows: number; line: string }>(
    `select code, count(*)::integer as "rows", min(_line) as line
     from (
       select case when name like 'row.%' then name else 'check.' || name end as code, _line
       from (select unnest(_warnings) as name, _line from ${valid} where _warnings is not null)
     ) group by code order by code`,
  )
  return rows.map(({ code, rows, line }) => ({
    ...{ code, severity: 'warn', rows, message: null, line: Number(line), raw: null },
  }))
}

const repeats = async (session: Session, staged: StagedInput, verdict: 'duplicate' | 'held'): Promise<number> =>
  staged.repeats === undefined
    ? 0
    : session.number(`select count(*) from ${staged.repeats} where verdict = '${verdict}'`)

/** Records that hang on open questions, and valid ones that wait behind them. */
const held = async (session: Session, staged: StagedInput): Promise<number> =>
  (await session.number(`select count(*) from ${staged.records} where _held is not null`)) +
  (await repeats(session, staged, 'held'))

/**
 * Take a file's rows and rejects back: it is held now, or has become records of another model. What earlier files say
 * of the same keys holds again.
 */
async function withdraw(context: LoadContext, model: Model): Promise<string | undefined> {
  const { session, id } = context
  const table = coreTable(model)
  const name = `withdrawn_${model.name}`
  await session.run('delete from quality.reject where _file = $id', { id })
  await session.run(
    `create or replace temp table withdrawing as select ${keyColumns(model, 'c')} from ${table} c where _file = ${id}`,
  )
  const returning = await rowsThatReturn(context, model, 'withdrawing', undefined)
  await session.run(
    `create or replace temp table ${name} as
     select distinct local_date, true as is_content from (
       select ${dateColumn(model)} as local_date, true from ${table} where _file = ${id} ${datesOf(model, returning)})`,
  )
  const removed = await session.run(`delete from ${table} where _file = $id`, { id })
  if (returning !== undefined) await bringBack(session, model, returning)
  return removed > 0 ? name : undefined
}

const notConserved = (file: LandedFile, c: Counts): Error =>
  new Error(
    `${file.region}/${file.source} ${file.name}: ${c.read} records read, but ${c.loaded} loaded + ${c.unchanged} unchanged + ` +
      `${c.duplicate} duplicate + ${c.rejected} rejected + ${c.ignored} ignored + ${c.held} held make ` +
      `${c.loaded + c.unchanged + c.duplicate + c.rejected + c.ignored + c.held}; nothing was loaded`,
  )
