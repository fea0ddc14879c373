import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { openRegionHere } from '../../operations/open-region.ts'
import { isAlive, liveProcess, type ProcessRecord } from '../../operations/process-record.ts'
import { withRegion } from '../../operations/region-client.ts'
import { type StackEvent, withStack } from '../../operations/supervisor.ts'
import { sync } from '../../operations/sync.ts'
import { packageRoot } from '../../project/package-root.ts'
import { newProject, sales } from './project.ts'

const project = newProject(['ng', 'gh'])
const { layout } = project
afterAll(() => project.remove())

describe('recovery', () => {
  it('counts each record once when workers die right after a commit', async () => {
    project.land('ng', 'july.csv', sales(0, 10))
    project.land('gh', 'july.csv', sales(0, 20))
    const events: StackEvent[] = []
    process.env.ENTREPOT_KILL_AT = 'load.after-commit'
    const reports = await withStack(layout, ['ng', 'gh'], { onEvent: (event) => events.push(event) }, () =>
      sync(layout, ['ng', 'gh']),
    ).finally(() => {
      delete process.env.ENTREPOT_KILL_AT
    })
    expect(
      events
        .filter(({ kind }) => kind === 'died')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['gh', 'ng'])
    expect(reports).toMatchObject([
      { region: 'ng', read: 11, loaded: 10, unchanged: 0 },
      { region: 'gh', read: 21, loaded: 20, unchanged: 0 },
    ])
    const rows = await withRegion(layout, 'gh', (region) =>
      region.query('select count(*)::integer as n from core.sale'),
    )
    expect(rows).toEqual([{ n: 20 }])
  })

  it('syncs the other regions when one can not start, and says which and why', async () => {
    const holder = await openRegionHere(layout, 'gh', { info() {}, warn() {}, error() {} })
    project.land('ng', 'august.csv', sales(10, 12))
    const failure = await sync(layout, ['ng', 'gh']).catch((error: unknown) => error)
    await holder.close()
    expect(failure).toMatchObject({
      code: 'regions.failed',
      details: { reports: [{ region: 'ng', files: 2, loaded: 2 }], failed: [{ region: 'gh' }] },
    })
    expect((failure as Error).message).toContain(`gh.duckdb is in use by process ${process.pid}`)
  })

  it('leaves no orphan when the supervisor is killed', async () => {
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const dev = spawn(process.execPath, [main, 'dev', 'ng', '--project', layout.root], { stdio: 'ignore' })
    const names = ['ng', 'central', 'temporal']
    const find = () => names.map((name) => liveProcess(layout, name)).filter((one) => one !== undefined)
    let processes: ProcessRecord[] = find()
    while (processes.length < names.length) {
      await sleep(100)
      processes = find()
    }
    dev.kill('SIGKILL')
    while (processes.some(isAlive)) await sleep(100)
    expect(find()).toEqual([])
    expect(liveProcess(layout, 'dev')).toBeUndefined()
  })
})
