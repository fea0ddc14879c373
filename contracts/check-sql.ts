import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { models } from '../models/index.ts'
import type { Contract } from './contract.ts'

/** A check whose SQL is refused, and why. */
export interface CheckProblem {
  readonly name: string
  readonly message: string
}

/**
 * Look at the SQL of a contract's checks before any of it runs: a contract comes from outside.
 *
 * A check is one expression over the model's fields, from constants, comparisons, arithmetic, CASE, casts and the
 * functions of `allowedFunctions`; decided on the tree that DuckDB's own parser gives, not on the text.
 */
export async function checkSqlProblems(contract: Contract): Promise<readonly CheckProblem[]> {
  const checks = contract.checks.flatMap((check) => ('sql' in check ? [check] : []))
  if (checks.length === 0) return []
  const key = JSON.stringify([contract.model, checks])
  const problems = known.get(key) ?? (await lookAt(contract, checks))
  known.set(key, problems)
  return problems
}

/** What was found of checks that were looked at: the same ones come with every sync and every file. */
const known = new Map<string, readonly CheckProblem[]>()

async function lookAt(
  contract: Contract,
  checks: readonly { readonly name: string; readonly sql: string }[],
): Promise<readonly CheckProblem[]> {
  const fields = new Set<string>(models[contract.model].fields.map((field) => field.name))
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  try {
    const problems: CheckProblem[] = []
    for (const { name, sql } of checks) {
      const message = await problemOf(connection, sql, fields)
      if (message !== undefined) problems.push({ name, message })
    }
    return problems
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function problemOf(
  connection: DuckDBConnection,
  sql: string,
  fields: ReadonlySet<string>,
): Promise<string | undefined> {
  const result = await connection.runAndReadAll('select json_serialize_sql($1::varchar)::varchar', [`select (${sql})`])
  const tree = JSON.parse(String(result.getRows()[0]?.[0])) as Tree
  if (tree.error) return `is no SQL expression: ${tree.error_message ?? ''}`
  const node = tree.statements?.length === 1 ? tree.statements[0]?.node : undefined
  const expression = node?.select_list?.length === 1 ? node.select_list[0] : undefined
  const isPlain = node?.type === 'SELECT_NODE' && node.from_table?.type === 'EMPTY' && node.where_clause === null
  if (expression === undefined || !isPlain) return 'is more than one expression'
  return refused(expression, fields)
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
  ...['year', 'month', 'day', 'hour', 'minute', 'dayofweek', 'date_diff', 'datediff', 'date_part', 'date_trunc'],
])

/** Why a tree of the parser is refused; undefined where nothing speaks against it. */
function refused(tree: unknown, fields: ReadonlySet<string>): string | undefined {
  if (Array.isArray(tree)) return firstRefused(tree, fields)
  if (tree === null || typeof tree !== 'object') return undefined
  const node = tree as Readonly<Record<string, unknown>>
  if (typeof node.class === 'string') {
    if (node.class === 'COLUMN_REF') {
      const names = node.column_names as readonly string[]
      const name = names.join('.')
      return fields.has(name) ? undefined : `names "${name}", which is no field of the model`
    }
    if (node.class === 'FUNCTION') {
      const name = String(node.function_name)
      if (!allowedFunctions.has(name)) return `calls ${name}, which a check may not`
    } else if (!allowedClasses.has(node.class))
      return `has a ${node.class.toLowerCase().replaceAll('_', ' ')}, which a check may not`
  }
  return firstRefused(Object.values(node), fields)
}

function firstRefused(trees: readonly unknown[], fields: ReadonlySet<string>): string | undefined {
  for (const tree of trees) {
    const message = refused(tree, fields)
    if (message !== undefined) return message
  }
  return undefined
}
