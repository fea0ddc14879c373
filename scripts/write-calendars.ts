import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { CalendarData, LanguageNames, MonthTable } from '../contracts/calendars.ts'
import { packageRoot } from '../project/package-root.ts'

// What contracts know of calendars, so that they mean the same on every Node: contracts/calendars.json. Names of months
// and weekdays are CLDR's (package cldr-dates-full); the months of other calendars are told by this Node's Intl, and a
// test holds them against the Intl of each Node it runs on.

/** Languages whose month names are words; what stands behind the colon is what CLDR calls it. */
const languages = [
  ...['af', 'am', 'ar', 'az', 'be', 'bg', 'bn', 'bs', 'ca', 'cs', 'da', 'de', 'el', 'en', 'es', 'et', 'eu', 'fa', 'fi'],
  ...[
    'fil',
    'fr',
    'ga',
    'gl',
    'gu',
    'ha',
    'he',
    'hi',
    'hr',
    'hu',
    'hy',
    'id',
    'ig',
    'is',
    'it',
    'ka',
    'kk',
    'km',
    'kn',
  ],
  ...['ky', 'lo', 'lt', 'lv', 'mg', 'mk', 'ml', 'mr', 'ms', 'mt', 'my', 'nb', 'ne', 'nl', 'nn', 'no', 'om', 'pa', 'pl'],
  ...['ps', 'pt', 'ro', 'ru', 'rw', 'si', 'sk', 'sl', 'sn', 'so', 'sq', 'sr', 'st', 'sv', 'sw', 'ta', 'te', 'tg', 'th'],
  ...['ti', 'tl:fil', 'tr', 'uk', 'ur', 'uz', 'vi', 'wo', 'xh', 'yo', 'zu'],
]

/** Years of other calendars around the times that contracts take, 1970 to 2100. */
const tables = {
  persian: { intl: 'persian', first: 1348, last: 1479 },
  hijri: { intl: 'islamic-umalqura', first: 1389, last: 1524 },
}

const root = dirname(createRequire(import.meta.url).resolve('cldr-dates-full/package.json'))

/** Everything that the file holds. */
export function calendarData(): CalendarData {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  // Alphabets that were invented for English are in no file.
  const locales = readdirSync(join(root, 'main')).filter((locale) => !/-(?:Dsrt|Shaw)/.test(locale))
  const names = languages.map((entry) => {
    const [language = '', source = language] = entry.split(':')
    const found = namesOf(locales.filter((locale) => locale === source || locale.startsWith(`${source}-`)))
    // English `a.m.` is left out, so that times of most contracts stay for strptime to read whole.
    return [language, language === 'en' ? { ...found, halves: [['am'], ['pm']] } : found]
  })
  const months = Object.entries(tables).map(([name, { intl, first, last }]) => [name, monthTable(intl, first, last)])
  return { cldr: version, names: Object.fromEntries(names), months: Object.fromEntries(months) }
}

/** The file as it is written: a line a language. */
export function calendarText({ cldr, names, months }: CalendarData): string {
  const lines = (of: object) => Object.entries(of).map(([name, value]) => `  "${name}": ${JSON.stringify(value)}`)
  return `{ "cldr": "${cldr}", "names": {\n${lines(names).join(',\n')}\n}, "months": {\n${lines(months).join(',\n')}\n} }\n`
}

type Widths = Readonly<Record<'wide' | 'abbreviated', Readonly<Record<string, string>>>>
type Contexts = Readonly<Record<'format' | 'stand-alone', Widths>>

/** The names of a language in all its countries and scripts, each once, without the full stop of an abbreviation. */
function namesOf(locales: readonly string[]): LanguageNames {
  const [months, shortMonths] = [lists(12), lists(12)]
  const [days, shortDays] = [lists(7), lists(7)]
  const halves = lists(2)
  for (const locale of locales) {
    const file = JSON.parse(readFileSync(join(root, 'main', locale, 'ca-gregorian.json'), 'utf8'))
    const calendar = file.main[locale].dates.calendars.gregorian as {
      months: Contexts
      days: Contexts
      dayPeriods: Contexts
    }
    for (const context of ['format', 'stand-alone'] as const)
      for (const [width, monthLists, dayLists] of [
        ['wide', months, days],
        ['abbreviated', shortMonths, shortDays],
      ] as const) {
        for (const [i, list] of halves.entries()) add(list, calendar.dayPeriods[context][width][i === 0 ? 'am' : 'pm'])
        for (const [i, list] of monthLists.entries()) add(list, calendar.months[context][width][i + 1])
        for (const [i, list] of dayLists.entries()) add(list, calendar.days[context][width][weekdays[i] ?? ''])
      }
  }
  // What begins the name of another month too (French `jui`) tells none.
  for (const [i, list] of shortMonths.entries())
    for (const name of list)
      if (
        !months[i]?.has(name) &&
        months.some((other, j) => j !== i && [...other].some((full) => full.startsWith(name)))
      )
        list.delete(name)
  return {
    ...{ months: texts(months), shortMonths: texts(shortMonths), days: texts(days), shortDays: texts(shortDays) },
    halves: texts(halves),
  }
}

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']

const lists = (length: number): Set<string>[] => Array.from({ length }, () => new Set<string>())

const texts = (of: readonly Set<string>[]): string[][] => of.map((names) => [...names])

/** Numbers are no names: root's M01, and what begins with a digit (CLDR's Mongolian `1-р сар`). */
function add(to: Set<string>, name = ''): void {
  const text = name
    .normalize('NFC')
    .replace(/\s/g, ' ')
    .replace(/[.\u0970]$/, '')
    .trim()
    .toLowerCase()
    .replaceAll('i\u0307', 'i')
  if (text !== '' && !/^\p{N}|^m\d\d$/u.test(text)) to.add(text)
}

/** When the months of a calendar begin, by Intl: the first day, then each month's length, a digit for 29 to 31, a year a word. */
function monthTable(calendar: string, first: number, last: number): MonthTable {
  const format = new Intl.DateTimeFormat(`en-u-ca-${calendar}-nu-latn`, {
    ...{ timeZone: 'UTC', year: 'numeric', month: 'numeric', day: 'numeric' },
  })
  const told = (day: number) => {
    const parts = Object.fromEntries(format.formatToParts(day * 86_400_000).map(({ type, value }) => [type, value]))
    return { year: Number(parts.year ?? parts.relatedYear), month: Number(parts.month), day: Number(parts.day) }
  }
  const before = Math.floor(Date.UTC(1960, 0) / 86_400_000)
  let start = before
  while (told(start).year !== first) start += 1
  const years: string[] = []
  for (let [year, day] = [first, start]; year <= last; year += 1) {
    let lengths = ''
    for (let month = 1; month <= 12; month += 1) {
      let length = 29
      while (told(day + length).day !== 1) length += 1
      lengths += String(length - 29)
      day += length
    }
    years.push(lengths)
  }
  return { first, start: new Date(start * 86_400_000).toISOString().slice(0, 10), lengths: years.join(' ') }
}

if (process.argv[1]?.endsWith('write-calendars.js'))
  writeFileSync(join(packageRoot, 'contracts/calendars.json'), calendarText(calendarData()))
