import { fold, timeLanguages, timeNames } from '../contracts/calendars.ts'

/** The language of the names of months and days in a column's cells. */
export interface MonthLanguage {
  readonly language: string
  isMonth(word: string): boolean
  /** Whether all words are names in full. */
  areFull(words: readonly string[]): boolean
  isDay(word: string): boolean
  areFullDays(words: readonly string[]): boolean
}

/** A name: letters and the marks on them; Thai puts a full stop within short ones (`มี.ค.`). */
export const nameWord = /\p{Script=Thai}+\.\p{Script=Thai}+|\p{L}[\p{L}\p{M}]+/gu

/**
 * The language in which texts have names of months: English, one of the region's, or any other. Null where there are no names,
 * or those of several languages that mean different months.
 *
 * @param texts cells or their shapes
 */
export function monthLanguage(texts: readonly string[], regional: readonly string[]): MonthLanguage | null {
  const words = [...new Set(texts.flatMap((text) => text.match(nameWord) ?? []))].map(fold)
  if (words.length === 0) return languageOf('en')
  const known = (language: string) => {
    const { isMonth } = languageOf(language)
    return texts.filter((text) => (text.match(nameWord) ?? []).some(isMonth)).length
  }
  for (const language of ['en', ...regional.filter((one) => timeLanguages().includes(one))])
    if (known(language) >= texts.length * 0.9) return languageOf(language)
  const daysKnown = (language: string) => {
    const { isDay } = languageOf(language)
    return texts.every((text) => isDay(/^\p{L}[\p{L}\p{M}-]*/u.exec(text)?.[0] ?? ''))
  }
  for (const language of ['en', ...regional.filter((one) => timeLanguages().includes(one))])
    if (daysKnown(language)) return languageOf(language)
  const others = timeLanguages().filter((language) => known(language) >= texts.length * 0.9)
  const meanings = (language: string) => {
    const [full, short] = [timeNames('MMMM', [language]), timeNames('MMM', [language])]
    return words.map((word) => full.get(word) ?? short.get(word) ?? '').join(' ')
  }
  const [first] = others
  if (first === undefined) return languageOf('en')
  return others.every((language) => meanings(language) === meanings(first)) ? languageOf(first) : null
}

function languageOf(language: string): MonthLanguage {
  const [months, days] = [namesOf(language, 'MMMM', 'MMM'), namesOf(language, 'dddd', 'ddd')]
  return { language, isMonth: months.isOne, areFull: months.areFull, isDay: days.isOne, areFullDays: days.areFull }
}

function namesOf(language: string, long: 'MMMM' | 'dddd', brief: 'MMM' | 'ddd') {
  const [full, short] = [timeNames(long, [language]), timeNames(brief, [language])]
  return {
    isOne: (word: string) => full.has(fold(word)) || short.has(fold(word)),
    areFull: (words: readonly string[]) =>
      words.every((word) => full.has(fold(word))) && words.some((word) => !short.has(fold(word))),
  }
}
