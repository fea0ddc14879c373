import { existsSync, readdirSync } from 'node:fs'
import { join, relative, sep } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { type ContractError, parseContract } from '../contracts/language.ts'
import { withParams } from '../contracts/params.ts'
import { matcher } from '../contracts/patterns.ts'
import { checkErrors } from '../contracts/verify.ts'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import { type RegionProfile, regionProfile } from '../models/region.ts'
import type { Layout } from './layout.ts'
import { readLookups } from './lookups.ts'
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

export interface Sources {
  /** By source name. */
  readonly contracts: readonly Contract[]
  readonly broken: readonly BrokenContract[]
}

/**
 * Every contract of a region.
 *
 * @throws Fault when the region's profile is missing or wrong; never for a contract
 */
export const loadSources = (layout: Layout, region: string): Sources => sorted(readSources(layout, region))

/**
 * As `loadSources`, and DuckDB has looked at the SQL of the checks: a contract whose checks may not run is broken too.
 * To be used before anything is judged by a contract.
 *
 * @param only the source whose checks are looked at; every one's where left out
 */
export async function verifySources(layout: Layout, region: string, only?: string): Promise<Sources> {
  const read = readSources(layout, region)
  for (const source of read)
    if ('contract' in source.parsed && (only ?? source.source) === source.source) {
      const errors = await checkErrors(source.text, source.file, source.parsed.contract)
      if (errors.length > 0) source.parsed = { errors }
    }
  return sorted(read)
}

interface ReadSource {
  readonly file: string
  readonly source: string
  readonly text: string
  parsed: { readonly contract: Contract } | { readonly errors: readonly ContractError[] }
}

function readSources(layout: Layout, region: string): ReadSource[] {
  const profile = loadProfile(layout, region)
  const lookups = readLookups(layout, region)
  const folder = layout.sources(region)
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => /\.ya?ml$/.test(name)) : []
  return names.sort().map((name) => {
    const path = join(folder, name)
    const file = nameIn(layout, path)
    const source = sourceOf(name)
    const read = readTextFile(path, file)
    const twin = names.find((other) => other !== name && sourceOf(other) === source)
    if ('errors' in read) return { file, source, text: '', parsed: read }
    const parsed = parseContract(read.text, file, profile, lookups)
    if ('errors' in parsed || twin === undefined) return { file, source, text: read.text, parsed }
    const message = `has the same source as ${twin}; remove one`
    const errors = [{ file, line: 1, column: 1, key: 'source', message, suggestion: null }]
    return { file, source, text: read.text, parsed: { errors } }
  })
}

const sourceOf = (name: string): string => name.replace(/\.ya?ml$/, '')

const sorted = (read: readonly ReadSource[]): Sources => ({
  contracts: read.flatMap(({ parsed }) => ('contract' in parsed ? [parsed.contract] : [])),
  broken: read.flatMap(({ file, source, parsed }) =>
    'errors' in parsed ? [{ file, source, errors: parsed.errors }] : [],
  ),
})

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
