import { mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unobserved } from '../../activities/beat.ts'
import { discoverLandings } from '../../activities/discover.ts'
import { loadUnit } from '../../activities/load.ts'
import { stageUnit } from '../../activities/stage.ts'
import { isConserved } from '../../models/report.ts'
import { type OpenRegion, openRegionHere } from '../../operations/open-region.ts'
import { packageRoot } from '../../project/package-root.ts'
import type { FileReport } from '../../warehouse/warehouse.types.ts'
import { bookOf } from '../readers/workbook.ts'
import { zipOf } from '../readers/zip-of.ts'
import { newProject } from './project.ts'

/** One region, a source of each family of formats, whose contract says no more than it must. */
const project = newProject(['ng'])
const { layout } = project
const landing = layout.landing('ng')
let open: OpenRegion

beforeAll(async () => {
  for (const [name, { yaml }] of Object.entries(sources))
    writeFileSync(join(layout.sources('ng'), `${name}.yaml`), `source: ${name}\nmodel: transaction\n${yaml}`)
  open = await openRegionHere(layout, 'ng', { info() {}, warn() {}, error() {} })
})
afterAll(async () => {
  await open.close()
  project.remove()
})

const ofCase = (name: string) => readFileSync(join(packageRoot, 'test/readers/cases', name))

function land(name: string, bytes: string | Uint8Array): string {
  const path = join(landing, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, bytes)
  return path
}

async function takeIn(): Promise<readonly FileReport[]> {
  const { units } = await discoverLandings(open.context, [], unobserved())
  const reports = []
  for (const unit of units) {
    const staged = await stageUnit(open.context, unit, unobserved())
    reports.push(...(await loadUnit(open.context, unit, staged, unobserved())).reports)
  }
  return reports
}

const countsOf = ({ read, loaded, unchanged, duplicate, rejected, ignored, held }: FileReport) => [
  ...[read, loaded, unchanged, duplicate, rejected, ignored, held],
]

const rejectsOf = async (source: string) =>
  (
    await open.access.query(
      `select line::integer as line, byte_start::integer as s, byte_length as n, reasons, raw from quality.reject
       where source = '${source}' order by _file, line`,
    )
  ).map(({ line, s, n, reasons, raw }) => [`${line} @${s}+${n} ${(reasons as string[]).join(' ')}`, raw])

const fixedText = `Bank of Nowhere               Statement

Date       Reference   Narration             Amount
---------- ----------- ---------------- -----------
2026-03-01 F-1         Cash in              1250.00
2026-03-02 F-2         Cash out              -75.50
2026-03-03 F-3         Wrong                  12,5O
2026-03-02 F-2         Cash out              -75.50
2026-03-02 F-2         Cash out, other       -99.00
`

const utf16 = (text: string) => Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')])

