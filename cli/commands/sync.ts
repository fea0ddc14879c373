import type { Command } from 'commander'
import { Fault } from '../../models/fault.ts'
import type { RegionReport } from '../../models/report.ts'
import type { RunReport, SyncOptions } from '../../operations/sync.ts'
import { loadProfile } from '../../project/regions.ts'
import { type Common, common, day, exit, exitOf, interruption, projectOf, regionsOf } from '../command.ts'
import { answer, json, reportTable, say } from '../output.ts'
import { progress } from '../progress.ts'
import { eventLine } from '../stack-event.ts'

export const syncCommand = (program: Command): Command =>
  common(
    program
      .command('sync')
      .summary('load what has landed')
      .description(
        'Load what is new in the landing zone, refresh marts and publish them. Uses what `entrepot dev` runs, or starts what it needs and ends it afterwards.',
      )
      .argument('[region...]', 'all regions where none is named'),
    'entrepot sync ng gh',
  ).action(async (named: string[], options: Common) => {
    const { sync } = await import('../../operations/sync.ts')
    const project = projectOf(options)
    const regions = regionsOf(project, named)
    await run(options, (following) => sync(project, regions, following))
  })

export const backfillCommand = (program: Command): Command =>
  common(
    program
      .command('backfill')
      .summary('judge archived files again')
      .description(
        'Read the archived files of some days again, under the contracts as they are now. Days are local to the region; --to is the first day no longer taken.',
      )
      .argument('<region>')
      .requiredOption('--from <day>', 'first day, such as 2026-03-01', day)
      .requiredOption('--to <day>', 'first day after the last', day)
      .option('--source <source>', 'only this source'),
    'entrepot backfill ng --from 2026-03-01 --to 2026-04-01 --source paystack',
  ).action(async (region: string, options: Common & { from: string; to: string; source?: string }) => {
    const { backfill } = await import('../../operations/backfill.ts')
    const project = projectOf(options)
    loadProfile(project, region)
    const range = { region, fromDate: options.from, toDate: options.to, source: options.source ?? null }
    await run(options, async (following) => [await backfill(project, range, following)])
  })

/** Run with progress; answer with the reports, problems and findings last. */
async function run(options: Common, work: (following: SyncOptions) => Promise<readonly RunReport[]>): Promise<void> {
  const isJson = options.json === true
  const shown = progress(isJson)
  const following: SyncOptions = {
    signal: interruption(),
    onEvent: (event) => {
      if (!isJson && event.kind !== 'ready' && event.kind !== 'stopped') say(eventLine(event))
    },
    onProgress: (advance) => shown.show(advance),
  }
  const { reports, failure } = await work(following)
    .then((all) => ({ reports: all, failure: undefined }), partly)
    .finally(() => shown.end())
  if (isJson) json({ regions: reports.map(reportJson) })
  else {
    answer(reportTable(reports))
    for (const { region, problems } of reports) for (const problem of problems) say(`${region}: ${problem}`)
    for (const { region, findings } of reports)
      if (findings > 0) say(`${region}: ${findings} findings wait for a person; see \`entrepot status ${region}\``)
  }
  if (failure !== undefined) throw failure
  process.exitCode = reports.some(({ problems }) => problems.length > 0) ? exit.failed : exitOf(reports)
}

/** A region that failed hides none of those that did not: their reports come first. */
function partly(error: unknown): { reports: readonly RunReport[]; failure: Fault } {
  if (!(error instanceof Fault) || error.code !== 'regions.failed') throw error
  const { reports, ...details } = error.details as { reports: readonly RunReport[] }
  const { code, message, fix, cause } = error
  return { reports, failure: new Fault(code, message, fix, { cause, details }) }
}

/** The report's own keys; problems only where there are any. */
const reportJson = ({ problems, ...report }: RunReport): RegionReport & { problems?: readonly string[] } =>
  problems.length === 0 ? report : { ...report, problems }
