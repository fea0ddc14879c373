import type { Random } from '../../../scripts/generate/random.ts'
import { type Base, lineOf, linesOf, makeBase, tableOf } from './base.ts'
import { between, chance, untilMade } from './dice.ts'
import { type Made, madeOf, type Pollute } from './made.ts'
import type { Line } from './page.ts'
import { type MadeTable, makeTable } from './table.ts'

type Width = 'same' | 'fewer' | 'more'
type Gap = 'none' | 'empty' | 'padded' | 'title'

/**
 * Several tables of three rows or more, each with a typed column whose header is text: that is how a header further
 * down shows where no empty row stands above it.
 */
function tables(random: Random, width: Width): Made {
  const base = makeBase(random, { rows: [4, 60], columns: [4, 9] })
  const all = [base.table, nextTable(random, base.table, width)]
  if (chance(random, 15)) all.push(nextTable(random, base.table, width))
  const gap = random.pick<Gap>(['none', 'none', 'empty', 'padded', 'title'])
  const lines = all.flatMap((table, at) => [
    ...(at === 0 ? [] : gapLines(base, gap)),
    ...linesOf(base, [table.header, ...table.rows]),
  ])
  const sizes = all.map(({ header, rows }) => `${rows.length} x ${header.length}`).join(', ')
  return madeOf(base, `tables of ${sizes}, ${gap} between`, { lines, truth: { tables: all.map(tableOf) } })
}

/** Columns of its own, or (as Pollock makes them) those of the first table with other rows, cut off or some added. */
function nextTable(random: Random, first: MadeTable, width: Width): MadeTable {
  const own = first.header.length
  const wanted = { same: own, fewer: between(random, 2, own - 1), more: between(random, own + 1, own + 3) }[width]
  const columns = first.columns.slice(0, wanted)
  if (chance(random, 50) || !columns.some(({ isTyped }) => isTyped))
    return untilMade(() => {
      const table = makeTable(random, { columns: [wanted, wanted], rows: [3, 60], voice: first.voice, breaks: false })
      return table.header.every((name, at) => name === first.header[at]) ? null : table
    })
  const added = Array.from({ length: wanted - columns.length }, (_, at) => `col${at + 1}`)
  const rows = Array.from({ length: between(random, 3, 40) }, (_, row) => [
    ...columns.map(({ cell }) => cell(row)),
    ...added.map(() => String(random.below(500))),
  ])
  return { ...first, columns, header: [...columns.map(({ name }) => name), ...added], rows }
}

function gapLines(base: Base, gap: Gap): Line[] {
  if (gap === 'none') return []
  if (gap === 'padded') return [lineOf(base, Array(base.table.header.length).fill(''))]
  return gap === 'title' ? [lineOf(base, []), lineOf(base, ['Returned goods'])] : [lineOf(base, [])]
}

export const tableKinds: Record<string, Pollute> = {
  'tables-same': (random) => tables(random, 'same'),
  'tables-fewer': (random) => tables(random, 'fewer'),
  'tables-more': (random) => tables(random, 'more'),
}
