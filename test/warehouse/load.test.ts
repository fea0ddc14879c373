import { afterEach, beforeEach, expect, test } from 'vitest'
import { Fault } from '../../models/fault.ts'
import { checkDisk } from '../../warehouse/staged-input.ts'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'
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

const core = (columns = 'transaction_id, gross, _file, _line') =>
  warehouse.query(`select ${columns} from core.transaction order by transaction_id`)
const ids = async () => (await core('transaction_id')).map((row) => row.transaction_id)
const none = { read: 0, loaded: 0, unchanged: 0, duplicate: 0, rejected: 0, ignored: 0, held: 0 }
const counts = (change: Partial<typeof none>) => ({ ...none, ignored: 1, ...change })

test('a file is loaded once: the second time changes nothing', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')])
  expect(await warehouse.known(file, contractOf())).toBeNull()
  expect(await project.load(warehouse, file)).toEqual({
    ...{ file, outcome: 'loaded', changedDates: 1, problem: null },
    ...counts({ read: 3, loaded: 2 }),
  })
  await warehouse.refreshMarts()
  const before = await contents(warehouse)
  const again = { file, outcome: 'unchanged', changedDates: 0, problem: null, ...none, read: 3, unchanged: 3 }
  expect(await warehouse.known(file, contractOf())).toEqual(again)
  expect(await project.load(warehouse, file)).toEqual(again)
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 0, publications: 0 })
  expect(await contents(warehouse)).toEqual(before)
  expect(await core()).toEqual([
    { transaction_id: 't1', gross: '100.000000000', _file: 1, _line: '2' },
    { transaction_id: 't2', gross: '200.000000000', _file: 1, _line: '3' },
  ])
})

test('the same bytes under another name are a duplicate; both names are kept', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100')])
  await project.load(warehouse, file)
  const before = await core()
  const copy = { ...file, name: 'paystack/b.csv' }
  expect(await project.load(warehouse, copy)).toMatchObject({ outcome: 'duplicate', ...none, read: 2, duplicate: 2 })
  expect(await project.load(warehouse, copy)).toMatchObject({ outcome: 'unchanged', ...none, read: 2, unchanged: 2 })
  expect(await core()).toEqual(before)
  expect(await warehouse.query('select name from ops.file_name order by name')).toEqual([
    { name: 'paystack/a.csv' },
    { name: 'paystack/b.csv' },
  ])
})

test('the same name with corrected rows is upserted by key, on the old date and the new', async () => {
  await project.load(
    warehouse,
    await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200'), sale('t3', '5')]),
  )
  await warehouse.refreshMarts()
  const corrected = [sale('t1', '100'), sale('t2', '250', { local_date: '2026-07-02' }), sale('t4', '7')]
  const report = await project.load(warehouse, await project.land('paystack/a.csv', corrected))
  expect(report).toMatchObject({ outcome: 'loaded', changedDates: 2, ...counts({ read: 4, loaded: 2, unchanged: 1 }) })
  expect(await core()).toEqual([
    { transaction_id: 't1', gross: '100.000000000', _file: 2, _line: '2' },
    { transaction_id: 't2', gross: '250.000000000', _file: 2, _line: '3' },
    { transaction_id: 't3', gross: '5.000000000', _file: 1, _line: '4' },
    { transaction_id: 't4', gross: '7.000000000', _file: 2, _line: '4' },
  ])
  expect(await warehouse.refreshMarts()).toEqual({ partitions: 2, publications: 3 })
  expect(
    await warehouse.query(`select local_date, sales, sales_gross from mart.region_daily order by local_date`),
  ).toEqual([
    { local_date: '2026-07-01', sales: '3', sales_gross: '112.000000000' },
    { local_date: '2026-07-02', sales: '1', sales_gross: '250.000000000' },
  ])
})

test('an earlier file judged again does not undo a later one', async () => {
  const early = await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')])
  await project.load(warehouse, early)
  await project.load(warehouse, await project.land('paystack/b.csv', [sale('t1', '150'), sale('t2', '200')]))
  const report = await project.load(warehouse, early, contractOf({ rail: 'non_custodial' }))
  expect(report).toMatchObject({ outcome: 'superseded', changedDates: 0, ...counts({ read: 3, unchanged: 2 }) })
  expect(await core('transaction_id, gross, rail, _file')).toEqual([
    { transaction_id: 't1', gross: '150.000000000', rail: 'custodial', _file: 2 },
    { transaction_id: 't2', gross: '200.000000000', rail: 'custodial', _file: 2 },
  ])
})

