import { ApplicationFailure, Context } from '@temporalio/activity'
import { WorkflowIdConflictPolicy } from '@temporalio/client'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { noCounts } from '../../models/report.ts'
import { backfill } from '../../workflows/backfill.ts'
import { landed, progressQuery, workflowIds } from '../../workflows/names.ts'
import type { publishRegion } from '../../workflows/publish-region.ts'
import { scheduledSync } from '../../workflows/scheduled-sync.ts'
import { syncRegion } from '../../workflows/sync-region.ts'
import { fakeActivities, fault, oneLoaded, unitOf } from './fakes.ts'
import { temporal } from './temporal.ts'

let at: Awaited<ReturnType<typeof temporal>>
beforeAll(async () => {
  at = await temporal()
})
afterAll(() => at.stop())

const scope = { region: 'ng', prefix: '' }
const nothingNew = { units: [], unchanged: { files: 0, ...noCounts() }, hasMore: false }

/** One page of units, then nothing. */
const once = (...letters: string[]): Activities['discover'] => {
  let isFirst = true
  return async () => {
    const found = isFirst ? { ...nothingNew, units: letters.map((letter) => unitOf(letter)) } : nothingNew
    isFirst = false
    return found
  }
}

const sync = (taskQueue: string) =>
  at.client.workflow.execute(syncRegion, {
    taskQueue,
    workflowId: workflowIds.sync(scope),
    args: [{ ...scope, trigger: 'person' }],
  })

describe('syncRegion', () => {
  it('stages, loads and refreshes a file, then publishes and renews the analyst file', async () => {
    const calls: string[] = []
    const report = await at.worker(fakeActivities(calls, { discover: once('a') }), sync)
    expect(calls).toEqual([
      'discover',
      'stage a',
      'load a',
      'refreshMarts',
      'publish',
      'renewAnalystFile',
      'countFindings',
    ])
    expect(report).toMatchObject({ region: 'ng', files: 1, read: 1, loaded: 1, findings: 0, problems: [] })
  })

  it('brings a big file into the marts before it takes in the next', async () => {
    const calls: string[] = []
    const big = { ...unitOf('a'), sizeBytes: 200 * 1024 * 1024 }
    let isFirst = true
    const discover: Activities['discover'] = async () => {
      const units = isFirst ? [big] : []
      isFirst = false
      return { ...nothingNew, units, hasMore: false }
    }
    await at.worker(fakeActivities(calls, { discover }), sync)
    expect(calls.filter((call) => call === 'refreshMarts')).toHaveLength(2)
  })

  it('counts what has not changed, and loads nothing', async () => {
    const calls: string[] = []
    const discover = async () => ({ ...nothingNew, unchanged: { files: 2, ...noCounts(), read: 9, unchanged: 9 } })
    const report = await at.worker(fakeActivities(calls, { discover }), sync)
    expect(calls).not.toContain('load a')
    expect(report).toMatchObject({ files: 2, read: 9, unchanged: 9, loaded: 0 })
  })

  it('asks for more while there is more', async () => {
    const pages = ['a', 'b', 'c']
    let rounds = 0
    const discover: Activities['discover'] = async () => {
      const letter = pages[rounds]
      rounds += 1
      const unchanged = { files: 1, ...noCounts(), read: 1, unchanged: 1 }
      return { units: letter === undefined ? [] : [unitOf(letter)], unchanged, hasMore: rounds < 3 }
    }
    const report = await at.worker(fakeActivities([], { discover }), sync)
    expect(rounds).toBe(3)
    expect(report).toMatchObject({ files: 4, loaded: 3, unchanged: 1 })
  })

  it('runs two units at once and no more', async () => {
    let now = 0
    let most = 0
    const stage: Activities['stage'] = async ({ files }) => {
      now += 1
      most = Math.max(most, now)
      // The first waits for a second one, however slow the machine is; a third would come meanwhile.
      for (let waited = 0; most < 2 && waited < 200; waited++) await Context.current().sleep(50)
      await Context.current().sleep(50)
      now -= 1
      return files.map(() => ({ staged: '/staged' }))
    }
    await at.worker(fakeActivities([], { discover: once('a', 'b', 'c', 'd', 'e'), stage }), sync)
    expect(most).toBe(2)
  })

  it('hands a file that can not be read to load, and goes on with the rest', async () => {
    const calls: string[] = []
    const stage: Activities['stage'] = async ({ id, files }) => {
      if (id.startsWith('b')) throw fault('file.binary', 'b.csv is no text')
      return files.map(() => ({ staged: '/staged' }))
    }
    const report = await at.worker(fakeActivities(calls, { discover: once('a', 'b', 'c'), stage }), sync)
    expect(calls.filter((call) => call === 'stage b')).toHaveLength(1)
    expect(calls).toContain('load b unreadable file.binary')
    expect(report).toMatchObject({ files: 3, problems: [] })
  })

  it('tries infrastructure again and a Fault not', async () => {
    let tries = 0
    const load: Activities['load'] = async ({ id }) => {
      if (id.startsWith('b')) throw fault('warehouse.disk-full', 'the disk is full')
      tries += 1
      if (tries < 3) throw new Error('the connection was lost')
      return oneLoaded
    }
    const calls: string[] = []
    const report = await at.worker(fakeActivities(calls, { discover: once('a', 'b'), load }), sync)
    expect(tries).toBe(3)
    expect(calls.filter((call) => call === 'load b')).toHaveLength(1)
    expect(calls).toContain('recordProblem shop warehouse.disk-full')
    expect(report).toMatchObject({ files: 1, loaded: 1, problems: ['shop/b.csv: the disk is full'] })
  })

  it('ends while the centre is away, and publishes when it is back', async () => {
    let isAway = true
    const publish: Activities['publish'] = async () => {
      if (isAway) throw ApplicationFailure.create({ message: 'no centre', type: 'central.away' })
      return { sent: 3 }
    }
    await at.worker(fakeActivities([], { discover: once('a'), publish }), async (taskQueue) => {
      await sync(taskQueue)
      await sync(taskQueue) // joins the publisher that waits
      isAway = false
      const publisher = at.client.workflow.getHandle<typeof publishRegion>(workflowIds.publish(scope))
      expect(await publisher.result()).toEqual({ sent: 3 })
    })
  })

  it('records what the centre refuses, and ends well', async () => {
    const calls: string[] = []
    const publish: Activities['publish'] = async () => {
      throw fault('publication.scope', 'the token is not of this region')
    }
    const report = await at.worker(fakeActivities(calls, { publish }), sync)
    expect(calls).toContain('recordProblem  publication.scope')
    expect(report.region).toBe('ng')
  })

  it('looks once more when something landed while it ran; a second trigger joins it', async () => {
    let rounds = 0
    let release = () => {}
    const running = new Promise<void>((resolve) => {
      release = resolve
    })
    const discover: Activities['discover'] = async () => {
      rounds += 1
      if (rounds === 1) await running
      return nothingNew
    }
    await at.worker(fakeActivities([], { discover }), async (taskQueue) => {
      const start = () =>
        at.client.workflow.signalWithStart(syncRegion, {
          taskQueue,
          workflowId: workflowIds.sync(scope),
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
          args: [{ ...scope, trigger: 'landing' as const }],
          signal: landed,
        })
      const first = await start()
      expect(await first.query(progressQuery)).toMatchObject({ phase: 'discover', files: 0 })
      const second = await start()
      expect(second.signaledRunId).toBe(first.signaledRunId)
      release()
      await first.result()
    })
    expect(rounds).toBe(2)
  })

  it('runs under its own id when a schedule starts it', async () => {
    const calls: string[] = []
    await at.worker(fakeActivities(calls), async (taskQueue) => {
      await at.client.workflow.execute(scheduledSync, { taskQueue, workflowId: 'ng/scheduled-1', args: [scope] })
      const { status, type } = await at.client.workflow.getHandle(workflowIds.sync(scope)).describe()
      expect([status.name, type]).toEqual(['COMPLETED', 'syncRegion'])
    })
    expect(calls[0]).toBe('discover')
  })
})

