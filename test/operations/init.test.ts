import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { countryCodes } from '../../models/country.ts'
import { init } from '../../operations/init.ts'
import { layout } from '../../project/layout.ts'
import { regionPack } from '../../project/region-pack.ts'
import { listRegions, loadProfile } from '../../project/regions.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-init-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const profileOf = (region: string) => readFileSync(join(folder, `shop/regions/${region}/region.yaml`), 'utf8')

test('a region that does not ship is made of what its country is known for', async () => {
  const made = await init(join(folder, 'shop'), ['in', 'ke', 'ng'])
  expect(made.regions.map(({ region, name }) => `${region} ${name}`)).toEqual(['in India', 'ke Kenya', 'ng Nigeria'])
  expect([profileOf('in'), profileOf('ke')]).toEqual([regionPack('in'), regionPack('ke')])
  expect(loadProfile(layout(join(folder, 'shop')), 'ng')).toMatchObject({ languages: ['en'], weekend: ['sat', 'sun'] })
})

test('every country at once, and once more, which changes nothing', async () => {
  const codes = countryCodes.map((code) => code.toLowerCase())
  const shop = join(folder, 'shop')
  const made = await init(shop, codes)
  expect(made.regions).toHaveLength(codes.length)
  expect(listRegions(layout(shop))).toEqual([...codes].sort())
  writeFileSync(join(shop, 'regions/ke/region.yaml'), profileOf('ke').replace('Kenya', 'East'))
  await init(shop, codes)
  expect(loadProfile(layout(shop), 'ke').name).toBe('East')
  expect(loadProfile(layout(shop), 'us')).toMatchObject({ zone: 'America/New_York', date_order: 'mdy' })
})

test('all wrong codes are told before anything is written', async () => {
  await expect(init(join(folder, 'shop'), ['ke', 'uk', 'nigeria', 'zz'])).rejects.toMatchObject({
    code: 'region.unknown',
    message: [
      '"uk" is no ISO 3166-1 code of a country. Did you mean "gb" (United Kingdom)?',
      '"nigeria" is no ISO 3166-1 code of a country. Did you mean "ng" (Nigeria)?',
      '"zz" is no ISO 3166-1 code of a country.',
    ].join('\n'),
    details: {
      regions: [
        { region: 'uk', suggestion: 'gb' },
        { region: 'nigeria', suggestion: 'ng' },
        { region: 'zz', suggestion: null },
      ],
    },
  })
  expect(existsSync(join(folder, 'shop'))).toBe(false)
})

test('a region of its own making is taken as it is', async () => {
  const shop = join(folder, 'shop')
  mkdirSync(join(shop, 'regions/west'), { recursive: true })
  writeFileSync(join(shop, 'regions/west/region.yaml'), regionPack('sn').replace('region: sn', 'region: west'))
  const made = await init(shop, ['west', 'cm'])
  expect(made.regions.map(({ region }) => region)).toEqual(['west', 'cm'])
  expect(loadProfile(layout(shop), 'west').country).toBe('SN')
})
