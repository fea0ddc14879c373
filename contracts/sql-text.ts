import type { Column, FieldRule } from './contract.ts'
import { readExtract } from './extract-pattern.ts'

/** A text as SQL, for the places that take no parameter (COPY, ATTACH, KV_METADATA, paths of `read_parquet`). */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** The one place where a name becomes SQL. */
export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`

/** A record's text as patterns are written: in NFC. */
export const rawText = 'case when strlen(_raw) = length(_raw) then _raw else nfc_normalize(_raw) end'

/** A map literal for look-ups: `x in (…)` of eight or more values is planned as a join, and a coming release may too for lists. */
export const mapLiteral = (entries: readonly (readonly [string, string])[]): string =>
  `map {${entries.map(([key, value]) => `${literal(key)}: ${literal(value)}`).join(', ')}}`

/** What JavaScript's `trim` takes off, so that both engines take off the same. */
export const spaces =
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'

/** NFC, trimmed, null where nothing is left. Plain ASCII without spaces around it is left alone: most cells are. */
export function cleaned(text: string): string {
  const endsInSpace = [' ', '\t', '\n', '\r', '\v', '\f']
    .map((space) => `suffix(${text}, ${literal(space)})`)
    .join(' or ')
  const needsCare = `ascii(${text}) <= 32 or strlen(${text}) <> length(${text}) or ${endsInSpace}`
  return `nullif(case when ${needsCare} then trim(nfc_normalize(${text}), ${literal(spaces)}) else ${text} end, '')`
}

/** The text of a rule: its columns, cleaned, JSON path followed, nil words absent, fallback taken. */
export function ruleText(rule: FieldRule, cell: (column: Column) => string): string {
  if (rule.value !== null) return literal(rule.value)
  const joined = (columns: readonly Column[]): string => {
    const parts = columns.map((column) => presentText(cell(column), rule))
    return parts.length === 1 ? (parts[0] as string) : `nullif(concat_ws(' ', ${parts.join(', ')}), '')`
  }
  const own = joined(rule.columns)
  return rule.fallback.length === 0 ? own : `coalesce(${own}, ${rule.fallback.map((c) => joined([c])).join(', ')})`
}

/** One cell's text: cleaned, its JSON path followed, null where it is a nil word. */
export function presentText(cell: string, rule: FieldRule): string {
  const path = rule.json
  const whole =
    path === null
      ? cleaned(cell)
      : cleaned(`(case when json_valid(${cell}) then json_extract_string(${cell}, ${literal(path)}) end)`)
  const text = rule.extract === null ? whole : extracted(whole, rule.extract)
  if (rule.nil.length === 0) return text
  return `(case when ${rule.nil.map((word) => `${text} <> ${literal(word)}`).join(' and ')} then ${text} end)`
}

/** What the pattern's group takes of a clean text; null where that is nothing. */
export function extracted(text: string, pattern: string): string {
  const read = readExtract(pattern)
  if ('wrong' in read) throw new Error(`the pattern ${pattern} ${read.wrong}`)
  return cleaned(`regexp_extract(${text}, ${literal(`(?s)${read.source}`)}, 1)`)
}

/** A script's digits, and the marks of numbers and times that only it has. */
const scripts: Readonly<Record<Exclude<FieldRule['digits'], 'latin'>, string>> = {
  bengali: '০১২৩৪৫৬৭৮৯',
  arabic: '٠١٢٣٤٥٦٧٨٩',
  persian: '۰۱۲۳۴۵۶۷۸۹',
  devanagari: '०१२३४५६७८९',
  fullwidth: '０１２３４５６７８９．，－／：（）＋',
}

/**
 * Digits of the rule's script as 0-9, and full-width marks as plain ones; 0-9 stay.
 *
 * @param marks more characters to replace, and by which
 */
export function latinDigits(
  text: string,
  digits: FieldRule['digits'],
  marks: readonly [string, string] = ['', ''],
): string {
  if (digits === 'latin') return text
  const from = scripts[digits]
  return `translate(${text}, ${literal(from + marks[0])}, ${literal('0123456789.,-/:()+'.slice(0, from.length) + marks[1])})`
}
