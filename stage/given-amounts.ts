import type { DuckDBConnection } from '@duckdb/node-api'
import type { Contract, GivenAmount } from '../contracts/contract.ts'
import { decimalText, readAmount } from '../contracts/judge-number.ts'
import { present } from '../contracts/judge-text.ts'
import { literal } from '../contracts/sql-text.ts'
import { columnName } from '../readers/columns.ts'
import type { Edges, LooseRow } from '../readers/edges.ts'
import { rowsOf } from './facts.ts'

type Labelled = Exclude<GivenAmount, { readonly at: 'column' }>

/** A row around the records, or one of them. */
export interface RowAround extends LooseRow {
  /** It was judged: the contract does not ignore it. */
  readonly isRecord: boolean
  /** The row below it; undefined where that is a record, and at an end. */
  readonly next: LooseRow | undefined
}

/** An amount as the models write it, or why there is none: reads on from the amount's name. */
export type FoundAmount = { readonly amount: string } | { readonly wrong: string }

/** Whether a contract looks at rows that are no records. */
export const needsEdges = ({ values = {} }: Contract): boolean =>
  Object.values(values).some((given) => given.at !== 'column')

/** The rows around the records, and which of them are records all the same. */
export async function rowsAround(
  connection: DuckDBConnection,
  records: string,
  { above, last }: Edges,
): Promise<readonly RowAround[]> {
  const from = Math.min(...last.map(({ line }) => line))
  const found =
    last.length === 0
      ? []
      : await rowsOf(
          connection,
          `select _line::varchar as line from read_parquet(${literal(records)}) where _line >= ${from}`,
        )
  const judged = new Set(found.map(({ line }) => Number(line)))
  const isRecord = ({ line }: LooseRow) => judged.has(line)
  return [above, last].flatMap((rows) =>
    rows.map((row, i) => {
      const next = rows[i + 1]
      return { ...row, isRecord: isRecord(row), next: next !== undefined && isRecord(next) ? undefined : next }
    }),
  )
}

/**
 * Find an amount beside, below or in the row of its label, among rows that are no records.
 *
 * Where several places say the same it is found; where they differ, nobody can say which one holds.
 *
 * @param columns the header's names
 * @param exponent decimals of the currency that the records are in
 */
export function findAmount(
  given: Labelled,
  rows: readonly RowAround[],
  columns: readonly string[],
  exponent: number,
): FoundAmount {
  const all = cellsOf(given, rows, columns)
  const cells = all.filter(({ isRecord }) => !isRecord)
  if (cells.length === 0) {
    const [record] = all
    const why =
      record === undefined
        ? `no row above the header or below the records has the cell "${given.label}"`
        : `the row that has the cell "${given.label}", line ${record.line}, is a record; leave it out by format.footer`
    return { wrong: `is not there: ${why}` }
  }
  const read = cells.map(({ cell, line }) => {
    const { text } = present(given.rule, cell ?? null)
    const value = text === null ? null : readAmount(text, given.rule, exponent).value
    return { line, cell, amount: value === null ? undefined : decimalText(value) }
  })
  const [first] = read
  const unread = read.find(({ amount }) => amount === undefined)
  if (unread !== undefined)
    return {
      wrong: `is ${unread.cell === undefined ? 'empty' : JSON.stringify(unread.cell)} on line ${unread.line}, which is no amount`,
    }
  const other = read.find(({ amount }) => amount !== first?.amount)
  return other === undefined
    ? { amount: first?.amount as string }
    : { wrong: `is ${first?.amount} on line ${first?.line}, and ${other.amount} on line ${other.line}` }
}

interface FoundCell {
  readonly line: number
  readonly isRecord: boolean
  /** Undefined where there is none, or nothing in it. */
  readonly cell: string | undefined
}

function cellsOf(given: Labelled, rows: readonly RowAround[], columns: readonly string[]): FoundCell[] {
  const { label } = given
  const placeOf = (row: RowAround, at: number): { line: number; cell: string | undefined } => {
    const { line, cells, next } = row
    if (given.at === 'row') {
      const { column } = given
      return {
        line,
        cell: cells['position' in column ? column.position - 1 : columns.indexOf(columnName(column.name))],
      }
    }
    if (given.at === 'beside') return { line, cell: cells.slice(at + 1).find((cell) => cell.trim() !== '') }
    return { line: next?.line ?? line, cell: next?.cells[at] }
  }
  return rows.flatMap((row) =>
    row.cells.flatMap((text, at): FoundCell[] => {
      const cell = columnName(text)
      const isBehind = given.at === 'beside' && label.endsWith(':') && cell.length > label.length
      if (isBehind && cell.startsWith(label))
        return [{ line: row.line, cell: cell.slice(label.length), isRecord: row.isRecord }]
      if (cell !== label) return []
      const place = placeOf(row, at)
      return [{ ...place, cell: place.cell?.trim() === '' ? undefined : place.cell, isRecord: row.isRecord }]
    }),
  )
}
