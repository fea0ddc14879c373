import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatProblem, parseContract } from '../../contracts/language.ts'
import type { RegionProfile } from '../../models/region.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { listRegions, loadProfile } from '../../project/regions.ts'
import { type Mutation, mutationsOf } from './mutations.ts'
import { profile, samples } from './samples.ts'

/** What is not as it should be: a slip that gives no error, several, or one at another place. */
const misses = (mutations: readonly Mutation[], of: RegionProfile): string[] =>
  mutations.flatMap(({ what, file, text, line, key, meant }) => {
    const parsed = parseContract(text, file, of)
    const errors = 'errors' in parsed ? parsed.errors : []
    const [only] = errors
    const isFound = errors.length === 1 && only?.line === line && only.key === key
    if (isFound && (meant === undefined || only.suggestion === meant)) return []
    return [`${what}: expected line ${line}, ${key} (${meant}):\n  ${formatProblem(errors) || 'no error'}`]
  })

test('any single slip in a sample gives one error, at its line, with its key and what was meant', () => {
  const all = Object.entries(samples).flatMap(([file, text]) => mutationsOf(file, text))
  expect(all.length).toBeGreaterThan(400)
  expect(new Set(all.map(({ what }) => what.replace(/:.*/s, ''))).size).toBeGreaterThan(35)
  expect(misses(all, profile)).toEqual([])
})

const own = layout(packageRoot)

test.each(listRegions(own))('any single slip in a contract of %s gives one error at its line', (region) => {
  const all = readdirSync(own.sources(region)).flatMap((name) =>
    mutationsOf(`regions/${region}/sources/${name}`, readFileSync(join(own.sources(region), name), 'utf8')),
  )
  expect(all.length).toBeGreaterThan(200)
  expect(misses(all, loadProfile(own, region))).toEqual([])
})
