import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { killPoint } from '../models/kill-point.ts'
import { packageRoot } from '../project/package-root.ts'
import { coreTables } from './core-tables.ts'
import type { Session } from './duck.ts'

/** Forward only; a released one is never edited. A new field of a model is a new one (`add column if not exists`). */
const migrations: readonly { readonly version: number; readonly name: string; readonly sql: () => string }[] = [
  { version: 1, name: 'schemas, core tables, ledger, quarantine, marts, outbox', sql: () => first },
  { version: 2, name: 'files that share keys, profiles of files, proposals', sql: () => second },
]

/** Bring the file to this version of the program. */
export async function migrate(session: Session): Promise<void> {
  await session.run('create schema if not exists ops')
  await session.run(
    'create table if not exists ops.migration (version integer, name varchar, views varchar, applied_at timestamptz)',
  )
  const done = await session.number('select coalesce(max(version), 0) from ops.migration')
  for (const { version, name, sql } of migrations) {
    if (version <= done) continue
    await session.transaction(
      async () => {
        await session.run(sql())
        await session.run('insert into ops.migration values ($version, $name, null, now())', { version, name })
      },
      { before: () => killPoint('migrate.before-commit'), after: () => killPoint('migrate.after-commit') },
    )
  }
  await refreshViews(session)
}

/** The views of `sql/core/` as one script. */
export function coreViews(): string {
  const folder = join(packageRoot, 'sql', 'core')
  const files = readdirSync(folder).filter((name) => name.endsWith('.sql'))
  return files
    .sort()
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join(';\n')
}

/** The views are made again only when their text has changed: opening a warehouse writes nothing. */
async function refreshViews(session: Session): Promise<void> {
  const text = coreViews()
  const current = await session.one(
    'select views from ops.migration where views is not null order by version desc limit 1',
  )
  if (current?.views === text) return
  await session.transaction(
    async () => {
      await session.run(text)
      await session.run(
        'update ops.migration set views = $text where version = (select max(version) from ops.migration)',
        { text },
      )
    },
    { before: () => killPoint('views.before-commit'), after: () => killPoint('views.after-commit') },
  )
}

const first = `
create schema if not exists core;
create schema if not exists mart;
create schema if not exists quality;
${coreTables()}

-- One row. epoch: the last ticket that committed. journal_seq: the last journal entry applied. publish_seq: the last
-- one reserved.
create table ops.writer (epoch bigint, journal_seq bigint, publish_seq bigint, change_seq bigint);
insert into ops.writer values (0, 0, 0, 0);

-- The ledger: one row for each content of a source. id is the order of first arrival.
create table ops.file (
  id integer, source varchar, sha256 varchar, name varchar, size_bytes bigint, arrived_at timestamptz,
  model varchar, contract_version varchar, outcome varchar,
  "read" bigint, loaded bigint, unchanged bigint, duplicate bigint, rejected bigint, ignored bigint, held bigint,
  from_date date, last_date date, newest_at timestamptz,
  problem_code varchar, problem_message varchar, problem_fix varchar,
  loaded_at timestamptz, journal_seq bigint, change_seq bigint,
  staged_bytes bigint, stage_seconds double, load_seconds double
);
create table ops.file_name (file integer, name varchar, first_seen timestamptz);
create table ops.source_column (source varchar, position integer, name varchar);

-- Local dates whose marts are older than core.
create table ops.changed_partition (local_date date);
-- When core changed last on a local date, counted in loads; what the analyst file is behind by.
create table ops.partition_change (local_date date, change_seq bigint);
-- Tables without local dates that changed since the marts that read them were computed.
create table ops.changed_table (name varchar);
create table ops.table_change (name varchar, change_seq bigint);

create table ops.mart (name varchar, sql_text varchar);
-- content_hash: of the partition as the mart has it; published_hash: as it was published last; null: not at all.
create table ops.mart_partition (mart varchar, local_date date, "rows" bigint, content_hash varchar, published_hash varchar);
create table ops.outbox (
  publish_seq bigint, mart varchar, file_name varchar, sha256 varchar, manifest varchar, partitions bigint,
  as_of timestamptz, acknowledged_at timestamptz, receipt varchar
);

-- A cache of the landing zone's file times: nothing depends on it.
create table ops.seen_landing (
  path varchar, size_bytes bigint, mtime_ns varchar, ctime_ns varchar, source varchar, sha256 varchar, name varchar,
  file_bytes bigint, arrived_at timestamptz
);

create table quality.reject (
  _file integer, source varchar, line bigint, byte_start bigint, byte_length integer, reasons varchar[], raw varchar,
  contract_version varchar
);
create table quality.finding (
  number integer, source varchar, code varchar, severity varchar, state varchar, "rows" bigint,
  first_seen timestamptz, last_seen timestamptz, message varchar,
  example_file varchar, example_line bigint, example_raw varchar
);
-- What each file adds to a finding; _file is null for a finding that is of no file.
create table quality.finding_share (
  source varchar, code varchar, severity varchar, _file integer, "rows" bigint, seen_at timestamptz, message varchar,
  example varchar, line bigint, raw varchar
);
`

const second = `
create table ops.shared_key (file integer, earlier integer);
-- Of files that were loaded before, nobody noted which share keys: each may with the one before it, so all of a source.
insert into ops.shared_key
  select id, earlier from (select id, lag(id) over (partition by source order by id) as earlier from ops.file)
  where earlier is not null;

-- What a file's valid records look like, for files that come after it. currency and median: of an amount; else absent.
create table quality.file_profile (
  _file integer, field varchar, currency varchar, records bigint, absent bigint, median decimal(38, 9)
);
alter table quality.finding add column proposal varchar;
alter table ops.file add column columns varchar[];
alter table quality.finding_share add column proposal varchar;
`
