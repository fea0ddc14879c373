import { afterAll, beforeAll, expect, test } from 'vitest'
import { seeded } from '../contracts/draw.ts'
import { type StagedCase, stagedCases } from './staged-cases.ts'

let cases: StagedCase
beforeAll(() => {
  cases = stagedCases()
})
afterAll(() => cases.remove())

const yaml = `source: shop
model: transaction
match: "a/*"
on_new_column: ignore
join:
  by: [Id, Store]
  main: Line = 'TRANSACTION'
  parts:
    Fee Amount: { when: Line = 'FEE', from: Amount }
    Vat: { when: "Line = 'VAT' and Amount::decimal(18,2) < 1000", from: Amount }
fields:
  transaction_id: { from: [Store, Id] }
  kind: { value: sale }
  local_date: Day
  gross: Amount
  fee: { from: Fee Amount, negate: true }
  tax: { sql: "coalesce(Vat, '0')" }
`
const header = 'Id,Store,Line,Day,Amount'
const line = (id: string, kind: string, amount: string, store = 'S') => `${id},${store},${kind},2026-03-01,${amount}`

test('lines of one id are one record, wherever they stand', async () => {
  const { rows, staged, counts } = await cases.stage(yaml, [
    header,
    line('a', 'FEE', '-1.5'),
    line('a', 'TRANSACTION', '10'),
    line('b', 'TRANSACTION', '20'),
    line('a', 'TRANSACTION', '7', 'T'),
    line('a', 'VAT', '2'),
    line('b', 'FEE', ''),
  ])
  expect(rows).toEqual(['3: S a sale 10 fee 1.5 tax 2', '4: S b sale 20 tax 0', '5: T a sale 7 tax 0'])
  // Of seven lines three stand in the rows of others.
  expect(counts).toEqual({ read: 4, ignored: 1, valid: 3, rejected: 0, held: 0 })
  expect(staged.sourceRecords).toBe(6)
})

test('where one line of an id is not understood, all of that id are rejected, each where it stands', async () => {
  const { rows, staged, counts } = await cases.stage(yaml, [
    header,
    line('a', 'FEE', '-1'),
    line('b', 'TRANSACTION', '1'),
    line('b', 'TRANSACTION', '2'),
    line('b', 'FEE', '-1'),
    line('c', 'TRANSACTION', '1'),
    line('c', 'FEE', '-1'),
    line('c', 'FEE', '-2'),
    line('d', 'TRANSACTION', '1'),
    line('d', 'LEVY', '-1'),
    line('', 'TRANSACTION', '1'),
    line('e', 'TRANSACTION', '1'),
    line('e', 'VAT', '?'),
    line('f', 'TRANSACTION', '1'),
    `${line('f', 'FEE', '-1')},,`,
    line('g', 'TRANSACTION', 'x'),
    line('g', 'FEE', '-y'),
    line('h', 'TRANSACTION', '1'),
  ])
  expect(rows).toEqual([
    `2: rejected join.main_missing: ${line('a', 'FEE', '-1')}`,
    `3: rejected join.main_repeated: ${line('b', 'TRANSACTION', '1')}`,
    `4: rejected join.main_repeated: ${line('b', 'TRANSACTION', '2')}`,
    `5: rejected join.main_repeated: ${line('b', 'FEE', '-1')}`,
    `6: rejected join.part_repeated: ${line('c', 'TRANSACTION', '1')}`,
    `7: rejected join.part_repeated: ${line('c', 'FEE', '-1')}`,
    `8: rejected join.part_repeated: ${line('c', 'FEE', '-2')}`,
    `9: rejected join.unknown: ${line('d', 'TRANSACTION', '1')}`,
    `10: rejected join.unknown: ${line('d', 'LEVY', '-1')}`,
    `11: rejected join.id_missing: ${line('', 'TRANSACTION', '1')}`,
    `12: rejected join.unparseable: ${line('e', 'TRANSACTION', '1')}`,
    `13: rejected join.unparseable: ${line('e', 'VAT', '?')}`,
    `14: rejected join.broken: ${line('f', 'TRANSACTION', '1')}`,
    `15: rejected row.arity: ${line('f', 'FEE', '-1')},,`,
    // A joined record is rejected as one, with the text of all its lines.
    `16: rejected gross.unparseable,fee.unparseable: ${line('g', 'TRANSACTION', 'x')}\n${line('g', 'FEE', '-y')}`,
    '18: S h sale 1 tax 0',
  ])
  expect(counts).toEqual({ read: 17, ignored: 1, valid: 1, rejected: 15, held: 0 })
  expect(staged.sourceRecords).toBe(17)
})

