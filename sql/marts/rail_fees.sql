-- What each rail takes of sales on one local day: custodial against non-custodial.
-- grain:      local_date, rail, provider, currency
-- partition:  local_date
-- publish:    yes
-- owner:      data engineering
-- units:      amounts are in `currency`, DECIMAL(38,9). fee_share is fee_known / gross_with_known_fee, null where no
--             fee is known: sales with an unknown fee are counted apart, with their gross, and never taken for free.
select
  local_date,
  rail,
  provider,
  currency,
  count(*)                                                               as sales,
  sum(gross)::decimal(38, 9)                                             as gross,
  (sum(fee))::decimal(38, 9)                                             as fee_known,
  (sum(gross) filter (fee is not null))::decimal(38, 9)                  as gross_with_known_fee,
  count(*) filter (fee is null)                                          as sales_without_known_fee,
  (sum(gross) filter (fee is null))::decimal(38, 9)                      as gross_without_known_fee,
  round(sum(fee)::double / nullif(sum(gross) filter (fee is not null), 0)::double, 9)::decimal(18, 9) as fee_share
from core.transaction
where counted and role = 'processor' and kind = 'sale'
group by local_date, rail, provider, currency
