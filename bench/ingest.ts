import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { packageRoot } from '../project/package-root.ts'
import { generateFile, shapes } from '../scripts/generate.ts'
import type { Run } from './outcome.ts'
import { median, runChild } from './run-child.ts'

/** What `bench ingest` ends with. */
export interface IngestResult {
  readonly rows: number
  readonly bytes: number
  /** Medians. */
  readonly entrepotSeconds: number
  readonly duckdbSeconds: number
  readonly ratio: number
  /** Entrepot's highest peak. */
  readonly rssMb: number
}

export interface IngestOptions {
  readonly rows: number
  readonly columns: number | undefined
  readonly repeats: number
  /** Entrepot's side goes through a Temporal server and a worker process. */
  readonly isTemporal: boolean
  readonly onLine: (line: string) => void
}

/**
 * Entrepot beside bare DuckDB on one generated file with 1% dirty rows, interleaved, each run in a process of its own.
 *
 * Both use the same package with 2 threads, insertion order off, and the same memory in all: 320 MB here, 160 MB twice there.
 *
 * @throws when any two outcomes differ
 */
export async function benchIngest({
  rows,
  columns,
  repeats,
  isTemporal,
  onLine,
}: IngestOptions): Promise<IngestResult> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-bench-'))
  try {
    const file = join(folder, 'landed.csv')
    // An unclosed quote swallows what follows for a reader that does not look at the whole file: DuckDB's can not take part.
    const expected = generateFile({
      path: file,
      shape: 'paystack_csv',
      rows,
      seed: 1,
      without: ['unclosed_quote'],
      ...(columns === undefined ? {} : { columns }),
    })
    onLine(`${rows} rows, ${expected.bytes} bytes`)
    const names = shapes.paystack_csv?.columns ?? []
    const header = [
      ...names,
      ...Array.from({ length: Math.max(0, (columns ?? 0) - names.length) }, (_, i) => `Extra ${i + 1}`),
    ]
    const runs = { entrepot: [] as Run[], duckdb: [] as Run[] }
    for (let nth = 1; nth <= repeats; nth++) {
      const duckdb = await runDuckDb(folder, file, header)
      const entrepot = await runEntrepot(folder, file, isTemporal)
      runs.duckdb.push(duckdb)
      runs.entrepot.push(entrepot)
      onLine(
        `run ${nth}: entrepot ${entrepot.seconds.toFixed(2)} s, ${entrepot.rssMb} MB; duckdb ${duckdb.seconds.toFixed(2)} s, ${duckdb.rssMb} MB`,
      )
      for (const [side, { outcome }] of Object.entries({ entrepot, duckdb })) {
        const { loaded, duplicate, rejected } = expected
        if (
          !isDeepStrictEqual(
            { loaded: outcome.loaded, duplicate: outcome.duplicate, rejected: outcome.rejected },
            { loaded, duplicate, rejected },
          )
        )
          throw new Error(
            `${side} came to ${JSON.stringify(outcome)}, the generator to ${JSON.stringify({ loaded, duplicate, rejected })}`,
          )
      }
      if (!isDeepStrictEqual(entrepot.outcome, duckdb.outcome))
        throw new Error(
          `outcomes differ: entrepot ${JSON.stringify(entrepot.outcome)}, duckdb ${JSON.stringify(duckdb.outcome)}`,
        )
    }
    const entrepotSeconds = median(runs.entrepot.map(({ seconds }) => seconds))
    const duckdbSeconds = median(runs.duckdb.map(({ seconds }) => seconds))
    const rssMb = Math.max(...runs.entrepot.map((run) => run.rssMb))
    return {
      rows,
      bytes: expected.bytes,
      entrepotSeconds,
      duckdbSeconds,
      ratio: entrepotSeconds / duckdbSeconds,
      rssMb,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function runDuckDb(folder: string, file: string, header: readonly string[]): Promise<Run> {
  const database = join(folder, 'bare.duckdb')
  for (const name of [database, `${database}.wal`]) rmSync(name, { force: true })
  return runChild<Run>('duckdb-ingest.js', [file, database, JSON.stringify(header)])
}

async function runEntrepot(folder: string, file: string, isTemporal: boolean): Promise<Run> {
  const project = join(folder, 'project')
  rmSync(project, { recursive: true, force: true })
  cpSync(join(packageRoot, 'regions', 'ng'), join(project, 'regions', 'ng'), { recursive: true })
  const landed = join(project, 'data', 'landing', 'ng', 'paystack_csv', 'bench.csv')
  cpSync(file, landed)
  return runChild<Run>(isTemporal ? 'temporal-ingest.js' : 'entrepot-ingest.js', [project, landed])
}
