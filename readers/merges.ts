/** Cells merged into one; its text stands in the first. Lines from 1 as `_line`, columns from 0, all inclusive. */
export interface Merge {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** Headers are short and near the top: merges below, and more of them, say nothing about one. */
export const mergedLines = 1000
export const mostMerges = 10_000

/** A range of cells such as `A1:C2`; null where it is none. */
export function mergeOf(range: string): Merge | null {
  const [, left = '', top, right = '', bottom] = /^([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})$/.exec(range) ?? []
  if (top === undefined) return null
  return { top: Number(top), bottom: Number(bottom), left: columnOf(left), right: columnOf(right) }
}

/** `A` is 0, `AA` is 26. */
const columnOf = (letters: string): number => [...letters].reduce((sum, x) => sum * 26 + x.charCodeAt(0) - 64, 0) - 1
