import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { checkSqlProblems } from '../contracts/check-sql.ts'
import type { Contract } from '../contracts/contract.ts'
import { endCheck, yearCheck } from '../contracts/own-checks.ts'
import { keyOf } from '../contracts/problem.ts'
import { literal } from '../contracts/sql-text.ts'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { factsOf, failedChecks } from './facts.ts'
import { rowsAround } from './given-amounts.ts'
import { formerOf, judgeAgain, stands } from './judge-again.ts'
import { judgeFile, recordsName } from './judge-file.ts'
import { moneyProblems } from './money-problems.ts'
import { profileOf } from './profile.ts'
import { heldByQuestions } from './questions.ts'
import { findRepeats } from './repeats.ts'
import type { Staged, StageProgress, StageTask } from './staged.ts'
import { makeDurable, readStaged } from './staged-folder.ts'
import { yearProblems } from './year-order.ts'

/**
 * Stage one file in this thread: reader -> bridge -> the contract's query -> Parquet, in one streaming statement.
 *
 * Memory stays bounded by DuckDB's limit and the reader's pieces, whatever the file's size.
 */
export async function stageFile(
  task: StageTask,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<Staged> {
  const began = performance.now()
  const kept = await readStaged(task.outDir)
  if (kept !== undefined) return kept
  await rm(task.outDir, { recursive: true, force: true })
  const folder = `${task.outDir}.part-${process.pid}-${Date.now()}`
  await mkdir(folder, { recursive: true })
  try {
    const staged = await stageInto(folder, task, onProgress, signal, began)
    await writeFile(join(folder, 'staged.json'), `${JSON.stringify(staged, null, 1)}\n`)
    if (!task.isTemporary) await makeDurable(folder)
    killPoint('stage.before-rename')
    await rename(folder, task.outDir)
    killPoint('stage.after-rename')
    return staged
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function stageInto(
  folder: string,
  task: StageTask,
  onProgress: (progress: StageProgress) => void,
  signal: AbortSignal,
  began: number,
): Promise<Staged> {
  const { contract } = task
  await refuseBadSql(contract)
  const former = await formerOf(task)
  const instance = await newInstance(folder, former?.folder)
  const connection = await instance.connect()
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    signal.throwIfAborted()
    const work = { folder, task, connection, onProgress, signal }
    const judged =
      former !== undefined && (await stands(work, former)) ? await judgeAgain(work, former) : await judgeFile(work)
    const { format, columns, ignored, position, edges, varying } = judged
    const records = join(folder, recordsName)
    const facts = await factsOf(connection, contract, records)
    const others = judged.handed === undefined ? 0 : judged.handed - facts.records
    const formed = { ...task, contract: { ...contract, format } }
    const repeats = await findRepeats(connection, formed, varying, folder, judged.mayRepeat)
    const around = edges === undefined ? [] : await rowsAround(connection, records, edges)
    const problems = await moneyProblems(connection, contract, records, { rows: around, columns })
    return {
      format,
      columns,
      read: ignored + others + facts.rows,
      ignored: ignored + others,
      sourceRecords: facts.records,
      valid: facts.valid,
      rejected: facts.rows - facts.valid - facts.held,
      ...repeats,
      held: facts.held + repeats.waiting,
      questions: await heldByQuestions(connection, contract, varying, records),
      fromDate: facts.fromDate,
      lastDate: facts.lastDate,
      newestAt: facts.newestAt,
      profile: await profileOf(connection, contract, records, facts.valid),
      failedChecks: [
        ...failedChecks(contract, facts, problems),
        ...endProblems(judged.behindEnd),
        ...(await yearProblems(connection, contract, records)).map((message) => ({
          ...{ name: yearCheck, severity: 'block' as const, message },
        })),
      ],
      bytes: position,
      seconds: (performance.now() - began) / 1000,
      ...(judged.since && { since: judged.since }),
    }
  } finally {
    signal.removeEventListener('abort', interrupt)
    connection.closeSync()
    instance.closeSync()
  }
}

/** A contract that was made of a file with one table says little of a file with two. */
const endProblems = (records: number): Staged['failedChecks'] =>
  records === 0
    ? []
    : [
        {
          name: endCheck,
          severity: 'warn',
          message: `${records} ${records === 1 ? 'record' : 'records'} behind the end of the table (format.end) would be valid, and ${records === 1 ? 'is' : 'are'} ignored: look whether that is right (check "${endCheck}").`,
        },
      ]

async function refuseBadSql(contract: Contract): Promise<void> {
  const [problem] = await checkSqlProblems(contract)
  if (problem === undefined) return
  throw new Fault(
    'contract.check-sql',
    `regions/${contract.region}/sources/${contract.source}.yaml: the SQL of ${keyOf(problem.path)} ${problem.message}.`,
    'Write it as one expression over the fields of the model, or outside of checks over the columns of the file; docs/contracts.md lists what it may use.',
  )
}

/**
 * A private in-memory DuckDB that may touch nothing but the staging folder, and what a former contract left: values that
 * are joined to that need more memory than a stream of records.
 */
async function newInstance(folder: string, former: string | undefined): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: process.env.ENTREPOT_STAGE_MEMORY ?? (former === undefined ? '160MB' : '256MB'),
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: join(folder, 'tmp'),
  })
  const connection = await instance.connect()
  await connection.run("set global timezone = 'UTC'")
  const allowed = [folder, ...(former === undefined ? [] : [former])].map((path) => literal(`${path}/`))
  await connection.run(`set allowed_directories = [${allowed.join(', ')}]`)
  await connection.run('set enable_external_access = false')
  await connection.run('set lock_configuration = true')
  connection.closeSync()
  return instance
}