test('the same key of another source is another record', async () => {
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]))
  const other = await project.land('flutter/a.csv', [sale('t1', '90')], { source: 'flutterwave' })
  await project.load(warehouse, other, contractOf({ source: 'flutterwave', provider: 'flutterwave' }))
  const corrected = await project.land('flutter/b.csv', [sale('t1', '95')], { source: 'flutterwave' })
  const report = await project.load(
    warehouse,
    corrected,
    contractOf({ source: 'flutterwave', provider: 'flutterwave' }),
  )
  expect(report).toMatchObject(counts({ read: 2, loaded: 1 }))
  expect(await warehouse.query('select source, gross from core.transaction order by source')).toEqual([
    { source: 'flutterwave', gross: '95.000000000' },
    { source: 'paystack', gross: '100.000000000' },
  ])
})

test('what the contract says of the source, and columns it adds, are with each row', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100', { _extra: '{"note":"x"}' })])
  await project.load(warehouse, file, contractOf({ role: 'bank', rail: 'non_custodial', onNewColumn: 'add' }))
  expect(await core('source, provider, role, rail, extra')).toEqual([
    { source: 'paystack', provider: 'paystack', role: 'bank', rail: 'non_custodial', extra: '{"note":"x"}' },
  ])
  await warehouse.refreshMarts()
  expect(await warehouse.query('from mart.region_daily')).toEqual([]) // only a processor's rows are summed
})

test('repeats in one file: the same content is a duplicate, other content a reject with its text', async () => {
  const rows = [
    sale('t1', '100'),
    sale('t1', '100', { repeat: 'duplicate' }),
    sale('t1', '110', { repeat: 'conflict' }),
    sale('t2', '1', { gross: null, reasons: ['gross.unparseable', 'fee.precision'] }),
  ]
  const report = await project.load(warehouse, await project.land('paystack/a.csv', rows))
  expect(report).toMatchObject(counts({ read: 5, loaded: 1, duplicate: 1, rejected: 2 }))
  expect(await ids()).toEqual(['t1'])
  expect(
    await warehouse.query(
      'select _file, source, line, byte_start, byte_length, reasons, raw from quality.reject order by line',
    ),
  ).toEqual([
    {
      _file: 1,
      source: 'paystack',
      line: '4',
      byte_start: '29',
      byte_length: 6,
      reasons: ['key.conflict'],
      raw: 't1,110',
    },
    {
      ...{ _file: 1, source: 'paystack', line: '5', byte_start: '36', byte_length: 3 },
      ...{ reasons: ['gross.unparseable', 'fee.precision'], raw: 't2,' },
    },
  ])
})

test.each(['paystack/b.csv', 'paystack/b.csv.gz'])(
  'append: other content of a known key is a reject, cut from %s',
  async (name) => {
    const contract = contractOf({ mode: 'append' })
    await project.load(
      warehouse,
      await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')]),
      contract,
    )
    const file = await project.land(name, [sale('t1', '100'), sale('t2', '201'), sale('t3', '300'), sale('t4', '4')])
    expect(await project.load(warehouse, file, contract)).toMatchObject(
      counts({ read: 5, loaded: 2, unchanged: 1, rejected: 1 }),
    )
    expect(await core('transaction_id, gross')).toContainEqual({ transaction_id: 't2', gross: '200.000000000' })
    expect(await warehouse.query('select line, reasons, raw from quality.reject')).toEqual([
      { line: '3', reasons: ['key.conflict'], raw: 't2,201' },
    ])
  },
)

