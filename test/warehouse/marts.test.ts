import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { literal } from '../../warehouse/duck.ts'
import { parseMart } from '../../warehouse/mart-files.ts'
import type { PublicationManifest, Warehouse } from '../../warehouse/warehouse.types.ts'
import { contractOf, sale, TestProject } from './staged.ts'

let project: TestProject
let warehouse: Warehouse

beforeEach(async () => {
  project = new TestProject()
  warehouse = await project.open()
})
afterEach(async () => {
  await project.close()
  project.remove()
})

/** What a publication's file holds, read as the centre reads it. */
async function read(path: string): Promise<{ manifest: PublicationManifest; rows: Record<string, unknown>[] }> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson()
  const [kept] = await rowsOf(
    `select decode(value) as manifest from parquet_kv_metadata(${literal(path)}) where decode(key) = 'manifest'`,
  )
  const rows = await rowsOf(`from read_parquet(${literal(path)})`)
  connection.closeSync()
  instance.closeSync()
  return { manifest: JSON.parse(String(kept?.manifest)) as PublicationManifest, rows }
}

const pending = async (mart: string) => {
  const found = (await warehouse.pendingPublications()).filter((publication) => publication.mart === mart)
  return found.at(-1) ?? { publishSeq: 0, mart, path: '', sha256: '', partitions: 0 }
}

async function acknowledgeAll(): Promise<void> {
  for (const { publishSeq } of await warehouse.pendingPublications())
    await warehouse.acknowledge(publishSeq, 'receipt-1')
}

test('only a processor’s counted rows are summed, unknown fees are counted apart', async () => {
  const rows = [
    sale('t1', '100', { fee: '2' }),
    sale('t2', '50', { fee: null, net: null }),
    sale('t3', '30', { counted: false, status: 'pending' }),
    sale('t4', '-20', { kind: 'refund', fee: null, net: '-20' }),
    sale('t5', '-80', { kind: 'payout', fee: null, net: '-80' }),
    sale('t6', '0', { kind: 'fee', fee: '3', net: '-3' }),
  ]
  await project.load(warehouse, await project.land('paystack/a.csv', rows))
  const bank = await project.land('bank/a.csv', [sale('b1', '100')], { source: 'bank' })
  await project.load(warehouse, bank, contractOf({ source: 'bank', role: 'bank' }))
  await warehouse.refreshMarts()
  expect(await warehouse.query('from mart.region_daily')).toEqual([
    {
      ...{ local_date: '2026-07-01', currency: 'NGN', sales: '2', sales_gross: '150.000000000', refunds: '1' },
      ...{ refunds_gross: '-20.000000000', chargebacks_gross: null, fee: '5.000000000', tax: null },
      ...{ net: '79.000000000', payouts: '-80.000000000', sales_without_known_fee: '1', creators: '1' },
    },
  ])
  expect(await warehouse.query('from mart.rail_fees')).toEqual([
    {
      ...{ local_date: '2026-07-01', rail: 'custodial', provider: 'paystack', currency: 'NGN', sales: '2' },
      ...{ gross: '150.000000000', fee_known: '2.000000000', gross_with_known_fee: '100.000000000' },
      ...{ sales_without_known_fee: '1', gross_without_known_fee: '50.000000000', fee_share: '0.020000000' },
    },
  ])
  expect(await warehouse.query('select creator_id, sales from mart.creator_daily')).toEqual([
    { creator_id: 'c1', sales: '2' },
  ])
})

