import { fold, timeLanguages, timeNames } from '../contracts/calendars.ts'

/** The language of the names of months in a column's cells. */
export interface MonthLanguage {
  readonly language: string
  isMonth(word: string): boolean
  /** Whether all words are names in full. */
  areFull(words: readonly string[]): boolean
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
  const [full, short] = [timeNames('MMMM', [language]), timeNames('MMM', [language])]
  return {
    language,
    isMonth: (word) => full.has(fold(word)) || short.has(fold(word)),
    areFull: (words) => words.every((word) => full.has(fold(word))) && words.some((word) => !short.has(fold(word))),
  }
}
