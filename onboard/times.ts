import { latinDigits, literal } from '../contracts/sql-text.ts'
import { timeSql } from '../contracts/sql-time.ts'
import { centuries } from '../contracts/time-format.ts'
import { valueRule } from '../contracts/value-rule.ts'
import type { RegionProfile } from '../models/region.ts'
import type { NumberStyle } from './numbers.ts'
import type { LoadedTable } from './table.ts'
import type { DateOrder, TimeShapes } from './time-shapes.ts'

/** How the times of one column are written. */
export interface TimeReading {
  /** As a contract writes them; empty: ISO 8601. */
  readonly formats: readonly string[]
  readonly digits: NumberStyle['digits']
  /** Of names of months and of halves of the day; none: English, or there are none. */
  readonly languages: readonly string[]
  /** Words for zones that stand in the texts, as they are written. */
  readonly zoneWords: readonly string[]
  /** Calendars by which the years are near this one; none where they are Gregorian ones. */
  readonly calendars: readonly ForeignCalendar[]
  /** Whether all are years ahead of now, and of none of these calendars: nothing that happened is so. */
  readonly isAhead: boolean
  readonly accepted: number
  readonly hasTime: boolean
  /** Whether the texts carry their own offset from UTC, all of them. */
  readonly hasOffset: boolean
  readonly certainty: 'proven' | 'region' | 'open'
  readonly evidence: string
  /** The formats by another order of day, month and year that reads `ambiguous` cells as other days. */
  readonly other: { readonly formats: readonly string[]; readonly order: DateOrder } | null
  readonly order: DateOrder | null
  readonly ambiguous: number
  /** Why days that begin with the year may have day and month in each other's place; null where nothing speaks for it. */
  readonly swapped: string | null
  readonly example: string
}

/** What else is known of a column's times. */
export interface TimeHints {
  /** Told by the header: `Date (YY/MM/DD)`. */
  readonly order: DateOrder | null
  /** Days that the file says it is about, YYYY-MM-DD, both included. */
  readonly period: { readonly from: string; readonly to: string } | null
  /** When the file is looked at: nothing in it is from much later. */
  readonly now: Date
}

/**
 * Find how a column's times are written. Where their shapes leave several orders of day, month and year, each cell of the
 * file is read by all of them.
 *
 * @param text the column's text as SQL: a column, or several joined by a space
 */
export async function readTimes(
  table: LoadedTable,
  text: string,
  shapes: TimeShapes,
  hints: TimeHints,
  region: RegionProfile,
): Promise<TimeReading> {
  const whole = shapes.withStrays ?? shapes
  const swapped = whole.isMixed ? await swappedBy(table, text, whole) : null
  // A few cells written in another way prove nothing, and are rejects, but where they are what a spreadsheet left.
  const reading = await readInOrder(table, text, swapped === null ? shapes : whole, hints, region)
  if (reading.calendars.length === 0 || reading.formats.length > 0) return { ...reading, swapped }
  // Years of another calendar are none of ISO 8601.
  const { iso } = shapes
  return iso.length === 0
    ? { ...reading, calendars: [], isAhead: true, swapped }
    : { ...reading, formats: iso, swapped }
}

/**
 * A spreadsheet that expects another order of day and month takes `03/04/2026` for a date of its own, the fourth of March,
 * and leaves `13/04/2026` as a text: of the days that it writes year first none is behind 12.
 */
async function swappedBy(table: LoadedTable, text: string, { digits, example }: TimeShapes): Promise<string | null> {
  const pattern = literal('^[0-9]{4}[^0-9]([0-9]{1,2})[^0-9]([0-9]{1,2})')
  const day = `try_cast(regexp_extract(${latinDigits(text, digits)}, ${pattern}, 2) as integer)`
  const [row] = await table.query<{ cells: string; behind: string; first: string }>(
    `select count(d)::varchar as cells, count(*) filter (d > 12)::varchar as behind, min(t) filter (d is not null) as first
     from (select ${text} as t, ${day} as d from cell)`,
  )
  if (row === undefined || row.cells === '0' || row.behind !== '0') return null
  const other = example === row.first ? '' : ` such as ${JSON.stringify(example)}`
  return `of ${row.cells} days that begin with the year, as ${JSON.stringify(row.first)}, none is behind the 12th, and days in another order${other} stand beside them: a spreadsheet that took days for months leaves them so`
}

