import { currenciesOf } from './symbols.ts'
import type { Shape } from './tally.ts'
import { sideOf } from './vocabulary.ts'

/** A shape of numbers, and what stands beside them. */
export interface Affixed {
  readonly shape: Shape
  /** The shape with latin digits and marks. */
  readonly latin: string
  /** What stands beside the number, in small letters, and as it is written; '' for nothing. */
  readonly affix: string
  readonly word: string
  readonly isSign: boolean
  readonly side: 'credit' | 'debit' | undefined
}

export function affixed(shape: Shape): Affixed {
  const latin = shape.text
    .replace(/[৯٩۹९９]/g, '9')
    .replaceAll('٬', ',')
    .replaceAll('٫', '.')
  const affix = affixOf(latin)
  const at = affix === '' ? -1 : shape.example.toLowerCase().indexOf(affix)
  const word = at === -1 ? '' : shape.example.slice(at, at + affix.length)
  const isKnown = currenciesOf(word).length > 0
  // `S$` and `S/.` are no side's `s`.
  const isMarked = isKnown && /[^\p{L}\p{M}.\s]/u.test(word)
  const side = isMarked || !/\p{L}/u.test(word) ? undefined : sideOf(word)
  const isSign = side === undefined && word !== '' && (isKnown || /\p{Sc}/u.test(word))
  return { shape, latin, affix, word, isSign, side }
}

/** What stands before or behind a number, '' for nothing: a currency's sign, such as `Rp`, `F CFA` and `ج.م.`, a word for a side. */
export function affixOf(number: string): string {
  const found =
    /^[-+\u2212(]?\s?([^\d\s.,'’()+\u2212-][^\d]*?)\s?[-+\u2212]?(?=\d)|\d\s?([^\d\s.,'’()+\u2212-](?:[^\d()]*[^\d\s.,'’()+\u2212-])?\.?)\)?$/u.exec(
      number,
    )
  return found?.[1] ?? found?.[2] ?? ''
}

/** A number without its affix and the space beside that: other spaces may stand between thousands. */
export function without(affix: string, number: string): string {
  const at = number.indexOf(affix)
  return number.slice(0, at).trimEnd() + number.slice(at + affix.length).trimStart()
}
