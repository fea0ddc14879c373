import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api'
import { Fault } from '../models/fault.ts'
import { type JsonRow, toJsonRows } from './rows.ts'

export interface SelectLimits {
  readonly maxRows: number
  readonly timeoutMs: number
}

export const defaultSelectLimits: SelectLimits = { maxRows: 10_000, timeoutMs: 30_000 }

export interface SelectAnswer {
  readonly rows: readonly JsonRow[]
  /** There are more rows than `maxRows`. */
  readonly truncated: boolean
}

/**
 * Run one SELECT that a person wrote, on a connection of its own, in a read-only transaction.
 *
 * It is parsed before it is prepared: DuckDB prepares a PRAGMA as a SELECT and binds a COPY's file. Table functions
 * are from a list, because some act: `from enable_logging(storage = 'file')` on a locked instance ends the process.
 *
 * @throws Fault "query.not-select", "query.function", "query.file", "query.timeout", "query.failed"
 */
export async function runSelect(
  instance: DuckDBInstance,
  sql: string,
  { maxRows, timeoutMs }: SelectLimits = defaultSelectLimits,
): Promise<SelectAnswer> {
  const connection = await instance.connect()
  const deadline = performance.now() + timeoutMs
  // An interrupt that meets no running statement is lost, so it is repeated until the statement has ended.
  const timer = setInterval(() => performance.now() >= deadline && connection.interrupt(), Math.min(timeoutMs, 100))
  try {
    await checkSelect(connection, sql)
    await connection.run('begin transaction read only')
    const reader = await connection.streamAndReadUntil(sql, maxRows + 1)
    return { rows: toJsonRows(reader, maxRows), truncated: reader.currentRowCount > maxRows }
  } catch (error) {
    if (error instanceof Fault) throw error
    if (performance.now() >= deadline)
      throw new Fault(
        'query.timeout',
        `The query took longer than ${timeoutMs} ms and was stopped.`,
        'Ask for fewer days or columns, or aggregate more.',
        { cause: error },
      )
    if (isTrouble(error)) throw error
    throw new Fault(
      'query.failed',
      String((error as Error).message),
      'Correct the SQL; `describe <table>` lists columns.',
      {
        cause: error,
      },
    )
  } finally {
    clearInterval(timer)
    connection.closeSync() // ends the transaction
  }
}

/** DuckDB's troubles that are not the SQL's fault. */
const isTrouble = (error: unknown): boolean =>
  !(error instanceof Error) || /^(IO|FATAL|INTERNAL|Connection) Error/.test(error.message)

/** Table functions that only read what the tables hold or make rows from their arguments. */
const tableFunctions = new Set([
  ...['range', 'generate_series', 'unnest', 'repeat', 'json_each', 'json_tree', 'summary'],
  ...['duckdb_columns', 'duckdb_constraints', 'duckdb_functions', 'duckdb_schemas', 'duckdb_tables', 'duckdb_types'],
  ...['duckdb_views', 'pragma_table_info', 'pragma_show', 'pragma_version'],
])

/** Refuse all but one SELECT (or DESCRIBE, SHOW, SUMMARIZE) over tables. Nothing of it is run or bound. */
async function checkSelect(connection: DuckDBConnection, sql: string): Promise<void> {
  const reader = await connection.runAndReadAll('select json_serialize_sql($1::varchar)', [sql])
  const tree = JSON.parse(String(reader.value(0, 0))) as SqlTree
  if (tree.error)
    throw new Fault(
      'query.not-select',
      tree.error_type === 'parser'
        ? `The SQL does not parse: ${tree.error_message}`
        : 'Only a SELECT can be run here; this is another kind of statement.',
      'Write one SELECT (or DESCRIBE, SHOW TABLES, SUMMARIZE); a PIVOT can be written as sum(…) filter (…).',
    )
  if (tree.statements?.length !== 1)
    throw new Fault(
      'query.not-select',
      `Found ${tree.statements?.length ?? 0} statements where one SELECT was expected.`,
      'Send one SELECT a request.',
    )
  for (const node of nodesOf(tree.statements)) {
    if (node.type === 'TABLE_FUNCTION') checkFunction(node.function?.function_name ?? '')
    if (node.type === 'BASE_TABLE') checkTable(node.table_name ?? '')
  }
}

function checkFunction(name: string): void {
  if (tableFunctions.has(name.toLowerCase())) return
  throw new Fault(
    'query.function',
    `The table function ${name}() is not among those that a query may use: ${[...tableFunctions].join(', ')}.`,
    'Select from tables and views; `show all tables` lists them.',
  )
}

function checkTable(name: string): void {
  if (/^[\p{L}\p{N}_ $-]+$/u.test(name)) return
  throw new Fault(
    'query.file',
    `${JSON.stringify(name)} is no table name; files can not be read here.`,
    'Select from tables and views; `show all tables` lists them.',
  )
}

interface SqlTree {
  readonly error: boolean
  readonly error_type?: string
  readonly error_message?: string
  readonly statements?: readonly unknown[]
}

interface SqlNode {
  readonly type?: string
  readonly table_name?: string
  readonly function?: { readonly function_name?: string }
}

function* nodesOf(tree: unknown): Generator<SqlNode> {
  const waiting = [tree]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    if (!Array.isArray(value)) yield value as SqlNode
    for (const child of Object.values(value)) waiting.push(child)
  }
}
