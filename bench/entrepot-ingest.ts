// Entrepot's side of `bench ingest`, without Temporal: landed file to committed region file, quarantine and marts.
// Run as `node dist/bench/entrepot-ingest.js PROJECT FILE`; the file's region is ng, its source paystack_csv.
import { batchUnits } from '../activities/batch-units.ts'
import { unobserved } from '../activities/beat.ts'
import { loadUnit } from '../activities/load.ts'
import { stageUnit } from '../activities/stage.ts'
import { chooseContract } from '../operations/ingest-one.ts'
import { openRegionHere } from '../operations/open-region.ts'
import { layout } from '../project/layout.ts'
import { startStage } from '../stage/stage.ts'
import { archiveContract, archiveFile } from '../warehouse/archive.ts'
import { peakRssMb, report } from './outcome.ts'
import { projectOutcome } from './project-outcome.ts'

const [project, path] = process.argv.slice(2) as [string, string]
const [region, source] = ['ng', 'paystack_csv']
const place = layout(project)
const quiet = { info() {}, warn: console.error, error: console.error }
startStage() // as a worker does when it starts
const open = await openRegionHere(place, region, quiet)
const { context } = open
const beat = unobserved()

const began = performance.now()
const contract = await chooseContract(place, region, { source })
const { durable, ...archived } = await archiveFile(place, region, path)
const file = { region, source, name: `${source}/bench.csv`, ...archived }
const [unit] = batchUnits(region, [{ file, contractVersion: await archiveContract(place, contract), seen: null }])
if (unit === undefined) throw new Error('one file makes one unit')
const staged = await stageUnit(context, unit, beat)
await durable
const stagedAt = performance.now()
const counts = await loadUnit(context, unit, staged, beat)
const loadedAt = performance.now()
await context.warehouse.refreshMarts(beat.signal)
const endedAt = performance.now()
if (process.env.ENTREPOT_BENCH_STEPS)
  console.error(
    `stage ${Math.round(stagedAt - began)} load ${Math.round(loadedAt - stagedAt)} marts ${Math.round(endedAt - loadedAt)} ms`,
  )

const outcome = await projectOutcome((sql) => context.warehouse.query(sql), counts)
const rssMb = peakRssMb()
await open.close()
report({ seconds: (endedAt - began) / 1000, rssMb, outcome })
process.exit(0)
