import { existsSync, linkSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { models } from '../models/index.ts'
import { killPoint } from '../models/kill-point.ts'
import { syncNow } from './archive.ts'
import { literal, quote, type Session } from './duck.ts'
import { coreViews } from './migrate.ts'
import type { Turn } from './writer.ts'

/**
 * Renew the file that analysts read: core, mart and quality as of now.
 *
 * Two copies take turns: the spare one is brought up to date by the dates that changed since it was written, then
 * swapped in by name. Whoever has the former one open keeps it. A copy that somebody wrote to or holds open is
 * thrown away and made whole.
 *
 * @param path the file under its public name
 */
export async function renewAnalystFile({ session }: Turn, path: string): Promise<void> {
  const spare = path.replace(/\.duckdb$/, '.next.duckdb')
  if (!isAsLeft(spare)) remove(spare)
  try {
    await bringUpToDate(session, spare)
  } catch (error) {
    if (!/Could not set lock|Unique file handle conflict|does not fit/.test(String(error))) throw error
    remove(spare)
    await bringUpToDate(session, spare)
  }
  syncNow(spare)
  swapIn(spare, path)
}

async function bringUpToDate(session: Session, spare: string): Promise<void> {
  await session.run(`attach ${literal(spare)} as analyst`)
  try {
    await copyChanges(session)
  } finally {
    await session.connection.run('detach analyst')
  }
}

async function copyChanges(session: Session): Promise<void> {
  await session.run(`
    create schema if not exists analyst.core;
    create schema if not exists analyst.mart;
    create schema if not exists analyst.quality;
    create table if not exists analyst.quality.copied (change_seq bigint, shape varchar);
    create table if not exists analyst.quality.mart_partition (mart varchar, local_date date, content_hash varchar)`)
  const shape = await shapeOf(session)
  const former = await session.one<{ seq: string; shape: string }>(
    'select change_seq as seq, shape from analyst.quality.copied',
  )
  if (former !== undefined && former.shape !== shape) throw new Error('the copy does not fit the tables of today')
  const since = former === undefined ? -1 : Number(former.seq)
  const now = await session.number('select change_seq from ops.writer')
  await session.transaction(
    async () => {
      for (const name of Object.keys(models)) await copyCore(session, name, since)
      for (const { name } of await session.rows<{ name: string }>('select name from ops.mart'))
        await copyMart(session, name)
      await copyQuality(session, since)
      await session.run('delete from analyst.quality.copied')
      await session.run('insert into analyst.quality.copied values ($now, $shape)', { now: BigInt(now), shape })
    },
    { before: () => killPoint('analyst.before-commit'), after: () => killPoint('analyst.after-commit') },
  )
  await session.run(`use analyst; ${coreViews()}; use ${quote(await mainName(session))}`)
  await session.run('checkpoint analyst')
}

async function copyCore(session: Session, name: string, since: number): Promise<void> {
  const table = `core.${quote(name)}`
  await session.run(`create table if not exists analyst.${table} as select * from ${table} limit 0`)
  if (since < 0) {
    await session.run(`insert into analyst.${table} select * from ${table}`)
    return
  }
  if (name !== 'transaction') {
    const changes = `select count(*) from ops.table_change where name = '${name}' and change_seq > ${since}`
    if ((await session.number(changes)) > 0)
      await session.run(`delete from analyst.${table}; insert into analyst.${table} select * from ${table}`)
    return
  }
  const dates = await session.rows<{ d: string }>(
    `select local_date::varchar as d from ops.partition_change where change_seq > ${since} order by d`,
  )
  if (dates.length === 0) return
  const where = `where local_date between date '${dates[0]?.d}' and date '${dates.at(-1)?.d}' and local_date in (
    select local_date from ops.partition_change where change_seq > ${since})`
  await session.run(
    `delete from analyst.${table} ${where}; insert into analyst.${table} select * from ${table} ${where}`,
  )
}

async function copyMart(session: Session, name: string): Promise<void> {
  const table = `mart.${quote(name)}`
  await session.run(`create table if not exists analyst.${table} as select * from ${table} limit 0`)
  const mart = literal(name)
  await session.run(`
    create or replace temp table stale as
    select local_date from (
      select local_date, content_hash from ops.mart_partition where mart = ${mart} and content_hash is not null
    ) m full join (select local_date, content_hash from analyst.quality.mart_partition where mart = ${mart}) a using (local_date)
    where m.content_hash is distinct from a.content_hash`)
  await session.run(`
    delete from analyst.${table} where local_date in (from stale);
    insert into analyst.${table} select * from ${table} where local_date in (from stale);
    delete from analyst.quality.mart_partition where mart = ${mart} and local_date in (from stale);
    insert into analyst.quality.mart_partition
      select mart, local_date, content_hash from ops.mart_partition
      where mart = ${mart} and content_hash is not null and local_date in (from stale)`)
}

const fileColumns = `id, source, name, sha256, size_bytes, arrived_at, model, contract_version, outcome, "read", loaded,
  unchanged, duplicate, rejected, ignored, held, from_date, last_date, problem_code, problem_message, loaded_at`

/** Rejects and files of the files that changed; findings, which are few, as a whole. */
async function copyQuality(session: Session, since: number): Promise<void> {
  const files = `select id from ops.file where change_seq > ${since}`
  await session.run(`
    create table if not exists analyst.quality.reject as select * from quality.reject limit 0;
    create table if not exists analyst.quality.finding as select * from quality.finding limit 0;
    create table if not exists analyst.quality.file as select ${fileColumns} from ops.file limit 0;
    delete from analyst.quality.reject where _file in (${files});
    insert into analyst.quality.reject select * from quality.reject where _file in (${files});
    delete from analyst.quality.file where id in (${files});
    insert into analyst.quality.file select ${fileColumns} from ops.file where id in (${files});
    delete from analyst.quality.finding;
    insert into analyst.quality.finding select * from quality.finding`)
}

const mainName = async (session: Session): Promise<string> =>
  (await session.one<{ name: string }>(`select database_name as name from duckdb_schemas() where schema_name = 'ops'`))
    ?.name ?? ''

/** The columns of everything copied: a copy of other tables is made anew. */
const shapeOf = async (session: Session): Promise<string> =>
  (
    await session.one<{ shape: string }>(`
      select md5(string_agg(concat_ws('.', schema_name, table_name, column_name, data_type), ',' order by schema_name, table_name, column_index)) as shape
      from duckdb_columns()
      where database_name = current_database() and not internal and schema_name in ('core', 'mart', 'quality')`)
  )?.shape ?? ''

/** The former file becomes the spare one, under which name nobody looks for it. */
function swapIn(spare: string, path: string): void {
  const former = `${spare}.former`
  rmSync(former, { force: true })
  if (existsSync(path)) linkSync(path, former)
  killPoint('analyst.before-rename')
  renameSync(spare, path)
  killPoint('analyst.after-rename')
  if (existsSync(former)) {
    const left = existsSync(notePath(path)) ? readFileSync(notePath(path), 'utf8') : ''
    killPoint('analyst-spare.before-rename')
    renameSync(former, spare)
    killPoint('analyst-spare.after-rename')
    writeFileSync(notePath(spare), left)
  }
  writeFileSync(notePath(path), stamp(path))
}

/** How a copy looked when it was last written, to tell whether anybody else has written to it. */
const notePath = (path: string): string => `${path}.stamp`

function stamp(path: string): string {
  const { size, mtimeNs } = statSync(path, { bigint: true })
  return `${size} ${mtimeNs}`
}

const isAsLeft = (spare: string): boolean =>
  existsSync(spare) &&
  existsSync(notePath(spare)) &&
  !existsSync(`${spare}.wal`) &&
  readFileSync(notePath(spare), 'utf8') === stamp(spare)

function remove(spare: string): void {
  for (const path of [spare, `${spare}.wal`, notePath(spare)]) rmSync(path, { force: true })
}
