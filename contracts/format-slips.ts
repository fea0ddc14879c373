import { parseTimeFormat, type TimePart, timeTokens } from './time-format.ts'

/** What the letters of a time format tell. */
export type Told = 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'fraction' | 'half' | 'offset' | 'weekday'

const tells: Readonly<Record<string, Told>> = {
  ...{ YYYY: 'year', YY: 'year', MMMM: 'month', MMM: 'month', MM: 'month', M: 'month', DD: 'day', D: 'day' },
  ...{ HH: 'hour', H: 'hour', hh: 'hour', h: 'hour', mm: 'minute', ss: 'second', SSS: 'fraction', SSSSSS: 'fraction' },
  ...{ A: 'half', Z: 'offset', z: 'offset', ddd: 'weekday', dddd: 'weekday' },
}

const needs: readonly (readonly [Told, Told])[] = [
  ['half', 'hour'],
  ['minute', 'hour'],
  ['second', 'minute'],
  ['fraction', 'second'],
  ['offset', 'hour'],
]

/**
 * What a time format tells, or what is wrong with it: letters that mean nothing, a time without its day, digits that
 * can not be told apart.
 */
export function toldBy(format: string): { told: ReadonlySet<Told> } | { wrong: string } {
  const shown = JSON.stringify(format)
  const parsed = parseTimeFormat(format)
  if ('unknown' in parsed)
    return {
      wrong: `has ${JSON.stringify(parsed.unknown)}; it is made of ${timeTokens.join(' ')}, other letters stand in [ ]`,
    }
  if (/\[(?![^\]]+\])/.test(format)) return { wrong: `has a "[" without its text and "]" in ${shown}` }
  if (parsed.perSecond !== null)
    return parsed.parts.length === 1
      ? { told: new Set(['hour', 'offset']) }
      : { wrong: `has more than ${parsed.perSecond === 1 ? 'X' : 'x'} in ${shown}; a count since 1970 stands alone` }
  const tokens = parsed.parts.map(({ token }) => token ?? '')
  const told = tokens.flatMap((token) => tells[token] ?? [])
  const twice = told.find((meaning, i) => told.indexOf(meaning) < i)
  if (twice !== undefined) return { wrong: `tells the ${twice} twice in ${shown}` }
  for (const meaning of ['year', 'month', 'day'] as const)
    if (!told.includes(meaning)) return { wrong: `tells no ${meaning} in ${shown}` }
  for (const [meaning, needed] of needs)
    if (told.includes(meaning) && !told.includes(needed))
      return { wrong: `tells the ${meaning} but no ${needed} in ${shown}` }
  const isTwelve = tokens.includes('hh') || tokens.includes('h')
  if (isTwelve && !told.includes('half')) return { wrong: `has an hour of 1 to 12 but no A in ${shown}; HH is 0 to 23` }
  if (told.includes('half') && !isTwelve) return { wrong: `has A beside an hour of 0 to 23 in ${shown}; hh is 1 to 12` }
  if (parsed.parts.some((part, i) => isVariable(part) && startsWithDigit(parsed.parts[i + 1])))
    return { wrong: `has one or two digits right before others in ${shown}; write two letters` }
  return { told: new Set(told) }
}

const isVariable = ({ token }: TimePart): boolean => token !== null && /^[MDHh]$/.test(token)

const startsWithDigit = (part: TimePart | undefined): boolean =>
  part !== undefined && (part.token === null ? /^[0-9]/.test(part.text) : /^(?:Y|M{1,2}$|D|H|h|m|s|S)/.test(part.token))
