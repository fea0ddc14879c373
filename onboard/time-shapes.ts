import { type MonthLanguage, monthLanguage, nameWord } from './month-language.ts'
import type { NumberStyle } from './numbers.ts'
import type { Shape } from './tally.ts'
import { halfLanguage, halfOf, timeTail, wordsBehind } from './time-tail.ts'

export type DateOrder = 'dmy' | 'mdy' | 'ymd'

const orders: readonly DateOrder[] = ['dmy', 'mdy', 'ymd']

/** What the shapes of a column's cells say of times. */
export interface TimeShapes {
  /** Ways to read them: by each order of day, month and year that some of them can be in; one where the order is plain. */
  readonly readings: readonly { readonly order: DateOrder | null; readonly formats: readonly string[] }[]
  /** What a reading without a format has, where it must be written out. */
  readonly iso: readonly string[]
  readonly digits: NumberStyle['digits']
  /** Of names of months and of halves of the day; none: English, or there are none. */
  readonly languages: readonly string[]
  /** Words for zones that stand in the texts, as they are written. */
  readonly zoneWords: readonly string[]
  /** Cells of the shapes that are read. */
  readonly cells: number
  readonly hasTime: boolean
  /** Whether the texts with a time carry their own offset from UTC, all of them. */
  readonly hasOffset: boolean
  /** Whether days that begin with the year stand among others whose order is in question. */
  readonly isMixed: boolean
  /** The same with the cells, too few to be a way of their own, that stand beside so; null where there are none. */
  readonly withStrays: TimeShapes | null
  readonly example: string
}

/** Null where the cells are no times. */
export function timeShapes(shapes: readonly Shape[], regional: readonly string[]): TimeShapes | null {
  const names = monthLanguage(
    shapes.map(({ text }) => text),
    regional,
  )
  if (names === null) return null
  const written = shapes.map((shape): Written => {
    const text = shape.text.replace(anyNine, '9')
    const cased = shape.example.replace(/\p{Nd}/gu, '9')
    const as = cased.length === text.length ? cased : text
    return { ...shape, text, written: as, ...(hasClock.test(text) ? wordsBehind(as) : { half: '', zone: '' }) }
  })
  const halves = [...new Set(written.map(({ half }) => half).filter((half) => half !== ''))]
  const halfIn = halfLanguage(halves, [names.language, ...regional]) ?? null
  const isHalf = (word: string) => halfOf(word, halfIn ?? 'en') !== undefined
  const isName = (word: string) => names.isMonth(word) || names.isDay(word)
  const hasNames = shapes.some(({ text }) => (text.match(nameWord) ?? []).some(isName))
  const spoken = [...new Set([...(hasNames ? [names.language] : []), ...(halfIn === null ? [] : [halfIn])])]
  const languages = spoken.join() === 'en' ? [] : spoken
  const families = familiesOf(written, { ...names, isHalf })
  const all = families.reduce((sum, { count }) => sum + count, 0)
  const main = families.filter(
    ({ count, forms }) => forms.length > 0 && (count >= Math.max(2, all * 0.1) || count >= 50),
  )
  const likely = main.length > 0 ? main : families.filter(({ forms }) => forms.length > 0).slice(0, 1)
  const digits = digitsOf(shapes)
  const told = toldBy(likely, digits, languages)
  if (told === null) return null
  const strays = families.filter((family) => !likely.includes(family) && likely.some((one) => isOtherWay(one, family)))
  return { ...told, withStrays: strays.length === 0 ? null : toldBy([...likely, ...strays], digits, languages) }
}

function toldBy(
  known: readonly Family[],
  digits: TimeShapes['digits'],
  languages: TimeShapes['languages'],
): TimeShapes | null {
  const first = known[0]
  if (first === undefined) return null
  const timed = known.flatMap(({ forms }) => forms.filter((form) => form.hasTime))
  const tried = orders
    .filter((order) => known.some(({ forms }) => forms.some((form) => form.order === order)))
    .map((order) => ({ order, formats: formatsBy(known, order) }))
  return {
    readings: tried.length === 0 ? [{ order: null, formats: formatsBy(known, null) }] : tried,
    iso: saidBy(known.flatMap(({ forms }) => forms).filter(({ isIso }) => isIso)),
    ...{ digits, languages, zoneWords: [...new Set(known.flatMap(({ zoneWords }) => zoneWords))].toSorted() },
    cells: known.reduce((sum, { count }) => sum + count, 0),
    hasTime: timed.length > 0,
    hasOffset: timed.length > 0 && timed.every((form) => form.hasOffset),
    isMixed: known.some((one) => known.some((other) => isOtherWay(one, other))),
    withStrays: null,
    example: first.example,
  }
}

