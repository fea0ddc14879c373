import type { ContractYaml, FieldRuleYaml } from './grammar.ts'
import type { Path } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'

/** Readings of a record, one for each choice of answers to a contract's open questions, that are judged at most. */
export const mostTracks = 16

type QuestionYaml = NonNullable<ContractYaml['open']>[number]

/** A contract with a candidate of each open question put in: as if these were the answers. */
export interface YamlTrack {
  /** A candidate for each question, in order. */
  readonly choices: readonly string[]
  readonly yaml: ContractYaml
  /** Its places are those of the file: what a candidate says is under `open`. */
  readonly source: YamlSource
  /** Where in the file what stands at a path of `yaml` is written. */
  placed(path: Path): Path
}

/** Every choice of candidates in order, the first of each first. */
export function choicesOf(questions: readonly QuestionYaml[]): string[][] {
  return questions.reduce<string[][]>(
    (before, { candidates }) => before.flatMap((some) => Object.keys(candidates).map((name) => [...some, name])),
    [[]],
  )
}

/** The contract on every track; itself alone where it has no open questions. */
export function tracksOf(yaml: ContractYaml, source: YamlSource): YamlTrack[] {
  const { open } = yaml
  if (open === undefined) return [{ choices: [], yaml, source, placed: (path) => path }]
  return choicesOf(open).map((choices) => trackOf(yaml, source, open, choices))
}

function trackOf(
  yaml: ContractYaml,
  source: YamlSource,
  open: readonly QuestionYaml[],
  choices: readonly string[],
): YamlTrack {
  const overlays = open.map(({ candidates }, i) => ({
    overlay: candidates[choices[i] as string] ?? {},
    at: ['open', i, 'candidates', choices[i] as string],
  }))
  const { open: _, ...answered } = overlays.reduce((before, { overlay }) => withOverlay(before, overlay), yaml)
  const placed = (path: Path): Path => {
    const inField = path[0] === 'fields'
    const key = path[inField ? 1 : 0]
    for (const { overlay, at } of overlays) {
      const own = key === undefined ? undefined : overlay[key]
      const says = own !== undefined && (inField || key === 'sign' || key === 'direction')
      const isWhole = path.length < 3 || !inField || typeof own !== 'object' || Object.hasOwn(own, path[2] ?? '')
      if (says && isWhole) return [...at, ...path.slice(inField ? 1 : 0)]
    }
    return path
  }
  return {
    choices,
    yaml: answered,
    source: {
      ...source,
      value: answered,
      text: (path) => source.text(placed(path)),
      problem: (path, ...rest) => source.problem(placed(path), ...rest),
    },
    placed,
  }
}

/** Keys that say where a value comes from: one that a candidate has goes before all that the rule had. */
export const origins = ['from', 'column', 'value', 'debit', 'credit', 'sql'] as const

function withOverlay(
  yaml: ContractYaml,
  { sign, direction, ...rules }: QuestionYaml['candidates'][string],
): ContractYaml {
  const fields = { ...yaml.fields }
  for (const [name, rule] of Object.entries(rules))
    fields[name] = mergedRule(fields[name], rule as string | FieldRuleYaml)
  return {
    ...yaml,
    fields,
    ...(sign === undefined ? {} : { sign }),
    ...(direction === undefined ? {} : { direction }),
  }
}

function mergedRule(rule: string | FieldRuleYaml | undefined, overlay: string | FieldRuleYaml): FieldRuleYaml {
  const over = typeof overlay === 'string' ? { from: overlay } : overlay
  const base = typeof rule === 'string' ? { from: rule } : (rule ?? {})
  if (over.value !== undefined) return over
  const isMoved = origins.some((key) => over[key] !== undefined)
  const kept = Object.entries(base).filter(([key]) => !isMoved || !(origins as readonly string[]).includes(key))
  return { ...Object.fromEntries(kept), ...over }
}
