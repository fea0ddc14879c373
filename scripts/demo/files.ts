import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../../models/fault.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import type { Total } from '../generate/tally.ts'
import { generateFile, shapes } from '../generate.ts'

/** A file in the demo's landing zone, and what it must come to. */
export interface DemoFile {
  readonly region: string
  readonly source: string
  /** Relative to the region's landing zone. */
  readonly name: string
  readonly sha256: string
  readonly from: 'sample' | 'generator'
  readonly counts: { read: number; loaded: number; duplicate: number; rejected: number; ignored: number }
  /** Over counted rows, by currency. Empty for a source of another model than transaction. */
  readonly totals: Readonly<Record<string, Total>>
}

/** Put the samples and a generated file a region into the landing zone; what is there already stays untouched. */
export function landFiles(root: string, regions: readonly string[], rows: number): DemoFile[] {
  return [...regions.flatMap((region) => landSamples(root, region)), ...landGenerated(root, regions, rows)]
}

interface Expectation extends Pick<DemoFile, 'sha256' | 'counts' | 'totals'> {
  readonly file: string
}

function landSamples(root: string, region: string): DemoFile[] {
  const samples = join(packageRoot, 'data', 'samples', region)
  return readdirSync(samples)
    .sort()
    .flatMap((source) => {
      const folder = join(samples, source)
      const expectations = readdirSync(folder)
        .filter((name) => /^expected.*\.json$/.test(name))
        .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Expectation)
      // In the order of their names: a later file replaces what an earlier one said.
      expectations.sort((a, b) => (a.file < b.file ? -1 : 1))
      return expectations.map(({ file, sha256, counts, totals }): DemoFile => {
        const name = `${source}/${file}`
        const path = join(layout(root).landing(region), name)
        mkdirSync(dirname(path), { recursive: true })
        if (!existsSync(path)) copyFileSync(join(folder, file), path)
        return { region, source, name, sha256, from: 'sample', counts, totals }
      })
    })
}

/** What was generated, kept beside the files: their bytes are a function of shape, seed and rows. */
interface Generated {
  readonly rows: number
  readonly files: readonly DemoFile[]
}

function landGenerated(root: string, regions: readonly string[], rows: number): readonly DemoFile[] {
  const notePath = join(root, 'generated.json')
  if (existsSync(notePath)) {
    const former = JSON.parse(readFileSync(notePath, 'utf8')) as Generated
    if (former.rows === rows) return former.files
    throw new Fault(
      'demo.rows',
      `${root} was made with generated files of ${former.rows} rows, not ${rows}.`,
      `Run it with --rows ${former.rows}, or remove ${root} to begin anew.`,
    )
  }
  const files = Object.values(shapes)
    .filter(({ region }) => regions.includes(region))
    .map(({ name: shape, region, source, extension }): DemoFile => {
      const name = `${source}/generated-2026-q1${extension}`
      const path = join(layout(root).landing(region), name)
      const { read, loaded, duplicate, rejected, ignored, totals } = generateFile({ path, shape, rows, seed: 7 })
      const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
      const counts = { read, loaded, duplicate, rejected, ignored }
      return { region, source, name, sha256, from: 'generator', counts, totals }
    })
  const note: Generated = { rows, files }
  writeFileSync(`${notePath}.part`, JSON.stringify(note))
  renameSync(`${notePath}.part`, notePath)
  return files
}
