import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import type { Layout } from '../project/layout.ts'
import { quote, type Session } from './duck.ts'
import type { Journal } from './journal.ts'
import { type Mart, readMarts } from './mart-files.ts'
import { publish } from './outbox.ts'
import { claimEpoch, type Turn } from './writer.ts'

export interface MartsContext {
  readonly layout: Layout
  readonly region: string
  readonly journal: Journal
}

/** A mart with what of it is stale. */
interface StaleMart {
  readonly mart: Mart
  /** Its SQL is new or other than before, or a table without dates that it reads has changed: all of it. */
  readonly isWhole: boolean
  readonly isNewSql: boolean
}

export interface Refreshed {
  /** Local dates that were recomputed because core changed. */
  readonly partitions: number
  readonly publications: number
  /** Marts left as they are, because their header or SQL is wrong: "mart.header", "mart.sql". */
  readonly problems: readonly Fault[]
}

/**
 * Recompute what is stale of every mart and put what came out differently in the outbox: one transaction.
 *
 * Partitions whose content hash did not change are neither replaced nor published.
 */
export async function refreshMarts(turn: Turn, context: MartsContext): Promise<Refreshed> {
  const { session } = turn
  const { marts, problems } = await usableMarts(session, context.layout.root)
  const stale = await findStale(session, marts)
  if (stale.length === 0) return { partitions: 0, publications: 0, problems }
  const partitions = await session.number('select count(*) from ops.changed_partition')
  let publications = 0
  const asOf = new Date().toISOString()
  await session.transaction(
    async () => {
      await claimEpoch(turn, 'refresh of marts')
      for (const one of stale) {
        await recompute(session, one)
        if (one.mart.isPublished && (await publish(session, context, one.mart, asOf))) publications += 1
      }
      await session.run('delete from ops.changed_partition; delete from ops.changed_table')
    },
    { before: () => killPoint('marts.before-commit'), after: () => killPoint('marts.after-commit') },
  )
  return { partitions, publications, problems }
}

/** Marts that DuckDB can run; one that it can not is forgotten, so that all of it is made anew once it can. */
async function usableMarts(session: Session, root: string): Promise<{ marts: Mart[]; problems: Fault[] }> {
  const found = readMarts(root)
  const marts: Mart[] = []
  const problems = [...found.problems]
  for (const mart of found.marts) {
    const problem = await problemOf(session, mart)
    if (problem === undefined) marts.push(mart)
    else problems.push(problem)
  }
  const known = await session.rows<{ name: string }>('select name from ops.mart')
  for (const { name } of known)
    if (!marts.some((mart) => mart.name === name))
      await session.run('delete from ops.mart where name = $name', { name })
  return { marts, problems }
}

/** Bound, not run: a mart that reads what is not there, or lacks a column of its grain. */
async function problemOf(session: Session, mart: Mart): Promise<Fault | undefined> {
  try {
    await session.run(`explain select ${mart.grain.map(quote).join(', ')}, local_date::date from (${mart.sql})`)
    return undefined
  } catch (error) {
    if (!/^(Parser|Binder|Catalog|Conversion|Invalid Input) Error/.test((error as Error).message)) throw error
    return new Fault(
      'mart.sql',
      `${mart.path} does not run: ${(error as Error).message}`,
      'Correct the SELECT; until then the mart stays as it was, and the others go on.',
      { cause: error },
    )
  }
}

async function findStale(session: Session, marts: readonly Mart[]): Promise<StaleMart[]> {
  const known = new Map(
    (await session.rows<{ name: string; sql_text: string }>('select name, sql_text from ops.mart')).map((row) => [
      row.name,
      row.sql_text,
    ]),
  )
  const tables = (await session.rows<{ name: string }>('select name from ops.changed_table')).map(({ name }) => name)
  const hasDates = (await session.number('select count(*) from ops.changed_partition')) > 0
  return marts.flatMap((mart) => {
    const isNewSql = known.get(mart.name) !== identity(mart)
    // DuckDB's own parser says what a mart reads, through views as well.
    const reads = tables.length === 0 ? [] : session.connection.getTableNames(mart.sql, false)
    const isWhole = isNewSql || tables.some((name) => reads.includes(name))
    return isWhole || hasDates ? [{ mart, isWhole, isNewSql }] : []
  })
}

/** Leaves the temporary table `fresh`, and `fresh_partition` (local_date, rows, content_hash) of what was looked at. */
async function recompute(session: Session, { mart, isWhole, isNewSql }: StaleMart): Promise<void> {
  const table = `mart.${quote(mart.name)}`
  const values = { mart: mart.name }
  if (isNewSql) {
    await session.run(`create or replace table ${table} as select * from (${mart.sql}) limit 0`)
    await session.run(`update ops.mart_partition set content_hash = null, "rows" = 0 where mart = $mart`, values)
    await session.run('delete from ops.mart where name = $mart', values)
    await session.run('insert into ops.mart values ($mart, $sql)', { ...values, sql: identity(mart) })
  }
  await session.run(
    `create or replace temp table fresh as select * from (${mart.sql})${isWhole ? '' : await filter(session)}`,
  )
  const looked = isWhole
    ? `select local_date from fresh union select local_date from ops.mart_partition where mart = '${mart.name}'`
    : 'select local_date from ops.changed_partition'
  await session.run(`
    create or replace temp table fresh_partition as
    with state as (select local_date, count(*) as "rows", ${contentHash('fresh')} as content_hash from fresh group by local_date)
    select local_date, coalesce(state."rows", 0) as "rows", coalesce(state.content_hash, 'empty') as content_hash
    from (${looked}) looked left join state using (local_date)`)
  await replaceChanged(session, mart.name, table)
}

async function replaceChanged(session: Session, mart: string, table: string): Promise<void> {
  await session.run(`
    create or replace temp table differing as
    select f.local_date, f."rows", f.content_hash, p.published_hash
    from fresh_partition f
    left join (select * from ops.mart_partition where mart = '${mart}') p using (local_date)
    where f.content_hash is distinct from coalesce(p.content_hash, 'empty')`)
  if ((await session.number('select count(*) from differing')) === 0) return
  await session.run(`
    delete from ${table} where local_date in (select local_date from differing);
    insert into ${table} select * from fresh where local_date in (select local_date from differing);
    delete from ops.mart_partition where mart = '${mart}' and local_date in (select local_date from differing);
    insert into ops.mart_partition select '${mart}', local_date, "rows", content_hash, published_hash from differing`)
}

/** One date or many in a row become constants, which DuckDB pushes through the aggregate into the scan. */
async function filter(session: Session): Promise<string> {
  const dates = (
    await session.rows<{ d: string }>('select local_date::varchar as d from ops.changed_partition order by d')
  ).map(({ d }) => `date '${d}'`)
  const [first, last] = [dates[0], dates.at(-1)]
  if (first === undefined) return ' where false'
  const range = ` where local_date between ${first} and ${last}`
  if (dates.length <= 100) return `${range} and local_date in (${dates.join(', ')})`
  return `${range} and local_date in (select local_date from ops.changed_partition)`
}

/**
 * A hash of a relation's rows, whatever their order. DuckDB's own hash of the values is fifty times cheaper than one of
 * their text; should a later DuckDB hash otherwise, every partition is published once more.
 */
const contentHash = (relation: string): string =>
  `md5(concat_ws(' ', count(*), sum(hash(${relation})::hugeint), bit_xor(hash(${relation}, 'again'))))`

/** What, when it changes, makes all of a mart stale. */
const identity = (mart: Mart): string => `-- publish: ${mart.isPublished}\n${mart.sql}`
