import { basename } from 'node:path'
import type { Column, Format } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import type { TextReader } from './batch.ts'
import { readDelimited } from './delimited/delimited.ts'
import { recordsOf } from './formats.ts'
import { readJson, readJsonLines } from './json/json.ts'
import { readRecords } from './records.ts'
import { settle } from './settle.ts'
import { openSource, type Source } from './source/source.ts'

/** A file whose records are to be read. */
export interface OpenedFile {
  readonly reader: TextReader
  /** How it is read, with nothing left to be found. */
  readonly format: Format
}

/**
 * Open a file with the reader that speaks its format, and find what `format.found` leaves to it.
 *
 * @param wanted the columns that batches have, in this order, by the format that was found; null: all
 * @param tempDir an existing folder, used when the text must be decompressed or decoded first
 * @throws Fault "file.…": see docs/reading.md
 */
export async function openFile(
  path: string,
  format: Format,
  wanted: (format: Format) => readonly Column[] | null,
  limits: Limits,
  tempDir: string,
): Promise<OpenedFile> {
  const isLeft = format.found.length > 0 || (format.type === 'json' && format.path === null)
  const names = (wanted(format) ?? []).flatMap((column) => ('name' in column ? [column.name] : []))
  const settled = isLeft ? await settle(path, format, limits, tempDir, names) : { format, source: null }
  const { format: found } = settled
  const columns = wanted(found)
  if (!isText(found)) {
    const records = await recordsOf(path, found, limits, tempDir, settled.source)
    return { reader: readRecords(basename(path), records, found, columns), format: found }
  }
  const source = settled.source ?? (await openSource(path, found, limits, tempDir))
  try {
    return { reader: readText(source, found, columns, limits), format: found }
  } catch (error) {
    source.close()
    throw error
  }
}

/** As `openFile`, for columns that are known before. */
export const openReader = async (
  path: string,
  format: Format,
  wanted: readonly Column[] | null,
  limits: Limits,
  tempDir: string,
): Promise<TextReader> => (await openFile(path, format, () => wanted, limits, tempDir)).reader

type TextFormat = Format & { readonly type: 'csv' | 'ndjson' | 'json' }

/** Whether a format is read from text as it lies, without a record file. */
export const isText = (format: Format): format is TextFormat => ['csv', 'ndjson', 'json'].includes(format.type)

export function readText(
  source: Source,
  format: TextFormat,
  wanted: readonly Column[] | null,
  limits: Limits,
): TextReader {
  switch (format.type) {
    case 'csv':
      return readDelimited(source, format, wanted, limits)
    case 'ndjson':
      return readJsonLines(source, wanted, limits)
    case 'json':
      return readJson(source, format, wanted, limits)
  }
}
