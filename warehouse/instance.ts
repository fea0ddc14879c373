import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { claimOwnership, dislodge, isOwnedHere } from './owner.ts'

export interface DuckSettings {
  readonly threads: number
  readonly memoryLimit: string
}

/** `ENTREPOT_DUCKDB_THREADS` and `ENTREPOT_DUCKDB_MEMORY` override what fits beside the other processes of a region. */
export const duckSettings = (): DuckSettings => ({
  threads: Number(process.env.ENTREPOT_DUCKDB_THREADS ?? 2),
  memoryLimit: process.env.ENTREPOT_DUCKDB_MEMORY ?? '160MB',
})

/** A file that this process holds open. */
export interface OpenFile {
  readonly instance: DuckDBInstance
  /** Close the instance and give the file up. */
  release(): void
}

/** The file can not be opened because of what is in it. */
export class DamagedFile extends Error {
  override readonly name = 'DamagedFile'
}

/**
 * Open a warehouse file, as the only one in this process: two instances on one file lose committed rows without an
 * error.
 *
 * @throws Fault "warehouse.already-open", "warehouse.in-use", "warehouse.newer-version"; DamagedFile
 */
export async function openInstance(path: string, settings: DuckSettings = duckSettings()): Promise<OpenFile> {
  const place = resolve(path)
  if (openPaths.has(place) || isOwnedHere(place))
    throw new Fault(
      'warehouse.already-open',
      `${place} is open already in this process (${process.pid}).`,
      'Use the Warehouse that is open: one per process and file, worker threads included.',
    )
  openPaths.add(place)
  try {
    mkdirSync(dirname(place), { recursive: true })
    const instance = await openLocked(place, settings)
    const disown = claimOwnership(place)
    rmSync(`${place}.tmp`, { recursive: true, force: true }) // what a killed process left of its temporary files
    return {
      instance,
      release() {
        instance.closeSync()
        disown()
        openPaths.delete(place)
      },
    }
  } catch (error) {
    openPaths.delete(place)
    throw error
  }
}

const openPaths = new Set<string>()

async function openLocked(path: string, settings: DuckSettings): Promise<DuckDBInstance> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const instance = await DuckDBInstance.create(path, {
        threads: String(settings.threads),
        memory_limit: settings.memoryLimit,
        preserve_insertion_order: 'false',
        temp_directory: `${path}.tmp`,
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      })
      await setZone(instance)
      return instance
    } catch (error) {
      const message = String((error as Error).message)
      if (/Could not set lock on file/.test(message) && attempt < 50) await dislodge(path, message)
      else throw explained(path, message, error)
    }
  }
}

async function setZone(instance: DuckDBInstance): Promise<void> {
  const connection = await instance.connect()
  try {
    await connection.run(`set global TimeZone = 'UTC'`)
  } finally {
    connection.closeSync()
  }
}

/** What is wrong with the machine, not the file: nothing is set aside for a full disk. */
export const isMachineTrouble = (message: string): boolean =>
  /Could not set lock|Permission denied|No space left|Too many open files|Out of Memory/i.test(message)

function explained(path: string, message: string, cause: unknown): unknown {
  if (/Could not set lock|Permission denied|No space left|Too many open files|Out of Memory/i.test(message))
    return cause
  if (/database file with version number/.test(message))
    return new Fault(
      'warehouse.newer-version',
      `${path} was written by another version of DuckDB: ${message}`,
      'Run the version of Entrepot that wrote it, or move the file away: it is made again from archive and journal.',
      { cause },
    )
  return new DamagedFile(`${path} can not be opened: ${message}`, { cause })
}

/** Move a file that can not be used, and its log, out of the way; returns where it went. */
export function setAside(path: string, why: string): string {
  const aside = `${path}.${why}-${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
  if (existsSync(path)) {
    killPoint('set-aside.before-rename')
    renameSync(path, aside)
    killPoint('set-aside.after-rename')
  }
  if (existsSync(`${path}.wal`)) {
    killPoint('set-aside-log.before-rename')
    renameSync(`${path}.wal`, `${aside}.wal`)
    killPoint('set-aside-log.after-rename')
  }
  return aside
}
