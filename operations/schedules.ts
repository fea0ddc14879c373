import {
  type Client,
  type ScheduleDescription,
  ScheduleNotFoundError,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client'
import { TypedSearchAttributes } from '@temporalio/common'
import { Fault } from '../models/fault.ts'
import type { RegionProfile } from '../models/region.ts'
import type { Layout } from '../project/layout.ts'
import { loadProfile } from '../project/regions.ts'
import { searchAttributes, taskQueue, workflowIds } from '../workflows/names.ts'
import type { scheduledSync } from '../workflows/scheduled-sync.ts'
import { scopeOf, withTemporal } from './temporal-client.ts'

/** When a region syncs by the clock, as `region.yaml` says and as the server has it. */
export interface RegionSchedule {
  readonly region: string
  /** Of `region.yaml`. */
  readonly cron: string
  readonly zone: string
  /** missing: not applied yet · differs: `region.yaml` has changed since it was applied */
  readonly state: 'active' | 'paused' | 'missing' | 'differs'
  /** ISO 8601 UTC; null: none is due. */
  readonly next: string | null
}

export interface ScheduleChange {
  readonly region: string
  readonly change: 'created' | 'updated' | 'unchanged'
}

/** The regions' schedules, in their order. */
export const listSchedules = (layout: Layout, regions: readonly string[]): Promise<RegionSchedule[]> =>
  withTemporal(layout, (client) =>
    Promise.all(
      regions.map(async (region) => {
        const profile = loadProfile(layout, region)
        const { cron } = profile.schedule
        const found = await describe(client, layout, region)
        const next = found?.info.nextActionTimes[0]?.toISOString() ?? null
        return { region, cron, zone: profile.zone, state: stateOf(found, profile), next }
      }),
    ),
  )

/**
 * Make the server have what each `region.yaml` says. Twice is once; a paused schedule stays paused.
 *
 * @throws Fault "schedule.invalid" where the server refuses a cron
 */
export const applySchedules = (layout: Layout, regions: readonly string[]): Promise<ScheduleChange[]> =>
  withTemporal(layout, async (client) => {
    const changes: ScheduleChange[] = []
    for (const region of regions) changes.push({ region, change: await applyOne(client, layout, region) })
    return changes
  })

/**
 * Pause a region's schedule, or let it go on.
 *
 * @throws Fault "schedule.missing" when it was not applied
 */
export const pauseSchedule = (layout: Layout, region: string, isPaused = true): Promise<void> =>
  withTemporal(layout, async (client) => {
    const handle = client.schedule.getHandle(workflowIds.schedule(scopeOf(layout, region)))
    try {
      // Not `pause()`: its note would take the place of ours, which says what was applied.
      await handle.update((current) => ({ ...current, state: { ...current.state, paused: isPaused } }))
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error
      throw new Fault(
        'schedule.missing',
        `Region ${region} has no schedule on the server.`,
        `Make it with \`entrepot schedules apply ${region}\`.`,
      )
    }
  })

async function applyOne(client: Client, layout: Layout, region: string): Promise<ScheduleChange['change']> {
  const profile = loadProfile(layout, region)
  const found = await describe(client, layout, region)
  if (found?.state.note === noteOf(profile)) return 'unchanged'
  const wanted = optionsOf(layout, profile)
  try {
    if (found === undefined) await client.schedule.create(wanted)
    else
      await client.schedule.getHandle(wanted.scheduleId).update(({ state }) => ({
        ...wanted,
        state: { ...state, note: noteOf(profile) },
      }))
  } catch (error) {
    throw new Fault(
      'schedule.invalid',
      `Temporal refuses the schedule of region ${region} (${noteOf(profile)}): ${(error as Error).message}`,
      `Mend schedule in ${layout.regionFile(region)}.`,
      { cause: error },
    )
  }
  return found === undefined ? 'created' : 'updated'
}

type Wanted = ScheduleOptions & { readonly action: { readonly type: 'startWorkflow' } }

function optionsOf(layout: Layout, profile: RegionProfile): Wanted {
  const { region, zone, schedule } = profile
  const scope = scopeOf(layout, region)
  return {
    scheduleId: workflowIds.schedule(scope),
    spec: { cronExpressions: [schedule.cron], timezone: zone, jitter: duration(schedule.jitter) },
    action: {
      type: 'startWorkflow',
      workflowType: 'scheduledSync' satisfies (typeof scheduledSync)['name'],
      workflowId: workflowIds.scheduledRun(scope),
      taskQueue: taskQueue(scope),
      args: [scope],
      typedSearchAttributes: new TypedSearchAttributes(searchAttributes(region)),
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: duration(schedule.catchup) },
    state: { note: noteOf(profile) },
  }
}

/** `region.yaml` has a number and a unit, as Temporal has. */
const duration = (text: string) => text as `${number}${'s' | 'm' | 'h' | 'd'}`

/** What was applied, in the schedule's own note: the server keeps a cron in another form. */
const noteOf = ({ zone, schedule: { cron, catchup, jitter } }: RegionProfile): string =>
  `${cron} in ${zone}, catch-up ${catchup}, jitter ${jitter}`

function stateOf(found: ScheduleDescription | undefined, profile: RegionProfile): RegionSchedule['state'] {
  if (found === undefined) return 'missing'
  if (found.state.note !== noteOf(profile)) return 'differs'
  return found.state.paused ? 'paused' : 'active'
}

async function describe(client: Client, layout: Layout, region: string): Promise<ScheduleDescription | undefined> {
  try {
    return await client.schedule.getHandle(workflowIds.schedule(scopeOf(layout, region))).describe()
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return undefined
    throw error
  }
}
