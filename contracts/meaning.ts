import { basename } from 'node:path'
import { type Field, zodType } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import type { RegionProfile } from '../models/region.ts'
import { isZone } from '../models/zone.ts'
import { fieldProblems } from './field-meaning.ts'
import type { ContractYaml } from './grammar.ts'
import { nearest } from './nearest.ts'
import { isRecordsPath, placeholders, wrongMatch, wrongPattern } from './patterns.ts'
import type { Path } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'
import type { Slip } from './zod-problems.ts'

/** Tells one thing wrong at a path. */
type Tell = (path: Path, message: string, suggestion?: string | null, part?: 'key' | 'value') => void

/** What a contract's checks need to know. */
export interface Reading {
  /** Without the values whose shape is wrong. */
  readonly yaml: ContractYaml
  readonly source: YamlSource
  readonly profile: RegionProfile
  readonly tell: Tell
  /** Whether nothing at, below or around the path is known to be wrong. */
  readonly sound: (path: Path) => boolean
  /** Whether every key of the contract is known: a misspelt one would be missed elsewhere, and told twice. */
  readonly isWhole: boolean
}

/**
 * What a contract's shape can not tell: fields, words and marks that do not go together. Says nothing about places
 * that `known` slips are about.
 */
export function meaningProblems(source: YamlSource, profile: RegionProfile, known: readonly Slip[]): Slip[] {
  const slips: Slip[] = []
  const value = source.value
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return slips
  const sound = (path: Path) =>
    ![...known, ...slips].some(({ path: wrong }) => wrong.every((step, i) => i >= path.length || path[i] === step))
  const reading: Reading = {
    yaml: without(value, known) as ContractYaml,
    source,
    profile,
    sound,
    isWhole: !known.some(({ path, problem }) => path.length === 1 && problem.message.startsWith('is no key of')),
    tell: (path, message, suggestion = null, part = 'value') =>
      slips.push({ path, problem: source.problem(path, message, suggestion, part) }),
  }
  sourceName(reading)
  patterns(reading)
  formatKeys(reading)
  marks(reading, [])
  zone(reading, [])
  params(reading)
  signs(reading)
  if (sound(['model']) && reading.yaml.model !== undefined) {
    keyAndMode(reading)
    fields(reading)
    checks(reading)
  }
  return slips
}

function fields(reading: Reading): void {
  const { fields, model } = reading.yaml
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return
  for (const field of models[model as ModelName].fields as readonly Field[])
    if (fields[field.name] !== undefined && reading.sound(['fields', field.name])) fieldProblems(reading, field)
  missingFields(reading)
}

/** The words of a list or of one. */
export const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

const given = (reading: Reading, key: keyof ContractYaml): boolean =>
  reading.yaml[key] !== undefined && reading.sound([key])

/** A copy without the values that slips are about; of a list but `checks` with a wrong item nothing is left. */
function without(value: object, slips: readonly Slip[]): unknown {
  const copy = structuredClone(value)
  for (const { path } of slips) {
    let parent: unknown = copy
    for (const [i, step] of path.entries()) {
      if (typeof parent !== 'object' || parent === null) break
      const next = (parent as Record<string | number, unknown>)[step]
      if (i === path.length - 1 || (Array.isArray(next) && step !== 'checks')) {
        delete (parent as Record<string | number, unknown>)[step]
        break
      }
      parent = next
    }
  }
  return copy
}

function sourceName(reading: Reading): void {
  if (!given(reading, 'source')) return
  const name = basename(reading.source.file).replace(/\.ya?ml$/, '')
  if (reading.yaml.source !== name)
    reading.tell(['source'], `is ${reading.yaml.source}, but the file is named ${basename(reading.source.file)}`, name)
}

function patterns(reading: Reading): void {
  if (!given(reading, 'match')) return
  const { match } = reading.yaml
  for (const [i, pattern] of asList(match).entries()) {
    const wrong = wrongMatch(pattern)
    if (wrong !== undefined) reading.tell(Array.isArray(match) ? ['match', i] : ['match'], wrong)
  }
}

const csvKeys = ['delimiter', 'quote', 'escape', 'skip_rows', 'header', 'comment'] as const

