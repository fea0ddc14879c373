import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { formatProblem, parseContract } from '../contracts/language.ts'
import { mostTracks } from '../contracts/tracks.ts'
import { Fault } from '../models/fault.ts'
import type { ModelName } from '../models/index.ts'
import { killPoint } from '../models/kill-point.ts'
import type { RegionProfile } from '../models/region.ts'
import { answered, type Choices, choose, stillOpen } from '../onboard/choose.ts'
import type { Draft, Question } from '../onboard/draft.ts'
import { type FoundModels, findModels } from '../onboard/find-model.ts'
import { type LoadedTable, loadTable } from '../onboard/table.ts'
import { type Trial, tryContract } from '../onboard/trials.ts'
import { contractText } from '../onboard/write.ts'
import type { Layout } from '../project/layout.ts'
import { loadProfile } from '../project/regions.ts'
import { startStage } from '../stage/stage.ts'
import type { Limits } from '../stage/staged.ts'
import type { Preview } from './preview.ts'
import { previewAll } from './preview-all.ts'

export interface OnboardRequest {
  readonly files: readonly string[]
  readonly region: string
  /** Of the source; null: made of the first file's name. */
  readonly name: string | null
  /** By question. */
  readonly answers: Readonly<Record<string, string>>
  /** Whether the region's habits answer what the file leaves open, where nothing in it speaks against them. */
  readonly takesUsual: boolean
}

export interface AskedQuestion {
  readonly id: string
  readonly question: string
  /** Why it is asked. */
  readonly evidence: string
  readonly candidates: readonly { readonly name: string; readonly meaning: string }[]
  /** Null: nobody has answered it, and the records that hang on it are held. */
  readonly chosen: string | null
  /** Records that would load under each candidate, the other questions answered as chosen, or else by their first candidate. */
  readonly rows: Readonly<Record<string, number>>
  /** Under each candidate, gross by currency, in major units. */
  readonly money: Readonly<Record<string, Readonly<Record<string, string>>>>
}

export interface Onboarded {
  /** The contract's file, relative to the project; null where it is open what a record is, and nothing was written. */
  readonly contract: string | null
  readonly source: string
  /** Null where it is open. */
  readonly model: ModelName | null
  /** Share of the records that load under the contract as it is now, 0 to 1. */
  readonly confidence: number
  readonly questions: readonly AskedQuestion[]
  readonly preview: Preview
  /** What a reader of the contract should know beside its lines. */
  readonly notes: readonly string[]
}

export interface OnboardOptions {
  readonly limits: Limits
  readonly maxRejects: number
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: { what: string; rows: number; bytes: number; totalBytes: number }) => void
  /** Asks a person; null: stays open. Only where there is somebody to ask. */
  readonly ask?: (question: Question) => Promise<string | null>
}

/**
 * Find a contract for files of an unknown source, write it, and say what would load.
 *
 * @throws Fault "onboard.…", "file.…"
 */
export async function onboard(layout: Layout, request: OnboardRequest, options: OnboardOptions): Promise<Onboarded> {
  const profile = loadProfile(layout, request.region)
  const source = request.name ?? sourceName(request.files[0] as string)
  const path = join(layout.sources(request.region), `${source}.yaml`)
  const file = relative(layout.root, path).split('\\').join('/')
  refuseForeign(path, file)
  startStage()
  const totalBytes = request.files.reduce((sum, name) => sum + statSync(name).size, 0)
  const tell = (what: string) => (progress: { rows: number; bytes: number }) =>
    options.onProgress?.({ what, ...progress, totalBytes })
  const table = await loadTable(request.files, options.limits, tell('reading'), options.signal)
  let decided: Decided
  try {
    tell('comparing')({ rows: table.rows, bytes: totalBytes })
    decided = await decide(table, request, options, profile, (model, draft, choices) => {
      const text = textOf(layout, request, source, model, draft, choices)
      return { model, draft, text, contract: parsed(text, file, profile) }
    })
  } finally {
    await table.close() // its memory is wanted now
  }
  const { written, choices } = decided
  const previewed = await previewAll(request.files, written.contract, options, tell('judging'))
  const questions = decided.asked.map((question) => consequences(question, decided, previewed))
  const { read, ignored, loaded, duplicate } = previewed
  if (choices.get('model') === null) {
    const held = { ...previewed, loaded: 0, duplicate: 0, rejected: 0, held: read - ignored, totals: {}, rejects: [] }
    const heldBy = [`question.model: ${decided.asked[0]?.question}`]
    return { contract: null, source, model: null, confidence: 0, questions, preview: { ...held, heldBy }, notes: [] }
  }
  writeContract(path, written.text)
  return {
    contract: file,
    source,
    model: written.model,
    confidence: Math.round(((loaded + duplicate) / Math.max(1, read - ignored)) * 1000) / 1000,
    questions,
    preview: previewed,
    notes: written.draft.notes,
  }
}

