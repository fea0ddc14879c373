import type { DuckDBInstance } from '@duckdb/node-api'
import { Session } from './duck.ts'

/**
 * A newer run for the same file took over. Not a `Fault`: nobody needs to act, the newer run does the work; the
 * stale one may be thrown away or retried.
 */
export class WriterFenced extends Error {
  override readonly name = 'WriterFenced'
  readonly code = 'writer.fenced'

  constructor(what: string) {
    super(`${what}: a newer run has taken over, so this one wrote nothing (writer.fenced)`)
  }
}

/** One turn at writing: its ticket is higher than that of every turn asked for before it. */
export interface Turn {
  readonly ticket: bigint
  readonly session: Session
}

/**
 * Hands out the one right to write, first come first served.
 *
 * A second turn for the same `subject` fences the first, waiting or running: its statement is interrupted, and its
 * commit finds a higher epoch or its own signal aborted.
 */
export class Writer {
  private readonly instance: DuckDBInstance
  private last: bigint
  private tail: Promise<void> = Promise.resolve()
  private readonly subjects = new Map<string, AbortController>()

  constructor(instance: DuckDBInstance, epoch: bigint) {
    this.instance = instance
    this.last = epoch
  }

  async turn<T>(
    work: (turn: Turn) => Promise<T>,
    options: { subject?: string; signal?: AbortSignal | undefined } = {},
  ) {
    this.last += 1n
    const ticket = this.last
    const fence = new AbortController()
    const { subject } = options
    if (subject !== undefined) {
      this.subjects.get(subject)?.abort(new WriterFenced(subject))
      this.subjects.set(subject, fence)
    }
    const signal = options.signal === undefined ? fence.signal : AbortSignal.any([options.signal, fence.signal])
    try {
      return await this.exclusively(signal, async () => {
        const connection = await this.instance.connect()
        try {
          return await work({ ticket, session: new Session(connection, signal) })
        } finally {
          connection.closeSync()
        }
      })
    } finally {
      if (subject !== undefined && this.subjects.get(subject) === fence) this.subjects.delete(subject)
    }
  }

  /** Resolves when every turn asked for so far has ended. */
  async idle(): Promise<void> {
    await this.tail
  }

  private async exclusively<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const before = this.tail
    let done = () => {}
    const ended = new Promise<void>((resolve) => {
      done = resolve
    })
    // Giving up while waiting must not let the next one in before its time.
    this.tail = before.then(() => ended)
    try {
      await untilAborted(before, signal)
      return await work()
    } finally {
      done()
    }
  }
}

/**
 * Claim the epoch inside a transaction that will commit. Two transactions that claim conflict in DuckDB, and a stale
 * ticket changes no row; one turn may commit several times.
 *
 * @param journalSeq the entry that this transaction applies, if it applies one
 */
export async function claimEpoch({ ticket, session }: Turn, what: string, journalSeq?: number): Promise<void> {
  const changed = await session.run(
    'update ops.writer set epoch = $ticket, journal_seq = coalesce($seq, journal_seq) where epoch <= $ticket',
    { ticket, seq: journalSeq === undefined ? null : BigInt(journalSeq) },
  )
  if (changed !== 1) throw new WriterFenced(what)
}

function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void promise.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
}
