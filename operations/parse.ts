import { constants, mkdirSync } from 'node:fs'
import { access, mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { fault } from '../readers/batch.ts'
import { type ReadFile, readFile } from '../readers/read-file.ts'
import { type Decision, unknownFormat } from '../readers/settle.ts'
import { entriesIn, openBytes } from '../readers/source/bytes.ts'
import type { Ignored } from '../readers/tables/tables.ts'
import type { Limits } from '../stage/staged.ts'
import { OutNames, TableFiles, writing } from './table-files.ts'

export interface ParsedFile {
  readonly file: string
  /** The CSV of the first table; null where the file could not be read, or nothing was to be written. */
  readonly out: string | null
  /** Records of all tables, headers left out. */
  readonly rows: number
  /** Columns of the first table. */
  readonly columns: number
  /** Of the records: with more or fewer cells than columns, broken quotes or objects, bytes that are no text. */
  readonly faulty: number
  /** Of the file. */
  readonly bytes: number
  readonly tables: readonly ParsedTable[]
  /** How the file was read, and why. */
  readonly format: string | null
  readonly decisions: readonly Decision[]
  /** Rows that are in no table: all counted, the first ones shown. */
  readonly ignored: Readonly<Record<Ignored, number>>
  readonly ignoredRows: readonly { readonly line: number; readonly what: Ignored; readonly text: string }[]
  readonly error: { readonly code: string; readonly message: string; readonly fix: string } | null
}

export interface ParsedTable {
  readonly out: string | null
  readonly sheet: string | null
  /** The header's line, or the first record's where there is no header. */
  readonly line: number
  readonly header: readonly string[] | null
  /** Rows that the header is made of. */
  readonly headerRows: number
  /** Why that is the header, or why there is none; 0 to 1: how sure. */
  readonly evidence: string
  readonly confidence: number
  readonly columns: number
  readonly rows: number
  readonly faulty: number
}

export interface ParseOptions {
  readonly limits: Limits
  /** What is known of the files; without it all is found in them. */
  readonly format?: Format
  readonly onProgress?: (advance: { what: string; rows: number; bytes: number; totalBytes?: number }) => void
  /** Ends it between two records: nothing of the file at hand is left, those before it stay. */
  readonly signal?: AbortSignal
}

/**
 * Read files as they are, without a contract, and write each table of each as RFC 4180: `<outDir>/<name>.csv`, further
 * ones `<name>.2.csv`, …; with `outDir` null nothing is written.
 *
 * Each file is whole or not at all; one that cannot be read is told and stops none of the others.
 */
export async function parseFiles(
  paths: readonly string[],
  outDir: string | null,
  options: ParseOptions,
): Promise<ParsedFile[]> {
  const names = outDir === null ? null : namesIn(outDir, paths)
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-parse-'))
  const results: ParsedFile[] = []
  try {
    for (const path of paths) {
      const entries = (await filesIn(path, options.limits)) ?? [null]
      for (const entry of entries) {
        options.signal?.throwIfAborted()
        results.push(await parseFile({ path, entry }, names, folder, options))
      }
    }
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function namesIn(folder: string, inputs: readonly string[]): OutNames {
  writing(folder, () => mkdirSync(folder, { recursive: true }))
  return new OutNames(folder, inputs)
}

/** The files in an archive with several; null where it is one file, or none that can be opened: reading it says why. */
async function filesIn(path: string, limits: Limits): Promise<readonly string[] | null> {
  try {
    await sizeOf(path)
  } catch (error) {
    if (error instanceof Fault) return null
    throw error
  }
  return entriesIn(path, limits)
}

/** One file to read: by itself, or in an archive. */
interface Input {
  readonly path: string
  readonly entry: string | null
}

const shownRows = 100
const noneIgnored: Record<Ignored, number> = { preamble: 0, footer: 0, comment: 0, rule: 0 }

async function parseFile(
  input: Input,
  names: OutNames | null,
  folder: string,
  options: ParseOptions,
): Promise<ParsedFile> {
  const { path, entry } = input
  const file = entry === null ? basename(path) : `${basename(path)}/${entry}`
  const none = { file, out: null, rows: 0, columns: 0, faulty: 0, bytes: 0, tables: [], format: null, decisions: [] }
  const written = new TableFiles(names, entry ?? path)
  try {
    const bytes = await sizeOf(path)
    const read = await readEven(input, options, folder)
    const parsed: ParsedFile = { ...none, ignored: { ...noneIgnored }, ignoredRows: [], error: null, bytes }
    if (read === undefined) return { ...parsed, out: written.finish() }
    try {
      const found = await writeTables(read, written, file, options)
      const { format, decisions } = read
      return { ...parsed, ...found, format: format.type, decisions, out: written.finish() }
    } finally {
      read.close()
    }
  } catch (error) {
    const { code, message, fix } = faultOf(error, file)
    return { ...none, ignored: noneIgnored, ignoredRows: [], error: { code, message, fix } }
  } finally {
    written.abandon()
  }
}

/** What a person may do about it: a wrong file, or a disk that is full or broken. */
function faultOf(error: unknown, file: string): Fault {
  if (error instanceof Fault && error.code !== 'command.interrupted') return error
  const { syscall, message } = error as NodeJS.ErrnoException
  if (syscall === undefined) throw error
  return new Fault(
    'file.unreadable',
    `${file} cannot be read: ${message}.`,
    'Free some space where temporary files go (TMPDIR), or look at the disk, then again.',
    { cause: error },
  )
}

/** The file opened; undefined where it is empty. */
async function readEven(
  { path, entry }: Input,
  { format = unknownFormat, limits }: ParseOptions,
  folder: string,
): Promise<ReadFile | undefined> {
  const unpacked = entry === null ? undefined : await openBytes(path, limits, folder, entry)
  try {
    return await readFile(unpacked?.path ?? path, format, limits, folder)
  } catch (error) {
    if (error instanceof Fault && error.code === 'file.empty') return undefined
    throw error
  } finally {
    unpacked?.close() // an open file stays readable
  }
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] }

const rowsBetweenPauses = 20_000

async function writeTables(read: ReadFile, written: TableFiles, file: string, options: ParseOptions) {
  const tables: Mutable<ParsedTable>[] = []
  const ignored = { ...noneIgnored }
  const ignoredRows: { line: number; what: Ignored; text: string }[] = []
  let rows = 0
  for (const sheet of read.sheets) {
    let table: Mutable<ParsedTable> | undefined
    for (const part of sheet.parts()) {
      if (part.kind === 'table') {
        const { header, headerRows, shape } = part
        const columns = header?.length ?? shape.width
        const line = headerRows[0]?.line ?? 0
        if (tables.length === options.limits.sheets) throw tooManyTables(file, options.limits.sheets)
        const out = written.next()
        const { why: evidence, confidence } = part
        const place = { out, sheet: sheet.name, line, header, headerRows: headerRows.length, evidence, confidence }
        table = { ...place, columns, rows: 0, faulty: 0 }
        tables.push(table)
        if (header !== null && header.length > 0) written.put(header)
      } else if (part.kind === 'record' && table !== undefined) {
        const { cells, line } = part.row
        if (table.line === 0) table.line = line
        table.rows++
        // Whether a record is as wide as its table is known here; its reader had the width of the first one.
        const isBroken = part.row.fault !== fault.none && part.row.fault !== fault.arity
        if (isBroken || cells.length !== table.columns) table.faulty++
        written.put(cells)
        if (++rows % rowsBetweenPauses > 0) continue
        options.onProgress?.({ what: file, rows, bytes: read.position })
        await setImmediate() // a person may have pressed Ctrl-C
        options.signal?.throwIfAborted()
      } else if (part.kind !== 'record') {
        ignored[part.kind]++
        const { line, cells } = part.row
        if (ignoredRows.length < shownRows) ignoredRows.push({ line, what: part.kind, text: shown(cells) })
      }
    }
  }
  const faulty = tables.reduce((sum, table) => sum + table.faulty, 0)
  return { rows, columns: tables[0]?.columns ?? 0, faulty, tables, ignored, ignoredRows }
}

const tooManyTables = (file: string, limit: number): Fault =>
  new Fault(
    'file.too-many-sheets',
    `${file} has more than ${limit} tables.`,
    'Look how it is read with --explain. If so many are right, raise limits.sheets in entrepot.yaml.',
    { details: { limit } },
  )

const shown = (cells: readonly string[]): string =>
  cells
    .filter((cell) => cell.trim() !== '')
    .join(' | ')
    .slice(0, 200)

/** @throws Fault "file.not-found", "file.not-a-file" */
async function sizeOf(path: string): Promise<number> {
  const { size, isFile } = await statOf(path)
  // A pipe would be waited for, and a device has no end.
  if (!isFile) throw new Fault('file.not-a-file', `${path} is not a file.`, 'Name files, not folders or pipes.')
  return size
}

async function statOf(path: string): Promise<{ size: number; isFile: boolean }> {
  try {
    const found = await stat(path)
    await access(path, constants.R_OK)
    return { size: found.size, isFile: found.isFile() }
  } catch (cause) {
    throw new Fault('file.not-found', `${path} cannot be read: ${(cause as Error).message}.`, 'Check the path.', {
      cause,
    })
  }
}
