import type { ModelName } from '../models/index.ts'
import type { digitScripts } from '../models/region.ts'
import type { Encoding } from './encodings.ts'

/**
 * A contract with every default filled in from its region's profile: plain JSON, all that reading and judging needs.
 * `contracts/language.ts` makes it from YAML; its hash (`contractVersion`) names the verdicts it gives.
 */
export interface Contract {
  readonly region: string
  /** The region's zone: local_date is a day in it. */
  readonly regionZone: string
  readonly source: string
  readonly model: ModelName
  /** Globs relative to `data/landing/<region>/`; `{name}` in one captures a param. */
  readonly match: readonly string[]
  readonly format: Format
  readonly key: Key
  readonly mode: 'append' | 'upsert' | 'snapshot'
  readonly provider: string | null
  readonly role: 'processor' | 'store' | 'bank'
  readonly rail: 'custodial' | 'non_custodial'
  readonly fields: Readonly<Record<string, FieldRule>>
  /** Turns every money field's sign, by a column's word. */
  readonly sign: Sign | null
  /** Signs every money field but fee and tax by which side the own account is on. */
  readonly direction: Direction | null
  /** SQL over the source's columns; records for which it is not true are none of the model's, and ignored. */
  readonly only?: string
  /** Columns that headings inside the table, and above it, make for the lines below them; outer ones first. */
  readonly sections?: readonly Section[]
  /** Records of one id are one row. */
  readonly join?: Join
  /** What nobody has answered yet. */
  readonly open?: Open
  /** Several kinds of records, or several entries of one; rules then stand there, and those here are what all of them take. */
  readonly variants?: Variants
  readonly checks: readonly Check[]
  /** Amounts that the file gives beside its records, for checks. Only where there are any. */
  readonly values?: Readonly<Record<string, GivenAmount>>
  readonly onNewColumn: 'ignore' | 'warn' | 'block' | 'add'
  /** Values of the params this file is read with. */
  readonly params: Readonly<Record<string, string>>
  /** Where params stand, and what is written there: `direction.own[0]` -> `{own_account}`. Only where there are any. */
  readonly templates?: Readonly<Record<string, string>>
}

/** `excel` is XLSX and XLS; `mt940` MT942 too; `camt` CAMT.052 and .053; `ofx` OFX and QFX, as SGML and as XML. */
export const formatTypes = [
  ...(['csv', 'fixed', 'ndjson', 'json', 'excel', 'html', 'xml', 'parquet', 'arrow'] as const),
  ...(['mt940', 'ofx', 'camt', 'bai2'] as const),
] as const

export type FormatType = (typeof formatTypes)[number]

/** What can be found in the file itself. */
export type FoundKey = 'type' | 'delimiter' | 'quote' | 'escape' | 'recordEnd' | 'encoding'

export type { Encoding }

export interface Format {
  /** Where `found` has it, what the names of the files say: the type of what does not show another itself. */
  readonly type: FormatType
  /** The keys that the contract leaves to the file: their values here are replaced by what is found in it. */
  readonly found: readonly FoundKey[]
  readonly delimiter: string
  /** One character; null for none. */
  readonly quote: string | null
  readonly escape: string | null
  /** What ends a record; null: LF, CR and CRLF. */
  readonly recordEnd: string | null
  /** Records end with one more delimiter than the header, and nothing behind it (csv). Only where it is so. */
  readonly trailingDelimiter?: true
  readonly encoding: Encoding
  /** Lines before the header; null: the header is found by its cells. */
  readonly skipRows: number | null
  readonly header: boolean
  /** RE2 pattern; a record whose text or first cell it matches is ignored. */
  readonly footer: string | null
  /** RE2 pattern; from the first record whose text or first cell it matches on, nothing is a record. */
  readonly end?: string
  /** Where the records are: `data[]`, `result.items[]`, `[]` in JSON, `Document/Stmt/Ntry` in XML; null: found in the file. */
  readonly path: string | null
  /** A record that starts with it is no record (csv only); the tested fallback reader takes it. */
  readonly comment: string | null
  /** Excel: the sheet's name; null: the first one that has the wanted columns. */
  readonly sheet: string | null
  /** Excel: cells as they are stored (numbers in full, dates as ISO 8601) or as the sheet shows them. */
  readonly values: 'stored' | 'shown'
  /** Fixed width: characters of each column, in order; null: found in the file. */
  readonly widths: readonly number[] | null
}

