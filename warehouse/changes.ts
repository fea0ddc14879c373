import type { Model } from '../models/field.ts'
import type { Session } from './duck.ts'

/**
 * Note what changed, for marts and analyst file.
 *
 * @param changed temporary table (local_date, is_content); is_content false: only lineage changed, no mart depends on it
 * @returns how many local dates changed
 */
export async function markChanged(session: Session, model: Model, changed: string): Promise<number> {
  if (model.name !== 'transaction') {
    await session.run(`
      insert into ops.changed_table select '${model.name}' where '${model.name}' not in (select name from ops.changed_table);
      delete from ops.table_change where name = '${model.name}';
      insert into ops.table_change select '${model.name}', change_seq from ops.writer`)
    return session.number(`select count(*) from ${changed} where is_content and local_date is not null`)
  }
  await markDates(session, changed)
  await session.run(`
    insert into ops.changed_partition
      select local_date from ${changed} where is_content and local_date not in (select local_date from ops.changed_partition)`)
  return session.number(`select count(*) from ${changed} where is_content`)
}

/** Note which local dates of core the analyst file is behind by. */
export async function markDates(session: Session, changed: string): Promise<void> {
  await session.run(`
    delete from ops.partition_change where local_date in (select local_date from ${changed});
    insert into ops.partition_change select local_date, change_seq from ${changed}, ops.writer`)
}
