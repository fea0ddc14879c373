import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Client,
  type Workflow,
  WorkflowFailedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  type WorkflowResultType,
} from '@temporalio/client'
import { ApplicationFailure, TemporalFailure } from '@temporalio/common'
import type { BeatDetails } from '../activities/beat.ts'
import type { FaultDetails } from '../activities/faults.ts'
import { Fault } from '../models/fault.ts'
import type { Progress } from '../workflows/names.ts'
import { isServerAway } from './temporal-client.ts'

/** How far a region has come, what runs now included. */
export interface RegionProgress {
  readonly region: string
  readonly phase: Progress['phase']
  readonly files: number
  readonly filesDone: number
  /** Records read. */
  readonly rows: number
  readonly bytes: number
  /** Of the files found so far. */
  readonly totalBytes: number
}

export interface FollowOptions {
  readonly onProgress?: (progress: RegionProgress) => void
  readonly signal?: AbortSignal
}

const pollMs = 500

/**
 * A workflow's result, waited for through a server that is killed and started again; `onProgress` hears of it twice a
 * second.
 *
 * @throws Fault that the workflow failed with
 * @throws the signal's reason; the workflow itself goes on
 */
export async function follow<W extends Workflow>(
  client: Client,
  region: string,
  start: () => Promise<WorkflowHandle<W>>,
  { onProgress, signal }: FollowOptions,
): Promise<WorkflowResultType<W>> {
  const ended = new AbortController()
  const stop = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal])
  try {
    const handle = await patiently(start, stop)
    const watching = onProgress === undefined ? undefined : watch(client, region, handle, onProgress, stop)
    const result = await orAborted(
      patiently(() => handle.result(), stop),
      signal,
    )
    ended.abort()
    await watching
    return result
  } catch (error) {
    ended.abort()
    throw error instanceof WorkflowFailedError ? asFault(error) : error
  }
}

/** Ask again while the server is away. */
async function patiently<T>(ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isServerAway(error)) throw error
      await sleep(200, undefined, { signal })
    }
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise((done, fail) => {
    const abort = () => fail(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(done, fail).finally(() => signal.removeEventListener('abort', abort))
  })
}

async function watch(
  client: Client,
  region: string,
  handle: WorkflowHandle,
  onProgress: (progress: RegionProgress) => void,
  signal: AbortSignal,
): Promise<void> {
  let [rows, bytes] = [0, 0]
  while (!signal.aborted) {
    await sleep(pollMs, undefined, { signal }).catch(() => {})
    if (signal.aborted) return
    const progress = await look(client, region, handle)
    if (progress === undefined || signal.aborted) continue
    // A step that begins says nothing yet, and one that begins again starts at zero.
    rows = Math.max(rows, progress.rows)
    bytes = Math.max(bytes, progress.bytes)
    onProgress({ ...progress, rows, bytes })
  }
}

/** Undefined where nobody can tell now: the server or the worker is away, or the workflow has ended. */
async function look(client: Client, region: string, handle: WorkflowHandle): Promise<RegionProgress | undefined> {
  try {
    const progress = await client.connection.withDeadline(Date.now() + 2_000, () =>
      handle.query<Progress, []>('progress'),
    )
    const beats = await Promise.all(progress.running.map((id) => beatOf(client, id)))
    return {
      region,
      phase: progress.phase,
      files: progress.files,
      filesDone: progress.filesDone,
      rows: progress.read + beats.reduce((sum, { rows }) => sum + rows, 0),
      bytes: progress.bytesDone + beats.reduce((sum, { bytes }) => sum + bytes, 0),
      totalBytes: progress.bytes,
    }
  } catch {
    return undefined
  }
}

/** What the running step of a unit said last. */
async function beatOf(client: Client, workflowId: string): Promise<BeatDetails> {
  const none = { rows: 0, bytes: 0 }
  try {
    const { raw } = await client.workflow.getHandle(workflowId).describe()
    const data = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.[0]?.data
    return data ? (JSON.parse(Buffer.from(data).toString('utf8')) as BeatDetails) : none
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return none
    throw error
  }
}

/** The Fault at the root of a failed workflow, or what there is. */
function asFault(error: WorkflowFailedError): Error {
  let cause: Error | undefined = error.cause
  while (cause instanceof TemporalFailure && !(cause instanceof ApplicationFailure) && cause.cause !== undefined)
    cause = cause.cause
  if (!(cause instanceof ApplicationFailure)) return cause ?? error
  const [details] = (cause.details ?? []) as Partial<FaultDetails>[]
  const fix = details?.fix ?? 'Read the log of the worker, then try again.'
  return new Fault(cause.type ?? 'workflow.failed', cause.message, fix, {
    cause: error,
    details: details?.details ?? {},
  })
}
