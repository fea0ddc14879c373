import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../activities/context.ts'
import { walkLanding } from '../activities/landing.ts'
import type { SeenLanding } from '../warehouse/warehouse.types.ts'

export interface WatchOptions {
  /** The landing zone; it may not exist yet. */
  readonly root: string
  /** The folder of contracts: when one changes, files that waited for it are looked at again. */
  readonly contracts: string
  /** What was taken in before. */
  readonly seen: ReadonlyMap<string, SeenLanding>
  /** Something new stands still: take it in. Called again at the next poll when it throws. */
  readonly onLanded: () => Promise<void>
  readonly log: Log
  readonly signal: AbortSignal
  readonly everyMs?: number
}

/** A walk of a big landing zone takes at most this share of the time. */
const maxShare = 0.1

/**
 * Poll a landing zone until the signal aborts. A file counts as landed when its size and times are the same in two
 * polls. Polling, because network disks tell nobody of changes.
 */
export async function watchLanding(options: WatchOptions): Promise<void> {
  const { root, contracts, onLanded, log, signal, everyMs = 2_000 } = options
  const files = new Watched([...options.seen.values()].map((seen) => [seen.path, keyOf(seen)]))
  const sources = new Watched((await walkLanding(contracts)).files.map((file) => [file.name, keyOf(file)]))
  while (!signal.aborted) {
    const startedAt = performance.now()
    try {
      const landed = files.look((await walkLanding(root, signal)).files)
      const changed = sources.look((await walkLanding(contracts, signal)).files)
      if (landed.length + changed.length > 0) {
        await onLanded()
        files.tell(landed)
        sources.tell(changed)
      }
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, `looking at ${root} failed: ${(error as Error).message}`)
    }
    const tookMs = performance.now() - startedAt
    await sleep(Math.max(everyMs, tookMs / maxShare), undefined, { signal }).catch(() => {})
  }
}

type Times = Pick<SeenLanding, 'sizeBytes' | 'mtimeNs' | 'ctimeNs'>

const keyOf = ({ sizeBytes, mtimeNs, ctimeNs }: Times): string => `${sizeBytes} ${mtimeNs} ${ctimeNs}`

/** Which files stand still and were not told of. */
export class Watched {
  #last = new Map<string, string>()
  readonly #told: Map<string, string>

  constructor(told: Iterable<readonly [string, string]>) {
    this.#told = new Map(told)
  }

  /** Names of the files that were the same in this poll and the one before, and are new. */
  look(files: readonly (Times & { readonly name: string })[]): string[] {
    const now = new Map(files.map((file) => [file.name, keyOf(file)]))
    const still = [...now].filter(([name, key]) => this.#last.get(name) === key && this.#told.get(name) !== key)
    this.#last = now
    return still.map(([name]) => name)
  }

  tell(names: readonly string[]): void {
    for (const name of names) this.#told.set(name, this.#last.get(name) ?? '')
  }
}
