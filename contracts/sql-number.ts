import type { FieldRule } from './contract.ts'
import { affixPatterns } from './sql-affix.ts'
import { latinDigits, literal } from './sql-text.ts'

/** The steps from a cell's text to a decimal, each a SQL expression over the names of the step before. */
export interface NumberSql {
  /** Over the text: whether it is plain and short enough for the cheap cast, with no excess decimals. */
  readonly isPlain: string
  /** Over the text and `isPlain`: `-1234.5`, null where it is no number. */
  readonly normal: string
  /** Over `normal` and `isPlain`: DECIMAL(38,9) in major units, null where a bad condition holds. */
  readonly value: string
  readonly unparseable: string
  readonly outOfRange: string
  /** More decimals than the currency has. */
  readonly precision: string
}

export interface NumberNames {
  readonly text: string
  readonly isPlain: string
  readonly normal: string
  /** An expression for the currency's exponent: a number as text where it is known, null for any decimals (a rate). */
  readonly exponent: string | null
}

/**
 * An amount by its rule.
 *
 * A cast from text to a decimal wider than 18 digits is 100 times slower than to DECIMAL(18,6), so plain short numbers
 * take that way. `try_cast` alone is no check (it takes 1e3 and 1_000, and rounds), so a full pattern comes first.
 */
export function numberSql(rule: FieldRule, names: NumberNames): NumberSql {
  const { text, isPlain, normal, exponent } = names
  const constant = exponent === null ? 6 : /^\d$/.test(exponent) ? Number(exponent) : undefined
  const whole = `regexp_replace(${normal}, '^-|\\..*$', '', 'g')`
  const decimals = `(case when contains(${normal}, '.') then length(${normal}) - strpos(${normal}, '.') else 0 end)`
  const tooLong = `length(${whole}) > 18`
  // A plain number needs no further look. CASE skips what it does not choose; AND and OR compute both sides.
  const otherwise = (condition: string) => `case when ${isPlain} or ${normal} is null then false else ${condition} end`
  const short = `${normal}::decimal(18,6)::decimal(38,9)`
  const general = `case when regexp_full_match(${normal}, '-?[0-9]{1,12}([.][0-9]{1,6})?') then ${short}
    when not ${tooLong} and ${decimals} <= 9 then ${normal}::decimal(38,9) end`
  // A number with a side is plain in no case: without its word it has another one, or none.
  const plain = (pattern: string) =>
    rule.sides === null ? `coalesce(regexp_full_match(${text}, ${literal(pattern)}), false)` : 'false'
  const outOfRange = otherwise(tooLong)
  const asPlain = (ofPlain: string) => `case when ${isPlain} then ${ofPlain} else ${normalized(rule, text)} end`
  if (rule.unit === 'minor')
    return {
      outOfRange,
      normal: asPlain(text),
      isPlain: plain('-?[0-9]{1,17}'),
      value: `case when case when ${isPlain} then true else not ${tooLong} and not contains(${normal}, '.') end then ${scaled(normal, exponent ?? '0')} end`,
      unparseable: `case when ${isPlain} or ${text} is null then false when ${normal} is null then true else contains(${normal}, '.') end`,
      precision: 'false',
    }
  // With an unknown currency two decimals are plain, and the precision of plain ones is looked at too.
  const plainDecimals = Math.min(constant ?? 2, 6)
  const padding = 6 - plainDecimals
  const decimalsPlain =
    plainDecimals === 0 ? '0{1,6}' : `[0-9]{1,${plainDecimals}}${padding > 0 ? `0{0,${padding}}` : ''}`
  const isExcess =
    exponent === null
      ? `${decimals} > 9`
      : `(${decimals} > ${exponent} and length(rtrim(${normal}, '0')) - strpos(${normal}, '.') > ${exponent})`
  return {
    outOfRange,
    normal: asPlain(ungrouped(rule, text)),
    isPlain: plain(`-?${plainWhole(rule)}([${rule.decimal}]${decimalsPlain})?`),
    value: `case when ${isPlain} then ${short} else ${general} end`,
    unparseable: `${text} is not null and ${normal} is null`,
    precision:
      constant === undefined
        ? `case when ${normal} is null or (${isPlain} and ${exponent} >= 2) then false else ${isExcess} end`
        : otherwise(isExcess),
  }
}

/** A pattern of at most 12 digits, grouped with a comma or a point or not at all. */
function plainWhole({ group, grouping }: FieldRule): string {
  if (group !== ',' && group !== '.') return '[0-9]{1,12}'
  const grouped =
    grouping === 'indian'
      ? `[0-9]{1,2}([${group}][0-9]{2}){0,3}[${group}][0-9]{3}`
      : `[0-9]{1,3}([${group}][0-9]{3}){1,3}`
  return `([0-9]{1,12}|${grouped})`
}

