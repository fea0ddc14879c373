import { type Client, type WorkflowHandleWithSignaledRunId, WorkflowIdConflictPolicy } from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import { landed, type Scope, searchAttributes, taskQueue, workflowIds } from '../workflows/names.ts'
import type { SyncInput, syncRegion } from '../workflows/sync-region.ts'

/** Start a region's sync, or make the one that runs look once more before it ends. */
export function startSync(
  client: Client,
  scope: Scope,
  trigger: SyncInput['trigger'],
): Promise<WorkflowHandleWithSignaledRunId<typeof syncRegion>> {
  return client.workflow.signalWithStart<typeof syncRegion, []>('syncRegion', {
    workflowId: workflowIds.sync(scope),
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    taskQueue: taskQueue(scope),
    args: [{ ...scope, trigger }],
    signal: landed,
    typedSearchAttributes: new TypedSearchAttributes(searchAttributes(scope.region)),
  })
}
