/** The commonest number, the first of equally common ones, and how often it is there; [0, 0] where there are none. */
export function commonest(numbers: Iterable<number>): [number: number, times: number] {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts].reduce((most, next) => (next[1] > most[1] ? next : most), [0, 0])
}
