import type { Client } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import type { BackfillRange } from '../activities/unit.ts'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import type { backfill as backfillWorkflow } from '../workflows/backfill.ts'
import { searchAttributes, taskQueue, workflowIds } from '../workflows/names.ts'
import type { RunReport } from '../workflows/tally.ts'
import { follow } from './follow.ts'
import { runRegions } from './run-regions.ts'
import { type SyncOptions, together } from './sync.ts'
import { scopeOf } from './temporal-client.ts'

/** How long a cancelled backfill may take to stop. */
const cancelMs = 15_000

/**
 * Judge the archived files of [fromDate, toDate) again with the contracts of today; joins the one that runs for the
 * same range. Aborted, the backfill is cancelled; begun again, what is done is left as it is.
 *
 * @throws Fault "backfill.range", "regions.failed"
 */
export async function backfill(layout: Layout, range: BackfillRange, options: SyncOptions = {}): Promise<RunReport> {
  if (range.fromDate >= range.toDate)
    throw new Fault(
      'backfill.range',
      `From ${range.fromDate} to ${range.toDate} is no day: the end is the first day no longer.`,
      'Give a later --to.',
    )
  const { signal, onProgress, onNotice = () => {} } = options
  const [report] = await runRegions(layout, [range.region], withoutSignal(options), 'backfill', async (client) => {
    // Where the server is away the wait ends all the same, and the backfill goes on when it is back.
    const cancel = () =>
      cancelBackfill(client, layout, range).catch((error: Error) => onNotice(`not cancelled: ${error.message}`))
    signal?.addEventListener('abort', cancel, { once: true })
    try {
      return await follow(client, range.region, () => start(client, layout, range), {
        ...(onProgress === undefined ? {} : { onProgress: together(onProgress) }),
        ...(signal === undefined ? {} : { signal: delayed(signal, cancelMs) }),
      })
    } finally {
      signal?.removeEventListener('abort', cancel)
    }
  })
  if (report === undefined) throw new Error('one region gives one report')
  return report
}

function start(client: Client, layout: Layout, range: BackfillRange) {
  const scope = scopeOf(layout, range.region)
  return client.workflow.start<typeof backfillWorkflow>('backfill', {
    workflowId: workflowIds.backfill(scope, range),
    workflowIdConflictPolicy: 'USE_EXISTING',
    taskQueue: taskQueue(scope),
    args: [{ ...scope, ...range }],
    typedSearchAttributes: new TypedSearchAttributes(searchAttributes(range.region, range.source ?? undefined)),
  })
}

async function cancelBackfill(client: Client, layout: Layout, range: BackfillRange): Promise<void> {
  await client.workflow.getHandle(workflowIds.backfill(scopeOf(layout, range.region), range)).cancel()
}

function withoutSignal({ signal: _, ...rest }: SyncOptions): Omit<SyncOptions, 'signal'> {
  return rest
}

/** Aborts some time after another signal has. */
function delayed(signal: AbortSignal, ms: number): AbortSignal {
  const controller = new AbortController()
  const late = () => setTimeout(() => controller.abort(signal.reason), ms).unref()
  if (signal.aborted) late()
  else signal.addEventListener('abort', late, { once: true })
  return controller.signal
}
