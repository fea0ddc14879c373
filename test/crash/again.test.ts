import { readFileSync, rmSync, statSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunReport } from '../../operations/sync.ts'
import { type Expected, generateFile } from '../../scripts/generate.ts'
import { land } from './files.ts'
import type { Started } from './processes.ts'
import { Stand } from './stand.ts'
import { centralState, coreTotals, martsOf, queried, type State, stateOf, totalsOf, unsound } from './state.ts'

let stand: Stand
const workers = new Map<string, Started>()

beforeAll(async () => {
  stand = await Stand.start()
  for (const region of ['a1', 'a2']) await stand.addRegion(region)
  await stand.central().ready
  for (const region of ['a1', 'a2']) workers.set(region, stand.worker(region))
  await Promise.all([...workers.values()].map(({ ready }) => ready))
})
afterAll(() => stand.stop())

function make(name: string, seed: number, dirtyShare: number): { path: string; expected: Expected } {
  const path = join(stand.layout.root, 'made', name)
  return { path, expected: generateFile({ path, shape: 'paystack_csv', rows: 60, seed, dirtyShare }) }
}

async function synced(region: string): Promise<RunReport> {
  const report = await (await stand.sync(region)).report
  await stand.published(workers.get(region) as Started, region)
  return report
}

async function landed(region: string, name: string, path: string): Promise<RunReport> {
  land(stand.layout.landing(region), { files: [{ name, path }], removed: [] })
  return await synced(region)
}

async function expectSound(region: string): Promise<State> {
  const state = await stateOf(stand.layout, region)
  expect(Object.entries(await unsound(stand.layout, region)).filter(([, rows]) => rows.length > 0)).toEqual([])
  expect(await centralState(stand.layout, region)).toEqual(martsOf(state))
  return state
}

const none = { loaded: 0, unchanged: 0, duplicate: 0, rejected: 0, ignored: 0, held: 0, problems: [] }

test('the same bytes under another name are a duplicate, and change nothing', async () => {
  const { path, expected } = make('first.csv', 1, 0.2)
  const { read, loaded, rejected, duplicate, ignored } = expected
  expect(await landed('a1', 'paystack_csv/first.csv', path)).toMatchObject({
    ...none,
    read,
    loaded,
    rejected,
    duplicate,
    ignored,
  })
  const { core, rejects, creator_daily } = await expectSound('a1')

  expect(await landed('a1', 'paystack_csv/other.csv', path)).toMatchObject({
    ...{ ...none, files: 2, read: 2 * read, unchanged: read, duplicate: read },
  })
  const after = await expectSound('a1')
  expect([after.core, after.rejects, after.creator_daily]).toEqual([core, rejects, creator_daily])
  expect(
    (await queried(stand.layout, 'a1', 'select name from ops.file_name order by name')).map(({ name }) => name),
  ).toEqual(['paystack_csv/first.csv', 'paystack_csv/other.csv'])
})

test('the same name with corrected rows is upserted: core and marts are as if it had come right at first', async () => {
  const { path, expected } = make('second.csv', 1, 0)
  const report = await landed('a1', 'paystack_csv/first.csv', path)
  expect(report.loaded).toBeGreaterThan(0)
  expect(report).toMatchObject({ rejected: 0, problems: [] })
  const corrected = await expectSound('a1')
  await landed('a2', 'paystack_csv/second.csv', path)
  const right = await expectSound('a2')
  const records = (rows: State[string] | undefined) => rows?.map(({ sha256: _, _line: __, ...row }) => row)
  expect(records(corrected.core)).toEqual(records(right.core))
  expect(martsOf(corrected)).toEqual(martsOf(right))
  expect((await coreTotals(stand.layout, 'a1')).totals).toEqual(totalsOf([expected]))
})

test('a second sync: unchanged, and no transaction', async () => {
  const look = async () => ({
    writer: await queried(stand.layout, 'a1', 'select * from ops.writer'),
    core: await queried(stand.layout, 'a1', 'select * from core.transaction order by all'),
    journal: readFileSync(stand.layout.journal('a1'), 'utf8'),
  })
  const before = await look()
  const report = await synced('a1')
  expect(report).toMatchObject({ ...none, files: 2, read: report.unchanged, unchanged: 2 * 61 })
  expect(await look()).toEqual(before)
})

test('the warehouse file deleted: made again from archive and journal, equal', async () => {
  const before = await expectSound('a1')
  await workers.get('a1')?.stop()
  for (const end of ['', '.wal']) rmSync(`${stand.layout.warehouse('a1')}${end}`, { force: true })
  workers.set('a1', stand.worker('a1'))
  await workers.get('a1')?.ready
  await synced('a1')
  expect(await expectSound('a1')).toEqual(before)
})

test.each([0, 0.4, 0.8, 0.99])('a crash before the checkpoint and the log cut to %d of it: equal', async (share) => {
  await workers.get('a1')?.stop()
  const seed = 10 + Math.round(share * 100)
  const { path, expected } = make(`${seed}.csv`, seed, 0.1)
  const files = [{ name: `shop/${seed}.csv`, path }]
  land(stand.layout.landing('a1'), { files, removed: [] })
  const dying = stand.worker('a1', 'load.after-commit')
  const { report } = await stand.sync('a1')
  expect((await dying.ended).signal).toBe('SIGKILL')
  const log = `${stand.layout.warehouse('a1')}.wal`
  const { size } = statSync(log)
  expect(size).toBeGreaterThan(0)
  truncateSync(log, Math.floor(size * share))
  workers.set('a1', stand.worker('a1'))
  await workers.get('a1')?.ready
  const { loaded, rejected } = expected
  expect(await report).toMatchObject({ loaded, rejected, problems: [] })
  await stand.published(workers.get('a1') as Started, 'a1')
  const state = await expectSound('a1')
  expect(
    state.core?.filter(({ source, transaction_id }) => source === 'shop' && isOf(seed, transaction_id)),
  ).toHaveLength(loaded)
  // The same files taken in by a region whose log was never cut.
  land(stand.layout.landing('a2'), { files, removed: [] })
  await synced('a2')
  const uncut = await expectSound('a2')
  const shop = (of: State) => of.core?.filter(({ source }) => source === 'shop')
  expect(shop(state)).toEqual(shop(uncut))
})

/** Ids of the generator tell their seed. */
const isOf = (seed: number, id: unknown): boolean => {
  const number = Number(String(id).slice(1)) - 100_000_000
  return Math.floor(number / 10_000_000) === seed
}
