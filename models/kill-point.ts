/**
 * A named place where the process may die in a test: before and after every commit, rename and send.
 *
 * `ENTREPOT_KILL_AT=<name>` ends the process there with SIGKILL, `<name>:3` on the third passing. Tests list the
 * names from the source and fail when one is not exercised.
 */
export function killPoint(name: string): void {
  const wanted = process.env.ENTREPOT_KILL_AT
  if (wanted === undefined) return
  const [at, nth = '1'] = wanted.split(':')
  if (at !== name) return
  passes += 1
  if (passes !== Number(nth)) return
  process.kill(process.pid, 'SIGKILL')
  for (;;); // the signal is on its way; nothing after this line may run
}

let passes = 0
