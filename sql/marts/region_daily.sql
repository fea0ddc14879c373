-- What a region's creators sold and gave back on one local day.
-- grain:      local_date, currency
-- partition:  local_date
-- publish:    yes
-- owner:      data engineering
-- units:      amounts are in `currency`, DECIMAL(38,9)
select
  local_date,
  currency,
  count(*) filter (kind = 'sale')                                        as sales,
  (sum(gross) filter (kind = 'sale'))::decimal(38, 9)                    as sales_gross,
  count(*) filter (kind = 'refund')                                      as refunds,
  (sum(gross) filter (kind = 'refund'))::decimal(38, 9)                  as refunds_gross,
  (sum(gross) filter (kind = 'chargeback'))::decimal(38, 9)              as chargebacks_gross,
  sum(fee)::decimal(38, 9)                                               as fee,
  sum(tax)::decimal(38, 9)                                               as tax,
  (sum(net) filter (kind in ('sale', 'refund', 'chargeback')))::decimal(38, 9) as net,
  (sum(gross) filter (kind = 'payout'))::decimal(38, 9)                  as payouts,
  count(*) filter (kind = 'sale' and fee is null)                        as sales_without_known_fee,
  count(distinct creator_id) filter (kind = 'sale')                      as creators
from core.transaction
where counted and role = 'processor'
group by local_date, currency
