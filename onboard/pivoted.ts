import { classOf } from '../readers/tables/cell-class.ts'
import { codeOf } from './currencies.ts'
import { isNamed, type ListColumn, type ListFile } from './list-file.ts'
import { pairOf } from './rate-ways.ts'

/** Names of the columns of a table of rates that has one for each currency beside days, or for each day beside currencies. */
export async function pivoted(
  file: ListFile,
): Promise<{ readonly by: 'currency' | 'day'; readonly names: readonly string[] } | null> {
  const columns = await namedColumns(file)
  const numbers = columns.filter(({ look }) => look === 'number')
  const isCode = (text: string) => /^[A-Z]{3}$/.test(text.trim()) && codeOf(text.trim()) !== undefined
  const codes = numbers.filter(({ name }) => isCode(name) || pairOf(name) !== null)
  const hasDays = columns.some((column) => column.look === 'time' || isNamed(column, 'time', 'value_date'))
  if (codes.length > 1 && hasDays) return { by: 'currency', names: codes.map(({ name }) => name) }
  const days = numbers.filter(({ name }) => classOf(name) === 'date')
  const hasCodes = columns.some(({ words, name }) => {
    const others = [...(words?.keys() ?? [])].filter((word) => word !== name)
    return others.length > 0 && others.every((word) => codeOf(word) !== undefined)
  })
  return days.length > 1 && hasCodes ? { by: 'day', names: days.map(({ name }) => name) } : null
}

/** Days above columns of numbers look like a record: without a header the first line may be one. */
async function namedColumns({ table, columns }: ListFile): Promise<ListColumn[]> {
  // Inside an object of JSON: `rates.NGN`.
  if (table.hasHeader) return columns.map((column) => ({ ...column, name: column.name.split('.').at(-1) ?? '' }))
  const [first] = await table.query<Record<string, string | null>>(
    `select ${columns.map(({ sql }) => sql).join(', ')} from cell order by _line limit 1`,
  )
  return columns.map((column) => ({ ...column, name: first?.[column.sql] ?? '' }))
}
