import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import countries, { type LocaleData } from 'i18n-iso-countries/index.js'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import { packageRoot, shippedRegions } from './package-root.ts'

const require = createRequire(import.meta.url)
countries.registerLocale(require('i18n-iso-countries/langs/en.json') as LocaleData)

/** What is usual in a country: how it writes numbers and dates, and when it rests. */
export interface CountryHabits {
  /** IANA zone of the capital or of most people, and the country's others. */
  readonly zone: string
  readonly other_zones: readonly string[]
  /** ISO 4217; XXX where there is none. */
  readonly currency: string
  /** Legal tender beside it. */
  readonly other_currencies: readonly string[]
  readonly decimal: string
  readonly group: string
  readonly grouping: string
  readonly date_order: string
  readonly weekend: readonly string[]
  /** ISO 639; that of business first. */
  readonly languages: readonly string[]
}

/** `regions/countries.json`, which `npm run countries` writes. */
export interface Countries {
  /** Release of CLDR. */
  readonly cldr: string
  /** By ISO 3166-1 alpha-2 code. */
  readonly countries: Readonly<Record<string, CountryHabits>>
}

/**
 * The text of a new region's `region.yaml`, of what is usual in its country.
 *
 * @param region ISO 3166-1 alpha-2 code in lower case
 * @throws Fault "region.unknown" with the code that may be meant
 */
export function regionPack(region: string): string {
  const { cldr, countries } = read()
  const country = region.toUpperCase()
  const habits = Object.hasOwn(countries, country) ? countries[country] : undefined
  if (habits === undefined) throw unknown(region, Object.keys(countries))
  const quoted = (mark: string) => (mark === "'" ? `"'"` : `"${mark}"`)
  return `region: ${quotedWord(region)}
name: ${countryName(region)}
country: ${quotedWord(country)}
zone: ${habits.zone}
${comment("others of the country's zones", habits.other_zones)}currency: ${habits.currency}
${comment('legal tender too', habits.other_currencies)}# How numbers and dates are usually written there, by CLDR ${cldr}. A contract can say otherwise for its source.
decimal: ${quoted(habits.decimal)}
group: ${quoted(habits.group)}
grouping: ${habits.grouping}${habits.grouping === 'indian' ? ' # 12,34,567.00' : ''}
digits: latin
date_order: ${habits.date_order}
weekend: [${habits.weekend.join(', ')}]
languages: [${habits.languages.map(quotedWord).join(', ')}]
schedule:
  cron: "*/15 * * * *" # in the region's zone
`
}

/** English name of a region that is a country; the region's code otherwise. */
export const countryName = (region: string): string => countries.getName(region.toUpperCase(), 'en') ?? region

let cached: Countries | undefined

function read(): Countries {
  cached ??= JSON.parse(readFileSync(join(packageRoot, 'regions', 'countries.json'), 'utf8')) as Countries
  return cached
}

/** NO is text in YAML 1.2 and false in older readers. */
const quotedWord = (word: string): string => (/^(no|on|yes|y|n)$/i.test(word) ? `"${word}"` : word)

/** Comment lines of at most 120 characters; none where there is nothing to list. */
function comment(title: string, words: readonly string[]): string {
  const lines: string[] = []
  let line = `# ${title}:`
  for (const [at, word] of words.entries()) {
    const next = ` ${word}${at + 1 < words.length ? ',' : ''}`
    if (line.length + next.length > 120) {
      lines.push(line)
      line = '#'
    }
    line += next
  }
  return words.length === 0 ? '' : `${[...lines, line].join('\n')}\n`
}

/** Codes that people take for a country's, by what they are of. */
const mistaken: Readonly<Record<string, string>> = {
  uk: 'gb',
  en: 'gb',
  el: 'gr',
  sw: 'ke',
  ur: 'pk',
  zh: 'cn',
  ja: 'jp',
}

function unknown(region: string, codes: readonly string[]): Fault {
  const meant = meantBy(region, codes)
  return new Fault(
    'region.unknown',
    `${JSON.stringify(region)} is no ISO 3166-1 code of a country.${meant === undefined ? '' : ` Did you mean ${JSON.stringify(meant)} (${countryName(meant)})?`}`,
    `Use a country's code of two letters, such as ke or br (${shippedRegions().join(', ')} come with contracts); any other region is made by writing regions/<code>/region.yaml.`,
    { details: { region, suggestion: meant ?? null } },
  )
}

/** The code that a word is likely meant as: an alpha-3 code, a country's name or nearly one; never a guess of a letter. */
function meantBy(word: string, codes: readonly string[]): string | undefined {
  const code =
    (Object.hasOwn(mistaken, word) ? mistaken[word] : undefined) ?? countries.alpha3ToAlpha2(word.toUpperCase())
  if (code !== undefined) return code.toLowerCase()
  if (word.length < 4) return undefined
  const names = new Map(
    codes.flatMap((one) =>
      [countries.getName(one, 'en', { select: 'all' }) ?? []].flat().map((name) => [name, one] as const),
    ),
  )
  const name = nearest(word, names.keys())
  return name === null ? undefined : names.get(name)?.toLowerCase()
}
