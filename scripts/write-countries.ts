import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { countryCodes } from '../models/country.ts'
import { packageRoot } from '../project/package-root.ts'
import type { Countries, CountryHabits } from '../project/region-pack.ts'
import { currencyOf, languageOf, weekendOf, zoneOf } from './countries/reviewed.ts'

// What `entrepot init` knows of a country, from CLDR: regions/countries.json (docs/decisions/region-packs.md). Zones,
// currencies, weekends and languages come from the packages cldr-core and cldr-bcp47, marks of numbers and the order of
// dates from the Intl of a Node with the same release of CLDR.

const require = createRequire(import.meta.url)
const release: string = require('cldr-core/package.json').version
const { territoryInfo } = require('cldr-core/supplemental/territoryInfo.json').supplemental
const { likelySubtags } = require('cldr-core/supplemental/likelySubtags.json').supplemental
const { weekData } = require('cldr-core/supplemental/weekData.json').supplemental
const { currencyData } = require('cldr-core/supplemental/currencyData.json').supplemental
const { primaryZones } = require('cldr-core/supplemental/primaryZones.json').supplemental
const { availableLocales } = require('cldr-core/availableLocales.json')
const { defaultContent } = require('cldr-core/defaultContent.json')
const zonesOfTheWorld = require('cldr-bcp47/bcp47/timezone.json').keyword.u.tz

/** @throws Error where this Node's Intl has another release of CLDR than the packages */
export function countryTable(intl: string = process.versions.cldr ?? 'none'): Countries {
  if (intl.split('.')[0] !== release.split('.')[0])
    throw new Error(`This Node has CLDR ${intl}, the packages are ${release}: use a Node with the same release.`)
  const habits = [...countryCodes].sort().map((code) => [code, habitsOf(code)] as const)
  return { cldr: release, countries: Object.fromEntries(habits) }
}

/** The file as it is written: a line a country. */
export function countriesText({ cldr, countries }: Countries): string {
  const lines = Object.entries(countries).map(([code, habits]) => `  "${code}": ${JSON.stringify(habits)}`)
  return `{ "cldr": "${cldr}", "countries": {\n${lines.join(',\n')}\n} }\n`
}

function habitsOf(country: string): CountryHabits {
  const languages = languagesOf(country)
  const [zone = '', ...otherZones] = zonesOf(country)
  const [currency = '', ...otherCurrencies] = currenciesOf(country)
  return {
    zone,
    other_zones: otherZones,
    currency,
    other_currencies: otherCurrencies,
    ...numbersOf(localeOf(languages[0] ?? 'en', country)),
    date_order: dateOrderOf(localeOf(languages[0] ?? 'en', country)),
    weekend: weekendOf[country] ?? daysOf(country),
    // Software writes English where nobody does.
    languages: languages.includes('en') ? languages : [...languages, 'en'],
  }
}

/** The language of business, then the other official languages that one in twenty speaks, by their share. */
function languagesOf(country: string): string[] {
  const spoken: [string, { _populationPercent: string; _officialStatus?: string }][] = Object.entries(
    territoryInfo[country]?.languagePopulation ?? {},
  )
  const official = spoken
    .filter(([, { _officialStatus }]) => /^(de_facto_)?official$/.test(_officialStatus ?? ''))
    .map(([language, { _populationPercent }]) => ({ language, share: Number(_populationPercent) }))
    .sort((a, b) => b.share - a.share)
  const likely: string | undefined = likelySubtags[`und-${country}`]
  const first = languageOf[country] ?? official[0]?.language ?? likely ?? 'en'
  const others = official.filter(({ share }) => share >= 5).map(({ language }) => language)
  return [...new Set([first, ...others].map((language) => language.split(/[-_]/)[0] ?? language))]
}

/** The locale that CLDR has for a language in a country; English of where it has none is the world's, not America's. */
function localeOf(language: string, country: string): string {
  const locale = `${language}-${country}`
  if (available.has(locale) || language !== 'en') return locale
  return 'en-001'
}

/** A language's own country has no locale: `en` is `en-US`. */
const available = new Set<string>([...availableLocales.full, ...defaultContent])

function numbersOf(locale: string): Pick<CountryHabits, 'decimal' | 'group' | 'grouping'> {
  const parts = new Intl.NumberFormat(locale, { numberingSystem: 'latn', useGrouping: 'always' }).formatToParts(
    1_234_567.8,
  )
  const mark = (type: 'decimal' | 'group') => parts.find((part) => part.type === type)?.value ?? ''
  return {
    decimal: mark('decimal'),
    group: mark('group')
      .replace(/[\u00a0\u202f]/, ' ')
      .replace('\u2019', "'"),
    grouping: parts.filter(({ type }) => type === 'integer')[1]?.value.length === 2 ? 'indian' : 'western',
  }
}

function dateOrderOf(locale: string): string {
  const format = new Intl.DateTimeFormat(`${locale}-u-ca-gregory-nu-latn`, { dateStyle: 'short', timeZone: 'UTC' })
  return format
    .formatToParts(0)
    .flatMap(({ type }) => (type === 'day' || type === 'month' || type === 'year' ? [type.charAt(0)] : []))
    .join('')
}

/** Days from the first of the weekend to its last. */
function daysOf(country: string): string[] {
  const { weekendStart, weekendEnd } = weekData
  const week = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
  const first = week.indexOf(weekendStart[country] ?? weekendStart['001'])
  const length = (week.indexOf(weekendEnd[country] ?? weekendEnd['001']) - first + 7) % 7
  return Array.from({ length: length + 1 }, (_, day) => week[(first + day) % 7] ?? '')
}

/** Legal tender of today, the country's own first. */
function currenciesOf(country: string): string[] {
  const known: Record<string, { _to?: string; _tender?: string }>[] = currencyData.region[country] ?? []
  const today = known
    .flatMap((one) => Object.entries(one))
    .filter(([, { _to, _tender }]) => _to === undefined && _tender !== 'false')
    .map(([code]) => code)
  // A place without a currency has ISO 4217's code for none.
  const first = currencyOf[country] ?? today[0] ?? 'XXX'
  return [first, ...today.filter((code) => code !== first)]
}

/** The capital's zone first; by the names that the tz database has today. */
function zonesOf(country: string): string[] {
  const zones: [string, { _region?: string; _iana?: string; _alias: string; _deprecated?: unknown }][] =
    Object.entries(zonesOfTheWorld)
  const here = zones
    .filter(
      ([key, zone]) => typeof zone === 'object' && zone._deprecated === undefined && regionOf(key, zone) === country,
    )
    .map(([, { _iana, _alias }]) => ({ now: _iana ?? _alias.split(' ')[0] ?? '', names: _alias.split(' ') }))
    .filter(({ now }) => !now.startsWith('Etc/'))
    .sort((a, b) => (a.now < b.now ? -1 : 1))
  const primary = zoneOf[country] ?? primaryZones[country] ?? here[0]?.now
  const first = here.find(({ now, names }) => now === primary || names.includes(primary))?.now ?? primary
  return [first, ...here.map(({ now }) => now).filter((zone) => zone !== first)]
}

const regionOf = (key: string, { _region }: { _region?: string }): string => _region ?? key.slice(0, 2).toUpperCase()

// A test fails when the file is not what CLDR and the reviewed words say.
if (process.argv[1]?.endsWith('write-countries.js'))
  writeFileSync(join(packageRoot, 'regions', 'countries.json'), countriesText(countryTable()))
