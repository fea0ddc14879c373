import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contract } from '../../contracts/contract.ts'
import { contractVersion } from '../../contracts/version.ts'
import type { Staged } from '../../stage/staged.ts'
import type { LandedFile, Warehouse } from '../../warehouse/warehouse.types.ts'
import { changeBetween, snapshotOf } from './plan-outcome.ts'
import { contractOf, sale, TestProject, type TestRow } from './staged.ts'

let project: TestProject
let warehouse: Warehouse
/** Each case has a source of its own. */
let cases = 0

beforeAll(async () => {
  project = new TestProject()
  warehouse = await project.open()
})
afterAll(async () => {
  await project.close()
  project.remove()
})

interface Said {
  readonly rows: readonly TestRow[]
  readonly change?: Partial<Staged>
}

/**
 * Load files as first said, then judge those of `again` anew: what the plan says must be what comes of it.
 *
 * @param goesOn staging says which fields are other than they were, as it does when it goes on from there
 */
async function planAndApply(
  first: readonly Said[],
  again: ReadonlyMap<number, Said>,
  change: Partial<Contract>,
  anew: Partial<Contract>,
  goesOn = false,
) {
  cases += 1
  const source = `s${cases}`
  const [from, to] = [contractOf({ source, ...change }), contractOf({ source, ...change, ...anew })]
  const files: LandedFile[] = []
  for (const [i, { rows, change }] of first.entries()) {
    // As many lines as any verdict on it: the text of a conflict is cut from the file.
    const lines = Array.from({ length: 5 }, () => sale('t1', '100'))
    const file = await project.land(`${source}/${i}.csv`, lines, { source })
    project.say(file, rows, change)
    await project.load(warehouse, file, from)
    files.push(file)
  }
  const before = await snapshotOf(warehouse.query, source)
  for (const [i, { rows, change }] of again) {
    const fields = fieldsThatDiffer(first[i]?.rows ?? [], rows)
    const since = goesOn ? { since: { contractVersion: contractVersion(from), fields } } : {}
    project.say(files[i] as LandedFile, rows, { ...change, ...since })
  }
  const rejudged = [...again.keys()].map((i) => files[i] as LandedFile)
  const plan = await planned(source, rejudged, to)
  for (const file of rejudged) await project.load(warehouse, file, to)
  const after = await snapshotOf(warehouse.query, source)
  const judgedAgain = rejudged.map(({ name }) => [...after.files].find(([, row]) => row.name === name)?.[0] ?? 0)
  const { held, freed, ...changes } = changeBetween(before, after, judgedAgain)
  const { source: _, model: __, examples, files: ofFiles, ...said } = plan
  expect(said).toEqual(changes)
  expect({ held: ofFiles.held.map(({ name }) => name), freed: ofFiles.freed }).toEqual({ held, freed })
  expect(ofFiles).toMatchObject({ judgedAgain: again.size, all: first.length })
  return plan
}

/** Of records that are valid both times. */
function fieldsThatDiffer(was: readonly TestRow[], now: readonly TestRow[]): string[] {
  const isValid = (row: TestRow | undefined) => row?.reasons === undefined && row?.held === undefined
  const both = now.flatMap((row, i) => (isValid(row) && was[i] && isValid(was[i]) ? [[was[i], row] as const] : []))
  const fields = new Set(both.flatMap(([before, after]) => [...Object.keys(before), ...Object.keys(after)]))
  return [...fields].filter((name) => both.some(([before, after]) => before[name] !== after[name]))
}

async function planned(source: string, files: readonly LandedFile[], contract: Contract) {
  const rejudged = []
  for (const file of files) rejudged.push({ file, contract, staged: await project.restage(file, contract) })
  return warehouse.plan(source, rejudged)
}

const other: Partial<Contract> = { params: { other: 'contract' } }

