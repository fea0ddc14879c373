import type { RegionAccess } from '../operations/region-access.ts'
import { type Outcome, totalsSql } from './outcome.ts'

/** What the region's warehouse holds after the run, with the counts its report gave. */
export async function projectOutcome(
  query: RegionAccess['query'],
  { loaded, duplicate, rejected }: Pick<Outcome, 'loaded' | 'duplicate' | 'rejected'>,
): Promise<Outcome> {
  const totals = (await query(totalsSql('core.transaction'))) as unknown as ({
    currency: string
  } & Outcome['totals'][string])[]
  const [days] = await query('select count(distinct local_date)::integer as n from mart.creator_daily')
  return {
    loaded,
    duplicate,
    rejected,
    totals: Object.fromEntries(totals.map(({ currency, ...sums }) => [currency, sums])),
    days: Number(days?.n),
  }
}
