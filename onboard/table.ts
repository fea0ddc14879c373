import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DuckDBInstance, type Json } from '@duckdb/node-api'
import type { Column, Format } from '../contracts/contract.ts'
import { cleaned } from '../contracts/sql-text.ts'
import { setup } from '../contracts/sql-word.ts'
import { Fault } from '../models/fault.ts'
import { regularised } from '../readers/encoding/regularise.ts'
import { openFile } from '../readers/open.ts'
import type { Decision } from '../readers/settle.ts'
import { type Bridge, registerBridge, relation } from '../stage/bridge.ts'
import { prepareBridge } from '../stage/prepare-bridge.ts'
import type { Limits } from '../stage/staged.ts'
import { type Aside, mainTable, type NamedColumn, refsOf } from './main-table.ts'
import { canNest, nestedColumns } from './nested.ts'
import { Tallies, tallied } from './tally.ts'

/** One column of the file that is looked at. */
export interface SourceColumn {
  /** Its place in the loaded table: `c0`, `c1`, … */
  readonly sql: string
  /** As the header has it; '' for none. */
  readonly name: string
  /** How a contract names it: by its name, or by position where names repeat or are missing. */
  readonly ref: Column
}

/** A file's main table, as text, in a DuckDB of its own. */
export interface LoadedTable {
  readonly name: string
  readonly format: Format
  readonly decisions: readonly Decision[]
  readonly hasHeader: boolean
  readonly columns: readonly SourceColumn[]
  readonly rows: number
  /** What its cells are, in the order of the columns. */
  readonly tallies: Tallies
  readonly preamble: readonly Aside[]
  /** The first rows of the file above the header, those of other tables too. */
  readonly above: readonly Aside[]
  /** What stands between records, before a header that is repeated: lines of pages, totals of parts. */
  readonly between: readonly Aside[]
  /** What stands behind records, the headers of further tables last. */
  readonly footer: readonly Aside[]
  /** Records of small tables beside the main one, as a letterhead has them, each cell with its column's name: `Currency: USD`. */
  readonly letterhead: readonly Aside[]
  /** Rows of a query; numbers that may be large as text. */
  query<T = Record<string, Json>>(sql: string): Promise<T[]>
  close(): Promise<void>
}

/** Records that are the head of the files: what needs no more is tried on them. */
const headRecords = 50_000

/** Records of one file are numbered from here on, those of the next one from twice as far. */
export const linesPerFile = 100_000_000_000

/**
 * Read files of one source whole, once: the cells of their largest table as text into `cell` (`c0`, `c1`, …, cleaned as a
 * contract reads them: composed letters, no spaces around, null where nothing is left; `_line`, `_fault`), of which `head` is the
 * first `headRecords`. The first file says which columns there are.
 *
 * Memory stays bounded: what of the cells has no room lies in a temporary folder that `close` removes.
 *
 * @throws Fault "file.…", "onboard.no-table" where nothing in it looks like records, "onboard.other-columns" where a file
 * lacks columns of the first one
 */
