-- Payouts: money that left the provider for the creator's own account.
-- grain:      source, transaction_id
-- units:      amounts are in `currency`, DECIMAL(38,9)
create or replace view core.payout as
select
  source,
  transaction_id,
  status,
  counted,
  occurred_at,
  local_date,
  creator_id,
  account,
  product_id,
  quantity,
  currency,
  gross,
  fee,
  tax,
  net,
  counterparty_country,
  reference,
  provider,
  role,
  rail,
  _file,
  _line
from core.transaction
where kind = 'payout'
