import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseContract } from '../../contracts/language.ts'
import { contractSchema } from '../../contracts/schema.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { listRegions } from '../../project/regions.ts'
import { mutationsOf } from './mutations.ts'
import { profile, samples } from './samples.ts'

const ajv = new Ajv2020({ allErrors: false, strict: false })
const validate = ajv.compile(contractSchema())
const fits = (text: string): boolean => validate(parse(text, { uniqueKeys: false, stringKeys: true }))

/** Slips that a JSON Schema can tell. */
const plainSlips = new Set([
  ...[
    'renamed key',
    'unknown field',
    'misspelt choice',
    'no value',
    'map for a value',
    'map to no choice',
    'no choice',
  ],
  ...[
    'number for a word',
    'number for a name',
    'name for a position',
    'column out of range',
    'fraction',
    'out of range',
  ],
  ...['text for a number', 'text for a boolean', 'two characters', 'letters', 'no mark', 'bad name', 'bad span'],
  ...['empty name', 'unit of text'],
])

test('the schema in the repository is what the definitions say (scripts/write-schema.ts writes it)', () => {
  expect(JSON.parse(readFileSync(join(packageRoot, 'contracts/contract.schema.json'), 'utf8'))).toEqual(
    contractSchema(),
  )
})

test('sound contracts fit the schema', () => {
  const own = layout(packageRoot)
  const texts = listRegions(own).flatMap((region) =>
    readdirSync(own.sources(region)).map((name) => readFileSync(join(own.sources(region), name), 'utf8')),
  )
  for (const text of [...texts, ...Object.values(samples)]) expect(fits(text) || validate.errors).toBe(true)
})

test('what the schema refuses, the validator refuses; plain slips the schema refuses itself', () => {
  const seen = new Set<string>()
  const wrong = Object.entries(samples).flatMap(([file, text]) =>
    mutationsOf(file, text).flatMap((slip) => {
      const kind = slip.what.replace(/:.*/s, '')
      const isPlain = plainSlips.has(kind)
      if (isPlain) seen.add(kind)
      const isFit = fits(slip.text)
      if (!isFit && 'contract' in parseContract(slip.text, file, profile))
        return [`${slip.what} is refused by the schema alone`]
      return isFit && isPlain ? [`${slip.what} is missed by the schema`] : []
    }),
  )
  expect(wrong).toEqual([])
  expect(seen).toEqual(plainSlips)
})
