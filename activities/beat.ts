import { Context } from '@temporalio/activity'
import { asFailure } from './faults.ts'

/** How a step is told to stop, and tells how far it is. The same inside Temporal and without it. */
export interface Beat {
  readonly signal: AbortSignal
  progress(done: BeatDetails): void
}

/** What a running activity's heartbeat carries. */
export interface BeatDetails {
  readonly rows: number
  readonly bytes: number
}

/** The server hears from an activity this often; it starts it again after 20 seconds of silence. */
const everyMs = 1_000

/** Run `work` as an activity: it heartbeats on its own, is told of cancellation, and its Faults cross as they should. */
export async function beating<T>(work: (beat: Beat) => Promise<T>): Promise<T> {
  const context = Context.current()
  let done: BeatDetails = { rows: 0, bytes: 0 }
  const timer = setInterval(() => context.heartbeat(done), everyMs)
  try {
    return await work({
      signal: context.cancellationSignal,
      progress(now) {
        done = now
      },
    })
  } catch (error) {
    // A cancelled activity fails with the cancellation, whatever error stopping it has caused.
    if (context.cancellationSignal.aborted) await context.cancelled
    throw asFailure(error)
  } finally {
    clearInterval(timer)
  }
}

/** For steps outside Temporal. */
export const unobserved = (signal: AbortSignal = new AbortController().signal): Beat => ({ signal, progress() {} })
