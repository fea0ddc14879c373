import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { literal, quote, type Session } from '../warehouse/duck.ts'
import type { PublicationManifest } from '../warehouse/warehouse.types.ts'
import type { CentralMart, Column, Receipt } from './central.types.ts'
import { isoUtc } from './freshness.ts'
import { damaged, readable, readManifest } from './manifest.ts'
import { columnsOf, tableOf } from './mart-table.ts'

/** A publication as it was received. */
export interface Received {
  /** Of the token it came with. */
  readonly region: string
  /** A Parquet file: the mart's rows of the manifest's partitions. */
  readonly path: string
  /** Its idempotency key: what the sender says its bytes hash to. */
  readonly sha256: string
}

/**
 * Apply one publication to the central store, whole or not at all.
 *
 * Safe to repeat: the same bytes give the stored receipt and change nothing. Per partition the highest `publishSeq`
 * wins, in whatever order they come. The caller lets in one at a time.
 *
 * @throws Fault "publication.damaged" when hash, rows or partitions are not what key and manifest say
 * @throws Fault "publication.scope" when the token's region is not the manifest's
 * @throws Fault "publication.mart-unknown", "publication.columns" when the centre holds no such mart
 * @throws Fault "publication.sequence" when another publication of the region had this number
 */
export async function applyPublication(
  session: Session,
  marts: ReadonlyMap<string, CentralMart>,
  received: Received,
): Promise<Receipt> {
  await checkHash(received)
  const former = await formerReceipt(session, received)
  if (former !== undefined) return former
  const manifest = await readManifest(session, received.path)
  const mart = checkScope(manifest, marts, received.region)
  checkColumns(mart, manifest.columns, 'its manifest')
  checkColumns(mart, await readable(() => columnsOf(session, rowsOf(received))), 'its Parquet')
  await checkSequence(session, manifest)
  await checkRows(session, manifest, received)
  return await commit(session, mart, manifest, received)
}

async function checkHash({ path, sha256 }: Received): Promise<void> {
  const hash = createHash('sha256')
  await pipeline(createReadStream(path), hash)
  const found = hash.digest('hex')
  if (found !== sha256) throw damaged(`its bytes hash to ${found}, its idempotency key says ${sha256}`)
}

async function formerReceipt(session: Session, { region, sha256 }: Received): Promise<Receipt | undefined> {
  const row = await session.one<Record<keyof Receipt, string>>(
    `select region, publish_seq as "publishSeq", mart, sha256, applied_partitions as "appliedPartitions",
      skipped_partitions as "skippedPartitions", ${isoUtc('received_at')} as "receivedAt"
    from ops.publication where region = $region and sha256 = $sha256`,
    { region, sha256 },
  )
  if (row === undefined) return undefined
  return {
    ...row,
    publishSeq: Number(row.publishSeq),
    appliedPartitions: Number(row.appliedPartitions),
    skippedPartitions: Number(row.skippedPartitions),
  }
}

function checkScope(
  manifest: PublicationManifest,
  marts: ReadonlyMap<string, CentralMart>,
  region: string,
): CentralMart {
  if (manifest.region !== region)
    throw new Fault(
      'publication.scope',
      `The publication is of region ${manifest.region}; the token it came with is of ${region}.`,
      `Send it with the token of ${manifest.region} (its worker reads .entrepot/secrets/${manifest.region}.token).`,
    )
  const mart = marts.get(manifest.mart)
  if (mart !== undefined) return mart
  throw new Fault(
    'publication.mart-unknown',
    `The publication is of mart ${manifest.mart}; the centre holds ${[...marts.keys()].join(', ') || 'none'}.`,
    "Put the mart's .sql file, marked `publish: yes`, in the centre's sql/marts/ and start the centre again.",
  )
}

function checkColumns(mart: CentralMart, found: readonly Column[], where: string): void {
  const text = (columns: readonly Column[]) => columns.map(({ name, type }) => `${name} ${type}`).join(', ')
  if (text(found) === text(mart.columns)) return
  throw new Fault(
    'publication.columns',
    `The publication of mart ${mart.name} has in ${where} the columns ${text(found)}; the centre's are ${text(mart.columns)}.`,
    'Region and centre must run the same version of the mart: update the older one.',
  )
}

async function checkSequence(session: Session, { region, publishSeq }: PublicationManifest): Promise<void> {
  const former = await session.one<{ sha256: string }>(
    'select sha256 from ops.publication where region = $region and publish_seq = $publishSeq',
    { region, publishSeq: BigInt(publishSeq) },
  )
  if (former === undefined) return
  throw new Fault(
    'publication.sequence',
    `Publication ${publishSeq} of ${region} was received before with other bytes (sha256 ${former.sha256}).`,
    'The region counts its publications anew, as after a rebuild: let it go on above the last one of /v1/freshness.',
  )
}

