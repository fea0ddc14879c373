import type { Random } from '../../../scripts/generate/random.ts'
import { chance, untilMade } from './dice.ts'
import { bare, type Cell, hasQuotes, type Line, type Look, lookOf } from './page.ts'
import { type MadeTable, makeTable, type Wish } from './table.ts'
import type { Row, Table } from './truth.ts'

/** Which cells have quotes that they do not need: none, all, or the same columns in every row. */
export type Quoting = 'minimal' | 'all' | readonly boolean[]

/** A table laid out line by line. Every line can be changed before the page is written. */
export interface Base {
  readonly table: MadeTable
  readonly look: Look
  readonly quoting: Quoting
  readonly end: string
  /** The header first. */
  readonly lines: Line[]
}

export interface BaseWish extends Wish {
  readonly look?: Look
  readonly end?: string
  readonly quoting?: Quoting
}

export const commonDelimiters = [',', ';', '\t', '|'] as const

export function makeBase(random: Random, wish: BaseWish = {}): Base {
  const table = makeTable(random, wish)
  const look = wish.look ?? lookOf(random.pick(commonDelimiters))
  const end = wish.end ?? random.pick(['\n', '\r\n'])
  const columns = table.columns.map(({ isTyped }) => chance(random, isTyped ? 10 : 70))
  const quoting = wish.quoting ?? random.pick<Quoting>(['minimal', 'minimal', 'all', columns])
  const base = { table, look, quoting, end, lines: [] }
  return { ...base, lines: linesOf(base, [table.header, ...table.rows]) }
}

/** A base of which `allows` holds. */
export const baseWith = (random: Random, wish: BaseWish, allows: (base: Base) => boolean): Base =>
  untilMade(() => {
    const base = makeBase(random, wish)
    return allows(base) ? base : null
  })

export function linesOf({ look, quoting, end }: Omit<Base, 'lines'>, rows: readonly Row[]): Line[] {
  const isQuoted = (at: number) => (typeof quoting === 'string' ? quoting === 'all' : (quoting[at] ?? false))
  return rows.map((row) => ({ cells: row.map((text, at) => ({ text, isQuoted: isQuoted(at) })), look, end }))
}

/** A line of its own cells, such as a title, in the look of the rest. */
export const lineOf = ({ look, end }: Base, texts: Row): Line => ({ cells: texts.map(bare), look, end })

export const tableOf = ({ header, rows }: MadeTable): Table => ({ header, rows })

/** Cells that stand in quotes. */
export const quotedCells = (lines: readonly Line[]): Cell[] =>
  lines.flatMap(({ cells, look }) => cells.filter((cell) => hasQuotes(cell, look)))
