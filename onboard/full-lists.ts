import { type ModelName, models } from '../models/index.ts'
import type { Draft } from './draft.ts'
import type { ListFile } from './list-file.ts'
import { linesPerFile } from './table.ts'

/**
 * Say in the contract that files look like full lists, where each has all ids of the one before. What is missing from a full
 * list is closed, so that it is one is never taken for granted.
 */
export async function noteFullLists({ table, columns }: ListFile, model: ModelName, draft: Draft): Promise<void> {
  const rule = draft.fields.get(model === 'creator_account' ? 'account' : models[model].key[0])?.rule
  const id = columns.find(({ name }) => name === rule?.from)
  if (!models[model].listable || id === undefined) return
  const [row] = await table.query<{ files: string; lost: string }>(
    `with seen as (select distinct _line // ${linesPerFile.toFixed(0)} as f, ${id.sql} as id from cell where ${id.sql} is not null)
     select count(distinct f)::varchar as files,
       count(*) filter (f < (select max(f) from seen) and (f + 1, id) not in (from seen))::varchar as lost from seen`,
  )
  if (Number(row?.files) < 2 || Number(row?.lost) > 0) return
  draft.notes.push(
    `Each of the ${row?.files} files has all records of the one before: these may be full lists. With mode: snapshot what is missing from the next one is closed; without it, as here, nothing is.`,
  )
}
