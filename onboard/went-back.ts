import { literal } from '../contracts/sql-text.ts'
import { decimalSql } from './amounts.ts'
import { type NamedProfile, readBy } from './columns.ts'
import type { Draft } from './draft.ts'
import { kindMeant } from './kind-words.ts'
import type { Money } from './money.ts'
import type { Refunded } from './refunds.ts'
import type { LoadedTable } from './table.ts'
import { statusOf } from './vocabulary.ts'

/**
 * What words of a status that say that money went back mean where that is told by amounts: `settled` where each of their records is
 * the refund or chargeback itself, booked as money out, or has what went back as an entry of its own; `unknown` where just some
 * are, so that the word would leave out what was booked. Of other words nothing.
 */
export async function wentBack(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  column: NamedProfile,
  { money, refunded, draft }: { readonly money: Money; readonly refunded: Refunded | null; readonly draft: Draft },
): Promise<ReadonlyMap<string, 'settled' | 'unknown'>> {
  const kind = draft.fields.get('kind')?.rule
  const kindColumn = columns.find(readBy(kind))
  const isKind = (wanted: readonly string[]) => {
    const words = Object.entries(kind?.map ?? {}).flatMap(([word, means]) =>
      wanted.includes(String(means)) ? [word] : [],
    )
    if (wanted.includes(String(kind?.value))) return 'true'
    return kindColumn === undefined || words.length === 0
      ? 'false'
      : `${kindColumn.sql} in (${words.map(literal).join(', ')})`
  }
  const booked = `${money.movement} < 0 and ${isKind(['refund', 'chargeback'])}`
  const apart = refunded?.clear == null ? 'false' : `${decimalSql(refunded.amount)} <> 0`
  const rows = await table.query<{ w: string; n: string; booked: string; apart: string }>(
    `select ${column.sql} as w, count(*)::varchar as n, count(*) filter (${booked})::varchar as booked, count(*) filter (${apart})::varchar as apart
     from amount where ${column.sql} is not null group by 1`,
  )
  return new Map(
    rows.flatMap(({ w, ...counts }) => {
      const [n, itself, entry] = [counts.n, counts.booked, counts.apart].map(Number) as [number, number, number]
      const means = statusOf(w).map(({ meaning }) => meaning)
      const named = kindMeant(w)
      const isBack = means.includes('reversed') || named === 'refund'
      if (isBack && entry === n) return [[w, 'settled'] as const]
      if (itself === 0 || !(isBack || means.includes('disputed') || named === 'chargeback')) return []
      return [[w, itself === n && (named === 'refund' || named === 'chargeback') ? 'settled' : 'unknown'] as const]
    }),
  )
}
