import type { Column, Format } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import type { TextReader } from './batch.ts'
import { readDelimited } from './delimited.ts'
import { openSource, type Source } from './source.ts'

/**
 * Open a file with the reader that speaks its format.
 *
 * @param wanted the columns that batches have, in this order; null: all
 * @param tempDir an existing folder, used when the text must be decompressed or decoded first
 * @throws Fault "file.…": see docs/reading.md
 */
export async function openReader(
  path: string,
  format: Format,
  wanted: readonly Column[] | null,
  limits: Limits,
  tempDir: string,
): Promise<TextReader> {
  const source = await openSource(path, format, limits, tempDir)
  try {
    return readerOf(source, format, wanted, limits)
  } catch (error) {
    source.close()
    throw error
  }
}

function readerOf(source: Source, format: Format, wanted: readonly Column[] | null, limits: Limits): TextReader {
  return readDelimited(source, format, wanted, limits)
}
