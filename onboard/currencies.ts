import { currencies, currencyOfNumeric } from '../models/currency.ts'
import type { RegionProfile } from '../models/region.ts'
import { fromColumn, isMoneyNamed, isOtherNamed, meaning, type NamedProfile } from './columns.ts'
import { currenciesMentioned, currenciesSaid, type SaidCurrency } from './currency-lines.ts'
import type { Draft } from './draft.ts'
import { signsIn } from './numbers.ts'
import type { LoadedTable } from './table.ts'
import { currenciesOf } from './vocabulary.ts'

export interface FoundCurrency {
  readonly codes: readonly string[]
  readonly column: NamedProfile | null
  /** A header, a sign or a line says what the amounts are numbers of. */
  readonly isNamed: boolean
  readonly evidence: string
  /** Codes to ask for: a sign can stand for several, the file names several, or lines around the table another than the column. */
  readonly open: readonly string[]
}

/** The code that a cell is: a code or ISO number. */
export const codeOf = (word: string): string | undefined =>
  /^[A-Za-z]+$/.test(word) && currencies.has(word.toUpperCase()) ? word.toUpperCase() : currencyOfNumeric.get(word)

/** The currency: a column of codes beside the amount, what headers, signs and the lines around the table say, else the region's. */
export function findCurrency(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  { currency: regional, languages }: Pick<RegionProfile, 'currency' | 'languages'>,
): FoundCurrency {
  const lines = currenciesSaid(table, languages)
  const coded = codedColumn(table, columns)
  if (coded !== null) {
    const contrary = lines.filter(({ codes }) => !codes.some((code) => coded.codes.includes(code)))
    return { ...coded, open: [...new Set(contrary.flatMap(({ codes }) => codes))].slice(0, mostOpen) }
  }
  const { sure, unsure } = shownIn(columns)
  const said = [...sure, ...lines]
  if (said.length > 0) return settled(said, regional, true)
  if (unsure.length === 0) return settled(currenciesMentioned(table, regional), regional, false)
  // Letters beside numbers of something else may be a sign, or litres: a currency that none of the amounts shows is asked for.
  return settled(unsure, regional, !columns.some((column) => column.look === 'number' && isMoneyNamed(column)))
}

/** The nearest column of codes behind the amount. */
function codedColumn(table: LoadedTable, columns: readonly NamedProfile[]): FoundCurrency | null {
  const amounts = meaning(columns, 'gross', 'amount', 'net', 'debit')
  const place = columns.indexOf(amounts[0] as NamedProfile)
  const distance = (column: NamedProfile) => {
    const at = columns.indexOf(column)
    return at > place ? at - place : 1000 + place - at
  }
  const [found] = meaning(columns, 'currency')
    .map((column) => ({
      column,
      codes: [...(column.words ?? [])].map(([word, count]) => ({ code: codeOf(word), count })),
    }))
    .filter(({ column, codes }) => {
      const known = codes.filter(({ code }) => code !== undefined).reduce((sum, { count }) => sum + count, 0)
      return known >= column.filled * 0.6 && column.filled >= table.rows * 0.5
    })
    .toSorted((a, b) => distance(a.column) - distance(b.column))
  if (found === undefined) return null
  const codes = [...new Set(found.codes.flatMap(({ code }) => (code === undefined ? [] : [code])))]
  return {
    codes,
    column: found.column,
    isNamed: false,
    evidence: `its words are codes: ${codes.slice(0, 6).join(', ')}`,
    open: [],
  }
}

/** What headers and cells say: those of money, signs that are nothing else and whole codes surely, other letters not. */
function shownIn(columns: readonly NamedProfile[]): { sure: SaidCurrency[]; unsure: SaidCurrency[] } {
  const sure: SaidCurrency[] = []
  const unsure: SaidCurrency[] = []
  for (const column of columns) {
    if (isOtherNamed(column) || column.look === 'time' || column.look === 'text') continue
    const name = JSON.stringify(column.name)
    const { currencies: hinted } = column.hints
    if (hinted !== undefined && hinted.length > 0) sure.push({ codes: hinted, where: `the header ${name}` })
    if (column.look !== 'number') continue
    for (const sign of signsIn(column)) {
      const codes = codesOfSign(sign)
      if (codes.length === 0) continue
      const isPlain = isMoneyNamed(column) || /\p{Sc}/u.test(sign) || currencies.has(sign)
      const into = isPlain ? sure : unsure
      into.push({ codes, where: `${JSON.stringify(sign)} in ${name}` })
    }
  }
  return { sure, unsure }
}

/** `NGN ₦` is what its sign is. */
function codesOfSign(sign: string): readonly string[] {
  const known = currenciesOf(sign)
  if (known.length > 0) return known
  return (
    [/\p{L}{1,2}\p{Sc}/u, /\p{Sc}/u]
      .map((part) => currenciesOf(part.exec(sign)?.[0] ?? ''))
      .find((of) => of.length > 0) ?? []
  )
}

/** So many currencies are asked for. */
const mostOpen = 8

/** The one that all agree on; of several the region's. What contradicts itself, or leaves others open, is asked. */
function settled(said: readonly SaidCurrency[], regional: string, isSure: boolean): FoundCurrency {
  const [first, ...others] = said.toSorted((a, b) => a.codes.length - b.codes.length)
  if (first === undefined)
    return {
      ...{ codes: [regional], column: null, isNamed: false },
      ...{ evidence: "nothing in the file names one: the region's", open: [] },
    }
  const common = first.codes.filter((code) => others.every(({ codes }) => codes.includes(code)))
  const { where } = first
  if (common.includes(regional)) {
    const evidence = common.length === 1 ? `named by ${where}` : `the region's, and ${where} can stand for it`
    return { codes: [regional], column: null, isNamed: true, evidence, open: [] }
  }
  if (common.length === 1 && isSure)
    return { codes: common, column: null, isNamed: true, evidence: `named by ${where}`, open: [] }
  const contrary = others.find(({ codes }) => !codes.some((code) => first.codes.includes(code)))
  const evidence = !isSure
    ? `${where} may tell it, and nothing else names one`
    : common.length > 0 || contrary === undefined
      ? `${where} can stand for several`
      : `${where} and ${contrary.where} name different ones`
  const all = common.length > 0 ? [...common, regional] : said.flatMap(({ codes }) => codes)
  const open = [...new Set(all)].slice(0, mostOpen)
  return { codes: open.slice(0, 1), column: null, isNamed: isSure, evidence, open }
}

/** Fill the currency, and ask for it where a sign can stand for several. */
export function putCurrency(draft: Draft, { codes, column, evidence, open }: FoundCurrency): void {
  draft.fields.set('currency', {
    rule: column === null ? { value: codes[0] as string } : fromColumn(column),
    evidence,
  })
  const own =
    column === null
      ? []
      : [{ name: 'column', meaning: 'each record has its own', fields: { currency: fromColumn(column) } }]
  if (own.length + open.length > 1)
    draft.questions.push({
      id: 'currency',
      of: 'file',
      question: 'Which currency are the amounts in?',
      evidence: column === null ? evidence : `${JSON.stringify(column.name)} has others than a line beside the table`,
      usual: null,
      candidates: [
        ...own,
        ...open.map((code) => ({
          name: code,
          meaning: `all amounts are ${code}`,
          fields: { currency: { value: code } },
        })),
      ],
    })
}
