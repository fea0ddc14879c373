import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { archivedContract } from '../contracts/archived.ts'
import type { Contract } from '../contracts/contract.ts'
import type { Model } from '../models/field.ts'
import { coreNames, coreRow, coreTable, dateColumn, keyColumns, sameKey } from './core-tables.ts'
import { literal, type Session } from './duck.ts'
import { isoUtc } from './findings.ts'
import { type FileRow, landedFile } from './lists.ts'
import type { LoadContext } from './load.ts'
import { readStaged, type StagedInput } from './staged-input.ts'
import type { LandedFile, WarehouseOptions } from './warehouse.types.ts'

/** A file that is loaded, as it was judged. */
export interface Judged {
  readonly id: number
  readonly contract: Contract
  readonly staged: StagedInput
}

/** What staging left of a file under the contract that judged it; staged again where that is gone. */
export type StagedOf = (file: LandedFile, contractVersion: string) => Promise<Omit<Judged, 'id'>>

export const stagedOf =
  ({ layout, restage }: WarehouseOptions): StagedOf =>
  async (file, contractVersion) => {
    const path = join(layout.archive(file.region), 'contracts', `${contractVersion}.json`)
    const contract = archivedContract(await readFile(path, 'utf8'))
    return { contract, staged: await readStaged(await restage(file, contract)) }
  }

/**
 * Note that a file has met keys of others: judged again, one of them may leave a key that the other has to fill.
 *
 * @param met SELECT of the other files' ids
 */
export async function noteSharedKeys(session: Session, id: number, met: string): Promise<void> {
  await session.run(`
    insert into ops.shared_key
    select greatest(${id}, was_file), least(${id}, was_file) from (select distinct was_file from (${met}) where was_file <> ${id})
    except select file, earlier from ops.shared_key`)
}

/**
 * SELECT of the files that may share keys with some: those they have met, those these have met, and so on, themselves
 * among them.
 *
 * @param ids SELECT of ids
 */
export const sharing = (ids: string): string => `
  with recursive met(id) as (
    select * from (${ids}) union select case when s.file = m.id then s.earlier else s.file end
    from met m join ops.shared_key s on m.id in (s.file, s.earlier))
  select id from met`

/**
 * What earlier files say of keys whose rows a file takes with it: a temporary table `returning_row` in core's shape, and
 * where there are any, its name. Of several files the last one holds, of an append-only source the first.
 *
 * @param left a table with the keys
 * @param records the file's own records; undefined where it holds none any more. A full list closes what is not in it.
 */
export async function rowsThatReturn(
  context: LoadContext,
  model: Model,
  left: string,
  records: string | undefined,
): Promise<string | undefined> {
  const { session, contract } = context
  const earlier = await earlierFiles(context, model)
  if (earlier.length === 0) return undefined
  const names = coreNames(model)
  await session.run(`create or replace temp table candidate_row as select ${names} from ${coreTable(model)} limit 0`)
  for (const { id, staged, contract: own } of earlier) {
    const closedAt = model.listable && own.mode === 'snapshot' ? closing(context, model, id, records) : 'null'
    const rejected = `s._line not in (select line from quality.reject where _file = ${id})`
    await session.run(`
      insert into candidate_row (${names})
      select ${coreRow(model, own, { file: String(id), closedAt })}
      from ${staged.rows} s semi join ${left} l on ${sameKey(model, 's', 'l')} where ${rejected}`)
  }
  const order = contract.mode === 'append' ? '_file' : '_file desc'
  await session.run(`
    create or replace temp table returning_row as
    select * from candidate_row r qualify row_number() over (partition by ${keyColumns(model, 'r')} order by ${order}) = 1`)
  return (await session.number('select count(*) from returning_row')) > 0 ? 'returning_row' : undefined
}

/** Put them into core. */
export async function bringBack(session: Session, model: Model, returning: string): Promise<void> {
  await session.run(
    `insert into ${coreTable(model)} (${coreNames(model)}) select ${coreNames(model)} from ${returning}`,
  )
}

/** A further arm of a UNION of what changed: the dates on which rows return. */
export const datesOf = (model: Model, returning: string | undefined): string =>
  returning === undefined ? '' : `union all select ${dateColumn(model)}, true from ${returning}`

async function earlierFiles({ session, file, id, stagedOf }: LoadContext, model: Model): Promise<Judged[]> {
  const rows = await session.rows<FileRow & { id: number; contract_version: string }>(
    `select id, source, sha256, name, size_bytes, contract_version, ${isoUtc('arrived_at')} as arrived_at
     from ops.file where id in (${sharing(`select ${id}`)}) and id < ${id} and outcome = 'loaded' and model = ${literal(model.name)}
     order by id`,
  )
  const judged: Judged[] = []
  for (const row of rows)
    judged.push({ id: row.id, ...(await stagedOf(landedFile(file.region, row), row.contract_version)) })
  return judged
}

/** When a full list closed a row of an earlier one: as the first list after that arrived. */
function closing({ file, id }: LoadContext, model: Model, earlier: number, records: string | undefined): string {
  const first = (others: string) =>
    `(select min(arrived_at) from ops.file where source = ${literal(file.source)} and id > ${earlier}
      and outcome = 'loaded' and loaded + unchanged > 0 ${others})`
  const others = first(`and id <> ${id}`)
  if (records === undefined) return others
  const isListed = `exists (select 1 from ${records} r where ${sameKey(model, 'r', 's')})`
  return `case when ${isListed} then ${others} else least(${others}, timestamptz ${literal(file.arrivedAt)}) end`
}
