import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { timeLanguages } from '../../contracts/calendars.ts'
import { formatProblem, parseContract } from '../../contracts/language.ts'
import { contractSchema } from '../../contracts/schema.ts'
import { timeTokens } from '../../contracts/time-format.ts'
import { modelNames } from '../../models/index.ts'
import { digitScripts } from '../../models/region.ts'
import { packageRoot } from '../../project/package-root.ts'
import { faultCodes } from '../../readers/batch.ts'
import { profile } from './samples.ts'

const page = readFileSync(join(packageRoot, 'docs/contracts.md'), 'utf8')

/** Every key of the language, from its JSON Schema, but the fields of models. */
function keysOf(schema: unknown, found = new Set<string>()): Set<string> {
  if (typeof schema !== 'object' || schema === null) return found
  const { properties, allOf: _, ...rest } = schema as Record<string, unknown>
  for (const [key, of] of Object.entries((properties ?? {}) as object)) keysOf(of, found.add(key))
  for (const inner of Object.values(rest)) keysOf(inner, found)
  return found
}

test('the page tells every key, choice and reason code of the language', () => {
  const codes = [
    'missing',
    'unparseable',
    'out_of_range',
    'precision',
    'unknown',
    'both_sides',
    'nonexistent',
    'ambiguous',
  ]
  const words = [...keysOf(contractSchema()), ...timeTokens, ...modelNames, ...digitScripts, ...codes]
  const missing = [...words, ...faultCodes.slice(1), 'key.conflict', 'check.net'].filter(
    (word) => !new RegExp(`(?<![\\w])${word.replace('.', '\\.')}(?![\\w])`).test(page),
  )
  expect(missing).toEqual([])
})

test('the contract on the page is sound', () => {
  const yaml = /```yaml\n(# yaml-language-server[^`]+)```/.exec(page)?.[1] ?? ''
  const parsed = parseContract(yaml, 'regions/ke/sources/paystack_csv.yaml', profile)
  expect('errors' in parsed ? formatProblem(parsed.errors) : 'sound').toBe('sound')
})

test('the page tells every language that names are known in', () => {
  const section = /#### Languages\n([^#]+)/.exec(page)?.[1] ?? ''
  expect([...section.matchAll(/`([a-z]+)`/g)].map(([, code]) => code)).toEqual(timeLanguages())
})
