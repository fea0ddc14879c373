/** What became of the source records of one or many files; the law is checked in the loading transaction. */
export interface Counts {
  /** Every record the reader met, ignored ones included. */
  read: number
  /** Inserted, or replaced with other content. */
  loaded: number
  /** Already in core with the same content, or superseded by a newer file. */
  unchanged: number
  /** A second record of a key with the same content in one file; every record of a file whose bytes are known. */
  duplicate: number
  rejected: number
  /** Preambles, headers, blank lines, totals: what the reading rules name as no record of the model. */
  ignored: number
  /** Records of a file that waits for a person. */
  held: number
}

/** One line of the JSON that `sync`, `ingest` and `backfill` end with. */
export interface RegionReport extends Counts {
  region: string
  files: number
  /** Open findings of the region after the run. */
  findings: number
  seconds: number
}

export const noCounts = (): Counts => ({
  read: 0,
  loaded: 0,
  unchanged: 0,
  duplicate: 0,
  rejected: 0,
  ignored: 0,
  held: 0,
})

/** `into` plus `from`, field by field. */
export function addCounts<T extends Counts>(into: T, from: Counts): T {
  for (const key of ['read', 'loaded', 'unchanged', 'duplicate', 'rejected', 'ignored', 'held'] as const)
    into[key] += from[key]
  return into
}

/** read = loaded + unchanged + duplicate + rejected + ignored + held. */
export const isConserved = (c: Counts): boolean =>
  c.read === c.loaded + c.unchanged + c.duplicate + c.rejected + c.ignored + c.held
