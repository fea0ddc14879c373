import type { Command } from 'commander'
import { loadProfile } from '../../project/regions.ts'
import { type Common, common, interruption, projectOf, regionsOf, wholeNumber } from '../command.ts'
import { answer, count, json, say } from '../output.ts'
import { eventLine } from '../stack-event.ts'

export const workerCommand = (program: Command): Command =>
  common(
    program
      .command('worker')
      .summary("run one region's worker")
      .description(
        "Run one region's worker: the only writer of its warehouse. It watches the landing zone and does the region's work. Ctrl-C drains.",
      )
      .argument('<region>'),
    'entrepot worker ng',
  ).action(async (region: string, options: Common) => {
    const { runWorker } = await import('../../operations/worker-process.ts')
    const layout = projectOf(options)
    loadProfile(layout, region)
    await runWorker(layout, region)
  })

export const centralCommand = (program: Command): Command =>
  common(
    program
      .command('central')
      .summary('run the central process')
      .description('Run the central query layer, which regions publish to. Ctrl-C drains.'),
    'entrepot central',
  ).action(async (options: Common) => {
    const { runCentral } = await import('../../operations/central-process.ts')
    await runCentral(projectOf(options))
  })

export const devCommand = (program: Command): Command =>
  common(
    program
      .command('dev')
      .summary('run everything')
      .description(
        "Run Temporal, the centre and every region's worker, each a process of its own, and watch the landing zone. Ctrl-C drains.",
      )
      .argument('[region...]', 'all regions where none is named')
      .option('--ui-port <port>', "where Temporal's browser interface answers", wholeNumber),
    'entrepot dev --ui-port 8233',
  ).action(async (named: string[], options: Common & { uiPort?: number }) => {
    const { applySchedules } = await import('../../operations/schedules.ts')
    const { startStack } = await import('../../operations/supervisor.ts')
    const { watchStatus } = await import('../watch-status.ts')
    const project = projectOf(options)
    const regions = regionsOf(project, named)
    const signal = interruption()
    const write = options.json ? json : (event: Parameters<typeof eventLine>[0]) => say(eventLine(event))
    const stack = await startStack(project, {
      regions,
      onEvent: write,
      signal,
      ...(options.uiPort === undefined ? {} : { uiPort: options.uiPort }),
    })
    try {
      for (const [region, fault] of stack.failed) say(`${region}: ${fault.message} ${fault.fix}`)
      const changes = await applySchedules(project, regions)
      for (const { region, change } of changes)
        if (change !== 'unchanged') write({ kind: 'notice', name: region, message: `schedule ${change}` })
      if (!options.json)
        say(`Everything runs. Put files into ${project.landing('<region>')}/<source>/; Ctrl-C drains and ends.`)
      await watchStatus(project, regions, { signal, isJson: options.json === true })
    } finally {
      say('draining …')
      await stack.stop()
    }
  })

export const rebuildCommand = (program: Command): Command =>
  common(
    program
      .command('rebuild')
      .summary("make a region's warehouse again")
      .description(
        "Make a region's warehouse again from its archive, contracts and journal alone. Its worker must be stopped; the former file stays as <file>.before-rebuild.",
      )
      .argument('<region>', 'a region of the project'),
    'entrepot rebuild ng',
  ).action(async (region: string, options: Common) => {
    const { rebuild } = await import('../../operations/rebuild.ts')
    const status = await rebuild(projectOf(options), region, options.json ? () => {} : say)
    if (options.json) json(status)
    else answer(`${region}: ${count(status.files)} files, ${count(status.rows)} rows, ${count(status.rejects)} rejects`)
  })
