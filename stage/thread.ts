import { parentPort } from 'node:worker_threads'
import { Fault } from '../models/fault.ts'
import { stageFile } from './stage-file.ts'
import type { Staged, StageProgress, StageTask } from './staged.ts'

/** What the main thread sends, one at a time. */
export type ToThread = StageTask

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

port.on('message', async (task: ToThread) => {
  const answer = (message: FromThread) => port.postMessage(message)
  try {
    const staged = await stageFile(task, (progress) => answer({ kind: 'progress', progress }))
    answer({ kind: 'staged', staged })
  } catch (error) {
    const { code, message, fix, details } = error instanceof Fault ? error : ({} as Partial<Fault>)
    const fault =
      code === undefined || fix === undefined ? null : { code, message: message ?? '', fix, details: details ?? {} }
    const stack = error instanceof Error ? error.stack : undefined
    answer({ kind: 'failed', fault, message: error instanceof Error ? error.message : String(error), stack })
  }
})
