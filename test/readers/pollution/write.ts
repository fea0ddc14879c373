import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { type Polluted, pollute } from './pollute.ts'
import type { Row } from './truth.ts'

export interface PollutedFile extends Polluted {
  /** Of the file, without `.csv`; the seed is its end. */
  readonly name: string
  readonly path: string
}

/** Files of `count` seeds from `seed` on under `folder/in`, and what is true of each under `folder/truth`. */
export async function writePolluted(folder: string, seed: number, count: number): Promise<PollutedFile[]> {
  for (const part of ['in', 'truth']) await mkdir(join(folder, part), { recursive: true })
  const files: PollutedFile[] = []
  for (let at = seed; at < seed + count; at++) {
    const polluted = pollute(at)
    const name = `${polluted.kind}-${at}`
    const path = join(folder, 'in', `${name}.csv`)
    await writeFile(path, polluted.bytes)
    const { note, truth } = polluted
    await writeFile(join(folder, 'truth', `${name}.json`), JSON.stringify({ note, ...truth }, null, 1))
    files.push({ ...polluted, name, path })
  }
  return files
}

/** The tables that `parse` wrote for each name: `name.csv`, `name.2.csv` and so on. An empty file holds no table. */
export async function readTables(folder: string): Promise<Map<string, Row[][]>> {
  const tables = new Map<string, Row[][]>()
  for (const file of (await readdir(folder)).sort()) {
    const [, name, number = '1'] = /^(.*?-\d+)(?:\.(\d+))?\.csv$/.exec(file) ?? []
    if (name === undefined) throw new Error(`${file} is not named for a file that was read`)
    const rows: string[][] = parse(await readFile(join(folder, file)), {
      record_delimiter: ['\r\n', '\n'],
      relax_column_count: true,
    })
    if (rows.length === 0 && number === '1') continue
    const own = tables.get(name) ?? []
    own[Number(number) - 1] = rows
    tables.set(name, own)
  }
  return tables
}
