import { existsSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { makeTelemetryFilterString, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { Logger } from 'pino'
import { createActivities } from '../activities/index.ts'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { packageRoot } from '../project/package-root.ts'
import { startStage } from '../stage/stage.ts'
import { type Scope, taskQueue } from '../workflows/names.ts'
import { startControlServer } from './control-server.ts'
import { asProcess, tellReady } from './drain.ts'
import { freeStuckSteps } from './free-stuck.ts'
import { type OpenRegion, openRegionHere } from './open-region.ts'
import { processLog } from './process-log.ts'
import { removeProcessRecord, writeProcessRecord } from './process-record.ts'
import { startSync } from './start-sync.ts'
import { ensureSearchAttributes, scopeOf, type TemporalPlace, temporalPlace } from './temporal-client.ts'
import { watchLanding } from './watch-landing.ts'

/**
 * A region's worker: owns its warehouse, runs its workflows, watches its landing zone and answers on its control API.
 * Resolves when it was asked to end and is drained. Without Temporal it answers, and waits for it.
 */
export function runWorker(layout: Layout, region: string): Promise<void> {
  return asProcess((asked) => serve(layout, region, asked))
}

async function serve(layout: Layout, region: string, asked: Promise<string>): Promise<void> {
  // Whether files that land start a sync: a command that runs one sync turns it off.
  const watches = process.env.ENTREPOT_WATCH !== '0'
  const log = processLog(layout, region)
  const workflows = join(packageRoot, 'dist', 'workflows.bundle.js')
  if (!existsSync(workflows))
    throw new Fault('install.incomplete', `${workflows} is missing.`, 'Run `npm run build`, or install again.')
  const open = await openRegionHere(layout, region, log)
  startStage()
  try {
    const control = await startControlServer(open.access, log)
    writeProcessRecord(layout, region, { url: control.url, token: control.token })
    tellReady(control.url)
    log.info({ url: control.url }, 'the worker answers')
    const ending = new AbortController()
    asked.then((why) => {
      log.info({ why }, 'draining')
      ending.abort()
    })
    await Promise.all([
      serveTemporal(open, { layout, region, workflows, log, signal: ending.signal }),
      watches ? watch(open, { layout, region, log, signal: ending.signal }) : undefined,
    ])
    await asked
    await control.close()
  } finally {
    await open.close()
    removeProcessRecord(layout, region)
    log.info('drained')
  }
}

interface ServeOptions {
  readonly layout: Layout
  readonly region: string
  readonly workflows: string
  readonly log: Logger
  readonly signal: AbortSignal
}

/** Run the Temporal worker until the signal aborts; a server that is away is waited for. */
async function serveTemporal(open: OpenRegion, options: ServeOptions): Promise<void> {
  const { layout, log, signal } = options
  for (let pauseMs = 100; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 5_000)) {
    const place = temporalPlace(layout)
    try {
      if (place !== undefined) {
        installRuntime(log)
        await serveOnce(open, place, options)
      }
    } catch (error) {
      if (!signal.aborted)
        log.warn({ err: error }, `Temporal at ${place?.address} is away: ${(error as Error).message}`)
    }
    await sleep(pauseMs, undefined, { signal }).catch(() => {})
  }
}

async function serveOnce(open: OpenRegion, place: TemporalPlace, options: ServeOptions): Promise<void> {
  const { layout, region, workflows, log, signal } = options
  const { address, namespace } = place
  const prefix = `${region}@${hostname()}:`
  const identity = `${prefix}${process.pid}`
  const connection = await unlessAborted(signal, NativeConnection.connect({ address }))
  let isMade = false
  try {
    await withClient(place, (_, own) => ensureSearchAttributes(own, namespace))
    // It asks the server, and asks again for a minute where that is gone.
    const creating = Worker.create({
      connection,
      namespace,
      identity,
      taskQueue: taskQueue(scopeOf(layout, region)),
      workflowBundle: { codePath: workflows },
      activities: createActivities(open.context),
      maxConcurrentActivityTaskExecutions: 8,
      // The details of heartbeats are what a command shows as progress.
      maxHeartbeatThrottleInterval: '1 second',
      defaultHeartbeatThrottleInterval: '1 second',
      // Workflow tasks of a worker that was killed go to the next one soon.
      stickyQueueScheduleToStartTimeout: '1 second',
      shutdownGraceTime: '5 seconds',
      shutdownForceTime: '30 seconds',
    })
    const worker = await unlessAborted(signal, creating)
    isMade = true
    const stop = () => worker.shutdown()
    const running = worker.run()
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    const freeing = withClient(place, (client) => freeStuckSteps(client, region, { identity, prefix }, log)).catch(
      (error: Error) =>
        log.warn({ err: error }, `steps of a former worker are left to their time limit: ${error.message}`),
    )
    try {
      await running
    } finally {
      signal.removeEventListener('abort', stop)
      await freeing
    }
  } finally {
    // A worker that is still being made uses the connection: then it ends with the process.
    if (isMade || !signal.aborted) await connection.close()
  }
}

/** The promise's value; rejects at once when the signal aborts, and what was begun is left to itself. */
function unlessAborted<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  return new Promise((done, fail) => {
    const abort = () => fail(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    promise.then(done, fail).finally(() => signal.removeEventListener('abort', abort))
  })
}

/** The SDK ends its runtime with the last worker: after an outage of the server there is a new one to set up. */
function installRuntime(log: Logger): void {
  if (Runtime._instance !== undefined) return
  const tell = (level: 'info' | 'warn' | 'error') => (message: string, meta?: object) => log[level](meta ?? {}, message)
  Runtime.install({
    shutdownSignals: [], // drained in order by runWorker
    logger: {
      log: (level, message, meta) =>
        tell(level === 'ERROR' ? 'error' : level === 'WARN' ? 'warn' : 'info')(message, meta),
      trace() {},
      debug() {},
      info: tell('info'),
      warn: tell('warn'),
      error: tell('error'),
    },
    telemetryOptions: { logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) } },
  })
}

function watch(open: OpenRegion, { layout, region, log, signal }: Omit<ServeOptions, 'workflows'>): Promise<void> {
  const scope: Scope = scopeOf(layout, region)
  return open.context.warehouse.seenLandings().then((seen) =>
    watchLanding({
      root: layout.landing(region),
      contracts: layout.sources(region),
      seen,
      log,
      signal,
      async onLanded() {
        const place = temporalPlace(layout)
        if (place === undefined) throw new Error('no Temporal server runs')
        await withClient(place, (client) => startSync(client, scope, 'landing'))
        log.info({}, 'something landed: a sync begins')
      },
    }),
  )
}

async function withClient<T>(
  { address, namespace }: TemporalPlace,
  use: (client: Client, connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 })
  try {
    return await use(new Client({ connection, namespace }), connection)
  } finally {
    await connection.close()
  }
}
