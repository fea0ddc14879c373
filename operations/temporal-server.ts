import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { packageRoot } from '../project/package-root.ts'
import { isAlive, liveProcess, removeProcessRecord, writeProcessRecord } from './process-record.ts'
import { provisionTemporal } from './temporal-binary.ts'
import { isTemporalReady, searchAttributeNames, type TemporalPlace, temporalNamespace } from './temporal-client.ts'

export { provisionTemporal } from './temporal-binary.ts'

export interface TemporalServerOptions {
  readonly layout: Layout
  /** A free one where it is left out. */
  readonly port?: number
  /** Where the browser interface answers; none where it is left out. */
  readonly uiPort?: number
  readonly onNotice?: (line: string) => void
}

export interface TemporalServer {
  /** host:port */
  readonly address: string
  /** The server's own process. */
  readonly pid: number
  /** Resolves when it has ended, wanted or not. */
  readonly exited: Promise<void>
  /** Ends it by SIGTERM and waits; its history stays in `layout.temporalDb`. */
  stop(): Promise<void>
}

/** How long a server may take to answer. */
const startMs = 60_000

/**
 * Run Temporal's dev server on the project's database file, in its own process group, so that Ctrl-C in a terminal
 * does not end it before the workers are drained. It ends with this process, however that ends.
 *
 * @throws Fault "temporal.not-found", "temporal.not-started"
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const { layout, uiPort, onNotice = () => {} } = options
  const binary = await provisionTemporal(onNotice)
  await endFormer(layout)
  const port = options.port ?? (await freePort())
  const address = `127.0.0.1:${port}`
  const namespace = temporalNamespace(layout)
  const ui = uiPort === undefined ? ['--headless'] : ['--ui-ip', '127.0.0.1', '--ui-port', String(uiPort)]
  const args = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), ...ui]
  args.push('--db-filename', layout.temporalDb, '--namespace', namespace, '--log-level', 'error')
  for (const attribute of searchAttributeNames) args.push('--search-attribute', `${attribute}=Keyword`)

  const guard = spawnGuard(layout, binary, args)
  const exited = new Promise<void>((done) => guard.once('exit', () => done()))
  const pid = await startedPid(guard, exited)
  if (pid !== undefined) writeProcessRecord(layout, 'temporal', { pid, url: address, details: { guard: guard.pid } })
  const isUp = pid !== undefined && (await becomesReady({ address, namespace }, exited))
  if (!isUp) {
    guard.kill('SIGTERM')
    throw new Fault(
      'temporal.not-started',
      `Temporal (${binary}) did not start on ${address} with ${layout.temporalDb}: ${lastLine(layout.log('temporal'))}`,
      `Read ${layout.log('temporal')}. Where the database is damaged, set the file aside: it holds only run history.`,
    )
  }
  return {
    address,
    pid,
    exited,
    async stop() {
      guard.kill('SIGTERM')
      await exited
      removeProcessRecord(layout, 'temporal', pid)
    },
  }
}

/** A port of 127.0.0.1 that is free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer()
    probe.once('error', fail)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => done(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** A server whose owner and guard were both killed still holds the database: end it. */
async function endFormer(layout: Layout): Promise<void> {
  const former = liveProcess(layout, 'temporal')
  if (former === undefined) return
  process.kill(former.pid, 'SIGTERM')
  for (let waited = 0; isAlive(former); waited += 50) {
    if (waited === 5_000) process.kill(former.pid, 'SIGKILL')
    await sleep(50)
  }
}

function spawnGuard(layout: Layout, binary: string, args: string[]): ChildProcess {
  const log = layout.log('temporal')
  for (const path of [log, layout.temporalDb]) mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const fd = openSync(log, 'a', 0o600)
  try {
    const script = join(packageRoot, 'dist', 'operations', 'temporal-guard.js')
    return spawn(process.execPath, [script, binary, ...args], { detached: true, stdio: ['ignore', fd, fd, 'ipc'] })
  } finally {
    closeSync(fd)
  }
}

function startedPid(guard: ChildProcess, exited: Promise<void>): Promise<number | undefined> {
  const told = new Promise<number>((done) => {
    guard.once('message', (message) => done((message as { pid: number }).pid))
  })
  return Promise.race([told, exited.then(() => undefined)])
}

async function becomesReady(place: TemporalPlace, exited: Promise<void>): Promise<boolean> {
  let hasEnded = false
  exited.then(() => {
    hasEnded = true
  })
  const deadline = performance.now() + startMs
  while (!hasEnded && performance.now() < deadline) {
    if (await isTemporalReady(place)) return true
    await sleep(50)
  }
  return false
}

function lastLine(path: string): string {
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  return lines.findLast((line) => /error|unable|fatal|panic/i.test(line)) ?? lines.at(-1) ?? 'it said nothing'
}
