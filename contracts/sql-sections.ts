import type { Contract, Section } from './contract.ts'
import { cleaned as cleanText, extracted as extractedIn } from './judge-text.ts'
import type { Cells } from './sql-relation.ts'
import { cleaned, extracted, literal, rawText } from './sql-text.ts'

/** What headings of sections say: a value for each column of `sections`, null where they say none. */
export type Headings = readonly (string | null)[]

/**
 * SELECT of lines with the columns of their sections, `s0`, `s1`, …; headings are left out. A heading holds for the lines
 * below it until the next one of its column; one of an earlier column ends what later columns hold, unless it says them too.
 *
 * @param above what holds above the first line
 */
export function sectionsSql(sections: readonly Section[], cells: Cells, relation: string, above: Headings): string {
  const texts = [cells.of({ position: 1 }), rawText].map(cleaned)
  const columns = sections.map((_, i) => i)
  const said = sections.map(
    ({ pattern }, i) => `coalesce(${texts.map((text) => extracted(text, pattern)).join(', ')}) as h${i}`,
  )
  const isHeading = columns.map((i) => `h${i} is not null`)
  const names = columns.map((i) => `h${i}`).join(', ')
  const first = columns.map((i) => `${above[i] == null ? 'null::varchar' : literal(above[i])} as h${i}`).join(', ')
  const begins = columns.map(
    (i) => `count(*) filter (${isHeading.slice(0, i + 1).join(' or ')}) over (order by _line) as g${i}`,
  )
  const holds = columns.map((i) => `first_value(h${i}) over (partition by g${i} order by _line) as s${i}`)
  const values = columns.map((i) => `heading.s${i}`).join(', ')
  return `
  with read as materialized (select *, ${said.join(', ')} from ${relation}),
  said as (
    select _line, ${names} from read where ${isHeading.join(' or ')}
    union all select 0 as _line, ${first}),
  begun as (select *, ${begins.join(', ')} from said),
  held as (
    select _line as begins, lead(_line, 1, (select max(_line) + 1 from read)) over (order by _line) as ends, ${holds.join(', ')}
    from begun),
  heading as (select *, unnest(range(begins // ${block}, ends // ${block} + 1)) as block from held)
  select line.* exclude (${names}), ${values}
  from (select * from read where not (${isHeading.join(' or ')})) as line
  join heading on heading.block = line._line // ${block} and line._line > begins and line._line < ends`
}

/** Lines meet their heading by blocks of so many: a join by order alone sorts the file, and holds it in memory. */
const block = 2048

/** What of rows above the header holds below it. */
export function headingsAbove(
  { sections = [], format }: Contract,
  rows: readonly { readonly cells: readonly string[] }[],
): Headings {
  const held: (string | null)[] = sections.map(() => null)
  for (const { cells } of rows) {
    const texts = [cells[0] ?? '', cells.join(format.type === 'csv' ? format.delimiter : '\t')].map(
      (text) => cleanText(text) ?? '',
    )
    const said = sections.map(
      ({ pattern }) => texts.map((text) => extractedIn(pattern, text)).find((one) => one !== null) ?? null,
    )
    const outermost = said.findIndex((one) => one !== null)
    if (outermost >= 0) for (let i = outermost; i < held.length; i++) held[i] = said[i] ?? null
  }
  return held
}