/** The same, but for days that a spreadsheet may have changed. */
async function readInOrder(
  table: LoadedTable,
  text: string,
  shapes: TimeShapes,
  hints: TimeHints,
  region: RegionProfile,
): Promise<Omit<TimeReading, 'swapped'>> {
  const { readings, digits, languages, zoneWords, hasTime, hasOffset, example } = shapes
  const [only] = readings
  const hinted = readings.find(({ order }) => order === hints.order)
  const plain = readings.length === 1 ? only : hints.order === null ? undefined : hinted
  if (plain !== undefined) {
    // Nothing is to be decided: whether its cells are times at all, the head tells.
    const { accepted, all, range } = await countReadings(table, 'head', text, [plain.formats], shapes)
    return {
      ...plain,
      ...calendarsOf(range[0], plain.formats, hints.now),
      ...{ digits, languages, zoneWords, hasTime, hasOffset, example, certainty: 'proven', other: null, ambiguous: 0 },
      // Cells of other shapes, which the head has too, are none of these.
      accepted: shapes.cells * Math.min(1, (accepted[0] as number) / Math.max(1, Math.min(all, shapes.cells))),
      evidence:
        readings.length === 1 ? `as ${JSON.stringify(example)} is written, no other way fits` : 'the header says so',
    }
  }
  const counts = await countReadings(
    table,
    'cell',
    text,
    readings.map(({ formats }) => formats),
    shapes,
  )
  const found = (
    chosen: number,
    certainty: TimeReading['certainty'],
    evidence: string,
    other: number | null = null,
    ambiguous = 0,
  ): Omit<TimeReading, 'swapped'> => {
    const reading = readings[chosen] as (typeof readings)[0]
    const rival = other === null ? undefined : readings[other]
    return {
      formats: reading.formats,
      ...{ digits, languages, zoneWords, hasTime, hasOffset, example },
      ...calendarsOf(counts.range[chosen], reading.formats, hints.now),
      accepted: counts.accepted[chosen] as number,
      certainty,
      evidence,
      other: rival === undefined || rival.order === null ? null : { formats: rival.formats, order: rival.order },
      order: reading.order,
      ambiguous,
    }
  }
  const read = readings.map((_, i) => i).filter((i) => (counts.accepted[i] as number) > 0)
  const usable = read.filter((i) => !read.some((other) => refutes(counts, other, i, hints.now)))
  const best = usable.toSorted((a, b) => (counts.accepted[b] as number) - (counts.accepted[a] as number))[0] ?? 0
  // A day above 12 can be read in one order only: what the others can not read speaks for it.
  const rivals = usable.filter((i) => i !== best && counts.differing(best, i) > 0 && !isBeaten(counts, best, i))
  if (rivals.length === 0) {
    const decisive = counts.decisive[best]
    const { from, to } = counts.range[best] ?? {}
    if (usable.length < read.length && !decisive)
      return found(best, 'proven', `only so none is in the future: they are ${from} to ${to}`)
    return found(
      best,
      'proven',
      decisive === undefined || decisive === null
        ? 'only so all of them are days'
        : `${JSON.stringify(decisive)} can be read in no other order`,
    )
  }
  const inPeriod = [best, ...rivals].filter((i) => fits(counts, i, hints.period))
  if (hints.period !== null && inPeriod.length === 1)
    return found(
      inPeriod[0] as number,
      'proven',
      `only so all days are in the file's period ${hints.period.from} to ${hints.period.to}`,
    )
  const contenders = [best, ...rivals]
  const ambiguous = Math.max(...rivals.map((i) => counts.differing(best, i)))
  const usual = contenders.find((i) => readings[i]?.order === region.date_order)
  const speaksAgainst = usual === undefined ? null : against(counts, usual, contenders, hints)
  const evidence = `${ambiguous} cells such as ${JSON.stringify(counts.example(best, rivals[0] as number) ?? example)} are other days in another order`
  if (usual !== undefined && speaksAgainst === null)
    return found(usual, 'region', evidence, contenders.find((i) => i !== usual) ?? null, ambiguous)
  return found(
    usual ?? best,
    'open',
    speaksAgainst === null ? evidence : `${evidence}; ${speaksAgainst}`,
    contenders.find((i) => i !== (usual ?? best)) ?? null,
    ambiguous,
  )
}

interface Counts {
  readonly all: number
  readonly accepted: readonly number[]
  /** A cell that this reading alone can read. */
  readonly decisive: readonly (string | null)[]
  /** The first and the last day, YYYY-MM-DD. */
  readonly range: readonly { from: string | null; to: string | null }[]
  /** Different days. */
  readonly days: readonly number[]
  /** Days of which all records stand behind those of the day before, or all before them. */
  readonly ordered: readonly number[]
  differing(a: number, b: number): number
  only(a: number, b: number): number
  example(a: number, b: number): string | null
}

