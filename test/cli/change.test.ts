import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withRegion } from '../../operations/region-client.ts'
import { packageRoot } from '../../project/package-root.ts'
import { newProject, sales, shopYaml } from '../operations/project.ts'
import { snapshotOf } from '../warehouse/plan-outcome.ts'

const project = newProject(['ng', 'gh'])
const { layout } = project
const place = join(layout.sources('ng'), 'shop.yaml')
const minor = shopYaml.replace('{ from: Amount }', '{ from: Amount, unit: minor }')

beforeAll(async () => {
  for (const [name, from] of [
    ['a.csv', 0],
    ['b.csv', 2],
    ['c.csv', 9],
  ] as const) {
    const path = join(layout.root, name)
    writeFileSync(path, sales(from, from + 3))
    await entrepot(['ingest', path, '--region', 'ng', '--source', 'shop'])
  }
})
afterAll(() => project.remove())

interface Said {
  readonly code: number | string | null
  readonly signal: string | null
  readonly out: string
  readonly err: string
}

/** Run the command line as a person does. */
function entrepot(args: readonly string[], env: Record<string, string> = {}): Promise<Said> {
  const main = join(packageRoot, 'dist', 'cli', 'main.js')
  const options = { env: { ...process.env, ...env } }
  return new Promise((done) =>
    execFile(process.execPath, [main, ...args, '--project', layout.root], options, (error, out, err) =>
      done({ code: error === null ? 0 : (error.code ?? null), signal: error?.signal ?? null, out, err }),
    ),
  )
}

const state = () =>
  withRegion(layout, 'ng', async (access) => ({
    shop: await snapshotOf((sql, options) => access.query(sql, options), 'shop'),
    marts: await access.query('select * from mart.region_daily order by all'),
    waiting: (await access.status()).pendingPublications,
  }))

describe('entrepot plan and apply', () => {
  test('nothing to change: 0', async () => {
    expect(await entrepot(['plan'])).toEqual({
      ...{ code: 0, signal: null, err: '' },
      out: 'gh: everything loaded was judged by the contracts as they are now\nng: everything loaded was judged by the contracts as they are now\n',
    })
  })

  test('changes wait: 3, told in full, and nothing is changed', async () => {
    const before = await state()
    writeFileSync(place, minor)
    const { code, out, err } = await entrepot(['plan', '--region', 'ng', '--source', 'shop'])
    expect([code, err]).toEqual([3, ''])
    expect(out).toBe(`ng/shop: 3 of 3 files were judged by another contract

records  read  loaded  duplicate  rejected  ignored  held
-------  ----  ------  ---------  --------  -------  ----
before     12       9          0         0        3     0
after      12       9          0         0        3     0

rows: 8 before, 8 after: 0 come, 8 change, 0 leave
changing: gross 8, net 8

currency  role                   rows    gross   fee   tax      net
--------  ---------  ----------  ----  -------  ----  ----  -------
NGN       processor  before         8   800.00  8.00  0.00   792.00
                     after          8     8.00  8.00  0.00     0.00
                     difference     0  -792.00  0.00  0.00  -792.00

day         currency  role       rows +/-  gross before  after  difference  net before  after  difference
----------  --------  ---------  --------  ------------  -----  ----------  ----------  -----  ----------
2026-07-01  NGN       processor         0        800.00   8.00     -792.00      792.00   0.00     -792.00

         where         key  what
-------  ------------  ---  ---------------------------------------
changed  a.csv line 2  T0   gross 100.00 -> 1.00, net 99.00 -> 0.00
changed  a.csv line 3  T1   gross 100.00 -> 1.00, net 99.00 -> 0.00
changed  b.csv line 2  T2   gross 100.00 -> 1.00, net 99.00 -> 0.00
`)
    expect(await state()).toEqual(before)
    expect((await entrepot(['apply', '--region', 'ng', '--dry-run'])).out).toBe(out)
    expect(await state()).toEqual(before)
  })

  test('one that is wrong: 1', async () => {
    writeFileSync(place, 'source: shop\nmodle: transaction\n')
    const { code, out, err } = await entrepot(['apply', '--region', 'ng', '--json'])
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      regions: [{ region: 'ng', plan: { sources: [], problems: [{ source: 'shop' }] } }],
    })
    expect(err).toContain('ng/shop: regions/ng/sources/shop.yaml line 1')
    const unknown = await entrepot(['plan', '--source', 'shpo'])
    expect(unknown).toMatchObject({ code: 1, out: '' })
    expect(unknown.err).toContain('Region gh has no source "shpo". Did you mean "shop"?')
  })

  const half = shopYaml
    .replace('{ from: Amount }', '{ from: Fee }')
    .replace('{ from: Fee }\n  tax', '{ value: "0" }\n  tax')

  test.each(['journal.after-append:2', 'load.after-commit:2', 'marts.before-commit'])(
    'killed at %s while it applies, and run again: as if nothing had happened',
    async (point) => {
      writeFileSync(place, shopYaml.replace('provider: paystack', `provider: ${point.replaceAll(/\W/g, '')}a`))
      expect((await entrepot(['apply', '--region', 'ng'])).code).toBe(0)
      writeFileSync(place, half.replace('provider: paystack', `provider: ${point.replaceAll(/\W/g, '')}b`))
      const planned = JSON.parse((await entrepot(['plan', '--region', 'ng', '--json'])).out)
      const [source] = planned.regions[0].sources
      expect(source.rows).toEqual({ before: 8, after: 8, added: 0, changed: 8, removed: 0, closed: 0, reopened: 0 })
      expect(source.money.totals[0].after.gross).toBe('8.00')
      expect((await entrepot(['apply', '--region', 'ng'], { ENTREPOT_KILL_AT: point })).signal).toBe('SIGKILL')
      const again = await entrepot(['apply', '--region', 'ng', '--json'])
      expect(again.code).toBe(0)
      const { shop, marts } = await state()
      const sum = [...shop.core.values()].map(({ gross }) => Number(gross))
      expect(sum).toEqual([1, 1, 1, 1, 1, 1, 1, 1])
      expect(marts).toMatchObject([{ sales: '8', sales_gross: '8.000000000' }])
      expect((await entrepot(['plan', '--region', 'ng'])).code).toBe(0)
    },
  )

  test('applied: told as a sync is, and the second time nothing is left to do', async () => {
    writeFileSync(place, shopYaml)
    const { code, out } = await entrepot(['apply', '--region', 'ng', '--json'])
    const [{ region, plan, report }] = JSON.parse(out).regions
    expect([code, region, plan.sources[0].rows.changed]).toEqual([0, 'ng', 8])
    expect(report).toMatchObject({ region: 'ng', files: 3, read: 12, loaded: 8, unchanged: 1, ignored: 3, findings: 0 })
    const before = await state()
    const again = await entrepot(['apply', '--region', 'ng', '--json'])
    expect(JSON.parse(again.out).regions[0].report).toMatchObject({ files: 0, read: 0 })
    expect(await state()).toEqual(before)
  })
})