test('a publication is Parquet with a manifest, one for each mart and refresh', async () => {
  const report = sale('t2', '200', { local_date: '2026-07-02' })
  await project.load(
    warehouse,
    await project.land('paystack/a.csv', [
      ...[
        sale('t1', '100'),
        report,
        sale('t3', '1', { reasons: ['fee.missing'] }),
        sale('t4', '1', { held: ['unit'] }),
      ],
    ]),
  )
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 2, publications: 3 })
  const publication = await pending('region_daily')
  expect(publication).toMatchObject({ publishSeq: 3, partitions: 2 })
  expect(publication.path).toBe(join(project.layout.outbox('ng'), '0000000003-region_daily.parquet'))
  expect(publication.sha256).toBe(createHash('sha256').update(readFileSync(publication.path)).digest('hex'))
  const { manifest, rows } = await read(publication.path)
  expect(rows).toMatchObject([
    { local_date: '2026-07-01', sales_gross: '100.000000000' },
    { local_date: '2026-07-02', sales_gross: '200.000000000' },
  ])
  const versions = await warehouse.query('select contract_version from ops.file')
  expect(manifest).toMatchObject({
    ...{ region: 'ng', mart: 'region_daily', publishSeq: 3, rowsInReview: 2 },
    contractVersions: versions.map(({ contract_version }) => contract_version),
    partitions: [
      { localDate: '2026-07-01', rows: 1 },
      { localDate: '2026-07-02', rows: 1 },
    ],
  })
  expect(manifest.columns.slice(0, 4)).toEqual([
    { name: 'local_date', type: 'DATE' },
    { name: 'currency', type: 'VARCHAR' },
    { name: 'sales', type: 'BIGINT' },
    { name: 'sales_gross', type: 'DECIMAL(38,9)' },
  ])
  expect(manifest.asOf).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})

test('only partitions that came out differently are published', async () => {
  const day = (n: number, gross: string) => sale(`t${n}`, gross, { local_date: `2026-07-0${n}` })
  await project.load(warehouse, await project.land('paystack/a.csv', [day(1, '1'), day(2, '2'), day(3, '3')]))
  await warehouse.refreshMarts()
  await acknowledgeAll()
  // Day 1 gets other content; day 2 another account, which no mart shows; day 3 nothing.
  const again = [day(1, '10'), { ...day(2, '2'), account: 'x' }, day(3, '3')]
  expect(await project.load(warehouse, await project.land('paystack/b.csv', again))).toMatchObject({ changedDates: 2 })
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 2, publications: 3 })
  const { manifest, rows } = await read((await pending('region_daily')).path)
  expect(manifest.partitions.map(({ localDate }) => localDate)).toEqual(['2026-07-01'])
  expect(rows).toMatchObject([{ local_date: '2026-07-01', sales_gross: '10.000000000' }])
})

test('a partition that became empty is published with no rows', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100')])
  await project.load(warehouse, file)
  await warehouse.refreshMarts()
  await acknowledgeAll()
  project.say(file, [sale('t1', '100', { reasons: ['check.none'] })])
  await project.load(warehouse, file, contractOf({ params: { a: 'b' } }))
  await warehouse.refreshMarts()
  const { manifest, rows } = await read((await pending('region_daily')).path)
  expect(manifest.partitions).toEqual([{ localDate: '2026-07-01', rows: 0, contentHash: 'empty' }])
  expect(rows).toEqual([])
  await acknowledgeAll()
  project.say(file, [sale('t1', '100')])
  await project.load(warehouse, file)
  await warehouse.refreshMarts()
  expect(await warehouse.query('select sales from mart.region_daily')).toEqual([{ sales: '1' }])
  expect((await read((await pending('region_daily')).path)).rows).toHaveLength(1)
})

test('what the centre has is acknowledged once, and its file goes', async () => {
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  await warehouse.refreshMarts()
  await warehouse.acknowledge(2, 'receipt-2')
  await warehouse.acknowledge(2, 'receipt-2')
  await warehouse.acknowledge(77, 'never sent')
  expect((await warehouse.pendingPublications()).map(({ publishSeq }) => publishSeq)).toEqual([1, 3])
  expect(readdirSync(project.layout.outbox('ng')).sort()).toEqual([
    '0000000001-creator_daily.parquet',
    '0000000003-region_daily.parquet',
  ])
  const entries = project.journal().filter(({ type }) => type === 'acknowledged')
  expect(entries).toMatchObject([
    { publishSeq: 2, mart: 'rail_fees', receipt: 'receipt-2', partitions: [['2026-07-01', 1, expect.any(String)]] },
  ])
  expect((await warehouse.status()).lastPublishedAt).toBe(entries[0]?.at)
})

