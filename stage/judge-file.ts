import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { type CompiledContract, compile } from '../contracts/compile.ts'
import type { Column, Contract, Format } from '../contracts/contract.ts'
import { madeColumns } from '../contracts/sql-join.ts'
import { beforeEnd, fromEnd } from '../contracts/sql-relation.ts'
import { headingsAbove } from '../contracts/sql-sections.ts'
import { literal } from '../contracts/sql-text.ts'
import { hasEntries } from '../contracts/variants.ts'
import { Fault } from '../models/fault.ts'
import type { TextReader } from '../readers/batch.ts'
import { columnName } from '../readers/columns.ts'
import type { Edges } from '../readers/edges.ts'
import { regularised } from '../readers/encoding/regularise.ts'
import { openFile } from '../readers/open.ts'
import { type Bridge, registerBridge, relation } from './bridge.ts'
import { rowsOf } from './facts.ts'
import { needsEdges } from './given-amounts.ts'
import { prepareBridge } from './prepare-bridge.ts'
import { settledEntries } from './settle-entries.ts'
import type { Staged, StageProgress, StageTask } from './staged.ts'

/** Staging under way. */
export interface Work {
  readonly folder: string
  readonly task: StageTask
  readonly connection: DuckDBConnection
  readonly onProgress: (progress: StageProgress) => void
  readonly signal: AbortSignal
}

/** Any record; none; or those alone that have a key of a record in these `repeats.parquet`. */
export type MayRepeat = 'any' | 'none' | { readonly asIn: string }

/** The records are judged, and stand in `records.parquet`. */
export interface JudgedFile {
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
  /** Valid records behind the end of the table, which are ignored with it. */
  readonly behindEnd: number
  /** Which valid records may have a key that comes again. */
  readonly mayRepeat: MayRepeat
}

/** Read and judge a file: reader -> bridge -> the contract's query -> Parquet, in one streaming statement. */
export async function judgeFile(work: Work): Promise<JudgedFile> {
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
    let behindEnd = 0
    if (!isWhole) {
      const read = `read_parquet(${literal(judged)})`
      const within = format.end === undefined ? read : `(${beforeEnd(read)})`
      if (format.end !== undefined) behindEnd = await validBehindEnd(connection, read)
      await connection.run(copyOf(hasEntries(contract) ? settledEntries(within, contract, compiled) : within, records))
      await rm(judged)
    }
    const { ignored, columns, position } = reader
    return {
      ...{ format, columns, position, varying: compiled.varying, handed: bridge.rows, edges: edges?.() },
      ...{ since: undefined, mayRepeat: 'any', behindEnd },
      ignored: ignored.preamble + ignored.header + ignored.blank,
    }
  } finally {
    reader.close()
  }
}

async function validBehindEnd(connection: DuckDBConnection, judged: string): Promise<number> {
  const valid = `${fromEnd(judged)} and not _ends and _reasons is null and _held is null`
  const [row] = await rowsOf(connection, `select count(distinct _line)::varchar as n from (${valid})`)
  return Number(row?.n)
}

export const recordsName = 'records.parquet'
export const repeatsName = 'repeats.parquet'

export const copyOf = (query: string, path: string): string =>
  `copy (${query}) to ${literal(path)} (format parquet, compression lz4_raw, row_group_size 30720)`

/** Run a statement that pulls from the bridge; what the reader threw comes out as it was. */
export async function runFed(work: Work, bridge: Bridge, reader: TextReader, sql: string): Promise<void> {
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
