import { open, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Staged } from './staged.ts'

/** The result in a staged folder; undefined where there is none, or one that is not whole: it is to be made again. */
export async function readStaged(outDir: string): Promise<Staged | undefined> {
  const staged = await parsed(join(outDir, 'staged.json'))
  // An earlier Entrepot did not say how it had read, what is held, or which entry a row is.
  if (staged?.format === undefined || staged.held === undefined || staged.sourceRecords === undefined) return undefined
  const names = [
    'records.parquet',
    ...(staged.duplicates + staged.conflicts + staged.waiting > 0 ? ['repeats.parquet'] : []),
  ]
  const whole = await Promise.all(names.map((name) => isParquet(join(outDir, name))))
  return whole.every(Boolean) ? staged : undefined
}

/** fsync what is in a folder, and the folder: renamed after that, it is whole or not there after a power cut too. */
export async function makeDurable(folder: string): Promise<void> {
  const files = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())
  for (const { name } of files) await sync(join(folder, name))
  await sync(folder)
}

async function parsed(path: string): Promise<Staged | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Staged
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    return ignoreMissing(error)
  }
}

/** Whether a file ends as Parquet does: with its metadata, which are written last. */
async function isParquet(path: string): Promise<boolean> {
  const file = await open(path).catch(ignoreMissing)
  if (file === undefined) return false
  try {
    const { size } = await file.stat()
    const { buffer } = await file.read(Buffer.alloc(4), 0, 4, Math.max(0, size - 4))
    return buffer.toString('latin1') === 'PAR1'
  } finally {
    await file.close()
  }
}

async function sync(path: string): Promise<void> {
  const file = await open(path)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
}
