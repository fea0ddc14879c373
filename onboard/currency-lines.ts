import { currencies } from '../models/currency.ts'
import { currencyOf } from './names.ts'
import { currenciesOf, symbols } from './symbols.ts'
import type { LoadedTable } from './table.ts'
import { hintsOf, meaningsOf } from './vocabulary.ts'

/** What something in a file says of the currency. */
export interface SaidCurrency {
  /** ISO 4217 codes of which it is one. */
  readonly codes: readonly string[]
  /** Where it is said, for a person. */
  readonly where: string
}

/** The lines around a table. */
type LinesBeside = Pick<LoadedTable, 'preamble' | 'between' | 'footer' | 'letterhead'>

/** So many lines above and below the table are looked at. */
const mostLines = 200

/**
 * What the lines around the table say of its currency: `Currency: USD`, `Devise` beside `EUR`, `Amounts in Naira`, and above it
 * `NGN 1,250.00` too.
 *
 * @param languages those of the region, for names of currencies
 */
export function currenciesSaid(
  { preamble, between, footer, letterhead }: LinesBeside,
  languages: readonly string[],
): SaidCurrency[] {
  const said = (
    lines: readonly { readonly cells: readonly string[] }[],
    find: (cells: readonly string[]) => string[][],
  ) =>
    lines.slice(0, mostLines).flatMap(({ cells }) => {
      const filled = cells.map((cell) => cell.trim()).filter((cell) => cell !== '')
      const where = `a line beside the table: ${JSON.stringify(filled.join(' ').slice(0, 80))}`
      return find(filled).map((codes) => ({ codes, where }))
    })
  const labelled = (cells: readonly string[]) => labelledIn(cells, languages)
  return [
    ...said(preamble, (cells) => [
      ...labelled(cells),
      ...cells.flatMap((cell) => [...inAmounts(cell), ...besideAmount(cell)]),
    ]),
    ...[letterhead, between, footer].flatMap((lines) => said(lines, labelled)),
  ]
}

/** A currency behind a label: in its cell, or in the next one. */
function labelledIn(cells: readonly string[], languages: readonly string[]): string[][] {
  const parts = cells.flatMap((cell) => cell.split(/\s{2,}|[\t|;]/)).filter((part) => part.trim() !== '')
  return parts.flatMap((part, i) => {
    const next = parts[i + 1] ?? ''
    const marks = [...part.matchAll(/[:：=]/g)].map(({ index }) => index)
    const pairs =
      marks.length > 0
        ? marks.map((at) => [part.slice(0, at), part.slice(at + 1).trim() || next] as const)
        : [[part, next] as const, ...wordCuts(part)]
    const [found] = pairs.flatMap(([label, value]) => {
      const codes = codesOfValue(value, languages)
      return codes.length > 0 && isLabel(label) ? [codes] : []
    })
    return found === undefined ? [] : [found]
  })
}

/** `Devise EUR` as a label and a value, wherever a short text can be cut. */
function wordCuts(text: string): (readonly [string, string])[] {
  const words = text.trim().split(/\s+/)
  if (words.length > 6) return []
  return words.slice(1).map((_, i) => [words.slice(0, i + 1).join(' '), words.slice(i + 1).join(' ')] as const)
}

/** Whether a text, or its last words, name a currency's place: `Devise du compte`, `0170299999 Currency`. */
function isLabel(text: string): boolean {
  const words = text.trim().split(/\s+/)
  if (words.length <= 5 && meaningsOf(text)[0]?.meaning === 'currency' && (meaningsOf(text)[0]?.strength ?? 0) >= 0.6)
    return true
  return [1, 2, 3].some((size) =>
    meaningsOf(words.slice(-size).join(' ')).some(
      ({ meaning, strength }) => meaning === 'currency' && strength >= 0.95,
    ),
  )
}

