import type { Contract, Format } from '../contracts/contract.ts'
import type { FileProfile } from './profile.ts'
import type { HeldByQuestion } from './questions.ts'

/** What to stage: one archived file under one contract. */
export interface StageTask {
  /** The file's bytes: an absolute path; never changed. */
  readonly path: string
  readonly contract: Contract
  /** An absolute folder; made whole or not at all. A whole result that stands there is kept. */
  readonly outDir: string
  readonly limits: Limits
  /** Whether it is looked at once and removed: then it need not outlive a power cut. */
  readonly isTemporary?: boolean
  /** The same file as another contract judged it: what this one makes alike is taken from there. */
  readonly former?: FormerStaged
}

export interface FormerStaged {
  readonly contract: Contract
  readonly contractVersion: string
  /** What staging left of it; it need not be there any more. */
  readonly folder: string
}

export interface Limits {
  readonly recordBytes: number
  readonly columns: number
  readonly decompressedBytes: number
  /** How many times its own size a file may unpack to; up to 64 MiB it may always. */
  readonly decompressionRatio: number
  /** Files and folders in one archive. */
  readonly archiveEntries: number
  /** Objects and lists in JSON, elements in XML. */
  readonly depth: number
  /** Sheets of a workbook, tables of an HTML file. */
  readonly sheets: number
  /** Cells of all sheets of a workbook, or tables of an HTML file, the empty ones between them counted. */
  readonly cells: number
  /** All parts of an XLSX file, unpacked. */
  readonly workbookBytes: number
  /** The different texts of an XLSX file, which are read in memory. */
  readonly sharedStringsBytes: number
  /** An XLS file, which is read in memory. */
  readonly xlsBytes: number
}

export const defaultLimits: Limits = {
  recordBytes: 16 * 1024 * 1024,
  columns: 10_000,
  decompressedBytes: 100 * 1024 ** 3,
  decompressionRatio: 200,
  archiveEntries: 1000,
  depth: 100,
  sheets: 1000,
  cells: 200_000_000,
  workbookBytes: 4 * 1024 ** 3,
  sharedStringsBytes: 256 * 1024 * 1024,
  xlsBytes: 32 * 1024 * 1024,
}

/**
 * What staging leaves in `outDir`: `staged.json` (this), `records.parquet`, and `repeats.parquet` where there are any.
 *
 * records.parquet has a row for every record but the ignored ones, or one for each of its entries: the model's fields typed
 * (`models/*`), then `_line` BIGINT, `_entry` UTINYINT (which entry; with `_line` unique in the file; all entries of a record
 * are valid, rejected or held together), `_start` BIGINT, `_length` INTEGER, `_reasons` VARCHAR[] (null: valid),
 * `_warnings` VARCHAR[] (null: none; names of checks, and `row.repaired`), `_raw` VARCHAR (null where valid), `_extra`
 * JSON text (null but for `on_new_column: add`), `_held` VARCHAR[] (null: none; the open questions that the record hangs on: it
 * is not valid, its reasons are `question.<id>`, and it is no reject either). Where the contract has open questions also
 * `_readings`, for a held record the fields that its answers may change, on each track (null where that rejects it). Where checks
 * look at amounts that are no fields, these too: see `contracts/check-amounts.ts`.
 *
 * repeats.parquet: `_line` BIGINT, `_entry` UTINYINT, `verdict` VARCHAR of valid records whose key an earlier record of the file has:
 * 'duplicate' or 'conflict' where that one is valid, 'held' where it is held, and so is the key.
 */
export interface Staged {
  /** How the file was read: what the contract leaves to it is found. */
  readonly format: Format
  /** The source's columns in order, as named there. */
  readonly columns: readonly string[]
  /** Records as they are counted everywhere: ignored ones, and the rows that the others make. */
  readonly read: number
  readonly ignored: number
  /** Records of the source that the rows are made of: fewer than rows, where one has several entries. */
  readonly sourceRecords: number
  /** Valid by every rule of the row, repeats included. */
  readonly valid: number
  /** Rejected by a rule of the row; conflicts among repeats are not in it. */
  readonly rejected: number
  readonly duplicates: number
  readonly conflicts: number
  /** Records that wait for the answer to a question: those that hang on it, and valid ones behind them with their key. */
  readonly held: number
  /** Of these the valid ones. */
  readonly waiting: number
  readonly questions: readonly HeldByQuestion[]
  /** Smallest and largest local_date (or date) of valid records, YYYY-MM-DD; null: the model has none, or no rows. */
  readonly fromDate: string | null
  readonly lastDate: string | null
  /** Newest occurred_at of valid records, ISO 8601 UTC. */
  readonly newestAt: string | null
  /** What later files of the source are compared with; undefined: it was staged before there was one. */
  readonly profile?: FileProfile
  /** Failed whole-file checks that staging alone can tell (all but ages), in the contract's order. */
  readonly failedChecks: readonly { name: string; severity: 'reject' | 'warn' | 'block'; message: string }[]
  readonly bytes: number
  readonly seconds: number
  /**
   * Staging went on from what the contract of this version left of the file: a record that is valid by both has the same
   * values by both, but for these fields. Undefined: it was judged from the start.
   */
  readonly since?: { readonly contractVersion: string; readonly fields: readonly string[] }
}

/** Progress of a running stage, at most a few times a second. */
export interface StageProgress {
  readonly rows: number
  readonly bytes: number
}
