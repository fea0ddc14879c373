import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { liveProcess, type ProcessRecord, removeProcessRecord, writeProcessRecord } from './process-record.ts'
import { type Stack, type StackOptions, startProcesses } from './stack.ts'
import { withLock } from './token-file.ts'

export type { Stack, StackEvent, StackOptions } from './stack.ts'

/** Who supervises the project's processes: `entrepot dev`, or one command for as long as it takes. */
type Supervisor = 'dev' | 'command'

/**
 * Start the project's processes and supervise them until `stop`. One process does so at a time.
 *
 * @throws Fault "stack.running" when another one does
 */
export async function startStack(layout: Layout, options: StackOptions): Promise<StartedStack> {
  const other = await claim(layout, 'dev', options.regions)
  if (other !== undefined)
    throw new Fault(
      'stack.running',
      `Process ${other.pid} runs the processes of ${layout.root} since ${other.startedAt}.`,
      'Use that one, or stop it first (Ctrl-C there).',
    )
  const stack = await supervise(layout, options)
  const failed = new Map<string, Fault>()
  for (const region of options.regions) {
    const fault = await stack.whenReady(region)
    if (fault !== undefined) failed.set(region, fault)
  }
  return { ...stack, failed }
}

export interface StartedStack extends Stack {
  /** Regions whose worker could not be started, with why. They are tried again; the others work. */
  readonly failed: ReadonlyMap<string, Fault>
}

type Ready = Pick<Stack, 'whenReady'>

export type Surroundings = Omit<StackOptions, 'regions' | 'watches'>

/**
 * Call `use` while Temporal, the centre and these regions' workers run: those of a running `entrepot dev`, and else
 * started for the time of it. Another command that does so is waited for; calls in one process share what they start.
 */
export async function withStack<T>(
  layout: Layout,
  regions: readonly string[],
  options: Surroundings,
  use: (stack: Ready) => Promise<T>,
): Promise<T> {
  const mine = own.get(layout.root)
  if (mine !== undefined) return await besides(layout, regions, options, mine, use)
  const other = await claimOrJoin(layout, regions, options)
  if (other !== undefined) return await besides(layout, regions, options, other, use)
  const starting = supervise(layout, { ...options, regions, watches: false })
  own.set(layout.root, { regions, whenReady: async (region) => (await starting).whenReady(region) })
  try {
    return await during(starting, use)
  } finally {
    own.delete(layout.root)
  }
}

/** A supervisor that runs, and its regions. */
interface Running extends Ready {
  readonly regions: readonly string[]
}

/** What this process has started for a command, by project folder. */
const own = new Map<string, Running>()

/** Start the workers that the running supervisor has not. */
async function besides<T>(
  layout: Layout,
  regions: readonly string[],
  options: Surroundings,
  running: Running,
  use: (stack: Ready) => Promise<T>,
): Promise<T> {
  const rest = regions.filter((region) => !running.regions.includes(region))
  if (rest.length === 0) return await use(running)
  const starting = startProcesses(layout, { ...options, regions: rest, watches: false, hasTemporal: true })
  return await during(starting, ({ whenReady }) =>
    use({ whenReady: (region) => (rest.includes(region) ? whenReady(region) : running.whenReady(region)) }),
  )
}

/** Undefined when this process is the supervisor now; else the `entrepot dev` that is. */
async function claimOrJoin(
  layout: Layout,
  regions: readonly string[],
  { signal, onNotice }: Surroundings,
): Promise<Running | undefined> {
  for (let isFirst = true; ; isFirst = false) {
    const other = await claim(layout, 'command', regions)
    if (other === undefined) return undefined
    const { kind, regions: supervised } = other.details
    if (kind === 'dev') return { regions: supervised as string[], whenReady: () => Promise.resolve(undefined) }
    if (isFirst) onNotice?.(`waiting for another command to end (process ${other.pid})`)
    await sleep(200, undefined, signal === undefined ? {} : { signal })
  }
}

async function during<T>(starting: Promise<Stack>, use: (stack: Stack) => Promise<T>): Promise<T> {
  const stack = await starting
  try {
    return await use(stack)
  } finally {
    await stack.stop()
  }
}

async function supervise(layout: Layout, options: StackOptions): Promise<Stack> {
  try {
    const stack = await startProcesses(layout, options)
    return {
      ...stack,
      async stop() {
        await stack.stop()
        removeProcessRecord(layout, 'dev')
      },
    }
  } catch (error) {
    removeProcessRecord(layout, 'dev')
    throw error
  }
}

/** Write this process down as the supervisor; the other one's record where there is one. */
function claim(layout: Layout, kind: Supervisor, regions: readonly string[]): Promise<ProcessRecord | undefined> {
  return withLock(layout.process('dev'), async () => {
    const other = liveProcess(layout, 'dev')
    if (other === undefined) writeProcessRecord(layout, 'dev', { details: { kind, regions } })
    return other
  })
}
