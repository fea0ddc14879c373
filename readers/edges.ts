import type { TextBatch } from './batch.ts'
import { bytesAt } from './views.ts'

/** A row of cells that is perhaps no record. */
export interface LooseRow {
  readonly line: number
  readonly cells: readonly string[]
}

/** What stands around the records of a file: where it says what they come to. */
export interface Edges {
  /** The first rows above the header. */
  readonly above: readonly LooseRow[]
  /** The last rows below it, whatever they are. */
  readonly last: readonly LooseRow[]
}

/** At most so many rows of each. */
export const edgeRows = 200
/** A row longer than this is not looked at. */
export const longestRow = 64 * 1024

/** The last rows of batches that are filled one after the other: their texts, to be split when all are read. */
export class LastRows {
  #rows: { line: number; raw: Uint8Array; cells: readonly string[] | undefined }[] = []

  add(batch: TextBatch): void {
    const from = Math.max(0, batch.rows - edgeRows)
    const added = []
    for (let row = from; row < batch.rows; row++) {
      const raw = bytesAt(batch, batch.raw, row) as Uint8Array
      if (raw.length <= longestRow)
        added.push({ line: Number(batch.line[row]), raw: raw.slice(), cells: batch.mended.get(row) })
    }
    this.#rows = this.#rows.concat(added).slice(-edgeRows)
  }

  rows(split: (raw: Uint8Array) => readonly string[]): LooseRow[] {
    return this.#rows.map(({ line, raw, cells }) => ({ line, cells: cells ?? split(raw) }))
  }
}
