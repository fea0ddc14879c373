import { createHash } from 'node:crypto'
import { existsSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { unobserved } from '../../activities/beat.ts'
import { discoverLandings } from '../../activities/discover.ts'
import { loadUnit } from '../../activities/load.ts'
import { stageUnit } from '../../activities/stage.ts'
import type { Discovered } from '../../activities/unit.ts'
import { type OpenRegion, openRegionHere } from '../../operations/open-region.ts'
import { newProject, sales, shopYaml } from '../operations/project.ts'
import { type ZipEntry, zipOf } from '../readers/zip-of.ts'

const project = newProject(['ng'])
const { layout } = project
const landing = layout.landing('ng')
let open: OpenRegion
beforeAll(async () => {
  writeFileSync(
    join(layout.sources('ng'), 'shop.yaml'),
    shopYaml.replace('"shop/**/*.csv"', '["shop/**/*.csv", "shop/*.zip"]'),
  )
  const fees = shopYaml.replace('source: shop', 'source: fees').replace('"shop/**/*.csv"', '"**/fees-*.txt"')
  writeFileSync(join(layout.sources('ng'), 'fees.yaml'), fees)
  open = await openRegionHere(layout, 'ng', { info() {}, warn() {}, error() {} })
})
afterAll(async () => {
  await open.close()
  project.remove()
})

const land = (name: string, entries: readonly ZipEntry[]) =>
  writeFileSync(join(landing, name), zipOf(entries.map((entry) => ({ isDeflated: true, ...entry }))))
const discover = (skip: readonly string[] = []) => discoverLandings(open.context, skip, unobserved())
const named = ({ units }: Discovered) =>
  units.flatMap(({ source, files }) => files.map(({ file }) => `${source} ${file.name}`))

async function takeIn({ units }: Discovered) {
  const reports = []
  for (const unit of units) {
    const staged = await stageUnit(open.context, unit, unobserved())
    reports.push(...(await loadUnit(open.context, unit, staged, unobserved())).reports)
  }
  return reports.map(({ file, outcome, loaded, duplicate, problem }) => ({
    ...{ name: file.name, outcome, loaded, duplicate, problem: problem?.code ?? null },
  }))
}

const findings = async (code: string) =>
  (await open.context.warehouse.openFindings()).filter((finding) => finding.code === code).map(({ message }) => message)
const sha = (text: string) => createHash('sha256').update(text).digest('hex')
const isArchived = (text: string) => existsSync(join(layout.archive('ng'), sha(text).slice(0, 2), sha(text)))

describe('a ZIP with several files', () => {
  it('is each of them, by its own hash; an entry that its own path gives to a contract goes there', async () => {
    project.land('ng', 'plain.csv', sales(0, 1))
    const [a, b, c] = [sales(10, 12), sales(20, 25), sales(30, 31)]
    land('shop/july.zip', [
      { name: 'a.csv', data: a },
      { name: 'more/b.csv.gz', data: gzipSync(b) },
      { name: 'fees-1.txt', data: c },
      { name: 'readme.txt', data: 'These are the sales of July.' },
      { name: '__MACOSX/._a.csv', data: 'mac' },
    ])
    const found = await discover()
    expect(named(found).sort()).toEqual([
      'fees shop/july.zip/fees-1.txt',
      'shop shop/july.zip/a.csv',
      'shop shop/july.zip/more/b.csv.gz',
      'shop shop/july.zip/readme.txt',
      'shop shop/plain.csv',
    ])
    expect((await takeIn(found)).filter(({ name }) => name.includes('zip'))).toEqual([
      { name: 'shop/july.zip/a.csv', outcome: 'loaded', loaded: 2, duplicate: 0, problem: null },
      { name: 'shop/july.zip/more/b.csv.gz', outcome: 'loaded', loaded: 5, duplicate: 0, problem: null },
      { name: 'shop/july.zip/readme.txt', outcome: 'held', loaded: 0, duplicate: 0, problem: 'file.columns-missing' },
      { name: 'shop/july.zip/fees-1.txt', outcome: 'loaded', loaded: 1, duplicate: 0, problem: null },
    ])
    expect([a, b, c].map(isArchived)).toEqual([true, true, true])
    expect(await findings('file.columns-missing')).toEqual([
      'shop/july.zip/readme.txt line 1, the likeliest header of 1 record: the header lacks "Id", "At", "Creator", "Amount", "Fee". It has 6 columns: "These", "are", "the", "sales", "of", "July.".',
    ])
    expect(readdirSync(join(layout.archive('ng'), 'incoming'))).toEqual([])
  })

  it('is nothing new the second time, and its files are duplicates in another one', async () => {
    expect(await discover()).toMatchObject({ units: [], unchanged: { files: 5, unchanged: 13 } })
    utimesSync(join(landing, 'shop/july.zip'), 5_000, 5_000)
    expect(new Set((await takeIn(await discover())).map(({ outcome }) => outcome))).toEqual(
      new Set(['unchanged', 'held']),
    )
    land('shop/august.zip', [
      { name: 'again.csv', data: sales(10, 12) },
      { name: 'new.csv', data: sales(40, 42) },
    ])
    expect(await takeIn(await discover())).toEqual([
      { name: 'shop/august.zip/again.csv', outcome: 'duplicate', loaded: 0, duplicate: 3, problem: null },
      { name: 'shop/august.zip/new.csv', outcome: 'loaded', loaded: 2, duplicate: 0, problem: null },
    ])
    expect((await discover()).units).toEqual([])
  })

  it('skips what it is told to, one file of it too', async () => {
    land('shop/skipped.zip', [
      { name: 'x.csv', data: sales(50, 51) },
      { name: 'y.csv', data: sales(51, 52) },
    ])
    expect(named(await discover(['shop/skipped.zip/x.csv']))).toEqual(['shop shop/skipped.zip/y.csv'])
    expect(named(await discover(['shop/skipped.zip']))).toEqual([])
    rmSync(join(landing, 'shop/skipped.zip'))
  })

  it('takes in the others where one does not unpack: one finding, closed when the ZIP is gone', async () => {
    land('shop/bad.zip', [
      { name: 'cut.csv', data: sales(60, 61), crc: 1 },
      { name: 'whole.csv', data: sales(62, 63) },
      {
        name: 'inner.zip',
        data: zipOf([
          { name: '1', data: 'a' },
          { name: '2', data: 'b' },
        ]),
      },
    ])
    for (let looks = 0; looks < 2; looks++) {
      const found = await discover()
      expect(named(found)).toEqual(['shop shop/bad.zip/whole.csv'])
      expect(await findings('landing.unreadable')).toEqual([
        'shop/bad.zip/cut.csv can not be unpacked: bad.zip is damaged: its ZIP entry does not unpack (wrong checksum). Nothing of it is read. So do shop/bad.zip/inner.zip',
      ])
    }
    expect(await takeIn(await discover())).toMatchObject([{ outcome: 'loaded', loaded: 1 }])
    // What did not unpack is tried again when the file is another one.
    utimesSync(join(landing, 'shop/bad.zip'), 6_000, 6_000)
    expect(named(await discover())).toEqual(['shop shop/bad.zip/whole.csv'])
    rmSync(join(landing, 'shop/bad.zip'))
    await discover()
    expect(await findings('landing.unreadable')).toEqual([])
  })

  it('waits as one file where nobody wants what is in it, and is held as one where it can not be looked into', async () => {
    project.land('ng', '../other/x', '')
    rmSync(join(landing, 'other/x'))
    land('other/stray.zip', [
      { name: 'a.csv', data: 'a' },
      { name: 'b.csv', data: 'b' },
    ])
    const [first, second] = [sales(70, 71), sales(71, 72)]
    land('shop/twice.zip', [
      { name: 'a.csv', data: first },
      { name: 'a.csv', data: second },
    ])
    land('shop/bomb.zip', [
      { name: 'bomb.csv', data: Buffer.alloc(70 * 1024 * 1024, 'a') },
      { name: 'a.csv', data: first },
    ])
    expect(await takeIn(await discover())).toMatchObject([
      { name: 'shop/twice.zip', outcome: 'held', problem: 'file.entry-refused' },
      { name: 'shop/bomb.zip', outcome: 'held', problem: 'file.zip-bomb' },
    ])
    expect(await findings('file.unmatched')).toEqual([
      'other/stray.zip matches no contract: it waits in the landing zone',
    ])
    expect((await discover()).units).toEqual([])
    for (const name of ['other/stray.zip', 'shop/twice.zip', 'shop/bomb.zip']) rmSync(join(landing, name))
  })

  it('is ingested by hand: each of its files', async () => {
    land('hand.zip', [
      { name: 'a.csv', data: sales(80, 82) },
      { name: 'b.csv', data: sales(82, 83) },
    ])
    const request = { path: join(landing, 'hand.zip'), source: 'shop' }
    const { report, files } = await open.access.ingest(request)
    expect(report).toMatchObject({ files: 2, read: 5, loaded: 3, ignored: 2 })
    expect(files.map(({ file, outcome }) => `${file.name} ${outcome}`)).toEqual([
      'hand.zip/a.csv loaded',
      'hand.zip/b.csv loaded',
    ])
    expect((await open.access.ingest(request)).report).toMatchObject({ files: 2, loaded: 0, unchanged: 5 })
  })
})
