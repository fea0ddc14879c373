import type { Contract } from '../contracts/contract.ts'
import type { Fault } from '../models/fault.ts'
import type { ModelName } from '../models/index.ts'
import type { Counts } from '../models/report.ts'
import type { LandedFile } from './warehouse.types.ts'

/** A file that is loaded, and that the contract of today judges otherwise or anew. */
export interface Rejudged {
  readonly file: LandedFile
  readonly contract: Contract
  /** Folder of what staging left of it under that contract; or why it can not be read. */
  readonly staged: string | Fault
}

/** What would become of one source if its files were judged again. Plain JSON, as everything here. */
export interface SourceChange {
  readonly source: string
  readonly model: ModelName
  readonly files: {
    /** Those that another contract has judged than that of today. */
    readonly judgedAgain: number
    /** All of the source. */
    readonly all: number
    /** Loaded now, and held then. */
    readonly held: readonly FileWhy[]
    /** Held now, and loaded then. */
    readonly freed: readonly string[]
  }
  /** Source records of the files judged again. */
  readonly records: { readonly before: RecordCounts; readonly after: RecordCounts }
  readonly newlyRejected: Reasons
  readonly noLongerRejected: Reasons
  /** Rows of core, all of the source's. */
  readonly rows: RowCounts
  /** Rows of core that keep their key and change this field; fields that do not change are left out. */
  readonly changedFields: Readonly<Record<string, number>>
  readonly money: {
    readonly totals: readonly MoneyChange[]
    /** Local days that change; the others are left out. */
    readonly days: readonly (MoneyChange & { readonly localDate: string })[]
  }
  readonly examples: readonly Example[]
}

export interface FileWhy {
  readonly name: string
  readonly code: string
  readonly message: string
}

/** As they count for a load, but for `unchanged`: what stands in core, newly or not, is `loaded`. */
export type RecordCounts = Readonly<Omit<Counts, 'unchanged'>>

export interface Reasons {
  readonly records: number
  /** By reason; a record can have several. */
  readonly reasons: Readonly<Record<string, number>>
}

export interface RowCounts {
  readonly before: number
  readonly after: number
  readonly added: number
  readonly changed: number
  readonly removed: number
  /** Of sources that send full lists: rows that these close, and that are open again. */
  readonly closed: number
  readonly reopened: number
}

/** Over counted rows. */
export interface MoneyChange {
  readonly currency: string
  readonly role: string
  readonly before: Sums
  readonly after: Sums
  readonly difference: Sums
}

/** Decimals as text in major units; a sum of unknown amounts alone is null. */
export interface Sums {
  readonly rows: number
  readonly gross: string | null
  readonly fee: string | null
  readonly tax: string | null
  readonly net: string | null
}

/** One record or row, before and after. */
export interface Example {
  readonly what: 'added' | 'changed' | 'removed' | 'rejected'
  readonly file: string
  readonly line: number
  /** The row's key; null of a record that is rejected. */
  readonly key: string | null
  /** Of a change the fields that change; of a rejected record `reasons` and `raw`. */
  readonly before: Readonly<Record<string, string | null>>
  readonly after: Readonly<Record<string, string | null>>
}
