import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { classOf } from '../readers/tables/cell-class.ts'
import { toldLines } from './asides.ts'
import { calendarNamed } from './calendar-words.ts'
import { fromColumn, meaning, type NamedProfile, type Surroundings, strengthOf } from './columns.ts'
import type { Draft, Question } from './draft.ts'
import { periodOf } from './period.ts'
import type { ZoneOffset } from './symbols.ts'
import type { LoadedTable } from './table.ts'
import type { Shape } from './tally.ts'
import { type TimeShapes, timeShapes } from './time-shapes.ts'
import { readTimes, type TimeHints, type TimeReading } from './times.ts'
import { offsetsOf } from './vocabulary.ts'

/** The column of times that was chosen, with what is read beside it. */
export interface Moment {
  readonly columns: readonly NamedProfile[]
  readonly reading: TimeReading
}

/** Find when a record happened; null where no column tells. */
export async function findMoment(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
  { region, now }: Surroundings,
): Promise<Moment | null> {
  const period = periodOf(table)
  const tried: { column: NamedProfile; shapes: TimeShapes; score: number }[] = []
  const wanted = meaning(columns, 'time', 'value_date', 'other_time', 'settled_time').filter(
    ({ look }) => look === 'time' || look === 'number',
  )
  const likely = [...new Set([...wanted, ...columns.filter(({ look }) => look === 'time')])]
  for (const column of likely.slice(0, 8)) {
    if (isClock(column) || column.filled < table.rows * 0.3) continue
    const isRare = column.filled < table.rows * 0.6
    if (isRare && column.filled < (table.rows - (await toldLines(table, columns, column))) * 0.6) continue
    const shapes = timeShapes(column.shapes, region.languages)
    if (shapes === null || shapes.cells < column.filled * 0.5) continue
    const isUnix = isCount(shapes)
    if (isUnix && strengthOf(column, 'time', 'other_time') === 0) continue
    const score =
      Math.max(
        strengthOf(column, 'time'),
        strengthOf(column, 'value_date') * 0.6,
        strengthOf(column, 'other_time', 'settled_time') * 0.5,
      ) +
      (shapes.hasTime ? 0.3 : 0) +
      column.filled / table.rows +
      (isUnix ? -0.35 : 0) +
      (shapes.hasOffset ? 0.25 : 0)
    tried.push({ column, shapes, score })
  }
  const best = await firstRead(
    table,
    tried.toSorted((a, b) => b.score - a.score),
    period,
    now,
    region,
    draft,
  )
  if (best === null) return null
  const clock = best.reading.hasTime ? undefined : clockBeside(columns, best.column)
  const together = clock === undefined ? null : await joined(table, best, clock, region, now, period)
  const moment: Moment = together ?? { columns: [best.column], reading: best.reading }
  const twin = tried.find(({ column, shapes }) => column.sql !== best.column.sql && isCount(shapes, 'X'))
  const field = moment.reading.hasTime ? 'occurred_at' : 'local_date'
  putTimes(field, moment, columns, draft, region, best.column, twin?.column)
  return moment
}

const isClock = ({ shapes }: NamedProfile): boolean =>
  shapes.length > 0 && shapes.slice(0, 3).every(({ example }) => classOf(example) === 'time')

/** A column of clock times that belongs to a column of days: the nearest behind it. */
function clockBeside(columns: readonly NamedProfile[], day: NamedProfile): NamedProfile | undefined {
  const at = columns.indexOf(day)
  return columns
    .filter(isClock)
    .toSorted((a, b) => distance(columns.indexOf(a), at) - distance(columns.indexOf(b), at))[0]
}

const distance = (place: number, from: number): number => (place > from ? place - from : 100 + from - place)

interface ReadColumn {
  readonly column: NamedProfile
  readonly reading: TimeReading
}

/** Whether a column's years are of another calendar, as they or its name say. */
const isForeign = ({ name }: NamedProfile, { isAhead, calendars }: TimeReading): boolean =>
  isAhead || calendars.length > 0 || (calendarNamed(name) ?? 'gregorian') !== 'gregorian'