const sources: Record<string, { yaml: string }> = {
  opay: {
    yaml: `match: "opay/*.xlsx"
mode: append
fields:
  transaction_id: { from: Transaction Reference }
  kind:           { value: transfer }
  occurred_at:    { from: Trans. Date, format: "DD MMM YYYY HH:mm:ss" }
  gross:          { debit: Debit(₦), credit: Credit(₦), nil: ["--"] }
`,
  },
  swift: {
    yaml: `match: "swift/*"
key: [transaction_id]
sign: { from: mark, negative: [D, RC], positive: [C, RD] }
fields:
  transaction_id: { from: bank_reference }
  kind:           { value: transfer }
  local_date:     { from: value_date, format: YYMMDD }
  currency:       { from: currency }
  gross:          { from: amount, decimal: ",", group: "" }
`,
  },
  ofx: {
    yaml: `match: "ofx/*.ofx"
fields:
  transaction_id: { from: FITID }
  kind:           { from: TRNTYPE, map: { CREDIT: sale, DEBIT: payout } }
  local_date:     { from: DTPOSTED, format: YYYYMMDD }
  currency:       { from: CURDEF }
  gross:          { from: TRNAMT }
`,
  },
  camt: {
    yaml: `match: "camt/*.xml"
sign: { from: credit_debit, negative: [DBIT], positive: [CRDT] }
fields:
  transaction_id: { from: [statement_id, entry_number, detail_number] }
  kind:           { value: transfer }
  local_date:     { from: booking_date, format: YYYY-MM-DD }
  currency:       { from: currency }
  gross:          { from: amount }
`,
  },
  orders: {
    yaml: `match: "orders/*.xml"
format: { path: //order }
fields:
  transaction_id: { from: "@id" }
  kind:           { value: sale }
  occurred_at:    { from: placed }
  currency:       { from: "total@currency" }
  gross:          { from: total }
`,
  },
  fixed: {
    yaml: `match: "fixed/*.txt"
format: { footer: "^-----" }
fields:
  transaction_id: { from: Reference }
  kind:           { value: transfer }
  local_date:     { from: Date, format: YYYY-MM-DD }
  gross:          { from: Amount }
`,
  },
  lake: {
    yaml: `match: "lake/*.parquet"
on_new_column: add
fields:
  transaction_id: { from: id }
  kind:           { value: sale }
  occurred_at:    { from: at }
  gross:          { from: amount }
`,
  },
  bank: {
    yaml: `match: "bank/*.xls"
key: { occurrence: [Date, Narration, Debit, Credit] }
fields:
  kind:           { value: transfer }
  local_date:     { from: Date, format: DD/MM/YYYY }
  currency:       { value: INR }
  gross:          { debit: Debit, credit: Credit }
`,
  },
  wide: {
    yaml: `match: "wide/*.csv"
decimal: ","
group: "."
fields:
  transaction_id: { from: Nr }
  kind:           { value: sale }
  local_date:     { from: Tag, format: DD.MM.YYYY }
  currency:       { value: EUR }
  gross:          { from: Betrag }
`,
  },
  shop: {
    yaml: `match: ["shop/*.csv", "shop/*.zip"]
fields:
  transaction_id: { from: Id }
  kind:           { value: sale }
  local_date:     { from: Day }
  gross:          { from: Amount }
`,
  },
  api: {
    yaml: `match: "api/*.json"
fields:
  transaction_id: { from: id }
  kind:           { value: sale }
  occurred_at:    { from: paid.at }
  gross:          { from: paid.amount }
`,
  },
}

const shopRows = (day: string, rows: readonly string[], mark: string) =>
  [`Id,Day,Amount`, ...rows.map((row) => row.replace('DAY', day))].join('\n').replaceAll(',', mark)

const files: readonly (readonly [string, string | Uint8Array])[] = [
  ['opay/march.xlsx', ofCase('xlsx-opay-wallet-statement/input.xlsx')],
  ['swift/march.sta', ofCase('export-mt940/input.sta')],
  ['ofx/march.ofx', ofCase('ofx-as-ofxstatement-writes-it/input.ofx')],
  ['camt/march.xml', ofCase('camt-053-version-2-with-a-batch-that-adds-up/input.xml')],
  ['orders/march.xml', ofCase('xml-records-are-the-elements-that-repeat/input.xml').toString().replace('7.00', '7,00')],
  ['fixed/march.txt', fixedText],
  ['bank/march.xls', ofCase('html-saved-as-xls-by-a-bank/input.xls')],
  [
    'wide/march.csv',
    utf16(
      'Tag;Nr;Betrag\r\n01.03.2026;1;1.234,50\r\n02.03.2026;2;12,5O\r\n01.03.2026;1;1.234,50\r\n03.03.2026;1;"7,00"\r\n',
    ),
  ],
  [
    'shop/march.zip',
    zipOf([
      { name: 'a.csv', data: shopRows('2026-03-01', ['A1,DAY,5.00', 'A2,DAY,x'], '|'), isDeflated: true },
      { name: 'b.csv', data: shopRows('2026-03-01', ['B1,DAY,6.00', 'A1,DAY,5.00'], ','), isDeflated: true },
    ]),
  ],
  [
    'api/march.json',
    JSON.stringify({
      meta: { page: 1 },
      orders: [
        {
          id: 'J1',
          paid: { at: '2026-03-01T10:00:00Z', amount: 12.5 },
          lines: 'abcdef'.split('').map((sku) => ({ sku, n: 1 })),
        },
        { id: 'J2', paid: { at: '2026-03-02T10:00:00Z', amount: null }, lines: [] },
      ],
    }),
  ],
]

