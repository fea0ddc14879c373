import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { Fault } from '../../models/fault.ts'
import type { Question } from '../../onboard/draft.ts'
import type { AskedQuestion, Onboarded } from '../../operations/onboard.ts'
import { loadSettings } from '../../project/settings.ts'
import { type Common, common, exit, interruption, pathOf, projectOf } from '../command.ts'
import { endingStage, existing, showPreview } from '../files.ts'
import { answer, json, plain, say, table } from '../output.ts'
import { progress } from '../progress.ts'

type OnboardFlags = Common & { region: string; name?: string; yes?: true; answers?: string }

export const onboardCommand = (program: Command): Command =>
  common(
    program
      .command('onboard')
      .summary('make a contract for files of an unknown source')
      .description(
        'Find out how files of a source are read and what they mean, write the contract regions/<region>/sources/<name>.yaml with the evidence behind each line, and say what would load. What the files do not prove is asked; records that hang on an open question are held.',
      )
      .argument('<file...>')
      .requiredOption('--region <region>', 'the region whose habits are the defaults')
      .option('--name <name>', "name of the source; by default made of the first file's name")
      .option(
        '--yes',
        "ask nothing: take what is proven, and the region's habits where nothing in the file speaks against them",
      )
      .option('--answers <file>', 'answers as YAML or JSON, question: choice'),
    'entrepot onboard export.csv --region gh --name momo',
  ).action(async (files: string[], options: OnboardFlags) => {
    const { onboard } = await import('../../operations/onboard.ts')
    const project = projectOf(options)
    const paths = files.map((file) => existing(pathOf(file)))
    const shown = progress(options.json === true)
    const isAsking = options.yes !== true && options.json !== true && process.stdin.isTTY && process.stdout.isTTY
    await endingStage(async () => {
      const done = await onboard(
        project,
        {
          files: paths,
          region: options.region,
          name: options.name ?? null,
          answers: options.answers === undefined ? {} : await readAnswers(pathOf(options.answers)),
          takesUsual: options.yes === true,
        },
        {
          limits: loadSettings(project).limits,
          maxRejects: 1000,
          signal: interruption(),
          onProgress: (advance) => shown.show(advance),
          ...(isAsking ? { ask: (question: Question) => asked(question, () => shown.end()) } : {}),
        },
      ).finally(() => shown.end())
      if (options.json) json(done)
      else show(done, paths)
      const waits =
        done.questions.some(({ chosen }) => chosen === null) || done.preview.held + done.preview.rejected > 0
      process.exitCode = waits ? exit.findings : exit.done
    })
  })

function show(done: Onboarded, paths: readonly string[]): void {
  const files = paths.map((path) => basename(path)).join(', ')
  showPreview(
    done.contract === null ? `${files}: no contract yet\n` : `${files} under ${done.contract}\n`,
    done.preview,
  )
  for (const note of done.notes) answer(`\nNote: ${plain(note)}`)
  const open = done.questions.filter(({ chosen }) => chosen === null)
  for (const question of done.questions) answer(`\n${questionText(question)}`)
  if (open.length > 0)
    answer(
      `\n${open.length} question${open.length === 1 ? ' is' : 's are'} open. Put the answers in a file, such as\n\n${open.map(({ id, candidates }) => `${id}: ${candidates[0]?.name}`).join('\n')}\n\nand run the command again with --answers FILE.`,
    )
}

function questionText({ id, question, evidence, candidates, chosen, rows, money }: AskedQuestion): string {
  const lines = candidates.map(({ name, meaning }) => {
    const sums = Object.entries(money[name] ?? {}).map(([currency, gross]) => `${gross} ${currency}`)
    return [name === chosen ? `${name} (taken)` : name, meaning, rows[name] ?? 0, sums.slice(0, 3).join(', ')]
  })
  return `${id}: ${plain(question)}\n(${plain(evidence)})\n${table(['answer', 'means', 'rows', 'gross'], lines)}`
}

/** Ask on the terminal; an empty line takes the usual answer, or leaves the question open. */
async function asked(
  { id, question, evidence, candidates, usual }: Question,
  before: () => void,
): Promise<string | null> {
  before()
  const lines = createInterface({ input: process.stdin, output: process.stderr })
  try {
    say(`\n${id}: ${plain(question)}\n  ${plain(evidence)}`)
    for (const [i, { name, meaning }] of candidates.entries())
      say(`  ${i + 1}. ${name}: ${plain(meaning)}${name === usual ? ' (usual here)' : ''}`)
    for (;;) {
      const text = (
        await lines.question(
          `  1-${candidates.length}, or Enter ${usual === null ? 'to leave it open' : `for ${usual}`}: `,
        )
      ).trim()
      if (text === '') return usual
      const chosen = candidates[Number(text) - 1]?.name ?? candidates.find(({ name }) => name === text)?.name
      if (chosen !== undefined) return chosen
      say(`  ${JSON.stringify(text)} is none of them.`)
    }
  } finally {
    lines.close()
  }
}

/** @throws Fault "onboard.answers" */
async function readAnswers(path: string): Promise<Record<string, string>> {
  const { parse } = await import('yaml')
  const bad = (why: string) =>
    new Fault('onboard.answers', `${path} ${why}.`, 'Write one line for each question: `question: choice`.')
  let read: unknown
  try {
    read = parse(readFileSync(existing(path), 'utf8'), { version: '1.2', schema: 'failsafe' })
  } catch (error) {
    if (error instanceof Fault) throw error
    throw bad(`is no YAML: ${(error as Error).message.split('\n')[0]}`)
  }
  if (read === null) return {}
  if (typeof read !== 'object' || Array.isArray(read)) throw bad('is no list of questions with their choices')
  for (const [id, choice] of Object.entries(read))
    if (typeof choice !== 'string') throw bad(`gives no single choice for ${id}`)
  return read as Record<string, string>
}
