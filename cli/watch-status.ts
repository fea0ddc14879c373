import { setTimeout as sleep } from 'node:timers/promises'
import { projectStatus } from '../operations/status.ts'
import type { Layout } from '../project/layout.ts'
import { count, json, say } from './output.ts'

/** Say what changes in the regions, until the signal aborts: a line a region whose files, rows or findings moved. */
export async function watchStatus(
  layout: Layout,
  regions: readonly string[],
  { signal, isJson }: { signal: AbortSignal; isJson: boolean },
): Promise<void> {
  const shown = new Map<string, string>()
  while (!signal.aborted) {
    const status = await projectStatus(layout, regions)
    for (const region of status.regions) {
      if (region.problem !== null) continue // a worker that starts or restarts; its own events tell
      const { files, rows, rejects, openFindings, pendingPublications, latestDate } = region
      const state = JSON.stringify([files, rows, rejects, openFindings, pendingPublications])
      if (shown.get(region.region) === state) continue
      shown.set(region.region, state)
      if (isJson)
        json({
          kind: 'status',
          region: region.region,
          files,
          rows,
          rejects,
          openFindings,
          pendingPublications,
          latestDate,
        })
      else
        say(
          `${region.region}: ${count(files)} files, ${count(rows)} rows up to ${latestDate ?? '—'}, ${count(rejects)} rejected, ${count(openFindings)} findings${pendingPublications > 0 ? `, ${pendingPublications} publications wait` : ''}`,
        )
    }
    await sleep(1000, undefined, { signal }).catch(() => {})
  }
}
