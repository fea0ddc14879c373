// The other side of `bench ingest`: bare DuckDB doing the same, honestly fast. Run as
// `node dist/bench/duckdb-ingest.js FILE DATABASE`.
import { DuckDBInstance } from '@duckdb/node-api'
import { countryCodes } from '../models/country.ts'
import { currencies } from '../models/currency.ts'
import { type Outcome, peakRssMb, report, totalsSql } from './outcome.ts'

const [file, database, header] = process.argv.slice(2) as [string, string, string]
const columns = JSON.parse(header) as string[]
const text = (value: string) => `'${value.replaceAll("'", "''")}'`
const name = (value: string) => `"${value.replaceAll('"', '""')}"`

const instance = await DuckDBInstance.create(database, {
  threads: '2',
  memory_limit: process.env.ENTREPOT_BENCH_MEMORY ?? '320MB',
  preserve_insertion_order: 'false',
})
const connection = await instance.connect()
for (const sql of [
  "set timezone = 'UTC'",
  `create type currency_code as enum (${[...currencies.keys()].map(text).join(', ')})`,
  `create type country_code as enum (${countryCodes.map(text).join(', ')})`,
  `create table sale (source varchar, transaction_id varchar, kind varchar, status varchar, counted boolean,
     occurred_at timestamptz, local_date date, creator_id varchar, account varchar, product_id varchar, quantity bigint,
     currency varchar, gross decimal(38,9), fee decimal(38,9), tax decimal(38,9), net decimal(38,9),
     counterparty_country varchar, reference varchar, provider varchar, role varchar, rail varchar)`,
  'create table quarantine (line bigint, reason varchar, raw varchar)',
  `create table creator_daily (local_date date, creator_id varchar, currency varchar, sales bigint,
     gross decimal(38,9), fee decimal(38,9), net decimal(38,9))`,
])
  await connection.run(sql)

/** The same rules as regions/ng/sources/paystack_csv.yaml, as someone who knows DuckDB well would write them. */
const judged = `
with source as (
  select "Reference" as transaction_id, "Status" as status_text, "Amount (Kobo)" as kobo, "Fees" as fees, "Currency" as code,
    "Paid At" as paid_at, "Creator Id" as creator_id, "Product Id" as product_id, "Customer Country" as country, "Quantity" as quantity,
    concat_ws(',', ${columns.map(name).join(', ')}) as raw
  from read_csv(${text(file)}, auto_detect = false, header = true, delim = ',', quote = '"', escape = '"', nullstr = '',
    columns = {${columns.map((name) => `${text(name)}: 'VARCHAR'`).join(', ')}}, store_rejects = true, rejects_limit = 0)
), typed as (
  select transaction_id,
    case status_text when 'success' then 'settled' when 'failed' then 'failed' when 'abandoned' then 'failed' when 'reversed' then 'reversed' end as status,
    case when regexp_full_match(paid_at, '[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}') then try_strptime(paid_at, '%d/%m/%Y %H:%M:%S') end as paid,
    creator_id, product_id,
    case when regexp_full_match(quantity, '-?[0-9]{1,18}') then quantity::bigint end as quantity, quantity as quantity_text,
    try_cast(code as currency_code)::varchar as currency,
    case when regexp_full_match(kobo, '-?[0-9]{1,17}') then (kobo::decimal(18,0) * 0.01::decimal(3,2))::decimal(38,9) end as gross, kobo,
    case when regexp_full_match(fees, '-?[0-9]{1,12}([.][0-9]{1,2})?') then fees::decimal(18,6)::decimal(38,9) end as fee, fees,
    try_cast(country as country_code)::varchar as country, country as country_text, raw
  from source
)
select * exclude (raw), case
    when transaction_id is null then 'transaction_id.missing'
    when status is null then 'status.unknown'
    when paid is null then 'occurred_at.unparseable'
    when currency is null then 'currency.unknown'
    when gross is null then 'gross.unparseable'
    when fees is not null and fee is null then 'fee.unparseable'
    when country_text is not null and country is null then 'country.unknown'
    when quantity_text is not null and quantity is null then 'quantity.unparseable'
    when fee > gross then 'check.fee_below_gross'
    when gross < 0 then 'check.gross_not_negative'
  end as reason,
  case when reason is not null then raw end as raw
from typed`

const began = performance.now()
await connection.run('begin')
await connection.run(`create temp table judged as ${judged}`)
await connection.run(`create temp table repeated as
  select transaction_id from judged where reason is null group by transaction_id having count(*) > 1`)
await connection.run(`create temp table repeat as
  select transaction_id, quantity, row_number() over same as nth, first_value(quantity) over same is not distinct from quantity as is_equal
  from judged where reason is null and transaction_id in (from repeated) window same as (partition by transaction_id order by quantity)`)
await connection.run(`insert into sale
  select 'paystack_csv', transaction_id, 'sale', status, status = 'settled',
    make_timestamptz(epoch_us(paid) - 3600000000), paid::date, creator_id, null, product_id, quantity, currency, gross, fee, 0, gross - fee,
    country, null, 'paystack', 'processor', 'custodial'
  from judged where reason is null and transaction_id not in (from repeated)
  union all
  select 'paystack_csv', transaction_id, 'sale', status, status = 'settled',
    make_timestamptz(epoch_us(paid) - 3600000000), paid::date, creator_id, null, product_id, quantity, currency, gross, fee, 0, gross - fee,
    country, null, 'paystack', 'processor', 'custodial'
  from (select *, row_number() over (partition by transaction_id order by quantity) as nth from judged where reason is null and transaction_id in (from repeated))
  where nth = 1`)
await connection.run(`insert into quarantine
  select null, reason, raw from judged where reason is not null
  union all select line, any_value(error_type::varchar), any_value(csv_line) from reject_errors group by line
  union all select null, 'key.conflict', transaction_id from repeat where nth > 1 and not is_equal`)
await connection.run(`insert into creator_daily
  select local_date, creator_id, currency, count(*), sum(gross), sum(fee), sum(net) from sale where counted group by all`)
await connection.run('commit')
await connection.run('checkpoint')
const seconds = (performance.now() - began) / 1000

const one = async (sql: string) => Number((await connection.runAndReadAll(sql)).getRows()[0]?.[0])
const totals = (await connection.runAndReadAll(totalsSql('sale'))).getRowObjectsJson() as {
  currency: string
  rows: number
  gross: string
  fee: string
  net: string
}[]
const outcome: Outcome = {
  loaded: await one('select count(*) from sale'),
  duplicate: await one('select count(*) from repeat where nth > 1 and is_equal'),
  rejected: await one('select count(*) from quarantine'),
  totals: Object.fromEntries(totals.map(({ currency, ...sums }) => [currency, sums])),
  days: await one('select count(distinct local_date) from creator_daily'),
}
const rssMb = peakRssMb()
connection.closeSync()
instance.closeSync()
report({ seconds, rssMb, outcome })