export async function loadTable(
  paths: readonly string[],
  limits: Limits,
  onProgress: (progress: { rows: number; bytes: number }) => void,
  signal?: AbortSignal,
): Promise<LoadedTable> {
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-onboard-'))
  let instance: DuckDBInstance | undefined
  try {
    const found = await mainTable(paths[0] as string, limits, folder)
    instance = await DuckDBInstance.create(':memory:', {
      ...{ threads: '2', memory_limit: '320MB', preserve_insertion_order: 'false' },
      ...{ autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' },
      temp_directory: join(folder, 'tmp'),
    })
    const connection = await instance.connect()
    await connection.run("set global timezone = 'UTC'")
    for (const statement of setup) await connection.run(statement)
    let names = found.header
    let format = found.format
    let bridge: Bridge | undefined
    let tallies: Tallies | undefined
    let bytes = 0
    for (const [i, path] of paths.entries()) {
      names ??= await nestedOf(path, format, limits, folder)
      const opening = (columns: readonly NamedColumn[] | null) =>
        openFile(
          path,
          i === 0 ? format : { ...format, found: found.left, sheet: null },
          () => columns?.map(({ ref }) => ref) ?? null,
          limits,
          folder,
        )
      const opened = await opening(names).catch((error) => {
        if (!(error instanceof Fault) || error.code !== 'file.columns-missing') throw error
        if (i > 0 || names === null) throw otherColumns(error)
        // A header of several rows has names that stand in none of them: the columns are taken by their places.
        names = names.map(({ name }, c) => ({ name, ref: { position: c + 1 } }))
        return opening(names)
      })
      const reader = regularised(opened.reader)
      if (i === 0) format = opened.format
      names ??= refsOf(reader.columns, format)
      const cells = names.map((_, c) => `c${c}`)
      if (bridge === undefined)
        await connection.run(`create table raw (${cells.join(' varchar, ')} varchar, _line bigint, _fault utinyint)`)
      bridge ??= registerBridge(connection, names.length, await prepareBridge())
      tallies ??= new Tallies(names.length, headRecords)
      const fromLine = i * linesPerFile
      bridge.feed(tallied(reader, tallies, fromLine), signal)
      const [counting, before] = [tallies, bytes]
      const timer = setInterval(() => onProgress({ rows: counting.rows, bytes: before + reader.position }), 250)
      try {
        await connection.run(`insert into raw select ${cells.join(', ')}, _line + ${fromLine}, _fault from ${relation}`)
      } catch (error) {
        throw bridge.failure ?? error
      } finally {
        clearInterval(timer)
        bytes += reader.position
        bridge.end()
        reader.close()
      }
      if (bridge.failure !== undefined) throw bridge.failure
    }
    const [columns, counted] = [names ?? [], tallies ?? new Tallies(0, headRecords)]
    const cells = columns.map(
      (_, i) => `${counted.columns[i]?.isUneven ? cleaned(`c${i}`) : `nullif(c${i}, '')`} as c${i}`,
    )
    await connection.run(`create view cell as select ${cells.join(', ')}, _line, _fault from raw`)
    await connection.run(`create view head as from cell where _line <= ${counted.headLine}`)
    const held = instance
    const interrupt = () => connection.interrupt()
    signal?.addEventListener('abort', interrupt)
    return {
      name: basename(paths[0] as string),
      format,
      decisions: found.decisions,
      hasHeader: format.header,
      columns: columns.map(({ name, ref }, i) => ({ sql: `c${i}`, name, ref })),
      rows: counted.rows,
      tallies: counted,
      preamble: found.preamble,
      above: found.above,
      between: found.between,
      footer: found.footer,
      letterhead: found.letterhead,
      async query<T>(sql: string) {
        signal?.throwIfAborted()
        const rows = await connection.runAndReadAll(sql).catch((error) => {
          throw signal?.aborted ? signal.reason : error
        })
        return rows.getRowObjectsJson() as T[]
      },
      async close() {
        signal?.removeEventListener('abort', interrupt)
        connection.closeSync()
        held.closeSync()
        await rm(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    instance?.closeSync()
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** The columns of a file whose records can hold objects; null of others. */
async function nestedOf(path: string, format: Format, limits: Limits, tempDir: string): Promise<NamedColumn[] | null> {
  if (!canNest(format)) return null
  const { reader } = await openFile(path, format, () => null, limits, tempDir)
  try {
    return nestedColumns(reader).map((ref) => ({ name: ref.name, ref }))
  } finally {
    reader.close()
  }
}

const otherColumns = (cause: Fault): Fault =>
  new Fault(
    'onboard.other-columns',
    `The files are not of one source: ${cause.message}`,
    'Onboard files with other columns as a source of their own.',
    { details: { ...cause.details } },
  )
