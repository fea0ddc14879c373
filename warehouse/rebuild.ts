import { existsSync, renameSync, rmSync } from 'node:fs'
import { killPoint } from '../models/kill-point.ts'
import { DamagedFile, openInstance, setAside } from './instance.ts'
import { openRegion } from './open.ts'
import { warehouseOf } from './warehouse.ts'
import type { Warehouse, WarehouseOptions } from './warehouse.types.ts'

/**
 * Make a region's warehouse again from archive, contracts and journal alone, and open it. The former file stays beside
 * it as `<file>.before-rebuild`. Core, marts and quality come out equal.
 *
 * @throws Fault "warehouse.already-open", "warehouse.in-use"
 */
export async function rebuildWarehouse(options: WarehouseOptions): Promise<Warehouse> {
  const path = options.layout.warehouse(options.profile.region)
  if (existsSync(path)) await putBeside(path)
  return warehouseOf(options, await openRegion(options, false))
}

/** Nobody else may have the file open while it is moved. */
async function putBeside(path: string): Promise<void> {
  try {
    const { instance, release } = await openInstance(path)
    const connection = await instance.connect()
    await connection.run('checkpoint')
    connection.closeSync()
    release()
  } catch (error) {
    if (!(error instanceof DamagedFile)) throw error
    setAside(path, 'damaged')
    return
  }
  rmSync(`${path}.before-rebuild`, { force: true })
  killPoint('rebuild.before-rename')
  renameSync(path, `${path}.before-rebuild`)
  killPoint('rebuild.after-rename')
}
