import { DuckDBInstance } from '@duckdb/node-api'
import { literal } from '../contracts/sql-text.ts'
import { newBatch, type TextColumn } from '../readers/batch.ts'
import { openReader } from '../readers/open.ts'
import { plainCsv } from '../readers/plain-csv.ts'
import { defaultLimits } from '../stage/staged.ts'

/** What a scan came to; both sides must agree, or the comparison means nothing. */
export interface Scan {
  readonly ms: number
  readonly rows: number
  /** Bytes of text, by column. */
  readonly columnBytes: readonly number[]
}

/** Every cell of a plain CSV file told apart by Entrepot: all views of all columns, and where each record stands. */
export async function scanByEntrepot(path: string, tempDir: string): Promise<Scan> {
  const began = performance.now()
  const reader = await openReader(path, plainCsv, null, defaultLimits, tempDir)
  try {
    const batch = newBatch(reader.columns.length)
    const columnBytes = reader.columns.map(() => 0)
    let rows = 0
    while (reader.next(batch) > 0) {
      rows += batch.rows
      for (let i = 0; i < columnBytes.length; i++)
        columnBytes[i] = (columnBytes[i] as number) + bytesOf(batch.columns[i] as TextColumn, batch.rows)
    }
    return { ms: performance.now() - began, rows, columnBytes }
  } finally {
    reader.close()
  }
}

function bytesOf({ u32 }: TextColumn, rows: number): number {
  let sum = 0
  for (let word = 0; word < rows << 2; word += 4) sum += u32[word] as number
  return sum
}

/**
 * The same by DuckDB's own CSV scan, told the dialect: all columns as text, and an aggregate over each that costs little.
 *
 * Order is not kept, which is what lets it use more than one thread.
 */
export async function scanByDuckDb(path: string, columns: readonly string[], threads: number): Promise<Scan> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    preserve_insertion_order: 'false',
  })
  const connection = await instance.connect()
  try {
    const names = columns.map((name) => `"${name.replaceAll('"', '""')}"`)
    const types = columns.map((name) => `${literal(name)}: 'VARCHAR'`).join(', ')
    const sums = names.map((name) => `sum(strlen(${name}))`).join(', ')
    const sql = `select count(*), ${sums} from read_csv(${literal(path)}, auto_detect = false, header = true, delim = ',',
      quote = '"', escape = '"', columns = {${types}})`
    const began = performance.now()
    const result = await connection.runAndReadAll(sql)
    const ms = performance.now() - began
    const [rows = 0, ...columnBytes] = (result.getRows()[0] ?? []).map(Number)
    return { ms, rows, columnBytes }
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}
