import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Layout } from '../project/layout.ts'

/** Who runs under a name (`ng`, `central`, `temporal`, `dev`): the file `layout.process(name)`, mode 0600. */
export interface ProcessRecord {
  readonly pid: number
  /** ISO 8601 UTC. */
  readonly startedAt: string
  /** Kernel's start time of the process in clock ticks, so that another process with its number is not taken for it; null: not told here. */
  readonly ticks: string | null
  /** Where it answers: `http://127.0.0.1:…`; an address for Temporal; '' for none. */
  readonly url: string
  /** Bearer token of its control API; '' for none. */
  readonly token: string
  /** What else others must know, by kind of process. */
  readonly details: Readonly<Record<string, unknown>>
}

/** Write the record of a process of ours, this one where `pid` is left out; replaces what was there. */
export function writeProcessRecord(
  layout: Layout,
  name: string,
  { pid = process.pid, url = '', token = '', details = {} }: Partial<Omit<ProcessRecord, 'startedAt' | 'ticks'>>,
): ProcessRecord {
  const record = { pid, startedAt: new Date().toISOString(), ticks: ticksOf(pid), url, token, details }
  const path = layout.process(name)
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  rmSync(path, { force: true })
  writeFileSync(path, `${JSON.stringify(record)}\n`, { mode: 0o600, flag: 'wx' })
  return record
}

/** The record of a process that lives; undefined where there is none, or what it names is gone. */
export function liveProcess(layout: Layout, name: string): ProcessRecord | undefined {
  const record = readRecord(layout.process(name))
  return record !== undefined && isAlive(record) ? record : undefined
}

/** Remove the record where it is still that of `pid`. */
export function removeProcessRecord(layout: Layout, name: string, pid: number = process.pid): void {
  const path = layout.process(name)
  if (readRecord(path)?.pid === pid) rmSync(path, { force: true })
}

/** Whether the recorded process lives: its number does, and with the same start time. */
export function isAlive(record: Pick<ProcessRecord, 'pid' | 'ticks'>): boolean {
  try {
    process.kill(record.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false
  }
  return record.ticks === null || record.ticks === ticksOf(record.pid)
}

function readRecord(path: string): ProcessRecord | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as ProcessRecord
  } catch {
    return undefined // absent, or being written at this moment
  }
}

/** Field 22 of Linux's /proc/<pid>/stat; null on other systems, and for a process that has ended but was not waited for. */
function ticksOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? null)
  } catch {
    return null
  }
}
