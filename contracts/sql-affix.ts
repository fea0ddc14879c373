import { escapePattern } from '../models/escape-pattern.ts'
import type { FieldRule } from './contract.ts'
import { spaces } from './sql-text.ts'

/**
 * RE2 patterns of amounts with what may stand around the number: a sign, one symbol, a side's word. Spaces may stand
 * around symbol and word alone.
 *
 * @param number pattern of the number itself
 * @returns patterns of the whole text, by what they make of the number
 */
export function affixPatterns({ symbols, sides }: FieldRule, number: string): { positive: string; negative: string } {
  const apart = `[${spaces}]*`
  const affix = (words: readonly string[]) => `${apart}(?:${longestFirst(words).map(escapePattern).join('|')})${apart}`
  const symbol = symbols.length === 0 ? null : affix(symbols)
  const bare: Frame[] = [[number]]
  const beside = (words: readonly string[]): Frame[] =>
    words.length === 0
      ? []
      : [
          [affix(words), number],
          [number, affix(words)],
        ]
  const [positive, negative] =
    sides === null
      ? [
          [[number], ['[+]', number], [number, '[+]']],
          [
            ['[-\u2212]', number],
            [number, '[-\u2212]'],
            ['[(]', number, '[)]'],
          ],
        ]
      : [
          [...beside(sides.credit), ...(sides.bare === 'credit' ? bare : [])],
          [...beside(sides.debit), ...(sides.bare === 'debit' ? bare : [])],
        ]
  const whole = (frames: readonly Frame[]) =>
    frames.flatMap((frame) => [frame, ...(symbol === null ? [] : withOneMore(frame, symbol))]).map((f) => f.join(''))
  return { positive: whole(positive).join('|'), negative: whole(negative).join('|') }
}

/** Parts in the order in which they are written. */
type Frame = readonly string[]

/** The frame with a part put in at every place. */
const withOneMore = (frame: Frame, part: string): Frame[] =>
  [...frame, ''].map((_, i) => [...frame.slice(0, i), part, ...frame.slice(i)])

const longestFirst = (words: readonly string[]): string[] => [...words].sort((a, b) => b.length - a.length)
