import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { regionProfile } from '../../models/region.ts'
import { contractPaths, dataFiles, regions, regionsRoot, samples, sourceOf } from './sample-files.ts'

describe('regions', () => {
  test('there are four', () => {
    expect(regions).toEqual(['bd', 'gh', 'ng', 'pk'])
  })

  test.each(regions)('%s has a valid profile of its own code', (region) => {
    const profile = regionProfile.parse(parse(readFileSync(join(regionsRoot, region, 'region.yaml'), 'utf8')))
    expect(profile.region).toBe(region)
  })

  test.each(regions)('%s has a sample for every contract', (region) => {
    const sources = contractPaths(region).map(sourceOf).sort()
    const sampled = new Set(samples.filter((sample) => sample.region === region).map(({ source }) => source))
    expect([...sampled].sort()).toEqual(sources)
  })
})

describe.each(samples)('$region/$source: $expected.file', ({ region, source, path, contractPath, expected }) => {
  test('is the file its expectation is about', () => {
    expect(createHash('sha256').update(readFileSync(path)).digest('hex')).toBe(expected.sha256)
    expect(dataFiles(region, source)).toContain(expected.file)
    expect(existsSync(contractPath)).toBe(true)
  })

  test('has an expectation that adds up', () => {
    const { read, loaded, duplicate, rejected, ignored } = expected.counts
    expect(read).toBe(loaded + duplicate + rejected + ignored)
    expect(rejected).toBe(expected.rejects.length)
    for (const { rows } of Object.values(expected.totals)) expect(rows).toBeLessThanOrEqual(loaded)
  })
})

test('every sample data file has an expectation', () => {
  const known = new Set(samples.map(({ path }) => path))
  for (const { region, source, path } of samples)
    for (const name of dataFiles(region, source)) expect(known).toContain(join(path, '..', name))
})
