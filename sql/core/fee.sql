-- Fees that came as movements of their own, beside those on a sale: of one amount, fee is what was taken and gross 0.
-- grain:      source, transaction_id
-- units:      amounts are in `currency`, DECIMAL(38,9)
create or replace view core.fee as
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
where kind = 'fee'
