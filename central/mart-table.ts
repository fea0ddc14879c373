import { Fault } from '../models/fault.ts'
import { quote, type Session } from '../warehouse/duck.ts'
import type { CentralMart, Column } from './central.types.ts'

/** The mart's table: `"central"."creator_daily"`. */
export const tableOf = (mart: CentralMart): string => `central.${quote(mart.name)}`

/**
 * Make the mart's table where it is missing, and add columns that are new; their old rows hold null until the region
 * publishes those partitions again.
 *
 * @throws Fault "central.mart-changed" when a column is gone or of another type: rows of regions that still publish
 * the old mart would be lost
 */
export async function ensureMartTable(session: Session, mart: CentralMart): Promise<void> {
  const wanted = [{ name: 'region', type: 'VARCHAR' }, ...mart.columns]
  await session.run(`create table if not exists ${tableOf(mart)} (${wanted.map(columnDdl).join(', ')})`)
  const found = new Map((await columnsOf(session, `from ${tableOf(mart)}`)).map(({ name, type }) => [name, type]))
  const missing = wanted.filter(({ name }) => !found.has(name))
  for (const { name, type } of wanted)
    if (found.has(name) && found.get(name) !== type)
      throw changed(mart, `column ${name} was ${found.get(name)}, now ${type}`)
  for (const name of found.keys())
    if (!wanted.some((column) => column.name === name)) throw changed(mart, `column ${name} is gone from it`)
  for (const column of missing) await session.run(`alter table ${tableOf(mart)} add column ${columnDdl(column)}`)
}

/** Names and types of what `query` gives, as DuckDB writes them. */
export const columnsOf = (session: Session, query: string): Promise<Column[]> =>
  session.rows<Column>(`select column_name as name, column_type as type from (describe ${query})`)

const columnDdl = ({ name, type }: Column): string => `${quote(name)} ${type}`

const changed = (mart: CentralMart, what: string): Fault =>
  new Fault(
    'central.mart-changed',
    `The mart ${mart.name} is not the one that the central store holds: ${what}.`,
    'Give the changed mart a new name (a new file in sql/marts/); the old table then stays as it was.',
  )
