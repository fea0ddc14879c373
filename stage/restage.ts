import { isDeepStrictEqual } from 'node:util'
import { type CompiledContract, compile } from '../contracts/compile.ts'
import type { Column, Contract, Format } from '../contracts/contract.ts'
import { keyFields } from '../contracts/key.ts'
import { type ContractParts, contractParts, type Part } from '../contracts/parts.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { fault, faultCodes } from '../readers/batch.ts'
import { needsEdges } from './given-amounts.ts'

/**
 * How records that one contract has judged are judged by another: what both make alike of the same cells is taken from
 * what was staged, and only the columns are read that the rest needs.
 */
export interface Restage {
  readonly compiled: CompiledContract
  /**
   * Whether `query` reads the file: by all columns that the contract wants, for these tell which row is the header, and
   * which sheet is meant.
   */
  readonly readsFile: boolean
  /**
   * The columns that the other contract wanted, where this one wants others: its records are the same only if the header is
   * found where it was. Null: they want the same.
   */
  readonly otherColumns: readonly Column[] | null
  /** Whether it holds only where no record is marked as put right: some may have been for a column that is not wanted any more. */
  readonly wantsNoneRepaired: boolean
  /** Columns that the records have to have as they were staged: an earlier Entrepot may have left out some. */
  readonly takes: readonly string[]
  /** Fields of the model that can be others than before. */
  readonly fields: readonly string[]
  /** Whether records that are valid by both have the keys they had. */
  readonly keepsKeys: boolean
  /**
   * The query of the new contract's records, shaped as `compile` says; but `_raw` is null in records that were valid, and
   * are not: see `stage/judge-again.ts`. Null: all records are as they were.
   *
   * @param former path of the records as they were staged
   * @param file the relation with the compiled contract's columns
   */
  readonly query: ((former: string, file: string) => string) | null
}

/**
 * The restage from one contract to another; undefined where the file has to be judged anew as a whole.
 *
 * @param format how the file was read, with nothing left to be found
 */
export function restageFrom(other: Contract, contract: Contract, format: Format): Restage | undefined {
  if (!readsAlike(other, contract)) return undefined
  const [before, after] = [contractParts({ ...other, format }), contractParts({ ...contract, format })]
  if (before === undefined || after === undefined) return undefined
  const [was, compiled] = [compile({ ...other, format }), compile({ ...contract, format })]
  const wanted = was.columns.map(keyOf)
  const places = compiled.columns.map(keyOf)
  const wantsAlike = isDeepStrictEqual(wanted.toSorted(), places.toSorted())
  const change = changeOf(before, after)
  const readsFile = [...change.fresh.values()].some(({ isOfCells }) => isOfCells)
  if (!readsFile && places.some((place) => !wanted.includes(place))) return undefined
  const marksAnew = readsFile && !wantsAlike
  const cellOf = (column: Column) => (readsFile ? `c${places.indexOf(keyOf(column))}` : 'null::varchar')
  const cells = after.columns.map((column, i) => `${cellOf(column)} as c${i}`)
  const rest = readsFile ? '_fault, _raw' : '0::utinyint as _fault, null::varchar as _raw'
  const fields = [...after.fields.keys()].filter((name) => change.fresh.has(name))
  const isKept = (name: string) => keyFields(other).includes(name) && !fields.includes(name)
  return {
    compiled,
    readsFile,
    otherColumns: wantsAlike ? null : was.columns,
    wantsNoneRepaired: !wantsAlike && !readsFile,
    takes: [...[...after.fields.keys(), ...after.looked.keys()].filter((name) => !change.fresh.has(name)), ...kept],
    fields,
    keepsKeys: keyFields(contract).length === keyFields(other).length && keyFields(contract).every(isKept),
    query:
      change === noChange
        ? null
        : (former, file) => {
            const relation = `(select ${[...cells, '_line', '_start', '_length', rest].join(', ')} from ${readsFile ? file : recordsOf(former)})`
            const computed = [...change.fresh.keys(), ...(marksAnew ? ['_fault'] : [])]
            return restagedSql(recordsOf(former), after, change, after.query(relation, computed), marksAnew)
          },
  }
}

const recordsOf = (path: string) => `read_parquet(${literal(path)})`

const keyOf = (column: Column) => JSON.stringify(column)

/** Whether two contracts find the same records in every file. */
function readsAlike(former: Contract, contract: Contract): boolean {
  const records = ({ model, format, only, onNewColumn }: Contract) => ({ model, format, only, onNewColumn })
  const isAlike = isDeepStrictEqual(records(former), records(contract))
  return isAlike && contract.onNewColumn !== 'add' && !needsEdges(contract)
}

/** What of a contract is not as it was. */
interface Change {
  /** Fields, amounts and flags that are to be computed of cells, by name. */
  readonly fresh: ReadonlyMap<string, Part>
  /** Reasons that are to be told anew. */
  readonly codes: ReadonlySet<string>
  /** Checks that warn of other things than before; null: neither these nor their order changed. */
  readonly warnings: ReadonlySet<string> | null
}

const noChange: Change = { fresh: new Map(), codes: new Set(), warnings: null }

/** A contract's parts by what they say. */
const saidBy = ({ fields, looked, conditions, warnings }: ContractParts) => ({
  values: [fields, looked].map((parts) => [...parts].map(([name, { id }]) => ({ name, id }))),
  conditions: conditions.map(({ code, id }) => ({ code, id })),
  warnings: warnings.map(({ name, id }) => ({ name, id })),
})

