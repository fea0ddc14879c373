import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unobserved } from '../../activities/beat.ts'
import { listArchivedFiles } from '../../activities/list-archived.ts'
import { loadUnit } from '../../activities/load.ts'
import { stageUnit } from '../../activities/stage.ts'
import { type OpenRegion, openRegionHere } from '../../operations/open-region.ts'
import { newProject, sales, shopYaml } from '../operations/project.ts'

const project = newProject(['ng'])
const { layout } = project
let open: OpenRegion
beforeAll(async () => {
  open = await openRegionHere(layout, 'ng', { info() {}, warn() {}, error() {} })
  project.land('ng', '../.a.csv', sales(0, 3))
  project.land('ng', '../.b.csv', sales(5, 7).replaceAll('2026-07-01', '2026-08-01'))
  for (const name of ['.a.csv', '.b.csv'])
    await open.access.ingest({ path: join(layout.landing('ng'), name), name: `by-hand${name}`, source: 'shop' })
})
afterAll(async () => {
  await open.close()
  project.remove()
})

const july = { region: 'ng', fromDate: '2026-07-01', toDate: '2026-08-01', after: null }

async function again() {
  const { units, next } = await listArchivedFiles(open.context, july)
  const reports = []
  for (const unit of units)
    reports.push(await loadUnit(open.context, unit, await stageUnit(open.context, unit, unobserved()), unobserved()))
  return { names: units.flatMap(({ files }) => files.map(({ file }) => file.name)), next, reports }
}

const gross = () =>
  open.access.query('select local_date, sum(gross) as gross from core.transaction group by 1 order by 1')

describe('backfill of archived files', () => {
  it('leaves what the same contract has judged', async () => {
    expect(await again()).toMatchObject({
      names: ['by-hand.a.csv'],
      next: null,
      reports: [{ files: 1, read: 4, loaded: 0, unchanged: 4, changedDates: 0 }],
    })
  })

  it('judges the files of its days, and no others, with the contract of today', async () => {
    const minor = shopYaml.replace('gross:          { from: Amount }', 'gross:          { value: "7" }')
    writeFileSync(join(layout.sources('ng'), 'shop.yaml'), minor)
    expect(await again()).toMatchObject({ reports: [{ loaded: 3, unchanged: 0, changedDates: 1 }] })
    expect(await gross()).toEqual([
      { local_date: '2026-07-01', gross: '21.000000000' },
      { local_date: '2026-08-01', gross: '200.000000000' },
    ])
    expect(await again()).toMatchObject({ reports: [{ loaded: 0, unchanged: 4 }] })
  })

  it('goes by pages, and says so of a source without a contract', async () => {
    const { units } = await listArchivedFiles(open.context, { ...july, after: '9999' })
    expect(units).toEqual([])
    writeFileSync(join(layout.sources('ng'), 'shop.yaml'), 'source: shop\nmodle: x\n')
    expect(await listArchivedFiles(open.context, july)).toEqual({ units: [], next: null })
    expect((await open.access.findings()).map(({ code }) => code)).toContain('file.no-contract')
  })
})
