import type { ContractYaml, FieldRuleYaml } from './grammar.ts'
import type { Path } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'

/** Readings of a record, one for each choice of answers to a contract's open questions, that are judged at most. */
export const mostTracks = 16

type QuestionYaml = NonNullable<ContractYaml['open']>[number]

/** A contract as it reads for one kind of records or entry, by one choice of answers: as if it said nothing else. */
export interface YamlTrack {
  /** Which of `records` or `entries` it is of; 0 where there are none. */
  readonly variant: number
  /** A candidate for each question, in order. */
  readonly choices: readonly string[]
  readonly questions: readonly QuestionYaml[]
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

/** Kinds of records or entries as the contract writes them. */
export type VariantYaml = NonNullable<ContractYaml['records'] | ContractYaml['entries']>[number]

export const variantsKey = ({ records }: ContractYaml): 'records' | 'entries' =>
  records === undefined ? 'entries' : 'records'

/** What stands over the rules of the contract, and where it is written. */
interface Overlay {
  readonly rules: Readonly<Record<string, string | FieldRuleYaml>>
  readonly sign: ContractYaml['sign']
  readonly direction: ContractYaml['direction']
  readonly at: Path
  readonly rulesAt: Path
}

/** The contract for every kind of records or entry, and every choice of answers; itself alone where it has neither. */
export function tracksOf(yaml: ContractYaml, source: YamlSource): YamlTrack[] {
  const { open = [], records, entries } = yaml
  const variants: readonly (VariantYaml | undefined)[] = records ?? entries ?? [undefined]
  return variants.flatMap((variant, i) => {
    const at = [variantsKey(yaml), i]
    const own = variant === undefined ? [] : [overlayOf(variant, variant.fields ?? {}, at, [...at, 'fields'])]
    return choicesOf(open).map((choices) => {
      const answers = open.map(({ candidates }, q) => {
        const { sign, direction, ...rules } = candidates[choices[q] as string] ?? {}
        const place = ['open', q, 'candidates', choices[q] as string]
        return overlayOf({ sign, direction }, rules as Overlay['rules'], place, place)
      })
      const track = trackOf(yaml, source, [...answers, ...own], variant === undefined ? undefined : at)
      return { ...track, variant: i, choices, questions: open }
    })
  })
}

const overlayOf = (
  { sign, direction }: Pick<VariantYaml, 'sign' | 'direction'>,
  rules: Overlay['rules'],
  at: Path,
  rulesAt: Path,
): Overlay => ({ rules, sign, direction, at, rulesAt })

/** @param variantAt where what is wrong with all fields together is told */
function trackOf(yaml: ContractYaml, source: YamlSource, overlays: readonly Overlay[], variantAt: Path | undefined) {
  const { open: _o, records: _r, entries: _e, ...answered } = overlays.reduce(withOverlay, yaml)
  const placed = (path: Path): Path => {
    const [top, name = '', key = ''] = path
    if (top === 'fields' && path.length === 1) return variantAt ?? path
    for (const { rules, sign, direction, at, rulesAt } of overlays.toReversed()) {
      if ((top === 'sign' && sign !== undefined) || (top === 'direction' && direction !== undefined))
        return [...at, ...path]
      const rule = top === 'fields' ? rules[name] : undefined
      if (rule === undefined) continue
      if (path.length < 3 || typeof rule !== 'object' || Object.hasOwn(rule, key)) return [...rulesAt, ...path.slice(1)]
    }
    return path
  }
  return {
    yaml: answered,
    source: {
      ...source,
      value: answered,
      text: (path: Path) => source.text(placed(path)),
      problem: (path: Path, ...rest: [message: string, suggestion: string | null, part: 'key' | 'value']) =>
        source.problem(placed(path), ...rest),
    },
    placed,
  }
}

/** Keys that say where a value comes from: one that a candidate has goes before all that the rule had. */
export const origins = ['from', 'column', 'value', 'debit', 'credit', 'sql'] as const

function withOverlay(yaml: ContractYaml, { rules, sign, direction }: Overlay): ContractYaml {
  const fields = { ...yaml.fields }
  for (const [name, rule] of Object.entries(rules)) fields[name] = mergedRule(fields[name], rule)
  return {
    ...yaml,
    fields,
    ...(sign === undefined ? {} : { sign }),
    ...(direction === undefined ? {} : { direction }),
  }
}

/** A rule with what a candidate, or a kind of records, says put over it. */
export function mergedRule(rule: string | FieldRuleYaml | undefined, overlay: string | FieldRuleYaml): FieldRuleYaml {
  const over = typeof overlay === 'string' ? { from: overlay } : overlay
  const base = typeof rule === 'string' ? { from: rule } : (rule ?? {})
  if (over.value !== undefined) return over
  const isMoved = origins.some((key) => over[key] !== undefined)
  const kept = Object.entries(base).filter(([key]) => !isMoved || !(origins as readonly string[]).includes(key))
  return { ...Object.fromEntries(kept), ...over }
}
