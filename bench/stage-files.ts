// What `bench plan` sets beside a plan: its files staged alone. Run as `node dist/bench/stage-files.js PROJECT OUT FILE…`,
// region ng, source paystack_csv.
import { join } from 'node:path'
import { chooseContract } from '../operations/ingest-one.ts'
import { layout } from '../project/layout.ts'
import { closeStage, stage } from '../stage/stage.ts'
import { defaultLimits } from '../stage/staged.ts'

const [project, out, ...files] = process.argv.slice(2) as [string, string, ...string[]]
const contract = await chooseContract(layout(project), 'ng', { source: 'paystack_csv' })
for (const [i, path] of files.entries())
  await stage({ path, contract, outDir: join(out, String(i)), limits: defaultLimits })
await closeStage()