interface Written {
  readonly model: ModelName
  readonly draft: Draft
  readonly text: string
  readonly contract: Contract
}

interface Decided {
  readonly asked: readonly Question[]
  /** `model` is null where nobody says which model the file is of. */
  readonly choices: Choices
  readonly written: Written
  /** By `trialKey`; the answers that were chosen are not among them. */
  readonly trials: ReadonlyMap<string, Trial>
}

/** Find the contract, have its questions answered, and try the answers that were not chosen. */
async function decide(
  table: LoadedTable,
  request: OnboardRequest,
  options: OnboardOptions,
  region: RegionProfile,
  write: (model: ModelName, draft: Draft, choices: Choices) => Written,
): Promise<Decided> {
  const found = await findModels(table, { region, now: new Date() })
  const choices = await choicesFor(found, request, options)
  const [likeliest] = found.drafts.keys()
  const by = (answers: Choices): Written => {
    const model = (answers.get('model') ?? likeliest) as ModelName
    return write(model, found.drafts.get(model) as Draft, answers)
  }
  const written = by(choices)
  const asked = [
    ...(found.question === null ? [] : [found.question]),
    ...(choices.get('model') === null ? [] : written.draft.questions),
  ]
  const trials = new Map<string, Trial>()
  for (const { id, candidates } of asked)
    for (const { name } of candidates) {
      const answers = withAnswer(asked, choices, id, name)
      if (isChosen(choices, answers) || trials.has(trialKey(answers))) continue
      trials.set(trialKey(answers), await tryContract(table, by(answers).contract))
    }
  return { asked, choices, written, trials }
}

/** What is answered: first what a record is, then what that model's draft asks. */
async function choicesFor(found: FoundModels, request: OnboardRequest, { ask }: OnboardOptions): Promise<Choices> {
  const { model, ...others } = request.answers
  const choices = new Map<string, string | null>()
  const answer = async (questions: readonly Question[], answers: Readonly<Record<string, string>>) => {
    for (const [id, choice] of choose(questions, answers, request.takesUsual)) choices.set(id, choice)
    for (const question of ask === undefined ? [] : questions)
      if (answers[question.id] === undefined) choices.set(question.id, (await ask?.(question)) ?? question.safe ?? null)
  }
  if (found.question !== null) {
    await answer([found.question], model === undefined ? {} : { model })
    if ((choices.get('model') ?? null) === null) return choices
  }
  const [likeliest] = found.drafts.keys()
  const draft = found.drafts.get((choices.get('model') ?? likeliest) as ModelName) as Draft
  await answer(draft.questions, found.question === null ? request.answers : others)
  return choices
}

/** A question answered so, the others as they are chosen, else by their first candidate. */
const withAnswer = (questions: readonly Question[], choices: Choices, question: string, answer: string): Choices =>
  new Map(
    questions.map(({ id, candidates }) => [
      id,
      id === question ? answer : (choices.get(id) ?? candidates[0]?.name ?? null),
    ]),
  )