export type Key =
  /** The model's own key fields. */
  | { readonly fields: readonly string[] }
  /** The n-th identical line of these columns is its own record; its id is made from them and n. */
  | { readonly occurrence: readonly string[] }

/** How one field of the model is filled. Exactly one of columns, value, debit/credit, sql. */
export interface FieldRule {
  /** Columns joined by one space, empty ones left out. */
  readonly columns: readonly Column[]
  /** Taken where `columns` are absent or nil. */
  readonly fallback: readonly Column[]
  readonly value: string | null
  readonly debit: Column | null
  readonly credit: Column | null
  /** An expression over the source's columns that gives the text. */
  readonly sql?: string
  readonly map: Readonly<Record<string, string>> | null
  /** A word that `map` and `patterns` do not know is absent; else it is refused. Only where it is so. */
  readonly missing?: 'absent'
  /** Words with `*` for any text and what they mean, in order, after the words of `map`; empty for none. */
  readonly patterns: readonly (readonly [string, string])[]
  /** Time and date formats written like their example: `DD/MM/YYYY HH:mm:ss`; empty: ISO 8601. */
  readonly formats: readonly string[]
  /** IANA zone of times that carry no offset, where `zoneWords` does not say. */
  readonly zone: string
  /** Where a column says the zone of each record. */
  readonly zoneWords: ZoneWords | null
  /** What the zone's words in the text, the token z, say: offsets such as -08:00. Only where there are some. */
  readonly zoneTexts?: Readonly<Record<string, string>>
  /** What names of months and weekdays are in. */
  readonly languages: readonly string[]
  readonly calendar: 'gregorian' | 'buddhist' | 'persian' | 'hijri'
  /** Which year dates are in whose formats tell none. Only where it is so. */
  readonly year?: Year
  /** A second way the file tells the time; where both are there they tell the same. */
  readonly agrees: FieldRule | null
  readonly unit: 'major' | 'minor'
  readonly decimal: '.' | ','
  /** Grouping mark; '' for none. */
  readonly group: string
  readonly grouping: 'western' | 'indian'
  readonly digits: (typeof digitScripts)[number]
  /** Words that mean absent. */
  readonly nil: readonly string[]
  /** JSON path into the cell: `$.creator_id`. */
  readonly json: string | null
  /** Pattern whose one group is taken of each cell; see `contracts/extract-pattern.ts`. */
  readonly extract: string | null
  readonly sign: Sign | null
  /** Currency signs that may stand before or behind a number, at most one. */
  readonly symbols: readonly string[]
  readonly sides: Sides | null
  /** Whether the file writes every value with the other sign. */
  readonly negate: boolean
  /** The file writes a rate the other way round: its value is 1 / the number. Only where it is so. */
  readonly invert?: true
}

/** A column by name, or by position from 1. In JSON a name may be a dotted path. */
export type Column = { readonly name: string } | { readonly position: number }

export interface Sign {
  readonly column: Column
  readonly negative: readonly string[]
  /** Words that leave the sign; null: every other word. A word in neither list is `kind.unknown`. */
  readonly positive: readonly string[] | null
}

export interface ZoneWords {
  readonly column: Column
  /** Word -> offset: `-08:00`. A time with another word is unparseable. */
  readonly offsets: Readonly<Record<string, string>>
}

export type Year =
  /** All dates are in it. */
  | { readonly value: string }
  /** Rules of two dates, less than a year apart: of each date the one between them holds. */
  | { readonly from: FieldRule; readonly to: FieldRule }

/** Words before or behind a number that say its side: a debit is negative. A number with a word has no sign. */
export interface Sides {
  readonly credit: readonly string[]
  readonly debit: readonly string[]
  /** The side of a number without a word; null: it is unparseable. */
  readonly bare: 'credit' | 'debit' | null
}