/** Each different text is read once. Where a clock stands behind the day, it is the same in all readings, and left out. */
async function countReadings(
  table: LoadedTable,
  records: 'cell' | 'head',
  cell: string,
  readings: readonly (readonly string[])[],
  written: Pick<TimeShapes, 'digits' | 'languages' | 'zoneWords'>,
): Promise<Counts> {
  const isBehind = readings.flat().length > 0 && readings.flat().every((format) => /^[^ ]+ [^ ]*h/i.test(format))
  const text = isBehind ? `split_part(${cell}, ' ', 1)` : cell
  const ofDays = readings.map((formats) => formats.map((format) => (isBehind ? (format.split(' ')[0] ?? '') : format)))
  // Each reading has the text under a name of its own: its pieces are named by it.
  const values = ofDays.map((formats, i) => timeValue(formats, `t${i}`, written))
  const names = readings.map((_, i) => `t as t${i}`)
  const pieces = values.flatMap((value) => value.pieces.map(([name, sql]) => `${sql} as ${name}`))
  const all = readings.map((_, i) => i)
  const pairs = all.flatMap((a) => all.filter((b) => b !== a).map((b) => [a, b] as const))
  const before = all.flatMap((i) =>
    ['v', 'first', 'last'].map((name) => `lag(${name === 'v' ? `v${i}` : name}) over by${i} as ${name}_${i}`),
  )
  const sum = (condition: string) => `coalesce(sum(n) filter (${condition}), 0)::bigint::varchar`
  const [row] = await table.query<Record<string, string | null>>(`
    with named as (select *, ${names.join(', ')} from (
      select ${text} as t, count(*) as n, min(_line) as first, max(_line) as last from ${records} where ${cell} is not null group by t)),
    pieced as (select ${['*', ...pieces].join(', ')} from named),
    read as (select t, n, first, last, ${values.map(({ sql }, i) => `(${sql})::date as v${i}`).join(', ')} from pieced),
    beside as (select *, ${before.join(', ')} from read
      window ${all.map((i) => `by${i} as (order by v${i} nulls last, first)`).join(', ')})
    select ${[
      'sum(n)::bigint::varchar as n',
      ...all.map((i) => `${sum(`v${i} is not null`)} as a${i}`),
      ...all.map(
        (i) => `min(v${i})::varchar as f${i}, max(v${i})::varchar as l${i}, count(distinct v${i})::varchar as d${i}`,
      ),
      ...all.map(
        (i) =>
          `greatest(count(*) filter (v${i} > v_${i} and first > last_${i}), count(*) filter (v${i} > v_${i} and last < first_${i}))::varchar as o${i}`,
      ),
      ...all.map(
        (i) =>
          `min(t) filter (v${i} is not null${all
            .filter((j) => j !== i)
            .map((j) => ` and v${j} is null`)
            .join('')}) as x${i}`,
      ),
      ...pairs.map(([a, b]) => `${sum(`v${a} <> v${b}`)} as n${a}_${b}`),
      ...pairs.map(([a, b]) => `${sum(`v${a} is not null and v${b} is null`)} as y${a}_${b}`),
      ...pairs.map(([a, b]) => `min(t) filter (v${a} <> v${b}) as e${a}_${b}`),
    ].join(', ')} from beside`)
  const of = (name: string) => Number(row?.[name] ?? 0)
  return {
    all: of('n'),
    accepted: all.map((i) => of(`a${i}`)),
    decisive: all.map((i) => row?.[`x${i}`] ?? null),
    range: all.map((i) => ({ from: row?.[`f${i}`] ?? null, to: row?.[`l${i}`] ?? null })),
    days: all.map((i) => of(`d${i}`)),
    ordered: all.map((i) => of(`o${i}`)),
    differing: (a, b) => of(`n${a}_${b}`),
    only: (a, b) => of(`y${a}_${b}`),
    example: (a, b) => row?.[`e${a}_${b}`] ?? null,
  }
}

/** Texts as TIMESTAMP by formats, offsets applied, null where they are none; with the columns over `text` that it needs. */
function timeValue(
  formats: readonly string[],
  text: string,
  { digits, languages, zoneWords }: Pick<TimeShapes, 'digits' | 'languages' | 'zoneWords'>,
): { readonly pieces: readonly (readonly [string, string])[]; readonly sql: string } {
  // Only days are told apart here: the day is the one that is written, whatever its zone.
  const zoneTexts = Object.fromEntries(zoneWords.map((word) => [word, '+00:00']))
  const rule = { ...valueRule('', 'UTC'), value: null, digits, ...(languages.length === 0 ? {} : { languages }) }
  const { pieces, placed, naive, date } = timeSql({ ...rule, formats, zoneTexts }, text)
  return { pieces, sql: `coalesce((${placed})::timestamp, ${naive}, (${date})::timestamp)` }
}

