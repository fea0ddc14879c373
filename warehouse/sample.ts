import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { Fault } from '../models/fault.ts'
import { newBatch, textAt } from '../readers/batch.ts'
import { regularised } from '../readers/encoding/regularise.ts'
import { openFile } from '../readers/open.ts'
import { noLimits } from './cut.ts'

/** The first records of a file with all their columns, before any contract. */
export interface Sample {
  /** In the file's order. */
  readonly columns: readonly string[]
  /** Each record's cells by column; where a name repeats the last one's. */
  readonly records: readonly Readonly<Record<string, string>>[]
}

/** Undefined: the file can not be read. */
export async function sampleOf(path: string, { format }: Contract): Promise<Sample | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'entrepot-sample-'))
  try {
    const opened = await openFile(path, format, () => null, noLimits, folder)
    const reader = regularised(opened.reader)
    try {
      const { columns } = reader
      const batch = newBatch(columns.length)
      const rows = reader.next(batch)
      const records = Array.from({ length: rows }, (_, row) =>
        Object.fromEntries(columns.map((name, i) => [name, cellAt(batch, i, row)])),
      )
      return { columns, records }
    } finally {
      reader.close()
    }
  } catch (error) {
    if (error instanceof Fault) return undefined
    throw error
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function cellAt(batch: ReturnType<typeof newBatch>, index: number, row: number): string {
  const column = batch.columns[index]
  return column === undefined ? '' : textAt(batch, column, row)
}

/** The cells of one column. */
export const cellsOf = ({ records }: Sample, column: string): string[] =>
  records.map((record) => (record[column] ?? '').trim()).filter((cell) => cell !== '')
