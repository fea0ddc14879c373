import type { FieldRule } from './contract.ts'
import { type Cells, ruleText } from './judge-text.ts'
import { gregorianDay, type Reading, readTime } from './judge-time.ts'
import { dayIn } from './judge-zone.ts'
import { anyYear, yearly } from './time-format.ts'

/**
 * A date that is written without a year, in the year that the rule tells; null where it is none, a text why it is in no
 * year. The twin of `contracts/sql-year.ts`.
 */
export function readYearly(text: string, rule: FieldRule, cells: Cells): Reading | null | 'ambiguous' | 'out_of_range' {
  const { year, ...plain } = rule
  if (year === undefined) return readTime(text, rule)
  const read = readTime(`${text} ${anyYear}`, { ...plain, formats: rule.formats.map(yearly) })
  if (read === null || read.kind === 'instant') return null
  if ('value' in year) return /^[12][0-9]{3}$/.test(year.value) ? inYear(read, Number(year.value)) : null
  const [from, to] = [dayOf(year.from, cells), dayOf(year.to, cells)]
  if (from === null || to === null || to < from) return null
  if (to >= yearAfter(from)) return 'ambiguous'
  for (const bound of [from, to]) {
    const moved = inYear(read, new Date(bound * msPerDay).getUTCFullYear())
    const day = moved === null ? null : dayOfReading(moved)
    if (day !== null && day >= from && day <= to) return moved
  }
  return 'out_of_range'
}

const msPerDay = 86_400_000
const usPerDay = 86_400_000_000n

const dayOfReading = (read: Reading): number =>
  read.kind === 'day' ? read.day : dayIn(read.kind === 'local' ? read.localUs : read.utcUs, 'UTC')

function dayOf(bound: FieldRule, cells: Cells): number | null {
  const { text } = ruleText(bound, cells)
  const read = text === null ? null : readTime(text, bound)
  return read === null || read.kind === 'instant' ? null : dayOfReading(read)
}

/** The same day a year later; of 29 February the 28th. */
function yearAfter(day: number): number {
  const date = new Date(day * msPerDay)
  const [year, month, nth] = [date.getUTCFullYear() + 1, date.getUTCMonth() + 1, date.getUTCDate()]
  return gregorianDay(year, month, nth) ?? (gregorianDay(year, month, nth - 1) as number)
}

function inYear(read: Reading, year: number): Reading | null {
  const day = dayOfReading(read)
  const date = new Date(day * msPerDay)
  const moved = gregorianDay(year, date.getUTCMonth() + 1, date.getUTCDate())
  if (moved === null) return null
  if (read.kind === 'day') return { kind: 'day', day: moved }
  return read.kind === 'local' ? { kind: 'local', localUs: read.localUs + BigInt(moved - day) * usPerDay } : null
}
