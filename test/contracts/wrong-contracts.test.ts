import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { formatProblem } from '../../contracts/language.ts'
import { type Lookups, parseLookup } from '../../contracts/lookup.ts'
import { verifyContract } from '../../contracts/verify.ts'
import { profile } from './samples.ts'

/** A case is a folder: `contract.yaml`, and in `expected.txt` every error that it must give, as a person reads them. */
const cases = new URL('cases/wrong/', import.meta.url).pathname
const folders = readdirSync(cases).sort()

const lists: Readonly<Record<string, string>> = {
  accounts: 'account,creator\nA-1,c1\nA-2,c2\n',
  twice: 'account,creator\nA-1,c1\nA-1,c2\n',
  words: 'sku\nS-1\n',
}
const lookups: Lookups = {
  names: Object.keys(lists),
  of: (name) => (lists[name] === undefined ? 'is not there' : parseLookup(lists[name])),
}

test('there are cases', () => {
  expect(folders.length).toBeGreaterThanOrEqual(60)
})

test.each(folders)('%s', async (folder) => {
  const text = readFileSync(join(cases, folder, 'contract.yaml'), 'utf8')
  const read = await verifyContract(text, 'regions/ke/sources/shop.yaml', profile, lookups)
  const told = 'errors' in read ? `${formatProblem(read.errors)}\n` : 'no error\n'
  const path = join(cases, folder, 'expected.txt')
  if (!existsSync(path) && process.env.CI === undefined) writeFileSync(path, told)
  expect(told).toBe(readFileSync(path, 'utf8'))
  expect(told).not.toBe('no error\n')
})
