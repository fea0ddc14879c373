import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bookOf } from '../readers/workbook.ts'
import { type StagedCase, stagedCases } from './staged-cases.ts'

let cases: StagedCase
beforeAll(() => {
  cases = stagedCases()
})
afterAll(() => cases.remove())

const yaml = `source: shop
model: transaction
match: "a/*"
sections:
  Branch: "^Branch: (.+)$"
  Account: "^Account:[,\\\\s]*([0-9]+)"
fields:
  transaction_id: Id
  kind: { value: sale }
  local_date: Day
  account: Account
  reference: Branch
  gross: Amount
`
const found = (query: (sql: string) => Promise<unknown[][]>) =>
  query(
    `select transaction_id || ': ' || coalesce(reference, '-') || ' ' || coalesce(account, '-') from record order by _line`,
  )

test('a heading holds for the rows below it, until the next one', async () => {
  const { query, counts } = await cases.stage(
    yaml,
    [
      'Statement of the shop',
      'Branch: Lagos',
      'Account: 0011 NGN',
      'Id,Day,Amount',
      'a,2026-03-01,1',
      'b,2026-03-01,2',
      'Account:,0012',
      'Id,Day,Amount',
      'c,2026-03-01,3',
      '"Branch: Kano"',
      'd,2026-03-01,4',
      'Account: 0013',
      'e,2026-03-01,5',
      'Total,,15',
    ].map((line) => line.replace('Total,,15', 'f,2026-03-01,6')),
  )
  // A new branch ends the account of the one before.
  expect((await found(query)).flat()).toEqual([
    'a: Lagos 0011',
    'b: Lagos 0011',
    'c: Lagos 0012',
    'd: Kano -',
    'e: Kano 0013',
    'f: Kano 0013',
  ])
  expect(counts).toEqual({ read: 14, ignored: 8, valid: 6, rejected: 0, held: 0 })
})

test('rows above the first heading have no value, and headings may tell the period', async () => {
  const { rows } = await cases.stage(
    yaml
      .replace('account: Account', 'account: { from: Account, nil: [x] }')
      .replace('gross:', 'quantity: Account\n  gross:'),
    ['Id,Day,Amount', 'a,2026-03-01,1', 'Account: 7', 'b,2026-03-01,x'],
  )
  expect(rows).toEqual(['2: a sale 1', '4: rejected gross.unparseable: b,2026-03-01,x'])
  const period = `source: shop
model: transaction
match: "a/*"
sections: { First: "^Period: (\\\\S+) to", Last: "^Period: .* to (\\\\S+)" }
fields:
  transaction_id: Id
  kind: { value: sale }
  local_date: { from: Day, format: DD/MM, year: { from: First, to: Last, format: DD/MM/YYYY } }
  gross: Amount
`
  const { query } = await cases.stage(period, [
    'Period: 15/12/2025 to 14/01/2026',
    'Id,Day,Amount',
    'a,31/12,1',
    'b,01/01,2',
  ])
  expect(await query('select local_date::varchar from record order by _line')).toEqual([['2025-12-31'], ['2026-01-01']])
})

test('in workbooks too, and lines are joined and told apart by what headings say', async () => {
  const own = `${yaml}only: Branch <> 'closed'
records:
  - { when: Account = '2', fields: { gross: { negate: true } } }
  - { when: Account is not null }
`
  const lines = [
    ['Branch: open'],
    ['Id', 'Day', 'Amount'],
    ['Account: 1'],
    ['a', '2026-03-01', 1],
    [null, 'Account: 2'],
    ['b', '2026-03-01', 2],
    ['Branch: closed'],
    ['c', '2026-03-01', 3],
  ]
  const cell = (text: string | number | null, r: number, c: number) =>
    text === null ? '' : `<c r="${'ABC'[c]}${r + 1}" t="inlineStr"><is><t>${text}</t></is></c>`
  const sheet = lines.map((cells, r) => `<row r="${r + 1}">${cells.map((text, c) => cell(text, r, c)).join('')}</row>`)
  const book = readFileSync(bookOf({ sheets: [sheet.join('')] }))
  const { rows, counts } = await cases.stage(own, book)
  expect(rows).toEqual(['4: a sale 1', '6: b sale -2'])
  expect(counts).toEqual({ read: 8, ignored: 6, valid: 2, rejected: 0, held: 0 })
})

test('of 20,000 rows each has the heading above it', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) =>
    i % 7 === 3 ? [`Account: ${i}`] : [`t${i},2026-03-01,1`],
  ).flat()
  const { query } = await cases.stage(yaml, ['Id,Day,Amount', ...lines])
  const wrong = await query(
    `select count(*)::integer from record where account is distinct from
       case when _line < 5 then null else ((_line - 2 - 3) // 7 * 7 + 3)::bigint::varchar end`,
  )
  expect(wrong).toEqual([[0]])
})
