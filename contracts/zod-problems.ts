import { z } from 'zod'
import { nearest } from '../models/nearest.ts'
import type { Path, Problem } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'

/** A problem, and the path it is about: other checks leave alone what is already wrong. */
export interface Slip {
  readonly path: Path
  readonly problem: Problem
}

type Issue = z.core.$ZodIssue

/** What is wrong with a document's shape, in people's words and the order of the file; none where it fits. `noun`: `a contract`. */
export function shapeProblems(schema: z.ZodType, source: YamlSource, noun: string): Slip[] {
  const parsed = schema.safeParse(source.value)
  if (parsed.success) return []
  const slips: Slip[] = []
  const missing: Path[] = []
  const tell = (path: Path, message: string, suggestion: string | null = null, part: 'key' | 'value' = 'value') =>
    slips.push({ path, problem: source.problem(path, message, suggestion, part) })

  const explain = (issue: Issue, at: z.ZodType, before: Path): void => {
    const path = [...before, ...(issue.path as (string | number)[])]
    const here = schemaAt(at, issue.path as Path)
    const found = valueAt(source.value, path)
    if (issue.code === 'invalid_union') {
      const branches = here instanceof z.ZodUnion ? (here.options as z.ZodType[]) : []
      const fitting = issue.errors.flatMap((issues, i) => {
        const wrongKind = issues.some(({ code, path }) => path.length === 0 && code === 'invalid_type')
        const branch = branches[i]
        return wrongKind || branch === undefined ? [] : [{ issues, branch }]
      })
      const [only] = fitting
      if (only !== undefined && fitting.length === 1) for (const inner of only.issues) explain(inner, only.branch, path)
      else if (found === undefined) missing.push(path)
      else tell(path, found === null ? 'has no value' : against(found, issue.message))
    } else if (found === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value'))
      missing.push(path)
    else if (found === null) tell(path, path.length === 0 ? 'is empty' : 'has no value')
    else if (issue.code === 'unrecognized_keys') {
      const known = optionsOf(here).flatMap((option) =>
        option instanceof z.ZodObject ? Object.keys(option.shape) : [],
      )
      for (const key of issue.keys)
        tell([...path, key], `is no key of ${path.length === 0 ? noun : nameOf(path)}`, nearest(key, known), 'key')
    } else if (issue.code === 'invalid_value') {
      const choices = issue.values.map(String)
      const text = typeof found === 'object' ? kindOf(found) : JSON.stringify(found)
      tell(path, `is ${text}, not ${oneOf(choices)}`, nearest(String(found), choices))
    } else if (issue.code === 'invalid_type' && /^Invalid input/.test(issue.message))
      tell(
        path,
        `is ${kindOf(found, issue.expected === 'string')}, not ${expectedKinds[issue.expected] ?? issue.expected}`,
      )
    else tell(path, issue.code === 'invalid_type' ? against(found, issue.message) : issue.message)
  }
  for (const issue of parsed.error.issues) explain(issue, schema, [])

  for (const path of stillMissing(missing, slips))
    tell(path, `is missing from ${path.length === 1 ? noun : nameOf(path.slice(0, -1))}`)
  return slips.sort(({ problem: a }, { problem: b }) => a.line - b.line || a.column - b.column)
}

/**
 * A key that is not known and one that is missing beside it are one slip of the pen, told once: at the key that is
 * there.
 */
function stillMissing(missing: readonly Path[], slips: Slip[]): Path[] {
  return missing.filter((path) => {
    const parent = JSON.stringify(path.slice(0, -1))
    const wanted = String(path.at(-1))
    const strays = slips.filter(
      (slip) => JSON.stringify(slip.path.slice(0, -1)) === parent && slip.problem.message.startsWith('is no key of'),
    )
    const meant =
      strays.find(({ problem }) => problem.suggestion === wanted) ??
      strays.find(({ problem }) => problem.suggestion === null)
    if (meant === undefined) return true
    slips[slips.indexOf(meant)] = { ...meant, problem: { ...meant.problem, suggestion: wanted } }
    return false
  })
}

/** The schema at a path; inside a union, of the option that has the step. */
function schemaAt(schema: z.ZodType, path: Path): z.ZodType {
  let here = unwrap(schema)
  for (const step of path)
    here =
      optionsOf(here)
        .map((option) => stepInto(option, step))
        .find((found) => found !== undefined) ?? here
  return here
}

function stepInto(schema: z.ZodType, step: string | number): z.ZodType | undefined {
  if (schema instanceof z.ZodObject && Object.hasOwn(schema.shape, step)) return unwrap(schema.shape[step] as z.ZodType)
  if (
    schema instanceof z.ZodObject &&
    schema.def.catchall !== undefined &&
    !(schema.def.catchall instanceof z.ZodNever)
  )
    return unwrap(schema.def.catchall as z.ZodType)
  if (schema instanceof z.ZodRecord) return unwrap(schema.valueType as z.ZodType)
  if (schema instanceof z.ZodArray && typeof step === 'number') return unwrap(schema.element as z.ZodType)
  return undefined
}

const optionsOf = (schema: z.ZodType): z.ZodType[] =>
  schema instanceof z.ZodUnion ? (schema.options as z.ZodType[]).map(unwrap) : [schema]

function unwrap(schema: z.ZodType): z.ZodType {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    return unwrap(schema.unwrap() as z.ZodType)
  return schema
}

const valueAt = (value: unknown, path: Path): unknown =>
  path.reduce<unknown>(
    (at, step) =>
      typeof at === 'object' && at !== null && Object.hasOwn(at, step)
        ? (at as Record<string | number, unknown>)[step]
        : undefined,
    value,
  )

/** How a place inside the document is spoken of. */
const nameOf = (path: Path): string => {
  const parent = path.at(-2)
  if (parent === 'fields') return 'a field rule'
  if (parent === 'checks') return 'a check'
  if (parent === 'open') return 'a question'
  if (parent === 'records') return 'a kind of records'
  if (parent === 'entries') return 'an entry'
  if (path.at(-3) === 'candidates' && path[0] === 'open') return 'a field rule'
  return String(path.at(-1))
}

const expectedKinds: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
}

/** A message that says what belongs there, `is a list of checks`, with what is there. */
function against(found: unknown, message: string): string {
  const wanted = /^is (an? .*)$/s.exec(message)?.[1]
  if (wanted === undefined) return message
  return `is ${kindOf(found, !/^a (?:whole number|position|width|list|map)/.test(wanted))}, not ${wanted}`
}

/** @param isText a text belongs there: then a number or a word lacks its quotes */
function kindOf(value: unknown, isText = false): string {
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'a map'
  if (typeof value === 'string') return 'text'
  const quotes = isText ? ' without quotes' : ''
  return `the ${typeof value === 'number' ? 'number' : 'word'} ${String(value)}${quotes}`
}

const oneOf = (choices: readonly string[]): string => {
  const shown = choices.map((choice) => (/^[\w-]+$/.test(choice) ? choice : JSON.stringify(choice)))
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} or ${shown.at(-1)}`
}
