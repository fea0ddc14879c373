import { expect, test } from 'vitest'
import { formatProblem } from '../../contracts/language.ts'
import { verifyContract } from '../../contracts/verify.ts'
import { profile, samples } from './samples.ts'

const file = 'regions/ke/sources/mpesa.yaml'
const verify = async (from: string, to: string) => {
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
