import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { Fault } from '../models/fault.ts'
import { packageRoot } from '../project/package-root.ts'
import { literal, Session } from '../warehouse/duck.ts'
import { DamagedFile, type OpenFile, openInstance } from '../warehouse/instance.ts'
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

/** Open, or make, the central store. @throws Fault "warehouse.in-use", "central.damaged", "central.mart-changed" */
export async function openCentral(options: CentralOptions): Promise<CentralStore> {
  const path = resolve(options.path)
  const marts = new Map(options.marts.map((mart) => [mart.name, mart]))
  await mkdir(dirname(path), { recursive: true })
  await mkdir(options.incoming, { recursive: true, mode: 0o700 })
  const file = await open(path)
  try {
    const writer = new Session(await file.instance.connect())
    await lockDown(writer, options.incoming)
    await createTables(writer, options.marts)
    const reader = new Session(await file.instance.connect())
    return storeOf(file, { reader, writer }, marts, options.onNotice ?? (() => undefined))
  } catch (error) {
    file.release()
    throw error
  }
}

function storeOf(
  file: OpenFile,
  { reader, writer }: { reader: Session; writer: Session },
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
    apply: (region, path, sha256) =>
      inTurn(async () => {
        const receipt = await applyPublication(writer, marts, { region, path, sha256 })
        await checkpoint(writer, onNotice)
        return receipt
      }),
    freshness: () => readFreshness(reader),
    query: (sql, limits) => runSelect(file.instance, sql, limits),
    close: async () => {
      await inTurn(() => checkpoint(writer, onNotice))
      reader.connection.closeSync()
      writer.connection.closeSync()
      file.release()
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

/** The warehouse's way to open a file: once in this process, and no other process beside it. */
async function open(path: string): Promise<OpenFile> {
  try {
    return await openInstance(path)
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    throw new Fault(
      'central.damaged',
      `The central store is damaged: ${error.message}`,
      `Put back a copy of the file and its .wal. Or move both away: the centre then begins empty, and holds only what regions publish from then on.`,
      { cause: error },
    )
  }
}

/** SQL reads received publications and nothing else of the machine; nothing turns that back. */
async function lockDown(session: Session, incoming: string): Promise<void> {
  await session.run(`set allowed_directories = [${literal(`${resolve(incoming)}/`)}]`)
  await session.run('set enable_external_access = false')
  await session.run('set lock_configuration = true')
}

async function createTables(session: Session, marts: readonly CentralMart[]): Promise<void> {
  await session.run(await readFile(join(packageRoot, 'sql/central/ops.sql'), 'utf8'))
  for (const mart of marts) await ensureMartTable(session, mart)
  await session.run(await readFile(join(packageRoot, 'sql/central/freshness.sql'), 'utf8'))
}