const leftOut = ({ column, reading }: ReadColumn, { name }: NamedProfile): string =>
  `${JSON.stringify(column.name)} is left out for ${JSON.stringify(name)}: its years, as in ${JSON.stringify(reading.example)}, are of another calendar.`

/** The first of the columns whose cells are days; of another calendar only where no other column has any. */
async function firstRead(
  table: LoadedTable,
  tried: readonly { readonly column: NamedProfile; readonly shapes: TimeShapes }[],
  period: TimeHints['period'],
  now: Date,
  region: Surroundings['region'],
  draft: Draft,
): Promise<ReadColumn | null> {
  const foreign: ReadColumn[] = []
  for (const { column, shapes } of tried) {
    const { dateOrder = null } = column.hints
    const hints: TimeHints = { order: dateOrder === 'ydm' ? null : dateOrder, period, now }
    const reading = await readTimes(table, column.sql, shapes, hints, region)
    if (reading.accepted < column.filled * 0.5) continue
    if (isForeign(column, reading)) foreign.push({ column, reading })
    else {
      // Whose day another column is, its name says; a day of settlement stands in for none.
      const own = foreign.find(
        (one) => !one.reading.isAhead && strengthOf(one.column, 'time') > strengthOf(column, 'time'),
      )
      if (own !== undefined) return own
      for (const other of foreign) draft.notes.push(leftOut(other, column))
      return { column, reading }
    }
  }
  return foreign.find(({ reading }) => !reading.isAhead) ?? null
}

const isCount = ({ readings }: TimeShapes, ...units: readonly string[]): boolean =>
  readings.some(({ formats }) => formats.some((format) => (units.length === 0 ? ['X', 'x'] : units).includes(format)))

/** A column of days and one of clocks, read as one text. */
async function joined(
  table: LoadedTable,
  { column: day, reading: ofDay }: ReadColumn,
  clock: NamedProfile,
  region: Surroundings['region'],
  now: Date,
  period: TimeHints['period'],
): Promise<Moment | null> {
  const shapes = timeShapes(joinedShapes(day, clock), region.languages)
  if (shapes === null || !shapes.hasTime) return null
  const text = `nullif(concat_ws(' ', ${day.sql}, ${clock.sql}), '')`
  const isProven = ofDay.certainty === 'proven'
  const order = isProven ? ofDay.order : null
  const reading = await readTimes(table, text, shapes, { order, period, now }, region)
  return { columns: [day, clock], reading: isProven ? { ...reading, evidence: ofDay.evidence } : reading }
}

/** Shapes that days and clocks side by side can have, as often as if each stood beside each. */
function joinedShapes(day: NamedProfile, clock: NamedProfile): Shape[] {
  const rows = clock.filled + clock.empty
  const beside = clock.shapes
    .slice(0, 20)
    .map((shape) => ({ ...shape, text: ` ${shape.text}`, example: ` ${shape.example}` }))
  const alone = clock.empty === 0 ? [] : [{ text: '', example: '', count: clock.empty }]
  return day.shapes.slice(0, 20).flatMap((one) =>
    [...beside, ...alone].map((other) => ({
      ...one,
      text: one.text + other.text,
      example: one.example + other.example,
      count: (one.count * other.count) / rows,
    })),
  )
}

