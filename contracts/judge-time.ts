import { transitions } from '../models/zone.ts'
import type { FieldRule } from './contract.ts'
import { latin } from './judge-number.ts'
import { parseTimeFormat, timeTokens } from './time-format.ts'

/** A text as a time. Microseconds since 1970, since times may have six decimals; never a `Date` of its own. */
export type Reading =
  /** It carries its own offset. */
  | { readonly kind: 'instant'; readonly utcUs: bigint }
  /** A clock's time, to be placed by a zone. */
  | { readonly kind: 'local'; readonly localUs: bigint }
  | { readonly kind: 'day'; readonly day: number }

const usPerDay = 86_400_000_000n
const msPerDay = 86_400_000

/** A time or a date by the rule's formats; ISO 8601 where it has none. Null where it is none, or an impossible one. */
export function readTime(text: string, rule: FieldRule): Reading | null {
  const plain = latin(text, rule.digits)
  if (rule.formats.length === 0) return reading(isoParts(plain))
  const read = rule.formats.map((format) => reading(formatParts(plain, format)))
  return ['instant', 'local', 'day'].map((kind) => read.find((one) => one?.kind === kind)).find((one) => one) ?? null
}

/** What a text tells, as numbers. */
interface Parts {
  readonly year: number
  readonly month: number
  readonly day: number
  /** Undefined: the text is a date alone. */
  readonly hour?: number | undefined
  readonly minute?: number | undefined
  readonly second?: number | undefined
  /** Decimals of the second as digits. */
  readonly fraction?: string | undefined
  readonly offsetMinutes?: number | undefined
}

function reading(parts: Parts | null): Reading | null {
  if (parts === null) return null
  const { year, month, day, hour, minute = 0, second = 0, fraction = '', offsetMinutes } = parts
  if (year < 1000 || year > 2999 || month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  const days = dayNumber(year, month, day)
  if (hour === undefined) return { kind: 'day', day: days }
  if (hour > 23 || minute > 59 || second > 59) return null
  const clockUs = BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
  const localUs = BigInt(days) * usPerDay + clockUs
  if (offsetMinutes === undefined) return { kind: 'local', localUs }
  return { kind: 'instant', utcUs: localUs - BigInt(offsetMinutes) * 60_000_000n }
}

const iso =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(?:(Z|z|UTC)|([+-]\d{2})(?::?(\d{2}))?))?)?$/

function isoParts(text: string): Parts | null {
  const found = iso.exec(text)
  if (found === null) return null
  const [, year, month, day, hour, minute, second, fraction, utc, offsetHour, offsetMinute] = found
  const offsetMinutes = utc !== undefined ? 0 : offset(offsetHour, offsetMinute)
  if (offsetMinutes === null) return null
  const time = hour === undefined ? {} : { hour: Number(hour), minute: Number(minute), second: Number(second ?? 0) }
  return { year: Number(year), month: Number(month), day: Number(day), ...time, fraction, offsetMinutes }
}

/** `+05`, `30` -> 330; undefined where there is none, null where no place on Earth has it. */
function offset(hour: string | undefined, minute: string | undefined): number | undefined | null {
  if (hour === undefined) return undefined
  const minutes = Number(hour.slice(1)) * 60 + Number(minute ?? 0)
  if (Number(minute ?? 0) > 59 || Number(hour.slice(1)) > 15) return null
  return hour.startsWith('-') ? -minutes : minutes
}

const monthNames = 'january february march april may june july august september october november december'.split(' ')

/** How many digits a token has: least and most. */
const widths: Readonly<Record<string, readonly [number, number]>> = {
  ...{ YYYY: [4, 4], YY: [2, 2], MM: [2, 2], M: [1, 2], DD: [2, 2], D: [1, 2], HH: [2, 2], H: [1, 2] },
  ...{ hh: [2, 2], h: [1, 2], mm: [2, 2], ss: [2, 2], SSS: [3, 3], SSSSSS: [6, 6] },
}

