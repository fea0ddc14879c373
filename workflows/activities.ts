import { ActivityCancellationType, type ActivityOptions, proxyActivities } from '@temporalio/workflow'
import type { Activities } from '../activities/index.ts'

/**
 * Long limits, short heartbeats: a step may take hours, but one that stopped beating for 20 seconds is started again.
 * Infrastructure is retried with backoff; a Fault is not (activities/faults.ts marks it so).
 */
const patient: ActivityOptions = {
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '20 seconds',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: {
    initialInterval: '500 milliseconds',
    backoffCoefficient: 2,
    maximumInterval: '30 seconds',
    maximumAttempts: 12,
  },
}

/** A file that ends the process each time it is read must not do so for ever: after five times it is unreadable. */
export const { stage } = proxyActivities<Activities>({ ...patient, retry: { ...patient.retry, maximumAttempts: 5 } })

export const { discover, load, refreshMarts, renewAnalystFile, recordProblem, countFindings, listArchived } =
  proxyActivities<Activities>(patient)

/** One try: a sync does not wait for a centre that is away. */
export const publishOnce = proxyActivities<Activities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '20 seconds',
  retry: { maximumAttempts: 1 },
}).publish

/** The centre may be away for days: publications wait and go in order. */
export const publishUntilDone = proxyActivities<Activities>({
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '20 seconds',
  retry: { initialInterval: '1 second', backoffCoefficient: 2, maximumInterval: '10 seconds' },
}).publish
