import { killPoint } from '../models/kill-point.ts'
import type { RegionProfile } from '../models/region.ts'
import { literal, type Session } from './duck.ts'
import { isoUtc } from './findings.ts'
import { lastPublishedAt } from './outbox.ts'
import type { JudgedFile, LandedFile, SeenLanding, WarehouseStatus } from './warehouse.types.ts'
import { claimEpoch, type Turn } from './writer.ts'

export async function filesBetween(
  session: Session,
  { region, zone }: RegionProfile,
  fromDate: string,
  toDate: string,
  source?: string,
): Promise<LandedFile[]> {
  const arrival = `(arrived_at at time zone ${literal(zone)})::date`
  const rows = await session.rows<FileRow>(
    `select source, sha256, name, size_bytes, ${isoUtc('arrived_at')} as arrived_at from ops.file
     where coalesce(from_date, ${arrival}) < $toDate::date and coalesce(last_date, ${arrival}) >= $fromDate::date
       and source = coalesce($source, source)
     order by id`,
    { fromDate, toDate, source: source ?? null },
  )
  return rows.map((row) => landedFile(region, row))
}

/** Every file of a source, in the order of first arrival, with the version of the contract that judged it last. */
export async function judgedFiles(session: Session, region: string, source: string): Promise<JudgedFile[]> {
  const rows = await session.rows<FileRow & { contract_version: string }>(
    `select source, sha256, name, size_bytes, contract_version, ${isoUtc('arrived_at')} as arrived_at
     from ops.file where source = $source order by id`,
    { source },
  )
  return rows.map((row) => ({ file: landedFile(region, row), contractVersion: row.contract_version }))
}

export interface FileRow {
  source: string
  sha256: string
  name: string
  size_bytes: string
  arrived_at: string
}

export const landedFile = (region: string, row: FileRow): LandedFile => ({
  region,
  source: row.source,
  sha256: row.sha256,
  name: row.name,
  sizeBytes: Number(row.size_bytes),
  arrivedAt: row.arrived_at,
})

export async function seenLandings(session: Session, region: string): Promise<Map<string, SeenLanding>> {
  const rows = await session.rows<FileRow & { path: string; file_bytes: string; mtime_ns: string; ctime_ns: string }>(
    `select path, source, sha256, name, file_bytes, size_bytes, mtime_ns, ctime_ns, ${isoUtc('arrived_at')} as arrived_at
     from ops.seen_landing`,
  )
  return new Map(
    rows.map((row) => [
      row.path,
      {
        ...{ path: row.path, sizeBytes: Number(row.size_bytes), mtimeNs: row.mtime_ns, ctimeNs: row.ctime_ns },
        file: landedFile(region, { ...row, size_bytes: row.file_bytes }),
      },
    ]),
  )
}

const seenShape = `[{"path":"varchar","size":"bigint","mtime":"varchar","ctime":"varchar","source":"varchar",
  "sha":"varchar","name":"varchar","bytes":"bigint","arrived":"timestamptz"}]`

export async function rememberLanding(turn: Turn, seen: readonly SeenLanding[]): Promise<void> {
  if (seen.length === 0) return
  const rows = seen.map(({ path, sizeBytes, mtimeNs, ctimeNs, file }) => ({
    ...{ path, size: sizeBytes, mtime: mtimeNs, ctime: ctimeNs },
    ...{ source: file.source, sha: file.sha256, name: file.name, bytes: file.sizeBytes, arrived: file.arrivedAt },
  }))
  const { session } = turn
  await session.transaction(
    async () => {
      await claimEpoch(turn, 'list of seen files')
      await session.run(
        `create or replace temp table seen as
         select s.* from (select unnest(from_json($json, '${seenShape}')) as s)`,
        { json: JSON.stringify(rows) },
      )
      await session.run(`
        delete from ops.seen_landing where path in (select path from seen);
        insert into ops.seen_landing select * from seen`)
    },
    { before: () => killPoint('landing.before-commit'), after: () => killPoint('landing.after-commit') },
  )
}

export async function readStatus(session: Session, region: string): Promise<WarehouseStatus> {
  const files = await session.one<{ files: string; rows: string; newest: string | null; latest: string | null }>(
    `select count(*) as files, coalesce(sum("read" - ignored), 0)::bigint as "rows",
       ${isoUtc('max(loaded_at)')} as newest, max(last_date)::varchar as latest from ops.file`,
  )
  return {
    region,
    files: Number(files?.files ?? 0),
    rows: await session.number('select count(*) from core.transaction'),
    rejects: await session.number('select count(*) from quality.reject'),
    openFindings: await session.number(`select count(*) from quality.finding where state = 'open'`),
    lastLoadAt: files?.newest ?? null,
    pendingPublications: await session.number('select count(*) from ops.outbox where acknowledged_at is null'),
    lastPublishedAt: await lastPublishedAt(session),
    latestDate: files?.latest ?? null,
  }
}
