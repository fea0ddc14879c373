import { defineSearchAttributeKey, type SearchAttributePair } from '@temporalio/common'
import { defineQuery, defineSignal } from '@temporalio/workflow'

/** One region of one project, as Temporal's names tell it apart: projects that share a server have a prefix each. */
export interface Scope {
  readonly region: string
  /** `temporal.task_queue_prefix` of entrepot.yaml; '' for none. */
  readonly prefix: string
}

/** Workflow ids carry identity, region first, so that a second trigger joins the first. */
export const workflowIds = {
  sync: ({ prefix, region }: Scope): string => `${prefix}${region}/sync`,
  publish: ({ prefix, region }: Scope): string => `${prefix}${region}/publish`,
  unit: ({ prefix, region }: Scope, { source, id }: { source: string; id: string }): string =>
    `${prefix}${region}/${source}/${id}`,
  backfill: (
    { prefix, region }: Scope,
    { fromDate, toDate, source }: { fromDate: string; toDate: string; source?: string | null },
  ): string => `${prefix}${region}/backfill/${fromDate}-${toDate}${source == null ? '' : `-${source}`}`,
  schedule: ({ prefix, region }: Scope): string => `${prefix}${region}/schedule/sync`,
  scheduledRun: ({ prefix, region }: Scope): string => `${prefix}${region}/scheduled`,
}

export const taskQueue = ({ prefix, region }: Scope): string => `${prefix}region-${region}`

/** Something landed while a sync runs: it looks once more before it ends. */
export const landed = defineSignal('landed')

/** How far a sync or backfill has come. */
export interface Progress {
  readonly phase: 'discover' | 'load' | 'marts' | 'publish' | 'done'
  /** Files found so far that must be read, and their bytes. */
  readonly files: number
  readonly bytes: number
  readonly filesDone: number
  readonly bytesDone: number
  /** Records of the files done. */
  readonly read: number
  readonly loaded: number
  readonly rejected: number
  /** Workflow ids of the units that run now; the heartbeats of their activities say how far each is. */
  readonly running: readonly string[]
}

export const progressQuery = defineQuery<Progress>('progress')

/** What runs can be found by in Temporal's visibility. */
export function searchAttributes(region: string, source?: string): SearchAttributePair[] {
  const byRegion = { key: defineSearchAttributeKey('EntrepotRegion', 'KEYWORD'), value: region }
  if (source === undefined) return [byRegion]
  return [byRegion, { key: defineSearchAttributeKey('EntrepotSource', 'KEYWORD'), value: source }]
}
