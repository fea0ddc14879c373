import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../../project/package-root.ts'

export interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it wrote to stderr last. */
  readonly said: string
}

/** A process of `entrepot`, or a script over its compiled modules, as a child of the test. */
export interface Started {
  readonly pid: number
  /** Resolves when it answers; rejects when it ends before. */
  readonly ready: Promise<void>
  readonly ended: Promise<Ended>
  kill(signal: NodeJS.Signals): void
  /** Ask it to drain, and wait until it has. */
  stop(): Promise<Ended>
}

const running = new Set<ChildProcess>()

/** @param env what differs from the test's own environment: `ENTREPOT_KILL_AT`, where it is to die */
export const startEntrepot = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Started =>
  start([join(packageRoot, 'dist', 'cli', 'main.js'), ...args], env)

/** Run `body`, an ES module that may `await load('warehouse/rebuild.js')` compiled modules and sees `input`. */
export function startScript(body: string, input: unknown, env: NodeJS.ProcessEnv = {}): Started {
  const dist = JSON.stringify(join(packageRoot, 'dist'))
  const script = `
    const load = (path) => import(${dist} + '/' + path)
    const input = ${JSON.stringify(input)}
    ${body}`
  return start(['--input-type=module', '-e', script], env)
}

function start(args: readonly string[], env: NodeJS.ProcessEnv): Started {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  running.add(child)
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-8_000)
  })
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail)
    child.once('close', (code, signal) => {
      running.delete(child)
      done({ code, signal, said })
    })
  })
  const ready = new Promise<void>((done, fail) => {
    child.once('message', () => done())
    ended.then(
      ({ code, signal }) => fail(new Error(`it ended with ${signal ?? code} before it answered: ${said}`)),
      fail,
    )
  })
  ready.catch(() => {}) // who waits for it hears of it
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    kill: (signal) => void child.kill(signal),
    stop() {
      child.kill('SIGTERM')
      return ended
    },
  }
}

/** End what a failed test has left running. */
export async function endAll(): Promise<void> {
  const left = [...running]
  const gone = left.map((child) => new Promise((done) => child.once('close', done)))
  for (const child of left) child.kill('SIGKILL')
  await Promise.all(gone)
}
