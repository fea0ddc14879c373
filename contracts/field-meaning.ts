import { currencies } from '../models/currency.ts'
import type { Field } from '../models/field.ts'
import { nearest } from '../models/nearest.ts'
import { sidesOfField, symbols } from './affix-meaning.ts'
import { readExtract } from './extract-pattern.ts'
import { type FieldRuleYaml, keysOfType } from './grammar.ts'
import { marks, sign, sourceSql } from './level-meaning.ts'
import { wordsOf } from './lookup-meaning.ts'
import { isJsonPath, placeholders } from './patterns.ts'
import { asList, isValueOf, paramNames, type Reading } from './reading.ts'
import { times } from './time-meaning.ts'

/** What is wrong with one field's rule, given that its shape is right. */
export function fieldProblems(reading: Reading, field: Field): void {
  const rule = reading.yaml.fields[field.name]
  if (rule === undefined) return
  if (typeof rule === 'string') {
    columnNames(reading, field, { from: rule })
    return
  }
  wrongKeys(reading, field, rule)
  origin(reading, field, rule)
  columnNames(reading, field, rule)
  values(reading, field, rule)
  globs(reading, field, rule)
  lookup(reading, field, rule)
  times(reading, field, rule)
  const path = ['fields', field.name]
  if (rule.json !== undefined && !isJsonPath(rule.json))
    reading.tell([...path, 'json'], `is ${JSON.stringify(rule.json)}, not a path such as $.creator_id or $.items[0].id`)
  const extract = rule.extract === undefined ? undefined : readExtract(rule.extract)
  if (extract !== undefined && 'wrong' in extract) reading.tell([...path, 'extract'], extract.wrong)
  marks(reading, path)
  sign(reading, path)
  symbols(reading, path)
  sidesOfField(reading, field)
}

function wrongKeys(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  const allowed = keysOfType[field.type]
  for (const key of Object.keys(rule) as (keyof FieldRuleYaml)[])
    if (!allowed.includes(key))
      reading.tell(
        ['fields', field.name, key],
        `means nothing for ${field.name}, which is ${kinds[field.type]}`,
        null,
        'key',
      )
}

const kinds: Record<Field['type'], string> = {
  text: 'text',
  choice: 'one of a few words',
  boolean: 'true or false',
  integer: 'a whole number',
  money: 'money',
  rate: 'a rate',
  instant: 'a time',
  date: 'a date',
  currency: 'a currency',
  country: 'a country',
}

function origin(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  const path = ['fields', field.name]
  const ways = [
    ...(['from', 'column', 'value', 'sql'] as const).filter((key) => rule[key] !== undefined),
    ...(rule.debit !== undefined || rule.credit !== undefined ? ['debit and credit'] : []),
  ]
  if (ways.length === 0)
    reading.tell(path, 'does not say where it comes from: from, column, value, sql, or debit and credit', null, 'key')
  else if (ways.length > 1) reading.tell(path, `comes from ${ways.join(' and ')}; keep one`, null, 'key')
  else if (ways[0] === 'debit and credit' && (rule.debit === undefined || rule.credit === undefined))
    reading.tell(path, `has ${rule.debit === undefined ? 'credit without debit' : 'debit without credit'}`, null, 'key')
  else if (ways[0] === 'value') {
    const useless = (
      [
        ...(['fallback', 'map', 'patterns', 'lookup', 'missing', 'format', 'json'] as const),
        ...(['extract', 'year', 'agrees', 'nil', 'sign', 'symbols', 'sides', 'negate', 'invert'] as const),
      ] as const
    ).find((key) => rule[key] !== undefined)
    if (useless !== undefined) reading.tell([...path, useless], 'means nothing beside value', null, 'key')
  } else if (ways[0] === 'sql') {
    const useless = (['fallback', 'json'] as const).find((key) => rule[key] !== undefined)
    if (useless !== undefined) reading.tell([...path, useless], 'means nothing beside sql', null, 'key')
    sourceSql(reading, [...path, 'sql'], rule.sql ?? '')
  } else if (ways[0] === 'debit and credit') {
    const useless = (['fallback', 'map', 'json', 'extract', 'sign', 'sides', 'negate'] as const).find(
      (key) => rule[key] !== undefined,
    )
    if (useless !== undefined) reading.tell([...path, useless], 'means nothing beside debit and credit', null, 'key')
  }
}

