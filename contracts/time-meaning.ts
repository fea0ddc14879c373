import type { Field } from '../models/field.ts'
import { nearest } from '../models/nearest.ts'
import { timeNames } from './calendars.ts'
import { toldBy } from './format-slips.ts'
import type { FieldRuleYaml } from './grammar.ts'
import { language, zone } from './level-meaning.ts'
import { placeholders } from './patterns.ts'
import type { Path } from './problem.ts'
import { asList, paramNames, type Reading } from './reading.ts'
import { parseTimeFormat, yearly } from './time-format.ts'

/** How a time is read: its formats, zone, language and calendar, and the second text that agrees with it. */
export function times(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  if (field.type !== 'instant' && field.type !== 'date') return
  const path = ['fields', field.name]
  zone(reading, path, typeof rule.zone === 'string' ? rule.zone : undefined)
  if (typeof rule.zone === 'object') zoneWords(reading, path, rule)
  const tellsHour = texts(reading, field, path, rule)
  if (rule.year !== undefined && reading.sound([...path, 'year'])) year(reading, path, rule)
  // Of other times a date alone is the beginning of the day, as where no format is given.
  if (field.name === 'occurred_at' && tellsHour === false)
    reading.tell([...path, 'format'], 'tells no hour, and occurred_at is a time; a date alone is local_date')
  const { agrees } = rule
  if (agrees === undefined || !reading.sound([...path, 'agrees'])) return
  oneColumn(reading, [...path, 'agrees'], agrees)
  zone(reading, [...path, 'agrees'], agrees.zone)
  texts(reading, { ...field, type: 'instant' }, [...path, 'agrees'], agrees)
}

/** Words for zones stand in a column, or in the time, as z. */
function zoneWords(reading: Reading, path: Path, { zone, format }: FieldRuleYaml): void {
  if (typeof zone !== 'object') return
  const isInText = asList(format).some(tellsZoneWord)
  const hasColumn = zone.from !== undefined || zone.column !== undefined
  if (!isInText || (zone.from !== undefined && zone.column !== undefined))
    oneColumn(reading, [...path, 'zone'], zone, ', or z in the format')
  else if (hasColumn && reading.sound([...path, 'zone']))
    reading.tell([...path, 'zone'], 'has a column, and the format has z, the word in the time; keep one', null, 'key')
}

function oneColumn(
  reading: Reading,
  path: Path,
  { from, column }: Pick<FieldRuleYaml, 'from' | 'column'>,
  orElse = '',
): void {
  if (reading.sound(path) && (from === undefined) === (column === undefined))
    reading.tell(
      path,
      from === undefined ? `lacks its column: from, or column${orElse}` : 'has from and column; keep one',
      null,
      'key',
    )
}

/** Formats, and what they are in. Tells whether an hour is told; undefined where the formats are wrong. */
function texts(
  reading: Reading,
  field: Field,
  path: Path,
  rule: Pick<FieldRuleYaml, 'format' | 'language' | 'calendar' | 'year'> & { readonly zone?: unknown },
): boolean | undefined {
  language(reading, path, rule.language)
  const formats = asList(rule.format)
  const calendar = rule.calendar ?? 'gregorian'
  if (calendar !== 'gregorian' && formats.length === 0)
    reading.tell([...path, 'calendar'], `is ${calendar}, and without a format times are ISO 8601, which is gregorian`)
  let [isSound, tellsHour] = [true, formats.length === 0]
  for (const [i, format] of formats.entries()) {
    const read = rule.year === undefined || tellsYear(format) ? toldBy(format) : toldBy(yearly(format))
    const wrong =
      'wrong' in read
        ? read.wrong
        : field.type === 'date' && read.told.has('offset')
          ? `tells an offset, and ${field.name} is a date`
          : tellsZoneWord(format) && typeof rule.zone !== 'object'
            ? `has z, a word for a zone, and no zone says what the words mean: zone: { map: { PST: "-08:00" } }`
            : wrongNames(format, rule, reading)
    if (wrong !== undefined) {
      reading.tell([...path, 'format', ...(Array.isArray(rule.format) ? [i] : [])], wrong)
      isSound = false
    } else if (!('wrong' in read) && read.told.has('hour')) tellsHour = true
  }
  return isSound ? tellsHour : undefined
}

