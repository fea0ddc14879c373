import { currencies } from '../models/currency.ts'
import { readSymbols } from './vocabulary-files.ts'

/** What a zone's word can mean. */
export interface ZoneOffset {
  /** `+05:30` */
  readonly offset: string
  /** ISO 3166-1 codes of the countries that mean this one; empty where all do. */
  readonly countries: readonly string[]
}

let cached: ReturnType<typeof readSymbols> | undefined

/** The content of symbols.yaml. @throws Fault "vocabulary.invalid" */
export function symbols(): ReturnType<typeof readSymbols> {
  cached ??= readSymbols()
  return cached
}

/**
 * ISO 4217 codes (and reviewed assets) that a sign, or a code in capitals, can mean; none where it is unknown. Case counts,
 * and a letter of another script is not the one it looks like (`lookAlikeOf`). A full stop behind it does not count.
 */
export function currenciesOf(symbol: string): readonly string[] {
  for (const text of [
    symbol.trim(),
    symbol.normalize('NFKC').trim(),
    symbol.normalize('NFKC').trim().replace(/\.$/, ''),
  ]) {
    if (currencies.has(text)) return [text]
    const known = Object.hasOwn(symbols().currencies, text) ? symbols().currencies[text] : undefined
    if (known !== undefined) return known
  }
  return []
}

/** The code or sign that a text with letters of another script pretends to be: `USDС` (a Cyrillic С) -> `USDC`. */
export function lookAlikeOf(text: string): string | undefined {
  const letters = symbols().look_alikes
  const latin = [...text.normalize('NFKC').trim()].map((letter) => letters[letter] ?? letter).join('')
  return latin !== text.normalize('NFKC').trim() && currenciesOf(latin).length > 0 ? latin : undefined
}

/** What a word for a zone can mean: an abbreviation, `GMT+6`, `+0700 UTC`, `-03:00`; none where it is unknown. */
export function offsetsOf(word: string): readonly ZoneOffset[] {
  const text = word.normalize('NFKC').replace(/[−–]/g, '-').trim().toUpperCase()
  const zones = symbols().zones
  if (Object.hasOwn(zones, text)) return zones[text] ?? []
  const [, sign, hours = '', minutes = '00'] =
    /^(?:(?:UTC|GMT)\s*)?([+-])(\d{1,2}):?([0-5]\d)?(?:\s*(?:UTC|GMT))?$/.exec(text) ?? []
  if (sign === undefined || Number(hours) > 14) return []
  return [{ offset: `${sign}${hours.padStart(2, '0')}:${minutes}`, countries: [] }]
}
