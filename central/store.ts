import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Fault } from '../models/fault.ts'
import { packageRoot } from '../project/package-root.ts'
import { literal, Session } from '../warehouse/duck.ts'
import { runSelect, type SelectAnswer, type SelectLimits } from '../warehouse/select.ts'
import { applyPublication } from './apply.ts'
import type { CentralMart, Receipt, RegionFreshness } from './central.types.ts'
import { readFreshness } from './freshness.ts'
import { ensureMartTable } from './mart-table.ts'

export interface CentralOptions {
  /** The DuckDB file; made when missing. */
  readonly path: string
  /** Where received publications are put before they are applied; the only folder the store's SQL may read. */
  readonly incoming: string
  readonly marts: readonly CentralMart[]
  /** Something went less well than it should, with nothing lost. */
  readonly onNotice?: (line: string) => void
}

/** The only door to the central DuckDB file. Every method is safe to call concurrently. */
export interface CentralStore {
  /**
   * Apply one received publication, whole or not at all; see `applyPublication`.
   * @param region of the token it came with
   * @param path a Parquet file in `incoming`
   * @param sha256 what its sender says its bytes hash to
   */
  apply(region: string, path: string, sha256: string): Promise<Receipt>
  /** By region code. */
  freshness(): Promise<readonly RegionFreshness[]>
  /** One SELECT that a person wrote, over one snapshot of the store; @throws Fault "query.…" */
  query(sql: string, limits?: SelectLimits): Promise<SelectAnswer>
  /** Waits for what is being applied. Queries still running fail. */
  close(): Promise<void>
}

/** Open, or make, the central store. @throws Fault "central.in-use", "central.mart-changed" */
export async function openCentral(options: CentralOptions): Promise<CentralStore> {
  const path = resolve(options.path)
  const marts = new Map(options.marts.map((mart) => [mart.name, mart]))
  await mkdir(dirname(path), { recursive: true })
  await mkdir(options.incoming, { recursive: true, mode: 0o700 })
  const instance = await openOnce(path)
  try {
    const writer = new Session(await instance.connect())
    await lockDown(writer, options.incoming, `${path}.tmp`)
    await createTables(writer, options.marts)
    return storeOf(instance, writer, path, marts, options.onNotice ?? (() => undefined))
  } catch (error) {
    release(instance, path)
    throw error
  }
}

function storeOf(
  instance: DuckDBInstance,
  writer: Session,
  path: string,
  marts: ReadonlyMap<string, CentralMart>,
  onNotice: (line: string) => void,
): CentralStore {
  let last: Promise<unknown> = Promise.resolve()
  /** One writing transaction at a time: two would conflict. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work)
    last = done.catch(() => undefined) // the caller of `done` has the error
    return done
  }
  return {
    apply: (region, file, sha256) =>
      inTurn(async () => {
        const receipt = await applyPublication(writer, marts, { region, path: file, sha256 })
        await checkpoint(writer, onNotice)
        return receipt
      }),
    freshness: () => inTurn(() => readFreshness(writer)),
    query: (sql, limits) => runSelect(instance, sql, limits),
    close: async () => {
      await inTurn(() => checkpoint(writer, onNotice))
      writer.connection.closeSync()
      release(instance, path)
    },
  }
}

/** What is committed is safe in the WAL already; the checkpoint keeps the next opening quick. */
async function checkpoint(session: Session, onNotice: (line: string) => void): Promise<void> {
  try {
    await session.run('checkpoint')
  } catch (error) {
    onNotice(`The central store was not checkpointed (its WAL holds what was committed): ${String(error)}`)
  }
}

/** Two instances on one file in one process lose committed rows without an error. */
const openPaths = new Set<string>()

async function openOnce(path: string): Promise<DuckDBInstance> {
  if (openPaths.has(path)) throw inUse(path, 'this process has it open already')
  openPaths.add(path)
  try {
    return await DuckDBInstance.create(path, {
      autoload_known_extensions: 'false',
      autoinstall_known_extensions: 'false',
      allow_community_extensions: 'false',
    })
  } catch (error) {
    openPaths.delete(path)
    if (/Could not set lock/.test(String(error))) throw inUse(path, 'another process has it open', error)
    throw error
  }
}

const inUse = (path: string, why: string, cause?: unknown): Fault =>
  new Fault(
    'central.in-use',
    `${path} can not be opened: ${why}, and one alone may.`,
    'Stop the other `entrepot central` or `entrepot dev`, or ask it through its API.',
    { cause },
  )

function release(instance: DuckDBInstance, path: string): void {
  instance.closeSync()
  openPaths.delete(path)
}

/** SQL reads received publications and nothing else of the machine; nothing turns that back. */
async function lockDown(session: Session, incoming: string, temp: string): Promise<void> {
  await session.run(`set global TimeZone = 'UTC'`)
  await session.run(`set temp_directory = ${literal(temp)}`)
  await session.run(`set allowed_directories = [${literal(`${resolve(incoming)}/`)}]`)
  await session.run('set enable_external_access = false')
  await session.run('set lock_configuration = true')
}

async function createTables(session: Session, marts: readonly CentralMart[]): Promise<void> {
  await session.run(await readFile(join(packageRoot, 'sql/central/ops.sql'), 'utf8'))
  for (const mart of marts) await ensureMartTable(session, mart)
  await session.run(await readFile(join(packageRoot, 'sql/central/freshness.sql'), 'utf8'))
}
