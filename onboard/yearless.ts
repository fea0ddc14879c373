import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal } from '../contracts/sql-text.ts'
import { fromColumn, type NamedProfile, type Surroundings, strengthOf } from './columns.ts'
import type { Draft } from './draft.ts'
import { type Period, periodLine } from './period.ts'
import type { LoadedTable } from './table.ts'

const yearless = '^[0-9]{1,2}[-/. ][0-9]{1,2}$'

type Order = 'dmy' | 'mdy'

/** The days of a column by one order. */
interface Reading {
  readonly order: Order
  /** By cell, those in the period: YYYY-MM-DD. */
  readonly days: ReadonlyMap<string, string>
}

/**
 * Fill `local_date` with days without a year, such as `05/03`, where a line above the table tells the period that they are in.
 *
 * @returns false where no column has such days, or no period has them
 */
export async function findYearless(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
  { region }: Surroundings,
): Promise<boolean> {
  const line = periodLine(table)
  if (line === null || line.patterns === null) return false
  const { period, patterns } = line
  for (const column of columns) {
    if (strengthOf(column, 'time', 'value_date') < 0.6 || column.filled === 0) continue
    const rows = await table.query<{ cell: string }>(
      `select distinct ${column.sql} as cell from cell where regexp_full_match(${column.sql}, ${literal(yearless)}) order by cell`,
    )
    const cells = rows.map(({ cell }) => cell)
    const [best, other] = (['dmy', 'mdy'] as const)
      .map((order) => ({ order, days: daysIn(period, cells, order) }))
      .toSorted((a, b) => b.days.size - a.days.size) as unknown as readonly [Reading, Reading]
    if (best.days.size === 0 || best.days.size < cells.length * 0.9) continue
    // What one order alone has in the period speaks for it, where the other has nothing of its own.
    const isProven = other.days.size < best.days.size && [...other.days.keys()].every((cell) => best.days.has(cell))
    const isSame = [...best.days].every(([cell, day]) => other.days.get(cell) === day)
    const free = (name: string): string => (columns.some((one) => one.name === name) ? free(`${name} Day`) : name)
    const [from, to] = [free('Period Start'), free('Period End')]
    draft.top.set('sections', {
      value: { [from]: patterns.from, [to]: patterns.to },
      evidence: `the days of ${JSON.stringify(column.name)} have no year, and this line above the table tells it: ${JSON.stringify(line.text)}`,
    })
    draft.fields.set('local_date', {
      rule: {
        ...fromColumn(column),
        ...formatOf(cells, best.order),
        year: { from, to, format: line.format },
      } as FieldRuleYaml,
      evidence: `${best.days.size} of ${cells.length} different days are in the period above the table, ${period.from} to ${period.to}`,
    })
    if (!isProven && !isSame)
      draft.questions.push(orderQuestion(column, cells, [best.order, other.order], region.date_order))
    return true
  }
  return false
}

/** The cells that are days of the period by an order. */
function daysIn({ from, to }: Period, cells: readonly string[], order: Order): Map<string, string> {
  const years = [...new Set([from, to].map((day) => day.slice(0, 4)))]
  const found = cells.flatMap((cell) => {
    const [a = '', b = ''] = cell.match(/[0-9]+/g) ?? []
    const [day, month] = (order === 'dmy' ? [a, b] : [b, a]).map((part) => part.padStart(2, '0'))
    const inside = years
      .map((year) => `${year}-${month}-${day}`)
      .filter((one) => isDay(one) && one >= from && one <= to)
    return inside.map((one): [string, string] => [cell, one])
  })
  return new Map(found)
}

const isDay = (text: string): boolean => new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text

/** The formats of the cells. */
function formatOf(cells: readonly string[], order: Order): FieldRuleYaml {
  const isShort = cells.some((cell) => /(?<![0-9])[0-9](?![0-9])/.test(cell))
  const [day, month] = isShort ? ['D', 'M'] : ['DD', 'MM']
  const formats = [
    ...new Set(
      cells.map((cell) => {
        const mark = cell.replace(/[0-9]/g, '')
        return order === 'dmy' ? `${day}${mark}${month}` : `${month}${mark}${day}`
      }),
    ),
  ]
  return { format: formats.length === 1 ? (formats[0] as string) : formats }
}

const orderQuestion = (
  { name }: NamedProfile,
  cells: readonly string[],
  orders: readonly Order[],
  usual: string,
): Draft['questions'][0] => ({
  id: 'local_date.order',
  of: 'record',
  question: `In which order are day and month in ${JSON.stringify(name)}, such as ${JSON.stringify(cells[0])}?`,
  evidence: 'by either order they are in the period above the table',
  usual: orders.find((order) => order === usual) ?? null,
  candidates: orders.map((order) => ({
    name: order,
    meaning: order === 'dmy' ? 'day, month' : 'month, day',
    fields: { local_date: formatOf(cells, order) },
  })),
})
