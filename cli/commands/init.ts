import type { Command } from 'commander'
import { shippedRegions } from '../../project/package-root.ts'
import { type Common, pathOf } from '../command.ts'
import { answer, json, table } from '../output.ts'

export const initCommand = (program: Command): Command =>
  program
    .command('init')
    .summary('make a project')
    .description(
      'Make a project folder: settings, regions with their contracts, the landing zone, tokens. What is there is kept.',
    )
    .argument('<dir>', 'folder of the project')
    .requiredOption(
      '--regions <codes>',
      `ISO 3166-1 codes of countries, by comma; ${shippedRegions().join(', ')} come with contracts`,
    )
    .option('--json', 'answer in JSON')
    .addHelpText('after', '\nExample:\n  $ entrepot init shop --regions ng,gh,ke\n')
    .action(async (dir: string, options: Pick<Common, 'json'> & { regions: string }) => {
      const { init } = await import('../../operations/init.ts')
      const regions = options.regions
        .split(',')
        .map((code) => code.trim().toLowerCase())
        .filter((code) => code !== '')
      const made = await init(pathOf(dir), [...new Set(regions)])
      if (options.json) return json(made)
      answer(`Project ${made.root}\n`)
      answer(
        table(
          ['region', 'name', 'sources'],
          made.regions.map((r) => [r.region, r.name, r.sources.join(', ') || '(none yet)']),
        ),
      )
      answer(`
Next:
  put files into ${dir}/data/landing/<region>/<source>/
  entrepot sync --project ${dir}      loads what is there, once
  entrepot dev --project ${dir}       runs everything and watches the landing zone`)
    })
