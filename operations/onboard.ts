import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join, relative } from 'node:path'
import type { Contract } from '../contracts/contract.ts'
import { formatProblem, parseContract } from '../contracts/language.ts'
import { mostTracks } from '../contracts/tracks.ts'
import { Fault } from '../models/fault.ts'
import type { ModelName } from '../models/index.ts'
import { killPoint } from '../models/kill-point.ts'
import { answered, type Choices, choose } from '../onboard/choose.ts'
import type { Draft, Question } from '../onboard/draft.ts'
import { type FoundModels, findModels } from '../onboard/find-model.ts'
import { loadTable } from '../onboard/table.ts'
import { type Trial, tryContract } from '../onboard/trials.ts'
import { contractText } from '../onboard/write.ts'
import type { Layout } from '../project/layout.ts'
import { loadProfile } from '../project/regions.ts'
import type { Limits } from '../stage/staged.ts'
import { type Preview, preview } from './preview.ts'

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
  readonly onProgress?: (progress: { what: string; rows: number; bytes: number }) => void
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
  const table = await loadTable(
    request.files,
    options.limits,
    (progress) => options.onProgress?.({ what: 'reading', ...progress }),
    options.signal,
  )
  try {
    const found = await findModels(table, { region: profile, now: new Date() })
    const choices = await choicesFor(found, request, options)
    const [likeliest] = found.drafts.keys()
    const contractBy = (choices: Choices): { model: ModelName; draft: Draft; text: string; contract: Contract } => {
      const model = (choices.get('model') ?? likeliest) as ModelName
      const draft = found.drafts.get(model) as Draft
      const text = textOf(layout, request, source, model, draft, choices)
      return { model, draft, text, contract: parsed(text, file, profile) }
    }
    const isOpen = found.question !== null && (choices.get('model') ?? null) === null
    const chosen = contractBy(choices)
    const previewed = await previewAll(request.files, chosen.contract, options)
    const asked = [...(found.question === null ? [] : [found.question]), ...(isOpen ? [] : chosen.draft.questions)]
    const questions = await consequences(asked, choices, async (answers) =>
      asked.every(({ id }) => answers.get(id) === (choices.get(id) ?? null))
        ? { rows: previewed.loaded, money: mapped(previewed.totals, ({ gross }) => gross) }
        : tryContract(table, contractBy(answers).contract),
    )
    const { read, ignored, loaded, duplicate } = previewed
    if (isOpen) {
      const held = { ...previewed, loaded: 0, duplicate: 0, rejected: 0, held: read - ignored, totals: {}, rejects: [] }
      const heldBy = [`question.model: ${found.question?.question}`]
      return { contract: null, source, model: null, confidence: 0, questions, preview: { ...held, heldBy }, notes: [] }
    }
    writeContract(path, chosen.text)
    return {
      contract: file,
      source,
      model: chosen.model,
      confidence: Math.round(((loaded + duplicate) / Math.max(1, read - ignored)) * 1000) / 1000,
      questions,
      preview: previewed,
      notes: chosen.draft.notes,
    }
  } finally {
    await table.close()
  }
}

/** What would load by each answer, with the other questions answered as they are chosen, else by their first candidate. */
async function consequences(
  questions: readonly Question[],
  choices: Choices,
  trial: (answers: Choices) => Promise<Trial>,
): Promise<AskedQuestion[]> {
  const others = new Map(questions.map(({ id, candidates }) => [id, choices.get(id) ?? candidates[0]?.name ?? null]))
  const known = new Map<string, Trial>()
  const asked: AskedQuestion[] = []
  for (const { id, question, evidence, candidates } of questions) {
    const trials: Record<string, Trial> = {}
    for (const { name } of candidates) {
      const answers = new Map([...others, [id, name]])
      const key = JSON.stringify([...answers])
      const tried = known.get(key) ?? (await trial(answers))
      known.set(key, tried)
      trials[name] = tried
    }
    asked.push({
      ...{ id, question, evidence, candidates: candidates.map(({ name, meaning }) => ({ name, meaning })) },
      chosen: choices.get(id) ?? null,
      rows: mapped(trials, ({ rows }) => rows),
      money: mapped(trials, ({ money }) => money),
    })
  }
  return asked
}

const mapped = <A, B>(record: Readonly<Record<string, A>>, change: (value: A) => B): Record<string, B> =>
  Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]))

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

function textOf(
  layout: Layout,
  { files, region }: OnboardRequest,
  source: string,
  model: ModelName,
  draft: Draft,
  choices: Choices,
): string {
  const open = draft.questions.filter(({ id }) => (choices.get(id) ?? null) === null)
  refuseTooMany(open)
  const schema = relative(layout.sources(region), join(layout.root, 'contracts', 'contract.schema.json'))
    .split('\\')
    .join('/')
  const body = contractText(
    { source, model, match: `${source}/${byFolder(draft)}**`, files: files.map((path) => basename(path)), schema },
    answered(draft, choices),
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

function parsed(text: string, file: string, profile: Parameters<typeof parseContract>[2]): Contract {
  const read = parseContract(text, file, profile)
  if ('contract' in read) return read.contract
  throw new Error(`onboarding made a contract that is wrong: ${formatProblem(read.errors)}\n${text}`)
}

async function previewAll(files: readonly string[], contract: Contract, options: OnboardOptions): Promise<Preview> {
  let sum: Preview | undefined
  for (const path of files) {
    const next = await preview(path, contract, {
      limits: options.limits,
      maxRejects: options.maxRejects,
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      onProgress: (progress) => options.onProgress?.({ what: 'judging', ...progress }),
    })
    sum = sum === undefined ? next : added(sum, next, options.maxRejects)
  }
  return sum as Preview
}

/** Two files' previews together. */
function added(a: Preview, b: Preview, maxRejects: number): Preview {
  const totals = { ...a.totals }
  for (const [currency, more] of Object.entries(b.totals)) {
    const so = totals[currency]
    totals[currency] =
      so === undefined
        ? more
        : {
            rows: so.rows + more.rows,
            gross: decimalSum(so.gross, more.gross) as string,
            fee: decimalSum(so.fee, more.fee),
            tax: decimalSum(so.tax, more.tax),
            net: decimalSum(so.net, more.net),
          }
  }
  return {
    read: a.read + b.read,
    loaded: a.loaded + b.loaded,
    duplicate: a.duplicate + b.duplicate,
    rejected: a.rejected + b.rejected,
    ignored: a.ignored + b.ignored,
    held: a.held + b.held,
    heldBy: [...new Set([...a.heldBy, ...b.heldBy])],
    warnings: [...new Set([...a.warnings, ...b.warnings])],
    totals,
    rejects: [...a.rejects, ...b.rejects].slice(0, maxRejects),
  }
}

/** Decimals as text, added exactly, with as many decimals as the longer one; null is nothing. */
function decimalSum(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  const places = Math.max(...[a, b].map((text) => text.split('.')[1]?.length ?? 0))
  const units = (text: string) => BigInt(text.replace('.', '') + '0'.repeat(places - (text.split('.')[1]?.length ?? 0)))
  const sum = units(a) + units(b)
  const digits = (sum < 0n ? -sum : sum).toString().padStart(places + 1, '0')
  return `${sum < 0n ? '-' : ''}${digits.slice(0, digits.length - places)}${places === 0 ? '' : `.${digits.slice(-places)}`}`
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
