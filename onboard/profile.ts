import { type CellClass, classOf } from '../readers/tables/cell-class.ts'
import { affixOf, without } from './affix.ts'
import { beginning } from './asides.ts'
import { isMoneyNamed, isOtherNamed } from './columns.ts'
import type { LoadedTable, SourceColumn } from './table.ts'
import type { ColumnTally, Shape } from './tally.ts'
import { currenciesOf, lineOf, meaningsOf, sideOf } from './vocabulary.ts'

/** What a column holds, told of the whole file. */
export interface ColumnProfile extends SourceColumn {
  readonly filled: number
  readonly empty: number
  /** What most of its cells are; `words` few different texts, `number` and `time` by their look alone. */
  readonly look: 'empty' | 'number' | 'time' | 'words' | 'text'
  /** Whether nearly every record has a value of its own; told of a part of them where there are many. */
  readonly isVaried: boolean
  /** Every value and how often it stands, where there are at most `mostWords`; else null. */
  readonly words: ReadonlyMap<string, number> | null
  /** Of numbers and times, and only of them; the commonest first. */
  readonly shapes: readonly Shape[]
}

/** Shapes that are looked at. */
const mostShapes = 400

/** Look at every column of a file. */
export function profile({ columns, tallies }: LoadedTable): ColumnProfile[] {
  return columns.map((column, i) => profileOf(column, tallies.columns[i] as ColumnTally, tallies.rows))
}

function profileOf(column: SourceColumn, { filled, words, shapes, sample }: ColumnTally, rows: number): ColumnProfile {
  const base = { ...column, filled, empty: rows - filled }
  if (filled === 0) return { ...base, look: 'empty', isVaried: false, words: null, shapes: [] }
  const different = [...new Set(sample)]
  const isVaried = different.length >= sample.length * 0.9
  const look = areIds(different, column.name, isVaried) ? 'text' : lookOf(different)
  return {
    ...base,
    look: look === 'text' && words !== null && words.size <= Math.max(12, filled / 4) ? 'words' : look,
    isVaried,
    words,
    shapes: look === 'text' ? [] : (shapes ?? []).slice(0, mostShapes),
  }
}

/**
 * Whether cells of letters and digits, such as `RM5000`, are ids and no amounts with a currency's sign: by their column's name, or
 * where each is another one. An amount's name, a decimal or grouping mark, and a space say that they are none.
 */
function areIds(cells: readonly string[], name: string, isVaried: boolean): boolean {
  const [beside, ids] = [
    /\p{L}.*\p{Nd}|\p{Nd}.*\p{L}/u,
    /^(?:(\p{L}[\p{L}\p{M}./]*)\p{Nd}+|\p{Nd}+(\p{L}[\p{L}\p{M}./]*))$/u,
  ]
  const lettered = cells.filter((cell) => beside.test(cell))
  const isAll = lettered.every((cell) => {
    const [, before = '', after = ''] = ids.exec(cell) ?? []
    return before !== '' || (after !== '' && sideOf(after) === undefined)
  })
  if (!isAll || lettered.length * 2 <= cells.length) return false
  const named = { meanings: meaningsOf(name) }
  return !isMoneyNamed(named) && (isVaried || isOtherNamed(named))
}

/** What more than half of the cells look like; words for nothing, and for lines that are no records, count for none. */
function lookOf(cells: readonly string[]): 'number' | 'time' | 'text' {
  const counts = new Map<CellClass, number>()
  let all = 0
  for (const cell of cells) {
    const kind = classOf(withoutCurrency(cell))
    if (kind === 'nil' || kind === 'empty' || (kind === 'text' && lineOf(beginning(cell)) !== undefined)) continue
    all++
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  const share = (kind: CellClass) => (counts.get(kind) ?? 0) / Math.max(1, all)
  if (share('number') > 0.5) return 'number'
  return share('date') > 0.5 || share('date') + share('time') > 0.6 ? 'time' : 'text'
}

/** A number that has a currency's word before or behind it, without it: `Rp 12.500`, `500 KSh`, `110.50 ج.م`. */
function withoutCurrency(cell: string): string {
  if (/^[\d.,:/ +-]*$/.test(cell)) return cell
  const affix = affixOf(cell.replace(/\p{Nd}/gu, '9'))
  return affix !== '' && currenciesOf(affix).length > 0 ? without(affix, cell) : cell
}
