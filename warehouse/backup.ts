import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { killPoint } from '../models/kill-point.ts'
import { syncNow } from './archive.ts'

const kept = 2

export interface Backup {
  readonly path: string
  /** The last journal entry it holds. */
  readonly journalSeq: number
}

/** Backups of a region, newest first. */
export function backups(folder: string): Backup[] {
  const names = existsSync(folder) ? readdirSync(folder) : []
  return names
    .flatMap((name) => {
      const seq = /^(\d{12})\.duckdb$/.exec(name)?.[1]
      return seq === undefined ? [] : [{ path: join(folder, name), journalSeq: Number(seq) }]
    })
    .sort((a, b) => b.journalSeq - a.journalSeq)
}

/**
 * Copy a checkpointed warehouse file that nobody writes to meanwhile; keeps the last two copies.
 *
 * The copy is made by a process of its own: closing any handle on a file gives up this process's lock on it, which is
 * what keeps other writers out.
 */
export async function makeBackup(warehousePath: string, folder: string, journalSeq: number): Promise<string> {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (name.endsWith('.part')) rmSync(join(folder, name))
  const place = join(folder, `${String(journalSeq).padStart(12, '0')}.duckdb`)
  const aside = `${place}.part`
  await copyElsewhere(warehousePath, aside)
  killPoint('backup.before-rename')
  renameSync(aside, place)
  killPoint('backup.after-rename')
  writeFileSync(`${place}.json`, JSON.stringify({ journalSeq, at: new Date().toISOString() }), { flush: true })
  syncNow(folder)
  for (const old of backups(folder).slice(kept)) {
    rmSync(old.path)
    rmSync(`${old.path}.json`, { force: true })
  }
  return place
}

const copyScript = `
  const fs = require('node:fs')
  const [from, to] = process.argv.slice(1)
  fs.copyFileSync(from, to, fs.constants.COPYFILE_FICLONE)
  const copy = fs.openSync(to, 'r')
  fs.fsyncSync(copy)
`

/** Copy and fsync in a child process. */
export async function copyElsewhere(from: string, to: string): Promise<void> {
  await promisify(execFile)(process.execPath, ['-e', copyScript, from, to])
}
