import { DuckDBInstance } from '@duckdb/node-api'
import type { BridgeMode } from './bridge.ts'
import { bridgeMode } from './self-test.ts'

/** Prove once a thread which way the bridge may take. Staging waits for it; a worker begins it when it starts. */
export function prepareBridge(): Promise<BridgeMode> {
  mode ??= selfTest()
  return mode
}

let mode: Promise<BridgeMode> | undefined

async function selfTest(): Promise<BridgeMode> {
  const instances: DuckDBInstance[] = []
  try {
    return await bridgeMode(async () => {
      const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
      instances.push(instance)
      return instance.connect()
    })
  } finally {
    for (const instance of instances) instance.closeSync()
  }
}