/** Whether one begins with the year, and the order of the other is in question. */
const isOtherWay = (one: Family, other: Family): boolean =>
  (one.forms.some(isYearFirst) && other.forms.some(({ order }) => order !== null)) ||
  (other.forms.some(isYearFirst) && one.forms.some(({ order }) => order !== null))

const isYearFirst = ({ order, format }: Form): boolean => order === null && /^YYYY\W/.test(format)

interface Form {
  readonly format: string
  /** It is ISO 8601, which needs no format where nothing else stands beside it. */
  readonly isIso?: boolean
  /** False where no format says it. */
  readonly isSaid?: boolean
  /** Null where the order is plain. */
  readonly order: DateOrder | null
  readonly hasTime: boolean
  readonly hasOffset: boolean
}

/** A shape with its digits as 9 and its letters as they are written, and the words behind its clock. */
interface Written extends Shape {
  readonly written: string
  readonly half: string
  readonly zone: string
}

interface Names extends MonthLanguage {
  isHalf(word: string): boolean
}

const anyNine = /[৯٩۹९９]/g
const hasClock = /9(?: ?h ?|[:.])99/

interface Family {
  readonly zoneWords: readonly string[]
  readonly count: number
  readonly example: string
  readonly forms: readonly Form[]
}

/** Shapes that one format reads, put together: digits of any number, names of any month, half or zone. */
function familiesOf(shapes: readonly Written[], names: Names): Family[] {
  const groups = new Map<string, Written[]>()
  for (const shape of shapes) {
    const { text, half, zone } = shape
    const dated = zone === '' ? text : `${text.slice(0, -zone.length)}ζ`
    const at = half === '' || !names.isHalf(half) ? -1 : dated.lastIndexOf(half.toLowerCase())
    const key = (at < 0 ? dated : `${dated.slice(0, at)}p${dated.slice(at + half.length)}`)
      .replace(nameWord, (word) => (names.isMonth(word) ? 'm' : word))
      .replace(weekdayAhead(dated, names), (day) => (day === '' || names.isMonth(day) ? day : 'd'))
      .replace(/[+-]9\d:?99$/, '±')
      .replace(/(?<![9.])9{1,2}(?!9)/g, '9')
    const group = groups.get(key) ?? []
    group.push(shape)
    groups.set(key, group)
  }
  return [...groups.values()]
    .map((group) => ({
      count: group.reduce((sum, { count }) => sum + count, 0),
      example: (group[0] as Written).example,
      zoneWords: [...new Set(group.map(({ zone }) => zone).filter((zone) => zone !== ''))],
      forms: group.every(({ half }) => half === '' || names.isHalf(half)) ? formsOf(group, names) : [],
    }))
    .toSorted((a, b) => b.count - a.count)
}

/** The formats that texts of one family can have, by the orders they can be read in. */
function formsOf(group: readonly Written[], names: Names): Form[] {
  const forms = dateFirst(group, names)
  return forms.length > 0 ? forms : [...clockFirst(group, names), ...weekdayFirst(group, names)]
}

const clockAhead = /^(9{1,2})([:.h])99(?:([:.])99)?( ?[ap]m)?([ ,-]+)(?=[\p{L}9])/u

/** The forms of days behind their clock: `21:24:54 01/03/2026`. */
function clockFirst(group: readonly Written[], names: Names): Form[] {
  const leads = group.map(({ text }) => clockAhead.exec(text))
  const first = leads.find((lead) => lead !== null)
  if (!first || leads.some((lead) => lead === null)) return []
  const [, , mark = '', second = '', half = '', gap = ''] = first
  const isShort = leads.some((lead) => lead?.[1] === '9')
  const hour = half === '' ? (isShort ? 'H' : 'HH') : isShort ? 'h' : 'hh'
  const seconds = second === '' ? '' : `${second}ss`
  const clock = `${hour}${bracketed(mark)}mm${seconds}${half.replace(/[ap]m/, 'A')}${gap}`
  const rest = dateFirst(
    behind(group, (text) => clockAhead.exec(text)?.[0].length ?? 0),
    names,
  )
  return rest
    .filter(({ hasTime }) => !hasTime)
    .map((form) => ({ ...said(form), format: clock + form.format, hasTime: true }))
}

