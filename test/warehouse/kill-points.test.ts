import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../project/package-root.ts'
import { archiveFile } from '../../warehouse/archive.ts'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'
import { runAndDie } from './child.ts'
import { scenario } from './scenario.mjs'
import { contractOf, sale, TestProject } from './staged.ts'

let project: TestProject | undefined
afterEach(async () => {
  await project?.close()
  project?.remove()
  project = undefined
})

/** What a life without a crash leaves. */
let wanted: Record<string, unknown>
const reference = new TestProject()
beforeAll(async () => {
  const warehouse = await reference.open()
  await scenario({ warehouse, archiveFile }, await inputOf(reference))
  wanted = await outcome(reference, warehouse)
})
afterAll(async () => {
  await reference.close()
  reference.remove()
})

async function inputOf(of: TestProject) {
  const contract = contractOf()
  const bad = sale('t3', '3', { reasons: ['fee.missing'] })
  const first = await of.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200'), bad])
  const second = await of.land('paystack/b.csv', [sale('t1', '150'), sale('t4', '4', { local_date: '2026-07-09' })])
  const extraPath = join(of.layout.landing('ng'), 'extra.csv')
  writeFileSync(extraPath, 'extra')
  return {
    ...{ layout: of.layout, landing: of.layout.landing('ng'), extraPath, contract },
    first: { file: first, staged: await of.restage(first, contract) },
    second: { file: second, staged: await of.restage(second, contract) },
    seen: { path: extraPath, sizeBytes: 5, mtimeNs: '1', ctimeNs: '2', file: first },
  }
}

/** All that must not depend on a crash: everything but times and the numbers of publications. */
async function outcome(of: TestProject, warehouse: Warehouse): Promise<Record<string, unknown>> {
  const rows = (sql: string) => warehouse.query(sql)
  const analyst = await DuckDBInstance.create(of.layout.analystFile('ng'))
  const connection = await analyst.connect()
  const seenByAnalysts = await connection.runAndReadAll(
    `select transaction_id, gross::varchar as gross, _file from core.transaction order by all`,
  )
  const found = {
    core: await rows('select transaction_id, gross, local_date, _file, _line from core.transaction order by all'),
    analyst: seenByAnalysts.getRowObjectsJson(),
    creators: await rows('from mart.creator_daily order by all'),
    region: await rows('from mart.region_daily order by all'),
    rails: await rows('from mart.rail_fees order by all'),
    rejects: await rows('select _file, line, byte_start, byte_length, reasons, raw from quality.reject order by all'),
    findings: await rows('select number, source, code, state, "rows" from quality.finding order by all'),
    ledger: await rows('select id, name, outcome, "read", loaded, unchanged, rejected from ops.file order by all'),
    names: await rows('select file, name from ops.file_name order by all'),
    seen: await rows('select sha256 from ops.seen_landing'),
    stale: await rows('from ops.changed_partition'),
    unpublished: await rows('from ops.mart_partition where content_hash is distinct from published_hash'),
    // What waits is whole, in order, and nothing else is in the folder.
    waiting: (await warehouse.pendingPublications()).filter(({ path, sha256 }) => hashOf(path) !== sha256),
    orphans: readdirSync(of.layout.outbox('ng')).length - (await warehouse.pendingPublications()).length,
    backups: readdirSync(of.layout.backups('ng')).filter((name) => name.endsWith('.duckdb')).length > 0,
    left: readdirSync(of.layout.archive('ng')).filter((name) => name.length === 2).length,
  }
  connection.closeSync()
  analyst.closeSync()
  return found
}

const hashOf = (path: string): string => createHash('sha256').update(readFileSync(path)).digest('hex')

/** The kill points of warehouse/, from its source. */
const points = readdirSync(join(packageRoot, 'warehouse')).flatMap((name) => {
  const text = readFileSync(join(packageRoot, 'warehouse', name), 'utf8')
  return [...text.matchAll(/killPoint\('([^']+)'\)/g)].map((match) => String(match[1]))
})
/** Those that only a start after some damage passes. */
const ofRecovery = /^(set-aside|set-aside-log|restore|rebuild|replay|outbox-clean)\./

test('every kill point has its other half', () => {
  const halves = points.map((point) => point.replace(/\.(before|after)-/, '.'))
  expect(points.length).toBeGreaterThan(30)
  for (const half of new Set(halves)) expect(halves.filter((name) => name === half)).toHaveLength(2)
})

test.each(points.filter((point) => !ofRecovery.test(point)))(
  'killed at %s, and started again: all is as it should be',
  async (point) => {
    project = new TestProject()
    const input = await inputOf(project)
    await runAndDie(project, input, point)
    const warehouse = await project.open()
    await scenario({ warehouse, archiveFile }, input)
    expect(await outcome(project, warehouse)).toEqual(wanted)
  },
)

test.each(['load', 'marts', 'outbox'].flatMap((area) => points.filter((point) => point.startsWith(`${area}.`))))(
  'killed the second time at %s',
  async (point) => {
    project = new TestProject()
    const input = await inputOf(project)
    await runAndDie(project, input, `${point}:2`)
    const warehouse = await project.open()
    await scenario({ warehouse, archiveFile }, input)
    expect(await outcome(project, warehouse)).toEqual(wanted)
  },
)

test.each(points.filter((point) => ofRecovery.test(point)))(
  'killed at %s while it recovers: the next start does',
  async (point) => {
    project = new TestProject()
    const input = await inputOf(project)
    const warehouse = await project.open()
    await scenario({ warehouse, archiveFile }, input)
    const lost = (await warehouse.pendingPublications())[0]
    await project.close()
    if (/^(set-aside|set-aside-log|restore|replay)\./.test(point))
      writeFileSync(project.layout.warehouse('ng'), 'garbage')
    if (point.startsWith('set-aside-log.')) writeFileSync(`${project.layout.warehouse('ng')}.wal`, 'garbage')
    if (point.startsWith('replay.')) rmSync(project.layout.backups('ng'), { recursive: true })
    if (point.startsWith('outbox-clean.')) rmSync(lost?.path ?? '')
    await runAndDie(project, input, point, point.startsWith('rebuild.') ? 'rebuild' : 'open')
    const again = await project.open()
    await scenario({ warehouse: again, archiveFile }, input)
    expect(await outcome(project, again)).toEqual(wanted)
    expect(statSync(project.layout.warehouse('ng')).size).toBeGreaterThan(100_000)
    expect(existsSync(`${project.layout.warehouse('ng')}.restoring`)).toBe(false)
  },
)
