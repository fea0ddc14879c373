import { literal } from '../contracts/sql-text.ts'
import { meaning, type NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import type { Money } from './money.ts'
import type { LoadedTable } from './table.ts'

/** The side of the own account, where amounts have no sign of their own. */
export interface FoundDirection {
  readonly own: string
}

/**
 * The own account stands on one side of nearly every record, and no other value does.
 *
 * Money in where it receives, money out where it sends.
 */
export async function findDirection(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
): Promise<FoundDirection | null> {
  if (money.signed === 'sides' || money.signed === 'marker') return null
  const senders = meaning(columns, 'sender').filter(({ filled }) => filled >= table.rows * 0.5)
  const receivers = meaning(columns, 'receiver').filter(({ filled }) => filled >= table.rows * 0.5)
  for (const sender of senders.slice(0, 3))
    for (const receiver of receivers.slice(0, 3)) {
      if (sender.sql === receiver.sql) continue
      const [row] = await table.query<{ own: string; sent: string; received: string; one: string; n: string }>(`
        with side as (select ${sender.sql} as s, ${receiver.sql} as r from cell),
        own as (select v from (select s as v from side union all select r from side) where v is not null group by v order by count(*) desc, v limit 1)
        select any_value(v) as own, count(*) filter (s = v)::varchar as sent, count(*) filter (r = v)::varchar as received,
          count(*) filter ((s = v) <> (coalesce(r = v, false)) or (r = v and s is null))::varchar as one, count(*)::varchar as n from side, own`)
      const [one, all] = [Number(row?.one), Number(row?.n)]
      if (row === undefined || one < all * 0.85 || all < 3) continue
      if (
        money.signed === 'cells' &&
        (Number(row.received) === 0 || (await isSignedItself(table, receiver, row.own, money)))
      )
        continue
      if (!('name' in sender.ref) || !('name' in receiver.ref)) continue
      draft.top.set('params', {
        value: { own_account: row.own },
        evidence: `it stands on one side of ${one} of ${all} records`,
      })
      draft.top.set('direction', {
        value: { in: receiver.ref.name, out: sender.ref.name, own: 'own_account' },
        evidence: 'money in where the own account receives',
      })
      return { own: row.own }
    }
  return null
}

/** Whether amounts have a minus where the own account receives: the sides do not say which way money went then. */
async function isSignedItself(
  table: LoadedTable,
  receiver: NamedProfile,
  own: string,
  { movement }: Money,
): Promise<boolean> {
  const [row] = await table.query<{ n: string }>(
    `select count(*)::varchar as n from amount where ${movement} < 0 and ${receiver.sql} = ${literal(own)}`,
  )
  return Number(row?.n) > 0
}
