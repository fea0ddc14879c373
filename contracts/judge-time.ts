import { buddhistAhead, fold, monthStarts, timeNames } from './calendars.ts'
import type { FieldRule } from './contract.ts'
import { follow } from './judge-format.ts'
import { latin } from './judge-number.ts'
import { centuries, offsetMinutes, parseTimeFormat } from './time-format.ts'

/** A text as a time. Microseconds since 1970, since times may have six decimals; never a `Date` of its own. */
export type Reading =
  /** It carries its own offset. */
  | { readonly kind: 'instant'; readonly utcUs: bigint }
  /** A clock's time, to be placed by a zone. */
  | { readonly kind: 'local'; readonly localUs: bigint }
  | { readonly kind: 'day'; readonly day: number }

const usPerDay = 86_400_000_000n

/** A time or a date by the rule's formats; ISO 8601 where it has none. Null where it is none, or an impossible one. */
export function readTime(text: string, rule: FieldRule): Reading | null {
  const plain = latin(text, rule.digits)
  if (rule.formats.length === 0) return reading(isoParts(plain))
  const read = rule.formats.map((format) => readFormat(plain, format, rule))
  return ['instant', 'local', 'day'].map((kind) => read.find((one) => one?.kind === kind)).find((one) => one) ?? null
}

function readFormat(text: string, written: string, rule: FieldRule): Reading | null {
  const format = parseTimeFormat(written)
  if ('unknown' in format) return null
  const told = follow(text, format.parts, rule)
  if (told === null) return null
  const count = told.get('X') ?? told.get('x')
  if (count !== undefined)
    return { kind: 'instant', utcUs: (BigInt(count) * 1_000_000n) / BigInt(format.perSecond ?? 1) }
  return reading(formatParts(told, rule))
}

/** What a text tells, as numbers. */
interface Parts {
  /** Days since 1970; null where there is no such day. */
  readonly day: number | null
  /** Undefined: the text is a date alone. */
  readonly hour?: number | undefined
  readonly minute?: number | undefined
  readonly second?: number | undefined
  /** Decimals of the second as digits. */
  readonly fraction?: string | undefined
  readonly offsetMinutes?: number | undefined
}

function reading(parts: Parts | null): Reading | null {
  if (parts === null || parts.day === null) return null
  const { day, hour, minute = 0, second = 0, fraction = '', offsetMinutes } = parts
  if (hour === undefined) return { kind: 'day', day }
  if (hour > 23 || minute > 59 || second > 59) return null
  const clockUs = BigInt((hour * 60 + minute) * 60 + second) * 1_000_000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
  const localUs = BigInt(day) * usPerDay + clockUs
  if (offsetMinutes === undefined) return { kind: 'local', localUs }
  return { kind: 'instant', utcUs: localUs - BigInt(offsetMinutes) * 60_000_000n }
}

const iso =
  /^([12]\d{3})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(?: ?(?:(Z|z|UTC)|([+-]\d{2})(?::?(\d{2}))?))?)?$/

function isoParts(text: string): Parts | null {
  const found = iso.exec(text)
  if (found === null) return null
  const [, year, month, day, hour, minute, second, fraction, utc, offsetHour, offsetMinute = '00'] = found
  const minutes = utc !== undefined ? 0 : offset(offsetHour === undefined ? undefined : offsetHour + offsetMinute)
  if (minutes === null) return null
  const time = hour === undefined ? {} : { hour: Number(hour), minute: Number(minute), second: Number(second ?? 0) }
  return { day: gregorianDay(Number(year), Number(month), Number(day)), ...time, fraction, offsetMinutes: minutes }
}

/** `+0530` -> 330; undefined where there is none, null where no place on Earth has it. */
function offset(text: string | undefined): number | undefined | null {
  if (text === undefined) return undefined
  return Number(text.slice(1, 3)) > 15 || Number(text.slice(-2)) > 59 ? null : offsetMinutes(text)
}

function formatParts(told: ReadonlyMap<string, string>, rule: FieldRule): Parts | null {
  const one = (...tokens: string[]) => tokens.map((token) => told.get(token)).find((found) => found !== undefined)
  const number = (...tokens: string[]) => {
    const found = one(...tokens)
    return found === undefined ? undefined : Number(found)
  }
  const named = (...tokens: ('MMMM' | 'MMM' | 'dddd' | 'ddd')[]) => {
    const token = tokens.find((known) => told.has(known))
    return token === undefined ? undefined : timeNames(token, rule.languages).get(told.get(token) ?? '')
  }
  const twelve = number('hh', 'h')
  if (twelve !== undefined && (twelve < 1 || twelve > 12)) return null
  const half = told.get('A') ?? ''
  const isAfternoon = timeNames('A', rule.languages).get(fold(half)) === 2
  const hour = twelve === undefined ? number('HH', 'H') : (twelve % 12) + (isAfternoon ? 12 : 0)
  const zone = told.get('Z') ?? rule.zoneTexts?.[told.get('z') ?? '']
  const minutes = zone === 'Z' ? 0 : offset(zone)
  if (minutes === null) return null
  const year = number('YYYY') ?? centuries[rule.calendar] + (number('YY') ?? 0)
  const month = named('MMMM', 'MMM') ?? number('MM', 'M') ?? 0
  if (told.has('YYYY') && (year < 1000 || year > 2999)) return null
  const day = dayOf(rule.calendar, year, month, number('DD', 'D') ?? 0)
  const weekday = named('dddd', 'ddd')
  // 1970 began on a Thursday.
  if (day !== null && weekday !== undefined && (((day + 3) % 7) + 7) % 7 !== weekday - 1) return null
  const fraction = one('SSS', 'SSSSSS')
  return { day, hour, minute: number('mm'), second: number('ss'), fraction, offsetMinutes: minutes }
}

/** Days since 1970; null where the calendar has no such day, or none that is known. */
function dayOf(calendar: FieldRule['calendar'], year: number, month: number, day: number): number | null {
  if (calendar === 'gregorian') return gregorianDay(year, month, day)
  if (calendar === 'buddhist') return gregorianDay(year - buddhistAhead, month, day)
  const { first, starts } = monthStarts(calendar)
  if (year < first || month < 1 || month > 12 || day < 1) return null
  const [start, next] = starts.slice((year - first) * 12 + month - 1)
  return start === undefined || next === undefined || start + day - 1 >= next ? null : start + day - 1
}

/** Days since 1970, negative before. */
export function gregorianDay(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return null
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  return Math.round(date.getTime() / 86_400_000)
}

const daysIn = (year: number, month: number): number =>
  month === 2 && (year % 4 !== 0 || (year % 100 === 0 && year % 400 !== 0)) ? 28 : (monthDays[month - 1] ?? 0)

const monthDays = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
