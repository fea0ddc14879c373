import type { RegionReport } from '../models/report.ts'
import type { FileReport, Finding, WarehouseStatus } from '../warehouse/warehouse.types.ts'
import type { ApplyStep } from './apply-region.ts'
import type { ChangeRequest, RegionPlan } from './plan-region.ts'

/** A file that a person hands in, past the landing zone. Plain JSON. */
export interface IngestRequest {
  /** Absolute. */
  readonly path: string
  /** What it is called in the ledger; its base name where left out. */
  readonly name?: string
  readonly source: string
  /** Values of the contract's params. */
  readonly params?: Readonly<Record<string, string>>
}

export interface IngestReport {
  readonly report: RegionReport
  /** The file; of a ZIP with several each of them, in its order. */
  readonly files: readonly FileReport[]
}

export interface QueryOptions {
  readonly maxRows?: number
  readonly timeoutMs?: number
}

/** What a person may ask of one region, whichever process owns its warehouse. */
export interface RegionAccess {
  query(sql: string, options?: QueryOptions): Promise<readonly Record<string, unknown>[]>
  ingest(request: IngestRequest): Promise<IngestReport>
  /** What the contracts of today would change. */
  plan(request: ChangeRequest): Promise<RegionPlan>
  /** Change some of it; to be called until nothing remains. */
  apply(request: ChangeRequest): Promise<ApplyStep>
  status(): Promise<WarehouseStatus>
  findings(): Promise<readonly Finding[]>
}
