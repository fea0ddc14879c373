import type { NumberKind } from './number-format.ts'

const dayMs = 86_400_000

/**
 * A sheet's date number as ISO 8601: `2026-03-01`, `2026-03-01 14:05:00`, `14:05:00`, elapsed hours as `36:00:00`.
 *
 * A date format over a number with a fraction is a date and time, so that nothing is lost. Milliseconds are written
 * where there are any; a number that is within its own last decimal of a whole second is that second. In the calendar
 * from 1900, days 0 and 60 are `1900-01-00` and `1900-02-29` as Excel shows them, and no date's reader takes them.
 *
 * @param decimals how many decimals of the number are known: a bound of its error
 * @returns null where Excel shows no date: below zero, past the year 9999
 */
export function dateText(serial: number, decimals: number, kind: NumberKind, is1904: boolean): string | null {
  if (!Number.isFinite(serial) || Math.abs(serial) > 2_958_466) return null
  if (kind === 'elapsed') return elapsedText(serial, decimals)
  if (serial < 0) return null
  const whole = Math.floor(serial)
  const ms = wholeSecond((serial - whole) * dayMs, decimals)
  const day = ms === dayMs ? whole + 1 : whole
  const time = timeText(ms === dayMs ? 0 : ms)
  if (kind === 'time' && whole === 0) return time
  const date = dayText(day, is1904)
  if (date === null) return null
  return kind === 'date' && time === '00:00:00' ? date : `${date} ${time}`
}

/** Days that were asked for: a sheet has the same few again and again. */
const known = { from1900: new Map<number, string | null>(), from1904: new Map<number, string | null>() }
const knownDays = 10_000

function dayText(day: number, is1904: boolean): string | null {
  const days = is1904 ? known.from1904 : known.from1900
  const found = days.get(day)
  if (found !== undefined) return found
  if (days.size >= knownDays) days.clear()
  const text = newDayText(day, is1904)
  days.set(day, text)
  return text
}

function newDayText(day: number, is1904: boolean): string | null {
  if (!is1904 && day === 0) return '1900-01-00'
  if (!is1904 && day === 60) return '1900-02-29' // Lotus 1-2-3 took 1900 for a leap year, and Excel kept it
  const first = is1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, day < 60 ? 31 : 30)
  const date = new Date(first + day * dayMs)
  return date.getUTCFullYear() > 9999 ? null : date.toISOString().slice(0, 10)
}

function elapsedText(serial: number, decimals: number): string {
  const ms = wholeSecond(Math.abs(serial) * dayMs, decimals)
  const hours = Math.floor(ms / 3_600_000)
  const rest = timeText(ms - hours * 3_600_000).slice(2)
  return `${serial < 0 && ms > 0 ? '-' : ''}${String(hours).padStart(2, '0')}${rest}`
}

/** Milliseconds, or the whole second that they cannot be told from. */
function wholeSecond(exactMs: number, decimals: number): number {
  const second = Math.round(exactMs / 1000) * 1000
  const error = Math.max(0.5, 0.5 * 10 ** -decimals * dayMs)
  return Math.abs(exactMs - second) <= error ? second : Math.round(exactMs)
}

const two = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))

/** Milliseconds of a day as HH:MM:SS, with three decimals where there are any. */
function timeText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  const part = ms - seconds * 1000
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  const text = `${two[hours]}:${two[minutes - hours * 60]}:${two[seconds - minutes * 60]}`
  return part === 0 ? text : `${text}.${String(part).padStart(3, '0')}`
}
