import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { killPoint } from '../models/kill-point.ts'
import { syncNow } from './archive.ts'
import { literal, quote, type Session } from './duck.ts'
import { isoUtc } from './findings.ts'
import type { Journal, JournalEntry } from './journal.ts'
import type { Mart } from './mart-files.ts'
import type { MartsContext } from './marts.ts'
import type { PendingPublication, PublicationManifest } from './warehouse.types.ts'
import { claimEpoch, type Turn } from './writer.ts'

/**
 * Publish what of `fresh` differs from what was published last, in the running transaction; false: nothing does.
 *
 * The file is on disk under its own name before the transaction commits: a crash in between leaves a file that no row
 * of the outbox names, and the next start removes it.
 */
export async function publish(session: Session, context: MartsContext, mart: Mart, asOf: string): Promise<boolean> {
  const { layout, region, journal } = context
  await session.run(`
    create or replace temp table publishing as
    select f.* from fresh_partition f
    left join (select * from ops.mart_partition where mart = '${mart.name}') p using (local_date)
    where f.content_hash is distinct from coalesce(p.published_hash, 'empty')`)
  if ((await session.number('select count(*) from publishing')) === 0) return false
  await session.run('update ops.writer set publish_seq = publish_seq + 1')
  const publishSeq = await session.number('select publish_seq from ops.writer')
  const manifest = await describe(session, region, mart, publishSeq, asOf)
  const folder = layout.outbox(region)
  mkdirSync(folder, { recursive: true })
  const fileName = `${String(publishSeq).padStart(10, '0')}-${mart.name}.parquet`
  const aside = join(folder, `.${fileName}`)
  await session.run(`
    copy (select * from fresh where local_date in (select local_date from publishing) order by ${mart.grain.map(quote).join(', ')})
    to ${literal(aside)} (format parquet, compression zstd, kv_metadata { manifest: ${literal(JSON.stringify(manifest))} })`)
  syncNow(aside)
  const sha256 = await hashFile(aside)
  const { seq } = journal.append({ type: 'publishing', publishSeq, mart: mart.name })
  killPoint('outbox.before-rename')
  renameSync(aside, join(folder, fileName))
  killPoint('outbox.after-rename')
  syncNow(folder)
  await session.run(
    `insert into ops.outbox values ($publishSeq, $mart, $fileName, $sha256, $manifest, $partitions, $asOf::timestamptz, null, null)`,
    {
      ...{ mart: mart.name, fileName, sha256, asOf, manifest: JSON.stringify(manifest) },
      ...{ publishSeq: BigInt(publishSeq), partitions: BigInt(manifest.partitions.length) },
    },
  )
  await session.run(
    `update ops.mart_partition set published_hash = p.content_hash from publishing p
     where mart = $mart and ops.mart_partition.local_date = p.local_date`,
    { mart: mart.name },
  )
  await session.run(`update ops.writer set journal_seq = ${seq}`)
  return true
}

async function describe(
  session: Session,
  region: string,
  mart: Mart,
  publishSeq: number,
  asOf: string,
): Promise<PublicationManifest> {
  const columns = await session.rows<{ name: string; type: string }>(
    'select column_name as name, column_type as type from (describe fresh)',
  )
  const partitions = await session.rows<{ localDate: string; rows: number; contentHash: string }>(
    'select local_date::varchar as "localDate", "rows"::integer as "rows", content_hash as "contentHash" from publishing order by local_date',
  )
  const versions = await session.rows<{ version: string }>(
    `select distinct contract_version as version from ops.file
     where outcome = 'loaded' and from_date <= $last::date and last_date >= $first::date order by version`,
    { first: partitions[0]?.localDate ?? null, last: partitions.at(-1)?.localDate ?? null },
  )
  const rowsInReview = await session.number(
    'select (select count(*) from quality.reject) + (select coalesce(sum(held), 0) from ops.file)',
  )
  const contractVersions = versions.map(({ version }) => version)
  return { region, mart: mart.name, publishSeq, asOf, columns, partitions, contractVersions, rowsInReview }
}

export async function pendingPublications(session: Session, folder: string): Promise<PendingPublication[]> {
  const rows = await session.rows<{ seq: string; mart: string; file: string; sha256: string; partitions: string }>(
    `select publish_seq as seq, mart, file_name as file, sha256, partitions from ops.outbox
     where acknowledged_at is null order by publish_seq`,
  )
  return rows.map(({ seq, mart, file, sha256, partitions }) => ({
    ...{ publishSeq: Number(seq), mart, path: join(folder, file), sha256 },
    partitions: Number(partitions),
  }))
}