export interface Direction {
  /** Money in when the own account stands here. */
  readonly in: Column
  /** Money out when the own account stands here. */
  readonly out: Column
  /** The own accounts. */
  readonly own: readonly string[]
}

export interface Section {
  readonly column: string
  /** A line whose first cell, or text, it matches is a heading; its one group is the column's value. */
  readonly pattern: string
}

/** How lines of the source that are one record find each other. */
export interface Join {
  /** Columns that are the same in all of them. */
  readonly by: readonly string[]
  /** SQL over the source's columns: the line that the record is made of. */
  readonly main: string
  readonly parts: readonly JoinPart[]
}

/** A new column: the line that has it, and which cell of that it is. */
export interface JoinPart {
  readonly name: string
  /** SQL over the source's columns. */
  readonly when: string
  readonly column: Column
}

/** How the records of a file are told apart, or what one of them becomes. */
export interface Variants {
  /**
   * `record`: the first whose condition is true takes the record. `entry`: of every one whose condition is true the record
   * has an entry, a row of its own; all of them load, or none.
   */
  readonly of: 'record' | 'entry'
  readonly list: readonly Variant[]
}

/** The rules of one of them, whole. */
export interface Variant extends Pick<Contract, 'fields' | 'sign' | 'direction' | 'open' | 'templates'> {
  readonly name: string
  /** SQL over the source's columns; of an entry null: every record has it. */
  readonly when: string | null
}

/** Questions that are open: records that hang on one are held. */
export interface Open {
  readonly questions: readonly Question[]
  /** One for each choice of answers; `fields`, `sign` and `direction` of the contract are those of the first. */
  readonly tracks: readonly Track[]
}

export interface Question {
  readonly id: string
  readonly question: string
  /** Of a file: one answer is right for all its records, so one that a single answer can read is held with the others. */
  readonly of: 'record' | 'file'
  /** Names of the answers there may be. */
  readonly candidates: readonly string[]
}

/** What a contract says by one choice of answers. */
export interface Track {
  /** A candidate for each question, in order. */
  readonly choices: readonly string[]
  /** Rules of the fields that are not the same on every track. */
  readonly fields: Readonly<Record<string, FieldRule>>
  readonly sign: Sign | null
  readonly direction: Direction | null
  readonly templates?: Readonly<Record<string, string>>
}

export type Severity = 'reject' | 'warn' | 'block'

export type Check =
  /** A condition over the model's fields that every record meets; null passes. */
  | { readonly name: string; readonly severity: Severity; readonly sql: string }
  | {
      readonly name: string
      readonly severity: Severity
      readonly rows: { readonly min: number; readonly max: number | null }
    }
  /** The newest record is at most this old when the file arrives. */
  | { readonly name: string; readonly severity: Severity; readonly maxAgeMs: number }
  /** A column holds the balance after, or before, each record. */
  | { readonly name: string; readonly severity: Severity; readonly balance: Balance; readonly tolerance: string }
  /** What the records come to is what the file says. */
  | { readonly name: string; readonly severity: Severity; readonly total: Total; readonly tolerance: string }

export interface Balance {
  /** How the column is read. */
  readonly rule: FieldRule
  /** SQL over the model's fields: what one record moves. */
  readonly of: string
  /** Fields: each combination of their values has a balance of its own. */
  readonly by: readonly string[]
  /** How records stand in the file; found: the way round that closes more often. */
  readonly order: 'found' | 'oldest_first' | 'newest_first'
  readonly shows: 'after' | 'before'
}

export interface Total {
  /** SQL over the model's fields, added up over the counted records that load. */
  readonly sum: string
  /** SQL over the contract's `values`. */
  readonly equals: string
}

/** An amount that the file gives beside its records. */
export type GivenAmount =
  /** In a column, the same in all records of one statement. */
  | { readonly at: 'column'; readonly rule: FieldRule }
  /** In the next filled cell to the right of a cell, or in the cell below it in the next row. */
  | { readonly at: 'beside' | 'below'; readonly label: string; readonly rule: FieldRule }
  /** In a row that has this cell, under the column's name. */
  | { readonly at: 'row'; readonly label: string; readonly column: Column; readonly rule: FieldRule }
