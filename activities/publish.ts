import { ApplicationFailure } from '@temporalio/activity'
import { sendPublication } from '../central/publish.ts'
import { Fault } from '../models/fault.ts'
import type { Beat } from './beat.ts'
import type { ActivityContext } from './context.ts'

/**
 * Send what waits in the outbox, in order, until nothing does. Safe to repeat and to run twice at once: turns are
 * taken, and the centre applies a publication once.
 *
 * @throws Fault when the centre refuses one
 * @throws ApplicationFailure "central.away", to be retried, when there is no centre or it does not answer
 */
export function publishPending(context: ActivityContext, beat: Beat): Promise<{ sent: number }> {
  const { warehouse } = context
  const turn = (turns.get(warehouse) ?? Promise.resolve()).then(() => sendAll(context, beat))
  turns.set(
    warehouse,
    turn.catch(() => {}),
  )
  return turn
}

const turns = new WeakMap<object, Promise<unknown>>()

async function sendAll({ warehouse, central }: ActivityContext, { signal, progress }: Beat): Promise<{ sent: number }> {
  let sent = 0
  for (;;) {
    const pending = await warehouse.pendingPublications()
    if (pending.length === 0) return { sent }
    const url = central.url()
    if (url === undefined) throw away(`${pending.length} publications wait: the centre does not run`)
    const token = await central.token()
    for (const publication of pending) {
      signal.throwIfAborted()
      const { receipt } = await sendPublication(publication, { url, token, signal }).catch((error: unknown) => {
        if (error instanceof Fault || signal.aborted) throw error
        const why = error instanceof Error ? error.message : String(error)
        throw away(`publication ${publication.publishSeq} did not reach the centre at ${url}: ${why}`, error)
      })
      await warehouse.acknowledge(publication.publishSeq, JSON.stringify(receipt))
      sent += 1
      progress({ rows: sent, bytes: 0 })
    }
  }
}

const away = (message: string, cause?: unknown) =>
  ApplicationFailure.create({ message, type: 'central.away', ...(cause instanceof Error ? { cause } : {}) })
