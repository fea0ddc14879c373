import { createHash, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import type { CentralMart } from '../../central/central.types.ts'
import { literal } from '../../warehouse/duck.ts'
import type { PendingPublication, PublicationManifest } from '../../warehouse/warehouse.types.ts'

export const creatorDaily: CentralMart = {
  name: 'creator_daily',
  columns: [
    { name: 'local_date', type: 'DATE' },
    { name: 'creator_id', type: 'VARCHAR' },
    { name: 'currency', type: 'VARCHAR' },
    { name: 'sales', type: 'BIGINT' },
    { name: 'gross', type: 'DECIMAL(38,9)' },
  ],
}

/** [local_date, creator_id, gross] */
export type SaleRow = readonly [string, string, string]

export interface Wanted {
  readonly region?: string
  readonly mart?: string
  readonly seq: number
  readonly rows: readonly SaleRow[]
  /** Partitions beside those of the rows, emptied. */
  readonly emptied?: readonly string[]
  readonly manifest?: Partial<PublicationManifest>
  /** Instead of the manifest's JSON. */
  readonly manifestText?: string
  /** Columns of the Parquet file, as a select list over the rows. */
  readonly select?: string
}

/** A publication as a region's outbox holds it, with real Parquet made by DuckDB. */
export async function publicationOf(folder: string, wanted: Wanted): Promise<PendingPublication> {
  const { region = 'ng', mart = 'creator_daily', seq, rows, emptied = [] } = wanted
  const days = [...new Set(rows.map(([day]) => day)), ...emptied]
  const manifest: PublicationManifest = {
    region,
    mart,
    publishSeq: seq,
    asOf: `2026-07-01T10:00:${String(seq % 60).padStart(2, '0')}.000Z`,
    columns: creatorDaily.columns,
    partitions: days.map((localDate) => ({
      localDate,
      rows: rows.filter(([day]) => day === localDate).length,
      contentHash: `hash-${seq}-${localDate}`,
    })),
    contractVersions: ['a1b2'],
    rowsInReview: seq,
    ...wanted.manifest,
  }
  const path = join(folder, `${randomUUID()}.parquet`)
  const values = rows.map(([day, creator, gross]) => `(${literal(day)}, ${literal(creator)}, ${literal(gross)})`)
  const from = values.length > 0 ? `(values ${values.join(', ')})` : `(select '', '', '' where false)`
  const select =
    wanted.select ??
    `nullif(d, '')::date as local_date, c as creator_id, 'NGN' as currency, 1::bigint as sales, g::decimal(38,9) as gross`
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    const text = literal(wanted.manifestText ?? JSON.stringify(manifest))
    await connection.run(
      `copy (select ${select} from ${from} t(d, c, g)) to ${literal(path)} (format parquet, kv_metadata {manifest: ${text}})`,
    )
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
  const sha256 = createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
  return { publishSeq: seq, mart, path, sha256, partitions: manifest.partitions.length }
}