/** The forms of days behind their name: `Sunday, 1 March 2026`. */
function weekdayFirst(group: readonly Written[], names: Names): Form[] {
  const words = group.map(({ text }) => weekdayAhead(text, names))
  if (words.some((word) => word === '')) return []
  const [gap = ''] = /^[., ]*/.exec((group[0] as Written).text.slice((words[0] as string).length)) ?? []
  const token = names.areFullDays(words) ? 'dddd' : 'ddd'
  return dateFirst(
    behind(group, (text) => weekdayAhead(text, names).length + gap.length),
    names,
  ).map((form) => ({
    ...said(form),
    format: `${token}${gap}${form.format}`,
  }))
}

/** The name of a day that a text begins with; '' for none. */
function weekdayAhead(text: string, { isDay }: Names): string {
  const [word = ''] = /^\p{L}[\p{L}\p{M}-]*/u.exec(text) ?? []
  return isDay(word) ? word : ''
}

const behind = (group: readonly Written[], lengthOf: (text: string) => number): Written[] =>
  group.map((one) => {
    const length = lengthOf(one.text)
    return { ...one, text: one.text.slice(length), written: one.written.slice(length) }
  })

/** ISO 8601 alone needs no format. */
const said = (form: Form): Form => ({ ...form, isIso: false })

function dateFirst(group: readonly Written[], names: Names): Form[] {
  const texts = group.map(({ text }) => text)
  const { text: longest, written } = group.toSorted((a, b) => b.text.length - a.text.length)[0] as Written
  if (texts.every((text) => isoTime.test(text))) return isoForms(longest)
  const compact = compactForms(longest, texts)
  if (compact.length > 0) return compact
  const runs = texts.map((text) => [...text.matchAll(/9+/g)].map(([run]) => run.length))
  const shortest = (slot: number) => Math.min(...runs.map((run) => run[slot] ?? 9))
  const day = (slot: number) => (shortest(slot) === 1 ? 'D' : 'DD')
  const month = (slot: number) => (shortest(slot) === 1 ? 'M' : 'MM')
  const year = (digits: string) => (digits.length === 4 ? 'YYYY' : 'YY')
  const numeric = /^(9{1,4})([-/. ])(9{1,2})\2(9{1,4})(.*)$/.exec(longest)
  if (numeric !== null) {
    const [, a = '', mark = '', , c = '', rest = ''] = numeric
    const tail = tailOf(written.slice(longest.length - rest.length), texts)
    if (tail === null) return []
    const form = (order: DateOrder | null, date: string): Form => ({ ...tail, format: date + tail.format, order })
    if (a.length === 4) return [form(null, `YYYY${mark}${month(1)}${mark}${day(2)}`)]
    if (a.length > 2) return []
    const both = [
      form('dmy', `${day(0)}${mark}${month(1)}${mark}${year(c)}`),
      form('mdy', `${month(0)}${mark}${day(1)}${mark}${year(c)}`),
    ]
    if (c.length === 4) return both
    return c.length === 2 && shortest(0) === 2 ? [...both, form('ymd', `YY${mark}${month(1)}${mark}${day(2)}`)] : both
  }
  const joined = /^9{8}(?=[ t,])/.exec(longest)
  if (joined !== null) {
    const tail = tailOf(written.slice(8), texts)
    return tail === null ? [] : [{ ...tail, format: `YYYYMMDD${tail.format}`, order: null }]
  }
  const named = /^(9{1,2})(?:st|nd|rd|th)?(between)(name)(\.?between)(9{4}|9{2})(.*)$/u
  const american = /^(name)(\.?between)(9{1,2})(between)(9{4})(.*)$/u
  const [, , before = '', month2 = '', behind = '', digits = '', rest = ''] = dated(named).exec(longest) ?? []
  if (names.isMonth(month2)) {
    const tail = tailOf(written.slice(longest.length - rest.length), texts)
    const date = `${day(0)}${bracketed(before)}${monthToken(texts, names)}${bracketed(behind)}${year(digits)}`
    return tail === null ? [] : [{ ...tail, format: date + tail.format, order: null }]
  }
  const [, month1 = '', gap = '', , comma = '', digits4 = '', rest4 = ''] = dated(american).exec(longest) ?? []
  if (names.isMonth(month1)) {
    const tail = tailOf(written.slice(longest.length - rest4.length), texts)
    const date = `${monthToken(texts, names)}${bracketed(gap)}${day(0)}${bracketed(comma)}${year(digits4)}`
    return tail === null ? [] : [{ ...tail, format: date + tail.format, order: null }]
  }
  return []
}

