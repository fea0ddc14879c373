import type { Random } from './random.ts'

/**
 * The layout of one provider's export, with rows that its committed contract judges in a known way.
 *
 * Cells are written as they stand in the file, quotes included, as Latin-1 strings of the file's bytes (`utf8()`).
 */
export interface Shape {
  readonly name: string
  readonly region: string
  /** The contract: `regions/<region>/sources/<source>.yaml`. */
  readonly source: string
  readonly extension: string
  readonly description: string
  readonly delimiter: string
  readonly lineEnd: '\n' | '\r\n'
  readonly columns: readonly string[]
  /** Free text that no contract reads: its cell is spoiled by what breaks a whole record. */
  readonly textColumn: number
  /** Another valid value for this column makes another record of the same key. */
  readonly conflict: { readonly column: number; readonly value: string }
  /** Ways to spoil a valid row's cells, each with the one reason code it gives. */
  readonly dirt: readonly Dirt[]
  /** Fill `cells` and `money` with valid row number `row` (from 0) of the day numbered `day`. */
  fill(cells: string[], money: Money, row: number, day: number, random: Random): void
}

/** What a row adds to the totals: minor units of a currency of two decimals; null is unknown. */
export interface Money {
  currency: string
  /** Settled. */
  counted: boolean
  gross: number
  fee: number | null
  tax: number
}

export interface Dirt {
  readonly kind: string
  /** Null where the row is a duplicate and no reject. */
  readonly reason: string | null
  readonly cells: ReadonlyMap<number, string>
}

/** A way to spoil a row: these cells instead of its own. */
export const spoiled = (kind: string, reason: string, cells: Record<number, string>): Dirt => ({
  kind,
  reason,
  cells: new Map(Object.entries(cells).map(([column, value]) => [Number(column), value])),
})

/** The UTF-8 bytes of `text` as a Latin-1 string. */
export const utf8 = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')