function formatKeys(reading: Reading): void {
  const { format } = reading.yaml
  if (format === undefined || !reading.isWhole || !reading.sound(['format', 'type']) || !reading.sound(['match']))
    return
  const type = formatType(reading.yaml)
  for (const key of csvKeys)
    if (format[key] !== undefined && type !== 'csv' && reading.sound(['format', key]))
      reading.tell(['format', key], `is for csv, and this is ${type}`, null, 'key')
  if (format.path !== undefined && reading.sound(['format', 'path'])) {
    if (type !== 'json') reading.tell(['format', 'path'], `is for json, and this is ${type}`, null, 'key')
    else if (!isRecordsPath(format.path))
      reading.tell(
        ['format', 'path'],
        `is ${JSON.stringify(format.path)}, not a path to records such as data[] or result.items[]`,
      )
  }
  if (format.footer !== undefined && reading.sound(['format', 'footer'])) {
    const wrong = wrongPattern(format.footer)
    if (wrong !== undefined) reading.tell(['format', 'footer'], wrong)
  }
  const { quote, delimiter } = format
  if (typeof quote === 'string' && reading.sound(['format', 'quote']) && (delimiter ?? ',').includes(quote))
    reading.tell(['format', 'quote'], 'is the delimiter too')
}

/** What the contract says, or what every pattern of `match` ends in, else csv. */
export function formatType(yaml: ContractYaml): 'csv' | 'ndjson' | 'json' {
  if (yaml.format?.type !== undefined) return yaml.format.type
  const types = asList(yaml.match).map((pattern) => {
    const ending = /\.([a-z]+)\*?(?:\.gz)?\*?$/i.exec(pattern)?.[1]?.toLowerCase()
    return ending === 'json' ? 'json' : ending === 'ndjson' || ending === 'jsonl' ? 'ndjson' : 'csv'
  })
  const [first = 'csv'] = types
  return types.every((type) => type === first) ? first : 'csv'
}

/** Decimal and grouping marks differ; `at` is the contract (`[]`) or a field rule. */
export function marks(reading: Reading, at: Path): void {
  const level = (at.length === 0 ? reading.yaml : reading.yaml.fields[String(at[1])]) as Pick<
    ContractYaml,
    'decimal' | 'group'
  >
  if (!reading.isWhole || (level.decimal === undefined && level.group === undefined)) return
  if (!reading.sound([...at, 'decimal']) || !reading.sound([...at, 'group'])) return
  if (!reading.sound(['decimal']) || !reading.sound(['group'])) return
  const decimal = level.decimal ?? reading.yaml.decimal ?? reading.profile.decimal
  const group = level.group ?? reading.yaml.group ?? reading.profile.group
  if (decimal !== group) return
  const key = level.group === undefined ? 'decimal' : 'group'
  const other = key === 'group' ? 'decimal' : 'group where it is not given; give it here too'
  reading.tell([...at, key], `is ${JSON.stringify(decimal)}, and so is ${other}`)
}

export function zone(reading: Reading, at: Path): void {
  const level = (at.length === 0 ? reading.yaml : reading.yaml.fields[String(at[1])]) as Pick<ContractYaml, 'zone'>
  if (level.zone === undefined || !reading.sound([...at, 'zone']) || isZone(level.zone)) return
  reading.tell(
    [...at, 'zone'],
    `is ${JSON.stringify(level.zone)}, which is no IANA time zone`,
    nearest(level.zone, Intl.supportedValuesOf('timeZone')),
  )
}

/** Names of the params the contract declares. */
export const paramNames = (yaml: ContractYaml): readonly string[] =>
  yaml.params === undefined ? [] : Array.isArray(yaml.params) ? yaml.params : Object.keys(yaml.params)

