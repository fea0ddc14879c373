import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import type { Finding, WarehouseStatus } from '../warehouse/warehouse.types.ts'
import { liveProcess } from './process-record.ts'
import { withRegion } from './region-client.ts'

export interface RegionStatus extends Omit<WarehouseStatus, 'region'> {
  readonly region: string
  readonly worker: 'running' | 'stopped'
  readonly findings: readonly Finding[]
  /** Why nothing is known of the region; null: all of the above holds. */
  readonly problem: { readonly code: string; readonly message: string; readonly fix: string } | null
}

export interface ProjectStatus {
  readonly central: 'running' | 'stopped'
  readonly temporal: 'running' | 'stopped'
  readonly regions: readonly RegionStatus[]
}

/** Every region's state; a region that cannot be asked says why and hides none of the others. */
export async function projectStatus(layout: Layout, regions: readonly string[]): Promise<ProjectStatus> {
  const runs = (name: string) => (liveProcess(layout, name) === undefined ? 'stopped' : 'running')
  return {
    central: runs('central'),
    temporal: runs('temporal'),
    regions: await Promise.all(regions.map((region) => regionStatus(layout, region, runs(region)))),
  }
}

async function regionStatus(layout: Layout, region: string, worker: RegionStatus['worker']): Promise<RegionStatus> {
  try {
    return await withRegion(layout, region, async (access) => ({
      ...(await access.status()),
      worker,
      findings: await access.findings(),
      problem: null,
    }))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { code, message, fix } = error
    return { ...unknown, region, worker, findings: [], problem: { code, message, fix } }
  }
}

const unknown: Omit<WarehouseStatus, 'region'> = {
  files: 0,
  rows: 0,
  rejects: 0,
  openFindings: 0,
  lastLoadAt: null,
  pendingPublications: 0,
  lastPublishedAt: null,
  latestDate: null,
}
