import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { packageRoot } from '../../project/package-root.ts'

/** What reading a sample must come to; `expected*.json` beside it. */
export interface SampleExpectation {
  readonly file: string
  readonly sha256: string
  readonly counts: { read: number; loaded: number; duplicate: number; rejected: number; ignored: number }
  readonly totals: Readonly<Record<string, { rows: number; gross: string; fee: string; tax: string; net: string }>>
  readonly rejects: readonly { line: number; reasons: readonly string[] }[]
}

export interface Sample {
  readonly region: string
  readonly source: string
  readonly path: string
  readonly contractPath: string
  readonly expected: SampleExpectation
}

const samplesRoot = join(packageRoot, 'data', 'samples')
export const regionsRoot = join(packageRoot, 'regions')
export const regions: readonly string[] = folders(regionsRoot)

/** Every committed sample with its expectation: data/samples/<region>/<source>/. */
export const samples: readonly Sample[] = folders(samplesRoot).flatMap((region) =>
  folders(join(samplesRoot, region)).flatMap((source) =>
    expectations(join(samplesRoot, region, source)).map((expected) => ({
      region,
      source,
      path: join(samplesRoot, region, source, expected.file),
      contractPath: join(regionsRoot, region, 'sources', `${source}.yaml`),
      expected,
    })),
  ),
)

/** Files below data/samples/<region>/<source>/ that are data. */
export const dataFiles = (region: string, source: string): readonly string[] =>
  readdirSync(join(samplesRoot, region, source)).filter((name) => !/^expected.*\.json$/.test(name))

export const contractPaths = (region: string): readonly string[] =>
  readdirSync(join(regionsRoot, region, 'sources')).map((name) => join(regionsRoot, region, 'sources', name))

export const sourceOf = (contractPath: string): string => basename(contractPath, '.yaml')

function expectations(folder: string): SampleExpectation[] {
  const names = readdirSync(folder).filter((name) => /^expected.*\.json$/.test(name))
  return names.map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as SampleExpectation)
}

function folders(path: string): string[] {
  if (!existsSync(path)) return []
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}