test('snapshot: what is missing is closed, what comes back is open again, a list without records or with held ones closes nothing', async () => {
  const contract = contractOf({ model: 'creator', mode: 'snapshot', source: 'creators' })
  const person = (creator_id: string) => ({
    ...{ creator_id: creator_id.slice(0, 1), name: creator_id.toUpperCase(), country: 'NG' },
    ...(creator_id.endsWith('?') ? { held: ['name'] } : {}),
  })
  const list = async (day: number, ...creators: string[]) => {
    const arrivedAt = `2026-07-0${day}T00:00:00.000Z`
    const file = await project.land(`creators/${day}.csv`, creators.map(person), { arrivedAt, source: 'creators' })
    return project.load(warehouse, file, contract)
  }
  const state = () => warehouse.query('select creator_id, closed_at from core.creator order by creator_id')
  await list(1, 'a', 'b')
  expect(await list(2, 'a', 'c')).toMatchObject(counts({ read: 3, loaded: 1, unchanged: 1 }))
  expect(await state()).toEqual([
    { creator_id: 'a', closed_at: null },
    { creator_id: 'b', closed_at: '2026-07-02T00:00:00Z' },
    { creator_id: 'c', closed_at: null },
  ])
  expect(await list(3)).toMatchObject(counts({ read: 1 }))
  expect(await list(4, 'a', 'b', 'c')).toMatchObject(counts({ read: 4, loaded: 1, unchanged: 2 }))
  expect((await state()).filter((row) => row.closed_at !== null)).toEqual([])
  expect(await list(5, 'a', 'd?')).toMatchObject(counts({ read: 3, unchanged: 1, held: 1 }))
  expect((await state()).filter((row) => row.closed_at !== null)).toEqual([])
})

test('a file judged again under another contract: rows no longer valid leave, rejects and findings are its new ones', async () => {
  const bad = sale('t2', '200', { reasons: ['fee.out_of_range'] })
  const file = await project.land('paystack/a.csv', [sale('t1', '100'), bad, sale('t3', '300')])
  await project.load(warehouse, file)
  expect(await warehouse.openFindings()).toMatchObject([{ id: 'ng-1', code: 'fee.out_of_range', rows: 1 }])
  project.say(file, [sale('t1', '100'), sale('t2', '200'), sale('t3', '300', { reasons: ['check.small'] })])
  const stricter = contractOf({ checks: [{ name: 'small', severity: 'reject', sql: 'gross < 250' }] })
  expect(await warehouse.known(file, stricter)).toBeNull()
  expect(await project.load(warehouse, file, stricter)).toMatchObject({
    ...{ outcome: 'loaded', changedDates: 1 },
    ...counts({ read: 4, loaded: 1, unchanged: 1, rejected: 1 }),
  })
  expect(await ids()).toEqual(['t1', 't2'])
  expect(await warehouse.query('select line, reasons from quality.reject')).toEqual([
    { line: '4', reasons: ['check.small'] },
  ])
  expect(await warehouse.openFindings()).toMatchObject([{ id: 'ng-2', code: 'check.small', rows: 1 }])
  expect(await warehouse.query('select count(*)::integer as files from ops.file')).toEqual([{ files: 1 }])
})

test('a finding is one for each source and reason, over files, with an example', async () => {
  const bad = (id: string, ...reasons: string[]) => sale(id, '1', { reasons })
  await project.load(
    warehouse,
    await project.land('paystack/a.csv', [bad('t1', 'gross.precision', 'fee.missing'), bad('t2', 'fee.missing')]),
  )
  const second = await project.land('paystack/b.csv', [bad('t3', 'fee.missing')], {
    arrivedAt: '2026-07-03T00:00:00.000Z',
  })
  await project.load(warehouse, second)
  expect(await warehouse.openFindings()).toEqual([
    {
      ...{ id: 'ng-1', source: 'paystack', code: 'fee.missing', severity: 'reject', rows: 3 },
      ...{ firstSeen: '2026-07-02T00:00:00.000Z', lastSeen: '2026-07-03T00:00:00.000Z' },
      ...{ message: 'fee is required and is not there.', proposal: null },
      example: { file: 'paystack/a.csv', line: 2, raw: 't1,1' },
    },
    {
      ...{ id: 'ng-2', source: 'paystack', code: 'gross.precision', severity: 'reject', rows: 1 },
      ...{ firstSeen: '2026-07-02T00:00:00.000Z', lastSeen: '2026-07-02T00:00:00.000Z' },
      ...{ message: 'gross has more decimals than its currency.', proposal: null },
      example: { file: 'paystack/a.csv', line: 2, raw: 't1,1' },
    },
  ])
})

