import { fault } from '../readers/batch.ts'
import type { Column, Contract } from './contract.ts'
import { tables } from './format-type.ts'
import { renamed } from './source-sql.ts'
import { joinSql } from './sql-join.ts'
import type { Named } from './sql-open.ts'
import { type Headings, sectionsSql } from './sql-sections.ts'
import { cleaned, literal, rawText } from './sql-text.ts'

/** Expressions and what they are called. */
type Expressions = Map<string, string>

/**
 * The relation's columns by what the contract calls them, and expressions over them; filled as they are asked for. Columns
 * that the contract makes are none of the source.
 */
export class Cells {
  readonly columns: Column[] = []
  readonly #known = new Map<string, number>()
  /** Over the lines of the source, and over the records that are made of them. */
  readonly #ofLines: Expressions = new Map()
  readonly #ofRecords: Expressions
  readonly #made: ReadonlyMap<string, string>

  /**
   * @param made names of columns that are made -> what they are called in SQL
   * @param isJoined whether some of them are there in records alone, and not in lines yet
   */
  constructor(made: ReadonlyMap<string, string> = new Map(), isJoined = false) {
    this.#made = made
    this.#ofRecords = isJoined ? new Map() : this.#ofLines
  }

  of(column: Column): string {
    const made = 'name' in column ? this.#made.get(column.name) : undefined
    if (made !== undefined) return made
    const key = JSON.stringify(column)
    const known = this.#known.get(key)
    if (known !== undefined) return `c${known}`
    this.#known.set(key, this.columns.length)
    this.columns.push(column)
    return `c${this.columns.length - 1}`
  }

  /** The struct in which `v` is what SQL over the source's columns gives; null where it fails on a record. */
  expression(sql: string): string {
    return nameOf(this.#ofRecords, sql, this.#ofRecords === this.#ofLines ? 'e' : 'f')
  }

  /** The same of a line of the source, before lines are joined. */
  ofLine(sql: string): string {
    return nameOf(this.#ofLines, sql, 'e')
  }

  /** The expressions over lines: what they are called, and how they are written. */
  get expressions(): readonly { readonly name: string; readonly written: string }[] {
    return [...this.#ofLines].map(([written, name]) => ({ name, written }))
  }

  /** A relation of lines with the expressions over them. */
  over(relation: string): string {
    return this.#with(this.#ofLines, relation)
  }

  /** A relation of records with the expressions over them. */
  overRecords(relation: string): string {
    return this.#ofRecords === this.#ofLines ? relation : this.#with(this.#ofRecords, relation)
  }

  #with(expressions: Expressions, relation: string): string {
    if (expressions.size === 0) return relation
    const texts = new Layer()
    const results = [...expressions].map(([written, name]) => {
      const { sql } = renamed(written, (column) => {
        const cell = this.of({ name: column })
        const text = `x_${name.charAt(0)}_${cell}`
        texts.add(text, cleaned(cell))
        return text
      })
      return `try(struct_pack(v := (${sql}))) as ${name}`
    })
    const cleanedTexts = texts.columns.map(({ name, sql }) => `${sql} as ${name}`)
    return `(select *, ${results.join(', ')} from (select *, ${cleanedTexts.join(', ')} from ${relation}))`
  }
}

function nameOf(expressions: Expressions, sql: string, letter: string): string {
  const known = expressions.get(sql) ?? `${letter}${expressions.size}`
  expressions.set(sql, known)
  return known
}

/** One projection: names and their expressions over the names below. */
export class Layer {
  readonly columns: Named[] = []
  readonly #names = new Set<string>()

  add(name: string, sql: string): void {
    if (this.#names.has(name)) return
    this.#names.add(name)
    this.columns.push({ name, sql })
  }
}

/** The relation without footers; for occurrence keys with the records' own identity. */
export function sourceSql(contract: Contract, cells: Cells, relation: string, above: Headings = []): string {
  const { footer } = contract.format
  const matched = [rawText, ...firstCell(contract.format, cells)].map(
    (text) => `coalesce(regexp_matches(${text}, ${literal(footer ?? '')}), false)`,
  )
  const end = contract.format.end === undefined ? null : endsSql(contract.format.end, contract, cells)
  const kept = [
    ...(footer === null ? [] : [`not (${matched.join(' or ')})`]),
    ...(contract.only === undefined ? [] : [isWanted(cells.ofLine(contract.only))]),
  ]
  const all = kept.join(' and ')
  const where = kept.length === 0 ? '' : ` where ${end === null ? all : `_ends or (${all})`}`
  const { sections } = contract
  const over = cells.over(sections === undefined ? relation : `(${sectionsSql(sections, cells, relation, above)})`)
  const lines = end === null ? over : `(select *, ${end} as _ends from ${over})`
  const { join } = contract
  const rows =
    join === undefined
      ? lines
      : cells.overRecords(`(${joinSql(join, cells, `select * from ${lines}${where}`, end !== null)})`)
  if (join !== undefined) return `select * from ${rows}`
  if (!('occurrence' in contract.key)) return `select * from ${rows}${where}`
  const columns = contract.key.occurrence.map((name) => `coalesce(${cleaned(cells.of({ name }))}, '')`)
  const line = `concat_ws(chr(31), ${columns.join(', ')})`
  return `select *, md5(_identity) || '-' || row_number() over (partition by _identity order by _line) as _occurrence_id
    from (select *, ${line} as _identity from ${rows}${where})`
}

/**
 * Whether a record is wanted by `only`, or that can not be told: where the condition fails, and of a record that is broken,
 * whose cells may be others' than they seem.
 */
const isWanted = (only: string): string =>
  `case when ${only} is null or _fault not in (${fault.none}, ${fault.repaired}) then true else coalesce(${only}.v, false) end`

/** Whether a record, by its text or its first cell, ends the table. */
export function endsSql(pattern: string, { format }: Contract, cells: Cells): string {
  const texts = [rawText, ...(tables.includes(format.type) ? [cells.of({ position: 1 })] : [])]
  return texts.map((text) => `coalesce(regexp_matches(${text}, ${literal(pattern)}), false)`).join(' or ')
}

/** SELECT of what a query with `format.end` gave before the first record that ends the table: in any order, so by lines. */
export const beforeEnd = (judged: string): string =>
  `select * exclude (_ends) from ${judged} where _line < coalesce(${endLine(judged)}, 9223372036854775807)`

/** SELECT of that record, and what is behind it. */
export const fromEnd = (judged: string): string => `select * from ${judged} where _line >= ${endLine(judged)}`

const endLine = (judged: string): string => `(select min(_line) from ${judged} where _ends)`

/** A record's first cell, where records have cells in an order. */
export const firstCell = ({ type, quote }: Contract['format'], cells: Cells): readonly string[] => {
  if (type === 'csv') return quote === null ? [] : [`ltrim(${rawText}, ${literal(quote)})`]
  return ['excel', 'html', 'fixed'].includes(type) ? [cells.of({ position: 1 })] : []
}

export const occurrenceColumns = (contract: Contract): readonly string[] =>
  'occurrence' in contract.key ? ['_occurrence_id'] : []
