import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type OpenRegion, openRegionHere } from '../../operations/open-region.ts'
import type { RegionPlan } from '../../operations/plan-region.ts'
import type { SourceChange } from '../../warehouse/plan.types.ts'
import { changeBetween, snapshotOf } from '../warehouse/plan-outcome.ts'
import { newProject } from './project.ts'

const yaml = `source: shop
model: transaction
match: "shop/**/*.csv"
format: { type: csv, footer: "^Total" }
key: [transaction_id]
provider: paystack
fields:
  transaction_id: { from: Id }
  kind:           { value: sale }
  status:         { from: Status, map: { ok: settled, no: failed } }
  occurred_at:    { from: At, format: "DD/MM/YYYY HH:mm" }
  currency:       { from: Currency }
  gross:          { from: Amount }
  fee:            { from: Fee }
  creator_id:     { from: Creator }
  reference:      { from: Ref }
checks:
  - { name: fee, sql: "fee <= gross" }
on_new_column: ignore
`

/** Two files that share keys, and a third whose records a check holds back; cells that one contract takes and another not. */
const files: Readonly<Record<string, string>> = {
  'a.csv': `Id,Ref,At,Status,Amount,Fee,Currency,Creator,Side
T1,R1,01/07/2026 10:00,ok,100.00,1.00,NGN,c1,CR
T2,R2,01/07/2026 23:30,ok,200.00,2.00,NGN,c1,CR
T3,R3,02/07/2026 10:00,late,300,3,NGN,c2,DR
T4,R3,02/07/2026 11:00,no,400,4,GHS,c2,CR
T5,R5,02/07/2026 12:00,ok,5.005,0,GHS,c2,CR
T5,R5,02/07/2026 12:00,ok,50,0,GHS,c2,CR
T6,R6,02/07/2026 12:00,ok,6,60,GHS,c2,CR
Total,,,,1000,,,,
`,
  'b.csv': `Id,Ref,At,Status,Amount,Fee,Currency,Creator,Side
T2,R2,01/07/2026 23:30,ok,250,2,NGN,c1,CR
T4,R4,03/07/2026 09:00,late,40,,USD,c2,CR
T7,R7,03/07/2026 09:00,ok,7,0,USD,c3,CR
T7,R7,03/07/2026 09:00,ok,7,0,USD,c3,CR
T8,R8,03/07/2026 09:00,ok,8,0,USD,c3,DR
`,
  'c.csv': `Id,Ref,At,Status,Amount,Fee,Currency,Creator,Side
T8,R8,03/07/2026 09:00,ok,80,0,USD,c3,CR
T9,R9,31/12/2026 23:59,ok,9,0,NGN,c4,CR
`,
}

const project = newProject(['ng'])
const { layout } = project
const place = join(layout.sources('ng'), 'shop.yaml')
let open: OpenRegion

beforeAll(async () => {
  open = await openRegionHere(layout, 'ng', { info() {}, warn() {}, error() {} })
  writeFileSync(place, yaml)
  for (const [name, text] of Object.entries(files)) {
    project.land('ng', `../.${name}`, text)
    await open.access.ingest({ path: join(layout.landing('ng'), `.${name}`), name: `by-hand/${name}`, source: 'shop' })
  }
})
afterAll(async () => {
  await open.close()
  project.remove()
})

const { query } = { query: (sql: string, options?: object) => open.access.query(sql, options) }
const plan = (): Promise<RegionPlan> => open.access.plan({ source: 'shop' })
const marts = () => query('select * from mart.region_daily order by all')

/** Apply what waits; how many steps it took. */
async function apply(): Promise<number> {
  for (let step = 1; ; step += 1) if ((await open.access.apply({})).remaining === 0) return step
}

