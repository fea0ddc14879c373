import { alpha2Of, countryCodes, isCountry } from '../models/country.ts'
import { wordsOf } from './fold.ts'

/** Languages whose names of countries are known beside the region's own: those of the vocabulary. */
const known = ['en', 'fr', 'pt', 'es', 'id', 'vi', 'sw', 'bn', 'ur', 'hi', 'ar', 'tr', 'de', 'it', 'nl'] as const

/** Short forms that people write and CLDR does not have. */
const short: Readonly<Record<string, string>> = { uk: 'GB', usa: 'US', uae: 'AE' }

/**
 * The ISO 3166-1 alpha-2 code of a country's code or name, as CLDR has it in the languages of the vocabulary and of the
 * region; undefined where it is none, or a name of several.
 */
export function countryOf(text: string, languages: readonly string[]): string | undefined {
  const code = text.trim().toUpperCase()
  if (isCountry(code)) return code
  return alpha2Of(code) ?? namesIn([...known, ...languages]).get(plain(text)) ?? undefined
}

const plain = (text: string): string =>
  wordsOf(text)
    .map((word) => word.plain)
    .join(' ')

const cached = new Map<string, ReadonlyMap<string, string | null>>()

/** Name -> code; null: a name of several countries. */
function namesIn(languages: readonly string[]): ReadonlyMap<string, string | null> {
  const key = [...new Set(languages)].toSorted().join(' ')
  const done = cached.get(key)
  if (done !== undefined) return done
  const names = new Map<string, string | null>(Object.entries(short))
  for (const language of key.split(' ')) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' })
    for (const code of countryCodes) {
      const name = plain(display.of(code) ?? '')
      if (name !== '') names.set(name, (names.get(name) ?? code) === code ? code : null)
    }
  }
  cached.set(key, names)
  return names
}
