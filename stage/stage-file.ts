import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { checkSqlProblems } from '../contracts/check-sql.ts'
import { type CompiledContract, compile } from '../contracts/compile.ts'
import type { Column, Contract, Format } from '../contracts/contract.ts'
import { keyOf } from '../contracts/problem.ts'
import { madeColumns } from '../contracts/sql-join.ts'
import { beforeEnd } from '../contracts/sql-relation.ts'
import { headingsAbove } from '../contracts/sql-sections.ts'
import { literal } from '../contracts/sql-text.ts'
import { yearCheck } from '../contracts/time-format.ts'
import { hasEntries } from '../contracts/variants.ts'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import type { TextReader } from '../readers/batch.ts'
import { columnName } from '../readers/columns.ts'
import type { Edges } from '../readers/edges.ts'
import { regularised } from '../readers/encoding/regularise.ts'
import { openFile } from '../readers/open.ts'
import { type Bridge, type BridgeMode, registerBridge, relation } from './bridge.ts'
import { factsOf, failedChecks, rowsOf } from './facts.ts'
import { needsEdges, rowsAround } from './given-amounts.ts'
import { moneyProblems } from './money-problems.ts'
import { profileOf } from './profile.ts'
import { heldByQuestions } from './questions.ts'
import { findRepeats } from './repeats.ts'
import { type Restage, restageFrom } from './restage.ts'
import { bridgeMode } from './self-test.ts'
import { settledEntries } from './settle-entries.ts'
import type { FormerStaged, Staged, StageProgress, StageTask } from './staged.ts'
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
    await makeDurable(folder)
    killPoint('stage.before-rename')
    await rename(folder, task.outDir)
    killPoint('stage.after-rename')
    return staged
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Prove once a thread which way the bridge may take. Staging waits for it; a worker begins it when it starts. */
export function prepareBridge(): Promise<BridgeMode> {
  mode ??= selfTest()
  return mode
}

let mode: Promise<BridgeMode> | undefined

async function refuseBadSql(contract: Contract): Promise<void> {
  const [problem] = await checkSqlProblems(contract)
  if (problem === undefined) return
  throw new Fault(
    'contract.check-sql',
    `regions/${contract.region}/sources/${contract.source}.yaml: the SQL of ${keyOf(problem.path)} ${problem.message}.`,
    'Write it as one expression over the fields of the model, or outside of checks over the columns of the file; docs/contracts.md lists what it may use.',
  )
}

