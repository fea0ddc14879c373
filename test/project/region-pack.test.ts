import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { countryCodes } from '../../models/country.ts'
import { Fault } from '../../models/fault.ts'
import { regionProfile } from '../../models/region.ts'
import { packageRoot } from '../../project/package-root.ts'
import { regionPack } from '../../project/region-pack.ts'

interface Expected {
  region: string
  name: string
  /** With the comment of other zones. */
  zone: string
  currency: string
  decimal?: string
  group?: string
  grouping?: string
  order?: string
  weekend?: string
  languages: string
}

const text = ({ region, name, zone, currency, ...more }: Expected) => `region: ${region}
name: ${name}
country: ${region.toUpperCase()}
zone: ${zone}
currency: ${currency}
# How numbers and dates are usually written there, by CLDR 48.2.0. A contract can say otherwise for its source.
decimal: "${more.decimal ?? '.'}"
group: "${more.group ?? ','}"
grouping: ${more.grouping ?? 'western'}
digits: latin
date_order: ${more.order ?? 'dmy'}
weekend: [${more.weekend ?? 'sat, sun'}]
languages: [${more.languages}]
schedule:
  cron: "*/15 * * * *" # in the region's zone
`

const brazil = `America/Sao_Paulo
# others of the country's zones: America/Araguaina, America/Bahia, America/Belem, America/Boa_Vista,
# America/Campo_Grande, America/Cuiaba, America/Eirunepe, America/Fortaleza, America/Maceio, America/Manaus,
# America/Noronha, America/Porto_Velho, America/Recife, America/Rio_Branco, America/Santarem`

const usa = `America/New_York
# others of the country's zones: America/Adak, America/Anchorage, America/Boise, America/Chicago, America/Denver,
# America/Detroit, America/Indiana/Indianapolis, America/Indiana/Knox, America/Indiana/Marengo,
# America/Indiana/Petersburg, America/Indiana/Tell_City, America/Indiana/Vevay, America/Indiana/Vincennes,
# America/Indiana/Winamac, America/Juneau, America/Kentucky/Louisville, America/Kentucky/Monticello,
# America/Los_Angeles, America/Menominee, America/Metlakatla, America/Nome, America/North_Dakota/Beulah,
# America/North_Dakota/Center, America/North_Dakota/New_Salem, America/Phoenix, America/Sitka, America/Yakutat,
# Pacific/Honolulu`

const indonesia = `Asia/Jakarta
# others of the country's zones: Asia/Jayapura, Asia/Makassar, Asia/Pontianak`

const french = { decimal: ',', group: ' ' }
const commaDecimal = { decimal: ',', group: '.' }

test.each<Expected>([
  { region: 'ke', name: 'Kenya', zone: 'Africa/Nairobi', currency: 'KES', languages: 'en, sw' },
  {
    ...{ region: 'in', name: 'India', zone: 'Asia/Kolkata', currency: 'INR' },
    ...{ grouping: 'indian # 12,34,567.00', weekend: 'sun', languages: 'en, hi' },
  },
  { region: 'eg', name: 'Egypt', zone: 'Africa/Cairo', currency: 'EGP', weekend: 'fri, sat', languages: 'ar, en' },
  { region: 'cm', name: 'Cameroon', zone: 'Africa/Douala', currency: 'XAF', ...french, languages: 'fr, en' },
  { region: 'sn', name: 'Senegal', zone: 'Africa/Dakar', currency: 'XOF', ...french, languages: 'fr, wo, en' },
  { region: 'ci', name: "Cote d'Ivoire", zone: 'Africa/Abidjan', currency: 'XOF', ...french, languages: 'fr, en' },
  { region: 'vn', name: 'Vietnam', zone: 'Asia/Ho_Chi_Minh', currency: 'VND', ...commaDecimal, languages: 'vi, en' },
  { region: 'id', name: 'Indonesia', zone: indonesia, currency: 'IDR', ...commaDecimal, languages: 'id, en' },
  { region: 'br', name: 'Brazil', zone: brazil, currency: 'BRL', ...commaDecimal, languages: 'pt, en' },
  { region: 'us', name: 'United States of America', zone: usa, currency: 'USD', order: 'mdy', languages: 'en' },
])('the pack of $region, line by line', (expected) => {
  expect(regionPack(expected.region)).toBe(text(expected))
})

