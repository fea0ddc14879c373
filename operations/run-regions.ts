import type { Client } from '@temporalio/client'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import type { RunReport } from '../workflows/tally.ts'
import { type Surroundings, withStack } from './supervisor.ts'
import { withTemporal } from './temporal-client.ts'

/** Run something for each region side by side, with the processes it needs; one that fails does not stop the others. */
export async function runRegions(
  layout: Layout,
  regions: readonly string[],
  options: Surroundings,
  what: string,
  run: (client: Client, region: string) => Promise<RunReport>,
): Promise<RunReport[]> {
  return await withStack(layout, regions, options, ({ whenReady }) =>
    withTemporal(layout, async (client) => {
      const runs = regions.map(async (region) => {
        const fault = await whenReady(region)
        if (fault !== undefined) throw fault
        return await run(client, region)
      })
      const results = await Promise.allSettled(runs)
      options.signal?.throwIfAborted()
      return reportsOf(regions, results, what)
    }),
  )
}

function reportsOf(
  regions: readonly string[],
  results: readonly PromiseSettledResult<RunReport>[],
  what: string,
): RunReport[] {
  const reports = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const problems = results.flatMap((result, i) =>
    result.status === 'fulfilled' ? [] : [{ region: regions[i] ?? '', error: result.reason as Error }],
  )
  const [first] = problems
  if (first === undefined) return reports
  const fix = first.error instanceof Fault ? first.error.fix : 'Read the logs of the workers, then try again.'
  throw new Fault(
    'regions.failed',
    `${what} failed in ${problems.map(({ region, error }) => `${region}: ${error.message}`).join('; ')}`,
    fix,
    {
      cause: first.error,
      details: { reports, failed: problems.map(({ region, error }) => ({ region, message: error.message })) },
    },
  )
}
