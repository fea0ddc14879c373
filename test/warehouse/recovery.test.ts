import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Fault } from '../../models/fault.ts'
import { rebuildWarehouse } from '../../warehouse/rebuild.ts'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'
import { loadAndDie } from './child.ts'
import { contents, contractOf, sale, TestProject } from './staged.ts'

let project: TestProject
let path: string

beforeEach(() => {
  project = new TestProject()
  path = project.layout.warehouse('ng')
})
afterEach(async () => {
  await project.close()
  project.remove()
})

/** A history with everything in it: corrections, a copy, rejects, another verdict, a held file, findings, receipts. */
async function live(warehouse: Warehouse): Promise<void> {
  const first = await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '2', { reasons: ['fee.missing'] })])
  await project.load(warehouse, first)
  await project.load(warehouse, { ...first, name: 'paystack/copy.csv' })
  await warehouse.refreshMarts()
  for (const { publishSeq } of await warehouse.pendingPublications()) await warehouse.acknowledge(publishSeq, 'ok')
  await warehouse.recordFinding({ source: 'momo', code: 'contract.invalid', message: 'line 3', example: null })
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '150'), sale('t3', '3')]))
  await project.load(
    warehouse,
    await project.land('paystack/x.csv', new Fault('file.not-text', 'No text.', 'Send text.')),
  )
  await project.load(warehouse, first, contractOf({ rail: 'non_custodial' }))
  await warehouse.resolveFinding('momo', 'contract.invalid')
  const later = sale('t4', '4', { local_date: '2026-07-05' })
  await project.load(warehouse, await project.land('paystack/b.csv', [later]))
  await warehouse.refreshMarts()
}

async function lived(): Promise<Record<string, unknown>> {
  const warehouse = await project.open()
  await live(warehouse)
  const before = await contents(warehouse)
  await project.close()
  return before
}

const setAside = () => readdirSync(dirname(path)).filter((name) => name.includes('.damaged-'))

test('opened again, nothing is done', async () => {
  const before = await lived()
  const warehouse = await project.open()
  expect(await contents(warehouse)).toEqual(before)
  expect(project.notices).toEqual([])
})

test('the file deleted: made again from archive, contracts and journal, equal', async () => {
  const before = await lived()
  rmSync(path)
  const warehouse = await project.open()
  expect(await contents(warehouse)).toEqual(before)
  expect(project.notices[0]).toBe('ng: 17 journal entries from 1 on are replayed')
})

test.each([
  ['overwritten with garbage', () => writeFileSync(path, 'garbage '.repeat(5000))],
  ['cut to half', () => truncateSync(path, 300_000)],
  ['emptied', () => truncateSync(path, 0)],
  ['its first blocks damaged', () => overwrite(4096, 100_000)],
])('the file %s: set aside and made again, equal', async (_, damage) => {
  const before = await lived()
  damage()
  const warehouse = await project.open()
  expect(await contents(warehouse)).toEqual(before)
  expect(setAside()).toHaveLength(1)
})

function overwrite(from: number, length: number): void {
  const bytes = readFileSync(path)
  bytes.fill(0xa5, from, from + length)
  writeFileSync(path, bytes)
}

test.each([0, 0.3, 0.7, 0.99, 1])('a crash before the checkpoint and a log cut to %d of it: equal', async (share) => {
  const warehouse = await project.open()
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  await warehouse.refreshMarts()
  await project.close()
  const file = await project.land('paystack/b.csv', [sale('t2', '200')])
  await loadAndDie(project, file, 'load.after-commit')
  expect(project.journal().at(-1)).toMatchObject({ type: 'load', file })
  truncateSync(`${path}.wal`, Math.floor(statSync(`${path}.wal`).size * share))
  const again = await project.open()
  expect(await again.query('select transaction_id, _file from core.transaction order by 1')).toEqual([
    { transaction_id: 't1', _file: 1 },
    { transaction_id: 't2', _file: 2 },
  ])
  expect(await again.query('select sales_gross from mart.region_daily')).toEqual([{ sales_gross: '300.000000000' }])
  expect((await project.load(again, file)).outcome).toBe('unchanged')
})

test('a log without its file is set aside', async () => {
  const before = await lived()
  rmSync(path)
  writeFileSync(`${path}.wal`, 'left alone')
  expect(await contents(await project.open())).toEqual(before)
  expect(setAside().filter((name) => name.endsWith('.wal'))).toHaveLength(1)
})

test('with a backup, only what came after it is loaded again', async () => {
  const warehouse = await project.open()
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  await warehouse.backup()
  await project.load(warehouse, await project.land('paystack/b.csv', [sale('t2', '200')]))
  await warehouse.refreshMarts()
  const before = await contents(warehouse)
  await project.close()
  writeFileSync(path, 'garbage')
  const again = await project.open()
  expect(await contents(again)).toEqual(before)
  expect(project.notices.some((line) => line.includes('holds the journal up to entry 1'))).toBe(true)
  expect(project.notices).toContain('ng: 4 journal entries from 2 on are replayed')
})

test('a damaged backup is passed over', async () => {
  const warehouse = await project.open()
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  const backup = await warehouse.backup()
  await warehouse.refreshMarts()
  const before = await contents(warehouse)
  await project.close()
  writeFileSync(backup, 'garbage')
  writeFileSync(path, 'garbage')
  expect(await contents(await project.open())).toEqual(before)
})

