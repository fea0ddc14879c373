import { bringBack, datesOf, noteSharedKeys, rowsThatReturn } from './bring-back.ts'
import { markDates } from './changes.ts'
import { coreNames, coreRow, coreTable, dateColumn, keyColumns, saidOf, sameKey, textValue } from './core-tables.ts'
import { literal, quote } from './duck.ts'
import { isoUtc } from './findings.ts'
import type { LoadContext } from './load.ts'
import type { StagedInput } from './staged-input.ts'

export interface Merged {
  readonly loaded: number
  readonly unchanged: number
  /** SELECT of the lines that an append-only source says otherwise about; undefined: none. */
  readonly conflicts: string | undefined
  /** Temporary table (local_date, is_content) of what changed; undefined: nothing. */
  readonly changed: string | undefined
}

/**
 * Merge a file's valid records into core by key.
 *
 * A row with the same content stays, and names the newest file that says so; a row that a later file brought stays;
 * any other row of the key is replaced. Rows that only a former verdict of this file brought leave, and what an earlier
 * file says of their keys holds again. The search is `core where key in (staged)`: DuckDB pushes the keys' range into
 * the scan, so it costs what the file costs, not what core does (DESIGN §5).
 */
export async function upsert(context: LoadContext, staged: StagedInput): Promise<Merged> {
  const { session, model, file, id } = context
  const table = coreTable(model)
  const source = literal(file.source)
  const isFirst =
    (await session.number(`select count(*) from (select 1 from ${table} where source = ${source} limit 1)`)) === 0
  if (isFirst) return insertAll(context, staged)
  await session.run(`
    create or replace temp table met as
    select c.rowid as row_id, ${keyColumns(model, 'c')}
    from ${table} c semi join ${staged.rows} s on ${sameKey(model, 'c', 's')}
    where c.source = ${source}`)
  await session.run(`
    create or replace temp table leaving as
    select rowid as row_id, ${keyColumns(model, 'c')}, ${dateColumn(model)} as was_date from ${table} c
    where ${context.isJudgedAgain ? `_file = ${id} and rowid not in (select row_id from met)` : 'false'}`)
  const closed = context.contract.mode === 'snapshot' ? await closeMissing(context, staged) : 0
  const met = await session.number('select count(*) from met')
  const left = await session.number('select count(*) from leaving')
  if (met + left + closed === 0) return insertAll(context, staged)
  const listed = staged.valid > 0 && staged.held === 0 ? staged.records : undefined
  const returning = left > 0 ? await rowsThatReturn(context, model, 'leaving', listed) : undefined
  return merge(context, staged, closed, returning)
}

async function insertAll(context: LoadContext, staged: StagedInput): Promise<Merged> {
  const { session, model } = context
  const loaded = await insertRows(context, staged.rows)
  if (loaded === 0) return { loaded, unchanged: 0, conflicts: undefined, changed: undefined }
  await session.run(
    `create or replace temp table changed as
     select distinct ${dateColumn(model)} as local_date, true as is_content from ${staged.rows}`,
  )
  return { loaded, unchanged: 0, conflicts: undefined, changed: 'changed' }
}

