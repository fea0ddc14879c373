import { describe, expect, it } from 'vitest'
import { checkSqlProblems } from '../../contracts/check-sql.ts'
import { columnsIn } from '../../contracts/source-sql.ts'
import { contractOf, from, sales } from './contracts.ts'

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

const ofSource = async (sql: string) => {
  const [found] = await checkSqlProblems(contractOf(sales(), { only: sql }))
  return found?.message
}

describe('SQL over the source’s columns', () => {
  it.each([
    [`"Line Type" <> 'SUBTOTAL' and Status is not null`, ['Line Type', 'Status']],
    [`"say ""it""" = 'a "b" c'`, ['say "it"']],
    ['"Data.Amount"::decimal(18, 2) > 0', ['Data.Amount']],
    ["try_cast(Date as date) >= date '2026-01-01'", ['Date']],
    ["Сума in ('1', '2') or Сума like '1%'", ['Сума']],
    ["case when A = 'x' then B ilike 'b' else not (A is distinct from C) end", ['A', 'B', 'C']],
    [`substring("Id" from 1 for 2) = upper(Kind)`, ['Id', 'Kind']],
    [`"Amount"::decimal(18, 2) * 0.01 > 1e3`, ['Amount']],
    [`E'\\'' = "a" and $$"it's$$ = "b" /* "c" */`, ['a', 'b']],
  ])('takes %s', async (sql, columns) => {
    expect(columnsIn(sql)).toEqual(columns)
    expect(await ofSource(sql)).toBeUndefined()
  })

  it.each([
    ['"a" = read_text(\'x\')', 'calls read_text, which it may not'],
    ['exists (select "a")', 'has a subquery, which it may not'],
    ['"a" = \'x\') from (select 1', 'is more than one expression'],
    ['"a" >', /^is no SQL expression: /],
    ['"a"', 'gives VARCHAR, and is no condition'],
    ['"a" > 1', /^does not run: Cannot compare values of type VARCHAR and type INTEGER/],
    ['"Fee" + 1 > 2', /^does not run: No function matches the given name and argument types/],
    ['"a"::double > 1', 'casts to a float, which holds no money exactly; cast to decimal(18, 6)'],
    ['"a"::int / 2 > 1', 'calls /, which gives a float; multiply by a decimal such as 0.01'],
    ['"a"."b" = \'x\'', 'names a.b; a column that is more than one plain word stands in double quotes'],
    ['cast("a" as "b") = 1', 'does not run: Type with name b does not exist!'],
    [`"a" 'b' = 1`, 'names a column where none can stand'],
    [`"a" = '1' and row_number() over (order by "a") = 1`, 'has a window, which it may not'],
    ['"a" = then', 'is no SQL expression: syntax error at or near "then"'],
    ['"a" "Line Type"', 'is no SQL expression: syntax error at or near "Line Type"'],
  ])('refuses %s', async (sql, message) => {
    expect(await ofSource(sql)).toMatch(message)
  })

  it('is text where a field is made of it', async () => {
    const contract = contractOf(sales({ quantity: { ...from([]), sql: 'length("Items")' } }))
    expect(await checkSqlProblems(contract)).toEqual([
      {
        ...{ path: ['fields', 'quantity', 'sql'], sql: 'length("Items")' },
        message: 'gives BIGINT, and a field is made from text: add ::varchar',
      },
    ])
  })
})
