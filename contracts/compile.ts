import { type Field, type Model, sqlType } from '../models/field.ts'
import { models } from '../models/index.ts'
import { fault, faultCodes } from '../readers/batch.ts'
import { type CheckAmount, checkAmounts } from './check-amounts.ts'
import type { Column, Contract, FieldRule } from './contract.ts'
import { answersOf, contractsOf } from './open.ts'
import { derivedLayer, Signs, signSql } from './sql-derived.ts'
import { joinSql, madeColumns } from './sql-join.ts'
import { inverseSql, numberSql } from './sql-number.ts'
import { type Named, openSql, type Stack } from './sql-open.ts'
import { Cells, endsSql, firstCell, Layer, occurrenceColumns, sourceSql } from './sql-relation.ts'
import { type Headings, sectionsSql } from './sql-sections.ts'
import { cleaned, literal, presentText, quote, ruleText } from './sql-text.ts'
import { dateSql, instantSql } from './sql-time-field.ts'
import { brokenOr, handedSql } from './sql-variants.ts'
import { exponentOf, exponentSql, setup, wordSql, wordTypes } from './sql-word.ts'
import { valueRule } from './value-rule.ts'
import { hasEntries, variantsOf } from './variants.ts'

/** A contract as SQL. */
export interface CompiledContract {
  /** The source columns that the relation must have, in the order c0, c1, … */
  readonly columns: readonly Column[]
  /** Statements that a connection runs once before: the enum types of the look-ups. */
  readonly setup: readonly string[]
  /**
   * One query over the relation (see `stage/bridge.ts`): the model's fields, typed, in order; `_line`, `_start`,
   * `_length`; `_reasons` VARCHAR[] with every reason code of the record (null: valid); `_warnings` VARCHAR[] with the
   * names of checks it failed that do not reject, and `row.repaired`; `_raw` (null where valid); `_extra` JSON of `extra` columns;
   * DECIMAL(38,9) amounts of `checkAmounts`, null where they are none;
   * `_held` VARCHAR[], the open questions that the record hangs on (null: none), which are among its reasons as
   * `question.<id>`. With open questions there is `_readings` too, for a held record a list of structs with the fields of
   * `varying`: what they are on each track, null where that rejects it.
   * `_entry` UTINYINT, which of the contract's entries the row is, else 0: with entries a record has several rows, and
   * `_text`, its text whatever becomes of it: see `stage/settle-entries.ts`.
   * Records that the footer pattern matches, or that are not what `only` wants, are left out. With `format.end` there is
   * `_ends` BOOLEAN, whether its pattern matches: see `beforeEnd`.
   */
  readonly query: (relation: string, above?: Headings) => string
  /** The model's fields that the answers to open questions may change. */
  readonly varying: readonly string[]
}

/**
 * Compile a contract.
 *
 * The query is a stack of projections, each over the names of the one below: text, plain numbers, values, amounts,
 * signs, derived fields, conditions, verdict. A condition becomes a reason code only on records that fail, since building a list for
 * every record costs more than all conditions together.
 *
 * @param extra names of source columns that `_extra` gathers, for `on_new_column: add`
 */
