import type { CompiledContract } from '../contracts/compile.ts'
import type { Contract } from '../contracts/contract.ts'
import { keyFields } from '../contracts/key.ts'
import { questionCode } from '../contracts/open.ts'
import { literal, quote } from '../contracts/sql-text.ts'

/** Reason of a record of which two entries would be one row. */
export const sameKeyCode = 'entry.same_key'

/**
 * SELECT of judged entries in which all entries of a record have one fate: where one is rejected, all are, with the reasons
 * of all; else, where one hangs on an open question, all are held. Half a record would be a wrong sum.
 *
 * @param judged a relation that can be read again and again
 */
export function settledEntries(judged: string, contract: Contract, { varying }: CompiledContract): string {
  const key = keyFields(contract).map(quote).join(', ')
  const choices = contract.variants?.list[0]?.open?.tracks.length ?? 0
  const own = `struct_pack(${varying.map((name) => `${quote(name)} := j.${quote(name)}`).join(', ')})`
  const readings = varying.length === 0 ? 'null' : `list_resize([${own}], ${choices}, ${own})`
  const hasReadings = contract.variants?.list.some(({ open }) => open !== undefined)
  return `
  with bad as (
    select _line, list_distinct_in_order(flatten(list(reasons order by _entry, reasons))) as reasons from (
      select _line, _entry, _reasons as reasons from ${judged} where _reasons is not null and _held is null
      union all
      select _line, max(_entry) + 1, [${literal(sameKeyCode)}] from ${judged} where _reasons is null or _held is not null
      group by _line, hash(${key}) having count(*) > 1)
    group by _line),
  held as (
    select _line, list_distinct_in_order(flatten(list(_held order by _entry))) as questions from ${judged}
    where _held is not null and _line not in (select _line from bad) group by _line)
  select j.* exclude (_text) replace (
    coalesce(b.reasons, list_transform(h.questions, lambda id: ${literal(questionCode(''))} || id)) as _reasons,
    h.questions as _held,
    case when b._line is null and h._line is null then _warnings end as _warnings,
    case when b._line is not null or h._line is not null then _text end as _raw
    ${hasReadings ? `, case when h._line is null then null when j._held is null then ${readings} else _readings end as _readings` : ''})
  from ${judged} j left join bad b on b._line = j._line left join held h on h._line = j._line`
}