test('the last two backups are kept', async () => {
  const warehouse = await project.open()
  for (const name of ['a', 'b', 'c']) {
    await project.load(warehouse, await project.land(`paystack/${name}.csv`, [sale(name, '1')]))
    await warehouse.backup()
  }
  const names = readdirSync(project.layout.backups('ng')).filter((name) => name.endsWith('.duckdb'))
  expect(names).toEqual(['000000000002.duckdb', '000000000003.duckdb'])
})

test('a backup is made after fifty loads', async () => {
  const warehouse = await project.open()
  const folder = project.layout.backups('ng')
  for (let n = 1; n <= 50; n += 1) {
    expect(existsSync(folder)).toBe(false)
    await project.load(
      warehouse,
      await project.land(`paystack/${n}.csv`, new Fault('file.not-text', `No text ${n}.`, '')),
    )
  }
  expect(readdirSync(folder)).toContain('000000000050.duckdb')
})

test('rebuilt on demand, equal; publications go on from the last number, and only with what is new', async () => {
  const before = await lived()
  const warehouse = await rebuildWarehouse(project.options)
  try {
    expect(await contents(warehouse)).toEqual(before)
    expect(existsSync(`${path}.before-rebuild`)).toBe(true)
    // 1-3 were acknowledged; 4-6 were in the outbox of the lost file and come again under new numbers.
    expect((await warehouse.pendingPublications()).map(({ publishSeq }) => publishSeq)).toEqual([7, 8, 9])
    expect(readdirSync(project.layout.outbox('ng'))).toHaveLength(3)
  } finally {
    await warehouse.close()
  }
})

test('rebuilt when all is published: nothing is published again', async () => {
  const warehouse = await project.open()
  await live(warehouse)
  for (const { publishSeq } of await warehouse.pendingPublications()) await warehouse.acknowledge(publishSeq, 'ok')
  await project.close()
  rmSync(path)
  expect(await (await project.open()).pendingPublications()).toEqual([])
})

test('a load that was announced and never done is done at the next start', async () => {
  const warehouse = await project.open()
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  const file = await project.land('paystack/b.csv', [sale('t2', '200')])
  const { contractVersion } = project.journal()[0] as unknown as { contractVersion: string }
  await project.close()
  const seq = project.journal().length + 1
  const entry = { seq, at: '2026-07-03T00:00:00.000Z', type: 'load', file, contractVersion }
  appendFileSync(project.layout.journal('ng'), `${JSON.stringify(entry)}\n`)
  const again = await project.open()
  expect(await again.query('select transaction_id from core.transaction order by 1')).toEqual([
    { transaction_id: 't1' },
    { transaction_id: 't2' },
  ])
  expect(await again.query('select sales_gross from mart.region_daily')).toEqual([{ sales_gross: '300.000000000' }])
  expect((await project.load(again, file)).outcome).toBe('unchanged')
})

test('an announced load that can not be done is given up; its file is new to the next sync', async () => {
  const warehouse = await project.open()
  const file = await project.land('paystack/a.csv', [sale('t1', '100')])
  await project.load(warehouse, file)
  await project.close()
  const entry = {
    ...project.journal()[0],
    seq: project.journal().length + 1,
    file: { ...file, sha256: 'f'.repeat(64) },
  }
  appendFileSync(project.layout.journal('ng'), `${JSON.stringify(entry)}\n`)
  const again = await project.open()
  expect(project.journal().find(({ type }) => type === 'abandoned')).toMatchObject({
    type: 'abandoned',
    of: entry.seq,
    why: 'Error: no such file: paystack/a.csv',
  })
  expect(await again.query('select count(*)::integer as n from core.transaction')).toEqual([{ n: 1 }])
})

test('what was applied once and can not be again is told, and goes on once it can', async () => {
  const before = await lived()
  rmSync(path)
  const contracts = `${project.layout.archive('ng')}/contracts`
  renameSync(contracts, `${contracts}.gone`)
  await expect(project.open()).rejects.toMatchObject({
    code: 'journal.replay',
    message: expect.stringContaining('line 1 was applied once and can not be again: Error: ENOENT'),
  })
  renameSync(`${contracts}.gone`, contracts)
  expect(await contents(await project.open())).toEqual(before)
})

test('a last journal line that was cut short is cut off', async () => {
  const before = await lived()
  appendFileSync(project.layout.journal('ng'), '{"seq":99,"at":"2026')
  const warehouse = await project.open()
  expect(await contents(warehouse)).toEqual(before)
  expect(project.notices[0]).toMatch(/the last line was cut short by a crash and is cut off \(20 bytes\)$/)
})

test('a journal that is behind its warehouse is refused', async () => {
  await lived()
  writeFileSync(project.layout.journal('ng'), '')
  await expect(project.open()).rejects.toMatchObject({
    code: 'journal.behind',
    message: `${project.layout.journal('ng')} ends at entry 0, but ${path} holds entry 17.`,
  })
})

test('a file of the outbox that no row names is removed; a row whose file is gone is published again', async () => {
  const warehouse = await project.open()
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  await warehouse.refreshMarts()
  const [lost, , lostToo] = await warehouse.pendingPublications()
  await project.close()
  rmSync(lost?.path ?? '')
  rmSync(lostToo?.path ?? '')
  writeFileSync(`${project.layout.outbox('ng')}/0000000099-region_daily.parquet`, 'orphan')
  const again = await project.open()
  const pending = await again.pendingPublications()
  expect(pending.map(({ publishSeq, mart }) => [publishSeq, mart])).toEqual([
    [2, 'rail_fees'],
    [4, 'creator_daily'],
    [5, 'region_daily'],
  ])
  expect(readdirSync(project.layout.outbox('ng'))).toHaveLength(3)
})