test('what only and footer leave out, and what is behind the end of the table, is joined to nothing', async () => {
  const format = 'format: { footer: "^Total", end: "^END" }\nonly: Line is not null\n'
  const { rows, counts } = await cases.stage(yaml + format, [
    header,
    line('a', 'TRANSACTION', '10'),
    line('a', '', '3'),
    'Total,S,FEE,,4',
    'END',
    line('a', 'FEE', '-9'),
  ])
  expect(rows).toEqual(['2: S a sale 10 tax 0'])
  expect(counts).toEqual({ read: 6, ignored: 5, valid: 1, rejected: 0, held: 0 })
})

test('joined records are of kinds, and have entries, as others do', async () => {
  const own = yaml
    .replace(/ {2}fee: .*\n {2}tax: .*\n/, '')
    .replace('  kind: { value: sale }\n', '')
    .replace('  transaction_id: { from: [Store, Id] }\n', '')
  const entries = `entries:
  - { name: sale, fields: { transaction_id: Id, kind: { value: sale }, tax: Vat, fee: { value: 0 } } }
  - { name: fee, when: '"Fee Amount" is not null', fields: { transaction_id: { sql: "Id || '-fee'" }, kind: { value: fee }, gross: Fee Amount } }
`
  const { rows, staged, counts } = await cases.stage(own + entries, [
    header,
    line('a', 'TRANSACTION', '10'),
    line('a', 'FEE', '-3'),
    line('b', 'TRANSACTION', '5'),
    line('b', 'VAT', '1'),
  ])
  expect(rows).toEqual(['2: a sale 10 fee 0', '2+1: a-fee fee 0 fee 3', '4: b sale 5 fee 0 tax 1'])
  expect(counts).toEqual({ read: 4, ignored: 1, valid: 3, rejected: 0, held: 0 })
  expect(staged.sourceRecords).toBe(4)
  const records = `records:
  - { when: '"Fee Amount" is not null', fields: { kind: { value: sale }, transaction_id: Id, fee: { from: Fee Amount, negate: true } } }
  - { when: Vat is not null, fields: { kind: { value: refund }, transaction_id: Id, tax: Vat } }
`
  const kinds = await cases.stage(own + records, [
    header,
    line('a', 'TRANSACTION', '10'),
    line('a', 'FEE', '-3'),
    line('b', 'TRANSACTION', '5'),
    line('b', 'VAT', '1'),
    line('c', 'TRANSACTION', '5'),
    line('d', 'FEE', '-1'),
  ])
  expect(kinds.rows).toEqual([
    '2: a sale 10 fee 3',
    '4: b refund 5 tax 1',
    `6: rejected record.unknown: ${line('c', 'TRANSACTION', '5')}`,
    `7: rejected join.main_missing: ${line('d', 'FEE', '-1')}`,
  ])
})

test('a column that is made hides none of the file', async () => {
  await expect(cases.stage(yaml, [`${header},Vat`, `${line('a', 'TRANSACTION', '10')},4`])).rejects.toThrow(
    'regions/ng/sources/shop.yaml makes a column "Vat", and the file has one of that name.',
  )
})

test('any lines are joined as a plain loop joins them, and each is in one row or rejected', async () => {
  const random = seeded(7)
  const draw = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T
  const all = Array.from({ length: 3000 }, () =>
    line(
      `i${Math.floor(random() * 1200)}`,
      draw(['TRANSACTION', 'TRANSACTION', 'FEE', 'VAT', random() < 0.03 ? 'LEVY' : 'FEE']),
      String(Math.ceil(random() * 99)),
      draw(['S', 'T']),
    ),
  )
  const groups = new Map<string, { text: string; at: number; cells: string[] }[]>()
  for (const [i, text] of all.entries()) {
    const cells = text.split(',')
    const id = `${cells[0]} ${cells[1]}`
    groups.set(id, [...(groups.get(id) ?? []), { text, at: i + 2, cells }])
  }
  const expected = [...groups.values()].flatMap((lines) => {
    const of = (kind: string) => lines.filter(({ cells }) => cells[2] === kind)
    const [mains, fees, vats] = [of('TRANSACTION'), of('FEE'), of('VAT')]
    const why =
      mains.length + fees.length + vats.length < lines.length
        ? 'unknown'
        : mains.length === 0
          ? 'main_missing'
          : mains.length > 1
            ? 'main_repeated'
            : fees.length > 1 || vats.length > 1
              ? 'part_repeated'
              : null
    if (why !== null) return lines.map(({ text, at }) => ({ at, row: `${at}: rejected join.${why}: ${text}` }))
    const [{ cells, at }] = mains as [(typeof lines)[number]]
    const fee = fees[0] === undefined ? '' : ` fee -${fees[0].cells[4]}`
    return [{ at, row: `${at}: ${cells[1]} ${cells[0]} sale ${cells[4]}${fee} tax ${vats[0]?.cells[4] ?? 0}` }]
  })
  const { rows, staged } = await cases.stage(yaml, [header, ...all])
  expect(rows).toEqual(expected.sort((a, b) => a.at - b.at).map(({ row }) => row))
  expect(staged.sourceRecords).toBe(3000)
  expect(staged.read).toBe(expected.length + 1)
})