export function compile(contract: Contract, extra: readonly string[] = []): CompiledContract {
  const cells = new Cells(madeColumns(contract), contract.join !== undefined)
  const variants = variantsOf(contract)
  const stacks = variants.map((variant, i) => {
    const entry = hasEntries(contract) && i > 0 ? ` || ${literal(`-${contract.variants?.list[i]?.name}`)}` : ''
    return answersOf(variant).map((track) => stackOf(track, cells, `_occurrence_id${entry}`))
  })
  const { format, key } = contract
  const handed = handedSql(contract, cells)
  if (contract.sections !== undefined) sectionsSql(contract.sections, cells, '', [])
  if (contract.join !== undefined) joinSql(contract.join, cells, '')
  if (format.footer !== null) firstCell(format, cells)
  if (format.end !== undefined) endsSql(format.end, contract, cells)
  cells.over('')
  cells.overRecords('')
  // What only the identity or `_extra` takes has its place in the relation too, after the fields' own.
  if ('occurrence' in key) for (const name of key.occurrence) cells.of({ name })
  for (const name of extra) cells.of({ name })
  const ends = format.end === undefined ? '' : ', _ends'
  // What becomes of an entry hangs on the others of its record too, so its text is kept for later.
  const joined = contract.join === undefined ? '' : ', _records'
  const [text, through] = hasEntries(contract)
    ? [', _raw as _text', `${ends}${joined}, _text`]
    : ['', `${ends}${joined}`]
  const tracks = (varying?: readonly string[]) =>
    variants.map(({ open }, i) => (open === undefined ? undefined : openSql(open, stacks[i] ?? [], varying)))
  const varying = [...new Set(tracks().flatMap((track) => track?.varying ?? []))]
  const bodies = tracks(varying).map((track, i) => (from: string, kept: string): string => {
    const entry = `, ${hasEntries(contract) ? i : 0}::utinyint as _entry`
    const [stack] = stacks[i] as [Stack, ...Stack[]]
    return track?.query(from, kept, `_extra${through}${entry}`) ?? plainSql(stack, from, kept, through, entry)
  })

  const query = (relation: string, above?: Headings): string => {
    const extras = extra.map((name) => `${quote(name)} := ${cells.of({ name })}`)
    const extraSql = extras.length === 0 ? 'null::varchar' : `to_json(struct_pack(${extras.join(', ')}))::varchar`
    const made = occurrenceColumns(contract).map((name) => `${name}, `)
    const kept = `${made.join('')}_line, _start, _length, _fault, _raw, ${extraSql} as _extra${ends}${joined}${text}`
    const source = sourceSql(contract, cells, relation, above)
    if (handed === undefined) return `\nwith source as (${source}),${bodies[0]?.('source', kept)}`
    const branches = bodies.map((body, i) => {
      const own = `select * from source where _refused is null and ${handed.takes[i] ?? 'true'}`
      return `select * from (with own as (${own}),${body('own', kept)})`
    })
    branches.push(
      `select _line, _start, _length, [_refused] as _reasons, _raw, ${extraSql} as _extra${ends}${joined}${text}, 0::utinyint as _entry
       from source where _refused is not null`,
    )
    return `\nwith source as materialized (select *, ${brokenOr(handed.refused)} as _refused from (${source}))
${branches.join('\nunion all by name ')}`
  }
  const maps = contractsOf(contract).flatMap(({ fields, direction }) => [
    ...Object.values(fields).map(({ map }) => Object.keys(map ?? {})),
    direction?.own ?? [],
  ])
  return { columns: cells.columns, setup: [...setup, ...wordTypes(maps)], query, varying }
}

/** The query of a contract without open questions. */
function plainSql(stack: Stack, source: string, kept: string, through: string, entry: string): string {
  const { fields, looked, isBad, reasons, warnings } = stack
  const all = fields.map(quote).join(', ')
  const lookedAt = looked.map((name) => `, ${quote(name)}`).join('')
  return `${projectionsSql(stack, source, kept)}
judged as (select ${[all, ...flagsOf(stack)].join(', ')}, _line, _start, _length, _fault, _raw, _extra${through}${lookedAt}, ${warnings} as _warnings from derived)
select ${all}, _line, _start, _length,
  ${reasons} as _reasons,
  _warnings,
  case when ${isBad} then _raw end as _raw,
  _extra${through}${lookedAt}, null::varchar[] as _held${entry}
from judged`
}

const flagsOf = ({ layers }: Stack): string[] => (layers.at(-1) ?? []).map(({ name, sql }) => `${sql} as ${name}`)

/** The layers below the flags as common tables, each over the one before: the last one is `derived`. */
function projectionsSql({ layers }: Stack, source: string, kept: string): string {
  const sql = (columns: readonly Named[]) => columns.map(({ name, sql }) => `${sql} as ${quote(name)}`).join(', ')
  const below = new Set<string>()
  const names = ['texts', 'plain', 'vals', 'units', 'amounts', 'signed', 'charged', 'derived']
  let from = source
  const projections = names.map((name, i) => {
    const columns = layers[i] ?? []
    if (name === 'charged' && columns.length === 0) return ''
    const known = columns.filter((column) => below.has(column.name))
    const own = columns.filter((column) => !below.has(column.name))
    for (const column of columns) below.add(column.name)
    const all = known.length === 0 ? '*' : `* replace (${sql(known)})`
    const selected = i === 0 ? `${sql(own)}, ${kept}` : own.length === 0 ? all : `${all}, ${sql(own)}`
    const projection = `\n${name} as (select ${selected} from ${from}),`
    from = name
    return projection
  })
  return projections.join('')
}

/**
 * A contract as parts that can be computed one by one: see `contracts/parts.ts`. Undefined where a record's verdict hangs
 * on others, or is one of several: joined lines, sections, kinds, entries, open questions, a table's end, occurrence keys.
 */
export function stackAlone(contract: Contract): StackAlone | undefined {
  const { sections, join, variants, open, format, key } = contract
  const hangs = [sections, join, variants, open, format.end].some((given) => given !== undefined)
  if (hangs || 'occurrence' in key) return undefined
  const cells = new Cells()
  const stack = stackOf(contract, cells, 'null')
  cells.over('')
  const query = (relation: string, names: readonly string[]): string =>
    `with source as (select * from ${cells.over(relation)}),${projectionsSql(stack, 'source', '_line, _start, _length, _fault, _raw')}
judged as (select ${['*', ...flagsOf(stack)].join(', ')} from derived)
select _line, ${names.map(quote).join(', ')} from judged`
  return { stack, cells, query }
}

