import { createWriteStream } from 'node:fs'
import { mkdir, mkdtemp, open, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import type { Format } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { guessFormat } from '../readers/guess.ts'
import { openReader } from '../readers/open.ts'
import { writeCsv } from '../readers/write-csv.ts'
import type { Limits } from '../stage/staged.ts'

export interface ParsedFile {
  readonly file: string
  /** The CSV that was written; null where the file could not be read. */
  readonly out: string | null
  /** Records, the header left out. */
  readonly rows: number
  readonly columns: number
  /** Of the records: with more or fewer cells than columns, broken quotes or objects, bytes that are no text. */
  readonly faulty: number
  /** Of the file. */
  readonly bytes: number
  readonly error: { readonly code: string; readonly message: string; readonly fix: string } | null
}

export interface ParseOptions {
  readonly limits: Limits
  readonly delimiter?: string
  readonly encoding?: string
  readonly path?: string
  readonly onProgress?: (advance: { what: string; rows: number; bytes: number }) => void
}

/**
 * Read files as they are and write what was read as `<outDir>/<name>.csv`, RFC 4180, without a contract.
 *
 * Each file is whole or not at all; one that cannot be read is told and stops none of the others.
 */
export async function parseFiles(
  paths: readonly string[],
  outDir: string,
  options: ParseOptions,
): Promise<ParsedFile[]> {
  await mkdir(outDir, { recursive: true })
  const results: ParsedFile[] = []
  for (const path of paths) results.push(await parseFile(path, outDir, options))
  return results
}

/** `statement.json.gz` -> `statement` */
const nameOf = (path: string): string =>
  basename(path)
    .replace(/\.gz$/i, '')
    .replace(/\.[^.]+$/, '') || basename(path)

async function parseFile(path: string, outDir: string, options: ParseOptions): Promise<ParsedFile> {
  const out = join(outDir, `${nameOf(path)}.csv`)
  const file = basename(path)
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-parse-'))
  try {
    const bytes = await sizeOf(path)
    const reader = await openReader(path, await formatOf(path, options), null, options.limits, folder)
    try {
      const aside = `${out}.part`
      let faulty = 0
      const rows = await writeCsv(reader, createWriteStream(aside), (written, notWhole) => {
        faulty = notWhole
        options.onProgress?.({ what: file, rows: written, bytes: reader.position })
      })
      killPoint('parse.before-rename')
      await rename(aside, out)
      killPoint('parse.after-rename')
      return { file, out, rows, columns: reader.columns.length, faulty, bytes, error: null }
    } finally {
      reader.close()
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const { code, message, fix } = error
    return { file, out: null, rows: 0, columns: 0, faulty: 0, bytes: 0, error: { code, message, fix } }
  } finally {
    await rm(folder, { recursive: true, force: true })
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

async function formatOf(path: string, { delimiter, encoding, path: records }: ParseOptions): Promise<Format> {
  const guessed = await guessFormat(path)
  return {
    ...guessed,
    ...(delimiter === undefined ? {} : { delimiter: delimiter === '\\t' ? '\t' : delimiter }),
    ...(encoding === undefined
      ? {}
      : { encoding: (encoding === 'utf-16' ? 'utf-16le' : encoding) as Format['encoding'] }),
    ...(records === undefined ? {} : { type: 'json' as const, path: records }),
  }
}