/** What dates whose format tells no year are in. */
function year(reading: Reading, path: Path, rule: FieldRuleYaml): void {
  const { tell } = reading
  const formats = asList(rule.format)
  const at = [...path, 'year']
  const told = formats.map((format) => toldBy(yearly(format))).flatMap((read) => ('told' in read ? [...read.told] : []))
  if (formats.length === 0) tell(at, 'needs a format that tells no year, such as DD/MM', null, 'key')
  else if (formats.some((format) => 'told' in toldBy(format)))
    tell(at, 'means nothing beside a format that tells the year', null, 'key')
  else if (told.includes('offset') || told.includes('weekday'))
    tell(
      at,
      `can not be said where the format tells the ${told.includes('offset') ? 'offset' : 'weekday'}`,
      null,
      'key',
    )
  else if ((rule.calendar ?? 'gregorian') !== 'gregorian')
    tell(at, `can not be said where the calendar is ${rule.calendar}`, null, 'key')
  if (typeof rule.year === 'object') {
    texts(reading, { name: 'year', type: 'date' } as Field, at, rule.year)
    for (const key of ['from', 'to'] as const) params(reading, [...at, key], rule.year[key])
    return
  }
  const written = reading.source.text(at) ?? ''
  if (placeholders(written).length > 0) params(reading, at, written)
  else if (!/^(?:19[7-9]\d|20\d\d)$/.test(written))
    tell(at, `is ${JSON.stringify(written)}, not a year from 1970 to 2099`)
}

function params(reading: Reading, path: Path, text: string): void {
  const known = paramNames(reading.yaml)
  const stranger = placeholders(text).find((name) => !known.includes(name))
  if (stranger !== undefined && reading.isWhole && reading.sound(['params']))
    reading.tell(path, `has {${stranger}}, which is not among params`, nearest(stranger, known))
}

/** A bound of a period that the contract gives itself. */
export const isGivenBound = (text: string): boolean =>
  placeholders(text).length > 0 || /^[12]\d{3}-\d\d-\d\d$/.test(text)

const tellsZoneWord = (format: string): boolean => {
  const parsed = parseTimeFormat(format)
  return !('unknown' in parsed) && parsed.parts.some(({ token }) => token === 'z')
}

const tellsYear = (format: string): boolean => {
  const parsed = parseTimeFormat(format)
  return (
    !('unknown' in parsed) && (parsed.perSecond !== null || parsed.parts.some(({ token }) => token?.startsWith('Y')))
  )
}

/** Months of another calendar have names of their own; names that end in digits need something between. */
function wrongNames(
  format: string,
  rule: Pick<FieldRuleYaml, 'language' | 'calendar'>,
  reading: Reading,
): string | undefined {
  const months = /MMMM?/.exec(format.replace(/\[[^\]]*\]/g, '[]'))?.[0] as 'MMM' | 'MMMM' | undefined
  if (months === undefined) return undefined
  if (rule.calendar === 'persian' || rule.calendar === 'hijri')
    return `has ${months}, and no month names of the calendar ${rule.calendar} are known; it takes MM or M`
  const names = [
    ...timeNames(months, asList(rule.language ?? reading.yaml.language ?? reading.profile.languages)).keys(),
  ]
  const isGlued = new RegExp(`${months}[YDHhms]`).test(format) && names.some((name) => /[0-9]$/.test(name))
  return isGlued
    ? `has digits right behind ${months} in ${JSON.stringify(format)}, and the names end in digits`
    : undefined
}
