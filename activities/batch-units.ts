import { createHash } from 'node:crypto'
import type { Unit, UnitFile } from './unit.ts'

const smallBytes = 16 * 1024 * 1024
const batchBytes = 64 * 1024 * 1024
const batchFiles = 64

/** Files in order to units in order: a big one alone, small ones of a source together (64 files or 64 MB). */
export function batchUnits(region: string, files: readonly UnitFile[]): Unit[] {
  const batches: UnitFile[][] = []
  const open = new Map<string, { files: UnitFile[]; bytes: number }>()
  for (const file of files) {
    const { source, sizeBytes } = file.file
    if (sizeBytes > smallBytes) {
      open.delete(source) // what follows comes after it
      batches.push([file])
      continue
    }
    let batch = open.get(source)
    if (batch === undefined || batch.files.length === batchFiles || batch.bytes + sizeBytes > batchBytes) {
      batch = { files: [], bytes: 0 }
      open.set(source, batch)
      batches.push(batch.files)
    }
    batch.files.push(file)
    batch.bytes += sizeBytes
  }
  return batches.map((batch) => unitOf(region, batch))
}

function unitOf(region: string, files: UnitFile[]): Unit {
  const [first] = files
  if (first === undefined) throw new Error('a unit has at least one file')
  const { source, sha256 } = first.file
  const hash = createHash('sha256')
  for (const { file } of files) hash.update(file.sha256)
  const id = (files.length === 1 ? sha256 : hash.digest('hex')).slice(0, 12)
  return { region, source, id, files, sizeBytes: files.reduce((sum, { file }) => sum + file.sizeBytes, 0) }
}