describe('a plan says what judging again comes to', () => {
  test('values, rejects, and rows that come and leave', async () => {
    const bad = (id: string, ...reasons: string[]) => sale(id, '1', { reasons })
    const first = [{ rows: [sale('t1', '100'), sale('t2', '200'), bad('t3', 'fee.missing'), sale('t4', '4')] }]
    const again = [
      sale('t1', '1.50'),
      bad('t2', 'check.a', 'check.b'),
      sale('t3', '3'),
      sale('t5', '5', { fee: null, net: null }),
    ]
    const plan = await planAndApply(first, new Map([[0, { rows: again }]]), {}, other)
    expect(plan.rows).toEqual({ before: 3, after: 3, added: 2, changed: 1, removed: 2, closed: 0, reopened: 0 })
    expect(plan.newlyRejected).toEqual({ records: 1, reasons: { 'check.a': 1, 'check.b': 1 } })
    expect(plan.noLongerRejected).toEqual({ records: 1, reasons: { 'fee.missing': 1 } })
    expect(plan.money).toEqual({
      totals: [
        {
          ...{ currency: 'NGN', role: 'processor' },
          before: { rows: 3, gross: '304.00', fee: '3.00', tax: null, net: '301.00' },
          after: { rows: 3, gross: '9.50', fee: '2.00', tax: null, net: '2.50' },
          difference: { rows: 0, gross: '-294.50', fee: '-1.00', tax: null, net: '-298.50' },
        },
      ],
      days: [expect.objectContaining({ localDate: '2026-07-01', currency: 'NGN' })],
    })
    expect(plan.examples).toEqual([
      {
        ...{ what: 'changed', file: 's1/0.csv', line: 2, key: 't1' },
        ...{ before: { gross: '100.00', net: '99.00' }, after: { gross: '1.50', net: '0.50' } },
      },
      expect.objectContaining({ what: 'added', line: 4, key: 't3', before: {} }),
      expect.objectContaining({ what: 'added', line: 5, key: 't5' }),
      expect.objectContaining({ what: 'removed', file: 's1/0.csv', line: 3, key: 't2', after: {} }),
      expect.objectContaining({ what: 'removed', line: 5, key: 't4' }),
      {
        ...{ what: 'rejected', file: 's1/0.csv', line: 3, key: null, before: {} },
        after: { reasons: 'check.a, check.b', raw: 't2,1' },
      },
    ])
  })
})

test('a row that another record gives than before can change in any field, whatever fields staging names', async () => {
  const first = [
    { rows: [sale('t1', '100'), sale('t1', '7', { repeat: 'conflict' }), sale('t2', '2'), sale('t3', '3')] },
  ]
  const again = [
    sale('t1', '100', { reasons: ['fee.missing'] }),
    sale('t1', '7'),
    sale('t2', '2'),
    sale('t3', '3', { fee: null }),
  ]
  const plan = await planAndApply(first, new Map([[0, { rows: again }]]), {}, other, true)
  expect(plan.changedFields).toEqual({ gross: 1, fee: 1, net: 1 })
  const same = [{ rows: [sale('t1', '100'), sale('t1', '100', { repeat: 'duplicate' })] }]
  const second = [sale('t1', '100', { reasons: ['fee.missing'] }), sale('t1', '100')]
  expect((await planAndApply(same, new Map([[0, { rows: second }]]), {}, other, true)).rows.changed).toBe(0)
})

test('of an append-only source what conflicts with another file is told by all fields', async () => {
  const first = [
    { rows: [sale('t1', '100')] },
    { rows: [sale('t1', '100', { reasons: ['fee.missing'] }), sale('t2', '2')] },
  ]
  const again = { rows: [sale('t1', '305'), sale('t2', '2')] }
  const plan = await planAndApply(first, new Map([[1, again]]), { mode: 'append' }, other, true)
  expect(plan.rows.changed).toBe(0)
  expect(plan.newlyRejected.reasons).toEqual({})
  expect(plan.records.after.rejected).toBe(1)
})

test('a plan tells records that hang on an open question, and what the answer makes of them', async () => {
  const open = (id: string) => sale(id, '1', { held: ['unit'] })
  const asked = await planAndApply(
    [{ rows: [sale('t1', '100'), sale('t2', '200'), sale('t3', '1', { reasons: ['fee.missing'] })] }],
    new Map([[0, { rows: [open('t1'), sale('t2', '200'), open('t3')] }]]),
    {},
    other,
  )
  expect(asked.records.after).toMatchObject({ read: 4, loaded: 1, rejected: 0, held: 2 })
  const answered = await planAndApply(
    [{ rows: [open('t1'), sale('t1', '5', { repeat: 'held' }), open('t2')] }],
    new Map([[0, { rows: [sale('t1', '1'), sale('t1', '5', { repeat: 'conflict' }), sale('t2', '2')] }]]),
    {},
    other,
  )
  expect(answered.records.after).toMatchObject({ read: 4, loaded: 2, rejected: 1, held: 0 })
})

