import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../../project/package-root.ts'
import { countriesText, countryTable } from '../../scripts/write-countries.ts'

const committed = readFileSync(join(packageRoot, 'regions', 'countries.json'), 'utf8')
const { cldr, countries } = JSON.parse(committed)

test('the file of countries is what CLDR and the reviewed words say', () => {
  const other = '46.1'
  expect(() => countryTable(other)).toThrow(
    `This Node has CLDR 46.1, the packages are ${cldr}: use a Node with the same release.`,
  )
  // Zones, currencies, weekends and languages come from packages; a Node with another release writes other marks.
  const here = countryTable(cldr)
  if (process.versions.cldr?.split('.')[0] === cldr.split('.')[0]) expect(countriesText(here)).toBe(committed)
  for (const [code, { zone, other_zones, currency, other_currencies, weekend, languages }] of Object.entries(
    here.countries,
  ))
    expect(countries[code]).toMatchObject({ zone, other_zones, currency, other_currencies, weekend, languages })
})

test('every country is there, with the currency and zone of today', () => {
  const currencyOf = (codes: string) => codes.split(' ').map((code) => countries[code].currency)
  expect(currencyOf('BG HR SL VE ZW CW SX MR ST BY LS CU GW')).toEqual(
    'EUR EUR SLE VES ZWG XCG XCG MRU STN BYN LSL CUP XOF'.split(' '),
  )
  const zoneOf = (codes: string) => codes.split(' ').map((code) => countries[code].zone)
  expect(zoneOf('UA IN VN MM US BR ID CD RU CN AU MY KZ')).toEqual([
    ...['Europe/Kyiv', 'Asia/Kolkata', 'Asia/Ho_Chi_Minh', 'Asia/Yangon', 'America/New_York', 'America/Sao_Paulo'],
    ...['Asia/Jakarta', 'Africa/Kinshasa', 'Europe/Moscow', 'Asia/Shanghai', 'Australia/Sydney'],
    ...['Asia/Kuala_Lumpur', 'Asia/Almaty'],
  ])
  expect(Object.keys(countries)).toHaveLength(250)
})
