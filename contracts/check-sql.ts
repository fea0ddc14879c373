import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { type Field, sqlType } from '../models/field.ts'
import { models } from '../models/index.ts'
import type { Contract } from './contract.ts'
import { contractsOf } from './open.ts'
import type { Path } from './problem.ts'
import { columnsIn, renamed } from './source-sql.ts'
import { quote } from './sql-text.ts'
import { keyOfVariants } from './variants.ts'

/** SQL of a contract that is refused, and why. */
export interface SqlProblem {
  /** Where it stands in the contract; of a candidate of an open question, where it would stand as the answer. */
  readonly path: Path
  readonly sql: string
  readonly message: string
}

interface Expression {
  readonly path: Path
  readonly sql: string
  /** What it may name, with its SQL type; null: columns of the source, which are text. */
  readonly names: ReadonlyMap<string, string> | null
  readonly gives: 'BOOLEAN' | 'VARCHAR' | 'amount'
}

/**
 * Look at the SQL of a contract before any of it runs: a contract comes from outside.
 *
 * It is one expression, of constants, comparisons, arithmetic, CASE, casts and the functions of `allowedFunctions`, over
 * the model's fields or the contract's values in a check, over the source's columns elsewhere; decided on the tree that
 * DuckDB's own parser gives, not on the text. Then it is bound, and not run: a condition is true or false, an amount exact.
 */
export async function checkSqlProblems(contract: Contract): Promise<readonly SqlProblem[]> {
  const expressions = expressionsOf(contract)
  if (expressions.length === 0) return []
  const key = JSON.stringify([contract.model, expressions, Object.keys(contract.values ?? {})])
  const problems = known.get(key) ?? (await lookAt(expressions))
  known.set(key, problems)
  return problems
}

/** What was found of expressions that were looked at: the same ones come with every sync and every file. */
const known = new Map<string, readonly SqlProblem[]>()

function expressionsOf(contract: Contract): Expression[] {
  const { model, only, variants, checks, values = {} } = contract
  const ofFields = new Map(models[model].fields.map((field: Field) => [field.name, sqlType(field)]))
  const ofValues = new Map(Object.keys(values).map((name) => [name, 'decimal(38,9)']))
  const found: Expression[] = []
  if (only !== undefined) found.push({ path: ['only'], sql: only, names: null, gives: 'BOOLEAN' })
  for (const [path, sql] of joinConditions(contract)) found.push({ path, sql, names: null, gives: 'BOOLEAN' })
  for (const [i, { when }] of (variants?.list ?? []).entries())
    if (when !== null)
      found.push({ path: [keyOfVariants(contract), i, 'when'], sql: when, names: null, gives: 'BOOLEAN' })
  const seen = new Set<string>()
  for (const [name, { sql }] of contractsOf(contract).flatMap(({ fields }) => Object.entries(fields))) {
    const key = `${name} ${sql}`
    if (sql === undefined || seen.has(key)) continue
    seen.add(key)
    found.push({ path: ['fields', name, 'sql'], sql, names: null, gives: 'VARCHAR' })
  }
  for (const [i, check] of checks.entries()) {
    const add = (keys: Path, sql: string, gives: Expression['gives'], names = ofFields) =>
      found.push({ path: ['checks', i, ...keys], sql, names, gives })
    if ('sql' in check) add(['sql'], check.sql, 'BOOLEAN')
    else if ('balance' in check) add(['balance', 'of'], check.balance.of, 'amount')
    else if ('total' in check) {
      add(['total', 'sum'], check.total.sum, 'amount')
      add(['total', 'equals'], check.total.equals, 'amount', ofValues)
    }
  }
  return found
}

const joinConditions = ({ join }: Contract): [Path, string][] =>
  join === undefined
    ? []
    : [
        [['join', 'main'], join.main],
        ...join.parts.map(({ name, when }): [Path, string] => [['join', 'parts', name, 'when'], when]),
      ]

