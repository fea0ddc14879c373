import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { liveProcess } from '../../operations/process-record.ts'
import { queryCentral } from '../../operations/query-central.ts'
import { type Stack, startStack } from '../../operations/supervisor.ts'
import { type RunReport, sync } from '../../operations/sync.ts'
import type { Layout } from '../../project/layout.ts'
import { type Expected, generateFile } from '../../scripts/generate.ts'
import { land } from './files.ts'
import { addRegion, newProject, removeProject } from './project.ts'
import { Stand } from './stand.ts'
import { centralState, coreTotals, martsOf, queried, stateOf, totalsOf, unsound } from './state.ts'

/** A file that takes a while to read, landed in a region. */
function landBig(layout: Layout, region: string, seed: number): Expected {
  const path = join(layout.landing(region), 'shop', 'big.csv')
  return generateFile({ path, shape: 'paystack_csv', rows: 300_000, seed, dirtyShare: 0.01 })
}

/** Wait until a region's staging is under way; the test's own time limit ends it where it never is. */
async function midStage(layout: Layout, region: string): Promise<void> {
  const folder = layout.staged(region)
  const isUnderWay = () =>
    existsSync(folder) &&
    readdirSync(folder).some((name) => name.includes('.part-') && existsSync(join(folder, name, 'records.parquet')))
  while (!isUnderWay()) await sleep(5)
}

async function expectRight(
  layout: Layout,
  region: string,
  report: RunReport | undefined,
  expected: Expected,
): Promise<void> {
  const { read, loaded, rejected, duplicate, ignored } = expected
  expect(report).toMatchObject({ files: 1, read, loaded, rejected, duplicate, ignored, held: 0, problems: [] })
  expect(await coreTotals(layout, region)).toEqual({
    totals: totalsOf([expected]),
    records: [{ records: loaded, keys: loaded }],
  })
  expect(Object.entries(await unsound(layout, region)).filter(([, rows]) => rows.length > 0)).toEqual([])
  const { rows: answered } = await queryCentral(layout, daily('central', `where region = '${region}'`), {
    maxRows: 10_000,
  })
  expect(answered).toEqual(await queried(layout, region, daily('mart', '')))
}

/** Every mart by day and currency. */
const daily = (schema: string, where: string): string => `
  select local_date, currency, 'creators' as mart, count(*)::varchar as "rows", sum(sales)::varchar as sales,
    sum(sales_gross)::varchar as gross, sum(fee)::varchar as fee
  from ${schema}.creator_daily ${where} group by local_date, currency
  union all select local_date, currency, 'rails', count(*)::varchar, sum(sales)::varchar, sum(gross)::varchar,
    sum(fee_known)::varchar
  from ${schema}.rail_fees ${where} group by local_date, currency
  union all select local_date, currency, 'region', count(*)::varchar, sum(sales)::varchar, sum(sales_gross)::varchar,
    sum(fee)::varchar
  from ${schema}.region_daily ${where} group by local_date, currency
  order by all`

describe('processes that nobody starts again', () => {
  let stand: Stand
  beforeAll(async () => {
    stand = await Stand.start()
  })
  afterAll(() => stand.stop())

  test('the centre stopped: a region loads on, its publications wait, and arrive in order', async () => {
    const { layout } = stand
    await stand.addRegion('o1')
    const worker = stand.worker('o1')
    await worker.ready
    const rounds = stand.rounds()
    const pending = async () =>
      (
        await queried(
          layout,
          'o1',
          'select publish_seq from ops.outbox where acknowledged_at is null order by publish_seq',
        )
      ).map(({ publish_seq }) => Number(publish_seq))
    let waiting: number[] = []
    for (let nr = 1; nr <= 3; nr += 1) {
      const round = rounds.next()
      land(layout.landing('o1'), round)
      const report = await (await stand.sync('o1')).report
      expect(report).toMatchObject({ held: 0, problems: [] })
      expect((await coreTotals(layout, 'o1')).totals).toEqual(totalsOf(round.core))
      const now = await pending()
      expect(now.slice(0, waiting.length)).toEqual(waiting)
      expect(now.length).toBeGreaterThan(waiting.length)
      expect(readdirSync(layout.outbox('o1'))).toHaveLength(now.length)
      waiting = now
    }
    await stand.central().ready
    await stand.published(worker, 'o1')
    const { rows: arrived } = await queryCentral(
      layout,
      `select publish_seq from ops.publication where region = 'o1' order by received_at, publish_seq`,
      { maxRows: 1_000 },
    )
    expect(arrived.map(({ publish_seq }) => Number(publish_seq))).toEqual(waiting)
    const { rows: times } = await queryCentral(
      layout,
      `select count(*)::integer as n from (select received_at < lag(received_at) over (order by publish_seq) as is_early
        from ops.publication where region = 'o1') where is_early`,
      { maxRows: 1 },
    )
    expect(times).toEqual([{ n: 0 }])
    expect(await centralState(layout, 'o1')).toEqual(martsOf(await stateOf(layout, 'o1')))
    expect(Object.entries(await unsound(layout, 'o1')).filter(([, rows]) => rows.length > 0)).toEqual([])
  })

  test('a worker that stands still in the middle of staging: the next one takes over, and the sync ends', async () => {
    const { layout } = stand
    await stand.addRegion('o2')
    const expected = landBig(layout, 'o2', 2)
    const stuck = stand.worker('o2')
    await stuck.ready
    const { report } = await stand.sync('o2')
    await midStage(layout, 'o2')
    stuck.kill('SIGSTOP')
    const next = stand.worker('o2')
    await next.ready
    expect((await stuck.ended).signal).toBe('SIGKILL')
    const done = await report
    await stand.published(next, 'o2')
    await expectRight(layout, 'o2', done, expected)
  })
})

describe('processes that the supervisor starts again', () => {
  let layout: Layout
  let stack: Stack
  const died: string[] = []

  beforeAll(async () => {
    layout = await newProject()
    for (const region of ['s1', 's2']) await addRegion(layout, region)
    stack = await startStack(layout, {
      regions: ['s1', 's2'],
      watches: false,
      onEvent: (event) => {
        if (event.kind === 'died') died.push(event.name)
      },
    })
  })
  afterAll(async () => {
    await stack.stop()
    removeProject(layout)
  })

  const pidOf = (name: string): number => liveProcess(layout, name)?.pid ?? Number.NaN

  test.each([
    ['the Temporal server', 'temporal', 's1', 3],
    ["the region's worker", 's2', 's2', 4],
  ])('%s killed in the middle of staging: it is started again, and the sync goes on', async (_, name, region, seed) => {
    const expected = landBig(layout, region, seed)
    const running = sync(layout, [region])
    await midStage(layout, region)
    const pid = pidOf(name)
    process.kill(pid, 'SIGKILL')
    const [report] = await running
    expect(pidOf(name)).not.toBe(pid)
    expect(died).toContain(name)
    await expectRight(layout, region, report, expected)
  })
})