/** The centre has it: noted in the journal and the outbox, then the file goes. Safe to repeat. */
export async function acknowledge(
  turn: Turn,
  journal: Journal,
  folder: string,
  publishSeq: number,
  receipt: string,
): Promise<void> {
  const { session } = turn
  const row = await session.one<{ mart: string; manifest: string; file_name: string }>(
    'select mart, manifest, file_name from ops.outbox where publish_seq = $seq and acknowledged_at is null',
    { seq: BigInt(publishSeq) },
  )
  if (row === undefined) return
  const manifest = JSON.parse(row.manifest) as PublicationManifest
  const partitions = manifest.partitions.map((p) => [p.localDate, p.rows, p.contentHash] as const)
  const entry = journal.append({ type: 'acknowledged', publishSeq, mart: row.mart, receipt, partitions })
  await session.transaction(
    async () => {
      await claimEpoch(turn, `acknowledgement of publication ${publishSeq}`, entry.seq)
      await session.run(
        `update ops.outbox set acknowledged_at = $at::timestamptz, receipt = $receipt, manifest = null where publish_seq = $seq`,
        { at: entry.at, receipt, seq: BigInt(publishSeq) },
      )
    },
    { before: () => killPoint('acknowledge.before-commit'), after: () => killPoint('acknowledge.after-commit') },
  )
  rmSync(join(folder, row.file_name), { force: true })
}

/** Replay an acknowledgement: the centre holds these partitions, whatever this file knows of it. */
export async function replayAcknowledged(
  session: Session,
  entry: Extract<JournalEntry, { type: 'acknowledged' }>,
): Promise<void> {
  const { mart, publishSeq, receipt, at } = entry
  const values = { mart, receipt, at, seq: BigInt(publishSeq) }
  const changed = await session.run(
    `update ops.outbox set acknowledged_at = $at::timestamptz, receipt = $receipt, manifest = null where publish_seq = $seq`,
    { receipt, at, seq: values.seq },
  )
  if (changed === 0)
    await session.run(
      `insert into ops.outbox values ($seq, $mart, '', '', null, ${entry.partitions.length}, $at::timestamptz, $at::timestamptz, $receipt)`,
      values,
    )
  await session.run(`
    create or replace temp table acknowledged as
    select p[1]::date as local_date, p[2]::bigint as "rows", p[3] as content_hash
    from (select unnest(from_json(${literal(JSON.stringify(entry.partitions.map((p) => p.map(String))))}, '[["varchar"]]')) as p);
    insert into ops.mart_partition
      select ${literal(mart)}, local_date, 0, null, null from acknowledged
      where local_date not in (select local_date from ops.mart_partition where mart = ${literal(mart)});
    update ops.mart_partition set published_hash = a.content_hash from acknowledged a
      where mart = ${literal(mart)} and ops.mart_partition.local_date = a.local_date;
    insert into ops.changed_partition
      select local_date from acknowledged where local_date not in (select local_date from ops.changed_partition)`)
}

/**
 * Bring folder and outbox in step after a crash: files that no row names go; a row whose file is gone is published
 * again, under a new number. Returns what was done, in words.
 */
export async function cleanOutbox(turn: Turn, folder: string): Promise<string[]> {
  const { session } = turn
  const pending = await session.rows<{ publish_seq: string; mart: string; file_name: string; manifest: string }>(
    'select publish_seq, mart, file_name, manifest from ops.outbox where acknowledged_at is null',
  )
  const named = new Set(pending.map((row) => row.file_name))
  const notices: string[] = []
  for (const name of existsSync(folder) ? readdirSync(folder) : []) {
    if (named.has(name) || !name.endsWith('.parquet')) continue
    rmSync(join(folder, name))
    notices.push(`outbox: ${name} was never committed and is removed`)
  }
  const lost = pending.filter(({ file_name }) => !existsSync(join(folder, file_name)))
  if (lost.length === 0) return notices
  await session.transaction(
    async () => {
      await claimEpoch(turn, 'cleaning of the outbox')
      for (const row of lost) await publishAgain(session, row)
    },
    { before: () => killPoint('outbox-clean.before-commit'), after: () => killPoint('outbox-clean.after-commit') },
  )
  for (const { file_name } of lost)
    notices.push(`outbox: ${file_name} is gone before it was sent; its partitions are published again`)
  return notices
}

/** Forget a publication, so that the next refresh of marts publishes its partitions under a new number. */
async function publishAgain(
  session: Session,
  { publish_seq, mart, manifest }: { publish_seq: string; mart: string; manifest: string },
): Promise<void> {
  const { partitions } = JSON.parse(manifest) as PublicationManifest
  const dates = partitions.map(({ localDate }) => `date '${localDate}'`).join(', ')
  await session.run(`
    update ops.mart_partition set published_hash = 'lost' where mart = ${literal(mart)} and local_date in (${dates});
    delete from ops.outbox where publish_seq = ${publish_seq};
    insert into ops.changed_partition select local_date from ops.mart_partition
      where mart = ${literal(mart)} and local_date in (${dates})
        and local_date not in (select local_date from ops.changed_partition)`)
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

/** Newest acknowledgement, ISO 8601 UTC. */
export const lastPublishedAt = async (session: Session): Promise<string | null> =>
  (await session.one<{ newest: string | null }>(`select ${isoUtc('max(acknowledged_at)')} as newest from ops.outbox`))
    ?.newest ?? null