async function lookAt(expressions: readonly Expression[]): Promise<readonly SqlProblem[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const problems: SqlProblem[] = []
    for (const { path, sql, names, gives } of expressions) {
      const message =
        names === null
          ? await sourceProblemOf(connection, sql, gives)
          : await problemOf(connection, sql, names, path.at(-1) === 'equals' ? ofEquals : ofCheck, gives)
      if (message !== undefined) problems.push({ path, sql, message })
    }
    return problems
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** As what runs: with a name of ours for each column, which the parser must find, each as often, and no other. */
async function sourceProblemOf(
  connection: DuckDBConnection,
  written: string,
  gives: string | null,
): Promise<string | undefined> {
  const columns = columnsIn(written)
  const { sql, names } = renamed(written, (column) => `x${columns.indexOf(column)}`)
  const tree = await expressionOf(connection, sql)
  if (typeof tree === 'string') return readable(tree, columns)
  const own = columns.map((_, i) => `x${i}`)
  const found = columnRefs(tree)
  const stranger = found.find((name) => !own.includes(name))
  if (stranger !== undefined)
    return `names ${readable(stranger, columns)}; a column that is more than one plain word stands in double quotes`
  if (found.sort().join() !== [...names].sort().join()) return 'names a column where none can stand'
  const message = refused(tree, new Set(own), ofSource)
  if (message !== undefined) return message
  const from = own.map((name) => `null::varchar as ${name}`).join(', ')
  try {
    const described = await connection.runAndReadAll(`describe select (${sql}) from (select ${from})`)
    const type = String(described.getRows()[0]?.[1])
    if (type === gives) return undefined
    return gives === 'BOOLEAN'
      ? `gives ${type}, and is no condition`
      : `gives ${type}, and a field is made from text: add ::varchar`
  } catch (error) {
    return `does not run: ${readable((error as Error).message, columns)}`
  }
}

/** DuckDB's words, with the source's names for ours. */
const readable = (message: string, columns: readonly string[]): string =>
  (message.split('\n')[0] ?? '')
    .replace(/^\w+ Error: /, '')
    .replace(/\bx(\d+)\b/g, (name, i) => columns[Number(i)] ?? name)

async function problemOf(
  connection: DuckDBConnection,
  sql: string,
  names: ReadonlyMap<string, string>,
  rules: Rules,
  gives: Expression['gives'],
): Promise<string | undefined> {
  const tree = await expressionOf(connection, sql)
  const message = typeof tree === 'string' ? tree : refused(tree, new Set(names.keys()), rules)
  if (message !== undefined) return message
  const nulls = [...names].map(([name, type]) => `null::${type} as ${quote(name)}`)
  try {
    const described = await connection.runAndReadAll(`describe select (${sql}) from (select ${nulls.join(', ')})`)
    const type = String(described.getRows()[0]?.[1])
    if (gives !== 'amount') return type === gives ? undefined : `gives ${type}, and is no condition`
    if (type === 'DOUBLE' || type === 'FLOAT')
      return `gives ${type}, which holds no money exactly; multiply by a decimal such as 0.01`
    return exact.test(type) ? undefined : `gives ${type}, and is no amount`
  } catch (error) {
    return `does not run: ${readable((error as Error).message, [])}`
  }
}

const exact = /^(?:DECIMAL|U?(?:TINY|SMALL|BIG|HUGE)INT|U?INTEGER)/

/** The parser's tree of one expression; a text says why it is none. */
async function expressionOf(connection: DuckDBConnection, sql: string): Promise<object | string> {
  const result = await connection.runAndReadAll('select json_serialize_sql($1::varchar)::varchar', [`select (${sql})`])
  const tree = JSON.parse(String(result.getRows()[0]?.[0])) as Tree
  if (tree.error) return `is no SQL expression: ${tree.error_message ?? ''}`
  const node = tree.statements?.length === 1 ? tree.statements[0]?.node : undefined
  const expression = node?.select_list?.length === 1 ? node.select_list[0] : undefined
  const isPlain = node?.type === 'SELECT_NODE' && node.from_table?.type === 'EMPTY' && node.where_clause === null
  if (!isPlain || typeof expression !== 'object' || expression === null) return 'is more than one expression'
  return expression
}

/** Every name that a tree takes for a column. */
function columnRefs(tree: unknown): string[] {
  if (tree === null || typeof tree !== 'object') return []
  const node = tree as Readonly<Record<string, unknown>>
  if (node.class === 'COLUMN_REF') return [(node.column_names as readonly string[]).join('.')]
  return Object.values(node).flatMap(columnRefs)
}

interface Tree {
  readonly error: boolean
  readonly error_message?: string
  readonly statements?: readonly { readonly node: SelectNode }[]
}

interface SelectNode {
  readonly type: string
  readonly select_list?: readonly unknown[]
  readonly from_table?: { readonly type: string }
  readonly where_clause?: unknown
}

const allowedClasses = new Set(['CONSTANT', 'COMPARISON', 'CONJUNCTION', 'OPERATOR', 'CASE', 'CAST', 'BETWEEN'])

const allowedFunctions = new Set([
  ...['+', '-', '*', '/', '//', '%', '||', '~~', '!~~', '~~*', '!~~*'],
  ...['abs', 'ceil', 'floor', 'round', 'sign', 'greatest', 'least', 'coalesce', 'ifnull', 'nullif'],
  ...[
    'length',
    'strlen',
    'lower',
    'upper',
    'trim',
    'ltrim',
    'rtrim',
    'left',
    'right',
    'substr',
    'substring',
    'replace',
  ],
  ...['contains', 'prefix', 'suffix', 'starts_with', 'ends_with', 'regexp_matches', 'regexp_full_match', 'strpos'],
  ...['concat', 'concat_ws', 'split_part', 'regexp_extract', 'regexp_replace'],
  ...['year', 'month', 'day', 'hour', 'minute', 'dayofweek', 'date_diff', 'datediff', 'date_part', 'date_trunc'],
])

/** What of a tree is refused beyond what all SQL of contracts may not. */
interface Rules {
  /** As the message calls it. */
  readonly who: string
  /** What its names are. */
  readonly noun: string
  readonly barred: ReadonlySet<string>
}

const ofCheck: Rules = { who: 'a check', noun: 'field of the model', barred: new Set() }
const ofEquals: Rules = { ...ofCheck, noun: 'amount of values' }
/** A float holds no money exactly. */
const ofSource: Rules = { who: 'it', noun: 'column', barred: new Set(['/', 'DOUBLE', 'FLOAT']) }

/** Why a tree of the parser is refused; undefined where nothing speaks against it. */
function refused(tree: unknown, names: ReadonlySet<string>, rules: Rules): string | undefined {
  if (tree === null || typeof tree !== 'object') return undefined
  const node = tree as Readonly<Record<string, unknown>>
  if (typeof node.class === 'string') {
    if (node.class === 'COLUMN_REF') {
      const name = (node.column_names as readonly string[]).join('.')
      return names.has(name) ? undefined : `names "${name}", which is no ${rules.noun}`
    }
    const cast = (node.cast_type as { id?: string } | undefined)?.id ?? ''
    if (node.class === 'FUNCTION') {
      const name = String(node.function_name)
      if (rules.barred.has(name)) return `calls ${name}, which gives a float; multiply by a decimal such as 0.01`
      if (!allowedFunctions.has(name)) return `calls ${name}, which ${rules.who} may not`
    } else if (!allowedClasses.has(node.class))
      return `has a ${node.class.toLowerCase().replaceAll('_', ' ')}, which ${rules.who} may not`
    else if (rules.barred.has(cast)) return 'casts to a float, which holds no money exactly; cast to decimal(18, 6)'
  }
  for (const inner of Object.values(node)) {
    const message = refused(inner, names, rules)
    if (message !== undefined) return message
  }
  return undefined
}
