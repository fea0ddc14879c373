import { ApplicationFailure, type Client } from '@temporalio/client'
import type { Log } from '../activities/context.ts'

/** temporal.api.enums.v1.PendingActivityState.PENDING_ACTIVITY_STATE_STARTED */
const started = 2

/**
 * Give the steps that a killed worker of this region had begun back to the queue at once; else Temporal waits until
 * their heartbeats are missed. Right because whoever owns the warehouse is the region's only worker, and harmless
 * where it is wrong: a step may run twice.
 *
 * @param identity this worker's; steps it has begun itself are left alone
 * @param prefix what every identity of the region's workers starts with
 */
export async function freeStuckSteps(
  client: Client,
  region: string,
  { identity, prefix }: { identity: string; prefix: string },
  log: Log,
): Promise<void> {
  const query = `EntrepotRegion = '${region}' and ExecutionStatus = 'Running'`
  for await (const { workflowId, runId } of client.workflow.list({ query })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe()
    for (const { activityId, state, lastWorkerIdentity } of raw.pendingActivities ?? []) {
      const isStuck = state === started && lastWorkerIdentity !== identity && lastWorkerIdentity?.startsWith(prefix)
      if (!isStuck || typeof activityId !== 'string') continue
      log.info({ workflowId, activityId, lastWorkerIdentity }, 'a step of a worker that has ended begins again')
      const failure = ApplicationFailure.retryable('the worker ended while it ran this step', 'worker.gone')
      await client.activity.fail({ workflowId, runId, activityId }, failure)
    }
  }
}
