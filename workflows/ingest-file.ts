import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow'
import type { Problem, StagedFile, Unit, UnitReport } from '../activities/unit.ts'
import { load, refreshMarts, stage } from './activities.ts'

/** A unit of this size is in the marts as soon as it is loaded; smaller ones wait for the others of their run. */
const worthBytes = 64 * 1024 * 1024

/** Stage, load and aggregate one landed file, or a batch of small ones. Running it twice changes nothing. */
export async function ingestFile(unit: Unit): Promise<UnitReport> {
  const staged = await stageOrSayWhy(unit)
  const report = await load(unit, staged) // a transaction a file: nothing of it is visible before
  if (report.changedDates > 0 && unit.sizeBytes >= worthBytes) await refreshMarts(unit.region)
  return report
}

/** A file that can not be staged is no failure of the sync: it is recorded as unreadable, and the rest goes on. */
async function stageOrSayWhy(unit: Unit): Promise<readonly StagedFile[]> {
  try {
    return await stage(unit)
  } catch (error) {
    if (isCancellation(error)) throw error
    // In a batch, which file it was is not known: each is tried alone.
    if (unit.files.length === 1) return [{ unreadable: problemOf(error) }]
  }
  const staged: StagedFile[] = []
  for (const file of unit.files) {
    const alone = { ...unit, id: file.file.sha256.slice(0, 12), files: [file], sizeBytes: file.file.sizeBytes }
    staged.push(...(await stageOrSayWhy(alone)))
  }
  return staged
}

function problemOf(error: unknown): Problem {
  const cause = error instanceof ActivityFailure ? error.cause : error
  const message = cause instanceof Error ? cause.message : String(cause)
  if (cause instanceof ApplicationFailure && cause.nonRetryable) {
    const [details] = (cause.details ?? []) as { fix?: string }[]
    return { code: cause.type ?? 'file.unreadable', message, fix: details?.fix ?? 'Read the log of the worker.' }
  }
  return {
    code: 'file.unreadable',
    message: `Reading the file failed again and again: ${message}`,
    fix: 'Read the log of the worker, and keep the file: it may show a defect of Entrepot.',
  }
}