async function merge(
  context: LoadContext,
  staged: StagedInput,
  closed: number,
  returning: string | undefined,
): Promise<Merged> {
  const { session, model, contract, id } = context
  const table = coreTable(model)
  const conflict = contract.mode === 'append' ? `when c._file <> ${id} then 'conflict'` : ''
  // By row number: keys may be scattered over all of core, the rows that have them stand close together.
  await session.run(`
    create or replace temp table verdict as
    select s._line as line, s._entry as entry, m.row_id, c._file as was_file, ${dateColumn(model, 'c')} as was_date,
      case when c._file > ${id} then 'superseded' when ${sameContent(context)} then 'same' ${conflict} else 'differs' end as verdict
    from met m join ${table} c on c.rowid = m.row_id join ${staged.rows} s on ${sameKey(model, 'm', 's')}`)
  const isSettled = `from verdict v where v.line = s._line and v.entry = s._entry and v.verdict <> 'differs'`
  const fresh = `(select * from ${staged.rows} s where not exists (${isSettled}))`
  await session.run(`
    create or replace temp table changed as
    select local_date, bool_or(is_content) as is_content from (
      select ${dateColumn(model)} as local_date, true as is_content from ${fresh}
      union all select was_date, true from verdict where verdict = 'differs'
      union all select was_date, true from leaving
      union all select was_date, false from verdict where verdict = 'same' and was_file < ${id}
      ${datesOf(model, returning)}
    ) group by local_date`)
  await noteSharedKeys(session, id, 'select was_file from verdict')
  const removed = await session.run(
    `delete from ${table} where rowid in (
       select row_id from verdict where verdict = 'differs' union all select row_id from leaving)`,
  )
  await session.run(
    `update ${table} set _file = ${id}, _line = v.line from verdict v
     where ${table}.rowid = v.row_id and v.verdict = 'same' and v.was_file < ${id}`,
  )
  const loaded = await insertRows(context, fresh)
  if (returning !== undefined) await bringBack(session, model, returning)
  const unchanged = await session.number(`select count(*) from verdict where verdict in ('same', 'superseded')`)
  const conflicts = await session.number(`select count(*) from verdict where verdict = 'conflict'`)
  const hasChanged = loaded + removed + closed > 0
  // Rows whose only change is the file that confirms them: no mart depends on it, the analyst file shows it.
  if (!hasChanged && model.name === 'transaction') await markDates(session, 'changed')
  return {
    ...{ loaded, unchanged, changed: hasChanged ? 'changed' : undefined },
    conflicts: conflicts > 0 ? `select line from verdict where verdict = 'conflict'` : undefined,
  }
}

/**
 * A full list closes what is missing from it. A list older than another that is loaded closes nothing any more, neither
 * does one without a single valid record, which is a broken export and no empty business, nor one with records that are
 * held: whose they are, only the answer tells.
 */
async function closeMissing(context: LoadContext, staged: StagedInput): Promise<number> {
  const { session, model, file } = context
  if (staged.valid === 0 || staged.held > 0 || (await laterList(context)) !== undefined) return 0
  return session.run(
    `update ${coreTable(model)} c set closed_at = $at::timestamptz
     where c.source = $source and c.closed_at is null
       and not exists (select 1 from ${staged.records} s where ${sameKey(model, 'c', 's')})`,
    { at: file.arrivedAt, source: file.source },
  )
}

/** When the first list after this file's arrived; undefined: this is the newest. */
async function laterList({ session, file, id }: LoadContext): Promise<string | undefined> {
  const row = await session.one<{ arrival: string | null }>(
    `select ${isoUtc('min(arrived_at)')} as arrival from ops.file
     where source = $source and id > $id and outcome = 'loaded' and loaded + unchanged > 0 and held = 0`,
    { source: file.source, id },
  )
  return row?.arrival ?? undefined
}

async function insertRows(context: LoadContext, rows: string): Promise<number> {
  const { session, model, contract, id } = context
  const later = model.listable && contract.mode === 'snapshot' ? await laterList(context) : undefined
  const values = coreRow(model, contract, { file: String(id), closedAt: textValue(later ?? null) })
  return session.run(`insert into ${coreTable(model)} (${coreNames(model)}) select ${values} from ${rows}`)
}

function sameContent({ model, contract }: LoadContext): string {
  const same = (left: string, right: string) => `${left} is not distinct from ${right}`
  const fields = model.fields.filter(({ name }) => !model.key.includes(name))
  const conditions = fields.map(({ name }) => same(`c.${quote(name)}`, `s.${quote(name)}`))
  for (const [name, said] of Object.entries(saidOf(model, contract)))
    conditions.push(same(`c.${quote(name)}`, textValue(said)))
  if (model.listable) conditions.push('c.closed_at is null')
  return [...conditions, same('c.extra::varchar', 's._extra')].join(' and ')
}
