import type { Layout } from '../project/layout.ts'
import { rebuildWarehouse } from '../warehouse/rebuild.ts'
import type { WarehouseStatus } from '../warehouse/warehouse.types.ts'
import { openRegionHere } from './open-region.ts'

/**
 * Make a region's warehouse again from its archive, contracts and journal alone; the former file stays beside it.
 *
 * @throws Fault "warehouse.in-use" while the region's worker runs, "region.unknown"
 */
export async function rebuild(
  layout: Layout,
  region: string,
  onNotice: (line: string) => void,
): Promise<WarehouseStatus> {
  const log = {
    info() {},
    warn: (_details: object, message: string) => onNotice(message),
    error: (_details: object, message: string) => onNotice(message),
  }
  const opened = await openRegionHere(layout, region, log, rebuildWarehouse)
  try {
    await opened.context.warehouse.renewAnalystFile()
    return await opened.access.status()
  } finally {
    await opened.close()
  }
}
