import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  ParentClosePolicy,
  sleep,
} from '@temporalio/workflow'
import type { Problem, Unit, UnitReport } from '../activities/unit.ts'
import { ingestFile } from './ingest-file.ts'
import { type Scope, searchAttributes, workflowIds } from './names.ts'

/** How many units of a region run at once: one reads while another is loaded. */
const atOnce = 2

export interface UnitEvents {
  started(unit: Unit, workflowId: string): void
  /** Called with the report, or with why it failed for good. */
  ended(unit: Unit, workflowId: string, result: UnitReport | Problem): Promise<void>
}

/** Run each unit as a child, two at once, in order. A unit that fails is told to `events`; the others go on. */
export async function runUnits(scope: Scope, units: readonly Unit[], events: UnitEvents): Promise<void> {
  const queue = [...units]
  const lane = async () => {
    for (let unit = queue.shift(); unit !== undefined; unit = queue.shift()) {
      const workflowId = workflowIds.unit(scope, unit)
      events.started(unit, workflowId)
      await events.ended(unit, workflowId, await runUnit(unit, workflowId))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
}

async function runUnit(unit: Unit, workflowId: string): Promise<UnitReport | Problem> {
  for (;;) {
    try {
      return await executeChild(ingestFile, {
        workflowId,
        args: [unit],
        parentClosePolicy: ParentClosePolicy.REQUEST_CANCEL,
        typedSearchAttributes: searchAttributes(unit.region, unit.source),
      })
    } catch (error) {
      if (isCancellation(error) && CancellationScope.current().consideredCancelled) throw error
      // Another run of the region takes in the same file now; once it has, this finds it known.
      if (error instanceof WorkflowExecutionAlreadyStartedError) await sleep('1 second')
      else return problemOf(error)
    }
  }
}

function problemOf(error: unknown): Problem {
  let cause = error
  while ((cause instanceof ChildWorkflowFailure || cause instanceof ActivityFailure) && cause.cause !== undefined)
    cause = cause.cause
  const message = cause instanceof Error ? cause.message : String(cause)
  const [details] = cause instanceof ApplicationFailure ? ((cause.details ?? []) as { fix?: string }[]) : []
  const code = cause instanceof ApplicationFailure && cause.nonRetryable ? cause.type : undefined
  return {
    code: code ?? 'file.not-loaded',
    message,
    fix: details?.fix ?? 'Read the log of the worker; the next sync tries again.',
  }
}
