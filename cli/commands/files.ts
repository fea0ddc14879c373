import { statSync } from 'node:fs'
import { basename } from 'node:path'
import { type Command, Option } from 'commander'
import { addCounts, noCounts, type RegionReport } from '../../models/report.ts'
import type { KnownFlags } from '../../operations/known-format.ts'
import type { ParsedFile } from '../../operations/parse.ts'
import type { Preview } from '../../operations/preview.ts'
import { layout } from '../../project/layout.ts'
import { loadSettings } from '../../project/settings.ts'
import {
  type Common,
  common,
  delimiterMark,
  encodingName,
  exit,
  exitOf,
  interruption,
  param,
  pathOf,
  projectOf,
  wholeNumber,
} from '../command.ts'
import { explained } from '../explain.ts'
import { endingStage, existing, showPreview } from '../files.ts'
import { answer, bytes, json, reportTable, say, table } from '../output.ts'
import { progress } from '../progress.ts'

type OfSource = Common & { region: string; source: string; param?: Record<string, string> }

export const ingestCommand = (program: Command): Command =>
  common(
    program
      .command('ingest')
      .summary('load files by hand')
      .description(
        'Load files into a region, past the landing zone: through its worker where one runs, else here, without Temporal.',
      )
      .argument('<file...>')
      .requiredOption('--region <region>', 'the region whose contract reads it')
      .requiredOption('--source <source>', 'the source, by the name of its contract')
      .option('--param <name=value>', "a value of the contract's params; may be repeated", param),
    'entrepot ingest march.csv --region ng --source paystack',
  ).action(async (files: string[], options: OfSource) => {
    const { chooseContract } = await import('../../operations/ingest-one.ts')
    const { withRegion } = await import('../../operations/region-client.ts')
    const project = projectOf(options)
    const paths = files.map((file) => existing(pathOf(file)))
    await chooseContract(project, options.region, requestOf(options))
    const total: RegionReport = { region: options.region, files: 0, ...noCounts(), findings: 0, seconds: 0 }
    await endingStage(() =>
      withRegion(
        project,
        options.region,
        async (region) => {
          for (const path of paths) {
            const { report, files } = await region.ingest({ path, ...requestOf(options) })
            addCounts(total, report)
            total.files += report.files
            total.seconds += report.seconds
            total.findings = report.findings
            for (const { file, outcome, problem } of options.json ? [] : files)
              say(`${file.name}: ${outcome}${problem === null ? '' : `. ${problem.message} ${problem.fix}`}`)
          }
        },
        { stages: true },
      ),
    )
    if (options.json) json({ regions: [total] })
    else answer(reportTable([total]))
    process.exitCode = exitOf([total])
  })

export const previewCommand = (program: Command): Command =>
  common(
    program
      .command('preview')
      .summary('what a file would come to')
      .description('Say what of a file would load and what would be quarantined, and why. Touches nothing.')
      .argument('<file>')
      .requiredOption('--region <region>', 'the region whose contract reads it')
      .requiredOption('--source <source>', 'the source, by the name of its contract')
      .option('--param <name=value>', "a value of the contract's params; may be repeated", param)
      .option('--rejects <n>', 'how many rejects to list', wholeNumber, 1000),
    'entrepot preview march.csv --region ng --source paystack',
  ).action(async (file: string, options: OfSource & { rejects: number }) => {
    const { chooseContract } = await import('../../operations/ingest-one.ts')
    const { preview, previewEntries } = await import('../../operations/preview.ts')
    const project = projectOf(options)
    const path = existing(pathOf(file))
    const contract = await chooseContract(project, options.region, requestOf(options))
    const shown = progress(options.json === true)
    const totalBytes = statSync(path).size
    const previewOptions = {
      limits: loadSettings(project).limits,
      maxRejects: options.rejects,
      onProgress: (advance: { rows: number; bytes: number }) =>
        shown.show({ what: basename(path), totalBytes, ...advance }),
    }
    const under = (name: string) => `${name} under ${contract.region}/${contract.source}\n`
    const needsPerson = ({ rejected, held }: Preview) => rejected + held > 0
    await endingStage(async () => {
      const entries = await previewEntries(path, contract, previewOptions).finally(() => shown.end())
      if (entries === null) {
        const found = await preview(path, contract, previewOptions).finally(() => shown.end())
        if (options.json) json(found)
        else showPreview(under(basename(path)), found)
        process.exitCode = needsPerson(found) ? exit.findings : exit.done
        return
      }
      if (options.json) json({ entries })
      else
        for (const { name, preview: found, problem } of entries) {
          const title = under(`${basename(path)}/${name}`)
          if (found !== null) showPreview(title, found)
          else if (problem !== null) answer(`${title}\nCan not be read: ${problem.message} ${problem.fix}\n`)
        }
      const waits = entries.some(({ preview: found }) => found === null || needsPerson(found))
      process.exitCode = waits ? exit.findings : exit.done
    })
  })

type ParseFlags = Common & { to: string; out?: string; explain?: boolean } & Pick<
    KnownFlags,
    'delimiter' | 'encoding' | 'path'
  >

export const parseCommand = (program: Command): Command =>
  common(
    program
      .command('parse')
      .summary('read files as they are, without a contract')
      .description(
        'Read files and write what was read as CSV (RFC 4180), before any contract: DIR/<name>.csv for the first table of each file, DIR/<name>.2.csv and so on for further ones. How a file is read is found in it. One wrong file never stops the rest.',
      )
      .argument('<file...>')
      .addOption(new Option('--to <format>', 'what is written').choices(['csv']).default('csv'))
      .option('--out <dir>', 'folder for the results; without it, --explain alone')
      .option('--explain', 'say how each file was read, why, and what was left out')
      .option('--delimiter <mark>', 'between cells of delimited text; found in the file where left out', delimiterMark)
      .option(
        '--encoding <encoding>',
        'found in the file where left out: utf-8, windows-1252, shift_jis, …',
        encodingName,
      )
      .option('--path <path>', 'where the records are in JSON or XML, such as data[]'),
    'entrepot parse export.csv statement.json.gz --to csv --out read',
  ).action(async (files: string[], options: ParseFlags, command: Command) => {
    if (options.out === undefined && options.explain !== true)
      command.error('error: nothing says where to write: add --out DIR, or --explain to see how the files are read', {
        exitCode: exit.usage,
      })
    const { parseFiles } = await import('../../operations/parse.ts')
    const { knownFormat } = await import('../../operations/known-format.ts')
    // Outside of a project its settings are the defaults.
    const { limits } = loadSettings(layout(pathOf(options.project)))
    const shown = progress(options.json === true)
    const results = await parseFiles(
      files.map((file) => pathOf(file)),
      options.out === undefined ? null : pathOf(options.out),
      { limits, format: knownFormat(options), onProgress: (advance) => shown.show(advance), signal: interruption() },
    ).finally(() => shown.end())
    if (options.json) json({ files: results })
    else if (options.explain) for (const result of results) answer(explained(result))
    else answer(summary(results))
    process.exitCode = results.some((result) => result.error !== null) ? exit.failed : exit.done
  })

const summary = (results: readonly ParsedFile[]): string =>
  table(
    ['file', 'format', 'tables', 'rows', 'faulty', 'columns', 'bytes', 'result'],
    results.map((r) => [
      r.file,
      r.format ?? '',
      r.tables.length,
      r.rows,
      r.faulty,
      r.columns,
      bytes(r.bytes),
      r.error === null ? r.out : `${r.error.code}: ${r.error.message}`,
    ]),
  )

const requestOf = ({ source, param: params = {} }: OfSource) => ({ source, params })