function params(reading: Reading): void {
  const { yaml, profile, tell } = reading
  if (!reading.isWhole || !reading.sound(['params']) || !reading.sound(['match'])) return
  const names = paramNames(yaml)
  const captured = asList(yaml.match).map(placeholders)
  const at = (name: string): Path => ['params', Array.isArray(yaml.params) ? yaml.params.indexOf(name) : name]
  for (const [i, name] of names.entries()) {
    const values = Array.isArray(yaml.params) ? undefined : yaml.params
    const byPath = captured.some((some) => some.includes(name))
    if (!/^[a-z][a-z0-9_]*$/.test(name)) tell(at(name), 'is a word of lower-case letters, digits and _', null, 'key')
    else if (names.indexOf(name) < i) tell(['params', i], `is ${name} again`)
    else if (byPath && values !== undefined)
      tell(at(name), 'has a value here and is taken from the path by match too', null, 'key')
    else if (byPath && !captured.every((some) => some.includes(name)))
      tell(at(name), 'is not in every pattern of match', null, 'key')
    else if (
      !byPath &&
      values === undefined &&
      reading.sound(['source']) &&
      profile.params[yaml.source]?.[name] === undefined
    )
      tell(
        at(name),
        `has no value: give it here (params: { ${name}: … }), in region.yaml (params: { ${yaml.source}: { ${name}: … } }), or take it from the path ({${name}} in match)`,
      )
  }
  for (const [i, some] of captured.entries())
    for (const name of some)
      if (!names.includes(name))
        tell(
          Array.isArray(yaml.match) ? ['match', i] : ['match'],
          `has {${name}}, which is not among params`,
          nearest(name, names),
        )
  const own = yaml.direction?.own
  if (own !== undefined && reading.sound(['direction', 'own']) && !names.includes(own))
    tell(['direction', 'own'], `is ${own}, which is not among params`, nearest(own, names))
}

function signs(reading: Reading): void {
  const { yaml, tell } = reading
  sign(reading, [])
  for (const key of ['direction', 'sign'] as const)
    if (yaml.model !== undefined && yaml.model !== 'transaction' && given(reading, key) && reading.sound(['model']))
      tell([key], `is for transactions, and this is ${yaml.model}`, null, 'key')
  if (given(reading, 'direction') && given(reading, 'sign'))
    tell(['direction'], 'and sign both turn signs; keep one', null, 'key')
}

/** A sign tells its column once, and its words apart. */
export function sign(reading: Reading, at: Path): void {
  const level = (at.length === 0 ? reading.yaml : reading.yaml.fields[String(at[1])]) as Pick<ContractYaml, 'sign'>
  const path = [...at, 'sign']
  if (level.sign === undefined || !reading.sound(path)) return
  const { from, column, negative, positive } = level.sign
  if ((from === undefined) === (column === undefined))
    reading.tell(
      path,
      from === undefined ? 'lacks its column: from, or column' : 'has from and column; keep one',
      null,
      'key',
    )
  const words = asList(negative).map(String)
  const both = asList(positive)
    .map(String)
    .find((word) => words.includes(word))
  if (both !== undefined) reading.tell([...path, 'positive'], `has ${JSON.stringify(both)}, which negative has too`)
}

function keyAndMode(reading: Reading): void {
  const { yaml, tell } = reading
  const model = models[yaml.model as ModelName]
  if (given(reading, 'mode') && yaml.mode === 'snapshot' && !model.listable)
    tell(['mode'], `is snapshot, but no source sends a full list of every ${yaml.model}; use upsert`)
  if (!given(reading, 'key') || yaml.key === undefined) return
  if (Array.isArray(yaml.key)) {
    const names = model.fields.map(({ name }) => name as string)
    for (const [i, name] of yaml.key.entries()) {
      if (!names.includes(name))
        tell(['key', i], `is ${name}, which is no field of ${yaml.model}`, nearest(name, names))
      else if (yaml.key.indexOf(name) < i) tell(['key', i], `is ${name} again`)
    }
    return
  }
  const [id, ...more] = model.key as readonly string[]
  if (id === undefined || more.length > 0)
    tell(
      ['key', 'occurrence'],
      `makes one id, and a ${yaml.model} is known by ${(model.key as readonly string[]).join(', ')}`,
      null,
      'key',
    )
  else if (yaml.fields?.[id] !== undefined)
    tell(['key', 'occurrence'], `makes ${id}, which fields gives too; keep one`, null, 'key')
  const { occurrence } = yaml.key
  for (const [i, name] of occurrence.entries())
    if (occurrence.indexOf(name) < i) tell(['key', 'occurrence', i], `is ${JSON.stringify(name)} again`)
}

