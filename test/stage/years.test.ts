import { afterAll, beforeAll, expect, test } from 'vitest'
import { withParams } from '../../contracts/params.ts'
import { type StagedCase, stagedCases } from './staged-cases.ts'

let cases: StagedCase
beforeAll(() => {
  cases = stagedCases()
})
afterAll(() => cases.remove())

const yaml = (year: string, more = '') => `source: shop
model: transaction
match: "a/*"
fields:
  transaction_id: Id
  kind: { value: sale }
  local_date: { from: Day, format: [DD/MM, D MMM], year: ${year} }
  gross: { value: 1 }
${more}`
const lines = (...days: string[]) => [
  'Id,Day,Start,End',
  ...days.map((day, i) => `t${i},${day.includes(',') ? day : `${day},,`}`),
]
const dates = async (year: string, file: string[], more = '') => {
  const { query, failed } = await cases.stage(yaml(year, more), file)
  const rows = await query(
    `select coalesce(local_date::varchar, '') || array_to_string(coalesce(_reasons, []), ',') from record order by _line`,
  )
  return { days: rows.flat(), failed }
}

test('dates are in the year of the statement’s period, over New Year too', async () => {
  const period = '{ from: Start, to: End, format: [DD/MM/YYYY, YYYY-MM-DD] }'
  const of = ',15/12/2025,14/01/2026'
  const file = lines(
    `31/12${of}`,
    `1 Jan${of}`,
    `14/01${of}`,
    `15/12${of}`,
    `15/01${of}`,
    `?${of}`,
    '05/01',
    `05/01,15/12/2025,15/12/2026`,
    `05/01,15/12/2025,2025-12-01`,
  )
  expect((await dates(period, file)).days).toEqual([
    ...['2025-12-31', '2026-01-01', '2026-01-14', '2025-12-15'],
    ...['local_date.out_of_range', 'local_date.unparseable', 'local_date.unparseable'],
    ...['local_date.ambiguous', 'local_date.unparseable'],
  ])
})

test('a period may come from params', async () => {
  const text = yaml('{ from: "{start}", to: 2026-01-31 }', 'params: [start]\n').replace('a/*', 'a/{start}/*')
  const contract = withParams(await cases.contract(text), { start: '2025-12-01' })
  expect(contract.fields.local_date?.year).toMatchObject({ from: { value: '2025-12-01' }, to: { value: '2026-01-31' } })
  const given = withParams(await cases.contract(yaml('"{year}"', 'params: { year: 2025 }\n')), {})
  expect(given.fields.local_date?.year).toEqual({ value: '2025' })
  expect(withParams(given, { year: '2024' }).fields.local_date?.year).toEqual({ value: '2024' })
})

test('one year holds for all dates, where these can not go over New Year', async () => {
  expect(await dates('2024', lines('29/02', '01/03', '28/02'))).toEqual({
    days: ['2024-02-29', '2024-03-01', '2024-02-28'],
    failed: [],
  })
  expect((await dates('2025', lines('29/02', '01/03'))).days).toEqual(['local_date.unparseable', '2025-03-01'])
  const months = Array.from({ length: 12 }, (_, i) => `05/${String(i + 1).padStart(2, '0')}`)
  expect((await dates('2026', lines(...months))).failed).toEqual([])
  expect((await dates('2026', lines(...months.toReversed(), '05/01'))).failed).toEqual([])
})

test('a file that may go over New Year waits, whichever way round it stands', async () => {
  const message = (day: string, line: number, next: string) =>
    `block: local_date is written without a year, and by "2026" ${day} on line ${line} is followed by ${next} on line ${line + 1}: ` +
    'the file may go over New Year. Say the period that it is of: year: { from, to } (check "year").'
  expect((await dates('2026', lines('30/12', '31/12', '02/01'))).failed).toEqual([
    message('2026-12-31', 3, '2026-01-02'),
  ])
  expect((await dates('2026', lines('02/01', '31/12'))).failed).toEqual([message('2026-01-02', 2, '2026-12-31')])
  // From October on and into May: no step is large, but they lead back.
  expect((await dates('2026', lines('01/10', '01/12', '01/08', '01/05', '01/02'))).failed).toEqual([
    message('2026-12-01', 3, '2026-08-01'),
  ])
  // The period tells.
  expect(await dates('{ from: 2025-12-01, to: 2026-01-31 }', lines('02/01', '31/12'))).toEqual({
    days: ['2026-01-02', '2025-12-31'],
    failed: [],
  })
})
