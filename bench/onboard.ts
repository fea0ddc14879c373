import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { regionPack } from '../project/region-pack.ts'
import { exportShapes, writeExport } from './onboard-files.ts'
import { runChild } from './run-child.ts'

/** What one onboarding came to. */
export interface OnboardRun {
  readonly seconds: number
  readonly rssMb: number
  /** Staging the same file alone under the contract that was found. */
  readonly stageSeconds: number
  readonly loaded: number
  readonly gross: Readonly<Record<string, string>>
  readonly questions: readonly string[]
}

/** What `bench onboard` ends with, one for each shape of file. */
export interface OnboardResult {
  readonly shape: string
  readonly bytes: number
  readonly rows: number
  readonly seconds: number
  readonly stageSeconds: number
  /** Onboarding over staging alone. */
  readonly ratio: number
  readonly rssMb: number
}

/**
 * Onboard a file of each shape, `bytes` long.
 *
 * @throws when records, their sum or the questions are not those that the file was made with
 */
export async function benchOnboard(
  bytes: number,
  names: readonly string[],
  onLine: (line: string) => void,
): Promise<OnboardResult[]> {
  const results: OnboardResult[] = []
  for (const name of names) {
    const shape = exportShapes[name]?.()
    if (shape === undefined) throw new RangeError(`no shape ${name}: one of ${Object.keys(exportShapes).join(', ')}`)
    const folder = mkdtempSync(join(tmpdir(), 'entrepot-bench-'))
    try {
      const file = join(folder, `export.${shape.extension}`)
      const written = writeExport(file, shape, bytes)
      const project = join(folder, 'project')
      mkdirSync(join(project, 'regions', shape.region, 'sources'), { recursive: true })
      writeFileSync(join(project, 'regions', shape.region, 'region.yaml'), regionPack(shape.region))
      const run = await runChild<OnboardRun>('onboard-file.js', [project, file, shape.region])
      const gross = `${written.gross / 100n}.${(written.gross % 100n).toString().padStart(2, '0')}`
      const wanted = { loaded: written.rows, gross: { [shape.currency]: gross }, questions: shape.questions }
      const { loaded, questions } = run
      if (!isDeepStrictEqual({ loaded, gross: run.gross, questions }, wanted))
        throw new Error(
          `${name}: ${JSON.stringify({ loaded, gross: run.gross, questions })} is not ${JSON.stringify(wanted)}`,
        )
      const { seconds, stageSeconds, rssMb } = run
      const result = {
        shape: name,
        bytes: written.bytes,
        rows: written.rows,
        seconds,
        stageSeconds,
        ratio: seconds / stageSeconds,
        rssMb,
      }
      onLine(`${name}: ${seconds.toFixed(2)} s, ${rssMb} MB; staging alone ${stageSeconds.toFixed(2)} s`)
      results.push(result)
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  }
  return results
}
