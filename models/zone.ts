/** Whether the runtime knows `zone` as an IANA time zone name. */
export function isZone(zone: string): boolean {
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(zone)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** A change of a zone's offset: from `atUtcMs` on, local time is UTC + `offsetMs`. */
export interface Transition {
  readonly atUtcMs: number
  readonly offsetMs: number
}

const dayMs = 86_400_000

/**
 * Every offset a zone has had, or is known to get, between 1970 and 2040, in order; the first begins at -Infinity.
 * From the runtime's own zone data.
 */
export function transitions(zone: string): readonly Transition[] {
  const known = cache.get(zone)
  if (known !== undefined) return known
  const offset = offsetReader(zone)
  const found: Transition[] = [{ atUtcMs: Number.NEGATIVE_INFINITY, offsetMs: offset(0) }]
  let current = offset(0)
  // Zones have kept an offset for as little as four weeks (Ramadan in Morocco): a week's step misses none.
  for (let at = 0; at < Date.UTC(2040, 0); at += 7 * dayMs) {
    const next = offset(at + 7 * dayMs)
    if (next === current) continue
    let [before, after] = [at, at + 7 * dayMs]
    while (after - before > 1000) {
      const middle = Math.floor((before + after) / 2000) * 1000
      if (offset(middle) === current) before = middle
      else after = middle
    }
    found.push({ atUtcMs: after, offsetMs: next })
    current = next
  }
  cache.set(zone, found)
  return found
}

const cache = new Map<string, readonly Transition[]>()

function offsetReader(zone: string): (utcMs: number) => number {
  const format = new Intl.DateTimeFormat('en-u-ca-gregory-nu-latn', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  return (utcMs) => {
    // Taken apart by hand: the runtime's own way takes six times as long, and a zone is asked thousands of times.
    const parts = format.format(utcMs).match(/\d+/g)?.map(Number)
    if (parts?.length !== 6) throw new Error(`${zone}: a time was written as ${format.format(utcMs)}`)
    const [month, day, year, hour, minute, second] = parts as [number, number, number, number, number, number]
    return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(utcMs / 1000) * 1000
  }
}
