import { basename } from 'node:path'
import { describe, expect, test } from 'vitest'
import { missingParams } from '../../contracts/params.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { loadSources, matchSource } from '../../project/regions.ts'
import { contractOf, shapes } from '../../scripts/generate.ts'
import { regions, samples } from './sample-files.ts'

const project = layout(packageRoot)
const sources = new Map(regions.map((region) => [region, loadSources(project, region)]))

describe.each(regions)('%s', (region) => {
  test('every contract is read, with a value for each param', () => {
    const { contracts, broken } = sources.get(region) ?? { contracts: [], broken: [] }
    expect(broken).toEqual([])
    expect(contracts.flatMap(missingParams)).toEqual([])
    for (const contract of contracts) for (const value of Object.values(contract.params)) expect(value).not.toBe('')
  })
})

test.each(samples)('$region/$source claims its sample $expected.file, alone', ({ region, source, path }) => {
  const { contracts = [] } = sources.get(region) ?? {}
  const match = matchSource(contracts, `${source}/${basename(path)}`)
  expect(match !== undefined && 'contract' in match ? match.contract.source : match).toBe(source)
})

test.each(Object.values(shapes))('the generated shape $name has a contract that claims its files', (shape) => {
  const { contracts = [] } = sources.get(shape.region) ?? {}
  for (const ending of ['', '.gz']) {
    const match = matchSource(contracts, `${shape.source}/generated${shape.extension}${ending}`)
    expect(match !== undefined && 'contract' in match ? match.contract.source : match).toBe(shape.source)
  }
  expect(contractOf(shape).text).toContain(`source: ${shape.source}\n`)
})
