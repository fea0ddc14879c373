import type { Session } from '../warehouse/duck.ts'
import type { RegionFreshness } from './central.types.ts'

/** SQL that writes a timestamptz as `2026-07-01T09:30:00.000Z`; the store's connections are in UTC. */
export const isoUtc = (column: string): string => `strftime(${column}, '%Y-%m-%dT%H:%M:%S.%gZ')`

/** How far the centre is behind each region that has published, by region code. */
export async function readFreshness(session: Session): Promise<readonly RegionFreshness[]> {
  const rows = await session.rows<Record<keyof RegionFreshness, string>>(`
    select region, ${isoUtc('as_of')} as "asOf", last_publication as "lastPublication",
      ${isoUtc('last_received_at')} as "lastReceivedAt", publications, rows_in_review as "rowsInReview"
    from central.freshness order by region`)
  return rows.map((row) => ({
    ...row,
    lastPublication: Number(row.lastPublication),
    publications: Number(row.publications),
    rowsInReview: Number(row.rowsInReview),
  }))
}
