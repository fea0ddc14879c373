import type { FieldRule } from './contract.ts'

/** A number's own text, without what stands around it. */
export interface Bare {
  readonly number: string
  readonly isNegative: boolean
}

/**
 * Take sign, symbol and side's word off an amount; null where they are not as the rule has them, or could be read two
 * ways.
 *
 * Symbol and word may have spaces around; a number with a word has no sign of its own.
 *
 * @param text with digits 0-9
 */
export function bareNumber(text: string, rule: FieldRule): Bare | null {
  const first = text.search(/[0-9]/)
  if (first < 0) return null
  const last = text.search(/[0-9][^0-9]*$/) + 1
  const end = rule.decimal === ',' && text.charAt(last) === ',' ? last + 1 : last
  const readings = new Set<boolean>()
  for (const before of cuts(text.slice(0, first), rule))
    for (const after of cuts(text.slice(end), rule)) {
      const isNegative = signOf(before, after, rule)
      if (isNegative !== null) readings.add(isNegative)
    }
  const [isNegative] = readings
  return isNegative === undefined || readings.size > 1 ? null : { number: text.slice(first, end), isNegative }
}

/** What stands beside a number. */
type Affix = '-' | '+' | '(' | ')' | 'symbol' | 'credit' | 'debit'

/** Every way to read a text as affixes. */
function cuts(text: string, rule: FieldRule): Affix[][] {
  if (text === '') return [[]]
  const onward = (affix: Affix, rest: string) => cuts(rest, rule).map((more) => [affix, ...more])
  const words: [Affix, readonly string[]][] = [
    ['symbol', rule.symbols],
    ['credit', rule.sides?.credit ?? []],
    ['debit', rule.sides?.debit ?? []],
  ]
  const trimmed = text.trimStart()
  const named = words.flatMap(([affix, of]) =>
    of
      .filter((word) => trimmed.startsWith(word))
      .flatMap((word) => onward(affix, trimmed.slice(word.length).trimStart())),
  )
  if (/^[-+\u2212]/.test(text)) return [...named, ...onward(text.startsWith('+') ? '+' : '-', text.slice(1))]
  return /^[()]/.test(text) ? [...named, ...onward(text.startsWith('(') ? '(' : ')', text.slice(1))] : named
}

/** Whether affixes before and behind make a number negative; null where they do not go together. */
function signOf(before: readonly Affix[], after: readonly Affix[], { sides }: FieldRule): boolean | null {
  const all = [...before, ...after]
  if (all.filter((affix) => affix === 'symbol').length > 1) return null
  const told = all.filter((affix) => affix !== 'symbol').join('')
  if (sides !== null) {
    if (told === '') return sides.bare === null ? null : sides.bare === 'debit'
    return told === 'credit' || told === 'debit' ? told === 'debit' : null
  }
  if (told === '' || told === '+' || told === '-') return told === '-'
  return told === '()' && before.includes('(') && after.includes(')') ? true : null
}
