/**
 * The word most like `found`, or null where none is near enough to be meant.
 *
 * Case, and the difference between `on-new-column`, `onNewColumn` and `on_new_column`, do not count; of equally near
 * words the first wins. Near is one slip in three characters.
 */
export function nearest(found: string, words: Iterable<string>): string | null {
  const wanted = plain(found)
  if (wanted === '') return null
  let best: string | null = null
  let bestDistance = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const word of words) {
    const distance = slips(wanted, plain(word), bestDistance)
    if (distance < bestDistance) [best, bestDistance] = [word, distance]
  }
  return best
}

const plain = (word: string): string => word.toLowerCase().replace(/[\s_-]/g, '')

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment); `limit` when not fewer. */
function slips(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) >= limit) return limit
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1)
      row.push(least)
    }
    ;[beforeLast, last] = [last, row]
  }
  return Math.min(last[b.length] ?? limit, limit)
}
