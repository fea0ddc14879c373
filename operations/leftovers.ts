import { existsSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from '../project/layout.ts'

/**
 * Remove what a killed process of this region left half done: copies that were not archived yet, staging that did not
 * end. Only for the owner of the region's warehouse: nobody else archives or stages there.
 */
export function removeLeftovers(layout: Layout, region: string): void {
  rmSync(join(layout.archive(region), 'incoming'), { recursive: true, force: true })
  const staged = layout.staged(region)
  for (const name of existsSync(staged) ? readdirSync(staged) : [])
    if (name.includes('.part-')) rmSync(join(staged, name), { recursive: true, force: true })
}
