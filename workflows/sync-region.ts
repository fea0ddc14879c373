import { continueAsNew, setHandler } from '@temporalio/workflow'
import { discover, refreshMarts } from './activities.ts'
import { finishRun } from './finish-run.ts'
import { isHistoryLong } from './history.ts'
import { landed, progressQuery, type Scope } from './names.ts'
import { type Carried, type RunReport, Tally } from './tally.ts'

export interface SyncInput extends Scope {
  /** Why it runs: a person, a schedule, or a file that landed. For the run's history only. */
  readonly trigger: 'person' | 'schedule' | 'landing'
  /** What an earlier run of the same sync handed on. */
  readonly carried?: Carried
}

/**
 * Take in what landed, refresh the marts, publish, and renew the analyst file. What lands meanwhile (signal `landed`)
 * is taken in by the same run.
 */
export async function syncRegion({ trigger, carried, ...scope }: SyncInput): Promise<RunReport> {
  const tally = new Tally(scope, carried)
  let looksAgain = false
  let isFirst = carried === undefined
  setHandler(progressQuery, () => tally.progress)
  setHandler(landed, () => {
    looksAgain = true
  })

  for (;;) {
    looksAgain = false
    tally.enter('discover')
    const found = await discover({ region: scope.region, skip: tally.failed })
    if (isFirst) tally.addUnchanged(found.unchanged)
    isFirst = false
    await tally.takeIn(found.units)
    if (found.hasMore) await refreshMarts(scope.region)
    else {
      const report = await finishRun(tally)
      if (!looksAgain) return report
    }
    if (isHistoryLong()) await continueAsNew<typeof syncRegion>({ ...scope, trigger, carried: tally.carried })
  }
}