/** Fill a field with times as they were read, and ask for the order of day and month where it is not proven. */
export function putTimes(
  field: string,
  { columns: used, reading }: Moment,
  columns: readonly NamedProfile[],
  draft: Draft,
  region: Surroundings['region'],
  day: NamedProfile,
  twin: NamedProfile | undefined = undefined,
): void {
  const from: FieldRuleYaml =
    used.length === 1
      ? fromColumn(day)
      : used.every(({ ref }) => 'name' in ref)
        ? { from: used.map(({ name }) => name) }
        : { column: used.map(({ ref }) => ('position' in ref ? ref.position : 0)) }
  const digits = reading.digits === region.digits ? {} : { digits: reading.digits }
  // ISO 8601 alone has no format, and no word but UTC.
  const hasWords = reading.formats.some((format) => format.replace(/\[[^\]]*\]/g, '').includes('z'))
  const words = hasWords ? zoneTexts(reading.zoneWords, draft, field, day, region) : {}
  const named = reading.hasTime && !reading.hasOffset ? zoneOf(columns, used, draft, field, region) : {}
  const zone = { ...named, ...words }
  const format = formatKey(reading.formats)
  const language =
    reading.languages.length === 0
      ? {}
      : { language: reading.languages.length === 1 ? reading.languages[0] : [...reading.languages] }
  const agrees =
    twin === undefined || used.includes(twin) || reading.formats.includes('X')
      ? {}
      : { agrees: { ...fromColumn(twin), format: 'X' } }
  draft.fields.set(field, {
    rule: { ...from, ...format, ...language, ...zone, ...digits, ...agrees } as FieldRuleYaml,
    evidence: reading.evidence,
  })
  const calendarSaid = calendarNamed(day.name)
  if (reading.calendars.length > 0)
    draft.questions.push({
      id: `${field}.calendar`,
      of: 'file',
      question: `Which calendar are the years in ${JSON.stringify(day.name)} of, such as in ${JSON.stringify(reading.example)}?`,
      evidence: 'they are no years of our time',
      usual: reading.calendars.find((calendar) => calendar === calendarSaid) ?? null,
      candidates: [...reading.calendars, 'gregorian' as const].map((calendar) => ({
        name: calendar,
        meaning:
          calendar === 'gregorian'
            ? 'as they stand, which are refused'
            : `years of the ${calendarNames[calendar]} calendar`,
        fields: { [field]: { calendar } },
      })),
    })
  if (reading.swapped !== null) {
    draft.questions.push(swappedQuestion(field, day, reading, reading.swapped))
    return
  }
  if (reading.certainty === 'proven' || reading.other === null || reading.order === null) return
  draft.questions.push({
    id: `${field}.order`,
    of: 'record',
    question: `In which order are day, month and year in ${JSON.stringify(day.name)}, such as ${JSON.stringify(reading.example)}?`,
    evidence: reading.evidence,
    usual: reading.certainty === 'region' ? reading.order : null,
    candidates: [
      { name: reading.order, meaning: orderNames[reading.order], fields: { [field]: formatKey(reading.formats) } },
      {
        name: reading.other.order,
        meaning: orderNames[reading.other.order],
        fields: { [field]: formatKey(reading.other.formats) },
      },
    ],
  })
}

/** Days that a spreadsheet may have changed are never read without being asked; an order that is open is asked with it. */
function swappedQuestion(field: string, day: NamedProfile, reading: TimeReading, evidence: string): Question {
  const orders =
    reading.certainty === 'proven' || reading.other === null || reading.order === null
      ? [{ formats: reading.formats, name: '', meaning: '' }]
      : [{ formats: reading.formats, order: reading.order }, reading.other].map(({ formats, order }) => ({
          ...{ formats, name: `-${order}`, meaning: `; the others are ${orderNames[order]}` },
        }))
  const swapped = (formats: readonly string[]) => formats.map((format) => format.replace(yearFirst, 'YYYY$1$3$1$2'))
  return {
    id: `${field}.swapped`,
    of: 'file',
    question: `Did a spreadsheet put day and month of ${JSON.stringify(day.name)} in each other's place where the year stands first?`,
    evidence,
    usual: null,
    candidates: orders.flatMap(({ formats, name, meaning }) => [
      {
        name: `swapped${name}`,
        meaning: `yes, they are year, day, month${meaning}`,
        fields: { [field]: formatKey(swapped(formats)) },
      },
      {
        name: `as-written${name}`,
        meaning: `no, they are year, month, day${meaning}`,
        fields: { [field]: formatKey(formats) },
      },
    ]),
  }
}

const yearFirst = /^YYYY(\W)(MM?)\1(DD?)/