/** Without a header the columns are column1, column2, …: any other name would never be found. */
function columnNames(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  if (reading.yaml.format?.header !== false || !reading.sound(['format', 'header'])) return
  for (const [i, name] of asList(rule.from).entries())
    if (!/^column[1-9]\d*$/.test(name)) {
      const path = ['fields', field.name, ...(typeof reading.yaml.fields[field.name] === 'string' ? [] : ['from'])]
      reading.tell(
        Array.isArray(rule.from) ? [...path, i] : path,
        `is ${JSON.stringify(name)}, but without a header columns are column1, column2, …`,
      )
    }
}

function values(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  const path = ['fields', field.name]
  if (rule.value !== undefined) {
    const text = reading.source.text([...path, 'value']) ?? ''
    const named = placeholders(text)
    const stranger = named.find((name) => !paramNames(reading.yaml).includes(name))
    if (named.length === 0) value(reading, field, [...path, 'value'], text)
    else if (stranger !== undefined && reading.isWhole && reading.sound(['params']))
      reading.tell(
        [...path, 'value'],
        `has {${stranger}}, which is not among params`,
        nearest(stranger, paramNames(reading.yaml)),
      )
  }
  const seen = new Map<string, string>()
  if (!reading.sound([...path, 'map'])) return
  for (const word of Object.keys(rule.map ?? {})) {
    const plain = word.normalize('NFC').trim()
    if (seen.has(plain))
      reading.tell([...path, 'map', word], `is the same word as ${JSON.stringify(seen.get(plain))}`, null, 'key')
    seen.set(plain, word)
    value(reading, field, [...path, 'map', word], reading.source.text([...path, 'map', word]) ?? '')
  }
}

/** Patterns have a `*`, are there once, and can be reached. */
function globs(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  const seen = new Map<string, string>()
  for (const glob of Object.keys(rule.patterns ?? {})) {
    const path = ['fields', field.name, 'patterns', glob]
    const plain = glob.normalize('NFC').trim()
    if (!glob.includes('*')) reading.tell(path, 'has no *; a word alone belongs under map', null, 'key')
    else if (seen.has(plain))
      reading.tell(path, `is the same pattern as ${JSON.stringify(seen.get(plain))}`, null, 'key')
    else if (seen.has('*')) reading.tell(path, 'is behind "*", which takes every word', null, 'key')
    seen.set(plain, glob)
    value(reading, field, path, reading.source.text(path) ?? '')
  }
}

/** A list is there and means what the field takes; what is in none of them may be absent where the field may. */
function lookup(reading: Reading, field: Field, rule: FieldRuleYaml): void {
  const path = ['fields', field.name]
  const { lookup, missing, map, patterns } = rule
  if (missing !== undefined && lookup === undefined && map === undefined && patterns === undefined)
    reading.tell([...path, 'missing'], 'means nothing without map, patterns or lookup', null, 'key')
  else if (missing === 'absent' && field.required)
    reading.tell([...path, 'missing'], `is absent, and ${field.name} must be there`)
  if (lookup === undefined || !reading.sound([...path, 'lookup'])) return
  if (map !== undefined) reading.tell([...path, 'lookup'], 'and map both say what words mean; keep one', null, 'key')
  const words = wordsOf(reading, [...path, 'lookup'], lookup)
  if (words === undefined) return
  if (!(words instanceof Map))
    reading.tell([...path, 'lookup'], `is ${lookup}, which has words alone; a second column says what they mean`)
  for (const [word, meaning] of words instanceof Map ? words : [])
    if (!isValueOf(field, meaning)) {
      reading.tell(
        [...path, 'lookup'],
        `is ${lookup}, in which ${JSON.stringify(word)} means ${JSON.stringify(meaning)}, which is no ${field.name}`,
      )
      return
    }
}

function value(reading: Reading, field: Field, path: readonly string[], text: string): void {
  if (isValueOf(field, text)) return
  const words =
    field.choices ?? { boolean: ['true', 'false'], currency: [...currencies.keys()] }[field.type as string] ?? []
  const known =
    words.length > 0 && words.length < 12 ? `; it is ${words.slice(0, -1).join(', ')} or ${words.at(-1)}` : ''
  reading.tell(
    path,
    `is ${JSON.stringify(text)}, which is no ${field.name}${known || `; it is ${canonical[field.type] ?? kinds[field.type]}`}`,
    nearest(text, words),
  )
}

const canonical: Partial<Record<Field['type'], string>> = {
  money: 'money such as 1250.50',
  rate: 'a rate such as 0.00065',
  instant: 'a time such as 2026-07-01T09:30:00Z',
  date: 'a date such as 2026-07-01',
  currency: 'an ISO 4217 code such as NGN',
  country: 'an ISO 3166-1 code such as NG',
}
