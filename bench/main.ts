import { Command } from 'commander'
import { benchIngest } from './ingest.ts'
import { benchOnboard } from './onboard.ts'
import { exportShapes } from './onboard-files.ts'
import { benchPlan } from './plan.ts'
import { benchRead } from './read.ts'

const program = new Command('bench').description('Speed as a ratio: Entrepot beside the best peer, in one run.')

program
  .command('ingest')
  .description('A landed CSV file to the committed region file with quarantine and marts, beside bare DuckDB.')
  .requiredOption('--rows <n>', 'records', Number)
  .option('--columns <n>', 'columns; those beyond the contract are not read by it', Number)
  .option('--repeats <n>', 'runs of each side, interleaved; the median counts', Number, 3)
  .option('--temporal', 'through a Temporal server and a worker process; their start is not counted')
  .option('--json', 'end with one line of JSON')
  .addHelpText('after', '\nExample:\n  $ npm run -s bench -- ingest --rows 1000000 --json\n')
  .action(
    async ({
      rows,
      columns,
      repeats,
      temporal,
      json,
    }: {
      rows: number
      columns?: number
      repeats: number
      temporal?: true
      json?: true
    }) => {
      const result = await benchIngest({
        rows,
        columns,
        repeats,
        isTemporal: temporal === true,
        onLine: (line) => process.stderr.write(`${line}\n`),
      })
      process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
    },
  )

program
  .command('read')
  .description('Files to batches: scan beside DuckDB at one and two threads, memory of large files, time to sniff.')
  .option('--quick', 'a tenth of the size')
  .option('--repeats <n>', 'scans of each side, interleaved; the median counts', Number, 7)
  .option('--json', 'end with one line of JSON')
  .addHelpText('after', '\nExample:\n  $ npm run -s bench -- read --json\n')
  .action(async ({ quick, repeats, json }: { quick?: true; repeats: number; json?: true }) => {
    const result = await benchRead({
      isQuick: quick === true,
      repeats,
      onLine: (line) => process.stderr.write(`${line}\n`),
    })
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
  })

program
  .command('plan')
  .description(
    'Changes of one line of a contract over loaded records: planned, applied, and compared to the last digit.',
  )
  .option('--rows <n>', 'records', Number, 1_000_000)
  .option('--files <n>', 'files that they lie in', Number, 1)
  .option('--gzip', 'compress the files')
  .option('--repeats <n>', 'plans of each change, and stagings beside them, interleaved; the median counts', Number, 5)
  .option('--json', 'end with one line of JSON')
  .addHelpText('after', '\nExample:\n  $ npm run -s bench -- plan --files 30 --json\n')
  .action(async ({ gzip, json, ...options }: PlanFlags) => {
    const onLine = (line: string) => process.stderr.write(`${line}\n`)
    const result = await benchPlan({ ...options, isGzip: gzip === true, onLine })
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
  })

program
  .command('onboard')
  .description('Exports of unknown sources: onboarded with the habits of their region, each beside staging it alone.')
  .option('--mb <n>', 'size of each file', Number, 10)
  .option('--shapes <names>', 'which of them, by comma', Object.keys(exportShapes).join(','))
  .option('--json', 'end with one line of JSON')
  .addHelpText('after', '\nExample:\n  $ npm run -s bench -- onboard --mb 1000 --shapes sales,dates --json\n')
  .action(async ({ mb, shapes, json }: { mb: number; shapes: string; json?: true }) => {
    const result = await benchOnboard(mb * 1_000_000, shapes.split(','), (line) => process.stderr.write(`${line}\n`))
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${JSON.stringify(result, null, 2)}\n`)
  })

interface PlanFlags {
  rows: number
  files: number
  gzip?: true
  repeats: number
  json?: true
}

await program.parseAsync()
