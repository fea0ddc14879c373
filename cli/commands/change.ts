import type { Command } from 'commander'
import { Fault } from '../../models/fault.ts'
import { addCounts, noCounts, type RegionReport } from '../../models/report.ts'
import type { ChangeRequest, RegionPlan } from '../../operations/plan-region.ts'
import type { RegionAccess } from '../../operations/region-access.ts'
import type { Layout } from '../../project/layout.ts'
import { type Common, common, exit, exitOf, interruption, projectOf, regionsOf } from '../command.ts'
import { answer, count, json, reportTable, say } from '../output.ts'
import { changesSomething, planText } from '../plan-text.ts'

type OfChange = Common & { region?: string[]; source?: string }

const ofSources = (command: Command): Command =>
  command
    .option('--region <region...>', 'all regions where none is named')
    .option('--source <source>', 'only this source')

export const planCommand = (program: Command): Command =>
  common(
    ofSources(
      program
        .command('plan')
        .summary('what changed contracts would change')
        .description(
          'Compare the contracts as they are now with what is loaded, and say what judging the archived files again would come to: rows that come, change and leave, rejects by reason, money by currency and local day. Nothing is changed.',
        )
        .addHelpText('after', '\nExit codes: 0 nothing would change, 3 changes wait for `apply`, 1 failed.'),
    ),
    'entrepot plan --region ng --source paystack',
  ).action(async (options: OfChange) => {
    const plans = await inRegions(options, (access, request) => access.plan(request))
    if (options.json) json({ regions: plans.map(({ done }) => done) })
    else for (const { done } of plans) answer(planText(done))
    tellProblems(plans.map(({ done }) => done))
    process.exitCode = exitOfPlans(plans.map(({ done }) => done))
  })

export const applyCommand = (program: Command): Command =>
  common(
    ofSources(
      program
        .command('apply')
        .summary('make what is loaded follow the contracts')
        .description(
          'Judge archived files again that other contracts have judged than those of today, and restate core, marts and publications. Says first what `plan` says. What is done stays done: run it again after an interruption.',
        )
        .option('--dry-run', 'only say what `plan` says'),
    ),
    'entrepot apply --region ng --source paystack',
  ).action(async (options: OfChange & { dryRun?: true }) => {
    const signal = interruption()
    const results = await inRegions(options, async (access, request) => {
      const plan = await access.plan(request)
      if (!options.json) answer(planText(plan))
      const report = options.dryRun === true ? null : await applyAll(access, request, plan, signal)
      return { plan, report }
    })
    const plans = results.map(({ done }) => done.plan)
    const reports = results.flatMap(({ done }) => (done.report === null ? [] : [done.report]))
    if (options.json) json({ regions: results.map(({ region, done }) => ({ region, ...done })) })
    else if (reports.length > 0) answer(reportTable(reports))
    tellProblems(plans)
    const code = options.dryRun === true ? exitOfPlans(plans) : exitOf(reports)
    process.exitCode = plans.some(({ problems }) => problems.length > 0) ? exit.failed : code
  })

/** Step by step, so that it can be told how far it is, and be stopped between two steps. */
async function applyAll(
  access: RegionAccess,
  request: ChangeRequest,
  { region, sources }: RegionPlan,
  signal: AbortSignal,
): Promise<RegionReport> {
  const total: RegionReport = { region, files: 0, ...noCounts(), findings: 0, seconds: 0 }
  const files = sources.reduce((sum, source) => sum + source.files.judgedAgain, 0)
  for (;;) {
    signal.throwIfAborted()
    const { report, remaining } = await access.apply(request)
    addCounts(total, report)
    total.files += report.files
    total.seconds += report.seconds
    total.findings = report.findings
    if (remaining === 0) return total
    say(`${region}: ${count(total.files)} of ${count(Math.max(files, total.files + remaining))} files`)
  }
}

interface Done<T> {
  readonly region: string
  readonly done: T
}

/** One region after the other: each opens or asks the owner of its warehouse. */
async function inRegions<T>(
  options: OfChange,
  act: (access: RegionAccess, request: ChangeRequest) => Promise<T>,
): Promise<Done<T>[]> {
  const { withRegion } = await import('../../operations/region-client.ts')
  const project: Layout = projectOf(options)
  const request = options.source === undefined ? {} : { source: options.source }
  const done: Done<T>[] = []
  const regions = regionsOf(project, options.region ?? [])
  let unknown: Fault | undefined
  for (const region of regions) {
    try {
      done.push({ region, done: await withRegion(project, region, (access) => act(access, request), { stages: true }) })
    } catch (error) {
      // A source that one region has another need not have; that none has is an error.
      if (!(error instanceof Fault) || error.code !== 'source.unknown' || regions.length === 1) throw error
      unknown ??= error
    }
  }
  if (done.length === 0 && unknown !== undefined) throw unknown
  return done
}

function tellProblems(plans: readonly RegionPlan[]): void {
  for (const { region, problems, left } of plans) {
    for (const { source, message, fix } of problems) say(`${region}/${source}: ${message}\n${fix}`)
    for (const { source, message } of left) say(`${region}/${source}: ${message}`)
  }
}

function exitOfPlans(plans: readonly RegionPlan[]): number {
  if (plans.some(({ problems }) => problems.length > 0)) return exit.failed
  return plans.some(({ sources }) => sources.some(changesSomething)) ? exit.findings : exit.done
}
