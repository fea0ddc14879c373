import { fold, hasHalves, isNameToken, type NameToken, timeNames } from './calendars.ts'
import type { FieldRule } from './contract.ts'
import type { TimePart } from './time-format.ts'

/**
 * What each token of a format stands for in a text; null where the text does not follow it whole.
 *
 * Names come folded, without the full stop of an abbreviation. Where a token fits more than one length, the longest that
 * lets the rest fit is taken.
 */
export function follow(text: string, [part, ...rest]: readonly TimePart[], rule: Names): Map<string, string> | null {
  if (part === undefined) return text === '' ? new Map() : null
  for (const { length, says } of taken(part, text, rule)) {
    const told = follow(text.slice(length), rest, rule)
    if (told !== null) return part.token === null ? told : told.set(part.token, says)
  }
  return null
}

/** What of a rule says the words that a text may have. */
type Names = Pick<FieldRule, 'languages' | 'zoneTexts'>

interface Taken {
  readonly length: number
  readonly says: string
}

/** How many digits a token has: least and most. */
const widths: Readonly<Record<string, readonly [number, number]>> = {
  ...{ YYYY: [4, 4], YY: [2, 2], MM: [2, 2], M: [1, 2], DD: [2, 2], D: [1, 2], HH: [2, 2], H: [1, 2] },
  ...{ hh: [2, 2], h: [1, 2], mm: [2, 2], ss: [2, 2], SSS: [3, 3], SSSSSS: [6, 6], X: [1, 12], x: [1, 15] },
}

/** What a part may take of the beginning of a text, the longest first. */
function taken({ token, text: literal }: TimePart, text: string, { languages, zoneTexts = {} }: Names): Taken[] {
  if (token === null) return text.startsWith(literal) ? [{ length: literal.length, says: literal }] : []
  if (isNameToken(token) || (token === 'A' && hasHalves(languages))) return named(token, text, languages)
  if (token === 'z') {
    const words = Object.keys(zoneTexts).filter((word) => text.startsWith(word))
    return words.map((word) => ({ length: word.length, says: word })).toSorted((a, b) => b.length - a.length)
  }
  const width = widths[token]
  if (width === undefined) {
    const found = (token === 'A' ? /^[AaPp][Mm]/ : /^(?:Z|[+-][0-9]{2}:?[0-9]{2})/).exec(text)
    return found === null ? [] : [{ length: found[0].length, says: found[0] }]
  }
  const digits = /^[0-9]*/.exec(text)?.[0].length ?? 0
  const lengths = Array.from({ length: width[1] - width[0] + 1 }, (_, i) => width[1] - i)
  return lengths.filter((length) => length <= digits).map((length) => ({ length, says: text.slice(0, length) }))
}

function named(token: NameToken | 'A', text: string, languages: readonly string[]): Taken[] {
  const names = timeNames(token, languages)
  const found: Taken[] = []
  const longest = Math.max(0, ...Array.from(names.keys(), (name) => name.length * 2))
  for (let length = Math.min(longest, text.length); length > 0; length -= 1) {
    const says = fold(text.slice(0, length))
    if (!names.has(says)) continue
    if (token.length < 4 && /^[.\u0970]/.test(text.slice(length))) found.push({ length: length + 1, says })
    found.push({ length, says })
  }
  return found
}
