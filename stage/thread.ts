import { availableParallelism } from 'node:os'
import { parentPort } from 'node:worker_threads'
import { Fault } from '../models/fault.ts'
import { startTokenizer } from '../readers/delimited/parallel/tokenizer.ts'
import { prepareBridge } from './prepare-bridge.ts'
import { stageFile } from './stage-file.ts'
import type { Staged, StageProgress, StageTask } from './staged.ts'

/** What the main thread sends: a task, one at a time; that the running one is no longer wanted; that no more come. */
export type ToThread = StageTask | 'abort' | 'close'

/** What comes back: any number of progress messages, then the result or the failure. */
export type FromThread =
  | { readonly kind: 'progress'; readonly progress: StageProgress }
  | { readonly kind: 'staged'; readonly staged: Staged }
  | {
      readonly kind: 'failed'
      readonly fault: { code: string; message: string; fix: string; details: Readonly<Record<string, unknown>> } | null
      readonly message: string
      readonly stack: string | undefined
    }

const port = parentPort
if (port === null) throw new Error('stage/thread runs in a worker thread')

// With two of DuckDB's threads and this one, a fourth has a core of its own from there on; below it would take of theirs.
if (availableParallelism() >= 4) startTokenizer()

// Whoever stages a file is told when it fails.
prepareBridge().catch(() => undefined)

let running: AbortController | undefined

port.on('message', async (task: ToThread) => {
  if (task === 'abort') {
    running?.abort(new Error('staging was aborted'))
    return
  }
  if (task === 'close') {
    // The self-test may be under way still, and a thread that ends while DuckDB calls back takes the process with it.
    await prepareBridge().catch(() => undefined)
    process.exit()
  }
  const answer = (message: FromThread) => port.postMessage(message)
  running = new AbortController()
  try {
    const staged = await stageFile(task, (progress) => answer({ kind: 'progress', progress }), running.signal)
    answer({ kind: 'staged', staged })
  } catch (error) {
    answer(failed(error))
  }
})

function failed(error: unknown): FromThread {
  const message = error instanceof Error ? error.message : String(error)
  const stack = error instanceof Error ? error.stack : undefined
  if (!(error instanceof Fault)) return { kind: 'failed', fault: null, message, stack }
  const { code, fix, details } = error
  return { kind: 'failed', fault: { code, message, fix, details }, message, stack }
}
