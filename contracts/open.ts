import type { Contract } from './contract.ts'
import { variantsOf } from './variants.ts'

/** The contract as it reads by each choice of answers to its open questions, of each of its variants. */
export const contractsOf = (contract: Contract): readonly Contract[] => variantsOf(contract).flatMap(answersOf)

/**
 * A contract without variants as it reads by each choice of answers to its open questions, in the order of its tracks;
 * itself alone where it has none.
 */
export function answersOf(contract: Contract): readonly Contract[] {
  const { open, ...plain } = contract
  if (open === undefined) return [contract]
  const differing = new Set(open.tracks.flatMap(({ fields }) => Object.keys(fields)))
  const shared = Object.entries(contract.fields).filter(([name]) => !differing.has(name))
  return open.tracks.map(({ fields, sign, direction }) => ({
    ...plain,
    fields: { ...Object.fromEntries(shared), ...fields },
    sign,
    direction,
  }))
}

/** Pairs of tracks, by their numbers, that differ in the answer to one question alone. */
export function pairsOf({ tracks }: NonNullable<Contract['open']>, question: number): [number, number][] {
  const isPair = (one: readonly string[], other: readonly string[]) =>
    one.every((choice, i) => (choice === other[i]) !== (i === question))
  return tracks.flatMap((one, i) =>
    tracks.flatMap((other, j): [number, number][] => (i < j && isPair(one.choices, other.choices) ? [[i, j]] : [])),
  )
}

/** What a record that hangs on an open question has for a reason. */
export const questionCode = (id: string): string => `question.${id}`
