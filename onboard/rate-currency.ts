import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal, quote as quoted } from '../contracts/sql-text.ts'
import { fromColumn } from './columns.ts'
import { codeOf } from './currencies.ts'
import type { Finder, ListColumn } from './list-file.ts'
import { isNamed, says } from './list-file.ts'
import { currencyOf } from './names.ts'
import { pairOf, rateOfName, type Way } from './rate-ways.ts'

/** Which currency each rate is of, its other side being the US dollar. */
export interface RateCurrency {
  readonly rule: FieldRuleYaml
  readonly evidence: string
  /** SQL over the cells: the code, null where a record has none. */
  readonly code: string
  readonly columns: readonly ListColumn[]
  /** Which way round pairs of currencies say that the rates are. */
  readonly way: Way | null
  /** Why the rates are not against the dollar. */
  readonly refusal: string | null
}

/** Find the currencies of rates: in a column of pairs, in two columns, in one, or in the rate's own name; else null. */
export function findRateCurrency(find: Finder, rateName: string): RateCurrency | null {
  return ofPairs(find) ?? ofTwo(find) ?? ofOne(find) ?? ofName(rateName)
}

/** A share of a column's cells for which something holds. */
const shareOf = ({ words, filled }: ListColumn, holds: (word: string) => boolean): number =>
  [...(words ?? [])].reduce((sum, [word, count]) => sum + (holds(word) ? count : 0), 0) / Math.max(1, filled)

function ofPairs(find: Finder): RateCurrency | null {
  const [column] = find.free((one) => one.words !== null && shareOf(one, (word) => pairOf(word) !== null) >= 0.9)
  if (column === undefined) return null
  const units = shareOf(column, (word) => pairOf(word)?.base === 'USD')
  const dollars = shareOf(column, (word) => pairOf(word)?.quote === 'USD')
  const way = units > dollars ? 'units' : 'dollars'
  const [usd, code, mark] = ['[Uu][Ss][Dd]', '([A-Za-z]{3})', '[-/_. :]?']
  const extract = way === 'units' ? `^${usd}${mark}${code}$` : `^${code}${mark}${usd}$`
  find.mark('currency', column)
  return {
    rule: { ...fromColumn(column), extract },
    evidence: `pairs with the US dollar${leftOut(1 - Math.max(units, dollars))}`,
    code: `nullif(upper(regexp_extract(${column.sql}, ${literal(extract)}, 1)), '')`,
    columns: [column],
    way,
    refusal: units + dollars === 0 ? `${JSON.stringify(column.name)} has pairs without it` : null,
  }
}

const leftOut = (share: number): string => (share < 0.0001 ? '' : '; records of other pairs are rejected')

const isCodes = (column: ListColumn): boolean =>
  column.words !== null && column.filled > 0 && shareOf(column, (word) => codeOf(word) !== undefined) >= 0.6

function ofTwo(find: Finder): RateCurrency | null {
  const coded = find.free((column) => isCodes(column) && column.look !== 'number')
  const side = (wanted: 'base' | 'quote') => coded.find((column) => says(column, wanted) >= 0.6)
  // Beside a base the other side may be called the currency, and so beside a quote.
  const other = (than: ListColumn | undefined) =>
    than && coded.find((column) => column !== than && isNamed(column, 'currency'))
  const base = side('base') ?? other(side('quote'))
  const quote = side('quote') ?? other(base)
  if (base === undefined || quote === undefined || base === quote) return null
  const [units, dollars] = [base, quote].map((column) => shareOf(column, (word) => codeOf(word) === 'USD')) as [
    number,
    number,
  ]
  const isUnits = units > dollars
  const [of, against] = isUnits ? [quote, base] : [base, quote]
  const isAll = Math.max(units, dollars) === 1
  if (!isAll && !('name' in of.ref && 'name' in against.ref)) return null
  const sql = `case when upper(${quoted(against.name)}) = 'USD' then ${quoted(of.name)} end`
  for (const column of [base, quote]) find.mark('currency', column)
  return {
    rule: isAll ? fromColumn(of) : { sql },
    evidence: `${JSON.stringify(against.name)} is the US dollar${leftOut(1 - Math.max(units, dollars))}`,
    code: `case when upper(${against.sql}) = 'USD' then upper(${of.sql}) end`,
    columns: [base, quote],
    way: isUnits ? 'units' : 'dollars',
    refusal:
      units + dollars === 0 ? `neither ${JSON.stringify(base.name)} nor ${JSON.stringify(quote.name)} has it` : null,
  }
}

/** One column of codes, or of names of currencies. */
function ofOne(find: Finder): RateCurrency | null {
  const { languages } = find.file.surroundings.region
  const coded = find.free((column) => isCodes(column) && (column.look !== 'number' || isNamed(column, 'currency')))
  const [column] = coded
  if (column !== undefined && coded.length === 1) {
    find.mark('currency', column)
    return {
      rule: fromColumn(column),
      evidence: 'its words are codes',
      code: `upper(${column.sql})`,
      columns: [column],
      ...{ way: null, refusal: null },
    }
  }
  const codeBy = (word: string) => codeOf(word) ?? currencyOf(word, languages)
  const named = find.free(
    (one) =>
      isNamed(one, 'currency') && one.words !== null && shareOf(one, (word) => codeBy(word) !== undefined) >= 0.6,
  )[0]
  if (named === undefined || coded.length > 1) return null
  const map = [...(named.words?.keys() ?? [])].flatMap((word) => {
    const code = codeBy(word)
    return code === undefined ? [] : [[word, code] as const]
  })
  find.mark('currency', named)
  return {
    rule: { ...fromColumn(named), map: Object.fromEntries(map) },
    evidence: 'its words are names of currencies; records with others are rejected',
    code: `case ${named.sql} ${map.map(([word, code]) => `when ${literal(word)} then ${literal(code)}`).join(' ')} end`,
    columns: [named],
    ...{ way: null, refusal: null },
  }
}

/** Whether a column is there that should say the currency. */
export const hasCurrencies = (find: Finder): boolean =>
  find.free((column) => isNamed(column, 'currency') || (isCodes(column) && column.look !== 'number')).length > 0

/** The other side of the dollar in the name of the rate (`USD/NGN`, `NGN per USD`), or the only currency in it (`NGN`). */
function ofName(name: string): RateCurrency | null {
  const of = rateOfName(name)
  const sides = [of?.base, of?.quote].filter((code) => code != null && code !== 'USD')
  const [code] = sides
  if (code == null || sides.length > 1) return null
  return {
    rule: { value: code },
    evidence: `the name ${JSON.stringify(name)} says it`,
    code: literal(code),
    ...{ columns: [], way: null, refusal: null },
  }
}