/** A code, sign or name at the beginning of a text, or in brackets: `USD`, `US Dollar (USD)`, `F CFA`. Of a list each. */
function codesOfValue(value: string, languages: readonly string[]): string[] {
  const listed = value.split(/\s*[,،/&+]\s*/).map((one) => one.trim())
  const isList = listed.length > 1 && listed.every((one) => currencies.has(one))
  if (isList) return [...new Set(listed)]
  const words = value
    .trim()
    .split(/[\s()[\]"،,-]+/)
    .filter((word) => word !== '')
    .slice(0, 5)
  const [alone] = words
  const code = alone?.toUpperCase() ?? ''
  const isWord = alone !== code && symbols().codes_that_are_words.includes(code)
  if (words.length === 1 && currencies.has(code) && !isWord) return [code]
  for (let size = Math.min(4, words.length); size > 0; size--) {
    const codes = codesOfWords(words.slice(0, size).join(' '), languages)
    if (codes.length > 0) return codes
  }
  // `Franc CFA`, `Kenya Shillings`: the last word is the kind of money.
  return words.length < 2 ? [] : codesOfWords(words[1] as string, languages)
}

function codesOfWords(text: string, languages: readonly string[]): string[] {
  const known = currenciesOf(text)
  if (known.length > 0) return [...known]
  // The article goes: `الجنيه المصري`.
  const bare = text.replace(/(?<=^|\s)ال(?=\p{L}{2})/gu, '')
  const named = currencyOf(bare, languages)
  if (named !== undefined) return [named]
  const some = Object.hasOwn(symbols().names, bare.toLowerCase()) ? symbols().names[bare.toLowerCase()] : undefined
  return [...(some ?? (bare === text ? [] : currenciesOf(bare)))]
}

/**
 * Codes that stand as words in the lines around the table, but for one. They may say what the amounts are, or anything else, such
 * as a rate.
 */
export function currenciesMentioned(
  { preamble, between, footer, letterhead }: LinesBeside,
  regional: string,
): SaidCurrency[] {
  const isCode = (word: string) => currencies.has(word) && !symbols().codes_that_are_words.includes(word)
  const lines = [letterhead, preamble, between, footer].flatMap((some) => some.slice(0, mostLines))
  const mentions = lines.flatMap(({ cells }) => {
    const text = cells.join(' ')
    const codes = [...text.matchAll(/(?<![\p{L}\d])[A-Z]{3}(?![\p{L}\d])/gu)].map(([word]) => word).filter(isCode)
    return codes.map((code) => ({
      codes: [code],
      where: `a line beside the table, ${JSON.stringify(text.trim().slice(0, 80))},`,
    }))
  })
  return mentions.some(({ codes: [code] }) => code === regional) ? [] : mentions
}

/** `All amounts are in NGN`, `Montants en FCFA`, and no more behind a comma. */
const inAmounts = (cell: string): string[][] => cell.split(/[,;:](?:\s|$)|\.\s/).flatMap(inClause)

function inClause(clause: string): string[][] {
  const text = clause.replace(/^\W+|[)\].\s]+$/g, '')
  if (text.split(/\s+/).length > 7) return []
  const { currencies: codes = [] } = hintsOf(text)
  const isOfMoney = meaningsOf(text).some(({ meaning }) => amounts.has(meaning))
  return codes.length > 0 && isOfMoney ? [[...codes]] : []
}

const amounts: ReadonlySet<string> = new Set([
  'amount',
  'gross',
  'net',
  'balance',
  'debit',
  'credit',
  'opening',
  'closing',
])

/** A code or sign beside a number that is written as an amount. */
function besideAmount(cell: string): string[][] {
  const amount = /(?<![\p{L}\d][./:-]?)(?:\d{1,3}(?:[,.'’\s]\d{2,3})*[.,]\d{2,3}|\d+[.,]\d{2})(?![\d./:-]*\d)/u.exec(
    cell,
  )
  if (amount === null || meaningsOf(cell).some(({ meaning }) => meaning === 'rate')) return []
  const before = /(\p{L}{0,3}\p{Sc}|[\p{L}.]{2,5})\s?[-+\u2212(]?$/u.exec(cell.slice(0, amount.index))?.[1]
  const after = /^\)?\s?(\p{Sc}|[\p{L}.]{2,5})(?![\p{L}\d])/u.exec(cell.slice(amount.index + amount[0].length))?.[1]
  const codes = [before, after]
    .flatMap((word) => (word === undefined ? [] : [currenciesOf(word)]))
    .find((of) => of.length > 0)
  return codes === undefined ? [] : [[...codes]]
}
