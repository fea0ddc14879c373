import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { toJsonRows } from '../../warehouse/rows.ts'

async function rowsOf(sql: string, maxRows?: number) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  try {
    return toJsonRows(await connection.runAndReadAll(sql), maxRows)
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

test('money, wide integers and times lose nothing on the way to JSON', async () => {
  const [row] = await rowsOf(`select
    12345678901234567890123456789.123456789::decimal(38,9) as money,
    9007199254740993::bigint as wide, 7::integer as small,
    timestamptz '2026-07-01 09:30:00+00' as at, timestamptz '2026-07-01 09:30:00.000001+05' as exact,
    timestamp '2026-07-01 09:30:00' as local_time, date '2026-07-01' as day, null as nothing,
    'infinity'::timestamptz as ever, [timestamptz '2026-07-01 09:30:00+00'] as list, {'n': 1.50::decimal(5,2)} as nested,
    true as yes, 0.5::double as half, 'nan'::double as nan, 'text' as text`)
  expect(row).toEqual({
    money: '12345678901234567890123456789.123456789',
    wide: '9007199254740993',
    small: 7,
    at: '2026-07-01T09:30:00Z',
    exact: '2026-07-01T04:30:00.000001Z',
    local_time: '2026-07-01T09:30:00',
    day: '2026-07-01',
    nothing: null,
    ever: 'infinity',
    list: ['2026-07-01T09:30:00Z'],
    nested: { n: '1.50' },
    yes: true,
    half: 0.5,
    nan: 'NaN',
    text: 'text',
  })
})

test('at most as many rows as asked for', async () => {
  expect(await rowsOf('select i::integer as i from range(5000) t(i)', 3)).toEqual([{ i: 0 }, { i: 1 }, { i: 2 }])
})
