import { Context } from '@temporalio/activity'
import { beating } from './beat.ts'
import type { ActivityContext } from './context.ts'
import { discoverLandings } from './discover.ts'
import { listArchivedFiles } from './list-archived.ts'
import { loadUnit } from './load.ts'
import { publishPending } from './publish.ts'
import { stageUnit } from './stage.ts'
import type { BackfillPage, BackfillRange, Discovered, StagedFile, Unit, UnitReport } from './unit.ts'

export type Activities = ReturnType<typeof createActivities>

/**
 * The steps of one region's workflows. Each heartbeats, stops when it is cancelled, and may run twice: the second run
 * finds what the first has done.
 */
export function createActivities(context: ActivityContext) {
  const { warehouse } = context
  return {
    discover: (input: { region: string; skip: readonly string[] }): Promise<Discovered> =>
      beating((beat) => discoverLandings(context, input.skip, beat)),

    stage: (unit: Unit): Promise<readonly StagedFile[]> => beating((beat) => stageUnit(context, unit, beat)),

    load: (unit: Unit, staged: readonly StagedFile[]): Promise<UnitReport> =>
      beating(async (beat) => {
        const isRetry = Context.current().info.attempt > 1
        const { reports: _, ...report } = await loadUnit(context, unit, staged, beat, { isRetry })
        return report
      }),

    refreshMarts: (_region: string): Promise<{ partitions: number; publications: number }> =>
      beating(({ signal }) => warehouse.refreshMarts(signal)),

    publish: (_input: { region: string }): Promise<{ sent: number }> =>
      beating((beat) => publishPending(context, beat)),

    renewAnalystFile: (_region: string): Promise<void> => beating(() => warehouse.renewAnalystFile()),

    recordProblem: ({ source, code, message }: { region: string; source: string; code: string; message: string }) =>
      beating(() => warehouse.recordFinding({ source, code, message, example: null })),

    countFindings: (_region: string): Promise<number> => beating(async () => (await warehouse.status()).openFindings),

    listArchived: (input: BackfillRange & { after: string | null }): Promise<BackfillPage> =>
      beating(() => listArchivedFiles(context, input)),
  }
}
