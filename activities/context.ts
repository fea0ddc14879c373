import type { RegionProfile } from '../models/region.ts'
import type { Layout } from '../project/layout.ts'
import type { Warehouse } from '../warehouse/warehouse.types.ts'

/** What the steps of one region work with. */
export interface ActivityContext {
  readonly layout: Layout
  readonly region: string
  readonly profile: RegionProfile
  readonly warehouse: Warehouse
  /** Asked for each time: the centre may come, go and move. */
  readonly central: {
    /** Base URL; undefined: there is no centre now. */
    url(): string | undefined
    /** @throws Fault where the region has no token */
    token(): Promise<string>
  }
  readonly log: Log
}

export interface Log {
  info(details: object, message: string): void
  warn(details: object, message: string): void
  error(details: object, message: string): void
}
