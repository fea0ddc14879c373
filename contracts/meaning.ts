import type { Field } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import { nearest } from '../models/nearest.ts'
import { symbols } from './affix-meaning.ts'
import { checks, values } from './check-meaning.ts'
import { fieldProblems } from './field-meaning.ts'
import { params, patterns, sourceName } from './file-meaning.ts'
import { formatKeys } from './format-meaning.ts'
import type { ContractYaml } from './grammar.ts'
import { joining } from './join-meaning.ts'
import { language, marks, sign, sourceSql, zone } from './level-meaning.ts'
import type { Region } from './lookup.ts'
import { openProblems, strayNames } from './open-meaning.ts'
import type { Path } from './problem.ts'
import { given, isAnsweredLater, isRegionCurrency, type Reading } from './reading.ts'
import { sections } from './section-meaning.ts'
import { tracksOf } from './tracks.ts'
import { variants } from './variant-meaning.ts'
import type { YamlSource } from './yaml-source.ts'
import type { Slip } from './zod-problems.ts'

/**
 * What a contract's shape can not tell: fields, words and marks that do not go together. Says nothing about places
 * that `known` slips are about.
 */
export function meaningProblems(source: YamlSource, profile: Region, known: readonly Slip[]): Slip[] {
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
  zone(reading, [], reading.yaml.zone)
  language(reading, [], reading.yaml.language)
  symbols(reading, [])
  params(reading)
  signs(reading)
  if (given(reading, 'only')) sourceSql(reading, ['only'], reading.yaml.only ?? '')
  if (sound(['model']) && reading.yaml.model !== undefined) {
    keyAndMode(reading)
    fields(reading)
    values(reading)
    checks(reading)
  }
  sections(reading)
  joining(reading)
  variants(reading)
  everyTrack(reading)
  return slips
}

function fields(reading: Reading): void {
  const { fields, model } = reading.yaml
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) return
  for (const field of models[model as ModelName].fields as readonly Field[])
    if (fields[field.name] !== undefined && reading.sound(['fields', field.name])) fieldProblems(reading, field)
  missingFields(reading)
}

/** Each kind of records or entry, and each choice of answers, must make a sound contract of one that is sound without them. */
function everyTrack(reading: Reading): void {
  const isReady =
    reading.isWhole &&
    (['model', 'fields', 'key', 'params', 'sign', 'direction', 'records', 'entries'] as const).every((key) =>
      reading.sound([key]),
    )
  if (reading.sound(['model']) && reading.yaml.model !== undefined)
    strayNames(
      reading,
      models[reading.yaml.model as ModelName].fields.map(({ name }) => name),
    )
  if (given(reading, 'open')) openProblems(reading)
  if (!isAnsweredLater(reading) || !isReady || !reading.sound(['open'])) return
  const told = new Set<string>()
  for (const { yaml, source, placed } of tracksOf(reading.yaml, reading.source)) {
    const track: Reading = {
      ...reading,
      yaml,
      source,
      sound: (path) => reading.sound(placed(path)),
      tell: (path, message, ...rest) => {
        const key = JSON.stringify([placed(path), message])
        if (!told.has(key)) reading.tell(placed(path), message, ...rest)
        told.add(key)
      },
    }
    params(track)
    signs(track)
    keyAndMode(track)
    fields(track)
    checks(track)
  }
}

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

function signs(reading: Reading): void {
  const { yaml, tell } = reading
  sign(reading, [])
  for (const key of ['direction', 'sign'] as const)
    if (yaml.model !== undefined && yaml.model !== 'transaction' && given(reading, key) && reading.sound(['model']))
      tell([key], `is for transactions, and this is ${yaml.model}`, null, 'key')
  if (given(reading, 'direction') && given(reading, 'sign'))
    tell(['direction'], 'and sign both turn signs; keep one', null, 'key')
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
  if (!reading.isWhole || !reading.sound(['key']) || isAnsweredLater(reading)) return
  if (yaml.model === 'transaction' && unknown.length === 0 && has('net') && !has('gross') && !has('fee'))
    tell(
      ['fields', 'net'],
      'does not tell the gross without a fee; add gross, or fee ({ value: 0 } where nothing was taken)',
      null,
      'key',
    )
  for (const some of needs) tell(['fields'], `lacks ${some.join(' or ')}, which a ${yaml.model} needs`, null, 'key')
}
