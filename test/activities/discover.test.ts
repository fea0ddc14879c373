import { rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unobserved } from '../../activities/beat.ts'
import { discoverLandings } from '../../activities/discover.ts'
import { loadUnit } from '../../activities/load.ts'
import { stageUnit } from '../../activities/stage.ts'
import type { Discovered } from '../../activities/unit.ts'
import { type OpenRegion, openRegionHere } from '../../operations/open-region.ts'
import { newProject, sales, shopYaml } from '../operations/project.ts'

const project = newProject(['ng'])
const { layout } = project
const log = { info() {}, warn() {}, error() {} }
let open: OpenRegion
beforeAll(async () => {
  open = await openRegionHere(layout, 'ng', log)
})
afterAll(async () => {
  await open.close()
  project.remove()
})

const discover = (skip: readonly string[] = []) => discoverLandings(open.context, skip, unobserved())

async function takeIn({ units }: Discovered) {
  const reports = []
  for (const unit of units)
    reports.push(await loadUnit(open.context, unit, await stageUnit(open.context, unit, unobserved()), unobserved()))
  return reports
}

const findings = async () =>
  (await open.context.warehouse.openFindings()).map(({ source, code, message }) => ({ source, code, message }))

const sources = (name: string) => join(layout.sources('ng'), name)

describe('discover, stage and load', () => {
  it('takes in what is new, once', async () => {
    project.land('ng', 'a.csv', sales(0, 3))
    const found = await discover()
    expect(found.units).toMatchObject([{ region: 'ng', source: 'shop', files: [{ file: { name: 'shop/a.csv' } }] }])
    expect(await takeIn(found)).toMatchObject([{ files: 1, read: 4, loaded: 3, ignored: 1 }])
    expect(await discover()).toEqual({
      units: [],
      unchanged: {
        ...{ files: 1, read: 4, loaded: 0, unchanged: 4, duplicate: 0, rejected: 0, ignored: 0, held: 0 },
      },
      hasMore: false,
    })
  })

  it('counts a retry by what the attempt before it has loaded', async () => {
    project.land('ng', 'retry.csv', sales(10, 12))
    const { units } = await discover()
    const [unit] = units
    if (unit === undefined) throw new Error('nothing was found')
    const staged = await stageUnit(open.context, unit, unobserved())
    await loadUnit(open.context, unit, staged, unobserved())
    const again = await loadUnit(open.context, unit, staged, unobserved(), { isRetry: true })
    expect(again).toMatchObject({ read: 3, loaded: 2, unchanged: 0, ignored: 1 })
  })

  it('tells the same bytes under another name, and a touched file, from new ones', async () => {
    project.land('ng', 'copy.csv', sales(0, 3))
    expect(await takeIn(await discover())).toMatchObject([{ loaded: 0, duplicate: 4 }])
    utimesSync(join(layout.landing('ng'), 'shop', 'a.csv'), 5_000, 5_000)
    const touched = await discover()
    expect(touched.units).toHaveLength(1)
    expect(await takeIn(touched)).toMatchObject([{ loaded: 0, unchanged: 4 }])
    expect((await discover()).units).toEqual([])
  })

  it('holds a file that can not be read, and tries it again when its contract changes', async () => {
    project.land('ng', 'broken.csv', 'Nothing,Of,It\n1,2,3\n')
    const [report] = await takeIn(await discover())
    expect(report).toMatchObject({ files: 1, loaded: 0 })
    expect(report?.reports).toMatchObject([{ outcome: 'held', problem: { code: 'file.columns-missing' } }])
    expect((await discover()).units).toEqual([])
    writeFileSync(sources('shop.yaml'), `${shopYaml}on_new_column: ignore\n`)
    expect((await discover()).units).toMatchObject([{ files: [{ file: { name: 'shop/broken.csv' } }] }])
    rmSync(join(layout.landing('ng'), 'shop', 'broken.csv'))
  })

  it('reads a file again of which records are held when its contract changes', async () => {
    const open = `open:
  - id: fee
    question: Is the fee what was taken?
    candidates: { taken: {}, unknown: { fee: { nil: "1.00" } } }
`
    writeFileSync(sources('shop.yaml'), `${shopYaml}on_new_column: ignore\n${open}`)
    project.land('ng', 'open.csv', sales(40, 42))
    expect(await takeIn(await discover())).toMatchObject([{ files: 1, read: 3, loaded: 0, ignored: 1, held: 2 }])
    expect((await findings()).filter(({ code }) => code === 'question.fee')).toEqual([
      {
        ...{ source: 'shop', code: 'question.fee' },
        message: expect.stringMatching(
          /^Is the fee what was taken\? 2 records of shop\/open\.csv wait for the answer: NGN 200\.00 \(fee 2\.00\) by "taken", NGN 200\.00 by "unknown"\. /,
        ),
      },
    ])
    const { units, unchanged } = await discover()
    expect([units, unchanged.held]).toEqual([[], 2])
    writeFileSync(sources('shop.yaml'), `${shopYaml}on_new_column: ignore\n`)
    const again = await discover()
    expect(again.units).toMatchObject([{ files: [{ file: { name: 'shop/open.csv' } }] }])
    expect(await takeIn(again)).toMatchObject([{ loaded: 2, held: 0 }])
    expect((await findings()).filter(({ code }) => code === 'question.fee')).toEqual([])
    rmSync(join(layout.landing('ng'), 'shop', 'open.csv'))
  })

  it('leaves out what it is told to skip', async () => {
    project.land('ng', 'skipped.csv', sales(20, 21))
    expect((await discover(['shop/skipped.csv'])).units).toEqual([])
    rmSync(join(layout.landing('ng'), 'shop', 'skipped.csv'))
  })

  it('says what nobody claims, what two claim and what is broken, and closes that when it is mended', async () => {
    const before = await findings()
    project.land('ng', '../stray/x.csv', 'a\n')
    project.land('ng', '../stray/y.csv', 'a\n')
    project.land('ng', '../wrong/z.csv', 'a\n')
    writeFileSync(sources('wrong.yaml'), 'source: wrong\nmodle: transaction\n')
    writeFileSync(sources('twin.yaml'), shopYaml.replace('source: shop', 'source: twin'))
    project.land('ng', 'both.csv', sales(30, 31))
    expect((await discover()).units).toEqual([])
    const told = (await findings()).filter(({ code }) => !before.some((other) => other.code === code))
    expect(told.filter(({ code }) => code !== 'contract.invalid').sort((a, b) => (a.code < b.code ? -1 : 1))).toEqual([
      {
        source: 'shop',
        code: 'file.ambiguous',
        message: 'shop/both.csv matches the contracts shop and twin: it waits',
      },
      {
        source: 'stray',
        code: 'file.unmatched',
        message: 'stray/x.csv matches no contract: it waits in the landing zone. So do stray/y.csv',
      },
    ])
    expect(told.find(({ code }) => code === 'contract.invalid')?.message).toContain('modle')
    for (const name of ['wrong.yaml', 'twin.yaml']) rmSync(sources(name))
    for (const name of ['stray', 'wrong']) rmSync(join(layout.landing('ng'), name), { recursive: true })
    expect((await discover()).units).toMatchObject([{ files: [{ file: { name: 'shop/both.csv' } }] }])
    expect(await findings()).toEqual(before)
  })
})
