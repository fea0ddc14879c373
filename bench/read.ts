import { closeSync, mkdtempSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { Fault } from '../models/fault.ts'
import { packageRoot } from '../project/package-root.ts'
import { startTokenizer } from '../readers/delimited/parallel/tokenizer.ts'
import { settle, unknownFormat } from '../readers/settle.ts'
import { generateFile, shapes } from '../scripts/generate.ts'
import { defaultLimits } from '../stage/staged.ts'
import { writeBigSheet } from './big-sheet.ts'
import { median, runChild } from './run-child.ts'
import { type Scan, scanByDuckDb, scanByEntrepot } from './scan.ts'

/** What `bench read` ends with. Times are medians in milliseconds; ratios are DuckDB's time over Entrepot's. */
export interface ReadResult {
  readonly scan: { readonly rows: number; readonly bytes: number; readonly threads: readonly ThreadsResult[] }
  readonly csv: MemoryResult
  readonly sheet: MemoryResult
  /** Over the files' own medians. */
  readonly sniff: {
    readonly files: number
    readonly medianMs: number
    readonly highestMs: number
    readonly slowest: string
  }
}

interface ThreadsResult {
  readonly threads: number
  readonly entrepotMs: number
  readonly duckdbMs: number
  readonly ratio: number
}

interface MemoryResult {
  readonly bytes: number
  readonly rows: number
  readonly seconds: number
  readonly rssMb: number
}

export interface ReadOptions {
  /** A tenth of the rows and bytes: says whether it works, not how fast it is. */
  readonly isQuick: boolean
  readonly repeats: number
  readonly onLine: (line: string) => void
}

/** @throws when the two sides come to different cells */
export async function benchRead({ isQuick, repeats, onLine }: ReadOptions): Promise<ReadResult> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-bench-'))
  try {
    const rows = isQuick ? 100_000 : 1_000_000
    const path = join(folder, 'scan.csv')
    const { bytes } = generateFile({ path, shape: 'paystack_csv', rows, seed: 1, dirtyShare: 0 })
    const threads = await compareScans(path, folder, repeats, onLine)
    const csv = await readCopies(path, folder, isQuick ? 500e6 : 5e9)
    onLine(`${csv.bytes} bytes of CSV: ${csv.seconds.toFixed(1)} s, ${csv.rssMb} MB`)
    const sheet = await readSheet(folder, rows)
    onLine(`a sheet of ${sheet.rows} rows: ${sheet.seconds.toFixed(1)} s, ${sheet.rssMb} MB`)
    const sniff = await sniffAll(folder)
    onLine(
      `${sniff.files} files sniffed: median ${sniff.medianMs.toFixed(1)} ms, at most ${sniff.highestMs.toFixed(1)} (${sniff.slowest})`,
    )
    return { scan: { rows, bytes, threads }, csv, sheet, sniff }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function compareScans(path: string, folder: string, repeats: number, onLine: (line: string) => void) {
  const one = await compareScan(path, folder, 1, repeats, onLine)
  startTokenizer()
  return [one, await compareScan(path, folder, 2, repeats, onLine)]
}

async function compareScan(
  path: string,
  folder: string,
  threads: number,
  repeats: number,
  onLine: (line: string) => void,
): Promise<ThreadsResult> {
  const columns = shapes.paystack_csv?.columns ?? []
  const entrepot: number[] = []
  const duckdb: number[] = []
  for (let nth = 0; nth <= repeats; nth++) {
    const ours = await scanByEntrepot(path, folder)
    const theirs = await scanByDuckDb(path, columns, threads)
    refuseDifference(ours, theirs)
    if (nth === 0) continue // code is compiled, the file is in the page cache
    entrepot.push(ours.ms)
    duckdb.push(theirs.ms)
    onLine(`run ${nth}, ${threads} threads: entrepot ${ours.ms.toFixed(0)} ms, duckdb ${theirs.ms.toFixed(0)} ms`)
  }
  const [entrepotMs, duckdbMs] = [median(entrepot), median(duckdb)]
  return { threads, entrepotMs, duckdbMs, ratio: duckdbMs / entrepotMs }
}

function refuseDifference({ ms: _, ...ours }: Scan, { ms: __, ...theirs }: Scan): void {
  if (!isDeepStrictEqual(ours, theirs))
    throw new Error(`scans differ: entrepot ${JSON.stringify(ours)}, duckdb ${JSON.stringify(theirs)}`)
}

/** A file of at least `bytes` bytes: the records of the one at `path` over and over under one header. */
async function readCopies(path: string, folder: string, bytes: number): Promise<MemoryResult> {
  const large = join(folder, 'large.csv')
  const records = Buffer.alloc(statSync(path).size)
  const from = openSync(path, 'r')
  const to = openSync(large, 'w')
  try {
    readSync(from, records, 0, records.length, 0)
    let written = writeSync(to, records)
    const body = records.subarray(records.indexOf(10) + 1)
    while (written < bytes) written += writeSync(to, body)
    return await readInChild(large, folder)
  } finally {
    closeSync(from)
    closeSync(to)
    rmSync(large, { force: true })
  }
}

async function readSheet(folder: string, rows: number): Promise<MemoryResult> {
  const path = join(folder, 'sheet.xlsx')
  await writeBigSheet(path, rows)
  return readInChild(path, folder)
}

async function readInChild(path: string, folder: string): Promise<MemoryResult> {
  const read = await runChild<Omit<MemoryResult, 'bytes'>>('read-memory.js', [path, folder])
  return { bytes: statSync(path).size, ...read }
}

/** How long it takes to find how a file is read, for each sample and one large file of each layout. */
async function sniffAll(folder: string): Promise<ReadResult['sniff']> {
  const samples = readdirSync(join(packageRoot, 'data', 'samples'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !/expected\.json$|\.md$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  const generated = Object.keys(shapes).map((shape) => {
    const path = join(folder, shape)
    generateFile({ path, shape, rows: 50_000, seed: 1 })
    return path
  })
  const files: { path: string; ms: number }[] = []
  for (const path of [...samples, ...generated]) {
    const times: number[] = []
    for (let nth = 0; nth < 5; nth++) {
      const began = performance.now()
      await sniffOne(path, folder)
      times.push(performance.now() - began)
    }
    files.push({ path, ms: median(times) })
  }
  const slowest = files.reduce((most, next) => (next.ms > most.ms ? next : most))
  return {
    files: files.length,
    medianMs: median(files.map(({ ms }) => ms)),
    highestMs: slowest.ms,
    slowest: basename(slowest.path),
  }
}

async function sniffOne(path: string, folder: string): Promise<void> {
  try {
    const { source } = await settle(path, unknownFormat, defaultLimits, folder)
    source?.close()
  } catch (error) {
    if (!(error instanceof Fault)) throw error // an empty sample is told as such, in its time
  }
}