/** Change the contract, plan, apply; the plan must have said exactly what came of it. */
async function changed(edit: (text: string) => string): Promise<SourceChange> {
  const text = edit(yaml)
  expect(text).not.toBe(readFileSync(place, 'utf8'))
  writeFileSync(place, text)
  const before = await snapshotOf(query, 'shop')
  const { sources, problems, left } = await plan()
  expect({ problems, left }).toEqual({ problems: [], left: [] })
  const [change] = sources as [SourceChange]
  expect(await snapshotOf(query, 'shop')).toEqual(before)
  await apply()
  const after = await snapshotOf(query, 'shop')
  const { source: _, model: __, examples: ___, files: ofFiles, ...said } = change
  const { held, freed, ...found } = changeBetween(before, after, [...after.files.keys()])
  expect(said).toEqual(found)
  expect(ofFiles).toMatchObject({ judgedAgain: 3, all: 3, freed })
  expect(ofFiles.held.map(({ name }) => name)).toEqual(held)
  expect((await plan()).sources).toEqual([])
  const sums = await query(`select local_date, currency, sum(gross) as gross from core.transaction
    where counted and role = 'processor' and kind = 'sale' group by all having count(*) > 0 order by all`)
  expect(
    await query(
      `select local_date, currency, sales_gross as gross from mart.region_daily where sales > 0 order by all`,
    ),
  ).toEqual(sums)
  return change
}

const rows = (change: SourceChange) => {
  const { added, changed, removed } = change.rows
  return { added, changed, removed }
}
const gross = ({ money }: SourceChange, currency: string) =>
  money.totals.find((total) => total.currency === currency)?.difference.gross
const line = (from: string, to: string) => (text: string) => text.replace(from, to)

/** Each begins from the contract as it was written first. */
async function restored(): Promise<void> {
  writeFileSync(place, yaml)
  await apply()
}