/** A column that the contract makes would hide one of the file. */
function refuseTakenNames(contract: Contract, { columns }: TextReader): void {
  const taken = [...madeColumns(contract).keys()].find((name) => columns.some((other) => columnName(other) === name))
  if (taken === undefined) return
  throw new Fault(
    'contract.column-taken',
    `regions/${contract.region}/sources/${contract.source}.yaml makes a column ${JSON.stringify(taken)}, and the file has one of that name.`,
    'Give the column that the contract makes another name, there and in the fields that take it.',
  )
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
    const judged = former === undefined ? await judgeFile(work) : await judgeAgain(work, former)
    const { format, columns, ignored, position, edges, varying } = judged
    const records = join(folder, recordsName)
    const facts = await factsOf(connection, contract, records)
    const others = judged.handed === undefined ? 0 : judged.handed - facts.records
    const repeats = await findRepeats(connection, { ...task, contract: { ...contract, format } }, varying, folder)
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

interface Work {
  readonly folder: string
  readonly task: StageTask
  readonly connection: DuckDBConnection
  readonly onProgress: (progress: StageProgress) => void
  readonly signal: AbortSignal
}

/** The records are judged, and stand in `records.parquet`. */
interface JudgedFile {
  readonly format: Format
  readonly columns: readonly string[]
  /** What the reader left out. */
  readonly ignored: number
  /** Records that the query was given, and may have left out; undefined where `ignored` has those too. */
  readonly handed: number | undefined
  readonly position: number
  readonly edges: Edges | undefined
  /** Fields that answers may change. */
  readonly varying: readonly string[]
  readonly since: Staged['since']
}

async function judgeFile(work: Work): Promise<JudgedFile> {
  const { folder, task, connection, signal } = work
  const { contract } = task
  const { compiled, reader, format } = await openCompiled(task, folder)
  try {
    refuseTakenNames(contract, reader)
    for (const statement of compiled.setup) await connection.run(statement)
    const bridge = registerBridge(connection, compiled.columns.length, await prepareBridge())
    const edges = needsEdges(contract) || contract.sections !== undefined ? reader.keepEdges?.() : undefined
    const above = contract.sections && headingsAbove({ ...contract, format }, edges?.().above ?? [])
    signal.throwIfAborted()
    const records = join(folder, recordsName)
    const isWhole = format.end === undefined && !hasEntries(contract)
    const judged = isWhole ? records : join(folder, 'judged.parquet')
    await runFed(work, bridge, reader, copyOf(compiled.query(relation, above), judged))
    if (!isWhole) {
      const read = `read_parquet(${literal(judged)})`
      const within = format.end === undefined ? read : `(${beforeEnd(read)})`
      await connection.run(copyOf(hasEntries(contract) ? settledEntries(within, contract, compiled) : within, records))
      await rm(judged)
    }
    const { ignored, columns, position } = reader
    return {
      ...{ format, columns, position, varying: compiled.varying, handed: bridge.rows, edges: edges?.() },
      since: undefined,
      ignored: ignored.preamble + ignored.header + ignored.blank,
    }
  } finally {
    reader.close()
  }
}

/** The records as another contract judged them, with what is otherwise under this one: the file is read for that alone. */
async function judgeAgain(work: Work, { folder: from, contractVersion, staged, restage }: Former): Promise<JudgedFile> {
  const { folder, task, connection } = work
  const { path, contract, limits } = task
  const { format, columns, ignored, bytes } = staged
  for (const statement of compile({ ...contract, format }).setup) await connection.run(statement)
  const bridge = registerBridge(connection, restage.columns.length, await prepareBridge())
  const runOver = async (sql: string): Promise<void> => {
    const { reader } = await openFile(path, format, () => restage.columns, limits, folder)
    try {
      await runFed(work, bridge, regularised(reader), sql)
    } finally {
      reader.close()
    }
  }
  const records = join(folder, recordsName)
  const stood = join(from, recordsName)
  if (restage.fresh !== null) {
    const fresh = `create temp table fresh as ${restage.fresh(stood, relation)}`
    await (restage.columns.length > 0 ? runOver(fresh) : connection.run(fresh))
  }
  await connection.run(copyOf(restage.query(stood), records))
  const lacks = '_reasons is not null and _raw is null'
  const [row] = await rowsOf(
    connection,
    `select count(*)::varchar as n from read_parquet(${literal(records)}) where ${lacks}`,
  )
  if (row?.n !== '0') {
    const judged = join(folder, 'judged.parquet')
    await rename(records, judged)
    const read = `read_parquet(${literal(judged)})`
    await runOver(
      copyOf(
        `select judged.* replace (coalesce(judged._raw, rejected._raw) as _raw) from ${read} judged
         left join (select _line, _raw from ${relation} where _line in (select _line from ${read} where ${lacks})) rejected
           on rejected._line = judged._line`,
        records,
      ),
    )
    await rm(judged)
  }
  return {
    ...{ format, columns, ignored, position: bytes, handed: undefined, edges: undefined, varying: [] },
    since: { contractVersion, fields: restage.fields },
  }
}

interface Former extends Omit<FormerStaged, 'contract'> {
  readonly staged: Staged
  readonly restage: Restage
}

/** What is left of the file as a former contract judged it, where this one can go on from there. */
async function formerOf({ former, contract }: StageTask): Promise<Former | undefined> {
  if (former === undefined) return undefined
  const staged = await readStaged(former.folder)
  if (staged === undefined) return undefined
  const as = (format: Format) => restageFrom({ ...former.contract, format }, { ...contract, format })
  const isAlike = isDeepStrictEqual(former.contract.format, contract.format)
  const restage = isAlike ? as(staged.format) : undefined
  return restage && { ...former, staged, restage }
}

const recordsName = 'records.parquet'

const copyOf = (query: string, path: string): string =>
  `copy (${query}) to ${literal(path)} (format parquet, compression lz4_raw, row_group_size 30720)`

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

async function selfTest(): Promise<BridgeMode> {
  const instances: DuckDBInstance[] = []
  try {
    return await bridgeMode(async () => {
      const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
      instances.push(instance)
      return instance.connect()
    })
  } finally {
    for (const instance of instances) instance.closeSync()
  }
}

/** Run a statement that pulls from the bridge; what the reader threw comes out as it was. */
async function runFed(work: Work, bridge: Bridge, reader: TextReader, sql: string): Promise<void> {
  const { connection, signal, onProgress } = work
  bridge.feed(reader, signal)
  const timer = setInterval(() => onProgress({ rows: bridge.rows, bytes: reader.position }), 250)
  try {
    await connection.run(sql)
  } catch (error) {
    throw bridge.failure ?? error
  } finally {
    clearInterval(timer)
    bridge.end()
  }
  if (bridge.failure !== undefined) throw bridge.failure
}

interface OpenedTask {
  readonly compiled: CompiledContract
  readonly reader: TextReader
  /** How the file is read: what the contract leaves to it is found. */
  readonly format: Format
}

/** The reader with the contract's columns, and for `on_new_column: add` with every other column of the file too. */
async function openCompiled({ path, contract, limits }: StageTask, folder: string): Promise<OpenedTask> {
  const compiledFor = (format: Format, others?: readonly string[]) => compile({ ...contract, format }, others)
  const open = async (format: Format, wanted: (found: Format) => readonly Column[] | null) => {
    const opened = await openFile(path, format, wanted, limits, folder)
    return { ...opened, reader: regularised(opened.reader) }
  }
  const columnsFor = (format: Format) => compiledFor(format).columns
  if (contract.onNewColumn !== 'add') {
    const { reader, format } = await open(contract.format, columnsFor)
    return { compiled: compiledFor(format), reader, format }
  }
  // JSON tells its keys only where all are wanted: it is then read once before.
  const isJson = ({ type }: Format) => type === 'json' || type === 'ndjson'
  const first = await open(contract.format, (found) => (isJson(found) ? null : columnsFor(found)))
  const { columns } = first.reader
  first.reader.close()
  const named = new Set(columnsFor(first.format).flatMap((column) => ('name' in column ? [column.name] : [])))
  const others = columns.filter((name) => !named.has(name) && columns.indexOf(name) === columns.lastIndexOf(name))
  const compiled = compiledFor(first.format, others)
  const { reader, format } = await open(first.format, () => compiled.columns)
  return { compiled, reader, format }
}
