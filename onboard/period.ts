import { escapePattern } from '../models/escape-pattern.ts'
import type { LoadedTable } from './table.ts'

/** Days, YYYY-MM-DD, both included. */
export interface Period {
  readonly from: string
  readonly to: string
}

/** A line above the table that names the first and the last day of what is below. */
export interface PeriodLine {
  readonly period: Period
  /** The line as headings of sections see it. */
  readonly text: string
  /** How its days are written. */
  readonly format: string
  /** Patterns of the line that take its earlier and its later day; null where no word before them tells it from a record. */
  readonly patterns: { readonly from: string; readonly to: string } | null
}

const iso = /\b(?:19|20)\d{2}-\d{2}-\d{2}\b/g
const numeric = /\b(\d{1,2})([-/.])(\d{1,2})\2((?:19|20)\d{2})\b/g

/** The first line above the table that names two days together, in an order that they prove. */
export function periodLine({ above, format }: LoadedTable): PeriodLine | null {
  for (const { cells } of above) {
    const text = cells.join(format.type === 'csv' ? format.delimiter : '\t').trim()
    const read = text.match(iso)?.length === 2 ? isoDays(text) : numericDays(text)
    if (read !== null) return { ...read, text, patterns: patternsOf(text, read) }
  }
  return null
}

/** The first and last day that the lines above the table name together. */
export const periodOf = (table: LoadedTable): Period | null => periodLine(table)?.period ?? null

interface Days {
  readonly period: Period
  readonly format: string
  /** As they are written, in the order of the line. */
  readonly written: readonly [string, string]
  /** The earlier one stands first. */
  readonly isForward: boolean
}

function isoDays(text: string): Days {
  const written = text.match(iso) as unknown as [string, string]
  return { period: inOrder(...written), format: 'YYYY-MM-DD', written, isForward: written[0] <= written[1] }
}

function numericDays(text: string): Days | null {
  const days = [...text.matchAll(numeric)]
  const [first, last] = days
  if (first === undefined || last === undefined || days.length !== 2) return null
  const isDayFirst = days.some(([, a]) => Number(a) > 12)
  if (!isDayFirst && !days.some(([, , , b]) => Number(b) > 12)) return null
  const [from, to] = [first, last].map(
    ([, a = '', , b = '', year]) =>
      `${year}-${(isDayFirst ? b : a).padStart(2, '0')}-${(isDayFirst ? a : b).padStart(2, '0')}`,
  ) as [string, string]
  const mark = first[2] ?? '/'
  const format = isDayFirst ? `D${mark}M${mark}YYYY` : `M${mark}D${mark}YYYY`
  return last[2] !== mark
    ? null
    : { period: inOrder(from, to), format, written: [first[0], last[0]], isForward: from <= to }
}

const inOrder = (a: string, b: string): Period => (a <= b ? { from: a, to: b } : { from: b, to: a })

/** The line in all files of the source: its words as they are, other days in their places. */
function patternsOf(text: string, { written: [first, second], format, isForward }: Days): PeriodLine['patterns'] {
  const at = text.indexOf(first)
  const [before, between] = [text.slice(0, at), text.slice(at + first.length, text.indexOf(second, at + first.length))]
  if (!/\p{L}/u.test(before)) return null
  const day = format === 'YYYY-MM-DD' ? '[0-9]{4}-[0-9]{2}-[0-9]{2}' : escapePattern(first).replace(/\d+/g, digits)
  const [lead, gap] = [before, between].map((part) => escapePattern(part).replace(/\d+/g, '[0-9]+')) as [string, string]
  const patterns = [`^${lead}(${day})${gap}${day}`, `^${lead}${day}${gap}(${day})`]
  const [from = '', to = ''] = isForward ? patterns : patterns.toReversed()
  return { from, to }
}

const digits = (run: string): string => (run.length === 4 ? '[0-9]{4}' : '[0-9]{1,2}')
