import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { publishedMarts } from '../../central/published-marts.ts'
import { startCentral } from '../../central/start.ts'
import { createToken, TokenStore } from '../../operations/tokens.ts'
import { type Layout, layout } from '../../project/layout.ts'

let project: Layout

beforeEach(async () => {
  project = layout(await mkdtemp(join(tmpdir(), 'entrepot-marts-')))
  await mkdir(join(project.root, 'sql/marts'), { recursive: true })
})
afterEach(() => rm(project.root, { recursive: true }))

const write = (name: string, sql: string, publish = 'yes') =>
  writeFile(
    join(project.root, 'sql/marts', `${name}.sql`),
    `-- A mart.\n-- grain: local_date\n-- partition: local_date\n-- publish: ${publish}\n${sql}`,
  )
const named = async (name: string) => (await publishedMarts(project)).find((mart) => mart.name === name)

test("a project's mart has the columns of its SQL; one that is not published is left out", async () => {
  await write('a_first', `select local_date, currency, sum(sales)::bigint as sales from mart.b_second group by all`)
  await write(
    'b_second',
    `select local_date, currency, count(*) as sales, sum(gross)::decimal(38,9) as gross\nfrom core.sale where counted and role = 'processor' group by all -- the end\n`,
    'no',
  )
  expect(await named('a_first')).toEqual({
    name: 'a_first',
    columns: [
      { name: 'local_date', type: 'DATE' },
      { name: 'currency', type: 'VARCHAR' },
      { name: 'sales', type: 'BIGINT' },
    ],
  })
  expect(await named('b_second')).toBeUndefined()
})

test.each([
  ['select 1', 'mart.columns', 'it has no local_date of type DATE, the partition.'],
  [
    'select local_date, sum(_line) as lines from core.transaction group by all',
    'mart.columns',
    'its column lines is HUGEINT, which Parquet can not carry as it is.',
  ],
  ["select local_date, 'ng' as region from core.transaction", 'mart.columns', 'it has a column region.'],
  [
    'select local_date from core.transactions',
    'mart.sql',
    /does not run over an empty core: Catalog Error: Table with name transactions/,
  ],
])('is refused: %s', async (sql, code, message) => {
  await write('odd', sql)
  await expect(publishedMarts(project)).rejects.toMatchObject({
    name: 'Fault',
    code,
    message:
      typeof message === 'string'
        ? `${join(project.root, 'sql/marts/odd.sql')}: ${message}`
        : expect.stringMatching(message),
  })
})

test('the central process starts with them and gives them to SQL', async () => {
  await write('sales_daily', 'select local_date, count(*) as sales from core.sale group by all')
  const central = await startCentral({
    layout: project,
    tokens: new TokenStore(project),
    logger: pino({ level: 'silent' }),
  })
  try {
    const { token } = await createToken(project, { role: 'admin', regions: ['*'], label: 'test' })
    const response = await fetch(`${central.url}/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ sql: 'select column_name from (describe central.sales_daily)' }),
    })
    expect(await response.json()).toEqual({
      rows: [{ column_name: 'region' }, { column_name: 'local_date' }, { column_name: 'sales' }],
      truncated: false,
      regions: [],
    })
  } finally {
    await central.close()
  }
})
