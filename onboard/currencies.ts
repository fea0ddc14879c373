import { currencies, currencyOfNumeric } from '../models/currency.ts'
import { fromColumn, meaning, type NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import type { LoadedTable } from './table.ts'
import { currenciesOf } from './vocabulary.ts'

export interface FoundCurrency {
  readonly codes: readonly string[]
  readonly column: NamedProfile | null
  readonly evidence: string
  /** Codes that a sign can stand for, where the region's is none of them. */
  readonly open: readonly string[]
}

/** The code that a cell is: a code or ISO number. */
export const codeOf = (word: string): string | undefined =>
  /^[A-Za-z]+$/.test(word) && currencies.has(word.toUpperCase()) ? word.toUpperCase() : currencyOfNumeric.get(word)

/** The currency: a column of codes beside the amount, a sign or code that the file shows, else the region's. */
export function findCurrency(table: LoadedTable, columns: readonly NamedProfile[], regional: string): FoundCurrency {
  const amounts = meaning(columns, 'gross', 'amount', 'net', 'debit')
  const place = columns.indexOf(amounts[0] as NamedProfile)
  const distance = (column: NamedProfile) => {
    const at = columns.indexOf(column)
    return at > place ? at - place : 1000 + place - at
  }
  const coded = meaning(columns, 'currency')
    .map((column) => ({
      column,
      codes: [...(column.words ?? [])].map(([word, count]) => ({ code: codeOf(word), count })),
    }))
    .filter(({ column, codes }) => {
      const known = codes.filter(({ code }) => code !== undefined).reduce((sum, { count }) => sum + count, 0)
      return known >= column.filled * 0.6 && column.filled >= table.rows * 0.5
    })
    .toSorted((a, b) => distance(a.column) - distance(b.column))
  const [found] = coded
  if (found !== undefined) {
    const codes = [...new Set(found.codes.flatMap(({ code }) => (code === undefined ? [] : [code])))]
    return { codes, column: found.column, evidence: `its words are codes: ${codes.slice(0, 6).join(', ')}`, open: [] }
  }
  const shown: (readonly string[])[] = [
    ...columns.flatMap(({ hints }) => (hints.currencies === undefined ? [] : [hints.currencies])),
    ...columns.flatMap((column) => column.shapes.flatMap(({ example }) => symbolIn(example))),
    ...table.preamble.flatMap(({ cells }) => cells.flatMap((cell) => codesIn(cell))),
  ]
  const first = shown.toSorted((a, b) => a.length - b.length)[0]
  if (first === undefined)
    return { codes: [regional], column: null, evidence: "nothing in the file names one: the region's", open: [] }
  const common = first.filter((code) => shown.every((codes) => codes.includes(code)))
  if (common.includes(regional))
    return {
      codes: [regional],
      column: null,
      evidence: common.length === 1 ? 'the file shows it' : "the region's, and the file's sign can stand for it",
      open: [],
    }
  if (common.length === 1) return { codes: common, column: null, evidence: 'the file shows it', open: [] }
  return {
    codes: common.length > 0 ? [common[0] as string] : [regional],
    column: null,
    evidence: 'a sign of several currencies',
    open: [...new Set([...common, regional])].slice(0, 8),
  }
}

/** What the currency sign in an amount's cell can stand for. */
export function symbolIn(cell: string): string[][] {
  const sign =
    /\p{L}{0,2}\p{Sc}/u.exec(cell)?.[0] ??
    /^\D*?(\p{L}+\.?)\s?-?\d|\d\s?(\p{L}+\.?)$/u.exec(cell)?.slice(1).find(Boolean)
  const codes = sign === undefined ? [] : currenciesOf(sign)
  return codes.length === 0 ? [] : [[...codes]]
}

/** A code or sign beside an amount, or behind "currency", in the lines above the table. */
export function codesIn(cell: string): string[][] {
  const code = /(?:currency|devise|moeda|moneda)\W*([A-Z]{3})\b|\b([A-Z]{3})\s?\d|\d\s?([A-Z]{3})\b/.exec(cell)
  const word = code?.[1] ?? code?.[2] ?? code?.[3]
  if (word !== undefined && currencies.has(word)) return [[word]]
  return /\d/.test(cell) ? symbolIn(cell) : []
}

/** Fill the currency, and ask for it where a sign can stand for several. */
export function putCurrency(draft: Draft, { codes, column, evidence, open }: FoundCurrency): void {
  draft.fields.set('currency', {
    rule: column === null ? { value: codes[0] as string } : fromColumn(column),
    evidence,
  })
  if (open.length > 1)
    draft.questions.push({
      id: 'currency',
      of: 'file',
      question: 'Which currency are the amounts in?',
      evidence,
      usual: null,
      candidates: open.map((code) => ({
        name: code,
        meaning: `all amounts are ${code}`,
        fields: { currency: { value: code } },
      })),
    })
}
