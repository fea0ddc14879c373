import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'
import { contractOf, sale, TestProject } from './staged.ts'

let project: TestProject
let warehouse: Warehouse
let path: string

beforeEach(async () => {
  project = new TestProject()
  warehouse = await project.open()
  path = project.layout.analystFile('ng')
})
afterEach(async () => {
  await project.close()
  project.remove()
})

const tables = [
  ...['core.transaction', 'core.sale', 'core.creator', 'mart.region_daily', 'mart.creator_daily', 'mart.rail_fees'],
  ...['quality.reject', 'quality.finding'],
]

/** Open the file as an analyst's shell does. */
async function analyst<T>(work: (rows: (sql: string) => Promise<unknown[]>) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(path)
  const connection = await instance.connect()
  await connection.run(`set TimeZone = 'UTC'`)
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson())
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Every row of both files, compared as text. */
async function expectEqual(): Promise<void> {
  for (const table of tables) {
    const sql = `select t::varchar as row from ${table} t order by row`
    expect(await analyst((rows) => rows(sql))).toEqual(await warehouse.query(sql))
  }
}

async function load(name: string, ...rows: ReturnType<typeof sale>[]): Promise<void> {
  await project.load(warehouse, await project.land(`paystack/${name}.csv`, rows))
  await warehouse.refreshMarts()
}

test('it has what the warehouse has, renewal after renewal', async () => {
  await warehouse.renewAnalystFile()
  await expectEqual()
  await load(
    'a',
    sale('t1', '100'),
    sale('t2', '5', { local_date: '2026-07-05' }),
    sale('t3', '1', { reasons: ['fee.missing'] }),
  )
  await warehouse.renewAnalystFile()
  await expectEqual()
  await load('b', sale('t1', '150'), sale('t4', '4', { local_date: '2026-08-01' }))
  await warehouse.renewAnalystFile()
  await expectEqual()
  const creators = contractOf({ model: 'creator', source: 'creators' })
  const person = { creator_id: 'c1', name: 'A', country: 'NG' }
  await project.load(warehouse, await project.land('creators/a.csv', [person], { source: 'creators' }), creators)
  await load('c', sale('t1', '150'), sale('t2', '7'))
  await warehouse.renewAnalystFile()
  await expectEqual()
  await warehouse.renewAnalystFile()
  await expectEqual()
})

test('marts that were refreshed after the last renewal are in the next', async () => {
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  await warehouse.renewAnalystFile()
  await warehouse.renewAnalystFile()
  await warehouse.refreshMarts()
  await warehouse.renewAnalystFile()
  await expectEqual()
})

test('whoever has it open keeps what they opened, and nothing waits for them', async () => {
  await load('a', sale('t1', '100'))
  await warehouse.renewAnalystFile()
  await analyst(async (rows) => {
    for (const name of ['b', 'c', 'd']) {
      await load(name, sale(name, '1'))
      await warehouse.renewAnalystFile()
    }
    expect(await rows('select count(*)::integer as n from core.transaction')).toEqual([{ n: 1 }])
  })
  await expectEqual()
})

test('a copy that an analyst wrote to is not built on', async () => {
  await load('a', sale('t1', '100'))
  await warehouse.renewAnalystFile()
  await analyst((rows) => rows('create table mine as select 1; delete from core.transaction'))
  for (const _ of ['the other copy', 'the one written to', 'the other again']) {
    await warehouse.renewAnalystFile()
    await expectEqual()
  }
  await expect(analyst((rows) => rows('from mine'))).rejects.toThrow('Table with name mine does not exist')
})

test('copies that are no database, or of other tables, are made anew', async () => {
  await load('a', sale('t1', '100'))
  await warehouse.renewAnalystFile()
  await warehouse.renewAnalystFile()
  for (const name of readdirSync(dirname(path)))
    if (name.startsWith(basename(path, '.duckdb'))) writeFileSync(`${dirname(path)}/${name}`, 'garbage')
  await warehouse.renewAnalystFile()
  await expectEqual()
  expect(readFileSync(path).subarray(8, 12).toString()).toBe('DUCK')
})
