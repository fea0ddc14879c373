import { transitions } from '../models/zone.ts'
import type { FieldRule } from './contract.ts'
import { latinDigits, literal } from './sql-text.ts'
import { offsetPattern, parseTimeFormat, type TimeFormat } from './time-format.ts'

/** SQL expressions over a text column that make a time of it. */
export interface TimeSql {
  /** TIMESTAMPTZ where the text carries its own offset; null elsewhere. */
  readonly placed: string
  /** TIMESTAMP of a text with a time but no offset, to be placed by zone; null elsewhere. */
  readonly naive: string
  /** DATE of a text with a date alone; null elsewhere. */
  readonly date: string
}

const hour = '(?:[01][0-9]|2[0-3])'
const isoDate = '[12][0-9]{3}-[0-9]{2}-[0-9]{2}'
const isoMinute = `${isoDate}[T ]${hour}:[0-5][0-9]`
const seconds = ':[0-5][0-9](?:[.][0-9]{1,9})?'
const isoTime = `${isoMinute}(?:${seconds})?`

/** Times by the rule's formats; without one, ISO 8601. Impossible dates give null everywhere. */
export function timeSql(rule: FieldRule, textColumn: string): TimeSql {
  const text = latinDigits(textColumn, rule.digits)
  if (rule.formats.length === 0) {
    // What DuckDB reads as it is: seconds, then Z or an offset right behind them. The rest is made so first.
    const strict = literal(`${isoMinute}${seconds}(?:Z|${offsetPattern})`)
    const loose = literal(`${isoTime} ?(?:Z|z|UTC|${offsetPattern})`)
    const utc = `regexp_replace(${text}, ' ?(?:UTC|z|Z)$', 'Z')`
    const made = `regexp_replace(regexp_replace(${utc}, ' ([+-])', '\\1'), '^(.{16})(Z|[+-])', '\\1:00\\2')`
    return {
      placed: `case when regexp_full_match(${text}, ${strict}) then try_cast(${text} as timestamptz) when regexp_full_match(${text}, ${loose}) then try_cast(${made} as timestamptz) end`,
      naive: `case when regexp_full_match(${text}, ${literal(isoTime)}) then try_cast(${text} as timestamp) end`,
      date: `case when regexp_full_match(${text}, ${literal(isoDate)}) then try_cast(${text} as date) end`,
    }
  }
  const formats = rule.formats.map((format) => {
    const parsed = parseTimeFormat(format)
    if ('unknown' in parsed) throw new Error(`time format ${format} has the unknown token ${parsed.unknown}`)
    return parsed
  })
  const parse = (wanted: (format: TimeFormat) => boolean, type: string): string => {
    const parts = formats.filter(wanted).map((format) => parsed(format, text, type))
    return parts.length === 0
      ? `null::${type}`
      : parts.length === 1
        ? (parts[0] as string)
        : `coalesce(${parts.join(', ')})`
  }
  return {
    placed: parse((format) => format.hasTime && format.hasZone, 'timestamptz'),
    naive: parse((format) => format.hasTime && !format.hasZone, 'timestamp'),
    date: parse((format) => !format.hasTime, 'date'),
  }
}

function parsed(format: TimeFormat, text: string, type: string): string {
  const offset = format.zulu === null ? text : `regexp_replace(${text}, ${literal(format.zulu)}, '\\1+0000\\2')`
  const time = `try_strptime(${offset}, ${literal(format.strptime)})`
  // strptime takes 69-99 for the last century; a two-digit year is always of this one.
  const modern = format.hasTwoDigitYear
    ? `(case when year(${time}) < 2000 then ${time} + interval 100 year else ${time} end)`
    : time
  return `case when regexp_full_match(${text}, ${literal(format.pattern)}) then ${modern}${type === 'date' ? '::date' : ''} end`
}

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
export function dayInZone(instant: string, zone: string): string {
  const changes = transitions(zone)
  const last = changes.at(-1)
  if (last === undefined) throw new Error(`zone ${zone} has no offset`)
  const fixed = `make_timestamp(epoch_us(${instant}) + ${last.offsetMs * microseconds})::date`
  if (changes.length === 1) return fixed
  return `case when ${instant} >= ${timestamp(last.atUtcMs)}::timestamptz then ${fixed} else timezone(${literal(zone)}, ${instant})::date end`
}

const timestamp = (utcMs: number): string =>
  `timestamp '${new Date(utcMs).toISOString().slice(0, 19).replace('T', ' ')}'`