export interface StackAlone {
  readonly stack: Stack
  readonly cells: Cells
  /**
   * `_line` and these of the stack's columns.
   *
   * @param relation with all columns of `cells`
   */
  readonly query: (relation: string, names: readonly string[]) => string
}

/**
 * The projections of a contract, from its texts to the flags of its conditions.
 *
 * @param madeId SQL of the identity of a record that has none of its own
 */
function stackOf(contract: Contract, cells: Cells, madeId: string): Stack {
  const model: Model = models[contract.model]
  const text = new Layer()
  const plain = new Layer()
  const values = new Layer()
  const units = new Layer()
  const amounts = new Layer()
  const conditions: Condition[] = []
  const reject = (code: string, sql: string) => {
    if (sql !== 'false') conditions.push({ code, sql })
  }

  if (contract.only !== undefined) {
    text.add('_undecided', `${cells.ofLine(contract.only)} is null`)
    reject('only.unparseable', '_undecided')
  }
  const signs = new Signs(contract, cells, text, values, reject)
  const currencyField = model.fields.find((field) => field.type === 'currency')
  const currency = currencyField && fieldRule(contract, currencyField)
  const exponent = currency === undefined ? '2' : exponentSql(currency)

  for (const field of model.fields) {
    const rule = fieldRule(contract, field)
    if (rule === undefined) {
      if (!(field.name === 'transaction_id' && 'occurrence' in contract.key))
        values.add(field.name, `null::${sqlType(field)}`)
      continue
    }
    const t = `t_${field.name}`
    if (rule.sql !== undefined) {
      const given = cells.expression(rule.sql)
      text.add(t, presentText(`${given}.v`, rule))
      text.add(`j_${field.name}`, `${given} is null`)
      reject(`${field.name}.unparseable`, `j_${field.name}`)
    } else if (field.type !== 'money' || rule.debit === null) {
      text.add(
        t,
        ruleText(rule, (column) => cells.of(column)),
      )
      for (const column of rule.json === null ? [] : rule.columns) {
        const cell = cells.of(column)
        text.add(`j_${field.name}`, `${cleaned(cell)} is not null and not json_valid(${cell})`)
        reject(`${field.name}.unparseable`, `j_${field.name}`)
      }
    }
    // An amount without its currency is in none that is known, and one reason says so.
    const absent = field.type === 'currency' ? 'unknown' : 'missing'
    if (field.required && !field.derived && !rule.value) reject(`${field.name}.${absent}`, `${t} is null`)

    if (field.type === 'money' || field.type === 'rate') addAmount(field, rule)
    else if (field.type === 'instant' || field.type === 'date') addTime(field, rule)
    else addWord(field, rule)
  }

  function addWord(field: Field, rule: FieldRule): void {
    const t = `t_${field.name}`
    const known = wordSql(field, rule, t)
    if (field.type === 'currency') {
      values.add(`k_${field.name}`, known.sql)
      units.add(field.name, `k_${field.name}::varchar`)
      units.add('_exponent', exponentOf(`k_${field.name}`))
    } else values.add(field.name, known.sql)
    if (known.code !== null) reject(`${field.name}.${known.code}`, `${t} is not null and ${field.name} is null`)
  }

  function addTime({ name, type }: Field, rule: FieldRule): void {
    const { zoneWords, agrees } = rule
    if (zoneWords !== null) text.add(`z_${name}`, cleaned(cells.of(zoneWords.column)))
    if (agrees !== null)
      text.add(
        `t_${name}_agrees`,
        ruleText(agrees, (column) => cells.of(column)),
      )
    if (rule.year !== undefined && 'from' in rule.year)
      for (const bound of ['from', 'to'] as const)
        text.add(
          `t_${name}_${bound}`,
          ruleText(rule.year[bound], (column) => cells.of(column)),
        )
    const time = (type === 'date' ? dateSql : instantSql)(name, rule, contract.regionZone)
    for (const [column, sql] of time.plain) plain.add(column, sql)
    for (const [column, sql] of time.values) values.add(column, sql)
    for (const [column, sql] of time.units) units.add(column, sql)
    for (const [column, sql] of time.amounts) amounts.add(column, sql)
    for (const [reason, sql] of time.reasons) reject(`${name}.${reason}`, sql)
  }

  function addAmount(field: Field, rule: FieldRule): void {
    const name = field.name
    const scale = field.type === 'rate' ? null : exponent
    const read = (suffix: string): string => {
      const names = {
        text: `t_${name}${suffix}`,
        isPlain: `q_${name}${suffix}`,
        normal: `n_${name}${suffix}`,
        exponent: scale,
      }
      const number = numberSql(rule, names)
      plain.add(names.isPlain, number.isPlain)
      values.add(names.normal, number.normal)
      amounts.add(`a_${name}${suffix}`, number.value)
      reject(`${name}.unparseable`, number.unparseable)
      reject(`${name}.out_of_range`, number.outOfRange)
      reject(`${name}.precision`, number.precision)
      return `a_${name}${suffix}`
    }
    if (rule.debit !== null && rule.credit !== null) {
      text.add(`t_${name}_debit`, presentText(cells.of(rule.debit), rule))
      text.add(`t_${name}_credit`, presentText(cells.of(rule.credit), rule))
      const [debit, credit] = [read('_debit'), read('_credit')]
      reject(`${name}.both_sides`, `coalesce(${debit} <> 0 and ${credit} <> 0, false)`)
      // A debit is money out, whether the source writes it with a minus or not.
      signs.amount(
        field,
        rule,
        `case when ${debit} is null and ${credit} is null then null else coalesce(${credit}, 0) - abs(coalesce(${debit}, 0)) end`,
      )
      reject(`${name}.missing`, field.required ? `t_${name}_debit is null and t_${name}_credit is null` : 'false')
      return
    }
    const amount = read('')
    const given = rule.invert ? inverseSql(amount) : amount
    if (rule.invert) reject(`${name}.out_of_range`, `coalesce(${amount} is not null and ${given} is null, false)`)
    signs.amount(field, rule, given)
  }

  function addCheckAmount({ name, rule }: CheckAmount): void {
    const names = { text: `t${name}`, isPlain: `q${name}`, normal: `n${name}`, exponent }
    text.add(
      names.text,
      ruleText(rule, (column) => cells.of(column)),
    )
    const number = numberSql(rule, names)
    plain.add(names.isPlain, number.isPlain)
    values.add(names.normal, number.normal)
    let amount = rule.negate ? `-(${number.value})` : `(${number.value})`
    if (rule.sign !== null) {
      text.add(`w${name}`, cleaned(cells.of(rule.sign.column)))
      values.add(`f${name}`, signSql(`w${name}`, rule.sign))
      amount += ` * f${name}`
    }
    amounts.add(name, `(${amount})::decimal(38,9)`)
  }

  const looked = checkAmounts(contract)
  looked.forEach(addCheckAmount)
  const charges = new Layer()
  const derived = derivedLayer(contract, model, signs, charges, reject, madeId)
  const names = model.fields.map((field) => field.name)
  const checks = contract.checks.filter((check) => 'sql' in check)
  for (const check of checks)
    if (check.severity === 'reject') reject(`check.${check.name}`, `not coalesce((${check.sql}), true)`)
  const warned = checks
    .filter((check) => check.severity !== 'reject')
    .map(({ name, sql }): Named => ({ name, sql: `not coalesce((${sql}), true)` }))
  const isUnrepaired = `_fault <> ${fault.repaired}`
  const isBroken = `(_fault <> ${fault.none} and ${isUnrepaired})`
  const rowFault = `[${faultCodes.map(literal).join(', ')}][_fault + 1]`
  const bad = conditions.map((_, i) => `r_${i}`).join(' or ') || 'false'
  const codes = conditions.map(({ code }, i) => `case when r_${i} then ${literal(code)} end`).join(', ')
  const warnings = warned.map(({ name, sql }) => `case when ${sql} then ${literal(name)} end`)
  warnings.unshift(`case when _fault = ${fault.repaired} then ${literal(faultCodes[fault.repaired])} end`)
  const noWarning = [isUnrepaired, ...warned.map(({ sql }) => `not (${sql})`)].join(' and ')
  const listed = (items: string) => `list_distinct_in_order([${items}])`
  const layers = [text, plain, values, units, amounts, signs.layer, charges, derived].map(({ columns }) => columns)
  return {
    fields: names,
    looked: looked.map(({ name }) => name),
    layers: [...layers, conditions.map(({ sql }, i) => ({ name: `r_${i}`, sql }))],
    codes: conditions.map(({ code }) => code),
    warned,
    isBad: `${isBroken} or ${bad}`,
    reasons: `case when ${isBroken} then [${rowFault}] when ${bad} then ${listed(codes)} end`,
    warnings: `case when not (${noWarning}) then ${listed(warnings.join(', '))} end`,
  }
}

interface Condition {
  readonly code: string
  readonly sql: string
}

/** The rule of a field: the contract's, or the model's default as a value. */
function fieldRule(contract: Contract, field: Field): FieldRule | undefined {
  const rule = contract.fields[field.name]
  if (rule !== undefined || field.default === undefined) return rule
  return valueRule(field.default, contract.regionZone)
}
