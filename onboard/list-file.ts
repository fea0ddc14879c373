import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { parseTimeFormat } from '../contracts/time-format.ts'
import { type ModelName, models } from '../models/index.ts'
import { fromColumn, type NamedProfile, type Surroundings, strengthOf } from './columns.ts'
import { type Draft, emptyDraft, type Question } from './draft.ts'
import { putTimes } from './moments.ts'
import { type LoadedTable, linesPerFile } from './table.ts'
import { timeShapes } from './time-shapes.ts'
import { readTimes } from './times.ts'
import { type ColumnMeaning, type ListMeaning, listMeaningsOf } from './vocabulary.ts'

/** A column, with what its name can mean in a list of creators, accounts, products or rates. */
export interface ListColumn extends NamedProfile {
  readonly lists: readonly { readonly meaning: ListMeaning; readonly strength: number }[]
}

/** A file that may be such a list. */
export interface ListFile {
  readonly table: LoadedTable
  readonly columns: readonly ListColumn[]
  readonly surroundings: Surroundings
}

export const listColumn = (column: NamedProfile): ListColumn => ({ ...column, lists: listMeaningsOf(column.name) })

/** What of a model was found in a file. */
export interface Fit {
  readonly model: ModelName
  readonly draft: Draft
  /** For a person: what was found, and what the model needs beside it; where that is nothing the file can be the model's. */
  readonly found: readonly string[]
  readonly lacks: readonly string[]
  /** Why the records are these and no movements of money; null where they may as well be movements. */
  readonly proof: string | null
}

/** A name says what it means by at least so much. */
const plainly = 0.6

/** How surely a column's name means one of these: 0 to 1. */
export const says = ({ lists }: ListColumn, ...wanted: readonly ListMeaning[]): number =>
  Math.max(0, ...lists.filter(({ meaning }) => wanted.includes(meaning)).map(({ strength }) => strength))

export const isNamed = (column: NamedProfile, ...wanted: readonly ColumnMeaning[]): boolean =>
  strengthOf(column, ...wanted) >= plainly

export const isTimes = ({ look }: NamedProfile): boolean => look === 'time' || look === 'number'

/** Looks for the fields of one model, and takes each column once. */
export class Finder {
  readonly draft = emptyDraft()
  readonly found: string[] = []
  readonly lacks: string[] = []
  readonly file: ListFile
  readonly #model: ModelName
  readonly #taken = new Set<string>()

  constructor(file: ListFile, model: ModelName) {
    this.file = file
    this.#model = model
  }

