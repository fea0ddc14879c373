import { expect, test } from 'vitest'
import { currencies, currencyOfNumeric } from '../../models/currency.ts'
import { isZone, transitions } from '../../models/zone.ts'

const changesOf = (zone: string, year: number) =>
  transitions(zone)
    .filter(({ atUtcMs }) => new Date(atUtcMs).getUTCFullYear() === year)
    .map(({ atUtcMs, offsetMs }) => [new Date(atUtcMs).toISOString(), offsetMs / 3_600_000])

test('a zone without clock changes has one offset', () => {
  expect(transitions('Africa/Lagos')).toEqual([{ atUtcMs: Number.NEGATIVE_INFINITY, offsetMs: 3_600_000 }])
})

test('clock changes are found to the second', () => {
  expect(changesOf('America/New_York', 2026)).toEqual([
    ['2026-03-08T07:00:00.000Z', -4],
    ['2026-11-01T06:00:00.000Z', -5],
  ])
  expect(changesOf('Asia/Dhaka', 2009)).toEqual([
    ['2009-06-19T17:00:00.000Z', 7],
    ['2009-12-31T17:00:00.000Z', 6],
  ])
  expect(changesOf('Africa/Casablanca', 2024)).toHaveLength(2)
})

test('names that are no zones are refused', () => {
  expect(['Africa/Lagos', 'UTC', 'Asia/Karachi'].every(isZone)).toBe(true)
  expect(['Lagos', '', '../etc', '+01:00', 'Africa/Lagos '].some(isZone)).toBe(false)
})

test('currencies have the exponents of ISO 4217', () => {
  expect(['NGN', 'XOF', 'JPY', 'KWD', 'USDC'].map((code) => currencies.get(code)?.exponent)).toEqual([2, 0, 0, 3, 6])
  expect(currencyOfNumeric.get('586')).toBe('PKR')
})
