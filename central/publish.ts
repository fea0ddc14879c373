import { createReadStream, existsSync } from 'node:fs'
import { Readable } from 'node:stream'
import { z } from 'zod'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import type { PendingPublication } from '../warehouse/warehouse.types.ts'
import { publicationType, type Receipt } from './central.types.ts'

export interface Centre {
  /** `http://127.0.0.1:4100`, or with the path that the API is served under. */
  readonly url: string
  /** The region's. */
  readonly token: string
  readonly signal?: AbortSignal
  /** For the whole exchange; 5 minutes unless said. */
  readonly timeoutMs?: number
}

/** The centre can not take it now. The publication waits in the outbox; sending it again is safe. */
export class CentreUnavailable extends Error {
  override readonly name = 'CentreUnavailable'
  readonly code = 'centre.unavailable'
}

/**
 * Send one publication to the centre. Safe to repeat: the centre answers with the same receipt.
 *
 * @throws CentreUnavailable when trying again may help: no connection, too slow, 408, 429 or 5xx
 * @throws Fault with the centre's own code when it refuses; "publish.file" when the outbox has no such file,
 * "publish.answer" when what answers is no centre
 */
export async function sendPublication(pending: PendingPublication, centre: Centre): Promise<{ receipt: Receipt }> {
  if (!existsSync(pending.path))
    throw new Fault(
      'publish.file',
      `Publication ${pending.publishSeq} of mart ${pending.mart} has lost its file ${pending.path}.`,
      'Start the region again: its partitions are then published anew under a new number.',
    )
  killPoint('publish.before-send')
  const { status, text } = await post(pending, centre)
  killPoint('publish.after-send')
  if (status === 200) return { receipt: checkReceipt(text, pending, centre.url) }
  if (status >= 500 || status === 429 || status === 408)
    throw new CentreUnavailable(
      `The centre at ${centre.url} answered ${status} to ${nameOf(pending)}: ${excerpt(text)}`,
    )
  throw refusal(status, text, pending, centre.url)
}

async function post(pending: PendingPublication, centre: Centre): Promise<{ status: number; text: string }> {
  const { url, token, signal, timeoutMs = 300_000 } = centre
  const timeout = AbortSignal.timeout(timeoutMs)
  const file = createReadStream(pending.path)
  try {
    const response = await fetch(`${url.replace(/\/+$/, '')}/v1/publications`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': publicationType,
        'idempotency-key': pending.sha256,
      },
      body: Readable.toWeb(file) as ReadableStream,
      duplex: 'half',
      redirect: 'error',
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    signal?.throwIfAborted()
    throw new CentreUnavailable(`The centre at ${url} did not answer to ${nameOf(pending)}: ${reasonOf(error)}`, {
      cause: error,
    })
  } finally {
    file.destroy()
  }
}

const nameOf = ({ publishSeq, mart }: PendingPublication): string => `publication ${publishSeq} of mart ${mart}`

/** fetch says "fetch failed" and keeps the reason in `cause`. */
const reasonOf = (error: unknown): string => {
  const reason = error instanceof Error && error.cause !== undefined ? error.cause : error
  return reason instanceof Error ? reason.message || reason.name : String(reason)
}

const excerpt = (text: string): string => (text.length > 300 ? `${text.slice(0, 300)}…` : text)

const receiptSchema: z.ZodType<Receipt> = z.object({
  region: z.string(),
  publishSeq: z.int(),
  mart: z.string(),
  sha256: z.string(),
  appliedPartitions: z.int(),
  skippedPartitions: z.int(),
  receivedAt: z.string(),
})

function checkReceipt(text: string, pending: PendingPublication, url: string): Receipt {
  const parsed = receiptSchema.safeParse(parseJson(text))
  if (parsed.success && parsed.data.sha256 === pending.sha256 && parsed.data.publishSeq === pending.publishSeq)
    return parsed.data
  throw strange(`200 without the receipt of ${nameOf(pending)}`, text, url)
}

const problemSchema = z.object({ code: z.string(), detail: z.string(), fix: z.string() })

function refusal(status: number, text: string, pending: PendingPublication, url: string): Fault {
  const problem = problemSchema.safeParse(parseJson(text))
  if (!problem.success) return strange(`${status} without problem details to ${nameOf(pending)}`, text, url)
  const { code, detail, fix } = problem.data
  return new Fault(code, `The centre refused ${nameOf(pending)}: ${detail}`, fix, { details: { status } })
}

const strange = (what: string, text: string, url: string): Fault =>
  new Fault(
    'publish.answer',
    `${url} answered ${what}: ${excerpt(text)}`,
    "Check the centre's address: something else, or an older centre, answers there.",
  )

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // no JSON is no receipt and no problem either: both schemas refuse it
  }
}
