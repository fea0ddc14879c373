import { request as httpRequest } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { loadProfile } from '../project/regions.ts'
import { startStage } from '../stage/stage.ts'
import type { WarehouseStatus } from '../warehouse/warehouse.types.ts'
import { openRegionHere } from './open-region.ts'
import { isAlive, liveProcess, type ProcessRecord } from './process-record.ts'
import type { RegionAccess } from './region-access.ts'

export type { RegionAccess } from './region-access.ts'

/** A worker that starts or ends just now holds the file for a moment without answering. */
const patienceMs = 15_000

/**
 * Call `use` with access to a region: through its worker where one runs, else by opening the warehouse here and
 * closing it afterwards.
 *
 * @param options.stages files will be staged: what that takes is made ready while the warehouse opens
 * @throws Fault "region.unknown", and "warehouse.in-use" when something else has the file
 */
export async function withRegion<T>(
  layout: Layout,
  region: string,
  use: (access: RegionAccess) => Promise<T>,
  { stages = false }: { readonly stages?: boolean } = {},
): Promise<T> {
  loadProfile(layout, region)
  const deadline = performance.now() + patienceMs
  for (;;) {
    const worker = liveProcess(layout, region)
    if (worker !== undefined && (await answers(worker))) return await use(remoteAccess(worker))
    if (stages) startStage()
    const opened = await openUnlessTaken(layout, region, deadline)
    if (opened === undefined) continue
    try {
      return await use(opened.access)
    } finally {
      await opened.close()
    }
  }
}

async function openUnlessTaken(layout: Layout, region: string, deadline: number) {
  try {
    return await openRegionHere(layout, region, quiet)
  } catch (error) {
    const isTaken = error instanceof Fault && error.code === 'warehouse.in-use'
    if (!isTaken || performance.now() > deadline) throw error
    await sleep(100)
    return undefined
  }
}

const quiet = {
  info() {},
  warn: (_details: object, message: string) => void process.stderr.write(`${message}\n`),
  error: (_details: object, message: string) => void process.stderr.write(`${message}\n`),
}

/** A region through its worker's control API. */
export const remoteAccess = (worker: ProcessRecord): RegionAccess => ({
  query: (sql, options = {}) => call(worker, 'POST', '/v1/query', { sql, ...options }),
  ingest: (request) => call(worker, 'POST', '/v1/ingest', request),
  plan: (request) => call(worker, 'POST', '/v1/plan', request),
  apply: (request) => call(worker, 'POST', '/v1/apply', request),
  status: () => call<WarehouseStatus>(worker, 'GET', '/v1/status'),
  findings: () => call(worker, 'GET', '/v1/findings'),
})

async function answers(worker: ProcessRecord): Promise<boolean> {
  try {
    await call(worker, 'GET', '/v1/health')
    return true
  } catch {
    return false // it begins or ends: the caller looks again
  }
}

/** Without a time limit: an ingest may take hours. */
function call<T>(worker: ProcessRecord, method: string, path: string, body?: unknown): Promise<T> {
  return new Promise((done, fail) => {
    const headers = { authorization: `Bearer ${worker.token}`, 'content-type': 'application/json' }
    const request = httpRequest(new URL(path, worker.url), { method, headers, agent: false }, (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece)).on('error', fail)
      response.on('end', () => {
        const answer: unknown = JSON.parse(Buffer.concat(pieces).toString('utf8'))
        if (response.statusCode === 200) done(answer as T)
        else fail(asError(answer as Parameters<typeof asError>[0]))
      })
    })
    request.on('error', (cause) => fail(isAlive(worker) ? cause : gone(worker, cause)))
    request.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

function asError(problem: { code: string | null; message: string; fix?: string; details?: Record<string, unknown> }) {
  const { code, message, fix = '', details = {} } = problem
  return code === null ? new Error(message) : new Fault(code, message, fix, { details })
}

const gone = ({ pid }: ProcessRecord, cause: Error): Fault =>
  new Fault('worker.gone', `The region's worker (process ${pid}) ended before it answered.`, 'Try again.', { cause })
