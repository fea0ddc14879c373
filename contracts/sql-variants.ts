import { fault, faultCodes } from '../readers/batch.ts'
import type { Contract, Variants } from './contract.ts'
import type { Cells } from './sql-relation.ts'
import { literal } from './sql-text.ts'

/** Reasons of records that no rules are for. */
const unknownRecord = 'record.unknown'
const undecidedRecord = 'record.unparseable'

/** How records are handed to the rules that are for them. */
export interface VariantSql {
  /** Column over the relation: why a record has no rules; null where it has some. */
  readonly refused: string
  /** Over the relation with `_refused`: whether a record that has some has these. */
  readonly takes: readonly string[]
}

/** How records are handed to the rules; undefined where all of them are for the only ones. */
export function handedSql({ join, variants }: Contract, cells: Cells): VariantSql | undefined {
  const handed = variants && variantSql(variants, cells)
  if (join === undefined) return handed
  return { refused: `coalesce(_unjoined, ${handed?.refused ?? 'null'})`, takes: handed?.takes ?? [] }
}

/** SQL that hands each record to its variants. A condition that fails on a record tells nothing, so nor do those behind it. */
function variantSql({ of, list }: Variants, cells: Cells): VariantSql {
  const given = list.map(({ when }) => (when === null ? null : cells.expression(when)))
  const isTaken = given.map((when) => (when === null ? 'true' : `coalesce(${when}.v, false)`))
  const isUndecided = given.flatMap((when) => (when === null ? [] : [`${when} is null`]))
  const refused =
    of === 'record'
      ? given.map((when, i) => `when ${when} is null then ${literal(undecidedRecord)} when ${isTaken[i]} then null`)
      : [
          ...isUndecided.map((is) => `when ${is} then ${literal(undecidedRecord)}`),
          `when ${isTaken.join(' or ')} then null`,
        ]
  return {
    refused: `case ${refused.join(' ')} else ${literal(unknownRecord)} end`,
    takes:
      of === 'entry'
        ? isTaken
        : isTaken.map((is, i) => [is, ...isTaken.slice(0, i).map((earlier) => `not ${earlier}`)].join(' and ')),
  }
}

/** A record whose shape is broken is nothing else: what its cells hold is not certain. */
export const brokenOr = (refused: string): string =>
  `case when _fault not in (${fault.none}, ${fault.repaired}) then [${faultCodes.map(literal).join(', ')}][_fault + 1] else ${refused} end`
