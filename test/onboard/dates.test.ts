import { describe, expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** How days and times are written that are more than digits in one order. */
const project = new Project('onboard-dates')

async function onboarded(name: string, lines: readonly string[], region = 'ng', answers: Record<string, string> = {}) {
  const { text: contract, ...done } = await project.onboarded(region, name, lines, answers)
  const rule = /^ {2}(?:occurred_at|local_date): \{.*?\}(?= {2}#|$)/m.exec(contract)?.[0].trim()
  return { ...done.preview, questions: done.questions, notes: done.notes, contract, rule }
}

const two = (n: number) => String(n).padStart(2, '0')
const ids = (dates: readonly string[]) => dates.map((date, n) => `C${n},${date},${n + 1}.50`)

describe('a column of days that a spreadsheet changed', () => {
  const of = (days: readonly number[], clock = '') =>
    days.map((d) => (d <= 12 ? `2026-${two(d)}-03${clock}` : `${d}/03/2026${clock.slice(0, 6)}`))
  const month = Array.from({ length: 28 }, (_, n) => n + 1)

  test.each([
    ['days', '', 'local_date', '"DD/MM/YYYY", "YYYY-MM-DD"'],
    ['times', ' 14:05:00', 'occurred_at', '"DD/MM/YYYY HH:mm", "YYYY-MM-DD HH:mm:ss"'],
  ])('is asked about, and only what is the same either way is loaded: %s', async (name, clock, field, formats) => {
    const lines = ['Ref,Date,Amount', ...ids(of(month, clock))]
    const found = await onboarded(`swapped_${name}`, lines)
    expect(found.questions).toMatchObject([{ id: `${field}.swapped`, chosen: null, rows: { swapped: 28 } }])
    expect(found).toMatchObject({ loaded: 17, held: 11, rejected: 0 })
    expect(found.rule).toBe(`${field}: { from: Date, format: [ ${formats} ] }`)
    const answered = await onboarded(`swapped_${name}`, lines, 'ng', { [`${field}.swapped`]: 'swapped' })
    expect(answered).toMatchObject({ loaded: 28, held: 0, rejected: 0 })
    expect(answered.rule).toBe(`${field}: { from: Date, format: [ ${formats.replace('-MM-DD', '-DD-MM')} ] }`)
  })

  test('of which one day alone is left as it was', async () => {
    const found = await onboarded('swapped_stray', ['Ref,Date,Amount', ...ids(of(month.slice(0, 13)))])
    expect(found.questions.map(({ id }) => id)).toEqual(['local_date.swapped'])
    expect(found).toMatchObject({ loaded: 2, held: 11, rejected: 0 })
  })

  test('is none where days behind the 12th begin with the year too', async () => {
    const dates = month.map((d) => (d % 2 ? `2026-03-${two(d)}` : `${two(d)}/03/2026`))
    const found = await onboarded('two_ways', ['Ref,Date,Amount', ...ids(dates)])
    expect(found.questions).toEqual([])
    expect(found).toMatchObject({ loaded: 28, held: 0, rejected: 0 })
  })
})

test('a day without marks has a clock behind it', async () => {
  const dates = Array.from({ length: 12 }, (_, n) => `202603${two(n + 1)} 10:${two(n)}:11`)
  const found = await onboarded('joined_day', ['Ref,Date,Amount', ...ids(dates)])
  expect(found).toMatchObject({ loaded: 12, rejected: 0, questions: [] })
  expect(found.rule).toBe('occurred_at: { from: Date, format: "YYYYMMDD HH:mm:ss" }')
})

test('days alone beside times are days, and the times stay', async () => {
  const dates = Array.from({ length: 20 }, (_, n) => (n % 2 ? `2026-03-${10 + n}` : `2026-03-${10 + n}T10:00:00+01:00`))
  const found = await onboarded('mixed_times', ['Ref,Date,Amount', ...ids(dates)])
  expect(found).toMatchObject({ loaded: 20, rejected: 0, rule: 'occurred_at: { from: Date }' })
  const others = await onboarded('mixed_forms', [
    'Ref,Date,Amount',
    ...ids([...dates, '5 Mar 2026', '6 Mar 2026', '7 Mar 2026']),
  ])
  expect(others).toMatchObject({ loaded: 23, rejected: 0 })
  expect(others.rule).toBe('occurred_at: { from: Date, format: [ "YYYY-MM-DDTHH:mm:ssZ", "YYYY-MM-DD", D MMM YYYY ] }')
})

test('UTC behind ISO 8601 needs no words', async () => {
  const dates = Array.from({ length: 15 }, (_, n) => `2026-03-${13 + n} 01:00:03 UTC`)
  const found = await onboarded('iso_utc', ['Ref,Date,Amount', ...ids(dates)])
  expect(found).toMatchObject({ loaded: 15, rejected: 0, questions: [], rule: 'occurred_at: { from: Date }' })
})

test('one day written in another way is a reject, not a way of the column', async () => {
  const dates = Array.from({ length: 20 }, (_, n) => (n === 9 ? '29/03/2026' : `2026-03-${10 + n}`))
  const found = await onboarded('stray', ['Ref,Date,Amount', ...ids(dates)])
  expect(found.questions).toEqual([])
  expect(found).toMatchObject({ loaded: 19, rejected: 1, rule: 'local_date: { from: Date }' })
})

describe('days that are not understood are named, with one of them', () => {
  const refused = (name: string, lines: readonly string[]): Promise<string> =>
    onboarded(name, lines, 'id').then(
      () => 'onboarded',
      (fault) => `${/transaction: .*?\. (?=fx_rate)/.exec(fault.message)?.[0].trim()} ${fault.fix}`,
    )

  test('in a way of their own', async () => {
    const dates = Array.from({ length: 5 }, (_, n) => `day ${n} of the Sheep`)
    expect(await refused('sheep', ['Ref,Date,Amount', ...ids(dates)])).toBe(
      'transaction: no column of amounts beside one of dates; "Date" is named as one of dates, and what stands there, such as "day 0 of the Sheep", is read as none. Name the columns by what they hold, or write the contract by hand; docs/contracts.md says how, and `entrepot preview` tries it.',
    )
  })

  test('without a year', async () => {
    const dates = Array.from({ length: 15 }, (_, n) => `${10 + n}/03`)
    expect(await refused('yearless', ['Ref,Tanggal,Amount', ...ids(dates)])).toBe(
      'transaction: no column of amounts beside one of dates; the days in "Tanggal", such as "10/03", have no year, and nothing above the table proves which it is. Write the contract by hand, with the year of the file beside the format of its days, as in `local_date: { from: "Tanggal", format: DD/MM, year: 2026 }`; docs/contracts.md says how under "Dates without a year", and `entrepot preview` tries it.',
    )
  })
})

describe('years of another calendar', () => {
  const bikram = Array.from({ length: 12 }, (_, n) => `2082-11-${two(n + 17)}`)
  const gregorian = Array.from({ length: 12 }, (_, n) => `2026-03-${two(n + 1)}`)
  const buddhist = gregorian.map((day) => day.replace('2026', '2569'))
  const beside = (days: readonly string[]) => ids(days.map((day, n) => `${day},${gregorian[n]}`))

  test.each([
    ['of no calendar that contracts know', 'Date (BS)', 'Date (AD)', bikram],
    ['of a calendar that they know', 'วันที่ (พ.ศ.)', 'วันที่ (ค.ศ.)', buddhist],
    ['with names that say nothing', 'Date', 'Value Date', bikram],
  ])('are left for a column of Gregorian ones: %s', async (name, other, own, days) => {
    const lines = [`Ref,${other},${own},Amount`, ...beside(days)]
    const found = await onboarded(`calendars_${name.replaceAll(' ', '_')}`, lines, 'in')
    expect(found).toMatchObject({ loaded: 12, questions: [], rule: expect.stringContaining(own) })
    expect(found.notes).toContain(
      `${JSON.stringify(other)} is left out for ${JSON.stringify(own)}: its years, as in ${JSON.stringify(days[0])}, are of another calendar.`,
    )
  })

  test('are taken before a day of settlement, and asked', async () => {
    const lines = ['Ref,Transaction Date,Settlement Date,Amount', ...beside(buddhist)]
    const found = await onboarded('calendar_settled', lines, 'in')
    expect(found.questions).toMatchObject([{ id: 'local_date.calendar', chosen: null }])
    expect(found).toMatchObject({ loaded: 0, held: 12, rule: expect.stringContaining('Transaction Date') })
  })

  test('have the calendar that their name says where habits are taken', async () => {
    const found = await onboarded('calendar_named', ['Ref,Date (B.E.),Amount', ...ids(buddhist)], 'in')
    expect(found.questions).toMatchObject([{ id: 'local_date.calendar', chosen: 'buddhist' }])
    expect(found).toMatchObject({ loaded: 12, held: 0, rejected: 0 })
  })

  test('of two digits are asked for', async () => {
    const days = buddhist.map((day) => day.slice(2).split('-').toReversed().join('/'))
    const found = await onboarded('calendar_short', ['Ref,Date,Amount', ...ids([...days, '13/03/69'])], 'in')
    expect(found.questions.map(({ id }) => id)).toContain('local_date.calendar')
    expect(found).toMatchObject({ loaded: 0, held: 13 })
  })

  test.each([
    ['Date (BS)', 'the Bikram Sambat calendar'],
    ['Miti', 'another calendar'],
  ])('alone are refused: %s', async (name, calendar) => {
    const lines = [`Ref,${name},Amount`, ...ids(bikram)]
    await expect(onboarded(`calendar_${name.replaceAll(/\W/g, '')}`, lines, 'in')).rejects.toMatchObject({
      code: 'onboard.no-model',
      message: expect.stringContaining(
        `; the years in "${name}", such as in "2082-11-17", are of ${calendar}: as Gregorian ones they are still to come. fx_rate`,
      ),
      fix: `Add a column with the Gregorian days beside "${name}", and onboard the file again: contracts know the calendars gregorian, buddhist, persian and hijri, and days of another are never guessed.`,
    })
  })
})

describe('two digits of a year', () => {
  const of = (days: readonly number[]) => ids(days.map((d) => `${two(d)}/03/26`))

  test('are no days where these would lie over decades, into the future', async () => {
    const found = await onboarded('short_years', ['Ref,Date,Amount', ...of([2, 4, 13, 27, 28])])
    expect(found).toMatchObject({ loaded: 5, held: 0, questions: [] })
    expect(found.contract).toContain(
      'local_date: { from: Date, format: "DD/MM/YY" }  # only so none is in the future: they are 2026-03-02 to 2026-03-28\n',
    )
  })

  test('may be days where none of these is in the future', async () => {
    const found = await onboarded('short_years_past', ['Ref,Date,Amount', ...of([2, 4, 13, 21, 22])])
    expect(found.questions.map(({ id }) => id)).toEqual(['local_date.order'])
  })
})

describe('what stands before a day', () => {
  const of = (way: (day: number) => string) => Array.from({ length: 15 }, (_, n) => way(n + 1))
  const weekday = (language: string, d: number, weekday: 'long' | 'short' = 'long') =>
    new Intl.DateTimeFormat(language, { weekday, timeZone: 'UTC' }).format(Date.UTC(2026, 2, d))

  test.each([
    ['vn', 'a clock', (d: number) => `21:24:0${d % 10} ${two(d)}/03/2026`, '"HH:mm:ss DD/MM/YYYY"'],
    ['ng', 'a clock of two halves', (d: number) => `${(d % 12) + 1}:24 PM ${two(d)}/03/2026`, '"h:mm A DD/MM/YYYY"'],
    ['cm', 'a weekday', (d: number) => `${weekday('fr', d)} ${d} mars 2026`, 'dddd D MMM YYYY, language: fr'],
    [
      'cm',
      'a weekday with a clock behind it',
      (d: number) => `${weekday('fr', d)} ${d} mars 2026 06:${d + 10}`,
      '"dddd D MMM YYYY HH:mm", language: fr',
    ],
    [
      'de',
      'a short weekday',
      (d: number) => `${weekday('de', d, 'short')}. ${two(d)}.03.2026`,
      '"ddd. DD.MM.YYYY", language: de',
    ],
    [
      'us',
      'a weekday before the month',
      (d: number) => `"${weekday('en', d)}, March ${d}, 2026"`,
      '"dddd, MMMM D, YYYY"',
    ],
  ])('is read: %s, %s', async (region, name, way, format) => {
    const lines = [
      'Ref,Date,Amount',
      ...of(way).map((date, n) => `B${n},${date},${n + 1}${['vn', 'cm'].includes(region) ? '00' : '.50'}`),
    ]
    const found = await onboarded(`before_${region}_${name.replaceAll(' ', '_')}`, lines, region)
    expect(found).toMatchObject({ rejected: 0, held: 0, questions: [] })
    expect(found.rule?.endsWith(`, format: ${format} }`), found.rule).toBe(true)
  })
})

describe('days that a spreadsheet counted', () => {
  const of = (first: number) => ids(Array.from({ length: 12 }, (_, n) => `${first + n}.${3166 + n}`))
  const lines = (first: number) => ['Ref,Date,Amount', ...of(first)]

  test('are days where they are named as such', async () => {
    const found = await onboarded('serials', lines(46082))
    expect(found).toMatchObject({ loaded: 12, rejected: 0, questions: [] })
    expect(found.contract).toContain(
      `local_date: { sql: "case when regexp_full_match(\\"Date\\", '[0-9]{5}(?:[.,][0-9]+)?') then (date '1899-12-30' + left(\\"Date\\", 5)::integer)::varchar else \\"Date\\" end" }  # days as a spreadsheet counts them, such as "46082.3166", from 1900 on: from 1904 on some would be in the future\n`,
    )
  })

  test('may be counted from 1904 on, where both are past', async () => {
    const found = await onboarded('serials_old', lines(43000))
    expect(found).toMatchObject({ loaded: 12, questions: [{ id: 'local_date.epoch', chosen: '1900' }] })
    expect(found.questions[0]?.candidates).toEqual([
      { name: '1900', meaning: 'the last of them is 2017-10-03' },
      { name: '1904', meaning: 'the last of them is 2021-10-04' },
    ])
  })

  test('are none where some are in the future', async () => {
    await expect(onboarded('serials_ahead', lines(60000))).rejects.toMatchObject({ code: 'onboard.no-model' })
  })
})

describe('words in times', () => {
  const of = (way: (day: number) => string) => Array.from({ length: 15 }, (_, n) => way(13 + n))
  test.each([
    [
      'us',
      'a zone',
      (d: number) => `"Mar ${d}, 2026 1:00:03 AM PST"`,
      '"MMM DD, YYYY h:mm:ss A z", zone: { map: { PST: "-08:00" } }',
    ],
    [
      'us',
      'zones by season',
      (d: number) => `2026-03-${d} 01:00:03 ${d < 20 ? 'PST' : 'PDT'}`,
      '"YYYY-MM-DD HH:mm:ss z", zone: { map: { PDT: "-07:00", PST: "-08:00" } }',
    ],
    [
      'in',
      'a zone that the region tells',
      (d: number) => `${d}/03/2026 01:00 IST`,
      '"DD/MM/YYYY HH:mm z", zone: { map: { IST: "+05:30" } }',
    ],
    ['ng', 'UTC', (d: number) => `${d}/03/2026 01:00 UTC`, '"DD/MM/YYYY HH:mm z", zone: { map: { UTC: "+00:00" } }'],
    ['sn', 'at', (d: number) => `${d}/03/2026 à 08:10`, '"DD/MM/YYYY [à] HH:mm"'],
    ['sn', 'hours', (d: number) => `${d} mars 2026 à 08h10`, '"DD MMM YYYY [à] HH[h]mm", language: fr'],
    ['id', 'a point in the clock', (d: number) => `${d}/03/2026 08.10`, '"DD/MM/YYYY HH.mm"'],
    [
      'eg',
      'halves in Arabic',
      (d: number) => `${d}/03/2026 2:10 ${d % 2 ? 'م' : 'ص'}`,
      '"DD/MM/YYYY h:mm A", language: ar',
    ],
    [
      'mx',
      'halves in Spanish',
      (d: number) => `${d}/03/2026 2:10 ${d % 2 ? 'p. m.' : 'a. m.'}`,
      '"DD/MM/YYYY h:mm A", language: es',
    ],
    [
      'vn',
      'halves in Vietnamese',
      (d: number) => `${d}/03/2026 2:10 ${d % 2 ? 'CH' : 'SA'}`,
      '"DD/MM/YYYY h:mm A", language: vi',
    ],
  ])('are read: %s, %s', async (region, name, way, format) => {
    const source = name.toLowerCase().replace(/\W/g, '_')
    // Their currencies have no decimals.
    const inUnits = (line: string) => (region === 'sn' || region === 'vn' ? line.replace('.50', '50') : line)
    const found = await onboarded(`${region}_${source}`, ['Ref,Date,Amount', ...ids(of(way)).map(inUnits)], region)
    expect(found).toMatchObject({ loaded: 15, rejected: 0, held: 0, questions: [] })
    expect(found.rule).toBe(`occurred_at: { from: Date, format: ${format} }`)
  })

  test('for several zones, of which the region has none, are asked about', async () => {
    const lines = ['Ref,Date,Amount', ...ids(of((d) => `${d}/03/2026 01:00 ${d < 20 ? 'CST' : 'CDT'}`))]
    const found = await onboarded('zones', lines, 'ng')
    expect(found).toMatchObject({ loaded: 0, rejected: 0, held: 15 })
    expect(found.questions).toMatchObject([
      {
        id: 'occurred_at.zone',
        question: 'What is "CDT", "CST" in "Date"?',
        chosen: null,
        candidates: [
          { name: '-05:00_-06:00', meaning: 'UTC-05:00, UTC-06:00, as in US, CA, MX' },
          { name: '-04:00_-05:00', meaning: 'UTC-04:00, UTC-05:00, as in CU' },
        ],
      },
    ])
    expect(await onboarded('zones', lines, 'ng', { 'occurred_at.zone': '-04:00_-05:00' })).toMatchObject({ loaded: 15 })
  })
})

describe('days without a year', () => {
  const march = Array.from({ length: 15 }, (_, n) => `${two(8 + n)}/03`)
  const head = ['Ref,Tanggal,Amount']

  test('are in the period that stands above the table', async () => {
    const found = await onboarded('in_march', ['Periode: 01/03/2026 - 31/03/2026,,', ...head, ...ids(march)], 'id')
    expect(found).toMatchObject({ loaded: 15, rejected: 0, held: 0, questions: [] })
    expect(found.rule).toBe(
      'local_date: { from: Tanggal, format: "DD/MM", year: { from: Period Start, to: Period End, format: "D/M/YYYY" } }',
    )
    expect(found.contract).toContain(
      'sections: { Period Start: "^Periode: ([0-9]{1,2}/[0-9]{1,2}/[0-9]{4}) - [0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", Period End: "^Periode: [0-9]{1,2}/[0-9]{1,2}/[0-9]{4} - ([0-9]{1,2}/[0-9]{1,2}/[0-9]{4})" }',
    )
  })

  test('whose order the period does not tell are asked about', async () => {
    const days = Array.from({ length: 12 }, (_, n) => `${two(1 + (n % 6))}/${two(1 + ((n * 5 + 1) % 6))}`)
    const lines = ['Periode: 01/01/2026 - 30/06/2026,,', ...head, ...ids(days)]
    const found = await onboarded('half_year', lines, 'id', { 'local_date.order': 'mdy' })
    expect(found.questions).toMatchObject([{ id: 'local_date.order', chosen: 'mdy', rows: { dmy: 12, mdy: 12 } }])
    expect(found).toMatchObject({ loaded: 12, held: 0 })
    expect(found.rule).toContain('format: "MM/DD"')
  })

  test('that are in no period above the table are not understood', async () => {
    const lines = ['Periode: 01/05/2026 - 31/05/2026,,', ...head, ...ids(march)]
    await expect(onboarded('in_may', lines, 'id')).rejects.toThrow(
      'such as "08/03", have no year, and nothing above the',
    )
  })
})
