import { existsSync, readdirSync } from 'node:fs'
import { basename, join, relative, sep } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { type ContractError, parseContract } from '../contracts/language.ts'
import { nearest } from '../contracts/nearest.ts'
import { withParams } from '../contracts/params.ts'
import { matcher } from '../contracts/patterns.ts'
import { Fault } from '../models/fault.ts'
import { type RegionProfile, regionProfile } from '../models/region.ts'
import type { Layout } from './layout.ts'
import { readTextFile, readYamlFile } from './read-yaml-file.ts'

/** Codes of the project's regions, sorted: the folders of `regions/` with a `region.yaml`. */
export function listRegions(layout: Layout): string[] {
  if (!existsSync(layout.regions)) return []
  return readdirSync(layout.regions, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(layout.regionFile(entry.name)))
    .map(({ name }) => name)
    .sort()
}

/**
 * A region's profile.
 *
 * @throws Fault "region.unknown" when the project has no such region, "region.invalid" when its profile is wrong
 */
export function loadProfile(layout: Layout, region: string): RegionProfile {
  const regions = listRegions(layout)
  if (!regions.includes(region)) {
    const near = nearest(region, regions)
    throw new Fault(
      'region.unknown',
      `There is no region ${JSON.stringify(region)} in ${layout.regions}.${near === null ? '' : ` Did you mean ${JSON.stringify(near)}?`}`,
      regions.length === 0
        ? 'Make a project with `entrepot init DIR --regions ng,gh`.'
        : `Use one of ${regions.join(', ')}, or write regions/${region}/region.yaml.`,
    )
  }
  const path = layout.regionFile(region)
  return readYamlFile(path, nameIn(layout, path), regionProfile, 'a region profile', 'region.invalid', (profile) =>
    profile.region === region
      ? []
      : [{ path: ['region'], message: `is ${profile.region}, but the folder is named ${region}`, suggestion: region }],
  )
}

/** A contract that can not be used. Its files wait; the region's other sources go on. */
export interface BrokenContract {
  /** Relative to the project. */
  readonly file: string
  readonly source: string
  readonly errors: readonly ContractError[]
}

/**
 * Every contract of a region, by source name.
 *
 * @throws Fault when the region's profile is missing or wrong; never for a contract
 */
export function loadSources(layout: Layout, region: string): { contracts: Contract[]; broken: BrokenContract[] } {
  const profile = loadProfile(layout, region)
  const folder = layout.sources(region)
  const contracts: Contract[] = []
  const broken: BrokenContract[] = []
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : []
  for (const name of files.sort()) {
    const path = join(folder, name)
    const file = nameIn(layout, path)
    const source = basename(name).replace(/\.ya?ml$/, '')
    const parsed = ((): { contract: Contract } | { errors: ContractError[] } => {
      const read = readTextFile(path, file)
      return 'errors' in read ? read : parseContract(read.text, file, profile)
    })()
    const twin = files.find((other) => other !== name && other.replace(/\.ya?ml$/, '') === source)
    if ('errors' in parsed) broken.push({ file, source, errors: parsed.errors })
    else if (twin === undefined) contracts.push(parsed.contract)
    else {
      const message = `has the same source as ${twin}; remove one`
      broken.push({ file, source, errors: [{ file, line: 1, column: 1, key: 'source', message, suggestion: null }] })
    }
  }
  return { contracts, broken }
}

/** Whose file it is. */
export type SourceMatch =
  /** With the params that the path gives. */
  | { readonly contract: Contract }
  /** More than one source claims it: a person must narrow `match`. */
  | { readonly ambiguous: readonly string[] }

/**
 * Which contract a file of the landing folder belongs to; undefined where none claims it.
 *
 * @param path relative to `data/landing/<region>/`, with / between folders
 */
export function matchSource(contracts: readonly Contract[], path: string): SourceMatch | undefined {
  const found = contracts.flatMap((contract) => {
    const params = contract.match.map((pattern) => matcherOf(pattern)(path)).find((captured) => captured !== undefined)
    return params === undefined ? [] : [{ contract, params }]
  })
  const [first, ...others] = found
  if (first === undefined) return undefined
  if (others.length > 0) return { ambiguous: found.map(({ contract }) => contract.source) }
  return {
    contract: Object.keys(first.params).length === 0 ? first.contract : withParams(first.contract, first.params),
  }
}

const matchers = new Map<string, ReturnType<typeof matcher>>()

function matcherOf(pattern: string): ReturnType<typeof matcher> {
  const known = matchers.get(pattern) ?? matcher(pattern)
  matchers.set(pattern, known)
  return known
}

const nameIn = (layout: Layout, path: string): string => relative(layout.root, path).split(sep).join('/')