describe('a changed contract: what plan says is what apply does', () => {
  test('a comment and the order of keys are no change', async () => {
    writeFileSync(place, `# a comment\n${line('provider: paystack\n', '')(yaml)}provider: paystack\n`)
    expect(await plan()).toEqual({ region: 'ng', sources: [], left: [], problems: [] })
    await restored()
  })

  test('a word of a map: records that load now', async () => {
    const change = await changed(line('no: failed', 'no: failed, late: settled'))
    expect(change.noLongerRejected).toEqual({ records: 2, reasons: { 'status.unknown': 2 } })
    expect(rows(change)).toEqual({ added: 1, changed: 1, removed: 0 })
    expect([gross(change, 'NGN'), gross(change, 'USD')]).toEqual(['300.00', '40.00'])
    await restored()
  })

  test('an added check: rows leave, and what an earlier file says of their keys comes back', async () => {
    const check = line('checks:\n', 'checks:\n  - { name: big, sql: "gross < 210 and gross <> 80" }\n')
    const change = await changed(check)
    // T2 of b.csv and T8 of c.csv: a.csv and b.csv have them too. T4 of a.csv leaves alone.
    expect(change.newlyRejected).toEqual({ records: 3, reasons: { 'check.big': 3 } })
    expect(rows(change)).toEqual({ added: 0, changed: 2, removed: 1 })
    expect([gross(change, 'NGN'), gross(change, 'USD')]).toEqual(['-50.00', '-72.00'])
    await restored()
  })

  test.each([
    ['unit', 'gross:          { from: Amount }', 'gross:          { from: Amount, unit: minor }'],
    ['key', 'transaction_id: { from: Id }', 'transaction_id: { from: Ref }'],
    ['removed field', '  fee:            { from: Fee }\n', ''],
    [
      'sign',
      'gross:          { from: Amount }',
      'gross:          { from: Amount, sign: { from: Side, negative: [DR], positive: [CR] } }',
    ],
    ['zone', 'format: "DD/MM/YYYY HH:mm" }', 'format: "DD/MM/YYYY HH:mm", zone: America/Los_Angeles }'],
    ['date order', 'DD/MM/YYYY', 'MM/DD/YYYY'],
    ['footer', ', footer: "^Total"', ''],
    ['column that is not there', '{ from: Creator }', '{ from: Author }'],
    ['mode', 'provider: paystack', 'provider: paystack\nmode: append'],
    ['role', 'provider: paystack', 'provider: flutter\nrole: store'],
    ['nothing that judges', 'on_new_column: ignore', 'on_new_column: warn'],
  ])('%s', async (_, from, to) => {
    const change = await changed(line(from, to))
    expect(change.source).toBe('shop')
    await restored()
  })

  test('a check of whole files: held, and freed again', async () => {
    const strict = line('checks:\n', 'checks:\n  - { name: rows, rows: { min: 3 } }\n')
    const change = await changed(strict)
    expect(change.files.held).toEqual([
      {
        ...{ name: 'by-hand/c.csv', code: 'check.rows' },
        message:
          'by-hand/c.csv is held, nothing of it is loaded: the file has 2 valid records where at least 3 are expected (check "rows").',
      },
    ])
    expect(change.records.after.held).toBe(2)
    expect(rows(change)).toEqual({ added: 0, changed: 1, removed: 1 })
    const back = await changed((text) => `${text}# as before\n`)
    expect(back.files.freed).toEqual(['by-hand/c.csv'])
    expect(rows(back)).toEqual({ added: 1, changed: 1, removed: 0 })
  })

  test('another model: rows of one leave, rows of the other come', async () => {
    const product = `source: shop
model: product
match: "shop/**/*.csv"
format: { type: csv, footer: "^Total" }
fields:
  product_id: { from: Id }
  creator_id: { from: Creator }
  title:      { from: Ref }
`
    writeFileSync(place, product)
    const { sources } = await plan()
    expect(sources).toMatchObject([
      { model: 'product', rows: { before: 7, after: 9, added: 9, changed: 0, removed: 7 } },
    ])
    await apply()
    expect(await query('select count(*)::integer as n from core.product')).toEqual([{ n: 9 }])
    expect(await query('select * from core.transaction')).toEqual([])
    await restored()
    expect(await query('select count(*)::integer as n from core.transaction')).toEqual([{ n: 7 }])
  })

  test('marts follow once, at the end: a day is never half of one contract, half of the other', async () => {
    const before = await marts()
    expect(before.length).toBeGreaterThan(3)
    writeFileSync(place, line('{ from: Amount }', '{ from: Amount, unit: minor }')(yaml))
    expect(await apply()).toBe(1)
    expect(await marts()).not.toEqual(before)
    await restored()
    expect(await marts()).toEqual(before)
  })

  test('what was staged for drafts is removed when it is a day old, and what is loaded or planned is kept', async () => {
    const staged = () => readdirSync(layout.staged('ng'))
    writeFileSync(place, line('provider: paystack', 'provider: draft')(yaml))
    await plan()
    const drafts = staged()
    const yesterday = new Date(Date.now() - 25 * 3_600_000)
    for (const name of drafts) utimesSync(join(layout.staged('ng'), name), yesterday, yesterday)
    writeFileSync(place, line('provider: paystack', 'provider: other')(yaml))
    await plan()
    const kept = new Set(staged())
    const versions = new Set([...kept].map((name) => name.slice(65)))
    expect([kept.size, versions.size]).toEqual([6, 2])
    expect(drafts.filter((name) => kept.has(name))).toHaveLength(3)
    await restored()
  })

  test('a contract that is wrong or gone: told, and the files stay', async () => {
    writeFileSync(place, 'source: shop\nmodle: transaction\n')
    const { sources, problems } = await plan()
    expect(sources).toEqual([])
    expect(problems).toMatchObject([
      { source: 'shop', code: 'contract.invalid', fix: 'Mend regions/ng/sources/shop.yaml, then try again.' },
    ])
    writeFileSync(
      place,
      line('params', 'params')(`${yaml}params: [own]\n`).replace('{ from: Ref }', '{ value: "{own}" }'),
    )
    const { left } = await plan()
    expect(left).toHaveLength(3)
    expect(left[0]).toEqual({
      ...{ source: 'shop', name: 'by-hand/a.csv', code: 'file.no-contract' },
      message: 'by-hand/a.csv can not be judged again: its source has no usable contract now.',
      fix: 'Write or mend regions/ng/sources/shop.yaml, or leave the file as it is.',
    })
    await expect(open.access.plan({ source: 'shpo' })).rejects.toMatchObject({
      ...{
        code: 'source.unknown',
        message: 'Region ng has no source "shpo". Did you mean "shop"?',
        fix: 'Use one of shop.',
      },
    })
    await restored()
  })
})
