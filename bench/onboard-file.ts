// What `bench onboard` runs in a process of its own: `node dist/bench/onboard-file.js PROJECT FILE REGION`. Onboards the file
// with the region's habits, then stages it under the contract that was found.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseContract } from '../contracts/language.ts'
import { onboard } from '../operations/onboard.ts'
import { layout } from '../project/layout.ts'
import { loadProfile } from '../project/regions.ts'
import { closeStage, stage } from '../stage/stage.ts'
import { defaultLimits } from '../stage/staged.ts'
import type { OnboardRun } from './onboard.ts'
import { peakRssMb } from './outcome.ts'

const [project, path, region] = process.argv.slice(2) as [string, string, string]
const place = layout(project)
const began = performance.now()
const { contract, preview, questions } = await onboard(
  place,
  { files: [path], region, name: 'bench', answers: {}, takesUsual: true },
  { limits: defaultLimits, maxRejects: 10 },
)
const seconds = (performance.now() - began) / 1000
const rssMb = peakRssMb()
if (contract === null) throw new Error('it is open what a record is')
const read = parseContract(readFileSync(join(project, contract), 'utf8'), contract, loadProfile(place, region))
if ('errors' in read) throw new Error(JSON.stringify(read.errors))
const staged = await stage({ path, contract: read.contract, outDir: join(project, 'staged'), limits: defaultLimits })
await closeStage()
const run: OnboardRun = {
  ...{ seconds, rssMb, stageSeconds: staged.seconds },
  ...{ loaded: preview.loaded, questions: questions.map(({ id }) => id) },
  gross: Object.fromEntries(Object.entries(preview.totals).map(([currency, { gross }]) => [currency, gross])),
}
console.log(JSON.stringify(run))