test('a warning lets the row in and is a finding', async () => {
  const report = await project.load(
    warehouse,
    await project.land('paystack/a.csv', [sale('t1', '100', { warnings: ['odd', 'row.repaired'] }), sale('t2', '1')]),
  )
  expect(report).toMatchObject({ outcome: 'loaded', ...counts({ read: 3, loaded: 2 }) })
  expect(await warehouse.openFindings()).toMatchObject([
    { code: 'check.odd', severity: 'warn', rows: 1, message: 'The contract\'s check "odd" does not hold.' },
    {
      ...{ code: 'row.repaired', severity: 'warn', rows: 1 },
      message: 'Some of its text was in another encoding than the file, and was read as it was meant.',
    },
  ])
})

test.each([
  ['block', 'held'],
  ['reject', 'held'],
  ['warn', 'loaded'],
] as const)('a check of the whole file with severity %s: %s', async (severity, outcome) => {
  const failedChecks = [{ name: 'rows', severity, message: '1 record where at least 10 are expected.' }]
  const file = await project.land('paystack/a.csv', [sale('t1', '100')], { failedChecks })
  const report = await project.load(warehouse, file)
  const isHeld = outcome === 'held'
  expect(report).toMatchObject({ outcome, ...counts(isHeld ? { read: 2, held: 1 } : { read: 2, loaded: 1 }) })
  expect(report.problem?.message).toBe(
    isHeld ? 'paystack/a.csv is held, nothing of it is loaded: 1 record where at least 10 are expected.' : undefined,
  )
  expect(await ids()).toEqual(isHeld ? [] : ['t1'])
  expect(await warehouse.openFindings()).toMatchObject([
    { code: 'check.rows', rows: 1, severity: isHeld ? 'block' : 'warn' },
  ])
  expect((await project.load(warehouse, file)).outcome).toBe(isHeld ? 'held' : 'unchanged')
})

test('a file that loaded and is held under another contract is taken back', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100')])
  await project.load(warehouse, file)
  project.say(file, [sale('t1', '100')], { failedChecks: [{ name: 'rows', severity: 'block', message: 'too few.' }] })
  const stricter = contractOf({ checks: [{ name: 'rows', severity: 'block', rows: { min: 10, max: null } }] })
  expect(await project.load(warehouse, file, stricter)).toMatchObject({ outcome: 'held', changedDates: 1 })
  expect(await ids()).toEqual([])
})

test('a file whose newest record is too old when it arrives is held', async () => {
  const contract = contractOf({ checks: [{ name: 'fresh', severity: 'block', maxAgeMs: 3_600_000 }] })
  const file = await project.land('paystack/a.csv', [sale('t1', '100')], { arrivedAt: '2026-07-01T11:00:01.000Z' })
  expect((await project.load(warehouse, file, contract)).problem).toEqual({
    code: 'check.fresh',
    message:
      'paystack/a.csv is held, nothing of it is loaded: its newest record is of 2026-07-01T10:00:00Z, and it arrived at 2026-07-01T11:00:01.000Z: more than 1 hours later.',
    fix: 'Ask the sender for a right file, or change the contract regions/ng/sources/paystack.yaml.',
  })
  const inTime = await project.land('paystack/b.csv', [sale('t1', '100')], { arrivedAt: '2026-07-01T11:00:00.000Z' })
  expect((await project.load(warehouse, inTime, contract)).outcome).toBe('loaded')
})

test.each([
  ['warn', 'loaded', ['column.new']],
  ['block', 'held', ['column.new']],
  ['ignore', 'loaded', []],
  ['add', 'loaded', []],
] as const)('a column the source did not have before, on_new_column: %s', async (onNewColumn, outcome, codes) => {
  const contract = contractOf({ onNewColumn })
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100')]), contract)
  const file = await project.land('paystack/b.csv', [sale('t2', '100')], { columns: ['id', 'gross', 'Tip'] })
  expect((await project.load(warehouse, file, contract)).outcome).toBe(outcome)
  const found = await warehouse.openFindings()
  expect(found.map(({ code }) => code)).toEqual(codes)
  expect(found.map(({ message }) => message)).toEqual(
    codes.map(() => 'paystack/b.csv has columns that the source did not have before: "Tip".'),
  )
})

