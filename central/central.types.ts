/** The content type of a publication. */
export const publicationType = 'application/vnd.apache.parquet'

/** A mart as the centre holds it: the columns that regions publish, after a leading `region`. */
export interface CentralMart {
  readonly name: string
  /** In the mart's order, types as DuckDB writes them: `DECIMAL(38,9)`. One is `local_date` DATE. */
  readonly columns: readonly Column[]
}

export interface Column {
  readonly name: string
  readonly type: string
}

/** What the centre did with a publication; the same for every repetition of it. */
export interface Receipt {
  readonly region: string
  readonly publishSeq: number
  readonly mart: string
  readonly sha256: string
  readonly appliedPartitions: number
  /** The centre had a later publication of these. */
  readonly skippedPartitions: number
  /** ISO 8601 UTC. */
  readonly receivedAt: string
}

/** How far the centre is behind one region. */
export interface RegionFreshness {
  readonly region: string
  /** When the region committed what its newest publication carries, ISO 8601 UTC. */
  readonly asOf: string
  /** Its `publishSeq`. */
  readonly lastPublication: number
  readonly lastReceivedAt: string
  readonly publications: number
  /** Source records of the region that wait for a person. */
  readonly rowsInReview: number
}
