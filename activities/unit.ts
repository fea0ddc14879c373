import type { Counts } from '../models/report.ts'
import type { FileReport, LandedFile, SeenLanding } from '../warehouse/warehouse.types.ts'

/** A file to take in, by reference. Plain JSON, as everything here: it crosses Temporal. */
export interface UnitFile {
  readonly file: LandedFile
  /** The contract that judges it, archived under this version. */
  readonly contractVersion: string
  /** Where it lay when it was found; null: it comes from the archive. */
  readonly seen: Omit<SeenLanding, 'file'> | null
}

/** What one ingestFile takes in: a big file alone, or small files of one source together. */
export interface Unit {
  readonly region: string
  readonly source: string
  /** First twelve digits of the file's SHA-256; of all of theirs where there are many. */
  readonly id: string
  readonly files: readonly UnitFile[]
  readonly sizeBytes: number
}

/** What staging made of a unit's files, in their order. */
export type StagedFile =
  /** Folder of the staged result, absolute. */
  | { readonly staged: string }
  /** The Fault of reading it: the file is recorded as held. */
  | { readonly unreadable: Problem }
  /** Its bytes were loaded before under this contract: there was nothing to read. */
  | { readonly known: FileReport['outcome'] }

export interface Problem {
  readonly code: string
  readonly message: string
  readonly fix: string
}

/** What became of a unit. */
export interface UnitReport extends Counts {
  files: number
  bytes: number
  /** Local dates whose marts must be refreshed. */
  changedDates: number
}

/** What a walk over the landing zone found. */
export interface Discovered {
  readonly units: readonly Unit[]
  /** Files that were loaded before and have not changed since, and what became of their records then. */
  readonly unchanged: { readonly files: number } & Counts
  /** Whether there are more new files than one call returns. */
  readonly hasMore: boolean
}

export interface BackfillRange {
  readonly region: string
  /** Local dates, half-open: [fromDate, toDate). */
  readonly fromDate: string
  readonly toDate: string
  /** One source, or all of them. */
  readonly source?: string | null
}

/** A page of a backfill's files, oldest first. */
export interface BackfillPage {
  readonly units: readonly Unit[]
  /** Where the next page begins; null: this was the last. */
  readonly next: string | null
}
