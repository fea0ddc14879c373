import type { Model } from '../models/field.ts'
import { models } from '../models/index.ts'
import { type Judged, type StagedOf, sharing } from './bring-back.ts'
import { coreTable, keyColumns, saidColumns, sameKey } from './core-tables.ts'
import { literal, quote, type Session } from './duck.ts'
import { isoUtc } from './findings.ts'
import { type FileRow, landedFile } from './lists.ts'
import { type Part, partsOf } from './parts.ts'
import type { RowCounts } from './plan.types.ts'

export interface RowsInput {
  readonly region: string
  readonly source: string
  readonly model: Model
  readonly mode: 'append' | 'upsert' | 'snapshot'
  /** Ids of all files that are judged again. */
  readonly judgedAgain: readonly number[]
  /** Those of them that give rows of this model. */
  readonly giving: readonly Judged[]
  readonly stagedOf: StagedOf
  /** Of a row that is of the same record as before, what alone can be another: of `comparedColumns`. */
  readonly compared: readonly string[]
}

/**
 * Compare core with what it would hold, by key. Reads the temporary table `judged_again` of ids, and leaves `differing`
 * (row_id, was_file, was_line, file, line, entry, changed): a row of core that leaves, a record that comes, or one for the
 * other, and then as bits what of `comparedColumns` it changes. Conflicts of an append-only source are added to `now_rejected`.
 *
 * The rules are those of `upsert`: of several files the last one holds; of an append-only source the one that holds
 * stays while it gives the key, and the first one takes its place.
 *
 * @returns the counts, and every file that rows come from
 */
export async function compareRows(
  session: Session,
  input: RowsInput,
): Promise<{ rows: RowCounts; givers: readonly Judged[] }> {
  const { model, source, giving, mode } = input
  const table = coreTable(model)
  const all = comparedColumns(model)
  // What conflicts in an append-only source is told of different records.
  const compared = mode === 'append' ? all : input.compared
  const core = `(select rowid as row_id, ${keyColumns(model, 'c')}, c._file as was_file, c._line as was_line${hashes(compared, 'c', 'was')}
    ${model.listable ? ', c.closed_at' : ''} from ${table} c where c.source = ${literal(source)})`
  const others = await otherGivers(session, input)
  const rejected = 'exists (select 1 from quality.reject q where q._file = s._file and q.line = s._line)'
  const ofJudged = `exists (select 1 from ${table} c where c.source = ${literal(source)} and ${sameKey(model, 'c', 's')}
    and c._file in (select id from judged_again) and c._file > s._file)`
  const records = [
    ...partsOf(giving).map((part) => freshRecords(model, compared, part, 'true')),
    ...partsOf(others).map((part) => freshRecords(model, compared, part, `not ${rejected} and ${ofJudged}`)),
  ]
  const isOne = giving.length + others.length === 1
  const fresh = isOne ? `(${records[0]})` : await gathered(session, model, compared, records)
  const winner = isOne ? fresh : await winners(session, model, mode, core)
  await session.run(`
    create or replace temp table differing as
    select row_id, was_file, was_line, file, line, entry,
      case when row_id is not null and file is not null then ${changedBits(model, compared, (name) => `${quote(`was ${name}`)} <> ${quote(`now ${name}`)}`)} end as changed
    from ${core} c full join ${winner} f on ${sameKey(model, 'c', 'f')}
    where case
      when row_id is null then true
      when file is null then was_file in (select id from judged_again)
      when ${mode === 'append' ? 'true' : 'was_file > file'} and was_file not in (select id from judged_again) then false
      ${compared.length < all.length ? `when ${isMoved} then true` : ''}
      else changed <> 0 end`)
  if (compared.length < all.length) await compareMoved(session, model, [...giving, ...others])
  if (mode === 'append') await noteConflicts(session, input, { fresh, core, winner })
  const row = await session.one<Record<string, string>>(`
    select count(*) filter (row_id is null) as added, count(*) filter (file is null) as removed,
      count(*) filter (row_id is not null and file is not null) as changed,
      (select count(*) from ${table} where source = ${literal(source)}) as before from differing`)
  const [before, added, removed, changed] = ['before', 'added', 'removed', 'changed'].map((name) => Number(row?.[name]))
  const counts = { before: before ?? 0, added: added ?? 0, removed: removed ?? 0, changed: changed ?? 0 }
  const lists = mode === 'snapshot' && model.listable ? await listsOf(session, input, core, winner) : noLists
  const rows = { ...counts, after: counts.before + counts.added - counts.removed, ...lists }
  return { rows, givers: [...giving, ...others] }
}

