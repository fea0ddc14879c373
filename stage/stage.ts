import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { Fault } from '../models/fault.ts'
import { packageRoot } from '../project/package-root.ts'
import type { Staged, StageProgress, StageTask } from './staged.ts'
import type { FromThread, ToThread } from './thread.ts'

/**
 * Read one archived file under its contract and leave typed, judged records in `task.outDir`.
 *
 * Runs in a worker thread, so the caller's timers and heartbeats go on. One file at a time; others wait in order.
 * Running it twice gives the same folder; a folder that is there already is kept.
 *
 * @throws Fault `file.*` where the file cannot be read, `contract.check-sql` where a check's SQL is refused
 * @throws the signal's reason when aborted; nothing is left in `outDir` then
 */
export function stage(
  task: StageTask,
  options: { signal?: AbortSignal; onProgress?: (progress: StageProgress) => void } = {},
): Promise<Staged> {
  const run = queue.then(() => runInThread(task, options))
  queue = run.catch(() => undefined)
  return run
}

let queue: Promise<unknown> = Promise.resolve()
let thread: Worker | undefined

/** Start the thread before the first file comes: it loads its code and tests the bridge meanwhile. Safe to repeat. */
export function startStage(): Worker {
  if (thread !== undefined) return thread
  const started = new Worker(join(packageRoot, 'dist', 'stage', 'thread.js'))
  started.unref()
  started.once('exit', () => {
    if (thread === started) thread = undefined
  })
  thread = started
  return started
}

/** End the thread that waits for the next file; for a process that is about to end. */
export async function closeStage(): Promise<void> {
  await queue
  const ending = thread
  thread = undefined
  if (ending === undefined) return
  const ended = new Promise((resolve) => ending.once('exit', resolve))
  ending.ref()
  ending.postMessage('close' satisfies ToThread)
  await ended
}

async function runInThread(
  task: StageTask,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: StageProgress) => void },
): Promise<Staged> {
  signal?.throwIfAborted()
  const running = startStage()
  running.ref()
  try {
    return await answerOf(running, task, signal, onProgress)
  } finally {
    running.unref()
  }
}

/**
 * The thread's answer. An abort is asked for, not forced: a thread that is ended while DuckDB calls back into it takes
 * the process with it.
 */
function answerOf(
  thread: Worker,
  task: StageTask,
  signal: AbortSignal | undefined,
  onProgress: ((progress: StageProgress) => void) | undefined,
): Promise<Staged> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit)
      signal?.removeEventListener('abort', onAbort)
      act()
    }
    const onMessage = (message: FromThread) => {
      if (message.kind === 'progress') onProgress?.(message.progress)
      else if (message.kind === 'staged') settle(() => resolve(message.staged))
      else settle(() => reject(signal?.aborted ? signal.reason : asError(message)))
    }
    const onError = (error: Error) => settle(() => reject(error))
    const onExit = (code: number) => settle(() => reject(new Error(`the stage thread ended with ${code}`)))
    const onAbort = () => thread.postMessage('abort')
    thread.on('message', onMessage).on('error', onError).on('exit', onExit)
    signal?.addEventListener('abort', onAbort)
    thread.postMessage(task)
  })
}

function asError(failed: FromThread & { kind: 'failed' }): Error {
  if (failed.fault !== null) {
    const { code, message, fix, details } = failed.fault
    return new Fault(code, message, fix, { details: { ...details } })
  }
  const error = new Error(failed.message)
  if (failed.stack !== undefined) error.stack = failed.stack
  return error
}