function changeOf(before: ContractParts, after: ContractParts): Change {
  const [was, is] = [saidBy(before), saidBy(after)]
  if (isDeepStrictEqual(was, is)) return noChange
  const fresh = new Map<string, Part>()
  for (const kind of ['fields', 'looked'] as const)
    for (const [name, part] of after[kind]) if (before[kind].get(name)?.id !== part.id) fresh.set(name, part)
  const codes = changedCodes(before, after)
  for (const condition of after.conditions)
    if (codes.has(condition.code) && condition.sql === null) fresh.set(condition.flag, condition)
  const idOf = (name: string) => before.warnings.find((other) => other.name === name)?.id
  const warnings = after.warnings.flatMap(({ name, id }) => (id === idOf(name) ? [] : [name]))
  return { fresh, codes, warnings: isDeepStrictEqual(was.warnings, is.warnings) ? null : new Set(warnings) }
}

/** Reasons with other conditions than before, and those whose place among the others tells which of their own held. */
function changedCodes(before: ContractParts, after: ContractParts): ReadonlySet<string> {
  const idsOf = ({ conditions }: ContractParts, code: string) =>
    conditions.flatMap((condition) => (condition.code === code ? [condition.id] : [])).toSorted()
  const codes = after.conditions.map(({ code }) => code)
  const isScattered = (code: string) => codes.lastIndexOf(code) - codes.indexOf(code) >= idsOf(after, code).length
  return new Set(
    codes.filter((code) => isScattered(code) || !isDeepStrictEqual(idsOf(before, code), idsOf(after, code))),
  )
}

/** What stands of a record beside its values and its line. */
const kept = ['_start', '_length', '_reasons', '_warnings', '_raw', '_extra', '_held', '_entry']

/**
 * The records as they stood, with what changed.
 *
 * @param computed query of `_line` and what is to be computed of cells
 */
function restagedSql(
  stood: string,
  after: ContractParts,
  { fresh, codes, warnings }: Change,
  computed: string,
  marksAnew: boolean,
): string {
  const looked = [...after.looked.keys()].map(quote)
  const fields = [...after.fields.keys()].map(quote)
  const isFlag = (name: string) => after.conditions.some(({ flag }) => flag === name)
  const values = [...after.fields.keys(), ...after.looked.keys(), ...[...fresh.keys()].filter(isFlag)]
  const valued = values.map((name) => `${fresh.has(name) ? 'fresh' : 'stood'}.${quote(name)}`)
  if (marksAnew) valued.push('fresh._fault')
  // A record that is not found again would be one of nulls.
  const line = `case when fresh._line is null then error('line ' || stood._line || ' is not found again') else stood._line end`
  const [from, lineSql] =
    fresh.size === 0
      ? ['stood', 'stood._line']
      : [`stood left join (${computed}) fresh on fresh._line = stood._line`, line]
  const changed = after.conditions.filter(({ code }) => codes.has(code))
  const flags = changed.flatMap(({ sql, flag }) => (sql === null ? [] : [`, ${sql} as ${flag}`]))
  return `
with stood as (select * from ${stood}),
joined as (select ${[...valued, ...kept.map((name) => `stood.${name}`)].join(', ')}, ${lineSql} as _line from ${from}),
flagged as (select *${flags.join('')} from joined),
told as (select * replace (${reasonsSql(after, codes)} as _reasons, ${warningsSql(after, warnings, marksAnew)} as _warnings) from flagged)
select ${fields.join(', ')}, _line, _start, _length, _reasons, _warnings,
  case when _reasons is not null then _raw end as _raw, _extra${looked.map((name) => `, ${name}`).join('')}, _held, _entry
from told`
}

/**
 * The list of reasons: as the record had them, and as the flags tell them where they changed; in the order of the conditions.
 * Records that were valid are the most by far, and have none but those of flags.
 */
function reasonsSql({ conditions }: ContractParts, codes: ReadonlySet<string>): string {
  const changed = conditions.filter(({ code }) => codes.has(code))
  const isBad = changed.map(({ flag }) => flag).join(' or ') || 'false'
  const flagged = changed.map(({ code, flag }) => ({ name: code, sql: flag }))
  const told = conditions.map(({ code, flag }) => ({
    name: code,
    sql: codes.has(code) ? flag : `list_contains(_reasons, ${literal(code)})`,
  }))
  return `case when _reasons is null then case when ${isBad} then ${listSql(flagged)} end
    when list_contains([${faultCodes.map(literal).join(', ')}], _reasons[1]) then _reasons
    else ${listSql(told)} end`
}

/** The same of warnings. */
function warningsSql({ warnings }: ContractParts, changed: Change['warnings'], marksAnew: boolean): string {
  if (changed === null && !marksAnew) return '_warnings'
  const stands = (name: string) => ({ name, sql: `list_contains(_warnings, ${literal(name)})` })
  const told = warnings.map(({ name, sql }) => (changed?.has(name) ? { name, sql } : stands(name)))
  const repaired = faultCodes[fault.repaired]
  return listSql([marksAnew ? { name: repaired, sql: `_fault = ${fault.repaired}` } : stands(repaired), ...told])
}

/** Names of which the SQL is true, in order, each once; null where there are none. */
const listSql = (items: readonly { readonly name: string; readonly sql: string }[]): string =>
  `nullif(list_distinct_in_order([${items.map(({ name, sql }) => `case when ${sql} then ${literal(name)} end`).join(', ')}]::varchar[]), [])`
