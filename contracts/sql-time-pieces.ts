import { escapePattern } from '../models/escape-pattern.ts'
import {
  buddhistAhead,
  foldedLetters,
  hasHalves,
  isNameToken,
  monthStarts,
  type NameToken,
  timeNames,
} from './calendars.ts'
import type { FieldRule } from './contract.ts'
import { literal, mapLiteral } from './sql-text.ts'
import { centuries, type TimeFormat, type TimePart } from './time-format.ts'

/**
 * A time by the pieces of its text, for what strptime knows not: names in any language, years of other calendars. Each
 * piece is replaced by what it says in numbers, and strptime reads the whole; a weekday's name is held against the date.
 *
 * @param text SQL of the text
 * @param column name of the column that `piece` makes
 * @returns SQL of a struct over the text, and over that SQL of a TIMESTAMP, or TIMESTAMPTZ where the format has an offset
 */
export function pieced(format: TimeFormat, rule: FieldRule, text: string, column: string) {
  const runs = runsOf(format.parts, rule)
  const cells = runs.map((_, i) => `g${i}`)
  const groups = runs.map(({ token, pattern }) => `(${pattern})${isShort(token) ? '[.\u0970]?' : ''}`)
  const piece = `regexp_extract(${text}, ${literal(`^${groups.join('')}$`)}, [${cells.map(literal).join(', ')}])`

  const cellOf = (...tokens: string[]) => {
    const i = runs.findIndex(({ token }) => token !== null && tokens.includes(token))
    return i < 0 ? null : { token: runs[i]?.token ?? '', cell: `${column}.${cells[i]}` }
  }
  const table = rule.calendar === 'persian' || rule.calendar === 'hijri' ? rule.calendar : null
  const read = (...leftOut: readonly string[]) => {
    const said = runs.map((run, i) =>
      leftOut.includes(run.token ?? '') ? nothing : saidBy(run, `${column}.${cells[i]}`, rule),
    )
    if (table !== null) {
      const [year, month, day] = [cellOf('YYYY', 'YY'), cellOf('MM', 'M'), cellOf('DD', 'D')]
      const date = tabled(table, yearSql(year?.token ?? '', year?.cell ?? '', rule), month?.cell ?? '', day?.cell ?? '')
      said.unshift([`(${date})::varchar || '-'`, '%Y-%m-%d-'])
    }
    return `try_strptime(${said.map(([sql]) => sql).join(' || ')}, ${literal(said.map(([, code]) => code).join(''))})`
  }
  const weekday = cellOf('dddd', 'ddd')
  if (weekday === null) return { piece, sql: read() }
  const names = mapLiteral(
    [...timeNames(weekday.token as NameToken, rule.languages)].map(([name, n]) => [name, String(n)]),
  )
  // A time with an offset has its weekday where it was written.
  const isSo = `isodow(${read('Z', 'z')})::varchar = ${names}[${folded(weekday.cell)}]`
  return { piece, sql: `case when ${isSo} then ${read()} end` }
}

/** Parts that are read together: one that strptime can not take, or all up to the next such one. */
interface Run {
  /** Null where strptime reads it as it is. */
  readonly token: string | null
  readonly pattern: string
  readonly strptime: string
}

function runsOf(parts: readonly TimePart[], rule: FieldRule): Run[] {
  const runs: Run[] = []
  for (const { token, pattern, strptime } of parts) {
    const last = runs.at(-1)
    if (isNamed(token, rule)) runs.push({ token, pattern: namePattern(token, rule.languages), strptime })
    else if (token === 'z') runs.push({ token, pattern: wordPattern(rule), strptime })
    else if (isReplaced(token, rule)) runs.push({ token, pattern, strptime })
    else if (last?.token === null)
      runs[runs.length - 1] = { token: null, pattern: last.pattern + pattern, strptime: last.strptime + strptime }
    else runs.push({ token: null, pattern, strptime })
  }
  return runs
}

/** Whether a part is by the rule, and not for strptime to read. */
export const isPiece = (token: string | null, rule: FieldRule): boolean => isNamed(token, rule) || token === 'z'

const isNamed = (token: string | null, { languages }: FieldRule): token is NameToken | 'A' =>
  isNameToken(token) || (token === 'A' && hasHalves(languages))

/** Whether a full stop may stand behind. */
const isShort = (token: string | null): boolean => token === 'MMM' || token === 'ddd' || token === 'A'

