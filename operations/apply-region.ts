import { batchUnits } from '../activities/batch-units.ts'
import type { Beat } from '../activities/beat.ts'
import type { ActivityContext } from '../activities/context.ts'
import { loadUnit } from '../activities/load.ts'
import { stageUnit } from '../activities/stage.ts'
import type { UnitFile } from '../activities/unit.ts'
import { addCounts, noCounts, type RegionReport } from '../models/report.ts'
import { archiveContract } from '../warehouse/archive.ts'
import { type ChangeRequest, type RegionPlan, whatIsJudgedBefore } from './plan-region.ts'

/** One step of applying the contracts of today. Plain JSON. */
export interface ApplyStep {
  readonly report: RegionReport
  /** Files that are still to be judged again; 0: marts are refreshed, and the change is out. */
  readonly remaining: number
  readonly left: RegionPlan['left']
  readonly problems: RegionPlan['problems']
}

/**
 * Judge files again that other contracts have judged, in the order of first arrival, each in its transaction: one unit
 * of them, so that whoever asks can tell how far it is, and stop. Marts follow with the last step: a sum does not come
 * half from one contract, half from the other. Safe to repeat: what is judged is not met again.
 *
 * @throws Fault "source.unknown"
 */
export async function applyStep(context: ActivityContext, request: ChangeRequest, beat: Beat): Promise<ApplyStep> {
  const { layout, region, warehouse } = context
  const startedAt = performance.now()
  const { bySource, left, problems } = await whatIsJudgedBefore(context, request)
  const waiting: UnitFile[] = []
  for (const files of bySource.values())
    for (const { file, contract } of files)
      waiting.push({ file, contractVersion: await archiveContract(layout, contract), seen: null })
  const [unit] = batchUnits(region, waiting)
  const report: RegionReport = { region, files: 0, ...noCounts(), findings: 0, seconds: 0 }
  if (unit !== undefined) {
    const loaded = await loadUnit(context, unit, await stageUnit(context, unit, beat), beat)
    addCounts(report, loaded)
    report.files = loaded.files
  }
  const remaining = waiting.length - report.files
  if (remaining === 0) {
    await warehouse.refreshMarts(beat.signal)
    await warehouse.renewAnalystFile()
  }
  report.findings = (await warehouse.status()).openFindings
  report.seconds = (performance.now() - startedAt) / 1000
  return { report, remaining, left, problems }
}