/** What can be told apart of two rows of one key. */
export const comparedColumns = (model: Model): readonly string[] => [
  ...model.fields.map(({ name }) => name).filter((name) => !model.key.includes(name)),
  ...saidColumns(model),
  'extra',
]

/** Whether a row comes of another record than before: then anything of it may be another. */
const isMoved = 'was_file <> file or was_line <> line'

/** Of rows that come of other records, what they change of all columns; those that change nothing leave `differing`. */
async function compareMoved(session: Session, model: Model, givers: readonly Judged[]): Promise<void> {
  if ((await session.number(`select count(*) from differing where ${isMoved}`)) === 0) return
  const isOther = (name: string) => `${columnOf('c', name)} is distinct from ${columnOf('s', name)}`
  for (const { rows } of partsOf(givers))
    await session.run(`
      update differing set changed = ${changedBits(model, comparedColumns(model), isOther)}
      from ${coreTable(model)} c, ${rows} s
      where (${isMoved}) and c.rowid = row_id and s._file = file and s._line = line and s._entry = entry`)
  await session.run('delete from differing where changed = 0')
}

/** Bits of a number: the n-th of `comparedColumns` by whether it is another. */
const changedBits = (model: Model, columns: readonly string[], isOther: (name: string) => string): string =>
  ['0::ubigint', ...columns.map((name) => `(${isOther(name)})::ubigint * ${bitOf(model, name)}`)].join(' + ')

const bitOf = (model: Model, name: string): bigint => 1n << BigInt(comparedColumns(model).indexOf(name))

/** SQL over `differing`: whether a row changes any of these columns. */
export const changesAny = (model: Model, columns: readonly string[]): string =>
  `changed & ${columns.reduce((bits, name) => bits | bitOf(model, name), 0n)} <> 0`

/** Of the rows of `differing` that keep their key: how many change each column. */
export async function changedFields(session: Session, model: Model): Promise<Record<string, number>> {
  const groups = await session.rows<{ changed: string; n: string }>(
    'select changed::varchar as changed, count(*)::varchar as n from differing where changed is not null group by changed',
  )
  const counts = comparedColumns(model).map((name): [string, number] => {
    const having = groups.filter(({ changed }) => BigInt(changed) & bitOf(model, name))
    return [name, having.reduce((sum, { n }) => sum + Number(n), 0)]
  })
  return Object.fromEntries(counts.filter(([, rows]) => rows > 0))
}

/** Of each column a hash, which takes less memory in a join than what it is of: columns `was …` and `now …`. */
const hashes = (columns: readonly string[], alias: string, side: 'was' | 'now'): string =>
  columns.map((name) => `, hash(${columnOf(alias, name)}) as ${quote(`${side} ${name}`)}`).join('')

export const columnOf = (side: string, name: string): string =>
  `${side}.${quote(name)}${name === 'extra' ? '::varchar' : ''}`

function freshRecords(model: Model, compared: readonly string[], { rows }: Part, where: string): string {
  return `select ${keyColumns(model, 's')}, s._file as file, s._line as line, s._entry as entry${hashes(compared, 's', 'now')}
    from ${rows} s where ${where}`
}

/** What files give as one temporary table (key, file, line, entry, hashes). */
async function gathered(
  session: Session,
  model: Model,
  compared: readonly string[],
  records: readonly string[],
): Promise<string> {
  await session.run(`
    create or replace temp table fresh as
    select ${keyColumns(model, 'c')}, c._file as file, c._line as line, 0::utinyint as entry${hashes(compared, 'c', 'now')} from ${coreTable(model)} c limit 0`)
  for (const select of records) await session.run(`insert into fresh ${select}`)
  return 'fresh'
}

