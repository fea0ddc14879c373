import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'
import { claimEpoch, Writer } from '../../warehouse/writer.ts'
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

const many = (file: string, n = 200) => Array.from({ length: n }, (_, i) => sale(`${file}-${i}`, '10'))
const rows = async () => (await warehouse.query('select count(*)::integer as n from core.transaction'))[0]?.n

test('loads of different files at once queue, and all count', async () => {
  const files = await Promise.all(['a', 'b', 'c', 'd'].map((name) => project.land(`paystack/${name}.csv`, many(name))))
  const reports = await Promise.all(files.map((file) => project.load(warehouse, file)))
  expect(reports.map(({ loaded }) => loaded)).toEqual([200, 200, 200, 200])
  expect(await rows()).toBe(800)
})

test('a second load of the same file fences the first, which writes nothing', async () => {
  const file = await project.land('paystack/a.csv', many('a'))
  const contract = contractOf()
  const staged = await project.restage(file, contract)
  const loads = await Promise.allSettled([
    warehouse.load(file, contract, staged),
    warehouse.load(file, contract, staged),
    warehouse.load(file, contract, staged),
  ])
  const fenced = { status: 'rejected', reason: { name: 'WriterFenced', code: 'writer.fenced' } }
  expect(loads).toMatchObject([fenced, fenced, { status: 'fulfilled', value: { outcome: 'loaded', loaded: 200 } }])
  expect(await rows()).toBe(200)
})

test('a running load that is fenced is interrupted, rolled back, and given up in the journal', async () => {
  const file = await project.land('paystack/a.csv', many('a', 20_000))
  const contract = contractOf()
  const staged = await project.restage(file, contract)
  const first = warehouse.load(file, contract, staged)
  const outcome = first.then(
    () => 'loaded',
    (error: { code: string }) => error.code,
  )
  await announced('load')
  const second = await warehouse.load(file, contract, staged)
  expect(await outcome).toBe('writer.fenced')
  expect(second).toMatchObject({ outcome: 'loaded', loaded: 20_000 })
  expect(project.journal().map(({ type }) => type)).toEqual(['load', 'abandoned', 'load'])
  expect(await rows()).toBe(20_000)
})

test('a load that is cancelled writes nothing, and the next in line goes on', async () => {
  const [a, b] = await Promise.all(['a', 'b'].map((name) => project.land(`paystack/${name}.csv`, many(name, 20_000))))
  const contract = contractOf()
  if (a === undefined || b === undefined) throw new Error('two files were landed')
  const staged = await project.restage(a, contract)
  const cancel = new AbortController()
  const first = warehouse.load(a, contract, staged, cancel.signal)
  const outcome = first.then(
    () => 'loaded',
    (error: Error) => error.message,
  )
  await announced('load')
  cancel.abort(new Error('cancelled by the caller'))
  expect((await project.load(warehouse, b)).loaded).toBe(20_000)
  expect(await outcome).toBe('cancelled by the caller')
  expect(await rows()).toBe(20_000)
})

test('who gives up while waiting lets nobody in before their time', async () => {
  await inMemory(async (writer) => {
    const order: string[] = []
    let finish = () => {}
    const finished = new Promise<void>((resolve) => {
      finish = resolve
    })
    const first = writer.turn(async () => {
      order.push('first begins')
      await finished
      order.push('first ends')
    })
    const cancel = new AbortController()
    const second = writer.turn(async () => order.push('second'), { signal: cancel.signal })
    const third = writer.turn(async () => order.push('third'))
    cancel.abort(new Error('given up'))
    await expect(second).rejects.toThrow('given up')
    await new Promise((resolve) => setTimeout(resolve, 50)) // time enough for the third to begin, if it were let in
    finish()
    await Promise.all([first, third])
    expect(order).toEqual(['first begins', 'first ends', 'third'])
  })
})

test('a stale ticket can not commit', async () => {
  await inMemory(async (writer) => {
    await writer.turn(async (stale) => {
      await stale.session.run('create schema ops; create table ops.writer as select 9 as epoch, 4 as journal_seq')
      await expect(claimEpoch(stale, 'a load', 5)).rejects.toThrow(
        'a load: a newer run has taken over, so this one wrote nothing (writer.fenced)',
      )
      await claimEpoch({ ...stale, ticket: 10n }, 'a load', 5)
      expect(await stale.session.rows('from ops.writer')).toEqual([{ epoch: 10, journal_seq: 5 }])
    })
  })
})

async function inMemory(work: (writer: Writer) => Promise<void>): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:')
  try {
    await work(new Writer(instance, 1n))
  } finally {
    instance.closeSync()
  }
}

test('a reader at work keeps no load from its commit and checkpoint', async () => {
  await project.load(warehouse, await project.land('paystack/a.csv', many('a')))
  const slow = warehouse.query(
    `select (select count(*) from core.transaction)::integer as n, count(*) as pairs
     from range(30000) a, range(30000) b where a.range <> b.range`,
  )
  const file = await project.land('paystack/b.csv', many('b'))
  expect((await project.load(warehouse, file)).loaded).toBe(200)
  const [found] = await slow
  expect([200, 400]).toContain(found?.n) // as it was when the reader began
  expect(found?.pairs).toBe(String(30_000 * 29_999))
  expect(await rows()).toBe(400)
})

/** Wait until the journal says that such an event has begun. */
async function announced(type: string): Promise<void> {
  while (!project.journal().some((entry) => entry.type === type)) await new Promise((resolve) => setImmediate(resolve))
}
