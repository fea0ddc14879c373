import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client, Connection } from '@temporalio/client'
import { liveProcess } from '../../operations/process-record.ts'
import { startSync } from '../../operations/start-sync.ts'
import type { RunReport } from '../../operations/sync.ts'
import { scopeOf } from '../../operations/temporal-client.ts'
import { startTemporalServer, type TemporalServer } from '../../operations/temporal-server.ts'
import type { Layout } from '../../project/layout.ts'
import { Rounds } from './files.ts'
import { endAll, type Started, startEntrepot } from './processes.ts'
import { addRegion, newProject, removeProject } from './project.ts'

/** A project whose processes run one by one, so that a test decides which dies when. */
export class Stand {
  readonly layout: Layout
  readonly client: Client
  readonly #server: TemporalServer
  readonly #connection: Connection

  private constructor(layout: Layout, server: TemporalServer, connection: Connection) {
    this.layout = layout
    this.#server = server
    this.#connection = connection
    this.client = new Client({ connection })
  }

  static async start(): Promise<Stand> {
    const layout = await newProject()
    const server = await startTemporalServer({ layout })
    return new Stand(layout, server, await Connection.connect({ address: server.address }))
  }

  worker(region: string, killAt?: string): Started {
    return this.#process(['worker', region], killAt)
  }

  central(killAt?: string): Started {
    return this.#process(['central'], killAt)
  }

  addRegion(region: string): Promise<void> {
    return addRegion(this.layout, region)
  }

  rounds(): Rounds {
    const folder = join(this.layout.root, 'made', String(Math.trunc(performance.now() * 1000)))
    mkdirSync(folder, { recursive: true })
    return new Rounds(folder)
  }

  /** Begin a sync; the report comes when a worker has run it to its end. */
  async sync(region: string): Promise<{ report: Promise<RunReport> }> {
    const handle = await startSync(this.client, scopeOf(this.layout, region), 'person')
    const report = handle.result()
    report.catch(() => {}) // who waits for it hears of it
    return { report }
  }

  /** Wait until nothing of a region waits to be published. */
  async published(worker: Started, region: string): Promise<void> {
    await worker.ready
    const record = liveProcess(this.layout, region)
    for (;;) {
      const response = await fetch(`${record?.url}/v1/status`, {
        headers: { authorization: `Bearer ${record?.token}` },
      })
      const { pendingPublications } = (await response.json()) as { pendingPublications: number }
      if (pendingPublications === 0) return
      await sleep(50)
    }
  }

  async stop(): Promise<void> {
    await endAll()
    await this.#connection.close()
    await this.#server.stop()
    removeProject(this.layout)
  }

  #process(args: readonly string[], killAt: string | undefined): Started {
    const env = { ENTREPOT_WATCH: '0', ...(killAt === undefined ? {} : { ENTREPOT_KILL_AT: killAt }) }
    return startEntrepot([...args, '--project', this.layout.root], env)
  }
}