test('an unreadable file is held, told once, and read again under another contract', async () => {
  const fault = new Fault('file.not-text', 'paystack/a.csv byte 0 is no text.', 'Send a CSV file.')
  const file = await project.land('paystack/a.csv', fault)
  const problem = { code: fault.code, message: fault.message, fix: fault.fix }
  expect(await project.load(warehouse, file)).toEqual({ file, outcome: 'held', changedDates: 0, problem, ...none })
  expect(await warehouse.known(file, contractOf())).toEqual({
    file,
    outcome: 'held',
    changedDates: 0,
    problem,
    ...none,
  })
  expect(await warehouse.openFindings()).toMatchObject([{ code: 'file.not-text', severity: 'block', rows: 1 }])
  project.say(file, [sale('t1', '100')])
  expect((await project.load(warehouse, file, contractOf({ params: { a: 'b' } }))).outcome).toBe('loaded')
  expect(await warehouse.openFindings()).toEqual([])
})

const question = {
  ...{ id: 'unit', question: 'Naira or kobo?', records: 2, line: 3, raw: 't2,200' },
  money: {
    naira: { NGN: { gross: '500.000000000', fee: '2.500000000' }, XAF: { gross: '7.000000000', fee: null } },
    kobo: { NGN: { gross: '5.000000000', fee: '2.505000000' } },
  },
}

test('records that hang on an open question are held: no rows and no rejects, and one finding until it is answered', async () => {
  const rows = [
    sale('t1', '100'),
    sale('t2', '200', { held: ['unit'] }),
    sale('t3', '300', { held: ['unit'] }),
    sale('t2', '200', { repeat: 'held' }),
    sale('t4', '1', { reasons: ['fee.missing'] }),
  ]
  const file = await project.land('paystack/a.csv', rows, { questions: [question] })
  const held = counts({ read: 6, loaded: 1, rejected: 1, held: 3 })
  expect(await project.load(warehouse, file)).toMatchObject({ outcome: 'loaded', problem: null, ...held })
  expect(await ids()).toEqual(['t1'])
  expect(await warehouse.query('select line, reasons from quality.reject')).toEqual([
    { line: '6', reasons: ['fee.missing'] },
  ])
  expect(await warehouse.openFindings()).toMatchObject([
    { code: 'fee.missing' },
    {
      ...{ code: 'question.unit', severity: 'block', rows: 2 },
      message:
        'Naira or kobo? 2 records of paystack/a.csv wait for the answer: NGN 500.00 (fee 2.50) and XAF 7.00 by "naira", NGN 5.00 (fee 2.505) by "kobo". ' +
        'Answer it with `entrepot onboard … --answers`, or in regions/ng/sources/paystack.yaml: put the right candidate into fields, and take the question out of open.',
      example: { file: 'paystack/a.csv', line: 3, raw: 't2,200' },
    },
  ])
  const known = { outcome: 'unchanged', ...none, read: 6, unchanged: 3, held: 3 }
  expect(await warehouse.known(file, contractOf())).toMatchObject(known)
  expect(await project.load(warehouse, file)).toMatchObject(known)

  const answered = rows.map(({ held: _, repeat, ...row }) =>
    repeat === 'held' ? { ...row, repeat: 'duplicate' } : row,
  )
  project.say(file, answered as TestRow[])
  const report = await project.load(warehouse, file, contractOf({ params: { answered: 'yes' } }))
  expect(report).toMatchObject({
    ...{ outcome: 'loaded', changedDates: 1 },
    ...counts({ read: 6, loaded: 2, unchanged: 1, duplicate: 1, rejected: 1 }),
  })
  expect(await ids()).toEqual(['t1', 't2', 't3'])
  expect((await warehouse.openFindings()).map(({ code }) => code)).toEqual(['fee.missing'])

  project.say(file, rows, { questions: [{ ...question, records: 1, money: { naira: {}, kobo: {} } }] })
  const asked = await project.load(warehouse, file, contractOf({ params: { answered: 'no' } }))
  expect(asked).toMatchObject({
    outcome: 'loaded',
    changedDates: 1,
    ...counts({ read: 6, unchanged: 1, rejected: 1, held: 3 }),
  })
  expect(await ids()).toEqual(['t1'])
  expect((await warehouse.openFindings()).map(({ message }) => message.slice(0, 60))[1]).toBe(
    'Naira or kobo? 1 record of paystack/a.csv waits for the answ',
  )
})

