import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'
import { contents, sale, TestProject } from './staged.ts'

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

const core = (columns = 'transaction_id, gross, _file, _line') =>
  warehouse.query(`select ${columns} from core.transaction order by transaction_id`)

test('a file is loaded once: the second time changes nothing', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')])
  expect(await project.load(warehouse, file)).toEqual({
    ...{ file, outcome: 'loaded', changedDates: 1, problem: null },
    ...{ read: 3, loaded: 2, unchanged: 0, duplicate: 0, rejected: 0, ignored: 1, held: 0 },
  })
  await warehouse.refreshMarts()
  const before = await contents(warehouse)
  expect(await project.load(warehouse, file)).toEqual({
    ...{ file, outcome: 'unchanged', changedDates: 0, problem: null },
    ...{ read: 3, loaded: 0, unchanged: 3, duplicate: 0, rejected: 0, ignored: 0, held: 0 },
  })
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 0, publications: 0 })
  expect(await contents(warehouse)).toEqual(before)
  expect(await core()).toEqual([
    { transaction_id: 't1', gross: '100.000000000', _file: 1, _line: '2' },
    { transaction_id: 't2', gross: '200.000000000', _file: 1, _line: '3' },
  ])
})
