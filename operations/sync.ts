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
  readonly onProgress?: (progress: SyncProgress) => void
}

/** How far all regions of a command have come together. */
export interface SyncProgress {
  /** Plain words: `ng, gh: 3 of 5 files`. */
  readonly what: string
  readonly rows: number
  readonly bytes: number
  /** Of the files found so far. */
  readonly totalBytes: number
  readonly regions: readonly RegionProgress[]
}

/**
 * Sync regions side by side, or join the syncs that run; the reports in the order of `regions`. Where no `entrepot dev`
 * runs, the processes are started for the time of it. Aborted, it stops waiting: the syncs go on where workers run, and
 * with the next sync.
 *
 * @throws Fault "regions.failed" when a region could not, after the others are done; their reports are in its details
 */
export function sync(layout: Layout, regions: readonly string[], options: SyncOptions = {}): Promise<RunReport[]> {
  const { signal, onProgress } = options
  const listen = onProgress === undefined ? undefined : together(onProgress)
  return runRegions(layout, regions, options, 'sync', (client, region) =>
    follow(client, region, () => startSync(client, scopeOf(layout, region), 'person'), {
      ...(signal === undefined ? {} : { signal }),
      ...(listen === undefined ? {} : { onProgress: listen }),
    }),
  )
}

/** One figure out of the regions' own. */
export function together(onProgress: (progress: SyncProgress) => void): (progress: RegionProgress) => void {
  const latest = new Map<string, RegionProgress>()
  return (progress) => {
    latest.set(progress.region, progress)
    const regions = [...latest.values()]
    const sum = (of: (one: RegionProgress) => number) => regions.reduce((total, one) => total + of(one), 0)
    onProgress({
      what: `${regions.map(({ region }) => region).join(', ')}: ${sum((one) => one.filesDone)} of ${sum((one) => one.files)} files`,
      rows: sum(({ rows }) => rows),
      bytes: sum(({ bytes }) => bytes),
      totalBytes: sum(({ totalBytes }) => totalBytes),
      regions,
    })
  }
}
