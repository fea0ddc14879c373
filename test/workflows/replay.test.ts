import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { ApplicationFailure } from '@temporalio/activity'
import { Worker } from '@temporalio/worker'
import { afterAll, describe, expect, it } from 'vitest'
import type { Activities } from '../../activities/index.ts'
import { noCounts } from '../../models/report.ts'
import { provisionTemporal } from '../../operations/temporal-binary.ts'
import { packageRoot } from '../../project/package-root.ts'
import { backfill } from '../../workflows/backfill.ts'
import { workflowIds } from '../../workflows/names.ts'
import { scheduledSync } from '../../workflows/scheduled-sync.ts'
import { syncRegion } from '../../workflows/sync-region.ts'
import { fakeActivities, fault, unitOf } from './fakes.ts'
import { codePath, temporal } from './temporal.ts'

/**
 * Histories of runs of the workflows as they once were: what runs now must be able to go on from each of them.
 *
 * `ENTREPOT_RECORD=1 npx vitest run test/workflows/replay.test.ts` records the missing ones. A history that replay
 * refuses is never recorded anew while a release whose workflows may still run has made it: patch the workflow.
 */
const folder = join(packageRoot, 'test', 'histories')

const scope = { region: 'ng', prefix: '' }
const range = { ...scope, fromDate: '2026-07-01', toDate: '2026-08-01' }
const unchanged = { files: 1, ...noCounts(), read: 2, unchanged: 2 }

const pages = (...letters: string[]): Activities['discover'] => {
  let next = 0
  return async () => {
    const letter = letters[next]
    next += 1
    return { units: letter === undefined ? [] : [unitOf(letter)], unchanged, hasMore: next < letters.length }
  }
}

type At = Awaited<ReturnType<typeof temporal>>

const sync = (at: At, taskQueue: string) =>
  at.client.workflow.execute(syncRegion, {
    taskQueue,
    workflowId: workflowIds.sync(scope),
    args: [{ ...scope, trigger: 'person' }],
  })

interface Scenario {
  readonly activities: Partial<Activities>
  /** Runs it and gives the ids of the workflows to keep the histories of. */
  run(at: At, taskQueue: string): Promise<string[]>
}

const scenarios: Record<string, Scenario> = {
  'sync-two-pages': {
    activities: { discover: pages('a', 'b') },
    async run(at, taskQueue) {
      await sync(at, taskQueue)
      return [workflowIds.sync(scope), workflowIds.unit(scope, unitOf('a'))]
    },
  },
  'sync-unreadable-refused-and-centre-away': {
    activities: {
      discover: async () => ({ units: ['c', 'd'].map((letter) => unitOf(letter)), unchanged, hasMore: false }),
      async stage({ id, files }) {
        if (id.startsWith('c')) throw fault('file.binary', 'c.csv is no text')
        return files.map(() => ({ staged: '/staged' }))
      },
      async load({ id }) {
        if (id.startsWith('d')) throw fault('warehouse.disk-full', 'the disk is full')
        return { ...noCounts(), read: 1, held: 1, files: 1, bytes: 10, changedDates: 0 }
      },
      publish: (() => {
        let tries = 0
        return async () => {
          tries += 1
          if (tries < 3) throw ApplicationFailure.create({ message: 'no centre', type: 'central.away' })
          return { sent: 1 }
        }
      })(),
    },
    async run(at, taskQueue) {
      await sync(at, taskQueue)
      await at.client.workflow.getHandle(workflowIds.publish(scope)).result()
      return [workflowIds.sync(scope), workflowIds.publish(scope), workflowIds.unit(scope, unitOf('c'))]
    },
  },
  backfill: {
    activities: {
      async listArchived({ after }) {
        return after === null ? { units: [unitOf('e')], next: 'e' } : { units: [unitOf('f')], next: null }
      },
    },
    async run(at, taskQueue) {
      const workflowId = workflowIds.backfill(scope, range)
      await at.client.workflow.execute(backfill, { taskQueue, workflowId, args: [range] })
      return [workflowId]
    },
  },
  schedule: {
    activities: {},
    async run(at, taskQueue) {
      const workflowId = workflowIds.scheduledRun(scope)
      await at.client.workflow.execute(scheduledSync, { taskQueue, workflowId, args: [scope] })
      return [workflowId]
    },
  },
}

/** Workers name themselves by process and host, and stacks name folders: neither is anybody's business. */
const withoutPlace = (history: string): string =>
  history.replaceAll(`${packageRoot}/`, '').replaceAll(hostname(), 'host')

const fileOf = (name: string, at: number) => join(folder, `${name}.${at}.json`)

if (process.env.ENTREPOT_RECORD !== undefined) {
  const at = await temporal()
  const cli = await provisionTemporal(() => {})
  afterAll(() => at.stop())
  for (const [name, { activities, run }] of Object.entries(scenarios)) {
    if (existsSync(fileOf(name, 0))) continue
    const ids = await at.worker(fakeActivities([], activities), (taskQueue) => run(at, taskQueue))
    for (const [i, id] of ids.entries()) {
      // The SDK's own historyToJSON fails where npm has installed two versions of protobufjs.
      const show = ['workflow', 'show', '--output', 'json', '--address', at.server.address, '--workflow-id', id]
      const history = execFileSync(cli, show, { encoding: 'utf8' })
      writeFileSync(fileOf(name, i), `${JSON.stringify(JSON.parse(withoutPlace(history)), undefined, 1)}\n`)
    }
  }
}

describe('replay', () => {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'))

  it('has a history of every scenario', () => {
    const names = new Set(files.map((name) => name.split('.')[0]))
    expect([...names].sort()).toEqual(Object.keys(scenarios).sort())
  })

  it.each(files)('goes on from %s', async (name) => {
    const history: unknown = JSON.parse(readFileSync(join(folder, name), 'utf8'))
    await expect(Worker.runReplayHistory({ workflowBundle: { codePath } }, history as never)).resolves.toBeUndefined()
  })
})
