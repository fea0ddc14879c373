import { existsSync, statSync } from 'node:fs'
import { readFile, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Fault } from '../models/fault.ts'
import type { Staged } from '../stage/staged.ts'
import { literal } from './duck.ts'

/** A staged folder as SQL. */
export interface StagedInput extends Staged {
  readonly recordsPath: string
  /** undefined: no record has a key that an earlier one has. */
  readonly repeatsPath: string | undefined
  /** Every record but the ignored ones. */
  readonly records: string
  /** Records whose key an earlier valid record of the file has; undefined: there are none. */
  readonly repeats: string | undefined
  /** Records that go to core, if nothing there speaks against it. */
  readonly rows: string
  readonly stagedBytes: number
}

export async function readStaged(folder: string): Promise<StagedInput> {
  const staged = JSON.parse(await readFile(join(folder, 'staged.json'), 'utf8')) as Staged
  const recordsPath = join(folder, 'records.parquet')
  const found = join(folder, 'repeats.parquet')
  const repeatsPath = existsSync(found) ? found : undefined
  const records = `read_parquet(${literal(recordsPath)})`
  const repeats = repeatsPath === undefined ? undefined : `read_parquet(${literal(repeatsPath)})`
  const isRepeated = `from ${repeats} p where p._line = r._line and p._entry = r._entry`
  const valid = `select * from ${records} r where r._reasons is null`
  return {
    ...staged,
    recordsPath,
    repeatsPath,
    records,
    repeats,
    rows: repeats === undefined ? `(${valid})` : `(${valid} and not exists (${isRepeated}))`,
    stagedBytes: statSync(recordsPath).size + (repeatsPath === undefined ? 0 : statSync(repeatsPath).size),
  }
}

/**
 * Refuse a load that the disk can not hold: DuckDB needs room for the rows, the log and its temporary files.
 *
 * @throws Fault "disk.full"
 */
export async function checkDisk(warehousePath: string, stagedBytes: number): Promise<void> {
  const folder = dirname(warehousePath)
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (free >= 3 * stagedBytes) return
  throw new Fault(
    'disk.full',
    `${folder} has ${free} bytes free; loading ${stagedBytes} staged bytes takes up to ${3 * stagedBytes}.`,
    'Free space there, or move the project to a larger disk; the file stays archived and is loaded at the next sync.',
    { details: { folder, free, needed: 3 * stagedBytes } },
  )
}