/** Unknown fields, and fields that must be there; one of each is one slip of the pen. */
function missingFields(reading: Reading): void {
  const { yaml, tell } = reading
  const model = models[yaml.model as ModelName]
  const names = model.fields.map(({ name }) => name as string)
  const fieldNames = Object.keys((reading.source.value as ContractYaml).fields)
  const made = yaml.key !== undefined && !Array.isArray(yaml.key) ? model.key[0] : undefined
  const has = (name: string) => fieldNames.includes(name) || name === made
  const needs = [
    ...(model.fields as readonly Field[])
      .filter(({ required, derived, default: fallback }) => required && !derived && fallback === undefined)
      .map(({ name }) => [name]),
    ...(yaml.model === 'transaction'
      ? [
          ['occurred_at', 'local_date'],
          ['gross', 'net'],
        ]
      : []),
  ].filter((some) => !some.some(has) && !isRegionCurrency(yaml.model, some[0] ?? ''))
  const unknown = fieldNames
    .filter((name) => !names.includes(name))
    .map((name) => ({
      name,
      near:
        nearest(
          name,
          names.filter((known) => !has(known)),
        ) ?? nearest(name, names),
    }))
  for (const { name, near } of [...unknown].sort((a, b) => Number(a.near === null) - Number(b.near === null))) {
    const meant = needs.findIndex((some) => near === null || some.includes(near))
    const [need] = meant < 0 ? [] : needs.splice(meant, 1)
    tell(['fields', name], `is no field of ${yaml.model}`, near ?? need?.[0] ?? null, 'key')
  }
  if (!reading.isWhole || !reading.sound(['key'])) return
  for (const some of needs) tell(['fields'], `lacks ${some.join(' or ')}, which a ${yaml.model} needs`, null, 'key')
}

/** Whether a field left out means the region's currency: where money needs one and no record is known by it. */
export const isRegionCurrency = (model: string, field: string): boolean =>
  field === 'currency' && !(models[model as ModelName].key as readonly string[]).includes('currency')

function checks(reading: Reading): void {
  const { yaml, tell } = reading
  if (!Array.isArray(yaml.checks)) return
  for (const [i, check] of yaml.checks.entries()) {
    const path = ['checks', i]
    if (!reading.sound(path) || check === undefined) continue
    const again = yaml.checks.findIndex((other) => other?.name === check.name)
    if (again < i) tell([...path, 'name'], `is ${check.name}, as an earlier check's; names tell findings apart`)
    else if (check.name === 'net') tell([...path, 'name'], 'is net, which every transaction is checked for already')
    const kinds = (['sql', 'rows', 'max_age'] as const).filter((kind) => check[kind] !== undefined)
    if (kinds.length !== 1)
      tell(
        path,
        kinds.length === 0
          ? 'says nothing: it has one of sql, rows, max_age'
          : `has ${kinds.join(' and ')}; make each a check of its own`,
      )
    else if (check.severity === 'reject' && check.sql === undefined)
      tell([...path, 'severity'], 'is reject, but this is about the whole file; use warn or block')
    const { rows } = check
    if (rows !== undefined && rows.min === undefined && rows.max === undefined)
      tell([...path, 'rows'], 'has neither min nor max')
    else if (rows?.min !== undefined && rows.max !== undefined && rows.min > rows.max)
      tell([...path, 'rows', 'min'], `is ${rows.min}, more than max, ${rows.max}`)
    if (
      check.max_age !== undefined &&
      reading.sound(['fields']) &&
      reading.isWhole &&
      yaml.fields.occurred_at === undefined
    )
      tell([...path, 'max_age'], 'looks at occurred_at, which fields does not give', null, 'key')
  }
}

/** Whether a text is a value of the field, as `models/` writes values: decimals with a point, times in UTC. */
export const isValueOf = (field: Field, text: string): boolean =>
  field.type === 'boolean'
    ? text === 'true' || text === 'false'
    : zodType({ ...field, required: true }).safeParse(text).success
