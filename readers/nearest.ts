/** The name most like `wanted`, case aside; undefined when none is at most a third of its letters away. */
export function nearest(wanted: string, names: Iterable<string>): string | undefined {
  const letters = [...wanted.toLowerCase()].slice(0, 200)
  let best: string | undefined
  let least = Math.max(2, Math.ceil(letters.length / 3)) + 1
  for (const name of names) {
    const distance = editDistance(letters, [...name.toLowerCase()].slice(0, 200))
    if (distance < least) [best, least] = [name, distance]
  }
  return best
}

/** Levenshtein distance. */
function editDistance(a: readonly string[], b: readonly string[]): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1))
    }
    row = next
  }
  return row[b.length] as number
}
