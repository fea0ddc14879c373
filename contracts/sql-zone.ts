import { transitions } from '../models/zone.ts'
import { literal } from './sql-text.ts'

const microseconds = 1000

/** SQL over a TIMESTAMP column in `zone`: its instant, and whether the clock showed it never or twice. */
export interface Placement {
  readonly instant: string
  readonly nonexistent: string
  readonly ambiguous: string
}

/** Place a local time by its zone. Zones without changes since long are plain arithmetic; the rest asks ICU. */
export function placeInZone(local: string, zone: string): Placement {
  const changes = transitions(zone)
  const last = changes.at(-1)
  if (last === undefined) throw new Error(`zone ${zone} has no offset`)
  const fixed = `make_timestamptz(epoch_us(${local}) - ${last.offsetMs * microseconds})`
  if (changes.length === 1) return { instant: fixed, nonexistent: 'false', ambiguous: 'false' }

  const gaps: string[] = []
  const folds: string[] = []
  changes.slice(1).forEach((change, i) => {
    const before = changes[i]?.offsetMs ?? 0
    const [from, to] = [
      change.atUtcMs + Math.min(before, change.offsetMs),
      change.atUtcMs + Math.max(before, change.offsetMs),
    ]
    const range = `(${local} >= ${timestamp(from)} and ${local} < ${timestamp(to)})`
    ;(change.offsetMs > before ? gaps : folds).push(range)
  })
  // A day after the last change no clock shows anything but the last offset.
  const settled = timestamp(last.atUtcMs + last.offsetMs + 86_400_000)
  const asked = `timezone(${literal(zone)}, ${local})`
  const any = (ranges: string[]) =>
    ranges.length === 0 ? 'false' : `(${local} < ${settled} and (${ranges.join(' or ')}))`
  return {
    instant: `case when ${local} >= ${settled} then ${fixed} else ${asked} end`,
    nonexistent: any(gaps),
    ambiguous: any(folds),
  }
}

/** SQL over a TIMESTAMPTZ column: its day in `zone`. */
export const dayInZone = (instant: string, zone: string): string => `(${clockInZone(instant, zone)})::date`

/** SQL over a TIMESTAMPTZ column: what the clocks of `zone` showed. */
export function clockInZone(instant: string, zone: string): string {
  const changes = transitions(zone)
  const last = changes.at(-1)
  if (last === undefined) throw new Error(`zone ${zone} has no offset`)
  const fixed = `make_timestamp(epoch_us(${instant}) + ${last.offsetMs * microseconds})`
  if (changes.length === 1) return fixed
  return `case when ${instant} >= ${timestamp(last.atUtcMs)}::timestamptz then ${fixed} else timezone(${literal(zone)}, ${instant}) end`
}

const timestamp = (utcMs: number): string =>
  `timestamp '${new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ')}'`
