import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, isGrpcServiceError } from '@temporalio/client'
import { Fault } from '../models/fault.ts'

/** Where a Temporal server is. */
export interface TemporalAddress {
  /** host:port */
  readonly address: string
  readonly namespace: string
}

/** TEMPORAL_NAMESPACE, or Temporal's own default. */
export const temporalNamespace = (env: NodeJS.ProcessEnv = process.env): string => {
  const namespace = env.TEMPORAL_NAMESPACE ?? ''
  return namespace === '' ? 'default' : namespace
}

/** Whether the server answers for its default namespace now. */
export async function isTemporalReady(address: string, namespace = temporalNamespace()): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 500 })
    try {
      await connection.withDeadline(Date.now() + 2_000, () =>
        connection.workflowService.describeNamespace({ namespace }),
      )
      return true
    } finally {
      await connection.close()
    }
  } catch {
    return false // the caller asks again, or says so
  }
}

/**
 * Call `use` with a client of the server, which is waited for up to `patienceMs`; closed afterwards.
 *
 * @throws Fault "temporal.unreachable"
 */
export async function withTemporal<T>(
  address: string,
  use: (client: Client) => Promise<T>,
  patienceMs = 30_000,
): Promise<T> {
  const connection = await connect(address, patienceMs)
  try {
    return await use(new Client({ connection, namespace: temporalNamespace() }))
  } finally {
    await connection.close()
  }
}

async function connect(address: string, patienceMs: number): Promise<Connection> {
  const deadline = performance.now() + patienceMs
  for (;;) {
    try {
      return await Connection.connect({ address, connectTimeout: 2_000 })
    } catch (cause) {
      if (performance.now() < deadline) {
        await sleep(100)
        continue
      }
      throw new Fault(
        'temporal.unreachable',
        `No Temporal server answers at ${address}: ${cause instanceof Error ? cause.message : String(cause)}.`,
        'Start it with `entrepot dev`, or set TEMPORAL_ADDRESS to a running server.',
        { cause },
      )
    }
  }
}

/** gRPC codes of a server that is away for a while: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const passing = new Set([1, 2, 4, 8, 10, 13, 14])

/** Whether the call failed because the server was away or busy: asking again later can help. */
export function isServerAway(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (isGrpcServiceError(e)) return passing.has(e.code)
  return false
}
