import { fault } from '../readers/batch.ts'
import type { Contract, Join } from './contract.ts'
import type { Cells } from './sql-relation.ts'
import { cleaned, literal } from './sql-text.ts'

/** Columns that a contract makes, and what they are called in SQL. */
export const madeColumns = ({ sections = [], join }: Contract): ReadonlyMap<string, string> =>
  new Map([
    ...sections.map(({ column }, i): [string, string] => [column, `s${i}`]),
    ...(join?.parts ?? []).map(({ name }, i): [string, string] => [name, `p${i}`]),
  ])

/** Why lines are not joined. */
export const joinCodes = {
  unparseable: 'join.unparseable',
  idMissing: 'join.id_missing',
  unknown: 'join.unknown',
  mainMissing: 'join.main_missing',
  mainRepeated: 'join.main_repeated',
  partRepeated: 'join.part_repeated',
  broken: 'join.broken',
} as const

/**
 * SELECT of lines of the source in which those of one id are one record: the main line, with a column of each part.
 *
 * `_raw` is then the text of all of them, `_records` how many they are. Lines that can not be joined come as they are, with
 * the reason in `_unjoined`: where one line of an id is not understood, all lines of that id, since any sum of the others
 * would be wrong. The lines are read once, and what does not fit into memory is DuckDB's to put aside.
 *
 * @param lines SELECT of the lines, with the expressions over them
 * @param ends whether some may have `_ends`: from the first of them on there are no records
 */
export function joinSql({ by, main, parts }: Join, cells: Cells, lines: string, ends = false): string {
  const conditions = [main, ...parts.map(({ when }) => when)].map((sql) => cells.ofLine(sql))
  const values = parts.map(({ column }) => cells.of(column))
  const ids = by.map((name) => cleaned(cells.of({ name })))
  const part = conditions.map((is, i) => `when coalesce(${is}.v, false) then ${i}`).join(' ')
  const undecided = conditions.map((is) => `when ${is} is null then true when ${is}.v then false`).join(' ')
  const repeated = values.map((_, i) => `count(*) filter (_part = ${i + 1}) > 1`).join(' or ') || 'false'
  // Equality alone: with a further condition an outer join is no hash join.
  const own = values.map(
    (_, i) => `left join (select _join_id, cell_${i}, _raw from line where _part = ${i + 1}) as part_${i}
      on part_${i}._join_id = t._record_id`,
  )
  const cellsOf = values.map((cell, i) => `${cell} as cell_${i}, `).join('')
  const cellsIn = values.map((_, i) => `part_${i}.cell_${i} as p${i}, `).join('')
  const raws = values.map((_, i) => `, part_${i}._raw`).join('')
  return `
  with read as ${ends ? 'materialized ' : ''}(${lines}),
  line as materialized (
    select *, ${cellsOf}_fault not in (${fault.none}, ${fault.repaired}) as _is_broken, case ${undecided} else false end as _is_undecided,
      case ${part} end as _part,
      case when ${ids.map((id) => `${id} is not null`).join(' and ')} then concat_ws(chr(31), ${ids.join(', ')}) end as _join_id
    from read${ends ? ' where _line < coalesce((select min(_line) from read where _ends), 9223372036854775807)' : ''}),
  found as (
    select _join_id, count(*) as _size,
      case when bool_or(_is_broken) then ${literal(joinCodes.broken)}
        when bool_or(_is_undecided) then ${literal(joinCodes.unparseable)}
        when bool_or(_part is null) then ${literal(joinCodes.unknown)}
        when count(*) filter (_part = 0) = 0 then ${literal(joinCodes.mainMissing)}
        when count(*) filter (_part = 0) > 1 then ${literal(joinCodes.mainRepeated)}
        when ${repeated} then ${literal(joinCodes.partRepeated)} end as _why
    from line where _join_id is not null group by _join_id),
  told as (
    select line.*, _size, case when line._join_id is null then ${literal(joinCodes.idMissing)} else _why end as _unjoined,
      case when _why is null and _part = 0 then _join_id end as _record_id
    from line left join found using (_join_id))
  select t.* replace (case when _record_id is not null then concat_ws(chr(10), t._raw${raws}) else t._raw end as _raw),
    ${cellsIn}case when _record_id is not null then _size else 1 end as _records
  from told t ${own.join('\n')} where _unjoined is not null or _record_id is not null`
}
