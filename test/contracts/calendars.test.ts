import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { describe, expect, test } from 'vitest'
import { fold, foldedLetters, monthStarts, nameTokens, timeLanguages, timeNames } from '../../contracts/calendars.ts'
import { literal } from '../../contracts/sql-text.ts'
import { folded } from '../../contracts/sql-time-pieces.ts'
import { packageRoot } from '../../project/package-root.ts'
import { calendarData, calendarText } from '../../scripts/write-calendars.ts'

test('the file is what CLDR and Intl say (npm run calendars writes it)', () => {
  expect(readFileSync(join(packageRoot, 'contracts/calendars.json'), 'utf8')).toBe(calendarText(calendarData()))
})

test('every language has a name of its own for each month and weekday', () => {
  const wanted = 'en fr pt es id vi sw ha yo ig bn ur hi ar tr de it nl ms tl am'.split(' ')
  expect(wanted.filter((language) => !timeLanguages().includes(language))).toEqual([])
  const lacking = timeLanguages().flatMap((language) =>
    nameTokens.flatMap((token) => {
      const said = new Set(timeNames(token, [language]).values())
      return said.size === (token.startsWith('M') ? 12 : 7) ? [] : [`${language} ${token}`]
    }),
  )
  expect(lacking).toEqual([])
})

test('no name is a number, has a space too many, or is in another form than texts are', () => {
  for (const token of nameTokens)
    for (const name of timeNames(token, timeLanguages()).keys()) {
      expect(name).toBe(name.normalize('NFC').trim().replace(/\s+/g, ' '))
      expect(name).not.toMatch(/^[0-9]|[.]$|\p{Lu}/u)
    }
})

describe('names', () => {
  test.each([
    ['en', 'MMM', 'SEPT', 9],
    ['fr', 'MMM', 'févr', 2],
    ['fr', 'MMMM', 'AOÛT', 8],
    ['tr', 'MMMM', 'NİSAN', 4],
    ['tr', 'MMMM', 'NISAN', 4],
    ['tr', 'MMMM', 'ni\u0307san', 4],
    ['tr', 'MMMM', 'Kasim', 11],
    ['tr', 'dddd', 'PAZARTESİ', 1],
    ['vi', 'MMM', 'Thg 12', 12],
    ['ar', 'MMMM', 'كانون الثاني', 1],
    ['vi', 'MMMM', 'THÁNG\u00a01', 1],
    ['yo', 'MMMM', 'OṢÙ ÈRÈLÈ', 2],
    ['el', 'MMMM', 'ιανουάριος', 1],
    ['hi', 'MMMM', 'फ़रवरी', 2],
    ['th', 'MMM', 'ม.ค', 1],
    ['tl', 'MMM', 'Hun', 6],
    ['sr', 'MMMM', 'јануар', 1],
    ['sr', 'MMMM', 'januar', 1],
  ] as const)('%s %s %s', (language, token, name, says) => {
    expect(timeNames(token, [language]).get(fold(name.normalize('NFC')))).toBe(says)
  })

  test('that say two things are left out, in one language or in several', () => {
    expect(timeNames('MMMM', ['pl']).get('listopad')).toBe(11)
    expect(timeNames('MMMM', ['hr']).get('listopad')).toBe(10)
    expect(timeNames('MMMM', ['pl', 'hr']).has('listopad')).toBe(false)
    // June in one country's French, and how July begins everywhere.
    expect(timeNames('MMM', ['fr']).has('jui')).toBe(false)
  })

  test('fold by letters of names alone, so that no Node folds others', () => {
    expect(fold('ſK\u212aʼ')).toBe('ſk\u212aʼ')
    for (const [from, to] of foldedLetters()) {
      expect([...from, ...to]).toHaveLength(2)
      expect(foldedLetters().has(to)).toBe(false)
    }
  })
})

test('DuckDB folds every letter of the names as TypeScript does', async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' })
  const connection = await instance.connect()
  const letters = [...foldedLetters()].flat()
  const texts = [...letters, ...letters.map((letter) => `${letter}x`), 'NI\u0307SAN', 'THÁNG\u00a01']
  const rows = texts.map((text, i) => `(${i}, ${literal(text)})`).join(', ')
  const result = await connection.runAndReadAll(`select ${folded('text')} from (values ${rows}) t(i, text) order by i`)
  expect(result.getRows().flat()).toEqual(texts.map(fold))
  connection.closeSync()
  instance.closeSync()
})

test.each([
  ['persian', 1405, 1, 1, '2026-03-21'],
  ['persian', 1403, 12, 30, '2025-03-20'],
  ['persian', 1348, 10, 11, '1970-01-01'],
  ['hijri', 1447, 9, 1, '2026-02-18'],
  ['hijri', 1446, 10, 1, '2025-03-30'],
  ['hijri', 1389, 10, 22, '1970-01-01'],
] as const)('%s %i-%i-%i is %s', (calendar, year, month, day, date) => {
  const { first, starts } = monthStarts(calendar)
  const days = (starts[(year - first) * 12 + month - 1] ?? Number.NaN) + day - 1
  expect(new Date(days * 86_400_000).toISOString().slice(0, 10)).toBe(date)
})

test('the tables reach from before 1970 to after 2100', () => {
  for (const calendar of ['persian', 'hijri'] as const) {
    const { starts } = monthStarts(calendar)
    expect(starts[0]).toBeLessThan(0)
    expect(starts.at(-1)).toBeGreaterThan(Date.UTC(2100, 0) / 86_400_000)
    expect((starts.length - 1) % 12).toBe(0)
  }
})