/** The rows are those that the manifest counts, in its partitions alone. */
async function checkRows(session: Session, manifest: PublicationManifest, received: Received): Promise<void> {
  const counts = await readable(() =>
    session.rows<{ day: string | null; n: string }>(
      `select local_date::varchar as day, count(*) as n from (${rowsOf(received)}) group by all order by all`,
    ),
  )
  const found = new Map(counts.map(({ day, n }) => [day ?? 'no date', Number(n)]))
  for (const { localDate, rows } of manifest.partitions) {
    const has = found.get(localDate) ?? 0
    if (has !== rows) throw damaged(`it holds ${has} rows of ${localDate}, its manifest says ${rows}`)
    found.delete(localDate)
  }
  const [outside] = found
  if (outside !== undefined)
    throw damaged(`it holds ${outside[1]} rows of ${outside[0]}, a partition that its manifest does not name`)
}

const commitPoints = {
  before: () => killPoint('central.before-commit'),
  after: () => killPoint('central.after-commit'),
}

async function commit(
  session: Session,
  mart: CentralMart,
  manifest: PublicationManifest,
  received: Received,
): Promise<Receipt> {
  await session.transaction(async () => {
    await findArriving(session, manifest)
    await replaceRows(session, mart, received)
    await record(session, manifest, received)
  }, commitPoints)
  const receipt = await formerReceipt(session, received)
  if (receipt === undefined)
    throw new Error(`publication ${received.sha256} is not in ops.publication after its commit`)
  return receipt
}

/** The manifest's partitions that the centre has no later publication of, as the temporary table `arriving`. */
async function findArriving(
  session: Session,
  { region, mart, publishSeq, partitions }: PublicationManifest,
): Promise<void> {
  await session.run(
    `create or replace temp table arriving as
    select p."localDate" as local_date, p."rows" as "rows", p."contentHash" as content_hash
    from (select unnest(from_json($partitions, '[{"localDate":"DATE","rows":"BIGINT","contentHash":"VARCHAR"}]')) as p)`,
    { partitions: JSON.stringify(partitions) },
  )
  await session.run(
    `delete from arriving where local_date in (
      select local_date from ops.partition where region = $region and mart = $mart and publish_seq > $publishSeq)`,
    { region, mart, publishSeq: BigInt(publishSeq) },
  )
}

async function replaceRows(session: Session, mart: CentralMart, received: Received): Promise<void> {
  const columns = mart.columns.map(({ name }) => quote(name)).join(', ')
  const { region } = received
  await session.run(
    `delete from ${tableOf(mart)} where region = $region and local_date in (select local_date from arriving)`,
    { region },
  )
  await session.run(
    `insert into ${tableOf(mart)} (region, ${columns})
    select $region, ${columns} from (${rowsOf(received)}) where local_date in (select local_date from arriving)`,
    { region },
  )
}

async function record(session: Session, manifest: PublicationManifest, { sha256 }: Received): Promise<void> {
  const { region, mart, partitions } = manifest
  const publishSeq = BigInt(manifest.publishSeq)
  await session.run(
    `delete from ops.partition
    where region = $region and mart = $mart and local_date in (select local_date from arriving)`,
    { region, mart },
  )
  await session.run(
    `insert into ops.partition (region, mart, local_date, publish_seq, content_hash, "rows")
    select $region, $mart, local_date, $publishSeq, content_hash, "rows" from arriving`,
    { region, mart, publishSeq },
  )
  await session.run(
    `insert into ops.publication (region, publish_seq, mart, sha256, partitions, applied_partitions,
      skipped_partitions, "rows", rows_in_review, as_of, received_at)
    select $region, $publishSeq, $mart, $sha256, $partitions, count(*), $partitions - count(*), $rows, $rowsInReview,
      $asOf::timestamptz, $receivedAt::timestamptz
    from arriving`,
    {
      region,
      publishSeq,
      mart,
      sha256,
      partitions: BigInt(partitions.length),
      rows: BigInt(partitions.reduce((sum, { rows }) => sum + rows, 0)),
      rowsInReview: BigInt(manifest.rowsInReview),
      asOf: manifest.asOf,
      receivedAt: new Date().toISOString(),
    },
  )
}

const rowsOf = ({ path }: Received): string => `select * from read_parquet(${literal(path)})`
