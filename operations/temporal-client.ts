import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection, isGrpcServiceError } from '@temporalio/client'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { loadSettings } from '../project/settings.ts'
import type { Scope } from '../workflows/names.ts'
import { liveProcess } from './process-record.ts'

/** Where a project's workflows are. */
export interface TemporalPlace {
  /** host:port */
  readonly address: string
  readonly namespace: string
}

/** Address of a server that this project is told to use instead of its own: TEMPORAL_ADDRESS, then `entrepot.yaml`. */
export function outsideTemporal(layout: Layout, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const address = env.TEMPORAL_ADDRESS ?? ''
  return address === '' ? (loadSettings(layout).temporal.address ?? undefined) : address
}

/** The server a project uses now: the one it is told to, or its own where that runs. */
export function temporalPlace(layout: Layout): TemporalPlace | undefined {
  const address = outsideTemporal(layout) ?? liveProcess(layout, 'temporal')?.url
  return address === undefined ? undefined : { address, namespace: temporalNamespace(layout) }
}

/** TEMPORAL_NAMESPACE, then `entrepot.yaml`. */
export function temporalNamespace(layout: Layout, env: NodeJS.ProcessEnv = process.env): string {
  const namespace = env.TEMPORAL_NAMESPACE ?? ''
  return namespace === '' ? loadSettings(layout).temporal.namespace : namespace
}

export const scopeOf = (layout: Layout, region: string): Scope => ({
  region,
  prefix: loadSettings(layout).temporal.taskQueuePrefix,
})

/** Whether the server answers for the namespace now. */
export async function isTemporalReady({ address, namespace }: TemporalPlace): Promise<boolean> {
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

/** How long a server may be away before a command gives up. */
const patienceMs = 30_000

/**
 * Call `use` with a client of the project's server; closed afterwards. A server that is away, or about to be started,
 * is waited for.
 *
 * @throws Fault "temporal.unreachable"
 */
export async function withTemporal<T>(layout: Layout, use: (client: Client) => Promise<T>): Promise<T> {
  const { connection, namespace } = await connect(layout)
  try {
    return await use(new Client({ connection, namespace }))
  } finally {
    await connection.close()
  }
}

/** A server that comes back is asked again soon, not after gRPC's two minutes. */
const channelArgs = { 'grpc.initial_reconnect_backoff_ms': 100, 'grpc.max_reconnect_backoff_ms': 1_000 }

async function connect(layout: Layout): Promise<{ connection: Connection; namespace: string }> {
  const deadline = performance.now() + patienceMs
  let why = 'none runs'
  for (;;) {
    const place = temporalPlace(layout)
    try {
      if (place !== undefined) {
        const { address, namespace } = place
        const connection = await Connection.connect({ address, connectTimeout: 2_000, channelArgs })
        if (outsideTemporal(layout) !== undefined) await ensureSearchAttributes(connection, namespace)
        return { connection, namespace }
      }
    } catch (error) {
      why = `${place?.address} does not answer: ${(error as Error).message}`
    }
    const mayCome = place !== undefined || liveProcess(layout, 'dev') !== undefined
    if (!mayCome || performance.now() > deadline)
      throw new Fault(
        'temporal.unreachable',
        `There is no Temporal server for ${layout.root}: ${why}.`,
        'Start it with `entrepot dev`, or set TEMPORAL_ADDRESS to a running server.',
      )
    await sleep(100)
  }
}

/** What runs are found by; `workflows/names.ts` fills them. */
export const searchAttributeNames = ['EntrepotRegion', 'EntrepotSource'] as const

/** Make a server that is not this project's own know the search attributes. Safe to repeat. */
export async function ensureSearchAttributes(connection: Connection, namespace: string): Promise<void> {
  const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace })
  const missing = searchAttributeNames.filter((name) => customAttributes[name] === undefined)
  if (missing.length === 0) return
  const keyword = 2 // temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD
  const searchAttributes = Object.fromEntries(missing.map((name) => [name, keyword]))
  try {
    await connection.operatorService.addSearchAttributes({ namespace, searchAttributes })
  } catch (error) {
    if (!isGrpcServiceError(error) || error.code !== alreadyExists) throw error // another process was first
  }
}

const alreadyExists = 6

/** gRPC codes of a server that is away or busy: CANCELLED, UNKNOWN, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, ABORTED, INTERNAL, UNAVAILABLE. */
const passing = new Set([1, 2, 4, 8, 10, 13, 14])

/** Whether a call failed because the server was away or busy: asking again later can help. */
export function isServerAway(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) if (isGrpcServiceError(e)) return passing.has(e.code)
  return false
}
