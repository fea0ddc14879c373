-- How far the centre is behind each region, one row a region that has published.
-- grain:      region
create or replace view central.freshness as
select
  region,
  arg_max(as_of, publish_seq)          as as_of,
  max(publish_seq)                     as last_publication,
  arg_max(received_at, publish_seq)    as last_received_at,
  count(*)                             as publications,
  arg_max(rows_in_review, publish_seq) as rows_in_review
from ops.publication
group by region;
