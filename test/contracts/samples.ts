import { regionProfile } from '../../models/region.ts'

/** Profiles and contracts of different shape that tests read and spoil. */
export const profile = regionProfile.parse({
  region: 'ke',
  name: 'Kenya',
  country: 'KE',
  zone: 'Africa/Nairobi',
  currency: 'KES',
  params: { mtn_wallet: { own_account: 'FRI:1/MM' } },
})

/** File name -> text. */
export const samples: Readonly<Record<string, string>> = {
  'regions/ke/sources/mpesa.yaml': `# yaml-language-server: $schema=../../../contracts/contract.schema.json
source: mpesa
model: transaction
match: mpesa/**/*.csv*
format:
  type: csv
  delimiter: ","
  encoding: utf-8
  quote: '"'
  footer: "^(Total|Closing)[ :]"
key: [transaction_id, kind]
mode: upsert
provider: safaricom
role: processor
rail: custodial
nil: ["--", N/A]
zone: Africa/Nairobi
fields:
  transaction_id:
    from: Receipt No.
  kind:
    from: Reason Type
    map:
      Pay Bill: sale
      Pay Bill Charge: fee
      Reversal: refund
  status:
    from: Transaction Status
    map: { Completed: settled, Failed: failed, Expired: expired }
  counted: { from: Balance Confirmed, map: { "true": true, "false": false } }
  occurred_at:
    from: Completion Time
    fallback: [Initiation Time]
    format: ["DD-MM-YYYY HH:mm:ss", "DD-MM-YYYY hh:mm A"]
    zone: Africa/Nairobi
  gross:
    debit: Withdrawn
    credit: Paid In
    decimal: "."
    group: ","
  fee:
    value: "0"
  counterparty_country:
    from: Country
  reference:
    from: [Linked Transaction ID, A/C No.]
checks:
  - name: not_zero
    sql: gross <> 0
    severity: warn
  - name: rows
    rows:
      min: 1
      max: 100000
    severity: block
  - name: fresh
    max_age: 26h
    severity: warn
on_new_column: block
language: [en, sw]
symbols: [KSh, "US $"]
`,
  'regions/ke/sources/mtn_wallet.yaml': `source: mtn_wallet
model: transaction
match:
  - "wallet/{year}/*.csv"
  - "wallet/{year}/old/*.csv"
params: [own_account, year]
direction:
  in: { column: 11 }
  out: From
  own: own_account
digits: bengali
grouping: indian
unit: minor
format:
  skip_rows: 2
  header: true
  comment: "#"
key:
  occurrence: [Date, Details, Amount]
fields:
  kind: { value: transfer }
  occurred_at: { from: [Date, Time], format: "dddd D MMM YYYY H:mm:ss.SSS", language: fr }
  account: { value: "{own_account}" }
  gross: { column: 17, unit: major, digits: latin }
  tax: { column: [20, 21], sides: { credit: [CR, Cr.], debit: DR, bare: debit } }
  currency: { from: Currency, map: { FCFA: XAF, "586": PKR } }
  quantity: Qty
`,
  'regions/ke/sources/store.yaml': `source: store
model: transaction
match: store/*.json.gz
format:
  path: "data.items[]"
role: store
rail: non_custodial
decimal: ","
group: "."
sign:
  from: Dr/Cr
  negative: [DR, D]
  positive: [CR]
fields:
  transaction_id: id
  kind: { from: type, map: { charge: sale, chargeback: chargeback }, patterns: { "FEE-*": fee, "*": transfer } }
  reference: { from: title, extract: 'Order #([0-9]+)' }
  local_date: { from: day, format: YYYY/MM/DD, agrees: { from: created, format: X, zone: UTC } }
  occurred_at: { from: at, zone: { from: tz, map: { EAT: "+03:00" } } }
  creator_id:
    from: metadata
    json: "$.creator.ids[0]"
  currency:
    value: USD
  gross:
    from: amount
    nil: none
    sign: { from: side, negative: out }
  net: { from: net, decimal: ".", group: "" }
`,
  'regions/ke/sources/products.yaml': `source: products
model: product
match: products.ndjson
mode: snapshot
fields:
  product_id: { from: id }
  creator_id: { from: owner }
  title:
    from: title
    nil: ["(untitled)"]
  price: { from: price, unit: minor, symbols: "£", negate: true }
  status: { from: state, map: { live: listed, hidden: unlisted } }
  listed_at:
    from: listedAt
    format: DD/MM/YYYY HH:mm
    calendar: buddhist
    agrees:
      column: 7
      format: [x, D MMM YYYY]
      language: th
      calendar: buddhist
on_new_column: add
`,
  'regions/ke/sources/recon.yaml': `source: recon
model: transaction
match: recon/*.csv
format: { type: csv, end: "^END OF REPORT" }
only: '"Line Type" <> ''SUBTOTAL'''
fields:
  transaction_id: { from: Id }
  kind: { from: Line Type, map: { TRANSACTION: sale, FEE: fee } }
  status: { sql: "case when Balance is null then 'pending' else 'settled' end", nil: [none] }
  occurred_at: { from: At }
  gross: { from: Amount }
open:
  - id: occurred_at.order
    question: Is 03/04/2026 the third of April or the fourth of March?
    candidates:
      day-first: { occurred_at: { format: "DD/MM/YYYY HH:mm" } }
      month-first: { occurred_at: { format: "MM/DD/YYYY HH:mm" } }
  - id: sign
    question: Which side is out?
    candidates:
      as it is: {}
      by the side:
        sign: { from: Side, negative: D }
        fee: { from: Fee, decimal: "." }
`,
  'regions/ke/sources/bank.yaml': `source: bank
model: transaction
match: bank/*.csv
format: { footer: "^(Closing|Total)" }
key: { occurrence: [Date, Details, Amount, Balance] }
role: bank
fields:
  kind: { value: transfer }
  local_date: { from: Date, format: DD/MM/YYYY }
  gross: Amount
values:
  opening: { beside: Opening Balance }
  closing:
    row: Closing
    from: Balance
    decimal: ","
    group: "."
checks:
  - name: running
    balance: { from: Balance, of: gross, by: [currency], order: newest_first, shows: after, unit: major }
    tolerance: 0.01
    severity: block
  - name: closes
    total:
      sum: gross
      equals: closing - opening
    tolerance: "0.5"
`,
  'regions/ke/sources/statement.yaml': `source: statement
model: transaction
match: statement/*.sta
fields:
  transaction_id: bank_reference
  kind: { value: transfer }
  local_date: { from: value_date, format: YYMMDD }
  gross: { from: amount, sign: { from: mark, negative: [D, RC] } }
values:
  opening: { from: opening_balance, sign: { from: opening_mark, negative: D } }
  closing: { from: closing_balance, sign: { from: closing_mark, negative: D } }
checks:
  - { name: closing, total: { sum: gross, equals: closing - opening } }
`,
  'regions/ke/sources/ledger.yaml': `source: ledger
model: transaction
match: ledger/*.csv
fields:
  transaction_id: Id
  occurred_at: { from: Time, format: "DD/MM/YYYY HH:mm" }
  gross: Amount
records:
  - name: sale
    when: Type = 'SALE'
    fields:
      kind: { value: sale }
      fee: { from: Fee, negate: true }
  - when: Type is null
    sign: { from: Side, negative: [D] }
    fields:
      kind: { from: Reason, map: { out: payout } }
      gross: { unit: minor }
`,
  'regions/ke/sources/exchange.yaml': `source: exchange
model: transaction
match: exchange/*.csv
fields:
  kind: { value: transfer }
  local_date: { from: Day, format: DD/MM/YYYY }
entries:
  - name: sold
    fields:
      transaction_id: Id
      currency: From
      gross: { from: Sold, negate: true }
  - name: bought
    when: '"To" is not null'
    fields:
      transaction_id: { sql: "\\"Id\\" || '-bought'" }
      currency: To
      gross: Bought
`,
  'regions/ke/sources/lines.yaml': `source: lines
model: transaction
match: lines/*.csv
join:
  by: [Transaction ID]
  main: Line = 'TRANSACTION'
  parts:
    Fee Amount: { when: Line = 'FEE', from: Amount }
    VAT Amount:
      when: Line = 'VAT'
      from: Amount
fields:
  transaction_id: Transaction ID
  kind: { value: sale }
  local_date: { from: Day, format: DD/MM/YYYY }
  gross: Amount
  fee: { from: Fee Amount, negate: true }
  tax: { from: VAT Amount, negate: true }
`,
  'regions/ke/sources/short.yaml': `source: short
model: transaction
match: short/{since}/*.csv
params: [since]
fields:
  transaction_id: Id
  kind: { value: sale }
  occurred_at:
    from: Time
    format: [DD/MM HH:mm]
    year: { from: "{since}", to: Period End, format: [YYYYMMDD, D MMMM YYYY] }
  local_date: { from: Day, format: [MM-DD], year: 2026 }
  gross: Amount
`,
  'regions/ke/sources/branches.yaml': `source: branches
model: transaction
match: branches/*.csv
sections:
  Branch: "^Branch: (.+)$"
  Account: "^Account: ([0-9]+)"
fields:
  transaction_id: Id
  kind: { value: sale }
  local_date: { from: Day, format: DD/MM/YYYY }
  account: Account
  reference: Branch
  gross: Amount
`,
}
