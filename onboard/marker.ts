import { meaning, type NamedProfile, strengthOf } from './columns.ts'
import { sideOf } from './vocabulary.ts'

/** A column whose words say on which side a record is, with the words of each. */
export interface Marker {
  readonly column: NamedProfile
  readonly debit: readonly string[]
  readonly credit: readonly string[]
}

/** The column whose words are those of debit and credit; a rare spelling beside a common one is left for a person. */
export function markerOf(columns: readonly NamedProfile[]): Marker | null {
  for (const column of [...meaning(columns, 'direction_marker'), ...meaning(columns, 'type', 'status'), ...columns]) {
    if (column.words === null || column.words.size > 8 || column.look === 'number') continue
    const words = [...column.words].map(([word, count]) => ({ word, count, side: sideOf(word) }))
    const known = words.filter(({ side }) => side !== undefined).reduce((sum, { count }) => sum + count, 0)
    if (known < column.filled * 0.7) continue
    const of = (wanted: 'debit' | 'credit') => {
      const all = words.filter(({ side }) => side === wanted)
      const most = Math.max(0, ...all.map(({ count }) => count))
      return all.filter(({ count }) => count >= most / 20 && (count > 1 || all.length === 1)).map(({ word }) => word)
    }
    const [debit, credit] = [of('debit'), of('credit')]
    if (debit.length > 0 && (credit.length > 0 || strengthOf(column, 'direction_marker') > 0))
      return { column, debit, credit }
  }
  return null
}

export const signRule = ({ column, debit, credit }: Marker) => ({
  ...('name' in column.ref ? { from: column.ref.name } : { column: column.ref.position }),
  negative: [...debit],
  ...(credit.length === 0 ? {} : { positive: [...credit] }),
})
