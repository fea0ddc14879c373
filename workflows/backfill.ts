import { continueAsNew, setHandler } from '@temporalio/workflow'
import type { BackfillRange } from '../activities/unit.ts'
import { listArchived, refreshMarts } from './activities.ts'
import { finishRun } from './finish-run.ts'
import { isHistoryLong } from './history.ts'
import { progressQuery, type Scope } from './names.ts'
import { type Carried, type RunReport, Tally } from './tally.ts'

export interface BackfillInput extends BackfillRange, Scope {
  /** Where an earlier run of the same backfill stopped. */
  readonly after?: string
  readonly carried?: Carried
}

/**
 * Judge the archived files of some local dates again with the contracts of today. Cancelled, or run again, it goes on
 * where it was: what is judged by the same contract already is left as it is.
 */
export async function backfill({ after, carried, ...range }: BackfillInput): Promise<RunReport> {
  const tally = new Tally(range, carried)
  setHandler(progressQuery, () => tally.progress)
  for (let next = after ?? null; ; ) {
    tally.enter('discover')
    const page = await listArchived({ ...range, after: next })
    await tally.takeIn(page.units)
    if (page.next === null) return await finishRun(tally)
    await refreshMarts(range.region)
    next = page.next
    if (isHistoryLong()) await continueAsNew<typeof backfill>({ ...range, after: next, carried: tally.carried })
  }
}
