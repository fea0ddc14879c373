import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client, Connection } from '@temporalio/client'
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker'
import type { Activities } from '../../activities/index.ts'
import { startTemporalServer } from '../../operations/temporal-server.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'

Runtime.install({ logger: new DefaultLogger('ERROR') })

export const codePath = join(packageRoot, 'dist', 'workflows.bundle.js')

/** A real Temporal server in a folder of its own, and workers on it. */
export async function temporal() {
  const folder = mkdtempSync(join(tmpdir(), 'entrepot-workflows-'))
  const server = await startTemporalServer({ layout: layout(folder) })
  const connection = await Connection.connect({ address: server.address })
  const native = await NativeConnection.connect({ address: server.address })
  return {
    server,
    client: new Client({ connection }),
    /** Run a region's worker with these activities for the time of `use`. */
    async worker<T>(activities: Activities, use: (taskQueue: string) => Promise<T>): Promise<T> {
      serial += 1
      const taskQueue = `test-${serial}`
      const worker = await Worker.create({
        connection: native,
        taskQueue,
        workflowBundle: { codePath },
        activities,
        maxHeartbeatThrottleInterval: '100 milliseconds',
      })
      return await worker.runUntil(use(taskQueue))
    },
    async stop() {
      await connection.close()
      await native.close()
      await server.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

let serial = 0
