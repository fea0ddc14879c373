import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  ActivityFailure,
  ApplicationFailure,
  isCancellation,
  ParentClosePolicy,
  startChild,
  WorkflowIdReusePolicy,
} from '@temporalio/workflow'
import { countFindings, publishOnce, recordProblem, refreshMarts, renewAnalystFile } from './activities.ts'
import { type Scope, searchAttributes, workflowIds } from './names.ts'
import { publishRegion } from './publish-region.ts'
import type { RunReport, Tally } from './tally.ts'

/** What follows when every file is loaded: marts, publication, analyst file, report. */
export async function finishRun(tally: Tally): Promise<RunReport> {
  const { scope } = tally
  const { region } = scope
  tally.enter('marts')
  await refreshMarts(region)
  tally.enter('publish')
  await publish(scope)
  await renewAnalystFile(region)
  return tally.finish(await countFindings(region))
}

/** One try; when the centre is away, `publishRegion` goes on trying after this run has ended. */
async function publish(scope: Scope): Promise<void> {
  const { region } = scope
  try {
    await publishOnce({ region })
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error
    const { cause } = error
    if (cause instanceof ApplicationFailure && cause.nonRetryable)
      await recordProblem({ region, source: '', code: cause.type ?? 'publication.refused', message: cause.message })
    else await publishLater(scope)
  }
}

async function publishLater(scope: Scope): Promise<void> {
  try {
    await startChild(publishRegion, {
      workflowId: workflowIds.publish(scope),
      args: [scope],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
      typedSearchAttributes: searchAttributes(scope.region),
    })
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error // else it is at it already
  }
}
