/** A small seeded generator (mulberry32): the same seed gives the same numbers everywhere. Not for secrets. */
export interface Random {
  /** A whole number, 0 <= n < below. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
}

export function seeded(seed: number): Random {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return (t ^ (t >>> 14)) >>> 0
  }
  const below = (limit: number) => Math.floor((next() / 0x1_0000_0000) * limit)
  return { below, pick: (from) => from[below(from.length)] as (typeof from)[number] }
}
