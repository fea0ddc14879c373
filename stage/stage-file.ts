import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { checkSqlProblems } from '../contracts/check-sql.ts'
import { type CompiledContract, compile } from '../contracts/compile.ts'
import type { Column, Contract } from '../contracts/contract.ts'
import { identifier, literal } from '../contracts/sql-text.ts'
import { Fault } from '../models/fault.ts'
import { models } from '../models/index.ts'
import { killPoint } from '../models/kill-point.ts'
import { newBatch, type TextReader, textAt } from '../readers/batch.ts'
import { openReader } from '../readers/open.ts'
import { type Bridge, type BridgeMode, bridgeMode, registerBridge, relation } from './bridge.ts'
import type { Staged, StageProgress, StageTask } from './staged.ts'

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
  const folder = `${task.outDir}.part-${process.pid}-${Date.now()}`
  await mkdir(folder, { recursive: true })
  try {
    const staged = await stageInto(folder, task, onProgress, signal, began)
    await writeFile(join(folder, 'staged.json'), `${JSON.stringify(staged, null, 1)}\n`)
    killPoint('stage.before-rename')
    await rename(folder, task.outDir)
    killPoint('stage.after-rename')
    return staged
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The result that stands in a staged folder; undefined where there is none. */
export async function readStaged(outDir: string): Promise<Staged | undefined> {
  try {
    return JSON.parse(await readFile(join(outDir, 'staged.json'), 'utf8')) as Staged
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Prove once a thread which way the bridge may take. Staging waits for it; a worker begins it when it starts. */
export function prepareBridge(): Promise<BridgeMode> {
  mode ??= selfTest()
  return mode
}

let mode: Promise<BridgeMode> | undefined

async function refuseBadChecks(contract: Contract): Promise<void> {
  const [problem] = await checkSqlProblems(contract)
  if (problem === undefined) return
  throw new Fault(
    'contract.check-sql',
    `regions/${contract.region}/sources/${contract.source}.yaml: the SQL of check "${problem.name}" ${problem.message}.`,
    'Write the check as one condition over the fields of the model; docs/contracts.md lists what it may use.',
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
  await refuseBadChecks(contract)
  const { compiled, reader } = await openCompiled(task, folder)
  const instance = await newInstance(folder)
  const connection = await instance.connect()
  let timer: NodeJS.Timeout | undefined
  const interrupt = () => connection.interrupt()
  signal.addEventListener('abort', interrupt)
  try {
    signal.throwIfAborted()
    for (const statement of compiled.setup) await connection.run(statement)
    const bridge = registerBridge(connection, compiled.columns.length, await prepareBridge())
    bridge.feed(reader, signal)
    timer = setInterval(() => onProgress({ rows: bridge.rows, bytes: reader.position }), 250)
    const records = join(folder, 'records.parquet')
    await runFed(
      connection,
      bridge,
      `copy (${compiled.query(relation)}) to ${literal(records)} (format parquet, compression lz4_raw, row_group_size 30720)`,
    )
    const facts = await factsOf(connection, contract, records)
    const repeats = await findRepeats(connection, task, folder)
    const ignored = reader.ignored.preamble + reader.ignored.header + reader.ignored.blank
    const read = bridge.rows + ignored
    return {
      columns: reader.columns,
      read,
      ignored: read - facts.records,
      valid: facts.valid,
      rejected: facts.records - facts.valid,
      ...repeats,
      fromDate: facts.fromDate,
      lastDate: facts.lastDate,
      newestAt: facts.newestAt,
      failedChecks: failedChecks(contract, facts),
      bytes: reader.position,
      seconds: (performance.now() - began) / 1000,
    }
  } finally {
    clearInterval(timer)
    signal.removeEventListener('abort', interrupt)
    reader.close()
    connection.closeSync()
    instance.closeSync()
  }
}

/** A private in-memory DuckDB that may touch nothing but the staging folder. */
async function newInstance(folder: string): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: process.env.ENTREPOT_STAGE_MEMORY ?? '160MB',
    preserve_insertion_order: 'false',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: join(folder, 'tmp'),
  })
  const connection = await instance.connect()
  await connection.run("set global timezone = 'UTC'")
  await connection.run(`set allowed_directories = [${literal(`${folder}/`)}]`)
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
async function runFed(connection: DuckDBConnection, bridge: Bridge, sql: string): Promise<void> {
  try {
    await connection.run(sql)
  } catch (error) {
    throw bridge.failure ?? error
  } finally {
    bridge.end()
  }
  if (bridge.failure !== undefined) throw bridge.failure
}

/** The reader with the contract's columns, and for `on_new_column: add` with every other column of the file too. */
async function openCompiled(
  task: StageTask,
  folder: string,
): Promise<{ compiled: CompiledContract; reader: TextReader }> {
  const { path, contract, limits } = task
  const open = (columns: readonly Column[] | null) => openReader(path, contract.format, columns, limits, folder)
  const compiled = compile(contract)
  if (contract.onNewColumn !== 'add') return { compiled, reader: await open(compiled.columns) }
  // JSON tells its keys only where all are wanted: it is then read once before.
  const reader = await open(contract.format.type === 'csv' ? compiled.columns : null)
  const named = new Set(compiled.columns.flatMap((column) => ('name' in column ? [column.name] : [])))
  const others = reader.columns.filter(
    (name, _at, all) => !named.has(name) && all.indexOf(name) === all.lastIndexOf(name),
  )
  reader.close()
  const wider = compile(contract, others)
  return { compiled: wider, reader: await open(wider.columns) }
}

interface Facts {
  records: number
  valid: number
  fromDate: string | null
  lastDate: string | null
  newestAt: string | null
  /** Check name -> records that failed it, for checks that do not reject. */
  warned: ReadonlyMap<string, number>
}

async function factsOf(connection: DuckDBConnection, contract: Contract, records: string): Promise<Facts> {
  const fields = models[contract.model].fields as readonly { name: string; type: string }[]
  const day = fields.find((field) => field.type === 'date')?.name
  const time = fields.some((field) => field.name === 'occurred_at') ? 'occurred_at' : undefined
  const [row] = await rowsOf(
    connection,
    `select count(*)::varchar as records, count(*) filter (_reasons is null)::varchar as valid,
      ${day === undefined ? 'null' : `strftime(min(${identifier(day)}) filter (_reasons is null), '%Y-%m-%d')`} as from_date,
      ${day === undefined ? 'null' : `strftime(max(${identifier(day)}) filter (_reasons is null), '%Y-%m-%d')`} as last_date,
      ${time === undefined ? 'null' : `strftime(max(${time}) filter (_reasons is null), '%Y-%m-%dT%H:%M:%S.%gZ')`} as newest_at
     from read_parquet(${literal(records)})`,
  )
  const warned = contract.checks.some((check) => 'sql' in check && check.severity !== 'reject')
    ? await rowsOf(
        connection,
        `select name, count(*)::varchar as rows from (select unnest(_warnings) as name from read_parquet(${literal(records)}) where _reasons is null) group by name`,
      )
    : []
  return {
    records: Number(row?.records),
    valid: Number(row?.valid),
    fromDate: row?.from_date ?? null,
    lastDate: row?.last_date ?? null,
    newestAt: row?.newest_at ?? null,
    warned: new Map(warned.map((check) => [check.name ?? '', Number(check.rows)])),
  }
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<Record<string, string | null>[]> {
  const result = await connection.runAndReadAll(sql)
  return result.getRowObjectsJson() as Record<string, string | null>[]
}

/** Whole-file checks that this file alone decides; an age is checked at loading, where arrival is known. */
function failedChecks(contract: Contract, facts: Facts): Staged['failedChecks'] {
  return contract.checks.flatMap((check) => {
    const { name, severity } = check
    if ('rows' in check) {
      const { min, max } = check.rows
      if (facts.valid >= min && (max === null || facts.valid <= max)) return []
      const wanted = max === null ? `at least ${min}` : `${min} to ${max}`
      return [
        {
          name,
          severity,
          message: `the file has ${records(facts.valid, 'valid ')} where ${wanted} are expected (check "${name}").`,
        },
      ]
    }
    const failed = 'sql' in check && severity === 'block' ? (facts.warned.get(name) ?? 0) : 0
    return failed === 0
      ? []
      : [
          {
            name,
            severity,
            message: `${records(failed)} of it ${failed === 1 ? 'does' : 'do'} not meet the check "${name}".`,
          },
        ]
  })
}

const records = (count: number, what = ''): string => `${count} ${what}${count === 1 ? 'record' : 'records'}`

/**
 * Valid records whose key an earlier valid record has: the same content is a duplicate, other content a conflict.
 *
 * Found by 64-bit hashes first, so that a file of millions of keys costs little memory; then by the keys themselves.
 */
async function findRepeats(
  connection: DuckDBConnection,
  task: StageTask,
  folder: string,
): Promise<{ duplicates: number; conflicts: number }> {
  const { contract } = task
  const model = models[contract.model]
  const keys = 'fields' in contract.key ? contract.key.fields : model.key
  const key = keys.map(identifier).join(', ')
  const content = (model.fields as readonly { name: string }[]).map(({ name }) => identifier(name)).join(', ')
  const records = `read_parquet(${literal(join(folder, 'records.parquet'))})`
  await connection.run(`create temp table repeated as
    select h from (select hash(${key}) as h from ${records} where _reasons is null) group by h having count(*) > 1`)
  await connection.run(`create temp table repeat as
    select _line, _start, _length, case when row(${content}) is not distinct from earliest then 'duplicate' else 'conflict' end as verdict
    from (select *, row_number() over same as nth, first_value(row(${content})) over same as earliest
      from ${records} where _reasons is null and hash(${key}) in (select h from repeated)
      window same as (partition by ${key} order by _line))
    where nth > 1`)
  const counts = await rowsOf(connection, 'select verdict, count(*)::varchar as n from repeat group by verdict')
  const count = (verdict: string) => Number(counts.find((row) => row.verdict === verdict)?.n ?? 0)
  const [duplicates, conflicts] = [count('duplicate'), count('conflict')]
  if (duplicates + conflicts === 0) return { duplicates, conflicts }
  await rawOfConflicts(connection, task, folder)
  await connection.run(`copy (select repeat._line, verdict, _raw from repeat left join conflict using (_line))
    to ${literal(join(folder, 'repeats.parquet'))} (format parquet)`)
  return { duplicates, conflicts }
}

/** The raw text of conflicts: only after reading is it known that a record is one, so they are cut from the file. */
async function rawOfConflicts(connection: DuckDBConnection, task: StageTask, folder: string): Promise<void> {
  await connection.run('create temp table conflict (_line bigint, _raw varchar)')
  const found = await rowsOf(
    connection,
    "select _line::varchar as line, _start::varchar as start, _length::varchar as length from repeat where verdict = 'conflict'",
  )
  if (found.length === 0) return
  const records = found.map(({ line, start, length }) => ({
    line: Number(line),
    start: Number(start),
    length: Number(length),
  }))
  const raw = (await isPlainUtf8(task)) ? await cutRaw(task.path, records) : await readRaw(task, folder, records)
  const appender = await connection.createAppender('conflict')
  for (const { line } of records) {
    appender.appendBigInt(BigInt(line))
    appender.appendVarchar(raw.get(line) ?? '')
    appender.endRow()
  }
  appender.closeSync()
}

interface Position {
  readonly line: number
  readonly start: number
  readonly length: number
}

/** Whether byte positions are those of the file itself. */
async function isPlainUtf8({ path, contract }: StageTask): Promise<boolean> {
  if (contract.format.encoding !== 'utf-8') return false
  const file = await open(path)
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
    const isGzip = buffer[0] === 0x1f && buffer[1] === 0x8b
    const isUtf16 = (buffer[0] === 0xff && buffer[1] === 0xfe) || (buffer[0] === 0xfe && buffer[1] === 0xff)
    return bytesRead === 2 && !isGzip && !isUtf16
  } finally {
    await file.close()
  }
}

async function cutRaw(path: string, records: readonly Position[]): Promise<ReadonlyMap<number, string>> {
  const raw = new Map<number, string>()
  const file = await open(path)
  try {
    for (const { line, start, length } of records) {
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, start)
      raw.set(line, buffer.toString('utf8'))
    }
  } finally {
    await file.close()
  }
  return raw
}

/** Read the file once more and keep the raw text of the wanted lines. */
async function readRaw(
  task: StageTask,
  folder: string,
  records: readonly Position[],
): Promise<ReadonlyMap<number, string>> {
  const wanted = new Set(records.map((record) => BigInt(record.line)))
  const raw = new Map<number, string>()
  const { columns } = compile(task.contract)
  const reader = await openReader(task.path, task.contract.format, columns, task.limits, folder)
  try {
    const batch = newBatch(columns.length)
    while (reader.next(batch) > 0)
      for (let row = 0; row < batch.rows; row++) {
        const line = batch.line[row] as bigint
        if (wanted.has(line)) raw.set(Number(line), textAt(batch, batch.raw, row))
      }
  } finally {
    reader.close()
  }
  return raw
}