const isoTime = /^9999-99-99(?:[t ]99:99(?::99(?:\.9{1,9})?)?(?: ?(?:z|utc|[+-]99(?::?99)?))?)?$/

/** ISO 8601; no format says a fraction of other than three or six digits, or an offset without minutes. */
function isoForms(text: string): Form[] {
  const [, mark = '', clockText = '', fraction = '', gap = '', zone = ''] =
    /^.{10}(?:(.)(99:99(?::99)?)(?:\.(9+))?( ?)(z|utc|[+-][9:]+)?)?$/.exec(text) ?? []
  const hasTime = clockText !== ''
  const time = hasTime ? `${mark.toUpperCase()}HH:mm${clockText.length > 5 ? ':ss' : ''}` : ''
  const decimals = fraction === '' ? '' : `.${'S'.repeat(fraction.length)}`
  const offset = zone === '' ? '' : `${gap}${zone === 'utc' ? 'z' : 'Z'}`
  const isSaid = [0, 3, 6].includes(fraction.length) && !/^[+-]99$/.test(zone)
  const format = `YYYY-MM-DD${time}${decimals}${offset}`
  return [{ format, isIso: true, isSaid, order: null, hasTime, hasOffset: zone !== '' }]
}

/** A pattern in which `name` is a name and `between` what parts it from numbers: marks, and words such as "de". */
const dated = (pattern: RegExp): RegExp =>
  new RegExp(
    pattern.source.replaceAll('name', nameWord.source).replaceAll('between', '(?:[-/. ,]|\\b(?:de|del|of|da)\\b)*'),
    'u',
  )

const bracketed = (text: string): string => text.replace(/\p{L}+/gu, (word) => `[${word}]`)

/** Names of months in full, or abbreviated. */
function monthToken(texts: readonly string[], names: MonthLanguage): 'MMM' | 'MMMM' {
  const words = texts.map((text) => text.match(nameWord)?.find(names.isMonth) ?? '')
  return names.areFull(words) ? 'MMMM' : 'MMM'
}

function compactForms(longest: string, texts: readonly string[]): Form[] {
  const only = (format: string, hasTime: boolean): Form[] => [{ format, order: null, hasTime, hasOffset: false }]
  if (!texts.every((text) => text.length === longest.length)) return []
  if (/^9{14}$/.test(longest)) return only('YYYYMMDDHHmmss', true)
  if (/^9{8}$/.test(longest)) return only('YYYYMMDD', false)
  if (/^9{10}$/.test(longest)) return [{ format: 'X', order: null, hasTime: true, hasOffset: true }]
  if (/^9{13}$/.test(longest)) return [{ format: 'x', order: null, hasTime: true, hasOffset: true }]
  return []
}

/** The time behind a date, and what is behind it; null where that is none. */
function tailOf(rest: string, texts: readonly string[]): Omit<Form, 'order'> | null {
  if (rest === '') return { format: '', hasTime: false, hasOffset: false }
  const hours = texts.map((text) => [...text.matchAll(/(?<![9.:])(9{1,2})(?: ?h ?|[:.])99/g)].at(-1)?.[1])
  const tail = timeTail(rest, hours.includes('9'))
  return tail === null ? null : { ...tail, hasTime: true }
}

/** Each family's format by an order: its only one, where it has one; none where all are ISO 8601. */
function formatsBy(families: readonly Family[], order: DateOrder | null): string[] {
  const forms = families.flatMap(({ forms }) => {
    const form =
      forms.find((one) => one.order === order) ??
      forms.find((one) => one.order === null) ??
      (order === null ? forms[0] : undefined)
    return form === undefined ? [] : [form]
  })
  if (forms.every(({ isIso }) => isIso)) return []
  return saidBy(forms)
}

const saidBy = (forms: readonly Form[]): string[] => [
  ...new Set(forms.filter(({ isSaid = true }) => isSaid).map(({ format }) => format)),
]

const digitsOf = (shapes: readonly Shape[]): NumberStyle['digits'] => {
  const text = shapes.map((shape) => shape.text).join('')
  if (text.includes('৯')) return 'bengali'
  if (text.includes('٩')) return 'arabic'
  if (text.includes('۹')) return 'persian'
  if (text.includes('९')) return 'devanagari'
  return text.includes('９') ? 'fullwidth' : 'latin'
}
