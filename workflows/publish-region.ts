import { ActivityFailure, ApplicationFailure, log } from '@temporalio/workflow'
import { publishUntilDone, recordProblem } from './activities.ts'
import type { Scope } from './names.ts'

/**
 * Send every waiting publication of a region in order, however long the centre is away. One runs per region; it ends
 * when nothing waits, or when the centre refuses: then a person must act, and the next sync starts it again.
 */
export async function publishRegion({ region }: Scope): Promise<{ sent: number }> {
  try {
    return await publishUntilDone({ region })
  } catch (error) {
    const cause = error instanceof ActivityFailure ? error.cause : undefined
    if (!(cause instanceof ApplicationFailure) || !cause.nonRetryable) throw error
    log.error('the centre refused a publication', { region, code: cause.type, message: cause.message })
    await recordProblem({ region, source: '', code: cause.type ?? 'publication.refused', message: cause.message })
    throw error
  }
}
