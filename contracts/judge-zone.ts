import { transitions } from '../models/zone.ts'
import type { Reading } from './judge-time.ts'

const usPerDay = 86_400_000_000n
const msPerDay = 86_400_000

/** A clock's time in a zone: when it was, and whether the clock showed it never, or twice. */
export interface Placed {
  readonly utcUs: bigint
  readonly fault: 'nonexistent' | 'ambiguous' | null
}

/** A reading in a zone; a date alone is its midnight. */
export const place = (read: Reading, zone: string): Placed =>
  read.kind === 'instant'
    ? { utcUs: read.utcUs, fault: null }
    : placeLocal(read.kind === 'day' ? startOf(read.day) : read.localUs, zone)

function placeLocal(localUs: bigint, zone: string): Placed {
  const known = transitions(zone)
  const us = (ms: number) => BigInt(ms) * 1000n
  // The offsets that make the clock show this time while they hold.
  const fitting = known.filter(({ atUtcMs, offsetMs }, i) => {
    const utcUs = localUs - us(offsetMs)
    const until = known[i + 1]?.atUtcMs
    return (atUtcMs === Number.NEGATIVE_INFINITY || utcUs >= us(atUtcMs)) && (until === undefined || utcUs < us(until))
  })
  const last = fitting.at(-1)
  if (last !== undefined) return { utcUs: localUs - us(last.offsetMs), fault: fitting.length > 1 ? 'ambiguous' : null }
  // In a gap: by the offset that held before it.
  const after = known.findIndex(
    ({ atUtcMs, offsetMs }) => localUs - us(offsetMs) < us(atUtcMs === Number.NEGATIVE_INFINITY ? -8.64e15 : atUtcMs),
  )
  const before = known[Math.max(0, after - 1)]
  return { utcUs: localUs - us(before?.offsetMs ?? 0), fault: 'nonexistent' }
}

/** What the clocks of a zone showed at an instant. */
export function clockIn(utcUs: bigint, zone: string): bigint {
  const utcMs = floorDiv(utcUs, 1000n)
  const { offsetMs } = transitions(zone).findLast(({ atUtcMs }) => atUtcMs <= utcMs) ?? { offsetMs: 0 }
  return utcUs + BigInt(offsetMs) * 1000n
}

/** The day of an instant in a zone, as days since 1970. */
export const dayIn = (utcUs: bigint, zone: string): number => floorDiv(clockIn(utcUs, zone), usPerDay)

export const startOf = (day: number): bigint => BigInt(day) * usPerDay

const floorDiv = (value: bigint, by: bigint): number => Number((value - (((value % by) + by) % by)) / by)

/** `2026-07-01`. */
export const dayText = (day: number): string => new Date(day * msPerDay).toISOString().slice(0, 10)

/** `2026-07-01T09:30:00.25Z`: UTC, with as many decimals as it has. */
export function instantText(utcUs: bigint): string {
  const seconds = floorDiv(utcUs, 1_000_000n)
  const fraction = String(utcUs - BigInt(seconds) * 1_000_000n)
    .padStart(6, '0')
    .replace(/0+$/, '')
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`
}
