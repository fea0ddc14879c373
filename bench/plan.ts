import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../project/package-root.ts'
import { generateFile } from '../scripts/generate.ts'
import { runChild } from './run-child.ts'

/** What `bench plan` ends with. */
export interface PlanResult {
  readonly rows: number
  /** Staging the same file alone, as every plan has to: the median. */
  readonly stageSeconds: number
  readonly changes: readonly PlannedChange[]
  readonly rssMb: number
}

/** One change of one line of a contract, planned and applied. */
export interface PlannedChange {
  readonly change: string
  readonly planSeconds: number
  readonly applySeconds: number
  /** Rows of core that come, change and leave. */
  readonly rows: number
}

/**
 * Plan and apply changes of one line over one loaded file of `rows` records.
 *
 * @throws when a plan's money is not what core holds before, or after it is applied, by day to the last digit
 */
export async function benchPlan(rows: number, onLine: (line: string) => void): Promise<PlanResult> {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-bench-'))
  try {
    const file = join(folder, 'landed.csv')
    const { bytes } = generateFile({ path: file, shape: 'paystack_csv', rows, seed: 1 })
    onLine(`${rows} rows, ${bytes} bytes`)
    const project = join(folder, 'project')
    cpSync(join(packageRoot, 'regions', 'ng'), join(project, 'regions', 'ng'), { recursive: true })
    const result = await runChild<Omit<PlanResult, 'rows'>>('plan-changes.js', [project, file])
    return { rows, ...result }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
