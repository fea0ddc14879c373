import { expect, test } from 'vitest'
import { archivedContract } from '../../contracts/archived.ts'
import { contractOf, sales } from './contracts.ts'

test('a contract that was archived before a key was there reads as it did then', () => {
  const contract = contractOf(sales(), { format: { type: 'json', path: '[]', found: [] } })
  const { found: _f, recordEnd: _r, sheet: _s, values: _v, widths: _w, ...format } = contract.format
  const first =
    'columns fallback value debit credit map formats zone unit decimal group grouping digits nil json sign'.split(' ')
  const fields = Object.entries(contract.fields).map(([name, rule]) => [
    name,
    Object.fromEntries(Object.entries(rule).filter(([key]) => first.includes(key))),
  ])
  expect(archivedContract(JSON.stringify({ ...contract, format, fields: Object.fromEntries(fields) }))).toEqual(
    contract,
  )
  const direction = { in: { name: 'To' }, out: { name: 'From' }, own: ['me'] }
  const wallet = contractOf(sales(), { direction, templates: { 'direction.own[0]': '{own}' }, params: { own: 'me' } })
  const once = { ...wallet, direction: { ...direction, own: 'me' }, templates: { 'direction.own': '{own}' } }
  expect(archivedContract(JSON.stringify(once))).toEqual(wallet)
  const now = contractOf(sales(), { format: { type: 'excel', found: ['type'], sheet: 'A', values: 'shown' } })
  expect(archivedContract(JSON.stringify(now))).toEqual(now)
})
