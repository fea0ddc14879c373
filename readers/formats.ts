import type { Format } from '../contracts/contract.ts'
import type { Limits } from '../stage/staged.ts'
import type { Records } from './records.ts'

/**
 * Read a file of any format but delimited text and JSON into records. Each format's code is loaded when it is needed.
 *
 * @param path the file as it was sent, perhaps compressed
 * @throws Fault "file.…": see docs/reading.md
 */
export async function recordsOf(_path: string, format: Format, _limits: Limits, _tempDir: string): Promise<Records> {
  switch (format.type) {
    default:
      throw new Error(`there is no reader of ${format.type}`)
  }
}
