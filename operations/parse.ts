import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { fault } from '../readers/batch.ts'
import { type ReadFile, readFile } from '../readers/read-file.ts'
import { type Decision, unknownFormat } from '../readers/settle.ts'
import { entriesOf, openBytes } from '../readers/source/bytes.ts'
import type { Ignored } from '../readers/tables/tables.ts'
import { csvRecord } from '../readers/write-csv.ts'
import type { Limits } from '../stage/staged.ts'

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
  readonly onProgress?: (advance: { what: string; rows: number; bytes: number }) => void
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
  if (outDir !== null) await mkdir(outDir, { recursive: true })
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-parse-'))
  const names = new Set<string>()
  const results: ParsedFile[] = []
  try {
    for (const path of paths) {
      const outOf = (file: string) => (outDir === null ? null : join(outDir, freeName(file, names)))
      const entries = await entriesIn(path, options.limits)
      if (entries === null) results.push(await parseFile({ path, entry: null }, outOf(path), folder, options))
      else for (const entry of entries) results.push(await parseFile({ path, entry }, outOf(entry), folder, options))
    }
    return results
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** `statement.json.gz` -> `statement`; where an earlier file has that name, `statement.json.gz`, then with a number. */
function freeName(path: string, names: Set<string>): string {
  const file = basename(path)
  const short = file.replace(/\.(?:gz|zst|bz2|zip)$/i, '').replace(/\.[^.]+$/, '') || file
  let name = names.has(short) ? file : short
  for (let n = 2; names.has(name); n++) name = `${file}-${n}`
  names.add(name)
  return name
}

/** The files in an archive with several; null where it is one file, or none that can be opened: reading it says why. */
async function entriesIn(path: string, limits: Limits): Promise<readonly string[] | null> {
  try {
    return await entriesOf(path, limits)
  } catch (error) {
    if (error instanceof Fault || (error as NodeJS.ErrnoException).code !== undefined) return null
    throw error
  }
}

/** One file to read: by itself, or in an archive. */
interface Input {
  readonly path: string
  readonly entry: string | null
}

const shownRows = 100
const noneIgnored: Record<Ignored, number> = { preamble: 0, footer: 0, comment: 0, rule: 0 }

async function parseFile(input: Input, out: string | null, folder: string, options: ParseOptions): Promise<ParsedFile> {
  const { path, entry } = input
  const file = entry === null ? basename(path) : `${basename(path)}/${entry}`
  const none = { file, out: null, rows: 0, columns: 0, faulty: 0, bytes: 0, tables: [], format: null, decisions: [] }
  const written = new TableFiles(out)
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
    if (!(error instanceof Fault)) throw error
    const { code, message, fix } = error
    return { ...none, ignored: noneIgnored, ignoredRows: [], error: { code, message, fix } }
  } finally {
    written.abandon()
  }
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

const shown = (cells: readonly string[]): string =>
  cells
    .filter((cell) => cell.trim() !== '')
    .join(' | ')
    .slice(0, 200)

/** The CSV files of one input, written aside and put in their places together. */
class TableFiles {
  readonly #name: string | null
  readonly #aside: { path: string; fd: number }[] = []
  #text = ''

  /** @param name path without `.csv`; null: nothing is written */
  constructor(name: string | null) {
    this.#name = name
  }

  /** Begin the next table's file. */
  next(): string | null {
    if (this.#name === null) return null
    this.#flush()
    const count = this.#aside.length
    const path = count === 0 ? `${this.#name}.csv` : `${this.#name}.${count + 1}.csv`
    this.#aside.push({ path, fd: openSync(`${path}.part`, 'w') })
    return path
  }

  put(cells: readonly string[]): void {
    if (this.#name === null) return
    this.#text += csvRecord(cells)
    if (this.#text.length > 1 << 20) this.#flush()
  }

  /** Put the files in their places; the first one's path. A file without tables is an empty file. */
  finish(): string | null {
    if (this.#name === null) return null
    if (this.#aside.length === 0) this.next()
    this.#flush()
    const paths = this.#aside.map(({ path }) => path)
    for (const { fd } of this.#aside.splice(0)) closeSync(fd)
    killPoint('parse.before-rename')
    for (const path of paths) renameSync(`${path}.part`, path)
    killPoint('parse.after-rename')
    return paths[0] as string
  }

  /** Leave what was not finished. */
  abandon(): void {
    for (const { fd, path } of this.#aside.splice(0)) {
      closeSync(fd)
      void rm(`${path}.part`, { force: true })
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#text)
    this.#text = ''
    const fd = this.#aside.at(-1)?.fd
    if (fd !== undefined) for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
  }
}

async function sizeOf(path: string): Promise<number> {
  try {
    const file = await open(path)
    const { size } = await file.stat()
    await file.close()
    return size
  } catch (cause) {
    throw new Fault('file.not-found', `${path} cannot be read: ${(cause as Error).message}.`, 'Check the path.', {
      cause,
    })
  }
}
