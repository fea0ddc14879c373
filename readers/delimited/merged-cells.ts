import { type CellClass, classOf, isTyped } from '../tables/cell-class.ts'
import { type LenientRecord, looseRecord, type TextMarks } from './lenient.ts'

const costs = { perJoin: 0.02, otherClass: 1, typedInText: 0.3 } as const

/** More parts than these are prose, or too many to try. */
const mostParts = 120

/** Above it the cells are not of these columns. */
const mostCost = 0.9

/**
 * A line that is cut at every space, also at those inside cells: its parts joined so that each column has cells of its
 * class. Undefined where the parts are too few, or do not fit.
 */
export function mergedCells(
  text: string,
  marks: TextMarks,
  classes: readonly (CellClass | null)[],
): LenientRecord | undefined {
  const parts = looseRecord(text, marks)
  const width = classes.length
  const joins = parts.length - width
  if (joins <= 0 || parts.length > mostParts || joins * costs.perJoin > mostCost) return undefined
  const most = joins + 1
  // best[i]: the cheapest way to make the columns so far of the first i parts.
  let best = new Array<Way | undefined>(parts.length + 1).fill(undefined)
  best[0] = { cost: 0, from: 0, before: undefined }
  for (const [column, kind] of classes.entries()) {
    const next = new Array<Way | undefined>(parts.length + 1).fill(undefined)
    for (let from = column; from < parts.length; from++) {
      const before = best[from]
      if (before === undefined) continue
      for (let to = from + 1; to <= Math.min(from + most, parts.length); to++) {
        const joined = parts.slice(from, to)
        if (to - from > 1 && joined.some(({ text, isQuoted }) => isQuoted || text === '')) break
        const cost = before.cost + costOf(joined.map(({ text }) => text).join(marks.delimiter), to - from, kind)
        const known = next[to]
        if (known === undefined || cost < known.cost) next[to] = { cost, from, before }
      }
    }
    best = next
  }
  const found = best[parts.length]
  if (found === undefined || found.cost > mostCost) return undefined
  const cells: string[] = []
  const quoted: boolean[] = []
  let to = parts.length
  for (let way: Way | undefined = found; way?.before !== undefined; way = way.before) {
    const joined = parts.slice(way.from, to)
    cells.unshift(joined.map(({ text }) => text).join(marks.delimiter))
    quoted.unshift(joined.length === 1 && (joined[0]?.isQuoted ?? false))
    to = way.from
  }
  return { cells, quoted, cost: found.cost }
}

interface Way {
  readonly cost: number
  readonly from: number
  readonly before: Way | undefined
}

function costOf(cell: string, parts: number, kind: CellClass | null): number {
  const joins = (parts - 1) * costs.perJoin
  const found = classOf(cell)
  if (kind === null || found === kind || found === 'empty' || found === 'nil') return joins
  return joins + (isTyped(kind) ? costs.otherClass : costs.typedInText)
}
