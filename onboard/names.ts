import { alpha2Of, countryCodes, isCountry } from '../models/country.ts'
import { currencies } from '../models/currency.ts'
import { wordsOf } from './fold.ts'
import { symbols } from './symbols.ts'

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
  return alpha2Of(code) ?? namesIn('region', countryCodes, languages).get(plain(text)) ?? undefined
}

/** The code of a currency's name, by the same rules: `US Dollar`, `naira`. */
export function currencyOf(text: string, languages: readonly string[]): string | undefined {
  const name = text.trim().toLowerCase()
  const some = Object.hasOwn(symbols().names, name) ? symbols().names[name] : undefined
  if (some !== undefined) return some.length === 1 ? some[0] : undefined
  const codes = [...currencies.keys()].filter((code) => /^[A-Z]{3}$/.test(code))
  return namesIn('currency', codes, languages).get(plain(text)) ?? undefined
}

const plain = (text: string): string =>
  wordsOf(text)
    .map((word) => word.plain)
    .join(' ')

const cached = new Map<string, ReadonlyMap<string, string | null>>()

/** Name -> code; null: a name of several. */
function namesIn(
  type: 'region' | 'currency',
  codes: readonly string[],
  languages: readonly string[],
): ReadonlyMap<string, string | null> {
  const all = [...new Set([...known, ...languages])].toSorted()
  const key = [type, ...all].join(' ')
  const done = cached.get(key)
  if (done !== undefined) return done
  const names = new Map<string, string | null>(type === 'region' ? Object.entries(short) : [])
  for (const language of all) {
    const display = new Intl.DisplayNames([language], { type, fallback: 'none' })
    for (const code of codes) {
      const name = plain(display.of(code) ?? '')
      if (name !== '') names.set(name, (names.get(name) ?? code) === code ? code : null)
    }
  }
  cached.set(key, names)
  return names
}
