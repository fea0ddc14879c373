import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { packageRoot } from '../project/package-root.ts'

/** What `contracts/calendars.json` holds; `scripts/write-calendars.ts` writes it. */
export interface CalendarData {
  /** The release of CLDR that the names are of. */
  readonly cldr: string
  readonly names: Readonly<Record<string, LanguageNames>>
  readonly months: Readonly<Record<'persian' | 'hijri', MonthTable>>
}

/** Names in lower case and NFC, from January, from Monday and from midnight on; abbreviations without a full stop at their end. */
export interface LanguageNames {
  readonly months: readonly (readonly string[])[]
  readonly shortMonths: readonly (readonly string[])[]
  readonly days: readonly (readonly string[])[]
  readonly shortDays: readonly (readonly string[])[]
  /** Before noon and after. */
  readonly halves: readonly (readonly string[])[]
}

/** The months of a calendar. */
export interface MonthTable {
  /** The year that the table begins with. */
  readonly first: number
  /** The Gregorian day on which it begins, `1969-03-21`. */
  readonly start: string
  /** Twelve digits a year, parted by spaces: each month's days beyond 29. */
  readonly lengths: string
}

/** Tokens of a time format that are names. */
export const nameTokens = ['MMMM', 'MMM', 'dddd', 'ddd'] as const
export type NameToken = (typeof nameTokens)[number]

export const isNameToken = (token: string | null): token is NameToken =>
  (nameTokens as readonly (string | null)[]).includes(token)

const listOf = { MMMM: 'months', MMM: 'shortMonths', dddd: 'days', ddd: 'shortDays', A: 'halves' } as const

/** Languages whose names are known, as BCP 47 codes. */
export const timeLanguages = (): string[] => Object.keys(data().names)

/** Years that a Buddhist year is ahead of the Gregorian one. */
export const buddhistAhead = 543

/** Folded names and what they say: 1 for January, Monday or the hours before noon. A name that says two things in these languages is left out. */
export function timeNames(token: NameToken | 'A', languages: readonly string[]): ReadonlyMap<string, number> {
  const asked = `${token} ${languages.join(' ')}`
  const known = namesAsked.get(asked)
  if (known !== undefined) return known
  const found = new Map<string, number | null>()
  if (token === 'A') for (const [i, name] of ['am', 'pm'].entries()) found.set(name, i + 1)
  for (const language of languages)
    for (const [i, names] of (data().names[language]?.[listOf[token]] ?? []).entries())
      for (const name of names) {
        const key = fold(name)
        found.set(key, found.has(key) && found.get(key) !== i + 1 ? null : i + 1)
      }
  const names = new Map([...found].flatMap(([name, says]) => (says === null ? [] : [[name, says]])))
  namesAsked.set(asked, names)
  return names
}

/** Whether halves of the day have other names in these languages than AM and PM, which stand for them in all. */
export const hasHalves = (languages: readonly string[]): boolean => timeNames('A', languages).size > 2

const namesAsked = new Map<string, ReadonlyMap<string, number>>()

/** A name in letters that case does not change; i with and without its dot is one letter, whatever the language. */
export const fold = (text: string): string =>
  Array.from(text, (letter) => foldedLetters().get(letter) ?? letter)
    .join('')
    .replaceAll('i\u0307', 'i')

/** Letters of the names that fold to others. Kept from case tables that may grow: only letters of names are in it. */
export function foldedLetters(): ReadonlyMap<string, string> {
  if (folded.size > 0) return folded
  const names = Object.values(data().names).flatMap((of) => Object.values(of).flat(2) as string[])
  for (const letter of new Set(names.flatMap((name) => [...name]))) {
    const upper = letter.toUpperCase()
    const lower = upper.toLowerCase()
    if ([...upper].length > 1 || [...lower].length > 1) continue
    if (lower !== letter) folded.set(letter, lower)
    if (upper !== lower) folded.set(upper, lower)
  }
  // A space inside a name may be one that does not break.
  return folded.set('İ', 'i').set('\u00a0', ' ').set('\u202f', ' ')
}

const folded = new Map<string, string>()

/** The first years of a calendar's months: `starts[(year - first) * 12 + month - 1]` is a day since 1970; one more ends the last. */
export function monthStarts(calendar: keyof CalendarData['months']): { first: number; starts: readonly number[] } {
  const known = startsAsked.get(calendar)
  if (known !== undefined) return known
  const { first, start, lengths } = data().months[calendar]
  const starts = [Date.parse(start) / 86_400_000]
  for (const digit of lengths.replaceAll(' ', '')) starts.push((starts.at(-1) ?? 0) + 29 + Number(digit))
  startsAsked.set(calendar, { first, starts })
  return { first, starts }
}

const startsAsked = new Map<string, { first: number; starts: readonly number[] }>()

let loaded: CalendarData | undefined

function data(): CalendarData {
  loaded ??= JSON.parse(readFileSync(join(packageRoot, 'contracts/calendars.json'), 'utf8')) as CalendarData
  return loaded
}
