import type { Layout } from '../project/layout.ts'
import type { RunReport } from '../workflows/tally.ts'
import { follow, type RegionProgress } from './follow.ts'
import { runRegions } from './run-regions.ts'
import { startSync } from './start-sync.ts'
import type { Surroundings } from './supervisor.ts'
import { scopeOf } from './temporal-client.ts'

export type { RunReport } from '../workflows/tally.ts'
export type { RegionProgress } from './follow.ts'

export interface SyncOptions extends Surroundings {
  /** How far each region is, twice a second. */
  readonly onProgress?: (progress: RegionProgress) => void
}

/**
 * Sync regions side by side, or join the syncs that run; the reports in the order of `regions`. Where no `entrepot dev`
 * runs, the processes are started for the time of it. Aborted, it stops waiting: the syncs go on where workers run, and
 * with the next sync.
 *
 * @throws Fault "regions.failed" when a region could not, after the others are done; their reports are in its details
 */
export function sync(layout: Layout, regions: readonly string[], options: SyncOptions = {}): Promise<RunReport[]> {
  return runRegions(layout, regions, options, 'sync', (client, region) =>
    follow(client, region, () => startSync(client, scopeOf(layout, region), 'person'), options),
  )
}
