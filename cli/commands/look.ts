import type { Command } from 'commander'
import type { Finding } from '../../warehouse/warehouse.types.ts'
import { type Common, common, exit, projectOf, regionsOf, wholeNumber } from '../command.ts'
import { answer, count, json, rowsTable, say, table } from '../output.ts'

export const queryCommand = (program: Command): Command =>
  common(
    program
      .command('query')
      .summary('ask a region or the centre')
      .description("Run one SELECT: on a region's warehouse with --region, else on the central store.")
      .argument('<sql>')
      .option('--region <region>', 'a region; the centre where left out')
      .option('--limit <rows>', 'at most this many rows', wholeNumber, 10_000),
    'entrepot query "select currency, sum(gross) from core.sale group by all" --region ng',
  ).action(async (sql: string, options: Common & { region?: string; limit: number }) => {
    const { queryCentral } = await import('../../operations/query-central.ts')
    const { withRegion } = await import('../../operations/region-client.ts')
    const project = projectOf(options)
    const { region, limit: maxRows } = options
    const { rows, truncated } =
      region === undefined
        ? await queryCentral(project, sql, { maxRows })
        : await withRegion(project, region, async (access) => {
            const some = await access.query(sql, { maxRows })
            return { rows: some, truncated: some.length === maxRows }
          })
    if (options.json) json(rows)
    else answer(rowsTable(rows))
    if (truncated) say(`the first ${count(rows.length)} rows; there are more`)
  })

export const statusCommand = (program: Command): Command =>
  common(
    program
      .command('status')
      .summary('every region at a glance')
      .description('Files, rows, findings and freshness of each region, what runs, and what waits for a person.')
      .argument('[region...]', 'all regions where none is named'),
    'entrepot status ng',
  ).action(async (named: string[], options: Common) => {
    const { projectStatus } = await import('../../operations/status.ts')
    const project = projectOf(options)
    const status = await projectStatus(project, regionsOf(project, named))
    if (options.json) return json(status)
    answer(
      table(
        [
          'region',
          'worker',
          'files',
          'rows',
          'rejects',
          'findings',
          'last load',
          'latest day',
          'to publish',
          'published',
        ],
        status.regions.map((r) => [
          r.region,
          r.worker,
          r.files,
          r.rows,
          r.rejects,
          r.openFindings,
          r.lastLoadAt,
          r.latestDate,
          r.pendingPublications,
          r.lastPublishedAt,
        ]),
      ),
    )
    const findings = status.regions.flatMap((region) => region.findings)
    if (findings.length > 0)
      answer(
        `\nFindings that wait for a person:\n\n${table(
          ['id', 'source', 'reason', 'severity', 'rows', 'what', 'example'],
          findings.map((f) => [f.id, f.source, f.code, f.severity, f.rows, f.message, exampleOf(f)]),
        )}`,
      )
    for (const { id, proposal } of findings)
      if (proposal !== null) answer(`\n${id} proposes for the contract:\n${proposal.replace(/^/gm, '  ')}`)
    for (const region of status.regions)
      if (region.problem !== null) say(`${region.region}: ${region.problem.message} ${region.problem.fix}`)
  })

const exampleOf = ({ example }: Finding): string =>
  example === null ? '' : example.line === null ? example.file : `${example.file} line ${example.line}`

export const doctorCommand = (program: Command): Command =>
  common(
    program
      .command('doctor')
      .summary('check the machine and the project')
      .description('Check Node, DuckDB, the bridge, Temporal, disk, contracts and warehouses, and say what to do.'),
    'entrepot doctor',
  ).action(async (options: Common) => {
    const { doctor } = await import('../../operations/doctor.ts')
    const findings = await doctor(projectOf(options))
    if (options.json) json({ checks: findings })
    else
      answer(
        findings
          .map(
            ({ ok, name, detail, fix }) =>
              `${ok ? 'ok  ' : 'FAIL'} ${name}: ${detail}${ok || fix === '' ? '' : `\n     ${fix}`}`,
          )
          .join('\n'),
      )
    process.exitCode = findings.every(({ ok }) => ok) ? exit.done : exit.failed
  })
