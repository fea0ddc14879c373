import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { Fault } from '../models/fault.ts'

/** Who holds a warehouse file, beside it as `<file>.owner.json`; its mtime is the owner's heartbeat. */
interface Owner {
  readonly pid: number
  /** Ticks after boot at which the process began (/proc), so that a reused pid is not taken for it; null: unknown. */
  readonly processStart: string | null
  readonly hostname: string
  readonly startedAt: string
}

const beatMs = 5_000
const staleMs = 30_000

export const ownerPath = (path: string): string => `${path}.owner.json`

/** Say that this process owns the file, and go on saying so; the returned function takes it back. */
export function claimOwnership(path: string): () => void {
  const place = ownerPath(path)
  const owner: Owner = {
    pid: process.pid,
    processStart: processStart(process.pid),
    hostname: hostname(),
    startedAt: new Date().toISOString(),
  }
  writeFileSync(place, JSON.stringify(owner))
  const beat = setInterval(() => utimesSync(place, new Date(), new Date()), beatMs)
  beat.unref()
  return () => {
    clearInterval(beat)
    rmSync(place, { force: true })
  }
}

/** Whether this very process owns the file: another thread of it would not be kept out by the file lock. */
export function isOwnedHere(path: string): boolean {
  const owner = readOwner(path)
  return owner?.pid === process.pid && owner.hostname === hostname() && owner.processStart === processStart(process.pid)
}

/**
 * Another process holds the lock. End it where it is this file's recorded owner and is stopped or has not been heard
 * of for 30 s; wait a moment where it is gone already.
 *
 * @param lockMessage DuckDB's error, which names the holder's pid
 * @throws Fault "warehouse.in-use" when it is alive and well, or is not known
 */
export async function dislodge(path: string, lockMessage: string): Promise<void> {
  const holder = Number(/\(PID (\d+)\)/.exec(lockMessage)?.[1])
  const owner = readOwner(path)
  if (Number.isNaN(holder) || !isAlive(holder)) return pause(100)
  const isOwner =
    owner !== undefined &&
    owner.pid === holder &&
    owner.hostname === hostname() &&
    owner.processStart !== null &&
    owner.processStart === processStart(holder)
  if (!isOwner || !isStuck(path, holder)) throw inUse(path, holder, owner)
  process.kill(holder, 'SIGKILL')
  while (isAlive(holder)) await pause(20)
}

function isStuck(path: string, pid: number): boolean {
  const state = processStat(pid)?.[0]
  if (state === 'T' || state === 't') return true
  return Date.now() - statSync(ownerPath(path)).mtimeMs > staleMs
}

const inUse = (path: string, pid: number, owner: Owner | undefined): Fault =>
  new Fault(
    'warehouse.in-use',
    `${path} is in use by process ${pid}${owner?.pid === pid ? `, since ${owner.startedAt}` : ', which is no worker of this project'}.`,
    owner?.pid === pid
      ? 'Ask through that worker (it answers `query` and `ingest`), or stop it first.'
      : 'Close the program that has the file open; analysts read the .analyst.duckdb file beside it.',
    { details: { path, pid } },
  )

function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(ownerPath(path), 'utf8')) as Owner
  } catch (error) {
    // Missing, or cut short by a crash: nobody is on record.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Alive and not a zombie: a zombie holds no lock any more. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  return processStat(pid)?.[0] !== 'Z'
}

const processStart = (pid: number): string | null => processStat(pid)?.[19] ?? null

/** The fields of /proc/<pid>/stat after the name: [0] state, [19] start time; undefined where there is no /proc. */
function processStat(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return text.slice(text.lastIndexOf(')') + 2).split(' ')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ESRCH')
      return undefined
    throw error
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