test('what an earlier file said of a record stands until the question is answered, and a later one goes before it', async () => {
  await project.load(warehouse, await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '1')]))
  const file = await project.land('paystack/b.csv', [
    sale('t1', '150', { held: ['unit'] }),
    sale('t2', '2', { held: ['unit'] }),
  ])
  await project.load(warehouse, file)
  await project.load(warehouse, await project.land('paystack/c.csv', [sale('t2', '3')]))
  expect(await core('transaction_id, gross')).toEqual([
    { transaction_id: 't1', gross: '100.000000000' },
    { transaction_id: 't2', gross: '3.000000000' },
  ])
  project.say(file, [sale('t1', '150'), sale('t2', '2')])
  await project.load(warehouse, file, contractOf({ params: { answered: 'yes' } }))
  expect(await core('transaction_id, gross')).toEqual([
    { transaction_id: 't1', gross: '150.000000000' },
    { transaction_id: 't2', gross: '3.000000000' },
  ])
})

test('a file without records is loaded and told of', async () => {
  const file = await project.land('paystack/a.csv', [])
  expect(await project.load(warehouse, file)).toMatchObject({ outcome: 'loaded', ...counts({ read: 1 }) })
  expect(await warehouse.openFindings()).toMatchObject([
    {
      code: 'file.no-records',
      severity: 'warn',
      message: 'paystack/a.csv holds no record for paystack: only what the contract ignores, or nothing at all.',
    },
  ])
})

test('records that are not conserved: nothing is loaded, and the journal says so', async () => {
  const file = await project.land('paystack/a.csv', [sale('t1', '100'), sale('t2', '200')], { read: 4 })
  await expect(project.load(warehouse, file)).rejects.toThrow(
    'ng/paystack paystack/a.csv: 4 records read, but 2 loaded + 0 unchanged + 0 duplicate + 0 rejected + 1 ignored + 0 held make 3; nothing was loaded',
  )
  expect(await ids()).toEqual([])
  expect(await warehouse.query('from ops.file')).toEqual([])
  expect(project.journal().map(({ type }) => type)).toEqual(['load', 'abandoned'])
})

test('fx rates and products are kept by their own keys', async () => {
  const fx = contractOf({ model: 'fx_rate', source: 'fx' })
  const rate = (date: string, usd_rate: string) => ({ date, currency: 'NGN', usd_rate })
  const land = (name: string, ...rows: ReturnType<typeof rate>[]) => project.land(name, rows, { source: 'fx' })
  await project.load(
    warehouse,
    await land('fx/1.csv', rate('2026-07-01', '0.00065'), rate('2026-07-02', '0.00066')),
    fx,
  )
  const report = await project.load(
    warehouse,
    await land('fx/2.csv', rate('2026-07-02', '0.00067'), rate('2026-07-03', '0.00068')),
    fx,
  )
  expect(report).toMatchObject(counts({ read: 3, loaded: 2 }))
  expect(await warehouse.query('select date, usd_rate from core.fx_rate order by date')).toEqual([
    { date: '2026-07-01', usd_rate: '0.000650000' },
    { date: '2026-07-02', usd_rate: '0.000670000' },
    { date: '2026-07-03', usd_rate: '0.000680000' },
  ])
})

test('a load that the disk can not hold is refused before it begins', async () => {
  await expect(checkDisk(project.layout.warehouse('ng'), 1e18)).rejects.toMatchObject({ code: 'disk.full' })
  await checkDisk(project.layout.warehouse('ng'), 1)
})

test('files between dates: by their records, by arrival where they have none', async () => {
  const july = await project.land('paystack/july.csv', [sale('t1', '1', { local_date: '2026-07-01' })])
  const august = await project.land('paystack/august.csv', [sale('t2', '1', { local_date: '2026-08-01' })])
  // 23:30 UTC is the next day in Lagos
  const empty = await project.land('paystack/empty.csv', [], { arrivedAt: '2026-09-01T23:30:00.000Z' })
  for (const file of [july, august, empty]) await project.load(warehouse, file)
  expect(await warehouse.filesBetween('2026-07-01', '2026-08-01')).toEqual([july])
  expect(await warehouse.filesBetween('2026-07-01', '2026-08-02', 'paystack')).toEqual([july, august])
  expect(await warehouse.filesBetween('2026-09-02', '2026-09-03')).toEqual([empty])
  expect(await warehouse.filesBetween('2026-07-01', '2026-10-01', 'other')).toEqual([])
})

