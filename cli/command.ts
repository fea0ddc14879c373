import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, InvalidArgumentError } from 'commander'
import { type Encoding, encodingNames, encodingOf } from '../contracts/encodings.ts'
import { Fault } from '../models/fault.ts'
import type { RegionReport } from '../models/report.ts'
import { type Layout, layout } from '../project/layout.ts'
import { listRegions, loadProfile } from '../project/regions.ts'

/** Exit codes (docs/operate.md). */
export const exit = { done: 0, failed: 1, usage: 2, findings: 3 } as const

/** Options that every command has. */
export interface Common {
  readonly project: string
  readonly json?: true
}

/** Where the person stands: npm changes to the package's folder before it runs a script. */
export const standing = (): string => process.env.INIT_CWD ?? process.cwd()

/** A path as the person meant it. */
export const pathOf = (path: string): string => resolve(standing(), path)

/** Add `--project`, `--json` and an example to a command. */
export const common = (command: Command, example: string): Command =>
  command
    .option('--project <dir>', 'the project folder', '.')
    .option('--json', 'answer in JSON')
    .addHelpText('after', exampleText(example))

export const exampleText = (example: string): string => `\nExample:\n  $ ${example}\n`

/**
 * The project a command is about.
 *
 * @throws Fault "project.not-found"
 */
export function projectOf({ project }: Common): Layout {
  const found = layout(pathOf(project))
  if (existsSync(found.regions)) return found
  throw new Fault(
    'project.not-found',
    `${found.root} is no Entrepot project: it has no regions/ folder.`,
    'Make one with `entrepot init DIR --regions ng,gh`, or name it with --project DIR.',
  )
}

/**
 * The named regions; all of the project's where none is named. One with a wrong profile is among them: it fails alone.
 *
 * @throws Fault "region.unknown"
 */
export function regionsOf(project: Layout, named: readonly string[]): readonly string[] {
  const known = listRegions(project)
  if (named.length === 0) return known
  for (const region of named) if (!known.includes(region)) loadProfile(project, region)
  return [...new Set(named)]
}

/** Done, or done with findings that wait for a person. */
export const exitOf = (reports: readonly RegionReport[]): number =>
  reports.some(({ findings }) => findings > 0) ? exit.findings : exit.done

export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is not a whole number.')
  return Number(text)
}

/** An encoding by any of its names. */
export function encodingName(text: string): Encoding {
  const encoding = encodingOf(text)
  if (encoding === undefined) throw new InvalidArgumentError(`Known are ${encodingNames.join(', ')}.`)
  return encoding
}

/** What stands between cells: what a contract may say (contracts/grammar.ts), a tab also as `\\t`. */
export function delimiterMark(text: string): string {
  if (text !== '\\t' && !/^[^\p{L}\p{N}"\r\n]{1,8}$/u.test(text))
    throw new InvalidArgumentError('It is not one or a few marks, without letters, digits or quotes; a tab is \\t.')
  return text
}

export function day(text: string): string {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
  if (!isDay) throw new InvalidArgumentError('It is not a day such as 2026-03-01.')
  return text
}

/** Collects `--param name=value`. */
export function param(text: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It is not of the form name=value.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

/** Aborts on Ctrl-C and on SIGTERM; a second Ctrl-C ends the process at once. */
export function interruption(): AbortSignal {
  const controller = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130)
      controller.abort(
        new Fault('command.interrupted', 'Interrupted.', 'Nothing is lost: run the command again to go on.'),
      )
    })
  return controller.signal
}
