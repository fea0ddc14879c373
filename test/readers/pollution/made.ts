import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, linesOf, tableOf } from './base.ts'
import { type Line, lookOf, writePage } from './page.ts'
import type { OtherReadings, Row, Truth } from './truth.ts'

export interface Made {
  /** UTF-8 where it is a string. */
  readonly content: string | Uint8Array
  readonly truth: Truth
  /** The table in a file that nothing was done to. */
  readonly before: string
  /** What was done, in words. */
  readonly note: string
}

export type Pollute = (random: Random) => Made

/** The page of a base, with lines and truth other than its own where they are given. */
export function madeOf(
  base: Base,
  note: string,
  { lines = base.lines, truth = { tables: [tableOf(base.table)] } }: { lines?: readonly Line[]; truth?: Truth } = {},
): Made {
  return { content: writePage(lines), truth, before: writePage(base.lines), note: `${noteOf(base)}; ${note}` }
}

/** A base that is itself what was done: how the whole file is written. */
export function madeOfLook(base: Base, note: string): Made {
  const end = base.end === '\n' ? '\r\n' : '\n'
  const plain = linesOf({ ...base, look: lookOf(','), end }, [base.table.header, ...base.table.rows])
  return { ...madeOf(base, note), before: writePage(plain) }
}

export const noteOf = ({ table, look, quoting, end }: Base): string =>
  `${table.voice.name} table of ${table.rows.length} x ${table.header.length}, delimiter ${JSON.stringify(look.delimiter)}, ` +
  `quotes ${look.quote} ${typeof quoting === 'string' ? quoting : 'by column'}, end ${JSON.stringify(end)}`

/** Truth with one row changed; of several readings the first is the table's and the others are right too. */
export function withRow({ table }: Base, row: number, readings: readonly [Row, ...Row[]]): Truth {
  const [own, ...others] = readings
  const either: OtherReadings[] = others.length === 0 ? [] : [{ table: 0, row, cells: others }]
  return {
    tables: [
      {
        header: row === -1 ? own : table.header,
        rows: table.rows.map((cells, at) => (at === row ? own : cells)),
      },
    ],
    either,
  }
}
