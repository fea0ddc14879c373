import { type Command, Option } from 'commander'
import { allRegions, type Role, roles } from '../../models/token.ts'
import type { RegionSchedule } from '../../operations/schedules.ts'
import type { StackEvent } from '../../operations/supervisor.ts'
import { type Common, common, exampleText, interruption, projectOf, regionsOf } from '../command.ts'
import { answer, json, say, table } from '../output.ts'
import { eventLine } from '../stack-event.ts'

export function schedulesCommand(program: Command): Command {
  const schedules = program
    .command('schedules')
    .summary('when regions sync')
    .description('Temporal Schedules of the regions, as region.yaml says.')
    .addHelpText('after', exampleText('entrepot schedules list'))
  const surroundings = (options: Common) => ({
    signal: interruption(),
    onEvent: (event: StackEvent) => {
      if (!options.json && event.kind === 'notice') say(eventLine(event))
    },
  })
  const run = async <T>(options: Common, act: () => Promise<T>): Promise<T> => {
    const { withStack } = await import('../../operations/supervisor.ts')
    return await withStack(projectOf(options), [], surroundings(options), act)
  }
  const show = (options: Common, rows: readonly RegionSchedule[]) => {
    if (options.json) json({ schedules: rows })
    else
      answer(
        table(
          ['region', 'cron', 'zone', 'state', 'next'],
          rows.map((row) => [row.region, row.cron, row.zone, row.state, row.next]),
        ),
      )
  }
  common(
    schedules.command('list').summary('what the server has').argument('[region...]'),
    'entrepot schedules list',
  ).action(async (named: string[], options: Common) => {
    const { listSchedules } = await import('../../operations/schedules.ts')
    const regions = regionsOf(projectOf(options), named)
    show(options, await run(options, () => listSchedules(projectOf(options), regions)))
  })
  common(
    schedules.command('apply').summary('make the server have what region.yaml says').argument('[region...]'),
    'entrepot schedules apply',
  ).action(async (named: string[], options: Common) => {
    const { applySchedules } = await import('../../operations/schedules.ts')
    const regions = regionsOf(projectOf(options), named)
    const changes = await run(options, () => applySchedules(projectOf(options), regions))
    if (options.json) json({ changes })
    else for (const { region, change } of changes) answer(`${region}: ${change}`)
  })
  common(
    schedules
      .command('pause')
      .summary('stop a region from being synced by the clock')
      .argument('<region>')
      .option('--resume', 'let it go on'),
    'entrepot schedules pause ng',
  ).action(async (region: string, options: Common & { resume?: true }) => {
    const { pauseSchedule } = await import('../../operations/schedules.ts')
    regionsOf(projectOf(options), [region])
    await run(options, () => pauseSchedule(projectOf(options), region, options.resume !== true))
    if (options.json) json({ region, isPaused: options.resume !== true })
    else answer(`${region}: ${options.resume ? 'goes on' : 'paused'}`)
  })
  return schedules
}

export function tokenCommand(program: Command): Command {
  const token = program
    .command('token')
    .summary('who may ask the centre')
    .description('Tokens of the central API. Only their hashes are kept; a token is shown once.')
    .addHelpText('after', exampleText('entrepot token create --role analyst --region ng --label "Ada"'))
  common(
    token
      .command('create')
      .summary('make a token')
      .addOption(new Option('--role <role>', 'what it may do').choices([...roles]).makeOptionMandatory())
      .option('--region <region...>', 'only these regions; all where left out')
      .option('--creator <id>', 'only this creator (role creator)')
      .option('--label <text>', 'whose or what for', '')
      .option('--expires <time>', 'ISO 8601; never where left out'),
    'entrepot token create --role analyst --region ng --label "Ada"',
  ).action(
    async (options: Common & { role: Role; region?: string[]; creator?: string; label: string; expires?: string }) => {
      const { createToken } = await import('../../operations/tokens.ts')
      const project = projectOf(options)
      const { role, creator, label, expires } = options
      const regions = options.region === undefined ? [allRegions] : [...regionsOf(project, options.region)]
      const made = await createToken(project, {
        role,
        regions,
        label,
        ...(creator === undefined ? {} : { creator }),
        ...(expires === undefined ? {} : { expiresAt: expires }),
      })
      if (options.json) return json(made)
      answer(made.token)
      say(`Token ${made.id}. It is not shown again.`)
    },
  )
  common(token.command('list').summary('every token, without its secret'), 'entrepot token list').action(
    async (options: Common) => {
      const { listTokens } = await import('../../operations/tokens.ts')
      const tokens = await listTokens(projectOf(options))
      if (options.json) return json({ tokens })
      answer(
        table(
          ['id', 'role', 'regions', 'label', 'created', 'expires', 'revoked'],
          tokens.map((t) => [t.id, t.role, t.regions.join(', '), t.label, t.createdAt, t.expiresAt, t.revokedAt]),
        ),
      )
    },
  )
  common(
    token.command('revoke').summary('refuse a token from now on').argument('<id>'),
    'entrepot token revoke tok_1a2b',
  ).action(async (id: string, options: Common) => {
    const { revokeToken } = await import('../../operations/tokens.ts')
    const revoked = await revokeToken(projectOf(options), id)
    if (options.json) json(revoked)
    else answer(`${revoked.id} is revoked`)
  })
  return token
}