  fit(proof: string | null = null): Fit {
    const places = models[this.#model].fields.map(({ name }) => name as string)
    const sorted = [...this.draft.fields].toSorted(([a], [b]) => places.indexOf(a) - places.indexOf(b))
    const { found, lacks } = this
    return { model: this.#model, draft: { ...this.draft, fields: new Map(sorted) }, found, lacks, proof }
  }

  /** Columns that are free, not empty, and named so plainly; the surest first. */
  named(wanted: readonly ListMeaning[], accepts: (column: ListColumn) => boolean = () => true): ListColumn[] {
    return this.free(accepts)
      .filter((column) => says(column, ...wanted) >= plainly)
      .toSorted((a, b) => says(b, ...wanted) - says(a, ...wanted))
  }

  free(accepts: (column: ListColumn) => boolean): ListColumn[] {
    return this.file.columns.filter((column) => column.filled > 0 && !this.#taken.has(column.sql) && accepts(column))
  }

  /** Fill a field from a column, which is then no other field's. */
  take(field: string, column: ListColumn, evidence: string, more: FieldRuleYaml = {}): void {
    this.mark(field, column)
    this.put(field, { ...fromColumn(column), ...more }, evidence)
  }

  mark(field: string, column: ListColumn): void {
    this.#taken.add(column.sql)
    this.found.push(`${field} in ${JSON.stringify(column.name)}`)
  }

  put(field: string, rule: FieldRuleYaml, evidence: string): void {
    this.draft.fields.set(field, { rule, evidence })
  }

  ask(question: Question): void {
    this.draft.questions.push(question)
  }

  /**
   * Take the first column that tells records apart within each file; its name is one of `wanted`, the earlier the better.
   *
   * @returns the column; undefined where there is none, which is then lacking
   */
  async identity(field: string, wanted: readonly ListMeaning[]): Promise<ListColumn | undefined> {
    const { table } = this.file
    const isId = (column: ListColumn, one: ListMeaning) =>
      // "Customer ID" has "ID" in it, and is no creator's.
      column.look !== 'time' && column.filled >= table.rows * 0.9 && (one !== 'any_id' || says(column, one) >= 0.9)
    const candidates = wanted
      .flatMap((one) => this.named([one], (column) => isId(column, one)))
      .filter((column, i, all) => all.indexOf(column) === i)
    for (const column of candidates) {
      if (!(await isKey(table, [column.sql]))) continue
      this.take(field, column, 'no two different records of a file have the same')
      return column
    }
    const [first] = candidates
    this.lacks.push(
      first === undefined ? 'a column of ids' : `ids that tell records apart (${JSON.stringify(first.name)} repeats)`,
    )
    return undefined
  }

  /** Fill a field that no column has with what a person, or the folder of the file, says. */
  param(field: string, what: string): void {
    const params = (this.draft.top.get('params')?.value ?? []) as string[]
    this.draft.top.set('params', { value: [...params, field], evidence: `no column says ${what}` })
    this.put(field, { value: `{${field}}` }, `no column says ${what}: the folder of the file or --param does`)
    this.draft.notes.push(
      `No column says ${what}: give --param ${field}=…, or land files in a folder named by it, below the source's.`,
    )
  }

  /**
   * Fill a field with the times of a column.
   *
   * @param isDay whether the field is a date: of a time with an offset that is the day that is written
   * @returns false where the column holds no times, and is left free
   */
  async times(field: string, column: ListColumn, isDay: boolean, now = this.file.surroundings.now): Promise<boolean> {
    const { table, columns, surroundings } = this.file
    const { dateOrder = null } = column.hints
    const hints = { order: dateOrder === 'ydm' ? null : dateOrder, period: null, now }
    const shapes = timeShapes(column.shapes, surroundings.region.languages)
    if (shapes === null) return false
    const reading = await readTimes(table, column.sql, shapes, hints, surroundings.region)
    if (reading.accepted < column.filled * 0.5 || reading.isAhead) return false
    if (isDay && reading.hasOffset) {
      if (reading.formats.length > 0) return false
      const day = { extract: '^([0-9]{4}-[0-9]{2}-[0-9]{2})', format: 'YYYY-MM-DD' }
      this.take(field, column, 'the day as it is written, whatever its offset', day)
      return true
    }
    if (isDay && reading.formats.some(tellsOffset)) return false
    this.mark(field, column)
    const told = isDay ? { ...reading, hasTime: false } : reading
    putTimes(field, { columns: [column], reading: told }, columns, this.draft, surroundings.region, column)
    return true
  }
}

function tellsOffset(format: string): boolean {
  const parsed = parseTimeFormat(format)
  return 'hasZone' in parsed && parsed.hasZone
}

/**
 * Whether columns tell the records of each file apart: an equal line is the same record, and one of twenty may be a slip.
 * A record may be in several files.
 */
export async function isKey(table: LoadedTable, keys: readonly string[]): Promise<boolean> {
  const text = (columns: readonly string[]) =>
    columns.map((column) => `coalesce(${column}, '')`).join(' || chr(31) || ')
  const [row] = await table.query<{ keys: string; lines: string }>(
    `select count(distinct (f, k))::varchar as keys, count(*)::varchar as lines
     from (select distinct _line // ${linesPerFile.toFixed(0)} as f, ${text(keys)} as k, md5(${text(table.columns.map(({ sql }) => sql))}) as l from cell)`,
  )
  return Number(row?.keys) >= Number(row?.lines) * 0.95
}
