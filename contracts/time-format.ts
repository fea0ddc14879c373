/** A time format written like its example, taken apart. */
export interface TimeFormat {
  /** DuckDB's strptime format. */
  readonly strptime: string
  /** RE2 pattern that the whole text must match. */
  readonly pattern: string
  readonly hasTime: boolean
  readonly hasZone: boolean
  /** RE2 pattern of a text whose offset is a plain Z, with what is before and behind it as groups; strptime knows none. */
  readonly zulu: string | null
  readonly hasTwoDigitYear: boolean
}

const months = 'january february march april may june july august september october november december'.split(' ')

/** An offset of ISO 8601 as RE2. No place on Earth is 16 hours off. */
export const offsetPattern = '[+-](?:0[0-9]|1[0-5])(?::?[0-5][0-9])?'

/** token, strptime, pattern; longer tokens first. */
const tokens: readonly (readonly [string, string, string])[] = [
  ['YYYY', '%Y', '[12][0-9]{3}'],
  ['YY', '%y', '[0-9]{2}'],
  ['MMMM', '%B', `(?i:${months.join('|')})`],
  ['MMM', '%b', `(?i:${months.map((month) => month.slice(0, 3)).join('|')})`],
  ['MM', '%m', '(?:0[1-9]|1[0-2])'],
  ['M', '%-m', '(?:0?[1-9]|1[0-2])'],
  ['DD', '%d', '(?:0[1-9]|[12][0-9]|3[01])'],
  ['D', '%-d', '(?:0?[1-9]|[12][0-9]|3[01])'],
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
]

/** The tokens that a format may have, for messages. */
export const timeTokens: readonly string[] = tokens.map(([token]) => token)

/**
 * Take `DD/MM/YYYY HH:mm:ss` apart. Letters that are no token are refused, unless in square brackets: `[GMT]Z`.
 *
 * @returns the format, or the text that is no token
 */
export function parseTimeFormat(format: string): TimeFormat | { readonly unknown: string } {
  let [strptime, pattern] = ['', '']
  let zulu: string | null = null
  const used = new Set<string>()
  for (let at = 0; at < format.length; ) {
    const rest = format.slice(at)
    const quoted = /^\[([^\]]*)\]/.exec(rest)
    const token = tokens.find(([name]) => rest.startsWith(name))
    // The T of ISO 8601 between day and time means nothing else.
    if (quoted === null && token === undefined && /^[A-Za-z]/.test(rest) && !/^T[Hh]/.test(rest))
      return { unknown: (/^[A-Za-z]+/.exec(rest) as RegExpExecArray)[0] }
    const text = quoted === null ? (token?.[0] ?? rest.charAt(0)) : quoted[0]
    if (quoted === null && token !== undefined) {
      used.add(token[0])
      zulu = token[0] === 'Z' ? `^(${pattern})Z(` : zulu === null ? null : zulu + token[2]
      strptime += token[1]
      pattern += token[2]
    } else {
      const plain = quoted?.[1] ?? text
      strptime += plain.replaceAll('%', '%%')
      const escaped = plain.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
      pattern += escaped
      if (zulu !== null) zulu += escaped
    }
    at += text.length
  }
  return {
    strptime,
    pattern,
    hasTime: ['HH', 'H', 'hh', 'h'].some((token) => used.has(token)),
    hasZone: used.has('Z'),
    zulu: zulu === null ? null : `${zulu})$`,
    hasTwoDigitYear: used.has('YY'),
  }
}
