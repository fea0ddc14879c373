import { currencies } from '../models/currency.ts'
import { isZone } from '../models/zone.ts'
import { splitCamelCase, wordsOf } from './fold.ts'
import { currenciesOf, offsetsOf, symbols, type ZoneOffset } from './symbols.ts'

/** What a header says of its cells beside its name: "Amount (Kobo)", "Fees ($)", "Date (YY/MM/DD)", "created_utc". */
export interface HeaderHints {
  /** Amounts are whole numbers of the smallest unit. */
  readonly unit?: 'minor'
  /** ISO 4217 codes that the sign, code or name can mean. */
  readonly currencies?: readonly string[]
  /** What the zone's word can mean. */
  readonly offsets?: readonly ZoneOffset[]
  /** IANA zone, where the header names one. */
  readonly zone?: string
  readonly dateOrder?: 'dmy' | 'mdy' | 'ymd' | 'ydm'
  /** What stands in brackets and is none of these: "exclusive tax". */
  readonly notes?: readonly string[]
}

type Hints = { -readonly [K in keyof HeaderHints]: HeaderHints[K] }

/** A header's name without what it says of its cells, and that. The name is never empty where the header is not. */
export function splitHeader(header: string): { readonly name: string; readonly hints: HeaderHints } {
  const text = header.normalize('NFKC').trim()
  const hints: Hints = {}
  const bare = text.replace(/[([{]([^()[\]{}]*)[)\]}]/g, (_, inside: string) => {
    for (const part of inside.split(/[,;]/))
      if (part.trim() !== '' && !take(part, hints, true)) note(part.trim(), hints)
    return ' '
  })
  const name = withoutOuterHints(bare, hints)
  if (wordsOf(name).length > 0) return { name: name.trim(), hints }
  return { name: wordsOf(bare).length > 0 ? bare.trim() : text, hints }
}

/** Takes signs, and the words behind or before the name that are hints; an "in" before them goes too. */
function withoutOuterHints(text: string, hints: Hints): string {
  const order = takeDateOrder(text, hints)
  const signs = order.replace(/(?:\b[A-Z]{1,3})?\p{Sc}/gu, (sign) => {
    hints.currencies ??= currenciesOf(sign)
    return ' '
  })
  const words = splitCamelCase(signs)
    .split(/[\s_]+|-(?=\p{L})/u)
    .filter((word) => word !== '')
  const mayBe = (word: string) => /\p{Lu}/u.test(word) || (text.includes('_') && !/\p{Lu}/u.test(text))
  const isHint = (word: string) => mayBe(word) && take(word, hints, false)
  let changed = signs !== text
  for (const size of [2, 1])
    while (words.length > size && takesUnit(words.slice(-size).join(' '), hints)) {
      words.splice(-size)
      changed = true
    }
  while (words.length > 1 && isHint(words.at(-1) ?? '')) {
    words.pop()
    changed = true
  }
  // "Amount in USD" is an amount, "Paid in USD" is paid in.
  if (changed && words.length > 1 && /(?<!\b(?:paid|money|cash|funds)) (?:in|en|em|dalam|bằng)$/i.test(words.join(' ')))
    words.pop()
  if (words.length > 1 && currencies.has((words[0] ?? '').toUpperCase()) && isHint(words[0] ?? '')) {
    words.shift()
    changed = true
  }
  return changed ? words.join(' ') : text
}

/**
 * Whether `part` is a hint, which is then in `hints`.
 *
 * @param inBrackets where a single letter can be a sign, and words that are codes too are codes
 */
function take(part: string, hints: Hints, inBrackets: boolean): boolean {
  const text = part
    .trim()
    .replace(/^(?:in|en|em|dalam|bằng)\s+/i, '')
    .replace(/\s+(?:time\s?zone|time|only)$/i, '')
  if (inBrackets && takeDateOrder(text, hints) !== text) return true
  if (text.includes('/') && isZone(text)) {
    hints.zone = text
    return true
  }
  const offsets = inBrackets || /^(?:utc|gmt)/i.test(text) || /^[+-]\d/.test(text) ? offsetsOf(text) : []
  if (offsets.length > 0) {
    hints.offsets = offsets
    return true
  }
  if (takesUnit(text, hints)) return true
  const found = currenciesNamed(text, inBrackets)
  if (found.length > 0) hints.currencies = found
  return found.length > 0
}

function takesUnit(text: string, hints: Hints): boolean {
  const units = symbols().minor_units
  const name = text.toLowerCase()
  if (Object.hasOwn(units, name)) {
    hints.unit = 'minor'
    const codes = units[name] ?? []
    if (codes.length > 0) hints.currencies = codes
    return true
  }
  const named = symbols().names
  if (!Object.hasOwn(named, name)) return false
  hints.currencies = named[name] ?? []
  return true
}

function currenciesNamed(text: string, inBrackets: boolean): readonly string[] {
  const code = text.toUpperCase()
  if (currencies.has(code)) {
    const isWord = symbols().codes_that_are_words.includes(code)
    return !isWord || (inBrackets && text === code) ? [code] : []
  }
  const isLetters = /^\p{L}+$/u.test(text)
  return inBrackets || !isLetters || text.length > 2 || /^\p{Lu}\p{Ll}$/u.test(text) ? currenciesOf(text) : []
}

/** `YY/MM/DD`, `JJ/MM/AAAA`, `TT.MM.JJJJ`, `GG/AA/YYYY`: the text without it, its order in `hints`. */
function takeDateOrder(text: string, hints: Hints): string {
  const found =
    /(?<!\p{L})([DJTG])\1?[-/. ]([MA])\2{0,3}[-/. ]([YJA])\3{1,3}(?!\p{L})|(?<!\p{L})(M)\4{0,3}[-/. ]([DJTG])\5?[-/. ]([YJA])\6{1,3}(?!\p{L})|(?<!\p{L})([YJA])\7{1,3}[-/. ]?([MA])\8{0,3}[-/. ]?([DJTG])\9?(?!\p{L})/iu.exec(
      text,
    )
  if (found === null) return text
  hints.dateOrder = found[1] !== undefined ? 'dmy' : found[4] !== undefined ? 'mdy' : 'ymd'
  return `${text.slice(0, found.index)} ${text.slice(found.index + found[0].length)}`
}

function note(text: string, hints: Hints): void {
  hints.notes = [...(hints.notes ?? []), text]
}