function isReplaced(token: string | null, { calendar }: FieldRule): boolean {
  if (token === 'Z' || token === 'YY') return true
  if (token === 'YYYY') return calendar !== 'gregorian'
  return token !== null && /^(?:MM?|DD?)$/.test(token) && (calendar === 'persian' || calendar === 'hijri')
}

/** What strptime reads for a run: SQL of a text, and its format. */
type Said = readonly [string, string]

/** A run that is read elsewhere; not an empty one, since strptime leaves out spaces where a text begins. */
const nothing: Said = ["'-'", '-']

function saidBy({ token, strptime }: Run, cell: string, rule: FieldRule): Said {
  const isTabled = rule.calendar === 'persian' || rule.calendar === 'hijri'
  if (token === null) return [cell, strptime]
  // strptime knows no plain Z.
  if (token === 'Z') return [`(case when ${cell} = 'Z' then '+0000' else ${cell} end)`, strptime]
  if (token === 'z') {
    const offsets = Object.entries(rule.zoneTexts ?? {}).map(([word, of]) => [word, of.replace(':', '')] as const)
    return [`${mapLiteral(offsets)}[${cell}]`, strptime]
  }
  if (token === 'A') {
    const halves = [...timeNames(token, rule.languages)].map(
      ([name, half]) => [name, half === 1 ? 'AM' : 'PM'] as const,
    )
    return [`${mapLiteral(halves)}[${folded(cell)}]`, strptime]
  }
  if (token === 'MMMM' || token === 'MMM') {
    const names = [...timeNames(token, rule.languages)]
    const numbers = names.map(([name, month]) => [name, String(month).padStart(2, '0')] as const)
    return [`${mapLiteral(numbers)}[${folded(cell)}]`, '%m']
  }
  if (isTabled || token === 'dddd' || token === 'ddd') return nothing
  return [`lpad((${yearSql(token, cell, rule)})::varchar, 4, '0')`, '%Y']
}

/** The Gregorian year, or that of a calendar with a table, as a number. */
function yearSql(token: string, cell: string, { calendar }: FieldRule): string {
  const add = (token === 'YY' ? centuries[calendar] : 0) - (calendar === 'buddhist' ? buddhistAhead : 0)
  return `try_cast(${cell} as integer) + ${add}`
}

/** The Gregorian date of a day in a calendar whose months are listed; null where there is no such day. */
function tabled(calendar: 'persian' | 'hijri', year: string, month: string, day: string): string {
  const { first, starts } = monthStarts(calendar)
  const last = first + (starts.length - 1) / 12 - 1
  const at = `((${year} - ${first}) * 12 + try_cast(${month} as integer))`
  const list = `[${starts.join(', ')}]`
  const before = `(${list}[${at}] + try_cast(${day} as integer) - 1)`
  return `case when ${year} between ${first} and ${last} and ${before} < ${list}[${at} + 1] then date '1970-01-01' + ${before}::integer end`
}

/** RE2 of the names in letters of any case, the longest first. */
function namePattern(token: NameToken | 'A', languages: readonly string[]): string {
  const letters = new Map<string, string>()
  for (const [letter, to] of foldedLetters()) letters.set(to, (letters.get(to) ?? to) + letter)
  const any = (letter: string) =>
    letter === 'i'
      ? `[${letters.get('i')}]\u0307?`
      : letters.has(letter)
        ? `[${letters.get(letter)}]`
        : escapePattern(letter)
  const names = [...timeNames(token, languages).keys()].sort((a, b) => b.length - a.length)
  return names.map((name) => Array.from(name, any).join('')).join('|')
}

/** RE2 of the zone's words, the longest first. */
const wordPattern = ({ zoneTexts = {} }: FieldRule): string =>
  Object.keys(zoneTexts)
    .sort((a, b) => b.length - a.length)
    .map(escapePattern)
    .join('|')

/** SQL of a name folded: DuckDB's `lower`, and the few letters that it leaves. `translate` takes its time by the letter. */
export function folded(cell: string): string {
  const left = [...foldedLetters()].filter(([from, to]) => from.toLowerCase() !== to)
  const [from, to] = [left.map(([from]) => from).join(''), left.map(([, to]) => to).join('')]
  const others = `translate(lower(${cell}), ${literal(`${from}\u0307`)}, ${literal(to)})`
  return `(case when strlen(${cell}) = length(${cell}) then lower(${cell}) else ${others} end)`
}
