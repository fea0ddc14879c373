import { currencies } from '../models/currency.ts'
import { splitCamelCase } from './fold.ts'
import { symbols } from './symbols.ts'
import { rateWords } from './vocabulary.ts'

/** Which way round a rate is: US dollars for one unit, or units for one US dollar. */
export type Way = 'dollars' | 'units'

/** What a rate is of: one `base` is worth so many `quote`. Codes; null: not said. */
export interface RateOf {
  readonly base: string | null
  readonly quote: string | null
}

/**
 * What a column's name says of its rates: `NGN per USD`, `USD/NGN`, `usd_rate`, `Rate to USD`; null where it names no
 * currency.
 */
export function rateOfName(header: string): RateOf | null {
  const parts = partsOf(header)
  const at = parts.findIndex((part) => part.kind === 'per')
  const currencyIn = (from: number, to: number) => {
    const found = parts.slice(from, to).find((part) => part.kind === 'currency')
    return found?.kind === 'currency' ? found.code : null
  }
  if (at !== -1) {
    const of = { base: currencyIn(at + 1, parts.length), quote: currencyIn(0, at) }
    return of.base === null && of.quote === null ? null : of
  }
  const codes = parts.flatMap((part) => (part.kind === 'currency' ? [part.code] : []))
  const [first, second, ...more] = codes
  if (first === undefined || more.length > 0) return null
  if (second !== undefined) return { base: first, quote: second }
  return { base: null, quote: first }
}

type Part = { readonly kind: 'currency'; readonly code: string } | { readonly kind: 'per' | 'to' | 'word' }

function partsOf(header: string): Part[] {
  const { per, to, dollar } = rateWords()
  const text = header.normalize('NFKC').replace(/\bU\.?S\.?\s*(?:dollars?|\$)|\$/gi, ' USD ')
  return (splitCamelCase(text).match(/[\p{L}\p{M}]+/gu) ?? []).flatMap((word): Part[] => {
    const pair = pairOf(word)
    if (pair !== null) return [pair.base, pair.quote].map((code) => ({ kind: 'currency', code: code as string }))
    const plain = word.toLowerCase()
    if (dollar.includes(plain)) return [{ kind: 'currency', code: 'USD' }]
    if (per.includes(plain)) return [{ kind: 'per' }]
    if (to.includes(plain)) return [{ kind: 'to' }]
    const code = word.toUpperCase()
    const isCode = currencies.has(code) && (word === code || !symbols().codes_that_are_words.includes(code))
    return [isCode ? { kind: 'currency', code } : { kind: 'word' }]
  })
}

/** The currencies of a pair, in capitals or not: `EUR/USD`, `USDNGN`; null where the text is none. */
export function pairOf(text: string): { readonly base: string; readonly quote: string } | null {
  const [, base = '', quote = ''] = /^([A-Z]{3})[-/_. :]?([A-Z]{3})$/.exec(text.trim().toUpperCase()) ?? []
  return currencies.has(base) && currencies.has(quote) && base !== quote ? { base, quote } : null
}

/** The way of a rate in which the dollar stands on one side; null where it stands on none, or that is not said. */
export const wayOf = ({ base, quote }: RateOf): Way | null =>
  base === 'USD' ? 'units' : quote === 'USD' ? 'dollars' : null

/** The least and the greatest rate of a currency in a file: for comparing only, no money. */
export interface Span {
  readonly code: string
  readonly least: number
  readonly most: number
}

/** So far from what a currency has been worth in years, both ways, a rate may be. */
const mayDiffer = 10

/**
 * Which way round rates are by their size: 1500 for the naira can only be naira for one dollar. Null where they can be both
 * (0.9 for the euro), or neither, or some say this and others that.
 */
export function wayOfValues(spans: readonly Span[]): { readonly way: Way; readonly span: Span } | null {
  const found: { readonly way: Way | null; readonly span: Span }[] = spans.flatMap((span) => {
    const about = symbols().per_dollar[span.code]
    if (about === undefined) return []
    const isNear = (value: number, of: number) => value > 0 && value / of <= mayDiffer && of / value <= mayDiffer
    const isUnits = isNear(span.least, about) && isNear(span.most, about)
    const isDollars = isNear(span.least, 1 / about) && isNear(span.most, 1 / about)
    if (isUnits && isDollars) return []
    return [{ way: isUnits ? 'units' : isDollars ? 'dollars' : null, span }]
  })
  const [first] = found
  if (first?.way == null || found.some(({ way }) => way !== first.way)) return null
  return { way: first.way, span: first.span }
}

/** So many times what a currency has been worth, both ways, no rate against the dollar is. */
const isNoRate = 50

/** Rates that are of no size that the dollar's can have, either way round: naira for one euro, in a list of euros. */
export function farOff(spans: readonly Span[]): Span | null {
  const far = (value: number, of: number) => Math.max(value / of, of / value) > isNoRate
  const found = spans.find(({ code, least, most }) => {
    const about = symbols().per_dollar[code]
    return about !== undefined && [least, most].every((value) => far(value, about) && far(value, 1 / about))
  })
  return found ?? null
}