const shipped = (region: string) => readFileSync(join(packageRoot, 'regions', region, 'region.yaml'), 'utf8')

test('the packs that come with contracts, line by line', () => {
  expect(shipped('ng')).toBe(`region: ng
name: Nigeria
country: NG
zone: Africa/Lagos
currency: NGN
decimal: "."
group: ","
date_order: dmy
weekend: [sat, sun]
languages: [en]
schedule: { cron: "*/15 * * * *", catchup: 6h, jitter: 30s }
`)
  expect(shipped('gh')).toBe(`region: gh
name: Ghana
country: GH
zone: Africa/Accra
currency: GHS
decimal: "."
group: ","
date_order: dmy
weekend: [sat, sun]
languages: [en]
schedule: { cron: "5-59/15 * * * *", catchup: 6h, jitter: 30s }
params:
  momo: { own_account: "FRI:80000001/MM" } # the merchant account that statements are of
`)
  expect(shipped('pk')).toBe(`region: pk
name: Pakistan
country: PK
zone: Asia/Karachi
currency: PKR
decimal: "."
group: ","
grouping: indian # 12,34,567.00
date_order: dmy
weekend: [sat, sun]
languages: [en, ur]
schedule: { cron: "10-59/15 * * * *", catchup: 6h, jitter: 30s }
params:
  usdc_wallet: { own_wallet: "0x1111111111111111111111111111111111111111" }
`)
  expect(shipped('bd')).toBe(`region: bd
name: Bangladesh
country: BD
zone: Asia/Dhaka
currency: BDT
decimal: "."
group: ","
grouping: indian # 12,34,567.00
date_order: dmy
weekend: [fri, sat]
languages: [bn, en]
schedule: { cron: "*/20 * * * *", catchup: 6h, jitter: 30s }
params:
  bkash: { own_wallet: "01000000001" }
  bkash_bn: { own_wallet: "01000000001" }
`)
})

test("every country's pack is a sound profile, in YAML 1.1 too", () => {
  for (const code of countryCodes) {
    const pack = regionPack(code.toLowerCase())
    const profile = regionProfile.parse(parse(pack))
    expect(profile).toMatchObject({ region: code.toLowerCase(), country: code, digits: 'latin' })
    expect(parse(pack, { version: '1.1' })).toEqual(parse(pack))
    expect(pack.split('\n').filter((line) => line.length > 120)).toEqual([])
  }
  expect(countryCodes.length).toBe(250)
})

test('legal tender beside the currency is told, and a place without one has the code for none', () => {
  expect(regionPack('zw')).toContain('\ncurrency: ZWG\n# legal tender too: USD\n')
  expect(regionPack('aq')).toContain('\ncurrency: XXX\n')
  expect(regionPack('ch')).toContain(`\ngroup: "'"\n`)
})

test.each([
  ['uk', ' Did you mean "gb" (United Kingdom)?'],
  ['nga', ' Did you mean "ng" (Nigeria)?'],
  ['nigeria', ' Did you mean "ng" (Nigeria)?'],
  ['camerun', ' Did you mean "cm" (Cameroon)?'],
  ['zz', ''],
  ['k', ''],
  ['__proto__', ''],
  ['west', ''],
])('the code %j is refused, with what it may mean', (region, suggestion) => {
  let fault: unknown
  try {
    regionPack(region)
  } catch (error) {
    fault = error
  }
  expect(fault).toBeInstanceOf(Fault)
  expect(fault).toMatchObject({
    code: 'region.unknown',
    message: `"${region}" is no ISO 3166-1 code of a country.${suggestion}`,
    fix: "Use a country's code of two letters, such as ke or br (bd, gh, ng, pk come with contracts); any other region is made by writing regions/<code>/region.yaml.",
  })
})

test('a profile without weekend and languages is sound as before', () => {
  const old = { region: 'ng', name: 'Nigeria', country: 'NG', zone: 'Africa/Lagos', currency: 'NGN' }
  expect(regionProfile.parse(old)).toMatchObject({ weekend: ['sat', 'sun'], languages: ['en'] })
  expect(() => regionProfile.parse({ ...old, weekend: ['Sunday'] })).toThrow()
  expect(() => regionProfile.parse({ ...old, languages: ['English'] })).toThrow('is no ISO 639 code, such as en')
  expect(() => regionProfile.parse({ ...old, languages: [] })).toThrow()
})
