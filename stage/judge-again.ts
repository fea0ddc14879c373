import { copyFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { DuckDBConnection } from '@duckdb/node-api'
import type { Column, Format } from '../contracts/contract.ts'
import { literal } from '../contracts/sql-text.ts'
import { Fault } from '../models/fault.ts'
import { fault, faultCodes } from '../readers/batch.ts'
import { regularised } from '../readers/encoding/regularise.ts'
import { openFile } from '../readers/open.ts'
import { registerBridge, relation } from './bridge.ts'
import { rowsOf } from './facts.ts'
import { copyOf, type JudgedFile, type MayRepeat, recordsName, repeatsName, runFed, type Work } from './judge-file.ts'
import { prepareBridge } from './prepare-bridge.ts'
import { type Restage, restageFrom } from './restage.ts'
import type { FormerStaged, Staged, StageTask } from './staged.ts'
import { readStaged } from './staged-folder.ts'

/** The records as another contract judged them, with what is otherwise under this one: the file is read for that alone. */
export async function judgeAgain(work: Work, former: Former): Promise<JudgedFile> {
  const { folder: from, contractVersion, staged, restage } = former
  const { folder, task, connection } = work
  const { path, limits } = task
  const { format, columns, ignored, bytes } = staged
  const { compiled } = restage
  for (const statement of compiled.setup) await connection.run(statement)
  const bridge = registerBridge(connection, compiled.columns.length, await prepareBridge())
  const runOver = async (sql: string): Promise<void> => {
    const { reader } = await openFile(path, format, () => compiled.columns, limits, folder)
    try {
      await runFed(work, bridge, regularised(reader), sql)
    } finally {
      reader.close()
    }
  }
  const records = join(folder, recordsName)
  const stood = join(from, recordsName)
  if (restage.query === null) await copyFile(stood, records)
  else {
    const copy = copyOf(restage.query(stood, relation), records)
    await (restage.readsFile ? runOver(copy) : connection.run(copy))
  }
  const lacks = '_reasons is not null and _raw is null'
  const [row] = await rowsOf(
    connection,
    `select count(*)::varchar as n from read_parquet(${literal(records)}) where ${lacks}`,
  )
  if (row?.n !== '0') {
    const judged = join(folder, 'judged.parquet')
    await copyFile(records, judged)
    const read = `read_parquet(${literal(judged)})`
    await runOver(
      copyOf(
        `select judged.* replace (coalesce(judged._raw, rejected._raw) as _raw) from ${read} judged
         left join (select _line, _raw from ${relation} where _line in (select _line from ${read} where ${lacks})) rejected
           on rejected._line = judged._line`,
        records,
      ),
    )
    await rm(judged)
  }
  return {
    ...{ format, columns, ignored, position: bytes, handed: undefined, edges: undefined, varying: [], behindEnd: 0 },
    since: { contractVersion, fields: restage.fields },
    mayRepeat: await mayRepeat(connection, former, records),
  }
}

/** Where keys are what they were, only those come again that did, unless a record is valid that was not. */
async function mayRepeat(connection: DuckDBConnection, former: Former, records: string): Promise<MayRepeat> {
  const { folder, staged, restage } = former
  if (!restage.keepsKeys) return 'any'
  if (staged.rejected > 0 && (await isFreed(connection, join(folder, recordsName), records))) return 'any'
  return staged.duplicates + staged.conflicts > 0 ? { asIn: join(folder, repeatsName) } : 'none'
}

/** Whether a record is valid that was not: its key may be one that another has. */
async function isFreed(connection: DuckDBConnection, former: string, records: string): Promise<boolean> {
  const linesOf = (path: string, where: string) => `select _line from read_parquet(${literal(path)}) where ${where}`
  const freed = `${linesOf(records, '_reasons is null')} and _line in (${linesOf(former, '_reasons is not null')})`
  return (await rowsOf(connection, `${freed} limit 1`)).length > 0
}

/** Whether all is there that is to be taken, and the records are the same by both contracts. */
export async function stands({ connection, task, folder: tempDir }: Work, former: Former): Promise<boolean> {
  const { folder, restage } = former
  const records = literal(join(folder, recordsName))
  const columns = await rowsOf(connection, `select column_name as name from (describe from read_parquet(${records}))`)
  const names = new Set(columns.map(({ name }) => name))
  if (!restage.takes.every((name) => names.has(name))) return false
  if (restage.otherColumns !== null && !(await beginsAlike(task, former, restage.otherColumns, tempDir))) return false
  const isRepaired = `list_contains(_warnings, ${literal(faultCodes[fault.repaired])})`
  const repaired = `select 1 as one from read_parquet(${records}) where ${isRepaired} limit 1`
  return !restage.wantsNoneRepaired || (await rowsOf(connection, repaired)).length === 0
}

/** Whether the file is read alike, and its header found in the same place, by what each of two contracts wants of it. */
async function beginsAlike(
  { path, limits, contract }: StageTask,
  { staged, restage: { compiled } }: Former,
  otherColumns: readonly Column[],
  tempDir: string,
): Promise<boolean> {
  const beginning = async (given: Format, wanted: readonly Column[]) => {
    const { reader, format } = await openFile(path, given, () => wanted, limits, tempDir)
    const { columns, ignored } = reader
    reader.close()
    return { format, columns, ignored: { ...ignored } }
  }
  try {
    const now = await beginning(contract.format, compiled.columns)
    return isDeepStrictEqual(await beginning(staged.format, otherColumns), now)
  } catch (error) {
    if (error instanceof Fault) return false // judged from the start it fails with the same
    throw error
  }
}

export interface Former extends Omit<FormerStaged, 'contract'> {
  readonly staged: Staged
  readonly restage: Restage
}

/** What is left of the file as a former contract judged it, where this one can go on from there. */
export async function formerOf({ former, contract }: StageTask): Promise<Former | undefined> {
  if (former === undefined) return undefined
  const staged = await readStaged(former.folder)
  if (staged === undefined) return undefined
  const restage = restageFrom(former.contract, contract, staged.format)
  return restage && { ...former, staged, restage }
}