async function landParquet(): Promise<void> {
  mkdirSync(join(landing, 'lake'), { recursive: true })
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run(`copy (select * from (values
      ('P1', timestamptz '2026-03-01 10:00:00+00', 12.50::decimal(20,2), 'x'),
      ('P2', timestamptz '2026-03-02 10:00:00+00', null, 'y'),
      ('P1', timestamptz '2026-03-01 10:00:00+00', 13.50::decimal(20,2), 'z')) t(id, "at", amount, note))
    to '${join(landing, 'lake/march.parquet')}' (format parquet)`)
  connection.closeSync()
  instance.closeSync()
}

describe('a region whose sources send every family of formats', () => {
  it('takes each in by a contract that says no more than it must', async () => {
    for (const [name, bytes] of files) land(name, bytes)
    await landParquet()
    const reports = await takeIn()
    expect(reports.every(isConserved)).toBe(true)
    // read, loaded, unchanged, duplicate, rejected, ignored, held
    expect(Object.fromEntries(reports.map((report) => [report.file.name, countsOf(report)]))).toEqual({
      'opay/march.xlsx': [29, 19, 0, 1, 3, 6, 0],
      'swift/march.sta': [24, 21, 0, 0, 3, 0, 0],
      'ofx/march.ofx': [3, 2, 0, 0, 1, 0, 0],
      'camt/march.xml': [5, 3, 0, 0, 2, 0, 0],
      'orders/march.xml': [3, 2, 0, 0, 1, 0, 0],
      'fixed/march.txt': [9, 2, 0, 1, 2, 4, 0],
      'bank/march.xls': [4, 2, 0, 0, 1, 1, 0],
      'wide/march.csv': [5, 1, 0, 1, 2, 1, 0],
      'shop/march.zip/a.csv': [3, 1, 0, 0, 1, 1, 0],
      'shop/march.zip/b.csv': [3, 1, 1, 0, 0, 1, 0],
      'api/march.json': [2, 1, 0, 0, 1, 0, 0],
      'lake/march.parquet': [3, 1, 0, 0, 2, 0, 0],
    })
  })

  it('shows each reject with its line, its place and its text', async () => {
    expect(
      Object.fromEntries(
        await Promise.all(Object.keys(sources).map(async (source) => [source, await rejectsOf(source)])),
      ),
    ).toEqual({
      opay: [
        [
          '11 @0+0 gross.missing',
          '06 Mar 2026 03:46:10\t06 Mar 2026\tTransfer from Amina Testable | Test Bank | 0000000001 | course fee\t--\t--\t157,000.00\tMobile\t260301006942519949782005',
        ],
        [
          '17 @0+0 occurred_at.unparseable',
          '2026-03-12\t12 Mar 2026\tStamp Duty\t5,000.00\t--\t194,000.00\tMobile\t260301093132639042402011',
        ],
        [
          '22 @0+0 gross.unparseable',
          '17 Mar 2026 18:46:23\t17 Mar 2026\tTransfer from Juma Pretendo | Test Bank | 0000000001 | course fee\t--\tN5,000\t270,000.00\tMobile\t260301085028019988408016',
        ],
      ],
      swift: [
        ['18 @569+69 gross.unparseable', ':61:2603060306RDN59500.NTRFNONREF//PSTK3591051\r\n:86:BAD DECIMAL POINT'],
        ['27 @890+55 local_date.unparseable', ':61:260231CN59500,NTRFNONREF//PSTK3591091\r\n:86:BAD DATE'],
        ['61 @1992+51 key.conflict', ':61:260306RD1234,50NTRFNONREF//PSTK3591002\r\n:86:DUP'],
      ],
      ofx: [
        [
          '2 @794+142 kind.unknown',
          '<STMTTRN><TRNTYPE>FEE</TRNTYPE><DTPOSTED>20260302</DTPOSTED><TRNAMT>-187.50</TRNAMT><FITID>FT260001</FITID><MEMO>Transfer fee</MEMO></STMTTRN>',
        ],
      ],
      camt: [
        ['3 @2087+202 gross.precision', expect.stringMatching(/^<TxDtls>.*20000\.5.*<\/TxDtls>$/)],
        [
          '5 @2561+244 local_date.unparseable gross.precision',
          expect.stringMatching(/^<Ntry>.*2026-03-02T18:00:00.*<\/Ntry>$/s),
        ],
      ],
      orders: [['2 @340+275 gross.unparseable', expect.stringMatching(/^<order id="O-2">.*7,00.*<\/order>$/s)]],
      fixed: [
        ['7 @249+51 gross.unparseable', '2026-03-03 F-3         Wrong                  12,5O'],
        ['9 @353+51 key.conflict', '2026-03-02 F-2         Cash out, other       -99.00'],
      ],
      lake: [
        ['2 @0+0 gross.missing', '{"id":"P2","at":"2026-03-02T10:00:00Z","amount":null,"note":"y"}'],
        ['3 @0+0 key.conflict', '{"id":"P1","at":"2026-03-01T10:00:00Z","amount":13.50,"note":"z"}'],
      ],
      bank: [
        [
          '4 @762+151 gross.unparseable',
          expect.stringMatching(/^<tr style="display:none">.*&#8377;&#32;20\.00<\/td><\/tr>$/),
        ],
      ],
      wide: [
        ['3 @78+36 gross.unparseable', '02.03.2026;2;12,5O'],
        ['5 @164+38 key.conflict', '03.03.2026;1;"7,00"'],
      ],
      shop: [['3 @33+15 gross.unparseable', 'A2|2026-03-01|x']],
      api: [['2 @210+73 gross.missing', '{"id":"J2","paid":{"at":"2026-03-02T10:00:00Z","amount":null},"lines":[]}']],
    })
  })

  it('has in core what the samples say', async () => {
    const totals = await open.access.query(
      `select source, currency, count(*)::integer as n, sum(gross)::double as gross from core.transaction
       group by all order by all`,
    )
    expect(totals.map(({ source, currency, n, gross }) => `${source} ${n} ${gross} ${currency}`)).toEqual([
      'api 1 12.5 NGN',
      'bank 2 734.5 INR',
      'camt 3 43000 XOF',
      'fixed 2 1174.5 NGN',
      'lake 1 12.5 NGN',
      'ofx 2 16800 NGN',
      'opay 19 157999 NGN',
      'orders 2 2120.49 GHS',
      'shop 2 11 NGN',
      'swift 7 63967 KES',
      'swift 14 6229.5 NGN',
      'wide 1 1234.5 EUR',
    ])
  })

  it('changes nothing the second time, seen again or touched', async () => {
    const before = await open.access.query('from core.transaction order by all')
    expect(await takeIn()).toEqual([])
    for (const [name] of [...files, ['lake/march.parquet']]) utimesSync(join(landing, name as string), 5_000, 5_000)
    const reports = await takeIn()
    expect(reports).toHaveLength(12)
    expect(reports.every((report) => isConserved(report) && report.read === report.unchanged)).toBe(true)
    expect(await open.access.query('from core.transaction order by all')).toEqual(before)
  })

  it('shows the row of a sheet that says otherwise than an append-only source did before', async () => {
    const cell = (text: string) => `<c t="inlineStr"><is><t>${text}</t></is></c>`
    const row = (...cells: string[]) => `<row>${cells.map(cell).join('')}</row>`
    const header = row('Trans. Date', 'Debit(₦)', 'Credit(₦)', 'Transaction Reference')
    const changed = row('02 Mar 2026 00:46:02', '--', '9,999.00', '260301046490911836987001')
    land('opay/april.xlsx', readFileSync(bookOf({ sheets: [row('Statement') + header + changed] })))
    expect((await takeIn()).map(countsOf)).toEqual([[3, 0, 0, 0, 1, 2, 0]])
    expect((await rejectsOf('opay')).at(-1)).toEqual([
      '3 @0+0 key.conflict',
      '02 Mar 2026 00:46:02\t--\t9,999.00\t260301046490911836987001',
    ])
  })
})
