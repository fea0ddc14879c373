import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contract } from '../../contracts/contract.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { loadSources } from '../../project/regions.ts'
import { generateFile, shapes } from '../../scripts/generate.ts'
import { outcomeOf } from './outcome.ts'
import { samples } from './sample-files.ts'

const project = layout(packageRoot)

function contractOf(region: string, source: string): Contract {
  const found = loadSources(project, region).contracts.find((contract) => contract.source === source)
  if (found === undefined) throw new Error(`no contract ${region}/${source}`)
  return found
}

test.each(samples)(
  '$region/$source: $expected.file comes to what it must',
  async ({ region, source, path, expected }) => {
    const outcome = await outcomeOf(path, contractOf(region, source))
    const { counts, totals, rejects } = expected
    expect(outcome).toEqual({ counts, totals, rejects })
  },
)

describe('generated files come to what their generator says', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'entrepot-generated-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  test.each(Object.values(shapes))('$name', async (shape) => {
    const path = join(folder, `${shape.name}${shape.extension}`)
    const rejects: { line: number; reasons: readonly string[]; kind: string }[] = []
    const expected = generateFile({
      path,
      shape: shape.name,
      rows: 6000,
      seed: 4,
      dirtyShare: 0.05,
      onReject: (line, reasons, kind) => rejects.push({ line, reasons, kind }),
    })
    const outcome = await outcomeOf(path, contractOf(shape.region, shape.source))
    // With its kind beside each reject, a wrong verdict says which rule it was about.
    const kinds = new Map(rejects.map(({ line, kind }) => [line, kind]))
    expect(outcome.rejects.map((reject) => ({ ...reject, kind: kinds.get(reject.line) }))).toEqual(rejects)
    const { read, loaded, duplicate, rejected, ignored } = expected
    expect(outcome.counts).toEqual({ read, loaded, duplicate, rejected, ignored })
    expect(outcome.totals).toEqual(expected.totals)
  })
})
