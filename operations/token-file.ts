import { link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'

/**
 * Put `text` at `path` whole or not at all, readable by its owner alone; on disk when it returns. For holders of the
 * lock: what a killed one left aside is written over.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const aside = `${path}.new`
  const file = await open(aside, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  killPoint('tokens.before-rename')
  await rename(aside, path)
  killPoint('tokens.after-rename')
  await syncFolder(dirname(path))
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/**
 * Run `work` while no other process and no other call in this one does so for `path`.
 *
 * The lock is the file `<path>.lock` with its owner's process id; one whose owner is gone is taken over.
 *
 * @throws Fault "token.locked" when another has it for longer than `waitMs`
 */
export async function withLock<T>(path: string, work: () => Promise<T>, waitMs = 10_000): Promise<T> {
  const before = tails.get(path) ?? Promise.resolve()
  const done = before.then(async () => {
    await acquire(`${path}.lock`, waitMs)
    try {
      return await work()
    } finally {
      await rm(`${path}.lock`)
    }
  })
  const tail = done.then(
    () => undefined,
    () => undefined, // the caller of `done` has the error
  )
  tails.set(path, tail)
  return await done
}

/** Calls of this process wait for one another here, so a lock with its own id is of a former process. */
const tails = new Map<string, Promise<void>>()

async function acquire(lock: string, waitMs: number): Promise<void> {
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 })
  const deadline = performance.now() + waitMs
  for (;;) {
    if (await tryAcquire(lock)) return
    const owner = await ownerOf(lock)
    if (owner !== undefined && !isAlive(owner)) await takeAway(lock, owner)
    else if (performance.now() >= deadline)
      throw new Fault(
        'token.locked',
        `${lock} is held by process ${owner ?? 'unknown'} for longer than ${waitMs / 1000} s.`,
        `If that process is no entrepot, remove the file and try again.`,
      )
    else await sleep(20)
  }
}

/** The id is in the file before the lock has its name: a lock without an owner is never seen. */
async function tryAcquire(lock: string): Promise<boolean> {
  const aside = `${lock}.${process.pid}`
  const file = await open(aside, 'w', 0o600)
  try {
    await file.writeFile(String(process.pid))
  } finally {
    await file.close()
  }
  try {
    await link(aside, lock)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await rm(aside)
  }
}

/** Undefined: the lock has gone. */
async function ownerOf(lock: string): Promise<number | undefined> {
  try {
    return Number(await readFile(lock, 'utf8'))
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** Move a dead owner's lock away. One moves it; a living owner's, moved by mistake in between, is put back. */
async function takeAway(lock: string, owner: number): Promise<void> {
  const taken = `${lock}.${process.pid}.old`
  try {
    killPoint('lock.before-rename')
    await rename(lock, taken)
    killPoint('lock.after-rename')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  try {
    if ((await ownerOf(taken)) !== owner) await link(taken, lock)
  } finally {
    await rm(taken)
  }
}

function isAlive(pid: number): boolean {
  if (pid === process.pid) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) === 'EPERM'
  }
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)
