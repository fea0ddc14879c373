import { z } from 'zod'
import { Fault } from '../models/fault.ts'
import type { Session } from '../warehouse/duck.ts'
import type { PublicationManifest } from '../warehouse/warehouse.types.ts'

const count = z.int().nonnegative()

const manifestSchema: z.ZodType<PublicationManifest> = z.object({
  region: z.string().min(1),
  mart: z.string().min(1),
  publishSeq: z.int().positive(),
  asOf: z.iso.datetime({ offset: true }),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
  partitions: z
    .array(z.object({ localDate: z.iso.date(), rows: count, contentHash: z.string().min(1) }))
    .refine((all) => new Set(all.map(({ localDate }) => localDate)).size === all.length, 'names a partition twice'),
  contractVersions: z.array(z.string()),
  rowsInReview: count,
})

/** The manifest of a publication. @throws Fault "publication.damaged" when the file is no publication */
export async function readManifest(session: Session, path: string): Promise<PublicationManifest> {
  const found = await readable(() =>
    session.rows<{ text: string }>(
      `select decode(value) as text from parquet_kv_metadata($path) where decode(key) = 'manifest'`,
      { path },
    ),
  )
  const [manifest] = found
  if (manifest === undefined || found.length > 1)
    throw damaged(`it holds ${found.length} manifests in its key-value metadata where one was expected`)
  const parsed = manifestSchema.safeParse(parseJson(manifest.text))
  if (!parsed.success) throw damaged(`its manifest is not right: ${z.prettifyError(parsed.error)}`)
  return parsed.data
}

/**
 * Run a statement that reads a received file. What DuckDB can not read in it is the sender's, for good; what the
 * machine can not do (disk, memory) is not, and is worth trying again.
 */
export async function readable<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof Error) || machineTrouble.test(error.message)) throw error
    throw damaged(`DuckDB can not read it: ${error.message}`, error)
  }
}

const machineTrouble = /^(IO|FATAL|INTERNAL|Out of Memory|INTERRUPT|Connection|TransactionContext) Error/

export const damaged = (why: string, cause?: unknown): Fault =>
  new Fault(
    'publication.damaged',
    `The publication was refused whole: ${why}.`,
    "Stop the region's worker, remove the file from data/outbox/ and start it again: its partitions are published anew.",
    { cause },
  )

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damaged('its manifest is no JSON', error)
  }
}
