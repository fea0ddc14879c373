import { expect, test } from 'vitest'
import { pairOf, rateOfName, wayOf, wayOfValues } from '../../onboard/rate-ways.ts'

test.each([
  ['usd_rate', null, 'USD', 'dollars'],
  ['Rate to USD', null, 'USD', 'dollars'],
  ['rate_in_usd', null, 'USD', 'dollars'],
  ['USD per unit', null, 'USD', 'dollars'],
  ['NGN per USD', 'USD', 'NGN', 'units'],
  ['ngn_per_usd', 'USD', 'NGN', 'units'],
  ['Naira per dollar', 'USD', null, 'units'],
  ['per $', 'USD', null, 'units'],
  ['USD per NGN', 'NGN', 'USD', 'dollars'],
  ['USD to NGN', 'USD', 'NGN', 'units'],
  ['USD/NGN', 'USD', 'NGN', 'units'],
  ['USDNGN', 'USD', 'NGN', 'units'],
  ['EUR/USD close', 'EUR', 'USD', 'dollars'],
  ['BRL por dólar', 'USD', 'BRL', 'units'],
  ['Units per US dollar', 'USD', null, 'units'],
  ['NGN rate', null, 'NGN', null],
  ['EUR per GBP', 'GBP', 'EUR', null],
])('the name %j is of %j in %j: %j', (name, base, quote, way) => {
  const of = rateOfName(name)
  expect([of, of && wayOf(of)]).toEqual([{ base, quote }, way])
})

test('a name without a currency says nothing', () => {
  for (const name of ['Rate', 'Try all', 'Kurs', 'rate per day', ''])
    expect([name, rateOfName(name)]).toEqual([name, null])
})

test('pairs have two different currencies', () => {
  expect(['EUR/USD', 'eurusd', 'USD-NGN', 'USD_KES', 'EUR USD'].map((text) => pairOf(text)?.base)).toEqual([
    ...['EUR', 'EUR', 'USD', 'USD', 'EUR'],
  ])
  expect(['USD/USD', 'ABC/USD', 'USD', 'BANANA', 'EUR/USD/GBP'].map(pairOf)).toEqual([null, null, null, null, null])
})

const span = (code: string, least: number, most = least) => ({ code, least, most })

test.each([
  ['naira for a dollar', [span('NGN', 1400, 1600)], 'units'],
  ['naira of ten years ago', [span('NGN', 160, 200)], 'units'],
  ['dollars for a naira', [span('NGN', 0.0006, 0.0007)], 'dollars'],
  ['cedis, whose size is not far from the inverse', [span('GHS', 10.5)], 'units'],
  ['dinars, of which one is three dollars', [span('KWD', 3.25)], 'dollars'],
  ['euros can be both', [span('EUR', 0.92)], null],
  ['euros beside yen', [span('EUR', 0.92), span('JPY', 150)], 'units'],
  ['some this way and some that', [span('NGN', 1500), span('KES', 0.0077)], null],
  ['one column with both', [span('NGN', 0.00065, 1500)], null],
  ['neither', [span('NGN', 7)], null],
  ['what nobody has written down', [span('XAU', 0.0004)], null],
])('%s', (_, spans, way) => {
  expect(wayOfValues(spans)?.way ?? null).toBe(way)
})
