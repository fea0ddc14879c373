import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { isCentralElsewhere } from './central-address.ts'
import { Child, type ChildEvent } from './child.ts'
import { liveProcess } from './process-record.ts'
import { outsideTemporal } from './temporal-client.ts'
import { freePort, startTemporalServer, type TemporalServer } from './temporal-server.ts'

export type StackEvent =
  | ChildEvent
  /** What is done to find or fetch a server. */
  | { readonly kind: 'notice'; readonly name: string; readonly message: string }

export interface StackOptions {
  readonly regions: readonly string[]
  readonly onEvent?: (event: StackEvent) => void
  /** The same in plain lines, and only what a person would want to know. */
  readonly onNotice?: (line: string) => void
  /** Whether the workers take in what lands by themselves. */
  readonly watches?: boolean
  /** Stops waiting for others. */
  readonly signal?: AbortSignal
  /** Where Temporal's browser interface answers; none where it is left out. */
  readonly uiPort?: number
}

/** Temporal, the centre and a worker for each region, as processes of their own that are started again when they die. */
export interface Stack {
  /** host:port */
  readonly temporalAddress: string
  /**
   * Resolves when a region's worker answers, or with why it could not start; then it is tried again. A warehouse that
   * is being made again takes its time, and the other regions need not wait for it.
   */
  whenReady(region: string): Promise<Fault | undefined>
  /** Drain: workers first, then the centre, then Temporal. Safe to repeat. */
  stop(): Promise<void>
}

/**
 * Start what does not run yet, all at once; resolves when Temporal and the centre answer. Nothing outlives this process,
 * however it ends.
 *
 * @throws Fault "temporal.not-found", "temporal.not-started"
 */
export async function startProcesses(
  layout: Layout,
  options: StackOptions & { readonly hasTemporal?: boolean },
): Promise<Stack> {
  const { regions, watches = true } = options
  const onEvent = listener(options)
  const outside = outsideTemporal(layout) ?? (options.hasTemporal ? await runningTemporal(layout) : undefined)
  const port = outside === undefined ? await freePort() : 0
  const temporalAddress = outside ?? `127.0.0.1:${port}`
  const env = { ...process.env, TEMPORAL_ADDRESS: temporalAddress, ENTREPOT_WATCH: watches ? '1' : '0' }
  const project = ['--project', layout.root]

  const workers = regions
    .filter((region) => liveProcess(layout, region) === undefined)
    .map((region) => new Child(region, ['worker', region, ...project], env, onEvent))
  const isCentralHere =
    regions.length > 0 && !isCentralElsewhere(layout) && liveProcess(layout, 'central') === undefined
  const central = isCentralHere ? new Child('central', ['central', ...project], env, onEvent) : undefined
  const temporal = outside === undefined ? new TemporalKeeper(layout, port, onEvent, options.uiPort) : undefined

  let stopping: Promise<void> | undefined
  const stop = async () => {
    await Promise.all(workers.map((worker) => worker.stop()))
    await central?.stop()
    await temporal?.stop()
  }
  const started = (child: Child): Promise<Fault | undefined> =>
    child.start().then(
      () => undefined,
      (error: Error) => notStarted(layout, child.name, error.message),
    )
  const ready = new Map(workers.map((worker) => [worker.name, started(worker)]))
  try {
    await Promise.all([temporal?.start(), central === undefined ? undefined : started(central)])
  } catch (error) {
    await stop()
    throw error
  }
  return {
    temporalAddress,
    whenReady: (region) => ready.get(region) ?? Promise.resolve(undefined),
    stop() {
      stopping ??= stop()
      return stopping
    },
  }
}

function listener({ onEvent, onNotice }: StackOptions): (event: StackEvent) => void {
  return (event) => {
    onEvent?.(event)
    if (event.kind === 'notice') onNotice?.(event.message)
    if (event.kind === 'died') onNotice?.(`${event.name} ended and is started again: ${event.message}`)
  }
}

/** Address of the server that another supervisor of this project runs, or is about to. */
async function runningTemporal(layout: Layout): Promise<string> {
  for (let waitedMs = 0; waitedMs < 60_000; waitedMs += 100) {
    const server = liveProcess(layout, 'temporal')
    if (server !== undefined) return server.url
    await sleep(100)
  }
  throw new Fault('temporal.unreachable', `No Temporal server runs for ${layout.root}.`, 'Look at `entrepot dev`.')
}

/** Temporal's server, started again on the same port when it dies. */
class TemporalKeeper {
  readonly #layout: Layout
  readonly #port: number
  readonly #onEvent: (event: StackEvent) => void
  readonly #uiPort: number | undefined
  #server: TemporalServer | undefined
  #isStopping = false

  constructor(layout: Layout, port: number, onEvent: (event: StackEvent) => void, uiPort: number | undefined) {
    this.#layout = layout
    this.#port = port
    this.#onEvent = onEvent
    this.#uiPort = uiPort
  }

  async start(): Promise<void> {
    const uiPort = this.#uiPort
    const server = await startTemporalServer({
      layout: this.#layout,
      port: this.#port,
      ...(uiPort === undefined ? {} : { uiPort }),
      onNotice: (message) => this.#onEvent({ kind: 'notice', name: 'temporal', message }),
    })
    this.#server = server
    this.#onEvent({ kind: 'ready', name: 'temporal', url: server.address })
    server.exited.then(() => this.#again())
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    await this.#server?.stop()
    this.#onEvent({ kind: 'stopped', name: 'temporal' })
  }

  async #again(): Promise<void> {
    for (let pauseMs = 200; !this.#isStopping; pauseMs = Math.min(pauseMs * 2, 10_000)) {
      this.#onEvent({ kind: 'died', name: 'temporal', message: 'the server ended', againInMs: pauseMs })
      await sleep(pauseMs)
      if (this.#isStopping) return
      try {
        return await this.start()
      } catch (error) {
        this.#onEvent({ kind: 'notice', name: 'temporal', message: (error as Error).message })
      }
    }
  }
}

const notStarted = (layout: Layout, name: string, said: string): Fault =>
  new Fault('process.not-started', `The process of ${name} did not start: ${said}`, `Read ${layout.log(name)}.`)
