import { escapePattern } from '../models/escape-pattern.ts'

/** A time format written like its example, taken apart. */
export interface TimeFormat {
  readonly parts: readonly TimePart[]
  readonly hasTime: boolean
  /** Whether the text says its own offset, as a count since 1970 does. */
  readonly hasZone: boolean
  /** How many of the counted units a second has; null where the format is no count since 1970. */
  readonly perSecond: 1 | 1000 | null
}

/** A token, or text that stands for itself. */
export interface TimePart {
  readonly token: string | null
  readonly text: string
  /** DuckDB's strptime format. */
  readonly strptime: string
  /** RE2 pattern; of a name or a zone's word empty, since it hangs on the rule. */
  readonly pattern: string
}

/** An offset of ISO 8601 as RE2. No place on Earth is 16 hours off. */
export const offsetPattern = '[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?'

/** `-08:00` or `-0800` -> -480. */
export function offsetMinutes(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2))
  return offset.startsWith('-') ? -minutes : minutes
}

/** token, strptime, pattern; longer tokens first. */
const tokens: readonly (readonly [string, string, string])[] = [
  ['YYYY', '%Y', '[12][0-9]{3}'],
  ['YY', '%y', '[0-9]{2}'],
  ['MMMM', '%m', ''],
  ['MMM', '%m', ''],
  ['MM', '%m', '(?:0[1-9]|1[0-2])'],
  ['M', '%-m', '(?:0?[1-9]|1[0-2])'],
  ['DD', '%d', '(?:0[1-9]|[12][0-9]|3[01])'],
  ['D', '%-d', '(?:0?[1-9]|[12][0-9]|3[01])'],
  ['dddd', '', ''],
  ['ddd', '', ''],
  ['HH', '%H', '(?:[01][0-9]|2[0-3])'],
  ['H', '%-H', '(?:[01]?[0-9]|2[0-3])'],
  ['hh', '%I', '(?:0[1-9]|1[0-2])'],
  ['h', '%-I', '(?:0?[1-9]|1[0-2])'],
  ['mm', '%M', '[0-5][0-9]'],
  ['ss', '%S', '[0-5][0-9]'],
  ['SSSSSS', '%f', '[0-9]{6}'],
  ['SSS', '%g', '[0-9]{3}'],
  ['A', '%p', '(?i:AM|PM)'],
  ['Z', '%z', '(?:Z|[+-](?:0[0-9]|1[0-5]):?[0-5][0-9])'],
  // The word of a zone; what it may be and says is the rule's.
  ['z', '%z', ''],
  // Counts since 1970, of as many digits as every calendar of this code can hold.
  ['X', '', '[0-9]{1,12}'],
  ['x', '', '[0-9]{1,15}'],
]

/** The tokens that a format may have, for messages. */
export const timeTokens: readonly string[] = tokens.map(([token]) => token)

/** What a two-digit year is added to: `69` is 2569 of the Buddhist calendar. */
export const centuries = { gregorian: 2000, buddhist: 2500, persian: 1400, hijri: 1400 } as const

/**
 * Take `DD/MM/YYYY HH:mm:ss` apart. Letters that are no token are refused, unless in square brackets: `[GMT]Z`.
 *
 * @returns the format, or the text that is no token
 */
export function parseTimeFormat(format: string): TimeFormat | { readonly unknown: string } {
  const parts: TimePart[] = []
  for (let at = 0; at < format.length; ) {
    const rest = format.slice(at)
    const quoted = /^\[([^\]]*)\]/.exec(rest)
    const token = quoted === null ? tokens.find(([name]) => rest.startsWith(name)) : undefined
    // The T of ISO 8601 between day and time means nothing else.
    if (quoted === null && token === undefined && /^[A-Za-z]/.test(rest) && !/^T[Hh]/.test(rest))
      return { unknown: (/^[A-Za-z]+/.exec(rest) as RegExpExecArray)[0] }
    if (token !== undefined) {
      parts.push({ token: token[0], text: token[0], strptime: token[1], pattern: token[2] })
      at += token[0].length
      continue
    }
    const text = quoted?.[1] ?? rest.charAt(0)
    parts.push({
      ...{ token: null, text, strptime: text.replaceAll('%', '%%') },
      pattern: escapePattern(text),
    })
    at += quoted?.[0].length ?? 1
  }
  const has = (...some: string[]) => parts.some(({ token }) => token !== null && some.includes(token))
  const perSecond = has('X') ? 1 : has('x') ? 1000 : null
  return { parts, hasTime: has('HH', 'H', 'hh', 'h', 'X', 'x'), hasZone: has('Z', 'z', 'X', 'x'), perSecond }
}

/** Dates without a year are read as if they were in this one, which has every day. */
export const anyYear = 2000

/** The format of a date without a year with `anyYear` behind it. */
export const yearly = (format: string): string => `${format} YYYY`