test('a project’s mart beside the package’s; its dependencies without dates make all of it new', async () => {
  const folder = join(project.root, 'sql', 'marts')
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, 'country_daily.sql'),
    `-- Sales by the creator's country.
-- grain:      local_date, country
-- partition:  local_date
-- publish:    no
select t.local_date, c.country, sum(t.gross)::decimal(38, 9) as gross
from core.transaction t join core.creator c on c.creator_id = t.creator_id
group by t.local_date, c.country;
`,
  )
  const country = (code: string) =>
    project.land(`creators/${code}.csv`, [{ creator_id: 'c1', name: 'A', country: code }], { source: 'creators' })
  const creators = contractOf({ model: 'creator', source: 'creators' })
  await project.load(
    warehouse,
    await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '5', { local_date: '2026-07-09' })]),
  )
  await project.load(warehouse, await country('NG'), creators)
  expect((await warehouse.refreshMarts()).publications).toBe(3)
  const rows = () => warehouse.query('select local_date, country from mart.country_daily order by 1')
  expect(await rows()).toEqual([
    { local_date: '2026-07-01', country: 'NG' },
    { local_date: '2026-07-09', country: 'NG' },
  ])
  await project.load(warehouse, await country('GH'), creators)
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 0, publications: 0 })
  expect((await rows()).map((row) => row.country)).toEqual(['GH', 'GH'])
  // Its SQL changes: all of it is made again, with other columns.
  const path = join(folder, 'country_daily.sql')
  writeFileSync(
    path,
    readFileSync(path, 'utf8').replace('as gross', 'as amount').replace('publish:    no', 'publish:    yes'),
  )
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 0, publications: 1 })
  expect(await warehouse.query('select sum(amount) as total from mart.country_daily')).toEqual([
    { total: '105.000000000' },
  ])
  expect((await pending('country_daily')).partitions).toBe(2)
})

test('a mart that is wrong is a finding, and keeps no other from its refresh', async () => {
  const folder = join(project.root, 'sql', 'marts')
  mkdirSync(folder, { recursive: true })
  const header = '-- Broken.\n-- grain:      local_date\n-- partition:  local_date\n-- publish:    no\n'
  const path = join(folder, 'broken.sql')
  writeFileSync(path, `${header}select local_date, nothing from core.transaction`)
  writeFileSync(join(folder, 'headless.sql'), 'select 1')
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  for (const publications of [3, 0]) {
    expect((await warehouse.refreshMarts()).publications).toBe(publications)
    expect(await warehouse.openFindings()).toMatchObject([
      { source: 'marts', code: 'mart.header', rows: 1, message: expect.stringContaining('headless.sql: the header') },
      { source: 'marts', code: 'mart.sql', rows: 1, message: expect.stringContaining('"nothing" not found') },
    ])
  }
  await project.close()
  warehouse = await project.open()
  expect(project.notices).toEqual([expect.stringContaining('headless.sql'), expect.stringContaining('broken.sql')])
  writeFileSync(path, `${header}select local_date, count(*) as n from core.transaction group by local_date`)
  rmSync(join(folder, 'headless.sql'))
  await warehouse.refreshMarts()
  expect(await warehouse.openFindings()).toEqual([])
  expect(await warehouse.query('select n from mart.broken')).toEqual([{ n: '1' }])
})

test('the views of core by kind', async () => {
  const rows = ['sale', 'refund', 'payout', 'fee'].map((kind) => sale(kind, '1', { kind }))
  await project.load(warehouse, await project.land('paystack/a.csv', rows))
  for (const kind of ['sale', 'refund', 'payout', 'fee'])
    expect(await warehouse.query(`select transaction_id from core.${kind}`)).toEqual([{ transaction_id: kind }])
})

test('the header of a mart is checked', () => {
  const text =
    '-- Sales.\n-- Of a day.\n-- grain:      local_date\n-- partition:  local_date\n-- publish:    yes\nselect 1;\n'
  expect(parseMart('/marts/sales_daily.sql', text)).toEqual({
    ...{ name: 'sales_daily', path: '/marts/sales_daily.sql', sql: 'select 1', description: 'Sales. Of a day.' },
    ...{ grain: ['local_date'], partition: 'local_date', isPublished: true },
  })
  expect(() => parseMart('/marts/a.sql', text.replace('yes', 'maybe'))).toThrow(
    '/marts/a.sql: the header\'s "publish" is "maybe", expected such as "no".',
  )
  expect(() => parseMart('/marts/a.sql', 'select 1')).toThrow(`/marts/a.sql: the header's "grain" is missing`)
  expect(() => parseMart('/marts/A-b.sql', text)).toThrow('/marts/A-b.sql: A-b is no name of a mart.')
})
