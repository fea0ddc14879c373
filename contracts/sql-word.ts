import { createHash } from 'node:crypto'
import { countryCodes } from '../models/country.ts'
import { currencies, currencyOfNumeric } from '../models/currency.ts'
import type { Field } from '../models/field.ts'
import type { FieldRule } from './contract.ts'
import { latinDigits, literal, mapLiteral } from './sql-text.ts'

/** Codes by exponent: the place of a code in the enum tells its exponent, which costs less than looking it up. */
const codesByExponent = [...currencies.values()].sort((a, b) => rank(a.exponent) - rank(b.exponent))

function rank(exponent: number): number {
  return exponent === 2 ? -1 : exponent
}

const enumType = (name: string, codes: readonly string[]): string =>
  `create type ${name} as enum (${codes.map(literal).join(', ')})`
/** Statements a connection runs once before a compiled query: the enum types of the look-ups, and a list helper. */
export const setup: readonly string[] = [
  enumType(
    'currency_code',
    codesByExponent.map(({ code }) => code),
  ),
  enumType('country_code', countryCodes),
  // Null entries out, order kept, no code twice. A macro puts its argument where its name stands: inside of a lambda that
  // would make the list anew for each of its items.
  `create macro list_distinct_in_order(codes) as list_transform([codes], lambda listed: list_filter(listed,
    lambda code, i: code is not null and list_position(listed, code) = i))[1]`,
]

/** A map is gone through from its start for each record; a longer one is found by an enum. */
const longestMap = 100

const typeOf = (words: readonly string[]): string =>
  `words_${createHash('sha256').update(JSON.stringify(words)).digest('hex').slice(0, 16)}`

/** What a text means by these words; null where it is none of them. The types of `wordTypes` must be there. */
export function meaningSql(entries: readonly (readonly [string, string])[], text: string): string {
  if (entries.length <= longestMap) return `${mapLiteral(entries)}[${text}]`
  const words = entries.map(([word]) => word)
  const meanings = entries.map(([, meaning]) => literal(meaning)).join(', ')
  return `[${meanings}][enum_code(try_cast(${text} as ${typeOf(words)})) + 1]`
}

/** The types by which long maps are found: statements that a connection runs once before. */
export function wordTypes(maps: readonly (readonly string[])[]): string[] {
  const long = maps.filter((words) => words.length > longestMap)
  return [...new Set(long.map((words) => enumType(typeOf(words), words)))]
}

/** The exponent of the record's currency: a digit where the contract names the currency, else a column. */
export const exponentSql = (rule: FieldRule): string =>
  rule.value === null ? '_exponent' : String(currencies.get(rule.map?.[rule.value] ?? rule.value)?.exponent ?? 2)

/** The exponent of a currency_code; 2 for null, so that an unknown currency spoils no amount. */
export function exponentOf(code: string): string {
  const last = new Map(codesByExponent.map(({ exponent }, place) => [exponent, place]))
  const cases = [...last].map(([exponent, place]) => `when enum_code(${code}) <= ${place} then ${exponent}`)
  return `case ${cases.join(' ')} else 2 end`
}

/** Words and plain values: text, choice, boolean, integer, currency (as currency_code), country; `code` is the reason where it is none. */
export function wordSql(
  field: Field,
  rule: FieldRule,
  t: string,
): { sql: string; code: 'unknown' | 'unparseable' | null } {
  const known = knownWordSql(field, rule, t)
  return rule.missing === 'absent' ? { ...known, code: null } : known
}

function knownWordSql(
  field: Field,
  rule: FieldRule,
  t: string,
): { sql: string; code: 'unknown' | 'unparseable' | null } {
  const mapped = mappedWord(rule, t)
  switch (field.type) {
    case 'choice':
      return {
        sql: mapped ?? `${mapLiteral((field.choices ?? []).map((choice) => [choice, choice]))}[${t}]`,
        code: 'unknown',
      }
    case 'boolean': {
      const words = mapLiteral([...booleanWords].map(([word, value]) => [word, String(value)]))
      return { sql: `(${mapped ?? `${words}[lower(${t})]`})::boolean`, code: 'unknown' }
    }
    case 'currency': {
      if (mapped !== null) return { sql: `try_cast(${mapped} as currency_code)`, code: 'unknown' }
      const numeric = `case when length(${t}) = 3 then ${mapLiteral([...currencyOfNumeric])}[${t}]::currency_code end`
      return { sql: `coalesce(${asciiWord(t, 'currency_code')}, ${numeric})`, code: 'unknown' }
    }
    case 'country':
      return { sql: mapped ?? `(${asciiWord(t, 'country_code')})::varchar`, code: 'unknown' }
    case 'integer':
      return {
        sql: `case when regexp_full_match(${latinDigits(t, rule.digits)}, '-?[0-9]{1,18}') then ${latinDigits(t, rule.digits)}::bigint end`,
        code: 'unparseable',
      }
    default:
      return { sql: mapped ?? t, code: mapped === null ? null : 'unknown' }
  }
}

/** What a word means by the rule's map, else by the first of its patterns that it follows; null where it has neither. */
function mappedWord({ map, patterns }: FieldRule, t: string): string | null {
  const exact = map === null ? null : meaningSql(Object.entries(map), t)
  if (patterns.length === 0) return exact
  const cases = patterns.map(([glob, meaning]) => `when ${t} like ${like(glob)} then ${literal(meaning)}`)
  const first = `case ${cases.join(' ')} end`
  return exact === null ? first : `coalesce(${exact}, ${first})`
}

/** A glob as LIKE has it; an escape only where it is needed, since plain prefixes and suffixes are fast. */
const like = (glob: string): string =>
  /[%_]/.test(glob)
    ? `${literal(glob.replace(/[%_~]/g, '~$&').replaceAll('*', '%'))} escape '~'`
    : literal(glob.replaceAll('*', '%'))

/** A code in any case, as its enum, of ASCII letters alone: ſ is upper-cased to S, and uſd would be US dollars. */
const asciiWord = (t: string, type: string): string =>
  `case when strlen(${t}) = length(${t}) then try_cast(upper(${t}) as ${type}) end`

/** Words that mean true or false where a contract maps none. */
export const booleanWords: ReadonlyMap<string, boolean> = new Map([
  ['true', true],
  ['1', true],
  ['yes', true],
  ['false', false],
  ['0', false],
  ['no', false],
])