/** Of the table `fresh` one record a key. Few keys come again: only what may be one of these is put in order. */
async function winners(session: Session, model: Model, mode: RowsInput['mode'], core: string): Promise<string> {
  const key = keyColumns(model, 'f')
  await session.run(`
    create or replace temp table repeated as
    select h from (select hash(${key}) as h from fresh f) group by h having count(*) > 1`)
  const [joined, order] =
    mode === 'append'
      ? [`left join ${core} c on ${sameKey(model, 'c', 'f')}`, 'file is distinct from was_file, file']
      : ['', 'file desc']
  return `(select * from fresh f where hash(${key}) not in (select h from repeated) union all
    select f.* from fresh f ${joined} where hash(${key}) in (select h from repeated)
    qualify row_number() over (partition by ${key} order by ${order}) = 1)`
}

/** What an append-only source says otherwise than what holds by then: rejects, as `upsert` makes them. */
async function noteConflicts(
  session: Session,
  { model }: RowsInput,
  { fresh, core, winner }: { fresh: string; core: string; winner: string },
): Promise<void> {
  // All columns are compared here.
  const content = (alias: string, side: 'was' | 'now') =>
    `hash(${comparedColumns(model)
      .map((name) => `${alias}.${quote(`${side} ${name}`)}`)
      .join(', ')})`
  const stays = 'was_file is not null and was_file not in (select id from judged_again)'
  await session.run(`
    insert into now_rejected
    select file, line, ['key.conflict'] from (
      select f.file, f.line, ${content('f', 'now')} as content, coalesce(c.was_file, w.file) as since,
        case when ${stays} then c.was_file else w.file end as holder,
        case when ${stays} then ${content('c', 'was')} else ${content('w', 'now')} end as held
      from ${fresh} f left join ${core} c on ${sameKey(model, 'c', 'f')} left join ${winner} w on ${sameKey(model, 'w', 'f')})
    where file in (select id from judged_again) and file > since and file <> holder and content <> held`)
}

/** Loaded files that are not judged again, and of which a key may hold again: as `rowsThatReturn` asks them. */
async function otherGivers(session: Session, input: RowsInput): Promise<Judged[]> {
  const { region, model, judgedAgain, stagedOf } = input
  const rows = await session.rows<FileRow & { id: number; contract_version: string }>(
    `select id, source, sha256, name, size_bytes, contract_version, ${isoUtc('arrived_at')} as arrived_at from ops.file
     where id in (${sharing('select id from judged_again')}) and id not in (select id from judged_again)
       and id < ${Math.max(0, ...judgedAgain)} and outcome = 'loaded' and model = ${literal(model.name)} order by id`,
  )
  const others: Judged[] = []
  for (const row of rows)
    others.push({ id: row.id, ...(await stagedOf(landedFile(region, row), row.contract_version)) })
  return others
}

const noLists = { closed: 0, reopened: 0 }

/** What the newest full list closes and opens, where it is judged again. */
async function listsOf(session: Session, { source, model, giving }: RowsInput, core: string, winner: string) {
  const list = giving.filter(({ staged }) => staged.valid > 0).at(-1)
  const later = await session.number(
    `select count(*) from ops.file where source = ${literal(source)} and id > ${list?.id ?? 0} and outcome = 'loaded' and loaded + unchanged > 0`,
  )
  if (list === undefined || list.staged.held > 0 || later > 0) return noLists
  const row = await session.one<Record<string, string>>(`
    select count(*) filter (c.closed_at is null and r.listed is null) as closed,
      count(*) filter (c.closed_at is not null and f.file = ${list.id}) as reopened
    from ${core} c left join ${winner} f on ${sameKey(model, 'c', 'f')}
    left join (select distinct ${keyColumns(model, 's')}, true as listed from ${list.staged.records} s) r on ${sameKey(model, 'c', 'r')}
    where c.row_id not in (select row_id from differing where file is null)`)
  return { closed: Number(row?.closed), reopened: Number(row?.reopened) }
}

export const modelOf = (name: string): Model => models[name as keyof typeof models]
