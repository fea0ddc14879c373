import { expect, test } from 'vitest'
import { formatProblem } from '../../contracts/language.ts'
import { verifyContract } from '../../contracts/verify.ts'
import { profile, samples } from './samples.ts'

const file = 'regions/ke/sources/mpesa.yaml'
const verify = async (from: string, to: string, file = 'regions/ke/sources/mpesa.yaml') => {
  const read = await verifyContract((samples[file] ?? '').replace(from, to), file, profile)
  return 'errors' in read ? formatProblem(read.errors) : 'sound'
}

test('the SQL of a check is looked at, and told by line and key', async () => {
  expect(await verify('', '')).toBe('sound')
  expect(await verify('gross <> 0', 'grss <> 0')).toBe(
    `${file} line 49, checks[0].sql: names "grss", which is no field of the model. Did you mean "gross"?`,
  )
  expect(await verify('gross <> 0', 'gross <>')).toMatch(
    /^regions\/ke\/sources\/mpesa\.yaml line 49, checks\[0\]\.sql: is no SQL expression: /,
  )
  expect(await verify('gross <> 0', "read_text('/etc/passwd') is null")).toContain('checks[0].sql: calls read_text')
  expect(await verify('key: [', 'kye: [')).toContain('Did you mean "key"?')
})

test('SQL over the source’s columns is looked at too', async () => {
  const recon = 'regions/ke/sources/recon.yaml'
  const told = async (from: string, to: string) => {
    const read = await verifyContract((samples[recon] ?? '').replace(from, to), recon, profile)
    return 'errors' in read ? formatProblem(read.errors).replace(`${recon} `, '') : 'sound'
  }
  expect(await told('', '')).toBe('sound')
  expect(await told("<> ''SUBTOTAL''", 'is nul')).toMatch(/^line 5, only: is no SQL expression: syntax error/)
  expect(await told("then 'pending'", "then getenv('HOME') ")).toBe(
    'line 9, fields.status.sql: calls getenv, which it may not.',
  )
  const side = 'fee: { from: Fee, decimal: "." }'
  expect(await told(side, 'fee: { sql: getenv(Fee) }')).toBe(
    'line 24, open[1].candidates["by the side"].fee.sql: calls getenv, which it may not.',
  )
  expect(await told(side, 'fee: { sql: length(Fee) }')).toBe(
    'line 24, open[1].candidates["by the side"].fee.sql: gives BIGINT, and a field is made from text: add ::varchar.',
  )
})

test('the SQL of balances and totals gives exact amounts', async () => {
  const bank = 'regions/ke/sources/bank.yaml'
  const say = async (from: string, to: string) => (await verify(from, to, bank)).replace(`${bank} `, '')
  expect(await say('', '')).toBe('sound')
  expect(await say('of: gross', 'of: grss')).toBe(
    'line 20, checks[0].balance.of: names "grss", which is no field of the model. Did you mean "gross"?',
  )
  expect(await say('sum: gross', 'sum: kind')).toBe('line 25, checks[1].total.sum: gives VARCHAR, and is no amount.')
  expect(await say('sum: gross', 'sum: gross / 2')).toBe(
    'line 25, checks[1].total.sum: gives DOUBLE, which holds no money exactly; multiply by a decimal such as 0.01.',
  )
  expect(await say('sum: gross', 'sum: "case when gross < 0 then 1 end"')).toBe('sound')
  expect(await say('equals: closing - opening', 'equals: closing - opening - openin')).toBe(
    'line 26, checks[1].total.equals: names "openin", which is no amount of values. Did you mean "opening"?',
  )
  expect(await say('equals: closing - opening', 'equals: closing - opening > 0')).toBe(
    'line 26, checks[1].total.equals: gives BOOLEAN, and is no amount.',
  )
  expect(await verify('gross <> 0', 'gross + 1')).toBe(
    `${file} line 49, checks[0].sql: gives DECIMAL(38,9), and is no condition.`,
  )
  expect(await verify('gross <> 0', 'lower(gross, 1) = 2')).toMatch(
    /checks\[0\]\.sql: does not run: No function matches /,
  )
})
