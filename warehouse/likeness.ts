import { nearest } from '../models/nearest.ts'
import { driftThresholds } from './drift-thresholds.ts'
import { cellsOf, type Sample } from './sample.ts'

/** A column that is gone, and the new one that it seems to be. */
export interface Renamed {
  readonly was: string
  readonly is: string
  readonly evidence: string
}

/**
 * Which of the new columns the missing ones seem to be: by a name that is near, or by values alone that no other new column
 * has as well. What is not clear is left out.
 */
export function renamed(
  missing: readonly string[],
  added: readonly string[],
  former: Sample | undefined,
  now: Sample | undefined,
): Renamed[] {
  const found: Renamed[] = []
  const free = new Set(added)
  for (const was of missing) {
    const near = nearest(was, free)
    const alike = [...free].map((is) => ({ is, score: likeness(was, is, former, now) }))
    const best = alike.filter(({ score }) => score >= driftThresholds.alike)
    const isFirst = former === undefined || now === undefined
    const nearScore = alike.find(({ is }) => is === near)?.score ?? 0
    const byName = near !== null && (isFirst || nearScore >= driftThresholds.alike / 2)
    const is = byName ? near : best.length === 1 ? best[0]?.is : undefined
    if (is === undefined) continue
    free.delete(is)
    const score = alike.find((one) => one.is === is)?.score ?? 0
    const values = isFirst ? '' : `its values are ${Math.round(score * 100)}% alike`
    found.push({
      was,
      is,
      evidence: [byName ? 'its name is near' : '', values].filter((text) => text !== '').join(', '),
    })
  }
  return found
}

/** How alike the cells of two columns are, 0 to 1: by their words where these are few, else by how they are written. */
function likeness(was: string, is: string, former: Sample | undefined, now: Sample | undefined): number {
  if (former === undefined || now === undefined) return 0
  const [before, after] = [cellsOf(former, was), cellsOf(now, is)]
  if (before.length === 0 || after.length === 0) return 0
  const words = new Set(before)
  const isChoice = words.size <= 20 && words.size * 5 <= before.length
  return overlap(before, after, isChoice ? (cell) => cell : shapeOf)
}

/** What two lists have in common, of shares. */
function overlap(a: readonly string[], b: readonly string[], kind: (cell: string) => string): number {
  const [left, right] = [shares(a.map(kind)), shares(b.map(kind))]
  return [...left].reduce((sum, [one, share]) => sum + Math.min(share, right.get(one) ?? 0), 0)
}

function shares(kinds: readonly string[]): Map<string, number> {
  const found = new Map<string, number>()
  for (const kind of kinds) found.set(kind, (found.get(kind) ?? 0) + 1 / kinds.length)
  return found
}

/** `1250.50` -> `9.99`, `T1234` -> `a9`: decimals count, how long a number or a word is does not. */
const shapeOf = (cell: string): string =>
  cell
    .replace(/\p{L}+/gu, 'a')
    .replace(/(?<![.,\p{Nd}])\p{Nd}+/gu, '9')
    .replace(/(?<=[.,])\p{Nd}+/gu, (digits) => '9'.repeat(Math.min(digits.length, 4)))
