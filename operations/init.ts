import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import currencyCodes from 'currency-codes'
import countries from 'i18n-iso-countries'
import { isCountry } from '../models/country.ts'
import { Fault } from '../models/fault.ts'
import { layout } from '../project/layout.ts'
import { packageRoot, shippedRegions } from '../project/package-root.ts'
import { loadSources } from '../project/regions.ts'
import { ensureEngineerToken, ensureRegionToken } from './tokens.ts'

export interface Initialized {
  readonly root: string
  readonly regions: readonly { readonly region: string; readonly name: string; readonly sources: readonly string[] }[]
}

/**
 * Make a project: settings, a folder a region with its profile and contracts, the landing zone, tokens.
 *
 * Regions that Entrepot ships (ng, gh, pk, bd) bring their contracts; any other ISO country code gets a profile and no
 * source. What is there already is kept.
 *
 * @throws Fault "region.unknown" for a code that is no country's, "region.zone-ambiguous" where a country has many zones
 */
export async function init(dir: string, regions: readonly string[]): Promise<Initialized> {
  const project = layout(dir)
  const profiles = regions.map((region) => ({
    region,
    profile: existsSync(project.regionFile(region)) ? '' : profileText(region),
  }))
  mkdirSync(project.root, { recursive: true })
  writeNew(project.settings, settingsText)
  writeNew(join(project.root, '.gitignore'), ignoredText)
  const made: { region: string; name: string; sources: string[] }[] = []
  for (const { region, profile } of profiles) {
    const template = join(packageRoot, 'regions', region)
    if (existsSync(template)) cpSync(template, join(project.regions, region), { recursive: true, force: false })
    else writeNew(project.regionFile(region), profile)
    mkdirSync(project.sources(region), { recursive: true })
    const { contracts } = loadSources(project, region)
    for (const { source } of contracts) mkdirSync(join(project.landing(region), source), { recursive: true })
    mkdirSync(project.landing(region), { recursive: true })
    await ensureRegionToken(project, region)
    made.push({ region, name: nameOf(region), sources: contracts.map(({ source }) => source) })
  }
  await ensureEngineerToken(project)
  return { root: project.root, regions: made }
}

const nameOf = (region: string): string => countries.getName(region.toUpperCase(), 'en') ?? region

function profileText(region: string): string {
  const country = region.toUpperCase()
  if (shippedRegions().includes(region)) return ''
  if (!/^[a-z]{2}$/.test(region) || !isCountry(country))
    throw new Fault(
      'region.unknown',
      `"${region}" is no region that Entrepot knows: it is not the ISO 3166 code of a country.`,
      `Use a country's code in lower case, such as ${shippedRegions().join(', ')} or ke; other regions are made by writing regions/<code>/region.yaml.`,
    )
  // Not in TypeScript's library yet, but in every Node since 18.
  const zones = (new Intl.Locale('und', { region: country }) as Intl.Locale & { timeZones?: string[] }).timeZones ?? []
  const [zone] = zones
  if (zone === undefined || zones.length > 1)
    throw new Fault(
      'region.zone-ambiguous',
      `${nameOf(region)} has ${zones.length} time zones (${zones.slice(0, 4).join(', ')}${zones.length > 4 ? ', …' : ''}); a region is in one.`,
      `Write regions/${region}/region.yaml with the zone you mean (docs/operate.md), then run init again.`,
    )
  const currency = currencyOf(country)
  return `region: ${region}
name: ${nameOf(region)}
country: ${country}
zone: ${zone}
currency: ${currency}
# How numbers and dates are usually written there. A contract can say otherwise for its source.
decimal: "."
group: ","
grouping: ${groupingOf(country)}
date_order: dmy
schedule:
  cron: "*/15 * * * *" # in the region's zone
`
}

/** How the language most read in a country groups digits: 12,34,567 or 1,234,567. */
function groupingOf(country: string): 'indian' | 'western' {
  const { language } = new Intl.Locale('und', { region: country }).maximize()
  const parts = new Intl.NumberFormat(`${language}-${country}`).formatToParts(1_234_567)
  return parts.find(({ type }) => type === 'integer')?.value.length === 2 ? 'indian' : 'western'
}

function currencyOf(country: string): string {
  const names = [countries.getName(country, 'en', { select: 'official' }), ...namesOf(country)]
  const codes = new Set(
    names
      .flatMap((name) => (name === undefined ? [] : currencyCodes.country(name.toLowerCase())))
      .map(({ code }) => code),
  )
  const [code] = codes
  if (code !== undefined && codes.size === 1) return code
  throw new Fault(
    'region.currency-ambiguous',
    `The currency of ${nameOf(country)} is not certain${codes.size > 1 ? ` (${[...codes].join(', ')})` : ''}.`,
    `Write regions/${country.toLowerCase()}/region.yaml with its currency (docs/operate.md), then run init again.`,
  )
}

function namesOf(country: string): string[] {
  const names = countries.getName(country, 'en', { select: 'all' })
  return names === undefined ? [] : [names].flat().flatMap((name) => [name, `${name} (the)`])
}

function writeNew(path: string, text: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  if (!existsSync(path)) writeFileSync(path, text)
}

const settingsText = `# Settings of this Entrepot project; every key has a default. See docs/operate.md.
# central: { port: 7800 }
# temporal: { address: "localhost:7233" }   # without it, entrepot finds or starts a server of its own
`

const ignoredText = `data/
.entrepot/
`