const calendarNames = { buddhist: 'Buddhist', persian: 'Iranian', hijri: 'Umm al-Qura' } as const
const orderNames = { dmy: 'day, month, year', mdy: 'month, day, year', ymd: 'year, month, day' } as const

function formatKey(formats: readonly string[]): FieldRuleYaml {
  if (formats.length === 0) return {}
  return { format: formats.length === 1 ? (formats[0] as string) : [...formats] }
}

/** What the words for zones in the times say; asked where the region does not tell which of several a word means. */
function zoneTexts(
  words: readonly string[],
  draft: Draft,
  field: string,
  day: NamedProfile,
  { country }: Surroundings['region'],
): object {
  const found = words.map((word) => ({ word, offers: meantBy(word, country) }))
  const open = found.filter(({ offers }) => offers.length > 1)
  const map = Object.fromEntries(found.flatMap(({ word, offers: [first] }) => (first ? [[word, first.offset]] : [])))
  if (open.length === 0) return { zone: { map } }
  // Words of one file are of one country.
  const together = open.reduce<{ said: Record<string, string>; countries: readonly string[] | null }[]>(
    (sets, { word, offers }) =>
      sets.flatMap(({ said, countries }) =>
        offers.map(({ offset, countries: own }) => ({
          said: { ...said, [word]: offset },
          countries: countries === null ? own : own.filter((one) => countries.includes(one)),
        })),
      ),
    [{ said: {}, countries: null }],
  )
  const likely = together.filter(({ countries }) => (countries ?? []).length > 0)
  draft.questions.push({
    id: `${field}.zone`,
    of: 'file',
    question: `What is ${open.map(({ word }) => JSON.stringify(word)).join(', ')} in ${JSON.stringify(day.name)}?`,
    evidence: 'the word is one for several zones, and the region has none of them',
    usual: null,
    candidates: (likely.length > 1 ? likely : together).slice(0, 8).map(({ said, countries }) => ({
      name: Object.values(said).join('_'),
      meaning: `UTC${Object.values(said).join(', UTC')}${countries?.length ? `, as in ${countries.join(', ')}` : ''}`,
      fields: { [field]: { zone: { map: { ...map, ...said } } } },
    })),
  })
  return { zone: { map } }
}

/** The offsets that a word can mean, by the region where that tells. */
function meantBy(word: string, country: string): readonly ZoneOffset[] {
  const found = offsetsOf(word)
  const mine = found.filter(({ countries }) => countries.includes(country))
  return found.length > 1 && mine.length === 1 ? mine : found
}

/** Where the clock of the times stands: as the header or a column says, else the region's, which nothing proves. */
function zoneOf(
  columns: readonly NamedProfile[],
  used: readonly NamedProfile[],
  draft: Draft,
  field: string,
  region: Surroundings['region'],
): object {
  for (const { hints } of used) {
    if (hints.zone !== undefined) return { zone: hints.zone }
    const offset = hints.offsets?.length === 1 ? hints.offsets[0]?.offset : undefined
    if (offset === '+00:00') return { zone: 'UTC' }
    if (offset !== undefined) return { zone: etcZone(offset) }
  }
  const told = meaning(columns, 'zone').find(({ words }) => words !== null && words.size <= 20)
  if (told?.words != null && 'name' in told.ref) {
    const map = Object.fromEntries(
      [...told.words.keys()].flatMap((word) => {
        const offers = meantBy(word, region.country)
        return offers.length === 1 ? [[word, offers[0]?.offset]] : []
      }),
    )
    if (Object.keys(map).length > 0) return { zone: { from: told.ref.name, map } }
  }
  draft.notes.push(`${field}: no zone is named; taken as the region's, ${region.zone}.`)
  return {}
}

/** A fixed offset in whole hours as an IANA zone, whose sign is the other way round. */
const etcZone = (offset: string): string => `Etc/GMT${offset.startsWith('-') ? '+' : '-'}${Number(offset.slice(1, 3))}`
