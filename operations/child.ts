import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { packageRoot } from '../project/package-root.ts'

/** What a supervised process says of itself. */
export type ChildEvent =
  | { readonly kind: 'ready'; readonly name: string; readonly url: string }
  /** It ended unasked; `message` is what it said last, and it is started again after `againInMs`. */
  | { readonly kind: 'died'; readonly name: string; readonly message: string; readonly againInMs: number }
  | { readonly kind: 'stopped'; readonly name: string }

const firstPauseMs = 200
const longestPauseMs = 10_000
/** One that lived so long did not die of how it was started. */
const soundMs = 30_000
/** How long a process may drain. */
const drainMs = 60_000

/**
 * One of the project's processes, run as a child in its own process group (Ctrl-C in a terminal must not reach it:
 * its supervisor drains it in order), started again whenever it dies.
 */
export class Child {
  readonly name: string
  readonly #args: readonly string[]
  #env: NodeJS.ProcessEnv
  readonly #onEvent: (event: ChildEvent) => void
  #process: ChildProcess | undefined
  #restart: NodeJS.Timeout | undefined
  #isStopping = false
  #pauseMs = firstPauseMs

  /** @param args of `entrepot` */
  constructor(name: string, args: readonly string[], env: NodeJS.ProcessEnv, onEvent: (event: ChildEvent) => void) {
    this.name = name
    this.#args = args
    this.#env = env
    this.#onEvent = onEvent
  }

  get pid(): number | undefined {
    return this.#process?.pid
  }

  /** Resolves when it answers; rejects with what it said when it dies before. It is started again all the same. */
  start(): Promise<string> {
    return new Promise((ready, fail) => this.#spawn(ready, fail))
  }

  /** Ask it to drain, and wait until it has. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    const child = this.#process
    if (child === undefined) return
    const ended = new Promise<void>((done) => child.once('close', () => done()))
    child.kill('SIGTERM')
    const late = setTimeout(() => child.kill('SIGKILL'), drainMs)
    await ended
    clearTimeout(late)
    this.#onEvent({ kind: 'stopped', name: this.name })
  }

  #spawn(ready: (url: string) => void, fail: (error: Error) => void): void {
    const startedAt = performance.now()
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const child = spawn(process.execPath, [main, ...this.#args], {
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: this.#env,
    })
    this.#process = child
    let said = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-8_000)
    })
    child.on('message', (message) => {
      const { url } = message as { url: string }
      this.#onEvent({ kind: 'ready', name: this.name, url })
      ready(url)
    })
    child.once('error', (error) => {
      said += error.message
    })
    child.once('close', (code, signal) => {
      this.#process = undefined
      const { ENTREPOT_KILL_AT: _, ...env } = this.#env // a test's kill point is for one life
      this.#env = env
      const how = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`
      const message = said.trim() === '' ? how : said.trim()
      fail(new Error(message))
      if (this.#isStopping) return
      if (performance.now() - startedAt > soundMs) this.#pauseMs = firstPauseMs
      this.#onEvent({ kind: 'died', name: this.name, message, againInMs: this.#pauseMs })
      this.#restart = setTimeout(() => this.#spawn(ready, fail), this.#pauseMs)
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs)
    })
  }
}
