import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { mergedRule, origins } from '../contracts/tracks.ts'
import { Fault } from '../models/fault.ts'
import { nearest } from '../models/nearest.ts'
import type { Draft, DraftField, Question } from './draft.ts'

/** What each question was answered with; null: it stays open. */
export type Choices = ReadonlyMap<string, string | null>

/**
 * Answer the questions: by the answers given, else by the region's habits where these are to be taken.
 *
 * @throws Fault "onboard.unknown-question", "onboard.unknown-answer"
 */
export function choose(
  questions: readonly Question[],
  answers: Readonly<Record<string, string>>,
  takesUsual: boolean,
): Choices {
  const ids = questions.map(({ id }) => id)
  for (const id of Object.keys(answers))
    if (!ids.includes(id))
      throw new Fault(
        'onboard.unknown-question',
        `The answers name ${JSON.stringify(id)}, which this file does not ask.${near(id, ids)}`,
        ids.length === 0 ? 'The file proves everything: leave the answers out.' : `It asks ${ids.join(', ')}.`,
      )
  return new Map(
    questions.map(({ id, candidates, usual, safe = null }) => {
      const answer = answers[id]
      if (answer === undefined) return [id, (takesUsual ? usual : null) ?? safe]
      const names = candidates.map(({ name }) => name)
      if (names.includes(answer)) return [id, answer]
      throw new Fault(
        'onboard.unknown-answer',
        `${JSON.stringify(answer)} is no answer to ${id}.${near(answer, names)}`,
        `Answer with one of ${names.join(', ')}.`,
      )
    }),
  )
}

const near = (word: string, names: readonly string[]): string => {
  const name = nearest(word, names)
  return name === null ? '' : ` Did you mean ${JSON.stringify(name)}?`
}

/** The draft with the answers in its fields. */
export function answered(draft: Draft, choices: Choices): Draft {
  const fields = new Map(draft.fields)
  for (const { id, candidates } of draft.questions) {
    const candidate = candidates.find(({ name }) => name === choices.get(id))
    if (candidate === undefined) continue
    for (const [field, overlay] of Object.entries(candidate.fields))
      if (fits(fields, field, overlay))
        fields.set(field, merged(fields.get(field), overlay, `${id}: ${candidate.meaning}`))
  }
  return { ...draft, fields }
}

/** Questions that are still open, without what they would change of fields that the draft does not have. */
export const stillOpen = ({ questions, fields }: Draft, choices: Choices): Question[] =>
  questions
    .filter(({ id }) => (choices.get(id) ?? null) === null)
    .map((question) => ({
      ...question,
      candidates: question.candidates.map((candidate) => ({
        ...candidate,
        fields: Object.fromEntries(
          Object.entries(candidate.fields).filter(([field, overlay]) => fits(fields, field, overlay)),
        ),
      })),
    }))

/** Whether a change has a rule to be put over, or is one. */
const fits = (fields: Draft['fields'], field: string, overlay: FieldRuleYaml): boolean =>
  fields.has(field) || Object.keys(overlay).some(isOrigin)

const merged = (field: DraftField | undefined, overlay: FieldRuleYaml, evidence: string): DraftField => ({
  rule: mergedRule(field?.rule, overlay),
  evidence: field === undefined ? evidence : `${field.evidence}; ${evidence}`,
})

const isOrigin = (key: string): boolean => (origins as readonly string[]).includes(key)
