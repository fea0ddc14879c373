import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../models/fault.ts'
import { layout } from '../project/layout.ts'
import { packageRoot, shippedRegions } from '../project/package-root.ts'
import { countryName, regionPack } from '../project/region-pack.ts'
import { loadSources } from '../project/regions.ts'
import { ensureEngineerToken, ensureRegionToken } from './tokens.ts'

export interface Initialized {
  readonly root: string
  readonly regions: readonly { readonly region: string; readonly name: string; readonly sources: readonly string[] }[]
}

/**
 * Make a project: settings, a folder a region with its profile and contracts, the landing zone, tokens.
 *
 * Regions that Entrepot ships (ng, gh, pk, bd) bring their contracts; any other ISO 3166-1 code gets the profile of its
 * country and no source. What is there already is kept.
 *
 * @param regions codes in lower case
 * @throws Fault "region.unknown" for codes that are no country's, all of them told, before anything is written
 */
export async function init(dir: string, regions: readonly string[]): Promise<Initialized> {
  const project = layout(dir)
  const profiles = profilesOf(regions, (region) => existsSync(project.regionFile(region)))
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
    made.push({ region, name: countryName(region), sources: contracts.map(({ source }) => source) })
  }
  await ensureEngineerToken(project)
  return { root: project.root, regions: made }
}

/** What is to be written of each region; nothing for one that is there or is shipped. */
function profilesOf(regions: readonly string[], isThere: (region: string) => boolean) {
  const shipped = shippedRegions()
  const wrong: Fault[] = []
  const profiles = regions.map((region) => {
    if (isThere(region) || shipped.includes(region)) return { region, profile: '' }
    try {
      return { region, profile: regionPack(region) }
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      wrong.push(error)
      return { region, profile: '' }
    }
  })
  const [first] = wrong
  if (first === undefined) return profiles
  const told = wrong.map(({ message }) => message).join('\n')
  throw new Fault(first.code, told, first.fix, { details: { regions: wrong.map(({ details }) => details) } })
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