describe('full lists', () => {
  const person = (creator_id: string, change: TestRow = {}) => ({
    creator_id,
    name: creator_id.toUpperCase(),
    ...change,
  })

  test.each([
    ['the newest list', [2], { added: 1, changed: 0, removed: 2, closed: 1, reopened: 0 }],
    ['all lists', [0, 1, 2], { added: 1, changed: 1, removed: 3, closed: 1, reopened: 0 }],
    ['an older list', [0], { added: 0, changed: 1, removed: 1, closed: 0, reopened: 0 }],
  ])('what they close is told: %s', async (_, again, counts) => {
    cases += 1
    const source = `lists${cases}`
    const contract = contractOf({ model: 'creator', mode: 'snapshot', source })
    const first = [
      [person('a'), person('b'), person('c'), person('x')],
      [person('a'), person('c')],
      [person('a'), person('c'), person('d'), person('e')],
    ]
    const anew = [
      [person('a'), person('b', { name: 'Bee' }), person('c')],
      [person('a'), person('c')],
      [person('a'), person('d', { reasons: ['name.missing'] }), person('f')],
    ]
    const files: LandedFile[] = []
    for (const [i, rows] of first.entries()) {
      const arrivedAt = `2026-07-0${i + 1}T00:00:00.000Z`
      const file = await project.land(`${source}/${i}.csv`, rows, { source, arrivedAt })
      await project.load(warehouse, file, contract)
      files.push(file)
    }
    const look = () => snapshotOf(warehouse.query, source, 'creator', ['creator_id'])
    const before = await look()
    const rejudged = again.map((i) => files[i] as LandedFile)
    for (const i of again) project.say(files[i] as LandedFile, anew[i] ?? [])
    const to = { ...contract, ...other }
    const plan = await planned(source, rejudged, to)
    for (const file of rejudged) await project.load(warehouse, file, to)
    const after = await look()
    const ids = rejudged.map(({ name }) => [...after.files].find(([, row]) => row.name === name)?.[0] ?? 0)
    expect(plan.rows).toEqual(changeBetween(before, after, ids).rows)
    expect(plan.rows).toMatchObject(counts)
  })
})

const id = fc.constantFrom('t1', 't2', 't3', 't4')
const row = fc
  .record({
    id,
    gross: fc.constantFrom('100', '200', '305'),
    fee: fc.constantFrom('1', null),
    date: fc.constantFrom('2026-07-01', '2026-07-02'),
    counted: fc.boolean(),
    currency: fc.constantFrom('NGN', 'GHS'),
    reasons: fc.option(fc.subarray(['fee.missing', 'check.small'], { minLength: 1 }), { freq: 4 }),
    isHeld: fc.constantFrom(false, false, false, true),
  })
  .map(({ id, gross, fee, date, counted, currency, reasons, isHeld }): TestRow => {
    const net = fee === null ? null : String(Number(gross) - 1)
    const verdict = isHeld ? { held: ['unit'] } : reasons === null ? {} : { reasons }
    return sale(id, gross, { local_date: date, counted, currency, fee, net, ...verdict })
  })

/** Second and later valid records of a key are repeats, as staging tells them; behind a held one they wait with it. */
function withRepeats(rows: readonly TestRow[]): TestRow[] {
  const seen = new Map<unknown, string>()
  return rows.map((one) => {
    if (one.reasons !== undefined) return one
    const former = seen.get(one.transaction_id)
    const text = one.held === undefined ? JSON.stringify(one) : 'held'
    if (former === undefined) seen.set(one.transaction_id, text)
    if (one.held !== undefined || former === undefined) return one
    return { ...one, repeat: former === 'held' ? 'held' : former === text ? 'duplicate' : 'conflict' }
  })
}

/** The rows that were said, the last of them as they are said now. */
const mixed = (was: readonly TestRow[], now: readonly TestRow[]): TestRow[] =>
  was.map(({ repeat: _, ...row }, i) => (i === was.length - 1 && now[0] !== undefined ? now[0] : row))

const said = fc
  .record({ rows: fc.array(row, { maxLength: 5 }), isHeld: fc.boolean().map((a) => a) })
  .map(({ rows, isHeld }): Said => {
    const failedChecks =
      isHeld && rows.length % 4 === 3 ? [{ name: 'rows', severity: 'block' as const, message: 'no.' }] : []
    return { rows: withRepeats(rows), change: { failedChecks } }
  })

test.each(['upsert', 'append'] as const)('whatever files say: %s', async (mode) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(said, { minLength: 1, maxLength: 4 }),
      fc.array(fc.option(said, { freq: 3 }), { minLength: 4, maxLength: 4 }),
      fc.constantFrom('processor', 'store'),
      fc.boolean(),
      async (first, then, role, goesOn) => {
        // What goes on from what stood there is mostly as it was.
        const anew = (one: Said, i: number) =>
          goesOn ? { rows: withRepeats(mixed(first[i]?.rows ?? [], one.rows)), change: one.change ?? {} } : one
        const again = new Map(
          then.flatMap((one, i) => (one === null || i >= first.length ? [] : [[i, anew(one, i)] as const])),
        )
        fc.pre(again.size > 0)
        await planAndApply(first, again, { mode }, { ...other, role: role as 'store' }, goesOn)
      },
    ),
    { numRuns: Number(process.env.PLAN_RUNS ?? 15), endOnFailure: true },
  )
})
