import type { Contract } from '../contracts/contract.ts'
import type { Fault } from '../models/fault.ts'
import type { RegionProfile } from '../models/region.ts'
import type { Counts } from '../models/report.ts'
import type { Layout } from '../project/layout.ts'
import type { Rejudged, SourceChange } from './plan.types.ts'

/** A file in the archive: its bytes never change, whatever it was called. Plain JSON; crosses Temporal. */
export interface LandedFile {
  readonly region: string
  readonly source: string
  readonly sha256: string
  /** Path relative to `data/landing/<region>/` with forward slashes; the base name where it was ingested by hand. */
  readonly name: string
  readonly sizeBytes: number
  /** When it was archived first, ISO 8601 UTC. */
  readonly arrivedAt: string
}

/** A file with the version of the contract that judged it last. */
export interface JudgedFile {
  readonly file: LandedFile
  readonly contractVersion: string
}

/** What loading one file did. Plain JSON; crosses Temporal. */
export interface FileReport extends Counts {
  readonly file: LandedFile
  /**
   * loaded: a transaction changed core, rejects or ledger · unchanged: this name with these bytes was loaded before ·
   * duplicate: these bytes were loaded under another name · held: waits for a person, nothing of it is loaded
   * (a block check, an unreadable file) · superseded: judged again, nothing differs.
   */
  readonly outcome: 'loaded' | 'unchanged' | 'duplicate' | 'held' | 'superseded'
  /** Local dates whose marts must be refreshed. */
  readonly changedDates: number
  /** Why it is held. */
  readonly problem: { readonly code: string; readonly message: string; readonly fix: string } | null
}

export interface WarehouseOptions {
  readonly layout: Layout
  readonly profile: RegionProfile
  /**
   * Stage an archived file again for a rebuild; returns the folder of the staged result. `contract` comes from the
   * archive by version. Throws a Fault where the file cannot be read, which `load` then records again.
   */
  readonly restage: (file: LandedFile, contract: Contract) => Promise<string>
  /** One plain line of what recovery did: WAL set aside, backup restored, journal replayed. */
  readonly onNotice?: (line: string) => void
}

/** A publication that waits in the outbox. `path` is a Parquet file whose key-value metadata holds the manifest. */
export interface PendingPublication {
  readonly publishSeq: number
  readonly mart: string
  readonly path: string
  readonly sha256: string
  readonly partitions: number
}

/** What a publication carries, as JSON under the key `manifest` in the Parquet file's key-value metadata. */
export interface PublicationManifest {
  readonly region: string
  readonly mart: string
  readonly publishSeq: number
  /** ISO 8601 UTC: when the marts it carries were committed. */
  readonly asOf: string
  readonly columns: readonly { readonly name: string; readonly type: string }[]
  /** Partitions it replaces; one with 0 rows is emptied. */
  readonly partitions: readonly { readonly localDate: string; readonly rows: number; readonly contentHash: string }[]
  /** Versions of the contracts that judged the rows behind it. */
  readonly contractVersions: readonly string[]
  /** Source records rejected or held, and not yet decided in this region, for the centre's answers. */
  readonly rowsInReview: number
}

/** The only door to a region's DuckDB. One per process and file; every method is safe to call concurrently. */
export interface Warehouse {
  readonly region: string
  /** Load a staged file in one transaction; running it twice changes nothing. `staged` is its folder, or why it could not be read. */
  load(file: LandedFile, contract: Contract, staged: string | Fault, signal?: AbortSignal): Promise<FileReport>
  /** What a file of these bytes would be, without staging it: its former report, or null when it is new under this contract. */
  known(file: LandedFile, contract: Contract): Promise<FileReport | null>
  /** Landing paths seen before with this exact size, mtime and ctime: path -> what was archived. */
  seenLandings(): Promise<ReadonlyMap<string, SeenLanding>>
  rememberLanding(seen: readonly SeenLanding[]): Promise<void>
  /** A problem of the source that no file record tells: a contract that is wrong, a file no contract matches. Idempotent by cause. */
  recordFinding(finding: { source: string; code: string; message: string; example: string | null }): Promise<void>
  /** Close such findings whose cause is gone. */
  resolveFinding(source: string, code: string): Promise<void>
  /** Recompute the changed partitions of every mart and put what changed in the outbox, in one transaction. */
  refreshMarts(signal?: AbortSignal): Promise<{ partitions: number; publications: number }>
  pendingPublications(): Promise<readonly PendingPublication[]>
  /** The centre has applied it (or had before). */
  acknowledge(publishSeq: number, receipt: string): Promise<void>
  /** Archived files of a source (or all) with records, or arrival where they have none, on local dates in [fromDate, toDate). */
  filesBetween(fromDate: string, toDate: string, source?: string): Promise<readonly LandedFile[]>
  /** Every file of a source, in the order of first arrival. */
  judgedFiles(source: string): Promise<readonly JudgedFile[]>
  /** What judging these files again, all of one source, would come to; nothing is changed. */
  plan(source: string, files: readonly Rejudged[]): Promise<SourceChange>
  openFindings(): Promise<readonly Finding[]>
  status(): Promise<WarehouseStatus>
  /** One read-only SELECT; rows as objects, decimals and 64-bit integers as strings, times ISO 8601. At most `maxRows`. */
  query(sql: string, options?: { maxRows?: number; timeoutMs?: number }): Promise<readonly Record<string, unknown>[]>
  renewAnalystFile(): Promise<void>
  backup(): Promise<string>
  close(): Promise<void>
}

export interface SeenLanding {
  readonly path: string
  readonly sizeBytes: number
  /** Nanoseconds since the epoch, as text. */
  readonly mtimeNs: string
  readonly ctimeNs: string
  readonly file: LandedFile
}

export interface Finding {
  /** `ng-12` */
  readonly id: string
  readonly source: string
  readonly code: string
  readonly severity: 'reject' | 'warn' | 'block'
  readonly rows: number
  readonly firstSeen: string
  readonly lastSeen: string
  readonly message: string
  /** A change of the contract that would answer it, as lines of YAML; null: none is known. */
  readonly proposal: string | null
  /** One example: file name, line and raw text of a row, where it has one. */
  readonly example: { readonly file: string; readonly line: number | null; readonly raw: string | null } | null
}

export interface WarehouseStatus {
  readonly region: string
  readonly files: number
  readonly rows: number
  readonly rejects: number
  readonly openFindings: number
  /** Newest load, ISO 8601 UTC; null: nothing was loaded. */
  readonly lastLoadAt: string | null
  readonly pendingPublications: number
  readonly lastPublishedAt: string | null
  readonly latestDate: string | null
}
