import { type Amount, decimalSql } from './amounts.ts'
import { isMoneyNamed } from './columns.ts'
import { otherwise } from './numbers.ts'
import type { LoadedTable } from './table.ts'

/**
 * One file writes its amounts one way: where cells prove the decimal mark of some columns of money, and of none another, it is
 * the others' too that can be read so. Sums may still prove another reading: it stays as `other`.
 */
export function sameMarks(amounts: readonly Amount[]): Amount[] {
  const told = amounts.filter(({ column, reading: { certainty, style, hasDecimals } }) => {
    const showsMark = hasDecimals || style.group === ',' || style.group === '.'
    return certainty === 'proven' && showsMark && isMoneyNamed(column)
  })
  const [teacher] = told
  if (teacher === undefined || told.some(({ reading }) => reading.style.decimal !== teacher.reading.style.decimal))
    return [...amounts]
  const { decimal } = teacher.reading.style
  const evidence = `${JSON.stringify(teacher.column.name)} is written with ${JSON.stringify(decimal)} before decimals`
  return amounts.map((amount) => {
    const { column, reading } = amount
    if (reading.certainty === 'proven' || reading.other === null) return amount
    const ways = [reading, otherwise(column, reading)].filter(({ style }) => style.decimal === decimal)
    if (ways.length !== 1) return amount
    return { column, reading: { ...(ways[0] as typeof reading), certainty: 'proven', evidence } }
  })
}

/** What was taken, by the one of two readings by which it is no more than the amount; as it is where both are possible. */
export async function withinGross(table: LoadedTable, gross: Amount | undefined, taken: Amount): Promise<Amount> {
  const { column, reading } = taken
  if (gross === undefined || reading.certainty === 'proven' || reading.other === null) return taken
  const other: Amount = { column, reading: otherwise(column, reading) }
  const g = decimalSql(gross)
  const isMore = (amount: Amount) => `count(*) filter (abs(${decimalSql(amount)}) > abs(${g}))::varchar`
  const [row] = await table.query<{ ours: string; theirs: string; n: string }>(
    `select ${isMore(taken)} as ours, ${isMore(other)} as theirs, count(*)::varchar as n
     from head where ${g} <> 0 and ${column.sql} is not null`,
  )
  const [ours, theirs, all] = [Number(row?.ours), Number(row?.theirs), Number(row?.n)]
  const refuted = (times: number) => all > 0 && times >= all * 0.3
  const evidence = `as other numbers they are more than ${JSON.stringify(gross.column.name)}`
  if (refuted(ours) && theirs <= all * 0.02)
    return { column, reading: { ...other.reading, certainty: 'proven', evidence } }
  if (refuted(theirs) && ours <= all * 0.02) return { column, reading: { ...reading, certainty: 'proven', evidence } }
  return taken
}
