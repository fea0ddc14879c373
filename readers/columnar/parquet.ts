import { type DuckDBConnection, DuckDBInstance, type DuckDBResult } from '@duckdb/node-api'
import { literal } from '../../contracts/sql-text.ts'
import { Fault } from '../../models/fault.ts'
import type { Limits } from '../../stage/staged.ts'
import { damaged, tooManyColumns } from '../faults.ts'
import { RowJson } from '../json/row-json.ts'
import { recordFileOf, recordHead, type Spooled } from '../record-file.ts'
import type { Records } from '../records.ts'
import { type Bytes, openBytes } from '../source/bytes.ts'
import { checkUnpacked } from '../source/unpack-limits.ts'
import { isBare, textSql } from './parquet-sql.ts'

/** For decoding pages and the rows between DuckDB and here. */
const memory = '256MB'

/**
 * Parquet, by DuckDB's reader: a record for each row, a cell for each column, as `textSql` writes them. `line` is the row's
 * number, `raw` the row as JSON.
 *
 * @throws Fault "file.damaged" where DuckDB can not read it, "file.too-many-columns", "file.too-large" where it would take
 * too much memory, "file.zip-bomb" where its rows are many times the file, and as `openBytes`
 */
export async function readParquet(path: string, limits: Limits, tempDir: string): Promise<Records> {
  const bytes = await openBytes(path, limits, tempDir)
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '2',
    memory_limit: memory,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    temp_directory: '',
  })
  const connection = await instance.connect()
  try {
    await connection.run(`set allowed_paths = [${literal(bytes.path)}, ${literal(patternOf(bytes.path))}]`)
    await connection.run('set enable_external_access = false')
    await connection.run('set lock_configuration = true')
    return await recordsOf(connection, bytes, limits, tempDir)
  } catch (error) {
    throw faultOf(bytes, error)
  } finally {
    connection.closeSync()
    instance.closeSync()
    bytes.close()
  }
}

/** The instance does nothing but read this file: what it can not do is the file's fault. */
function faultOf({ name, path }: Bytes, error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const [, kind, text = ''] = /^([A-Za-z ]+) Error: (.*)/.exec(error.message) ?? []
  if (kind === undefined || error instanceof Fault) return error
  if (kind !== 'Out of Memory')
    return damaged(name, `DuckDB can not read it as Parquet (${text.replaceAll(path, name).slice(0, 300)})`, error)
  return new Fault(
    'file.too-large',
    `${name} needs more than ${memory} of memory to be unpacked: its pages or single values are too large.`,
    'Ask the sender for the file with smaller pages and values.',
    { cause: error },
  )
}

async function recordsOf(
  connection: DuckDBConnection,
  bytes: Bytes,
  limits: Limits,
  tempDir: string,
): Promise<Records> {
  const file = literal(patternOf(bytes.path))
  const source = `read_parquet(${file}, hive_partitioning = false)`
  const types = (await connection.run(`select * from ${source} limit 0`)).columnTypes()
  if (types.length > limits.columns) throw tooManyColumns(bytes.name, types.length, limits.columns)
  const names = await namesOf(connection, file)
  const aliases = types.map((_, i) => `c${i}`)
  const result = await connection.stream(
    `select ${types.map((type, i) => textSql(type, `c${i}`)).join(', ')} from ${source} as t(${aliases.join(', ')})`,
  )
  const rows = rowsOf(result, new RowJson(names, types.map(isBare)), bytes, limits)
  return { kind: 'keyed', names, file: await recordFileOf(tempDir, bytes.name, limits, rows) }
}

/** A path is a pattern to `read_parquet`: what means something else in one is put in brackets. */
const patternOf = (path: string): string => path.replace(/[*?[]/g, '[$&]')

/** Columns' names as the file has them: DuckDB renames those that differ in case alone. */
async function namesOf(connection: DuckDBConnection, file: string): Promise<string[]> {
  const reader = await connection.runAndReadAll(
    `select name, coalesce(num_children, 0)::integer from parquet_schema(${file})`,
  )
  const elements = reader.getRows() as [name: string, children: number][]
  const names: string[] = []
  // The schema is a tree, flattened with each element before its children; the first is the root.
  for (let at = 1; at < elements.length; ) {
    names.push((elements[at] as [string, number])[0])
    for (let open = 1; open > 0 && at < elements.length; at++) open += (elements[at] as [string, number])[1] - 1
  }
  return names
}

async function* rowsOf(
  result: DuckDBResult,
  json: RowJson,
  { name, size }: Bytes,
  limits: Limits,
): AsyncGenerator<Spooled> {
  let line = 0
  let written = 0
  for (;;) {
    const chunk = await result.fetchChunk()
    if (chunk === null || chunk.rowCount === 0) return
    const columns = Array.from({ length: chunk.columnCount }, (_, i) => chunk.getColumnVector(i))
    for (let row = 0; row < chunk.rowCount; row++) {
      const cells = columns.map((column) => column.getItem(row) as string | null)
      const raw = json.of(cells)
      written += recordHead
      for (const cell of cells) written += 4 + (cell?.length ?? 0)
      yield { line: ++line, start: 0, length: 0, raw, cells }
    }
    checkUnpacked(name, written, size, size, limits)
  }
}
