import { type Beat, unobserved } from '../activities/beat.ts'
import type { ActivityContext, Log } from '../activities/context.ts'
import { publishPending } from '../activities/publish.ts'
import { stageArchived } from '../activities/stage.ts'
import { contractVersion } from '../contracts/version.ts'
import type { Layout } from '../project/layout.ts'
import { loadProfile } from '../project/regions.ts'
import { closeStage } from '../stage/stage.ts'
import { openWarehouse } from '../warehouse/warehouse.ts'
import type { Warehouse, WarehouseOptions } from '../warehouse/warehouse.types.ts'
import { applyStep } from './apply-region.ts'
import { centralAddress, regionSecret } from './central-address.ts'
import { ingestOne } from './ingest-one.ts'
import { removeLeftovers } from './leftovers.ts'
import { planRegion } from './plan-region.ts'
import type { RegionAccess } from './region-access.ts'

/** A region whose warehouse this process owns. */
export interface OpenRegion {
  readonly context: ActivityContext
  readonly access: RegionAccess
  close(): Promise<void>
}

/**
 * Open a region here; at most once in a process.
 *
 * @param open how: as it is, or made again from archive and journal
 * @throws Fault "region.unknown", "region.invalid", "warehouse.in-use" and what else opening a warehouse throws
 */
export async function openRegionHere(
  layout: Layout,
  region: string,
  log: Log,
  open: (options: WarehouseOptions) => Promise<Warehouse> = openWarehouse,
): Promise<OpenRegion> {
  const profile = loadProfile(layout, region)
  const warehouse = await open({
    layout,
    profile,
    restage: (file, contract) => stageArchived(layout, file, contract, contractVersion(contract), unobserved()),
    onNotice: (line) => log.warn({}, line),
  }).catch(async (error) => {
    await closeStage()
    throw error
  })
  removeLeftovers(layout, region)
  const context: ActivityContext = {
    layout,
    region,
    profile,
    warehouse,
    central: { url: () => centralAddress(layout), token: () => regionSecret(layout, region) },
    log,
  }
  const beat: Beat = unobserved()
  return {
    context,
    access: {
      query: (sql, options) => warehouse.query(sql, options),
      async ingest(request) {
        const done = await ingestOne(context, request, beat)
        await publishNow(context, beat)
        return done
      },
      plan: (request) => planRegion(context, request, beat),
      async apply(request) {
        const step = await applyStep(context, request, beat)
        if (step.remaining === 0) await publishNow(context, beat)
        return step
      },
      status: () => warehouse.status(),
      findings: () => warehouse.openFindings(),
    },
    async close() {
      await warehouse.close()
      await closeStage()
    },
  }
}

/** One try; what does not go now waits in the outbox for the next sync. */
async function publishNow(context: ActivityContext, beat: Beat): Promise<void> {
  if (context.central.url() === undefined) return
  try {
    await publishPending(context, beat)
  } catch (error) {
    context.log.warn({ err: error }, `publications of ${context.region} wait: ${(error as Error).message}`)
  }
}