function formatParts(text: string, format: string): Parts | null {
  const told = follow(text, format)
  if (told === null) return null
  const number = (...tokens: string[]) => {
    const found = tokens.map((token) => told.get(token)).find((digits) => digits !== undefined)
    return found === undefined ? undefined : Number(found)
  }
  const name = told.get('MMMM') ?? told.get('MMM')
  const month =
    name === undefined
      ? number('MM', 'M')
      : 1 + monthNames.findIndex((full) => name === full || (told.has('MMM') && name === full.slice(0, 3)))
  const twelve = number('hh', 'h')
  if (twelve !== undefined && (twelve < 1 || twelve > 12)) return null
  const hour = twelve === undefined ? number('HH', 'H') : (twelve % 12) + (told.get('A') === 'pm' ? 12 : 0)
  const zone = told.get('Z')
  const offsetMinutes = zone === 'z' ? 0 : offset(zone?.slice(0, 3), zone?.slice(-2))
  const year = number('YYYY') ?? 2000 + (number('YY') ?? 0)
  if (offsetMinutes === null || month === undefined) return null
  return {
    year,
    month,
    day: number('DD', 'D') ?? 0,
    hour,
    minute: number('mm'),
    second: number('ss'),
    fraction: told.get('SSS') ?? told.get('SSSSSS'),
    offsetMinutes,
  }
}

/** What each token of the format stands for in the text, in lower case; null where the text does not follow it. */
function follow(text: string, format: string): Map<string, string> | null {
  if ('unknown' in parseTimeFormat(format)) return null
  const told = new Map<string, string>()
  let [at, i] = [0, 0]
  while (i < format.length) {
    const rest = format.slice(i)
    const quoted = /^\[([^\]]*)\]/.exec(rest)
    const token = quoted === null ? timeTokens.find((known) => rest.startsWith(known)) : undefined
    const found = token === undefined ? null : taken(token, text.slice(at))
    if (token !== undefined) {
      if (found === null) return null
      told.set(token, found.toLowerCase())
      at += found.length
      i += token.length
    } else {
      const literal = quoted?.[1] ?? String.fromCodePoint(rest.codePointAt(0) ?? 0)
      if (!text.startsWith(literal, at)) return null
      at += literal.length
      i += quoted?.[0].length ?? literal.length
    }
  }
  return at === text.length ? told : null
}

function taken(token: string, text: string): string | null {
  const width = widths[token]
  if (width !== undefined) return new RegExp(`^[0-9]{${width[0]},${width[1]}}`).exec(text)?.[0] ?? null
  if (token === 'A') return /^[AaPp][Mm]/.exec(text)?.[0] ?? null
  if (token === 'Z') return /^(?:Z|[+-][0-9]{2}:?[0-9]{2})/.exec(text)?.[0] ?? null
  const names = token === 'MMM' ? monthNames.map((name) => name.slice(0, 3)) : monthNames
  const word = /^[A-Za-z]+/.exec(text)?.[0].toLowerCase() ?? ''
  const name = names.find((known) => word.startsWith(known))
  return name === undefined ? null : text.slice(0, name.length)
}

/** A clock's time in a zone: when it was, and whether the clock showed it never, or twice. */
export interface Placed {
  readonly utcUs: bigint
  readonly fault: 'nonexistent' | 'ambiguous' | null
}

export function place(localUs: bigint, zone: string): Placed {
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

/** The day of an instant in a zone, as days since 1970. */
export function dayIn(utcUs: bigint, zone: string): number {
  const utcMs = floorDiv(utcUs, 1000n)
  const { offsetMs } = transitions(zone).findLast(({ atUtcMs }) => atUtcMs <= utcMs) ?? { offsetMs: 0 }
  return floorDiv(utcUs + BigInt(offsetMs) * 1000n, usPerDay)
}

export const startOf = (day: number): bigint => BigInt(day) * usPerDay

const floorDiv = (value: bigint, by: bigint): number => Number((value - (((value % by) + by) % by)) / by)

/** Days since 1970, negative before. */
const dayNumber = (year: number, month: number, day: number): number => {
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return Math.round(date.getTime() / msPerDay)
}

const daysIn = (year: number, month: number): number =>
  month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)) ? 28 : (monthDays[month - 1] ?? 0)

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

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
