import { describe, expect, it } from 'vitest'
import { checkSqlProblems } from '../../contracts/check-sql.ts'
import { contractOf, sales } from './contracts.ts'

const problem = async (sql: string) => {
  const [found] = await checkSqlProblems(contractOf(sales(), { checks: [{ name: 'c', severity: 'reject', sql }] }))
  return found?.message
}

describe('SQL of checks', () => {
  it.each([
    "kind <> 'sale' or fee <= gross",
    'gross between 0 and 1000000 and abs(fee) < 10',
    "case when currency = 'NGN' then gross > 100 else true end",
    "regexp_matches(transaction_id, '^tx') and year(local_date) >= 2020",
    'fee is not null',
    "status in ('settled', 'pending')",
    "reference like 'a%'",
    'cast(gross as bigint) % 2 = 0',
  ])('takes %s', async (sql) => {
    expect(await problem(sql)).toBeUndefined()
  })

  it.each([
    ["read_text('x') is null", 'calls read_text, which a check may not'],
    ['exists (select 1)', 'has a subquery, which a check may not'],
    ['amount > 0', 'names "amount", which is no field of the model'],
    ['true) from (select 1', 'is more than one expression'],
    ['true), (true', 'is more than one expression'],
    ['true); select (true', 'is more than one expression'],
    ['true); drop table x; select (true', /^is no SQL expression: Only SELECT/],
    ["getenv('HOME') = ''", 'calls getenv, which a check may not'],
    ['row_number() over () = 1', 'has a window, which a check may not'],
    ['gross >', /^is no SQL expression: /],
    ['* ', /which a check may not|no SQL expression/],
  ])('refuses %s', async (sql, message) => {
    expect(await problem(sql)).toMatch(message)
  })
})
