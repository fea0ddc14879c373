import { existsSync, readdirSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { interruption, pathOf, standing } from '../cli/command.ts'
import { answer, count, duration, reportTable, say } from '../cli/output.ts'
import { progress } from '../cli/progress.ts'
import { eventLine } from '../cli/stack-event.ts'
import { Fault } from '../models/fault.ts'
import { init } from '../operations/init.ts'
import { queryCentral } from '../operations/query-central.ts'
import { type Surroundings, withStack } from '../operations/supervisor.ts'
import { type RunReport, sync } from '../operations/sync.ts'
import { type Layout, layout } from '../project/layout.ts'
import { landFiles } from './demo/files.ts'
import { type RegionView, viewRegion } from './demo/region-view.ts'
import {
  centreSection,
  centreSql,
  disagreementSql,
  filesSection,
  findingsSection,
  railsSection,
  railsSql,
} from './demo/sections.ts'

const usage = `Make a project of four regions from sample and generated files, sync it twice and show what came of it.

  npm run demo -- [--dir demo] [--rows 60000]     rows of each region's generated file
`

const regions = ['ng', 'gh', 'pk', 'bd']

/** What the demo found wrong; empty: all is as it must be. */
type Problems = string[]

async function demo(root: string, rows: number): Promise<Problems> {
  const problems: Problems = []
  const project = layout(root)
  refuseForeignFolder(root)
  await initAll(root, problems)
  const files = landFiles(root, regions, rows)
  const generated = files.filter(({ from }) => from === 'generator').length
  answer(
    `Entrepot demo in ${root}: ${regions.length} regions, ${files.length - generated} sample files and ${generated} generated ones of ${count(rows)} rows, 1% of them dirty.`,
  )

  const signal = interruption()
  const shown = progress(false)
  const surroundings: Surroundings = {
    signal,
    onEvent: (event) => {
      if (event.kind !== 'ready' && event.kind !== 'stopped') say(eventLine(event))
    },
  }
  const run = () =>
    syncAll(project, problems, { ...surroundings, onProgress: (advance) => shown.show(advance) }).finally(() =>
      shown.end(),
    )
  const startedAt = performance.now()
  const secondsSince = (since: number) => duration((performance.now() - since) / 1000)
  await withStack(project, regions, surroundings, async () => {
    const runningAt = performance.now()
    answer('Temporal, the centre and a process for each region run.\n\n')
    const reports = await run()
    answer(reportTable(reports))
    const loaded = reports.reduce((sum, report) => sum + report.loaded, 0)
    answer(
      loaded === 0
        ? '\nNothing was loaded: everything in the landing zone is known from an earlier run.'
        : `\n${count(loaded)} records loaded and published.`,
    )
    answer(
      `The pipeline part took ${secondsSince(startedAt)}, ${duration((runningAt - startedAt) / 1000)} of it to start the processes.`,
    )

    const views = await viewAll(project, problems)
    title('Files: counts and totals in the warehouses against what was worked out without Entrepot')
    const compared = filesSection(files, views)
    answer(compared.text)
    if (compared.unequal > 0) problems.push(`${compared.unequal} files are not what they must be`)
    else answer(`\nAll ${files.length} files are equal to what they must be.`)
    title('Findings: what waits for a person, with an example each')
    answer(findingsSection(views))
    await showCentre(project, problems)

    title('A second sync of the same landing zone')
    const again = await run()
    answer(reportTable(again))
    const isNothing = again.every(
      ({ read, unchanged, loaded, rejected }) => loaded + rejected === 0 && read === unchanged,
    )
    if (isNothing) answer('\nIt loaded nothing: every file is known.')
    else problems.push('the second sync loaded something')
  })
  return problems
}

/** A region whose profile somebody has spoiled becomes a problem and hides none of the others. */
async function initAll(root: string, problems: Problems): Promise<void> {
  for (const region of regions) {
    try {
      await init(root, [region])
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      problems.push(`${region}: ${error.message}`)
    }
  }
}

/** Every region's report; a region that failed becomes a problem and hides none of the others. */
async function syncAll(
  project: Layout,
  problems: Problems,
  options: Parameters<typeof sync>[2],
): Promise<readonly RunReport[]> {
  try {
    const reports = await sync(project, regions, options)
    for (const { region, problems: own } of reports) for (const problem of own) problems.push(`${region}: ${problem}`)
    return reports
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== 'regions.failed') throw error
    const { reports, failed } = error.details as {
      reports: readonly RunReport[]
      failed: readonly { region: string; message: string }[]
    }
    for (const { region, message } of failed) problems.push(`${region} failed: ${message}`)
    return reports
  }
}

async function viewAll(project: Layout, problems: Problems): Promise<ReadonlyMap<string, RegionView>> {
  const views = new Map<string, RegionView>()
  for (const region of regions) {
    try {
      views.set(region, await viewRegion(project, region))
    } catch (error) {
      problems.push(`${region} can not be asked: ${(error as Error).message}`)
    }
  }
  return views
}

async function showCentre(project: Layout, problems: Problems): Promise<void> {
  const ask = async (sql: string) => (await queryCentral(project, sql, { maxRows: 1000 })).rows
  title("The centre's answer: region_daily and creator_daily, each region as of its last publication")
  try {
    answer(centreSection(await ask(centreSql)))
    const disagreements = await ask(disagreementSql)
    if (disagreements.length > 0)
      problems.push(`region_daily and creator_daily do not add up to the same: ${JSON.stringify(disagreements)}`)
    title('What rails cost: fees as a share of the gross they are known for; sales with an unknown fee counted apart')
    answer(railsSection(await ask(railsSql)))
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    problems.push(`the centre: ${error.message}`)
  }
}

/** Somebody's own folder named demo is not to be filled. */
function refuseForeignFolder(root: string): void {
  if (!existsSync(root) || existsSync(layout(root).settings) || readdirSync(root).length === 0) return
  throw new Fault(
    'demo.folder',
    `${root} is there and is no Entrepot project.`,
    'Run the demo elsewhere, or name another folder with --dir.',
  )
}

const title = (line: string): void => answer(`\n${line}\n\n`)

function whereNext(root: string): string {
  const dir = relative(standing(), root) || '.'
  return `
Where to look next:
  npm run -s entrepot -- status --project ${dir}
  npm run -s entrepot -- query "from quality.reject limit 5" --region ng --project ${dir}
  npm run -s entrepot -- query "select region, currency, sum(sales_gross) from central.region_daily group by all" --project ${dir}
  npm run -s entrepot -- dev --project ${dir}      then drop a file into ${dir}/data/landing/ng/paystack_csv/`
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      dir: { type: 'string', default: 'demo' },
      rows: { type: 'string', default: '60000' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || !/^[1-9]\d{0,6}$/.test(values.rows)) {
    answer(usage)
    return values.help ? 0 : 2
  }
  const root = pathOf(values.dir)
  const problems = await demo(root, Number(values.rows))
  if (problems.length === 0) answer(whereNext(root))
  else answer(`\nNOT as it must be:\n${problems.map((problem) => `  ${problem}`).join('\n')}`)
  return problems.length === 0 ? 0 : 1
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof Fault)) throw error
  say(`error: ${error.message}\n       ${error.fix} [${error.code}]`)
  process.exitCode = 1
}
