import { rmSync } from 'node:fs'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Fault } from '../../models/fault.ts'
import { Session } from '../../warehouse/duck.ts'
import { migrate } from '../../warehouse/migrate.ts'
import type { LandedFile, Warehouse } from '../../warehouse/warehouse.types.ts'
import { contents, contractOf, sale, TestProject, type TestRow } from './staged.ts'

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

const stricter = contractOf({ checks: [{ name: 'small', severity: 'reject', sql: 'gross < 250' }] })
const core = () =>
  warehouse.query('select transaction_id, gross, rail, _file, _line from core.transaction order by all')
const pairs = () => warehouse.query('select file, earlier from ops.shared_key order by all')

async function loaded(name: string, rows: readonly TestRow[], contract = contractOf()): Promise<LandedFile> {
  const file = await project.land(name, rows)
  await project.load(warehouse, file, contract)
  return file
}

describe('a key that a file judged again no longer gives', () => {
  test('comes back as the last of the earlier files has it, on its own date, under its own contract', async () => {
    await loaded('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')], contractOf({ rail: 'non_custodial' }))
    await loaded('paystack/b.csv', [sale('t1', '110', { local_date: '2026-07-03' }), sale('t9', '9')])
    await loaded('paystack/c.csv', [sale('t5', '5')])
    const last = await loaded('paystack/d.csv', [sale('t1', '300'), sale('t2', '400'), sale('t3', '500')])
    await warehouse.refreshMarts()
    expect(await pairs()).toEqual([
      { file: 2, earlier: 1 },
      { file: 4, earlier: 1 },
      { file: 4, earlier: 2 },
    ])
    project.say(last, [sale('t1', '300', { reasons: ['check.small'] }), sale('t2', '240')])
    expect(await project.load(warehouse, last, stricter)).toMatchObject({
      outcome: 'loaded',
      changedDates: 2,
      loaded: 1,
    })
    expect(await core()).toEqual([
      { transaction_id: 't1', gross: '110.000000000', rail: 'custodial', _file: 2, _line: '2' },
      { transaction_id: 't2', gross: '240.000000000', rail: 'custodial', _file: 4, _line: '3' },
      { transaction_id: 't5', gross: '5.000000000', rail: 'custodial', _file: 3, _line: '2' },
      { transaction_id: 't9', gross: '9.000000000', rail: 'custodial', _file: 2, _line: '3' },
    ])
    project.say(last, [])
    await project.load(warehouse, last, contractOf({ params: { a: 'b' } }))
    expect((await core()).slice(0, 2)).toEqual([
      { transaction_id: 't1', gross: '110.000000000', rail: 'custodial', _file: 2, _line: '2' },
      { transaction_id: 't2', gross: '200.000000000', rail: 'non_custodial', _file: 1, _line: '3' },
    ])
    await warehouse.refreshMarts()
    expect(await warehouse.query('select local_date, sales_gross from mart.region_daily order by 1')).toEqual([
      { local_date: '2026-07-01', sales_gross: '214.000000000' },
      { local_date: '2026-07-03', sales_gross: '110.000000000' },
    ])
  })

  test('comes back where the file is held or unreadable now, and where it holds records of another model', async () => {
    await loaded('paystack/a.csv', [sale('t1', '100')])
    const last = await loaded('paystack/b.csv', [sale('t1', '300'), sale('t2', '2')])
    project.say(last, [sale('t1', '300')], { failedChecks: [{ name: 'rows', severity: 'block', message: 'too few.' }] })
    expect(await project.load(warehouse, last, stricter)).toMatchObject({ outcome: 'held', changedDates: 1 })
    const first = [{ transaction_id: 't1', gross: '100.000000000', rail: 'custodial', _file: 1, _line: '2' }]
    expect(await core()).toEqual(first)
    project.say(last, [sale('t1', '300')])
    await project.load(warehouse, last)
    expect(await core()).toMatchObject([{ transaction_id: 't1', _file: 2 }])
    expect(
      await warehouse.load(last, stricter, new Fault('file.empty', 'it is empty.', 'Send it again.')),
    ).toMatchObject({
      outcome: 'held',
    })
    expect(await core()).toEqual(first)
    await project.load(warehouse, last)
    project.say(last, [{ creator_id: 'c1', name: 'C', country: 'NG' }])
    await project.load(warehouse, last, contractOf({ model: 'creator' }))
    expect(await core()).toEqual(first)
    expect(await warehouse.query('select creator_id, _file from core.creator')).toEqual([
      { creator_id: 'c1', _file: 2 },
    ])
  })

  test('stays with a later file, and with one that says the same', async () => {
    const first = await loaded('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')])
    await loaded('paystack/b.csv', [sale('t1', '100')])
    project.say(first, [])
    await project.load(warehouse, first, stricter)
    expect(await core()).toMatchObject([{ transaction_id: 't1', _file: 2 }])
  })

  test('of an append-only source comes back as the first file had it, and not as one whose record was rejected', async () => {
    const contract = contractOf({ mode: 'append' })
    const again = contractOf({ mode: 'append', params: { a: 'b' } })
    await loaded('paystack/a.csv', [sale('t1', '100')], contract)
    await loaded('paystack/b.csv', [sale('t1', '200')], contract)
    const last = await loaded('paystack/c.csv', [sale('t1', '100')], contract)
    expect(await core()).toMatchObject([{ gross: '100.000000000', _file: 3 }])
    project.say(last, [])
    await project.load(warehouse, last, again)
    expect(await core()).toMatchObject([{ gross: '100.000000000', _file: 1 }])
    expect(await warehouse.query('select _file, reasons from quality.reject')).toEqual([
      { _file: 2, reasons: ['key.conflict'] },
    ])
  })

  test('of a full list comes back open where the list still names it, else closed as the first list without it came', async () => {
    const contract = contractOf({ model: 'creator', mode: 'snapshot', source: 'creators' })
    const person = (creator_id: string, change: TestRow = {}) => ({
      creator_id,
      name: creator_id.toUpperCase(),
      ...change,
    })
    const list = async (day: number, ...rows: TestRow[]) => {
      const arrivedAt = `2026-07-0${day}T00:00:00.000Z`
      const file = await project.land(`creators/${day}.csv`, rows, { arrivedAt, source: 'creators' })
      await project.load(warehouse, file, contract)
      return file
    }
    await list(1, person('a'), person('b'), person('c'))
    await list(2, person('a'), person('c'))
    const last = await list(3, person('a'), person('b'), person('c'))
    const state = () => warehouse.query('select creator_id, closed_at, _file from core.creator order by 1')
    project.say(last, [person('c', { reasons: ['name.missing'] }), person('d')])
    await project.load(warehouse, last, { ...contract, params: { a: 'b' } })
    expect(await state()).toEqual([
      { creator_id: 'a', closed_at: '2026-07-03T00:00:00Z', _file: 2 },
      { creator_id: 'b', closed_at: '2026-07-02T00:00:00Z', _file: 1 },
      { creator_id: 'c', closed_at: null, _file: 2 },
      { creator_id: 'd', closed_at: null, _file: 3 },
    ])
  })

  test('comes back in a rebuild too', async () => {
    await loaded('paystack/a.csv', [sale('t1', '100')])
    const last = await loaded('paystack/b.csv', [sale('t1', '300')])
    project.say(last, [])
    await project.load(warehouse, last, stricter)
    await warehouse.refreshMarts()
    const before = await contents(warehouse)
    expect(before['core.transaction']).toMatchObject([{ gross: '100.000000000', _file: 1 }])
    await project.close()
    rmSync(project.layout.warehouse('ng'))
    warehouse = await project.open()
    expect(await contents(warehouse)).toEqual(before)
  })
})

test('files from before keys were noted may share them with every other file of their source', async () => {
  const instance = await DuckDBInstance.create(':memory:')
  const session = new Session(await instance.connect())
  try {
    await migrate(session)
    await session.run(`
      drop table ops.shared_key; drop table quality.file_profile;
      alter table quality.finding drop column proposal; alter table quality.finding_share drop column proposal;
      alter table ops.file drop column columns; delete from ops.migration where version > 1;
      insert into ops.file (id, source) values (1, 'a'), (2, 'b'), (3, 'a'), (4, 'a')`)
    await migrate(session)
    expect(await session.rows('from ops.shared_key order by all')).toEqual([
      { file: 3, earlier: 1 },
      { file: 4, earlier: 3 },
    ])
  } finally {
    session.connection.closeSync()
    instance.closeSync()
  }
})
