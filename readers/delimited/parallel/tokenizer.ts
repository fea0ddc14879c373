import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { packageRoot } from '../../../project/package-root.ts'
import type { Source } from '../../source/source.ts'
import type { TextWindow } from '../../source/window.ts'
import { isPlain } from '../kernel.ts'
import type { Dialect } from '../tokenize.ts'
import { type OtherThread, ParallelText } from './parallel-text.ts'
import { controlOf, newRing, type Ring } from './ring.ts'

let running: OtherThread | undefined

/** Large texts that this thread reads from now on are tokenized by a second thread too. Safe to repeat. */
export function startTokenizer(): OtherThread {
  running ??= newThread()
  return running
}

function newThread(): OtherThread {
  const thread = new Worker(join(packageRoot, 'dist', 'readers', 'delimited', 'parallel', 'thread.js'))
  thread.unref()
  thread.once('exit', () => {
    if (running === started) running = undefined
  })
  let spare: Ring | undefined
  const started: OtherThread = {
    start: (task) => thread.postMessage(task),
    takeRing(columns, piece) {
      const ring = spare?.columns === columns && spare.piece === piece ? spare : newRing(columns, piece)
      spare = undefined
      if (ring !== undefined) controlOf(ring).fill(0)
      return ring
    },
    giveBack(ring) {
      spare = ring
    },
  }
  return started
}

/** Below it the other thread would not save what it costs. */
const leastBytes = 32 * 1024 * 1024
const aheadBytes = 2 * 1024 * 1024

/**
 * The rest of a text, tokenized by two threads: a large one that is UTF-8 as it lies, where this thread has a tokenizer.
 *
 * @param columns of the batches
 * @param text stands where the first record begins; its `ignored` is counted on
 */
export function tokenizedAhead(
  source: Source,
  dialect: Dialect,
  columns: number,
  recordBytes: number,
  text: TextWindow,
): ParallelText | undefined {
  const { position, line, ignored } = text
  if (running === undefined || !source.isUtf8 || !isPlain(dialect) || source.bytes - position < leastBytes)
    return undefined
  const parallel = { dialect, columns, recordBytes, piece: aheadBytes, other: running }
  return ParallelText.over(source, parallel, { position, line }, ignored)
}