/** What fits `plainWhole`, with a point before its decimals and without group marks. */
function ungrouped({ group, decimal }: FieldRule, text: string): string {
  const bare = group === ',' || group === '.' ? `replace(${text}, '${group}', '')` : text
  return decimal === '.' ? bare : `replace(${bare}, ',', '.')`
}

/** 1 / a DECIMAL(38,9), as `inverse` of the judge: whole numbers of 10^-9 divided, no float; null where it is none. */
export function inverseSql(rate: string): string {
  const units = `(${rate}::decimal(27,9) * 1000000000::decimal(10,0))::hugeint`
  const value = `((1000000000000000000::hugeint + ${units} // 2) // ${units})`
  return `case when ${rate} > 0 and ${rate} <= 2000000000 then (${value}::decimal(19,0) * 0.000000001::decimal(10,9))::decimal(38,9) end`
}

/** Group marks that are written more than one way. */
const alike: Readonly<Record<string, string>> = { ' ': ' \u00a0\u202f\u2009', "'": "'\u2019" }

/** `(1,234.50)` -> `-1234.5`: sign, checked grouping and decimal mark taken apart; null where the pattern fails. */
function normalized(rule: FieldRule, text: string): string {
  const latin = latinDigits(text, rule.digits, arabicMarks(rule))
  const marks = alike[rule.group] ?? rule.group
  const group = `[${marks}]`
  const grouped =
    rule.group === ''
      ? ''
      : rule.grouping === 'indian'
        ? `[0-9]{1,2}(?:${group}[0-9]{2})*${group}[0-9]{3}|`
        : `[0-9]{1,3}(?:${group}[0-9]{3})+|`
  // SWIFT writes `1500,`.
  const body = `(?:${grouped}[0-9]+)(?:[${rule.decimal}][0-9]${rule.decimal === ',' ? '*' : '+'})?`
  const trimmed = (number: string) => {
    const bare = `regexp_replace(${number}, ${literal(`[-+\u2212()${marks}]`)}, '', 'g')`
    const pointed = rule.decimal === '.' ? bare : `replace(${bare}, ',', '.')`
    return `regexp_replace(regexp_replace(${pointed}, '^0+([0-9])', '\\1'), '[.]0*$|([.][0-9]*[1-9])0+$', '\\1')`
  }
  if (rule.symbols.length === 0 && rule.sides === null) {
    const pattern = literal(`[-+\u2212]?${body}|${body}[-+\u2212]|[(]${body}[)]`)
    const sign = `case when regexp_matches(${latin}, ${literal('^[-\u2212(]|[-\u2212]$')}) then '-' else '' end`
    return `case when regexp_full_match(${latin}, ${pattern}) then ${sign} || ${trimmed(latin)} end`
  }
  const { positive, negative } = affixPatterns(rule, `(?:${body})`)
  const number = trimmed(`regexp_extract(${latin}, ${literal(`[0-9](?:[0-9${marks}${rule.decimal}]*[0-9])?`)})`)
  const matches = (pattern: string) => `regexp_full_match(${latin}, ${literal(pattern)})`
  // Words and symbols side by side may be read two ways; then the amount is none.
  const isOne = rule.sides === null ? number : `case when not ${matches(negative)} then ${number} end`
  return `case when ${matches(positive)} then ${isOne} when ${matches(negative)} then '-' || ${number} end`
}

/** The marks that Arabic has for numbers, where its digits are expected. */
function arabicMarks({ digits, decimal, group }: FieldRule): readonly [string, string] {
  if (digits !== 'arabic' && digits !== 'persian') return ['', '']
  return group === '' ? ['\u066b', decimal] : ['\u066b\u066c', decimal + group]
}

/** A whole number of the smallest unit as DECIMAL(38,9) in major units; exact, for decimals multiply without rounding. */
function scaled(normal: string, exponent: string): string {
  const by = (e: number) => {
    const factor = e === 0 ? '1::decimal(1,0)' : `${(10 ** -e).toFixed(e)}::decimal(${e + 1},${e})`
    return `(${normal}::decimal(18,0) * ${factor})::decimal(38,9)`
  }
  if (/^\d$/.test(exponent)) return by(Number(exponent))
  return `case ${exponent} ${[0, 1, 2, 3, 4, 6].map((e) => `when ${e} then ${by(e)}`).join(' ')} end`
}
