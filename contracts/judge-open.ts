import type { Open } from './contract.ts'
import type { Judgement } from './judge.ts'
import { pairsOf, questionCode } from './open.ts'

/** Choose among what the tracks of a contract make of one record: the twin of `contracts/sql-open.ts`. */
export function pick(open: Open, verdicts: readonly Judgement[]): Judgement {
  const first = verdicts[0] as Judgement
  const sound = verdicts.map(({ fields, reasons }) => (reasons.length === 0 ? JSON.stringify(fields) : null))
  const accepted = sound.findIndex((fields) => fields !== null)
  if (accepted === -1) return first
  const hangsOn = open.questions.filter(({ of }, question) =>
    pairsOf(open, question).some(
      ([i, j]) => sound[i] !== sound[j] && (of === 'file' || (sound[i] !== null && sound[j] !== null)),
    ),
  )
  const isSame = sound.every((fields) => fields === null || fields === sound[accepted])
  if (isSame && !hangsOn.some(({ of }) => of === 'file')) return verdicts[accepted] as Judgement
  const asked = hangsOn.length === 0 ? open.questions : hangsOn
  return {
    ...first,
    amounts: (verdicts[accepted] as Judgement).amounts,
    reasons: asked.map(({ id }) => questionCode(id)),
  }
}