describe('backfill', () => {
  const range = { region: 'ng', prefix: '', fromDate: '2026-07-01', toDate: '2026-08-01' }

  it('takes every page in order', async () => {
    const asked: (string | null)[] = []
    const listArchived: Activities['listArchived'] = async ({ after }) => {
      asked.push(after)
      return after === null ? { units: [unitOf('a')], next: 'a' } : { units: [unitOf('b')], next: null }
    }
    const report = await at.worker(fakeActivities([], { listArchived }), (taskQueue) =>
      at.client.workflow.execute(backfill, {
        taskQueue,
        workflowId: workflowIds.backfill(scope, range),
        args: [range],
      }),
    )
    expect(asked).toEqual([null, 'a'])
    expect(report).toMatchObject({ files: 2, loaded: 2 })
  })

  it('stops the unit that runs when it is cancelled', async () => {
    let wasCancelled = false
    let hasStarted = () => {}
    const started = new Promise<void>((resolve) => {
      hasStarted = resolve
    })
    const stage: Activities['stage'] = async () => {
      hasStarted()
      const beat = setInterval(() => Context.current().heartbeat(), 100)
      try {
        return await Context.current().cancelled
      } finally {
        clearInterval(beat)
        wasCancelled = true
      }
    }
    const listArchived: Activities['listArchived'] = async () => ({ units: [unitOf('a')], next: null })
    await at.worker(fakeActivities([], { listArchived, stage }), async (taskQueue) => {
      const workflowId = workflowIds.backfill(scope, { ...range, source: 'shop' })
      const handle = await at.client.workflow.start(backfill, { taskQueue, workflowId, args: [range] })
      await started
      await handle.cancel()
      await expect(handle.result()).rejects.toThrow('Workflow execution cancelled')
    })
    expect(wasCancelled).toBe(true)
  })
})
