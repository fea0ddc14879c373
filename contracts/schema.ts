import { z } from 'zod'
import { countryCodes } from '../models/country.ts'
import { currencies } from '../models/currency.ts'
import type { Field, FieldType, Model } from '../models/field.ts'
import { models } from '../models/index.ts'
import { contractYaml, fieldRule, keysOfType } from './grammar.ts'
import { isRegionCurrency } from './reading.ts'

type Json = Record<string, unknown>

/**
 * A JSON Schema (2020-12) of contracts, for editors: the same definitions as the validator's, by model. It can not
 * tell everything the validator tells; what it refuses, the validator refuses too.
 */
export function contractSchema(): Json {
  const { $schema, ...shape } = toJson(contractYaml)
  const properties = shape.properties as Record<string, Json>
  return {
    $schema,
    title: 'Contract of a source',
    description: 'How to read one source of a region, and what a valid record is. See docs/contracts.md.',
    ...shape,
    properties: { ...properties, fields: { type: 'object', description: properties.fields?.description } },
    allOf: Object.values(models).map((model) => ({
      if: { properties: { model: { const: model.name } } },
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
      then: ofModel(model),
    })),
    $defs: Object.fromEntries(
      Object.values(models).flatMap((model) =>
        (model.fields as readonly Field[]).flatMap((field) => [
          [ruleName(field), ofField(field, true)],
          [overName(field), ofField(field, false)],
        ]),
      ),
    ),
  }
}

function ofModel(model: Model): Json {
  const needed = model.fields
    .filter(({ required, derived, default: fallback }) => required && !derived && fallback === undefined)
    .map(({ name }) => name)
    .filter((name) => !isRegionCurrency(model.name, name))
  const properties = Object.fromEntries(
    model.fields.map((field) => [field.name, { description: field.description, $ref: `#/$defs/${ruleName(field)}` }]),
  )
  const isCounted = { properties: { key: { type: 'object' } }, required: ['key'] }
  const requires = (names: readonly string[]): Json => ({ properties: { fields: { required: names } } })
  // A key of one field can be made by counting identical lines; the field is then not given.
  const canCount = model.key.length === 1
  const isTransaction = model.name === 'transaction'
  const over = model.fields.map((field) => [field.name, { $ref: `#/$defs/${overName(field)}` }])
  const rules = { properties: Object.fromEntries(over), additionalProperties: false }
  const answer = { propertyNames: { enum: [...model.fields.map(({ name }) => name), 'sign', 'direction'] } }
  return {
    properties: {
      open: { items: { properties: { candidates: { additionalProperties: answer } } } },
      records: { items: { properties: { fields: rules } } },
      entries: { items: { properties: { fields: rules } } },
      key: {
        anyOf: [{ items: { enum: model.fields.map(({ name }) => name) } }, ...(canCount ? [{ type: 'object' }] : [])],
      },
      fields: {
        properties,
        additionalProperties: false,
      },
      ...(model.listable ? {} : { mode: { enum: ['append', 'upsert'] } }),
      ...(isTransaction ? {} : { sign: false, direction: false }),
    },
    // What answers, kinds of records or entries give is not in fields.
    if: anyOf(['open', 'records', 'entries']),
    else: {
      if: isCounted,
      // biome-ignore lint/suspicious/noThenProperty: JSON Schema calls it so.
      then: requires(canCount ? needed.filter((name) => !model.key.includes(name)) : needed),
      else: requires(needed),
      ...(isTransaction
        ? { properties: { fields: { allOf: [anyOf(['occurred_at', 'local_date']), anyOf(['gross', 'net'])] } } }
        : {}),
    },
  }
}

/** Fields of one type and the same choices share a rule. */
const ruleName = (field: Field): string =>
  field.choices === undefined ? `${field.type}Rule` : `${field.choices.join('_')}Rule`

/** What stands over a rule need not say where the value comes from. */
const overName = (field: Field): string => `${ruleName(field)}Over`

const anyOf = (names: readonly string[]): Json => ({ anyOf: names.map((name) => ({ required: [name] })) })

const wordsOfType: Partial<Record<FieldType, readonly string[]>> = {
  boolean: ['true', 'false'],
  currency: [...currencies.keys()],
  country: countryCodes,
}

/** Of a field: a column's name, or a rule with the keys that mean something for the field's type. */
function ofField(field: Field, isWhole: boolean): Json {
  const { $schema: _, properties, ...shape } = toJson(fieldRule)
  const allowed = Object.entries(properties as Record<string, Json>).filter(([key]) =>
    (keysOfType[field.type] as readonly string[]).includes(key),
  )
  const rule: Record<string, Json> = Object.fromEntries(allowed)
  const words = field.choices ?? wordsOfType[field.type]
  if (words !== undefined) {
    // Booleans may be written without quotes; a param's value is known later.
    const word = { anyOf: [{ enum: field.type === 'boolean' ? [...words, true, false] : words }] }
    rule.value = { ...rule.value, anyOf: [...word.anyOf, { type: 'string', pattern: '\\{[a-z][a-z0-9_]*\\}' }] }
    rule.map = { ...rule.map, additionalProperties: word }
    rule.patterns = { ...rule.patterns, additionalProperties: word }
  }
  const ways = [['from'], ['column'], ['value'], ['sql'], ...(field.type === 'money' ? [['debit', 'credit']] : [])]
  return {
    anyOf: [
      { type: 'string', minLength: 1 },
      { ...shape, properties: rule, ...(isWhole ? { oneOf: ways.map((required) => ({ required })) } : {}) },
    ],
  }
}

const toJson = (schema: z.ZodType): Json => z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as Json
