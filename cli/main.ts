#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Command, CommanderError } from 'commander'
import { Fault } from '../models/fault.ts'
import { packageRoot } from '../project/package-root.ts'
import { exit } from './command.ts'
import { applyCommand, planCommand } from './commands/change.ts'
import { ingestCommand, parseCommand, previewCommand } from './commands/files.ts'
import { initCommand } from './commands/init.ts'
import { doctorCommand, queryCommand, statusCommand } from './commands/look.ts'
import { schedulesCommand, tokenCommand } from './commands/manage.ts'
import { onboardCommand } from './commands/onboard.ts'
import { centralCommand, devCommand, rebuildCommand, workerCommand } from './commands/run.ts'
import { backfillCommand, syncCommand } from './commands/sync.ts'

const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string }

const program = new Command('entrepot')
  .description(
    'A regional-first data warehouse: each region ingests, checks and serves its own data; a centre holds published aggregates.',
  )
  .version(version)
  .showHelpAfterError('(--help shows the usage)')
  .showSuggestionAfterError()
  .addHelpText(
    'after',
    '\nExit codes: 0 done, 1 failed, 2 usage, 3 done, and findings (of `plan`: changes) wait for a person.',
  )
  .exitOverride()
  .configureOutput({ outputError: (text, write) => write(text) })

for (const command of [
  initCommand,
  devCommand,
  workerCommand,
  centralCommand,
  syncCommand,
  backfillCommand,
  planCommand,
  applyCommand,
  rebuildCommand,
  schedulesCommand,
  ingestCommand,
  parseCommand,
  previewCommand,
  onboardCommand,
  queryCommand,
  statusCommand,
  tokenCommand,
  doctorCommand,
])
  inherit(command(program))

/** Subcommands throw as the program does, so that usage errors end with their own exit code. */
function inherit(command: Command): void {
  command.copyInheritedSettings(program)
  for (const sub of command.commands) inherit(sub)
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = tell(error)
}

function tell(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exit.done : exit.usage
  if (error instanceof Fault) {
    const { code, message, fix, details } = error
    if (process.argv.includes('--json'))
      process.stderr.write(`${JSON.stringify({ error: { code, message, fix, details } })}\n`)
    else process.stderr.write(`error: ${message}\n       ${fix} [${code}]\n`)
    return exit.failed
  }
  process.stderr.write(`unexpected error: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`)
  return exit.failed
}
