import { spawnSync } from 'node:child_process'
import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { openRegionHere } from '../../operations/open-region.ts'
import { packageRoot } from '../../project/package-root.ts'
import { newProject, sales, shopYaml } from '../operations/project.ts'
import { zipOf } from '../readers/zip-of.ts'

const silent = { info() {}, warn() {}, error() {} }
let project: ReturnType<typeof newProject>
afterEach(() => project.remove())

const program = `
  const load = (path) => import('${pathToFileURL(join(packageRoot, 'dist')).href}/' + path)
  const { openRegionHere } = await load('operations/open-region.js')
  const { discoverLandings } = await load('activities/discover.js')
  const { stageUnit } = await load('activities/stage.js')
  const { loadUnit } = await load('activities/load.js')
  const { unobserved } = await load('activities/beat.js')
  const { layout } = await load('project/layout.js')
  const open = await openRegionHere(layout(process.argv[2]), 'ng', { info() {}, warn() {}, error() {} })
  const { units } = await discoverLandings(open.context, [], unobserved())
  for (const unit of units) await loadUnit(open.context, unit, await stageUnit(open.context, unit, unobserved()), unobserved())
  await open.close()`

/** One look at the landing zone by a process of its own, which dies on the way where `env` says so. */
function look(env: NodeJS.ProcessEnv = {}) {
  const { root } = project.layout
  const path = join(root, 'look.mjs')
  writeFileSync(path, program)
  const { status, signal, stderr } = spawnSync(process.execPath, [path, root], {
    ...{ encoding: 'utf8', env: { ...process.env, ...env } },
  })
  return { status, signal, stderr }
}

async function state() {
  const open = await openRegionHere(project.layout, 'ng', silent)
  const rows = await open.access.query(
    `select name, outcome, "read", loaded, (select count(*)::integer from core.transaction) as core,
       (select count(*)::integer from ops.seen_landing) as seen from ops.file order by name`,
  )
  await open.close()
  return rows
}

test.each([
  'archive.before-rename',
  'archive.after-rename:2',
  'stage.before-rename:2',
  'stage.after-rename',
  'load.before-commit:2',
  'load.after-commit:2',
  'landing.before-commit',
  'landing.after-commit',
])('killed at %s while it takes in a ZIP: the next look does the rest, once', async (point) => {
  project = newProject(['ng'])
  const { layout } = project
  writeFileSync(join(layout.sources('ng'), 'shop.yaml'), shopYaml.replace('*.csv"', '*.zip"'))
  const entries = ['a', 'b', 'c'].map((name, i) => ({ name: `${name}.csv`, data: sales(i * 10, i * 10 + 2) }))
  project.land('ng', 'x', '')
  rmSync(join(layout.landing('ng'), 'shop/x'))
  writeFileSync(join(layout.landing('ng'), 'shop/july.zip'), zipOf(entries))
  expect(look({ ENTREPOT_KILL_AT: point }).signal).toBe('SIGKILL')
  for (let looks = 0; looks < 2; looks++) {
    expect(look()).toEqual({ status: 0, signal: null, stderr: '' })
    expect(await state()).toEqual(
      ['a', 'b', 'c'].map((name) => ({
        ...{ name: `shop/july.zip/${name}.csv`, outcome: 'loaded', read: '3', loaded: '2', core: 6, seen: 3 },
      })),
    )
  }
  expect(readdirSync(join(layout.archive('ng'))).filter((name) => name === 'incoming')).toEqual([])
})
