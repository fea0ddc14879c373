import type { FieldRule } from './contract.ts'
import { latinDigits, literal } from './sql-text.ts'
import { isPiece, pieced } from './sql-time-pieces.ts'
import { anyYear, offsetPattern, parseTimeFormat, type TimeFormat, yearly } from './time-format.ts'

/** SQL expressions over a text column that make a time of it. */
export interface TimeSql {
  /** Columns over the text that the expressions need too: name and SQL. */
  readonly pieces: readonly (readonly [string, string])[]
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
  const given = rule.year === undefined ? textColumn : `(${textColumn} || ' ${anyYear}')`
  const text = latinDigits(given, rule.digits)
  if (rule.formats.length === 0) {
    // What DuckDB reads as it is: seconds, then Z or an offset right behind them. The rest is made so first.
    const strict = literal(`${isoMinute}${seconds}(?:Z|${offsetPattern})`)
    const loose = literal(`${isoTime} ?(?:Z|z|UTC|${offsetPattern})`)
    const utc = `regexp_replace(${text}, ' ?(?:UTC|z|Z)$', 'Z')`
    const made = `regexp_replace(regexp_replace(${utc}, ' ([+-])', '\\1'), '^(.{16})(Z|[+-])', '\\1:00\\2')`
    return {
      pieces: [],
      placed: `case when regexp_full_match(${text}, ${strict}) then try_cast(${text} as timestamptz) when regexp_full_match(${text}, ${loose}) then try_cast(${made} as timestamptz) end`,
      naive: `case when regexp_full_match(${text}, ${literal(isoTime)}) then try_cast(${text} as timestamp) end`,
      date: `case when regexp_full_match(${text}, ${literal(isoDate)}) then try_cast(${text} as date) end`,
    }
  }
  const pieces: (readonly [string, string])[] = []
  const read = rule.formats.map((written, i) => {
    const format = parseTimeFormat(rule.year === undefined ? written : yearly(written))
    if ('unknown' in format) throw new Error(`time format ${written} has the unknown token ${format.unknown}`)
    if (format.perSecond !== null) return { format, sql: counted(format.perSecond, text) }
    const isPlain = rule.calendar === 'gregorian' && !format.parts.some(({ token }) => isPiece(token, rule))
    if (isPlain) return { format, sql: parsed(format, text) }
    const column = `x_${textColumn}_${i}`
    const { piece, sql } = pieced(format, rule, text, column)
    pieces.push([column, piece])
    return { format, sql }
  })
  const first = (wanted: (format: TimeFormat) => boolean, type: string): string => {
    const some = read
      .filter(({ format }) => wanted(format))
      .map(({ sql }) => (type === 'date' ? `(${sql})::date` : sql))
    return some.length === 0
      ? `null::${type}`
      : some.length === 1
        ? (some[0] as string)
        : `coalesce(${some.join(', ')})`
  }
  return {
    pieces,
    placed: first((format) => format.hasTime && format.hasZone, 'timestamptz'),
    naive: first((format) => format.hasTime && !format.hasZone, 'timestamp'),
    date: first((format) => !format.hasTime, 'date'),
  }
}

/** Seconds or their thousandths since 1970. */
const counted = (perSecond: 1 | 1000, text: string): string =>
  `case when regexp_full_match(${text}, '[0-9]{1,${perSecond === 1 ? 12 : 15}}') then make_timestamptz(try_cast(${text} as bigint) * ${1_000_000 / perSecond}) end`

/** A format of numbers alone, which strptime reads as it is. */
function parsed({ parts }: TimeFormat, text: string): string {
  const pattern = parts.map((part) => part.pattern).join('')
  const at = parts.findIndex(({ token }) => token === 'Z')
  const around = [parts.slice(0, at), parts.slice(at + 1)].map((some) => some.map((part) => part.pattern).join(''))
  // strptime knows no plain Z.
  const offset = at < 0 ? text : `regexp_replace(${text}, ${literal(`^(${around[0]})Z(${around[1]})$`)}, '\\1+0000\\2')`
  const time = `try_strptime(${offset}, ${literal(parts.map((part) => part.strptime).join(''))})`
  // strptime takes 69-99 for the last century; a two-digit year is always of this one.
  const modern = parts.some(({ token }) => token === 'YY')
    ? `(case when year(${time}) < 2000 then ${time} + interval 100 year else ${time} end)`
    : time
  return `case when regexp_full_match(${text}, ${literal(pattern)}) then ${modern} end`
}