export type ForeignCalendar = 'buddhist' | 'persian' | 'hijri'

/** Years that calendars are ahead of the Gregorian one, about. */
const ahead: Readonly<Record<ForeignCalendar, number>> = { buddhist: 543, persian: -621, hijri: -579 }

/** Days further ahead of now than so many years are no Gregorian ones. */
export const mostAhead = 2

/** Calendars by which years that are no Gregorian ones of our time are: within thirty years before now. */
function calendarsOf(
  range: Counts['range'][0] | undefined,
  formats: readonly string[],
  now: Date,
): Pick<TimeReading, 'calendars' | 'isAhead'> {
  const [from, to] = [range?.from, range?.to].map((day) => Number(day?.split('-')[0]))
  const year = now.getUTCFullYear()
  if (!from || !to || (from >= 1900 && from <= year + mostAhead)) return { calendars: [], isAhead: false }
  const isShort = formats.length > 0 && formats.every((format) => !format.includes('YYYY'))
  const calendars = (Object.keys(ahead) as ForeignCalendar[]).filter((calendar) => {
    const over = ahead[calendar] - (isShort ? centuries[calendar] - centuries.gregorian : 0)
    return from - over >= year - 30 && to - over <= year + 1
  })
  return { calendars, isAhead: from > year && calendars.length === 0 }
}

/** Whether one reading has all in a quarter that is past, and another the same cells over years, some still to come. */
function refutes(counts: Counts, one: number, other: number, now: Date): boolean {
  if (one === other || counts.only(other, one) > 0) return false
  const tomorrow = new Date(now.getTime() + 2 * 86_400_000).toISOString().slice(0, 10)
  const isPast = (i: number) => (counts.range[i]?.to ?? tomorrow) < tomorrow
  return isPast(one) && !isPast(other) && spanOf(counts, one) <= 92 && spanOf(counts, other) > 1000
}

/** Days from the first to the last, both included. */
function spanOf({ range }: Counts, i: number): number {
  const { from, to } = range[i] as Counts['range'][0]
  return from === null || to === null ? 0 : (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1
}

/** Whether a reading is beaten by cells that only the best one reads, and has none, or next to none, of its own. */
function isBeaten(counts: Counts, best: number, other: number): boolean {
  const [ours, theirs] = [counts.only(best, other), counts.only(other, best)]
  return ours > 0 && theirs * 10 <= ours
}

const fits = ({ range }: Counts, i: number, period: TimeHints['period']): boolean => {
  const { from, to } = range[i] as Counts['range'][0]
  return period !== null && from !== null && to !== null && from >= period.from && to <= period.to
}

/** What speaks against the usual order, though no cell refutes it; null where nothing does. */
function against(
  counts: Counts,
  usual: number,
  contenders: readonly number[],
  { now, period }: TimeHints,
): string | null {
  const other = contenders.find((i) => i !== usual)
  if (other === undefined) return null
  const tomorrow = new Date(now.getTime() + 2 * 86_400_000).toISOString().slice(0, 10)
  const last = counts.range[usual]?.to ?? ''
  if (last > tomorrow && (counts.range[other]?.to ?? '') <= tomorrow)
    return `by the usual order some would be in the future (${last})`
  if (period !== null && !fits(counts, usual, period) && fits(counts, other, period))
    return "by the usual order some are outside the file's period"
  const span = (i: number) => spanOf(counts, i)
  const dense = (i: number) => (counts.days[i] ?? 0) / Math.max(1, span(i))
  if ((counts.days[usual] ?? 0) >= 3 && dense(other) > 0.5 && dense(usual) < dense(other) / 4)
    return `by the usual order they are scattered over ${Math.round(span(usual))} days, by the other one they fill ${Math.round(span(other))}`
  const [ours, theirs] = [counts.ordered[usual] ?? 0, counts.ordered[other] ?? 0]
  const isInOrder = theirs >= ((counts.days[other] ?? 0) - 1) * 0.9
  if ((counts.days[usual] ?? 0) >= 4 && isInOrder && theirs - ours >= 2) return 'the file is in order by the other one'
  return null
}
