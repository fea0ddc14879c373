-- What the centre knows about how it came to hold what it holds. No indexes: the store is the only writer.
create schema if not exists central;
create schema if not exists ops;

-- Every publication that was received, once; its receipt is made from it.
create table if not exists ops.publication (
  region             varchar not null,
  publish_seq        bigint not null,     -- one sequence a region, over all its marts
  mart               varchar not null,
  sha256             varchar not null,    -- of the Parquet file; its idempotency key
  partitions         bigint not null,     -- as the manifest names them
  applied_partitions bigint not null,
  skipped_partitions bigint not null,     -- the centre had a later publication of these
  rows               bigint not null,
  rows_in_review     bigint not null,     -- source records of the region that wait for a person
  as_of              timestamptz not null, -- when the region committed what it carries
  received_at        timestamptz not null
);

-- Which publication each partition of each mart came with; an emptied partition has 0 rows and stays here.
create table if not exists ops.partition (
  region       varchar not null,
  mart         varchar not null,
  local_date   date not null,
  publish_seq  bigint not null,
  content_hash varchar not null,
  rows         bigint not null
);
