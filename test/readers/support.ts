import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Column, Format } from '../../contracts/contract.ts'
import { Fault } from '../../models/fault.ts'
import { faultCodes, newBatch, type TextReader } from '../../readers/batch.ts'
import { readCells, readDelimited } from '../../readers/delimited/delimited.ts'
import { fallbackCells } from '../../readers/delimited/fallback.ts'
import { readJson, readJsonLines } from '../../readers/json/json.ts'
import { plainCsv } from '../../readers/plain-csv.ts'
import { type Records, readRecords } from '../../readers/records.ts'
import { openSource, type Source } from '../../readers/source/source.ts'
import { pieceBytes } from '../../readers/source/window.ts'
import { bytesAt } from '../../readers/views.ts'
import { defaultLimits, type Limits } from '../../stage/staged.ts'

const folder = mkdtempSync(join(tmpdir(), 'entrepot-readers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

export const tempDir = folder

/** A file of these bytes, in a folder that goes away after the tests. */
export function fileOf(bytes: string | Uint8Array, name = 'sales.csv'): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

export const csv = plainCsv

export const ndjson: Format = { ...csv, type: 'ndjson' }

export interface Read {
  readonly cells: (string | null)[]
  readonly line: number
  readonly start: number
  readonly length: number
  readonly fault: string
  readonly raw: string
}

/** Every record as strings, and the reader closed. */
export function readAll(reader: TextReader, columns = reader.columns.length): Read[] {
  const batch = newBatch(columns)
  const records: Read[] = []
  try {
    for (let rows = reader.next(batch); rows > 0; rows = reader.next(batch)) {
      for (let row = 0; row < rows; row++) {
        const text = (column: (typeof batch)['raw']) => {
          const bytes = bytesAt(batch, column, row)
          return bytes === undefined ? null : Buffer.from(bytes).toString()
        }
        records.push({
          cells: batch.columns.map(text),
          line: Number(batch.line[row]),
          start: Number(batch.start[row]),
          length: batch.length[row] as number,
          fault: faultCodes[batch.fault[row] as number] as string,
          raw: text(batch.raw) as string,
        })
      }
    }
    return records
  } finally {
    reader.close()
  }
}

export interface Reading {
  readonly format?: Partial<Format>
  readonly wanted?: readonly Column[] | null
  readonly limits?: Partial<Limits>
  readonly piece?: number
}

type Make = (
  source: Source,
  format: Format,
  wanted: readonly Column[] | null,
  limits: Limits,
  piece?: number,
) => TextReader

const readWith =
  (make: Make, base: Format, name: string) =>
  async (bytes: string | Uint8Array, { format, wanted = null, limits, piece }: Reading = {}) => {
    const read = { ...base, ...format }
    const bounds = { ...defaultLimits, ...limits }
    const source = await openSource(fileOf(bytes, name), read, bounds, tempDir)
    try {
      const reader = make(source, read, wanted, bounds, piece)
      const records = readAll(reader, wanted?.length)
      return { columns: reader.columns, ignored: reader.ignored, records, cells: records.map(({ cells }) => cells) }
    } finally {
      source.close()
    }
  }

/** Read bytes to the end with one reader or another. */
export const readCsv = readWith(readDelimited, csv, 'sales.csv')
export const readFallback = readWith(
  (source, format, wanted, limits, piece = pieceBytes) =>
    readCells(source, format, wanted, limits, piece, fallbackCells(format)),
  csv,
  'sales.csv',
)
export const readLines = readWith((source, _, ...rest) => readJsonLines(source, ...rest), ndjson, 'sales.ndjson')
export const readDocument = readWith(readJson, { ...csv, type: 'json' }, 'sales.json')

/** The Fault that `act` ends in, as plain text. */
export async function faultOf(act: () => unknown): Promise<{ code: string; message: string; fix: string }> {
  try {
    await act()
  } catch (error) {
    if (error instanceof Fault) return { code: error.code, message: error.message, fix: error.fix }
    throw error
  }
  throw new Error('nothing was thrown')
}

export const names = (...wanted: string[]): Column[] => wanted.map((name) => ({ name }))

type MakeRecords = (
  path: string,
  format: Format,
  limits: Limits,
  tempDir: string,
  piece?: number,
) => Promise<Records> | Records

/** Read bytes to the end with a reader of records. */
export const readRecordsWith =
  (make: MakeRecords, type: Format['type'], name: string) =>
  async (bytes: string | Uint8Array, { format, wanted = null, limits, piece }: Reading = {}) => {
    const read: Format = { ...csv, type, ...format }
    const records = await make(fileOf(bytes, name), read, { ...defaultLimits, ...limits }, tempDir, piece)
    const reader = readRecords(name, records, read, wanted)
    const found = readAll(reader, wanted?.length)
    const named = found.map(({ cells }) => Object.fromEntries(reader.columns.map((column, i) => [column, cells[i]])))
    return {
      columns: reader.columns,
      ignored: reader.ignored,
      records: found,
      cells: found.map(({ cells }) => cells),
      named,
    }
  }

type MakeOfSource = (
  source: Source,
  format: Format,
  limits: Limits,
  tempDir: string,
  piece?: number,
) => Promise<Records> | Records

/** As `readRecordsWith`, for a format that is read from text. */
export const readSourceWith = (make: MakeOfSource, type: Format['type'], name: string) =>
  readRecordsWith(
    async (path, format, limits, folder, piece) => {
      const source = await openSource(path, format, limits, folder)
      try {
        return await make(source, format, limits, folder, piece)
      } finally {
        source.close()
      }
    },
    type,
    name,
  )

/** What stands at each record's byte range: equal to its raw text where the range is right. */
export const cutOut = (bytes: string | Uint8Array, records: readonly Read[]): string[] =>
  records.map(({ start, length }) =>
    Buffer.from(bytes)
      .subarray(start, start + length)
      .toString(),
  )
