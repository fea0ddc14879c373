import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isAlive, liveProcess, type ProcessRecord } from '../../operations/process-record.ts'
import { queryCentral } from '../../operations/query-central.ts'
import { withRegion } from '../../operations/region-client.ts'
import { applySchedules, listSchedules, pauseSchedule } from '../../operations/schedules.ts'
import { type StackEvent, type StartedStack, startStack, withStack } from '../../operations/supervisor.ts'
import { sync } from '../../operations/sync.ts'
import { withTemporal } from '../../operations/temporal-client.ts'
import { ensureEngineerToken } from '../../operations/tokens.ts'
import { newProject, sales } from './project.ts'

/** The whole line through real processes: landing zone, Temporal, worker, warehouse, centre. */
const project = newProject(['ng'])
const { layout } = project
const events: StackEvent[] = []
let stack: StartedStack | undefined
/** Every process there was, to see that none is left. */
const processes: ProcessRecord[] = []

beforeAll(() => ensureEngineerToken(layout))
afterAll(async () => {
  await stack?.stop()
  project.remove()
})

function remember(): void {
  for (const name of ['ng', 'central', 'temporal']) {
    const record = liveProcess(layout, name)
    if (record !== undefined) processes.push(record)
  }
}

const central = async (sql: string) => (await queryCentral(layout, sql, { maxRows: 10 })).rows

const inRegion = (sql: string) => withRegion(layout, 'ng', (region) => region.query(sql))

/** Wait until something holds; the test's own time limit ends it where it never does. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(100)
}

/** Kill a process and wait until its supervisor has started another. */
async function killed(name: string): Promise<void> {
  const before = liveProcess(layout, name)
  process.kill(before?.pid ?? 0, 'SIGKILL')
  await until(async () => {
    const now = liveProcess(layout, name)
    return now !== undefined && now.pid !== before?.pid
  })
  remember()
}

describe('a project with one region', () => {
  it('takes a file from the landing zone to core and centre, and loads nothing the second time', async () => {
    project.land('ng', 'july.csv', `${sales(0, 10)}T10,2026-07-01T10:00:00Z,abc,1.00,c1\n`)
    await withStack(layout, ['ng'], {}, async () => {
      const [report] = await sync(layout, ['ng'])
      const { seconds: _, ...counts } = report ?? { seconds: 0 }
      expect(counts).toEqual({
        ...{ region: 'ng', files: 1, read: 12, loaded: 10, unchanged: 0, duplicate: 0, rejected: 1, ignored: 1 },
        ...{ held: 0, findings: 1, problems: [] },
      })
      expect(await inRegion('select count(*)::integer as n, sum(gross) as gross from core.transaction')).toEqual([
        { n: 10, gross: '1000.000000000' },
      ])
      expect(await central('select region, sum(sales_gross) as gross from central.region_daily group by all')).toEqual([
        { region: 'ng', gross: '1000.000000000' },
      ])
      const ledger = await inRegion('select * from ops.file')
      const [again] = await sync(layout, ['ng'])
      expect(again).toMatchObject({ files: 1, read: 12, loaded: 0, unchanged: 12, rejected: 0, findings: 1 })
      expect(await inRegion('select * from ops.file')).toEqual(ledger)
      remember()
    })
    expect(processes.filter(isAlive)).toEqual([])
  })

  it('starts its processes', async () => {
    stack = await startStack(layout, { regions: ['ng'], onEvent: (event) => events.push(event) })
    expect([...stack.failed.values()]).toEqual([])
    remember()
    await expect(startStack(layout, { regions: ['ng'] })).rejects.toMatchObject({ code: 'stack.running' })
  })

  it('takes in what a person hands in, through the worker that runs', async () => {
    const path = `${layout.landing('ng')}/.by-hand.csv`
    project.land('ng', '../.by-hand.csv', sales(20, 22))
    const { report, files } = await withRegion(layout, 'ng', (region) => region.ingest({ path, source: 'shop' }))
    expect(files).toMatchObject([{ outcome: 'loaded', loaded: 2 }])
    expect(report).toMatchObject({ files: 1, loaded: 2 })
    expect(await central('select sum(sales_gross) as gross from central.region_daily')).toEqual([
      { gross: '1200.000000000' },
    ])
    await expect(withRegion(layout, 'ng', (region) => region.ingest({ path, source: 'shpo' }))).rejects.toMatchObject({
      name: 'Fault',
      code: 'source.unknown',
      message: 'Region ng has no source "shpo". Did you mean "shop"?',
    })
  })

  it('takes in by itself what lands', async () => {
    project.land('ng', 'august.csv', sales(30, 35))
    await until(
      async () => (await inRegion("select * from core.transaction where transaction_id = 'T34'")).length === 1,
    )
    expect(await inRegion('select count(*)::integer as n from core.transaction')).toEqual([{ n: 17 }])
  })

  it('goes on when worker, centre and Temporal are killed', async () => {
    await Promise.all(['ng', 'central', 'temporal'].map(killed))
    project.land('ng', 'september.csv', sales(40, 43))
    await sync(layout, ['ng'])
    await until(async () => {
      const [row] = await central('select sum(sales_gross) as gross from central.region_daily')
      return row?.gross === '2000.000000000'
    })
    expect(
      events
        .filter(({ kind }) => kind === 'died')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['central', 'ng', 'temporal'])
  })

  it('has a schedule as region.yaml says, applied once', async () => {
    expect(await listSchedules(layout, ['ng'])).toMatchObject([{ region: 'ng', state: 'missing', next: null }])
    expect(await applySchedules(layout, ['ng'])).toEqual([{ region: 'ng', change: 'created' }])
    expect(await applySchedules(layout, ['ng'])).toEqual([{ region: 'ng', change: 'unchanged' }])
    const [active] = await listSchedules(layout, ['ng'])
    expect(active).toMatchObject({ cron: '5 6 * * *', zone: 'Africa/Lagos', state: 'active' })
    expect(active?.next).toMatch(/T05:05:\d\dZ$|T05:05:\d\d\.\d{3}Z$/)
    await withTemporal(layout, async (client) => {
      await client.schedule.getHandle('ng/schedule/sync').trigger()
      const done = { query: "WorkflowType = 'scheduledSync' and ExecutionStatus = 'Completed'" }
      await until(async () => (await client.workflow.count(done.query)).count === 1)
    })
    await pauseSchedule(layout, 'ng')
    expect(await applySchedules(layout, ['ng'])).toEqual([{ region: 'ng', change: 'unchanged' }])
    expect(await listSchedules(layout, ['ng'])).toMatchObject([{ state: 'paused' }])
    await pauseSchedule(layout, 'ng', false)
    expect(await listSchedules(layout, ['ng'])).toMatchObject([{ state: 'active' }])
  })

  it('leaves no process, and answers without them', async () => {
    await stack?.stop()
    expect(processes.filter(isAlive)).toEqual([])
    expect(await inRegion('select count(*)::integer as n from core.transaction')).toEqual([{ n: 20 }])
  })
})
