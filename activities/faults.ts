import { ApplicationFailure, CancelledFailure } from '@temporalio/activity'
import { Fault } from '../models/fault.ts'
import type { Problem } from './unit.ts'

/** What crosses in the details of a failure that a Fault became. */
export interface FaultDetails {
  readonly fix: string
  readonly details: Readonly<Record<string, unknown>>
}

/**
 * The one translator between this project's errors and Temporal's: a Fault is not retried, because only a person can
 * change its cause; the rest is retried as the workflow says.
 */
export function asFailure(error: unknown): unknown {
  if (error instanceof Fault) {
    const details: FaultDetails = { fix: error.fix, details: error.details }
    return ApplicationFailure.create({
      message: error.message,
      type: error.code,
      nonRetryable: true,
      details: [details],
      cause: error,
    })
  }
  // What a signal's `throwIfAborted` throws is its reason: Temporal's own failure where it asked for the end.
  if (error instanceof Error && error.name === 'AbortError' && error.cause instanceof CancelledFailure)
    return error.cause
  return error
}

export const problemOf = ({ code, message, fix }: Fault): Problem => ({ code, message, fix })

export const faultOf = ({ code, message, fix }: Problem): Fault => new Fault(code, message, fix)