const isChosen = (choices: Choices, answers: Choices): boolean => trialKey(choices) === trialKey(answers)
const trialKey = (answers: Choices): string => JSON.stringify([...answers].sort())

/** What would load by each answer. */
function consequences(
  { id, question, evidence, candidates }: Question,
  { asked, choices, trials }: Decided,
  previewed: Preview,
): AskedQuestion {
  const ofChosen: Trial = { rows: previewed.loaded, money: mapped(previewed.totals, ({ gross }) => gross) }
  const tried = Object.fromEntries(
    candidates.map(({ name }) => [name, trials.get(trialKey(withAnswer(asked, choices, id, name))) ?? ofChosen]),
  )
  return {
    ...{ id, question, evidence, candidates: candidates.map(({ name, meaning }) => ({ name, meaning })) },
    chosen: choices.get(id) ?? null,
    rows: mapped(tried, ({ rows }) => rows),
    money: mapped(tried, ({ money }) => money),
  }
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

function textOf(
  layout: Layout,
  { files, region }: OnboardRequest,
  source: string,
  model: ModelName,
  draft: Draft,
  choices: Choices,
): string {
  const answers = answered(draft, choices)
  const open = stillOpen(answers, choices)
  refuseTooMany(open)
  const schema = relative(layout.sources(region), join(layout.root, 'contracts', 'contract.schema.json'))
    .split('\\')
    .join('/')
  const body = contractText(
    { source, model, match: `${source}/${byFolder(draft)}**`, files: files.map((path) => basename(path)), schema },
    answers,
    open,
  )
  return `${mark}${checksum(body)}\n${body}`
}

/** A contract has room for so many choices of answers together. */
function refuseTooMany(open: readonly Question[]): void {
  if (open.reduce((product, { candidates }) => product * candidates.length, 1) <= mostTracks) return
  throw new Fault(
    'onboard.too-open',
    `The files leave ${open.length} questions open, which are more choices together than a contract can hold: ${open.map(({ id, candidates }) => `${id} (${candidates.map(({ name }) => name).join(', ')})`).join('; ')}.`,
    'Answer some of them with --answers FILE, or take the habits of the region with --yes.',
  )
}

/** Folders that name params which nothing else gives. */
function byFolder({ top }: Draft): string {
  const params = top.get('params')?.value
  return Array.isArray(params) ? params.map((name) => `{${name}}/`).join('') : ''
}

/** A contract that was made and not changed since may be made again. */
const mark = '# onboarded '
const checksum = (body: string): string => createHash('sha256').update(body).digest('hex').slice(0, 16)

function refuseForeign(path: string, file: string): void {
  if (!existsSync(path)) return
  const text = readFileSync(path, 'utf8')
  const [first = ''] = text.split('\n', 1)
  if (first.startsWith(mark) && first.slice(mark.length) === checksum(text.slice(first.length + 1))) return
  throw new Fault(
    'onboard.exists',
    `${file} exists and was written or changed by hand.`,
    'Name another source with --name, or move the contract away first.',
  )
}

function parsed(text: string, file: string, profile: RegionProfile): Contract {
  const read = parseContract(text, file, profile)
  if ('contract' in read) return read.contract
  throw new Error(`onboarding made a contract that is wrong: ${formatProblem(read.errors)}\n${text}`)
}

function writeContract(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true })
  const part = `${path}.part`
  writeFileSync(part, text)
  killPoint('onboard.before-rename')
  renameSync(part, path)
  killPoint('onboard.after-rename')
}

/** A file's name as a source's: letters, digits and _, without what looks like a date. */
function sourceName(path: string): string {
  const bare = basename(path, extname(path))
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\.(?:csv|json|ndjson|tsv|txt|xlsx?)$/, '')
  const words = bare.split(/[^a-z0-9]+/).filter((word) => /[a-z]/.test(word) && !/^\d/.test(word))
  return words.join('_').slice(0, 60) || 'source'
}
