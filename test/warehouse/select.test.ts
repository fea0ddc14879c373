import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runSelect } from '../../warehouse/select.ts'

let instance: DuckDBInstance

beforeAll(async () => {
  instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  await connection.run('create table sale as select i::integer as id, 1.5::decimal(38,9) as gross from range(10) t(i)')
  await connection.run('create sequence number')
  await connection.run('set lock_configuration = true')
  connection.closeSync()
})
afterAll(() => instance.closeSync())

describe('reads', () => {
  test.each([
    ['select sum(gross) as gross from sale', [{ gross: '15.000000000' }]],
    ['with a as (select 1 as x) from a', [{ x: 1 }]],
    ['select 1 as a;', [{ a: 1 }]],
    ['-- a comment\nvalues (1)', [{ col0: 1 }]],
    ['show tables', [{ name: 'sale' }]],
    ['select column_name from (describe sale) limit 1', [{ column_name: 'id' }]],
    ['select max(range) as last from range(3)', [{ last: '2' }]],
  ])('%s', async (sql, rows) => {
    expect(await runSelect(instance, sql)).toEqual({ rows, truncated: false })
  })

  test('at most maxRows, and says that there are more', async () => {
    const limits = { maxRows: 2, timeoutMs: 10_000 }
    expect(await runSelect(instance, 'select id from sale order by id', limits)).toEqual({
      rows: [{ id: 0 }, { id: 1 }],
      truncated: true,
    })
  })
})

describe('refuses', () => {
  test.each([
    ['insert into sale values (1, 2)', 'query.not-select'],
    ['delete from sale', 'query.not-select'],
    ['create table copy as from sale', 'query.not-select'],
    ["attach ':memory:' as other", 'query.not-select'],
    ["copy sale to 'sale.csv'", 'query.not-select'],
    ["copy (select 1) to 'sale.csv'", 'query.not-select'],
    ["export database 'out'", 'query.not-select'],
    ['load parquet', 'query.not-select'],
    ['install httpfs', 'query.not-select'],
    ['set threads = 1', 'query.not-select'],
    ['pragma database_list', 'query.not-select'],
    ["pragma table_info('sale')", 'query.not-select'],
    ['call pragma_version()', 'query.not-select'],
    ['explain analyze select 1', 'query.not-select'],
    ['checkpoint', 'query.not-select'],
    ['begin', 'query.not-select'],
    ['prepare p as select 1', 'query.not-select'],
    ['select 1; select 2', 'query.not-select'],
    ['select 1; drop table sale', 'query.not-select'],
    ['', 'query.not-select'],
    ['-- nothing', 'query.not-select'],
    ['selec 1', 'query.not-select'],
    ['from enable_logging()', 'query.function'],
    ["from query('from enable_logging()')", 'query.function'],
    ["select (select count(*) from read_csv('/etc/passwd'))", 'query.function'],
    ['with a as (from checkpoint()) from a', 'query.function'],
    ["from glob('*')", 'query.function'],
    ["from '/etc/passwd.csv'", 'query.file'],
    ['select * from sale where id in (from "x.parquet")', 'query.file'],
    ['select nothing from sale', 'query.failed'],
    ["select error('no')", 'query.failed'],
    ['select $1', 'query.failed'],
    ["select nextval('number')", 'query.failed'],
  ])('%s', async (sql, code) => {
    await expect(runSelect(instance, sql)).rejects.toMatchObject({ name: 'Fault', code })
    expect((await runSelect(instance, 'select count(*)::integer as n from sale')).rows).toEqual([{ n: 10 }])
  })

  test('a query that takes too long is stopped', async () => {
    const endless = 'select count(*) from range(100000000000) a, range(1000) b'
    await expect(runSelect(instance, endless, { maxRows: 1, timeoutMs: 50 })).rejects.toMatchObject({
      code: 'query.timeout',
      message: 'The query took longer than 50 ms and was stopped.',
    })
  })
})
