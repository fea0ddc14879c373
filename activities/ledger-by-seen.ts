import { type Counts, noCounts } from '../models/report.ts'
import type { Warehouse } from '../warehouse/warehouse.types.ts'

/** What the ledger says of a file that was seen in the landing zone. */
export interface LedgerLine {
  /** Whether it is held, or some of its records are: another contract may let them in. */
  readonly waits: boolean
  readonly contractVersion: string
  /** As a run counts it that finds it again: every record unchanged, or held still. */
  readonly counts: Counts
}

/** The ledger's line of every file seen before, by its path in the landing zone. */
export async function ledgerBySeen(warehouse: Pick<Warehouse, 'query'>): Promise<ReadonlyMap<string, LedgerLine>> {
  const rows = await warehouse.query(
    `select s.path, f.outcome, f.contract_version, f."read", f.rejected, f.ignored, f.held
     from ops.seen_landing s join ops.file f on f.source = s.source and f.sha256 = s.sha256`,
    { maxRows: 10_000_000, timeoutMs: 600_000 },
  )
  return new Map(rows.map((row) => [String(row.path), lineOf(row)]))
}

function lineOf(row: Record<string, unknown>): LedgerLine {
  const read = Number(row.read)
  const held = Number(row.held)
  const isHeld = row.outcome === 'held'
  const counts = isHeld
    ? { ...noCounts(), read, rejected: Number(row.rejected), ignored: Number(row.ignored), held }
    : { ...noCounts(), read, unchanged: read - held, held }
  return { waits: isHeld || held > 0, contractVersion: String(row.contract_version), counts }
}
