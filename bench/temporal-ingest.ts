// Entrepot's side of `bench ingest --temporal`: the file lies in the landing zone, a sync takes it through a real Temporal
// server and the region's worker process. Run as `node dist/bench/temporal-ingest.js PROJECT FILE`.
import { readFileSync } from 'node:fs'
import { liveProcess } from '../operations/process-record.ts'
import { withRegion } from '../operations/region-client.ts'
import { withStack } from '../operations/supervisor.ts'
import { sync } from '../operations/sync.ts'
import { ensureEngineerToken, ensureRegionToken } from '../operations/tokens.ts'
import { layout } from '../project/layout.ts'
import { report } from './outcome.ts'
import { projectOutcome } from './project-outcome.ts'

const [project] = process.argv.slice(2) as [string]
const region = 'ng'
const place = layout(project)
await ensureRegionToken(place, region)
await ensureEngineerToken(place)

const run = await withStack(place, [region], {}, async () => {
  const began = performance.now()
  const [counts] = await sync(place, [region])
  const seconds = (performance.now() - began) / 1000
  if (counts === undefined) throw new Error('one region gives one report')
  return { seconds, counts, rssMb: peakOf(liveProcess(place, region)?.pid) }
})
const outcome = await withRegion(place, region, ({ query }) => projectOutcome(query, run.counts))
report({ seconds: run.seconds, rssMb: run.rssMb, outcome })
process.exit(0)

/** Peak resident memory of a process, MiB. */
function peakOf(pid: number | undefined): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Math.round(Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) / 1024)
}
