import type { Random } from '../../../scripts/generate/random.ts'

/** A whole number, both ends included. */
export const between = (random: Random, from: number, to: number): number => from + random.below(to - from + 1)

export const chance = (random: Random, percent: number): boolean => random.below(100) < percent

export function shuffled<T>(random: Random, list: readonly T[]): T[] {
  const cards = [...list]
  for (let at = cards.length - 1; at > 0; at--) {
    const other = random.below(at + 1)
    ;[cards[at], cards[other]] = [cards[other] as T, cards[at] as T]
  }
  return cards
}

/** What `make` makes, made again until it is not null: for what only some tables allow. */
export function untilMade<T>(make: () => T | null): T {
  for (let attempt = 0; attempt < 1000; attempt++) {
    const made = make()
    if (made !== null) return made
  }
  throw new Error('a thousand tables did not allow this pollution')
}
