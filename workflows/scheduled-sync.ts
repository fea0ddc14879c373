import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import { executeChild, getExternalWorkflowHandle, isCancellation, ParentClosePolicy } from '@temporalio/workflow'
import { landed, type Scope, searchAttributes, workflowIds } from './names.ts'
import { syncRegion } from './sync-region.ts'

/**
 * What a Temporal Schedule starts: it adds the time to its workflows' ids, and a region has one sync at a time. So this
 * runs the sync under its own id, or asks the one that runs to look once more.
 */
export async function scheduledSync(scope: Scope): Promise<void> {
  while (!((await runSync(scope)) || (await signalSync(scope))));
}

async function runSync(scope: Scope): Promise<boolean> {
  try {
    await executeChild(syncRegion, {
      workflowId: workflowIds.sync(scope),
      args: [{ ...scope, trigger: 'schedule' }],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      typedSearchAttributes: searchAttributes(scope.region),
    })
    return true
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false
    throw error
  }
}

/** False when it has ended in between. */
async function signalSync(scope: Scope): Promise<boolean> {
  try {
    await getExternalWorkflowHandle(workflowIds.sync(scope)).signal(landed)
    return true
  } catch (error) {
    if (isCancellation(error)) throw error
    return false
  }
}
