import type { Column, Format } from '../../contracts/contract.ts'
import type { Limits } from '../../stage/staged.ts'
import { newBatch, textAt } from '../batch.ts'
import { withWestern } from '../encoding/mixed.ts'
import { repairUtf8 } from '../encoding/utf8.ts'
import { isText, openReader } from '../open.ts'
import { settle } from '../settle.ts'
import { openSource, type Source } from './source.ts'

/** Where a record stands, as its reader told it. */
export interface RecordPlace {
  readonly line: number
  readonly start: number
  readonly length: number
}

/**
 * The raw text of some records of a file that was read before, by line; a record that is not there any more is left out.
 *
 * Records of UTF-8 text are cut out by their bytes; others are found by reading the file again.
 *
 * @param columns those it was read with: the header is found by them
 * @throws Fault as `openReader`
 */
export async function rawOf(
  path: string,
  format: Format,
  columns: readonly Column[],
  limits: Limits,
  tempDir: string,
  places: readonly RecordPlace[],
): Promise<ReadonlyMap<number, string>> {
  if (places.length === 0) return new Map()
  const { format: known, source: opened } =
    format.found.length > 0 ? await settle(path, format, limits, tempDir) : { format, source: null }
  const source = opened ?? (isText(known) ? await openSource(path, known, limits, tempDir) : null)
  try {
    if (isText(known) && source?.isUtf8) return cut(source, places)
  } finally {
    source?.close()
  }
  return readAgain(path, format, columns, limits, tempDir, places)
}

function cut(source: Source, places: readonly RecordPlace[]): Map<number, string> {
  const raw = new Map<number, string>()
  for (const { line, start, length } of places) {
    const text = Buffer.alloc(length)
    if (source.read(text, 0, length, start - source.textStart) !== length) continue
    const bytes: number[] = []
    const bad = repairUtf8(text, bytes)
    raw.set(line, Buffer.from(bad.length === 0 ? text : (withWestern(text, bad, bytes) ?? text)).toString())
  }
  return raw
}

async function readAgain(
  path: string,
  format: Format,
  columns: readonly Column[],
  limits: Limits,
  tempDir: string,
  places: readonly RecordPlace[],
): Promise<Map<number, string>> {
  const wanted = new Set(places.map(({ line }) => BigInt(line)))
  const raw = new Map<number, string>()
  const reader = await openReader(path, format, columns, limits, tempDir)
  try {
    const batch = newBatch(columns.length)
    while (raw.size < wanted.size && reader.next(batch) > 0)
      for (let row = 0; row < batch.rows; row++) {
        const line = batch.line[row] as bigint
        if (wanted.has(line)) raw.set(Number(line), textAt(batch, batch.raw, row))
      }
  } finally {
    reader.close()
  }
  return raw
}