test('problems of a source are told once for each cause, and closed when it is gone', async () => {
  const finding = { source: 'momo', code: 'contract.invalid', message: 'line 3: unknown key', example: 'momo.yaml' }
  await warehouse.recordFinding(finding)
  await warehouse.recordFinding(finding)
  expect(await warehouse.openFindings()).toMatchObject([
    {
      id: 'ng-1',
      ...{ source: 'momo', code: 'contract.invalid', message: 'line 3: unknown key', rows: 1 },
      example: { file: 'momo.yaml', line: null, raw: null },
    },
  ])
  await warehouse.resolveFinding('momo', 'contract.invalid')
  await warehouse.resolveFinding('momo', 'contract.invalid')
  expect(await warehouse.openFindings()).toEqual([])
  await warehouse.recordFinding(finding)
  expect(await warehouse.openFindings()).toMatchObject([{ id: 'ng-1' }])
  expect(project.journal().map(({ type }) => type)).toEqual(['finding', 'resolved', 'finding'])
})

test('landings seen before are remembered by path', async () => {
  const file = await project.land('paystack/a.csv', [])
  const seen = { path: '/landing/a.csv', sizeBytes: 10, mtimeNs: '1790000000000000001', ctimeNs: '2', file }
  await warehouse.rememberLanding([{ ...seen, sizeBytes: 9 }])
  await warehouse.rememberLanding([seen])
  await warehouse.rememberLanding([])
  expect(await warehouse.seenLandings()).toEqual(new Map([['/landing/a.csv', seen]]))
})

test('status', async () => {
  expect(await warehouse.status()).toEqual({
    ...{ region: 'ng', files: 0, rows: 0, rejects: 0, openFindings: 0, lastLoadAt: null, pendingPublications: 0 },
    ...{ lastPublishedAt: null, latestDate: null },
  })
  await project.load(
    warehouse,
    await project.land('paystack/a.csv', [sale('t1', '1'), sale('t2', '1', { reasons: ['fee.missing'] })]),
  )
  await warehouse.refreshMarts()
  const { lastLoadAt, ...status } = await warehouse.status()
  expect(lastLoadAt).toBe(project.journal()[0]?.at)
  expect(status).toEqual({
    ...{ region: 'ng', files: 1, rows: 1, rejects: 1, openFindings: 1, pendingPublications: 3 },
    ...{ lastPublishedAt: null, latestDate: '2026-07-01' },
  })
})

test('records of one id are told apart by the whole key of the contract, in later files too', async () => {
  const contract = contractOf({ key: { fields: ['transaction_id', 'kind'] } })
  const charge = (id: string, fee: string) => sale(id, '0', { kind: 'fee', fee, net: String(-Number(fee)) })
  const rows = () =>
    warehouse.query('select transaction_id, kind, gross, fee, _file from core.transaction order by all')
  const first = [sale('t1', '100'), charge('t1', '4'), sale('t2', '50'), charge('t2', '2')]
  await project.load(warehouse, await project.land('paystack/a.csv', first), contract)
  const next = [sale('t1', '100'), charge('t1', '4'), sale('t2', '50'), charge('t2', '3'), sale('t3', '7')]
  const report = await project.load(warehouse, await project.land('paystack/b.csv', next), contract)
  expect(report).toMatchObject(counts({ read: 6, loaded: 2, unchanged: 3 }))
  const after = await rows()
  expect(after).toMatchObject([
    { transaction_id: 't1', kind: 'fee', fee: '4.000000000', _file: 2 },
    { transaction_id: 't1', kind: 'sale', gross: '100.000000000', _file: 2 },
    { transaction_id: 't2', kind: 'fee', fee: '3.000000000', _file: 2 },
    { transaction_id: 't2', kind: 'sale', gross: '50.000000000', _file: 2 },
    { transaction_id: 't3', kind: 'sale', gross: '7.000000000', _file: 2 },
  ])
  // Judged again without its charges, the last file takes away only what it brought.
  const b = await project.land('paystack/b.csv', next)
  project.say(b, [sale('t1', '100'), sale('t2', '50'), sale('t3', '7')])
  await project.load(warehouse, b, { ...contract, rail: 'non_custodial' })
  expect(await rows()).toMatchObject([
    { transaction_id: 't1', kind: 'fee', fee: '4.000000000', _file: 1 },
    { transaction_id: 't1', kind: 'sale' },
    { transaction_id: 't2', kind: 'fee', fee: '2.000000000', _file: 1 },
    { transaction_id: 't2', kind: 'sale' },
    { transaction_id: 't3', kind: 'sale' },
  ])
})
