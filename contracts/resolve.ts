import type { Field } from '../models/field.ts'
import type { ModelName } from '../models/index.ts'
import { models } from '../models/index.ts'
import type {
  Balance,
  Check,
  Column,
  Contract,
  FieldRule,
  Format,
  GivenAmount,
  Join,
  Key,
  Sides,
  Sign,
  Track,
  Variant,
  Year,
  ZoneWords,
} from './contract.ts'
import { encodingOf } from './encodings.ts'
import { leftToFile, saidType } from './format-type.ts'
import type { CheckYaml, ContractYaml, FieldRuleYaml } from './grammar.ts'
import type { Region } from './lookup.ts'
import { valuesIn, withParams } from './params.ts'
import { placeholders } from './patterns.ts'
import type { Path } from './problem.ts'
import { asList, isRegionCurrency, paramNames } from './reading.ts'
import { isGivenBound } from './time-meaning.ts'
import { tracksOf, type YamlTrack } from './tracks.ts'
import { plainRule, valueRule } from './value-rule.ts'
import { canonicalJson } from './version.ts'
import type { YamlSource } from './yaml-source.ts'

/** A contract that was found right, with every default filled in. */
export function resolve(yaml: ContractYaml, source: YamlSource, profile: Region): Contract {
  const tracks = tracksOf(yaml, source)
  const given = yaml.records ?? yaml.entries ?? []
  const contracts = [...new Set(tracks.map(({ variant }) => variant))].map((variant) =>
    resolveAnswers(
      tracks.filter((track) => track.variant === variant),
      profile,
    ),
  )
  const [first] = contracts as [Contract, ...Contract[]]
  if (given.length === 0) return withParams(first, {})
  const list = given.map(({ name, when }, i): Variant => {
    const { fields, sign, direction, open, templates } = contracts[i] as Contract
    return {
      ...{ name: name ?? String(i + 1), when: when ?? null, fields, sign, direction },
      ...(open === undefined ? {} : { open }),
      ...(templates === undefined ? {} : { templates }),
    }
  })
  const { templates: _, ...shared } = first
  return withParams({ ...shared, variants: { of: yaml.records === undefined ? 'entry' : 'record', list } }, {})
}

/** A contract of its tracks. */
function resolveAnswers(tracks: readonly YamlTrack[], profile: Region): Contract {
  const contracts = tracks.map((track) => withTemplates(resolveTrack(track.yaml, track.source, profile), track.yaml))
  const [first] = contracts as [Contract, ...Contract[]]
  const questions = (tracks[0]?.questions ?? []).map(({ id, question, of = 'record', candidates }) => ({
    ...{ id, question, of, candidates: Object.keys(candidates) },
  }))
  if (questions.length === 0) return first
  const open = {
    questions,
    tracks: contracts.map((contract, i) => trackOf(contract, contracts, tracks[i]?.choices ?? [])),
  }
  return { ...first, open }
}

/** What of a contract is not so on every track. */
function trackOf(contract: Contract, all: readonly Contract[], choices: readonly string[]): Track {
  const { sign, direction, templates } = contract
  const isShared = (name: string) => new Set(all.map(({ fields }) => canonicalJson(fields[name] ?? null))).size === 1
  const fields = Object.entries(contract.fields).filter(([name]) => !isShared(name))
  return {
    choices,
    fields: Object.fromEntries(fields),
    sign,
    direction,
    ...(templates === undefined ? {} : { templates }),
  }
}

function resolveTrack(yaml: ContractYaml, source: YamlSource, profile: Region): Contract {
  const model = yaml.model as ModelName
  const fields = Object.entries(yaml.fields).map(
    ([name, rule]) => [name, fieldRule(['fields', name], rule, yaml, source, profile)] as const,
  )
  if (needsCurrency(model, yaml)) fields.push(['currency', valueRule(profile.currency, profile.zone)])
  const match = asList(yaml.match)
  return {
    region: profile.region,
    regionZone: profile.zone,
    source: yaml.source,
    model,
    match,
    format: format(yaml),
    key: key(yaml, models[model].key),
    mode: yaml.mode ?? 'upsert',
    provider: yaml.provider ?? yaml.source,
    role: yaml.role ?? 'processor',
    rail: yaml.rail ?? 'custodial',
    fields: Object.fromEntries(fields),
    sign: yaml.sign === undefined ? null : sign(yaml.sign),
    direction:
      yaml.direction === undefined
        ? null
        : { in: column(yaml.direction.in), out: column(yaml.direction.out), own: ownAccounts(yaml.direction, profile) },
    ...(yaml.only === undefined ? {} : { only: yaml.only }),
    ...(yaml.sections === undefined
      ? {}
      : {
          sections: Object.entries(yaml.sections).map(([name, pattern]) => ({
            column: plain(name),
            pattern: pattern.normalize('NFC'),
          })),
        }),
    ...(yaml.join === undefined ? {} : { join: join(yaml.join) }),
    checks: (yaml.checks ?? []).map((given, i) => check(given, i, yaml, source, profile)),
    ...(yaml.values === undefined ? {} : { values: givenAmounts(yaml, source, profile) }),
    onNewColumn: yaml.on_new_column ?? 'warn',
    params: paramValues(yaml, source, profile),
  }
}

/** Values of the params that contract or region give. */
function paramValues(yaml: ContractYaml, source: YamlSource, profile: Region): Record<string, string> {
  const byPath = new Set(asList(yaml.match).flatMap(placeholders))
  const values = paramNames(yaml)
    .filter((name) => !byPath.has(name))
    .map((name) => [name, source.text(['params', name]) ?? profile.params[yaml.source]?.[name]])
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

/** Remember where params stand, so that their values can be given, and given anew, later. */
function withTemplates(contract: Contract, { direction }: ContractYaml): Contract {
  const inFields = Object.entries(contract.fields).flatMap(([name, rule]) =>
    Object.entries(valuesIn(rule)).flatMap(([key, value]) =>
      value !== null && placeholders(value).length > 0 ? [[`fields.${name}.${key}`, value]] : [],
    ),
  )
  const inDirection = isOfParams(direction?.own)
    ? (contract.direction?.own ?? []).map((own, i) => [`direction.own[${i}]`, own])
    : []
  const templates = Object.fromEntries([...inFields, ...inDirection])
  return Object.keys(templates).length === 0 ? contract : { ...contract, templates }
}

type Own = NonNullable<ContractYaml['direction']>['own']

const isOfParams = (own: Own | undefined): own is string | string[] => typeof own !== 'object' || Array.isArray(own)

const ownAccounts = ({ own }: { readonly own: Own }, { lookups }: Region): string[] =>
  isOfParams(own) ? asList(own).map((name) => `{${name}}`) : [...lookedUp(lookups, own.lookup).keys()]

/** The words of a list that was found right, and what they mean; '' where it has words alone. */
function lookedUp(lookups: Region['lookups'], name: string): ReadonlyMap<string, string> {
  const found = lookups.of(name)
  if (typeof found === 'string') throw new Error(`lookups/${name}.csv ${found}`)
  return found instanceof Map ? found : new Map((found as readonly string[]).map((word) => [word, '']))
}

function needsCurrency(model: ModelName, yaml: ContractYaml): boolean {
  if (yaml.fields.currency !== undefined || !isRegionCurrency(model, 'currency')) return false
  return (models[model].fields as readonly Field[]).some(
    ({ name, type }) => type === 'money' && yaml.fields[name] !== undefined,
  )
}

/** @param at where the rule stands */
function fieldRule(
  at: Path,
  given: string | FieldRuleYaml,
  yaml: ContractYaml,
  source: YamlSource,
  profile: Region,
): FieldRule {
  const rule: FieldRuleYaml = typeof given === 'string' ? { from: given } : given
  const text = (...path: string[]) => source.text([...at, ...path])
  if (rule.value !== undefined) return valueRule(text('value') ?? '', profile.zone)
  const nil = rule.nil === undefined ? texts(source, ['nil'], yaml.nil) : texts(source, [...at, 'nil'], rule.nil)
  const own: FieldRule = {
    ...plainRule,
    columns: columns(rule),
    fallback: asList(rule.fallback).map(column),
    debit: rule.debit === undefined ? null : column(rule.debit),
    credit: rule.credit === undefined ? null : column(rule.credit),
    ...(rule.sql === undefined ? {} : { sql: rule.sql }),
    map:
      rule.lookup !== undefined
        ? Object.fromEntries(lookedUp(profile.lookups, rule.lookup))
        : rule.map === undefined
          ? null
          : Object.fromEntries(
              Object.keys(rule.map).map((word) => [plain(word), text('map', word)?.normalize('NFC') ?? '']),
            ),
    ...(rule.missing === 'absent' ? { missing: 'absent' } : {}),
    patterns: Object.keys(rule.patterns ?? {}).map((glob) => [
      plain(glob),
      text('patterns', glob)?.normalize('NFC') ?? '',
    ]),
    formats: formats(rule),
    zone: typeof rule.zone === 'string' ? rule.zone : (yaml.zone ?? profile.zone),
    zoneWords: typeof rule.zone === 'object' && !isInText(rule.zone) ? zoneWords(rule.zone) : null,
    ...(typeof rule.zone === 'object' && isInText(rule.zone) ? { zoneTexts: zoneOffsets(rule.zone) } : {}),
    languages: languages(rule) ?? languages(yaml) ?? profile.languages,
    calendar: rule.calendar ?? 'gregorian',
    unit: rule.unit ?? yaml.unit ?? 'major',
    decimal: rule.decimal ?? yaml.decimal ?? profile.decimal,
    group: rule.group ?? yaml.group ?? profile.group,
    grouping: rule.grouping ?? yaml.grouping ?? profile.grouping,
    digits: rule.digits ?? yaml.digits ?? profile.digits,
    nil,
    json: rule.json ?? null,
    extract: rule.extract?.normalize('NFC') ?? null,
    sign: rule.sign === undefined ? null : sign(rule.sign),
    symbols: asList(rule.symbols ?? yaml.symbols).map(plain),
    sides:
      rule.sides === undefined
        ? null
        : sides(rule.sides, (word) => texts(source, [...at, 'sides', word], rule.sides?.[word])),
    negate: rule.negate ?? false,
    ...(rule.invert === true ? { invert: true } : {}),
  }
  const year = rule.year === undefined ? {} : { year: yearOf(rule.year, text('year') ?? '', own) }
  return { ...own, ...year, ...(rule.agrees === undefined ? {} : { agrees: second(rule.agrees, own) }) }
}

/** A bound of a period is a date, or a text with a param, that the contract gives, or else a column. */
function yearOf(given: NonNullable<FieldRuleYaml['year']>, text: string, own: FieldRule): Year {
  if (typeof given !== 'object') return { value: text }
  const { zone, languages, digits, nil } = own
  const bound = (written: string): FieldRule => ({
    ...{ ...plainRule, zone, formats: formats(given) },
    ...(isGivenBound(written) ? { value: written } : { columns: [column(written)], languages, digits, nil }),
  })
  return { from: bound(given.from), to: bound(given.to) }
}

/** The rule of a second text: zone, languages, digits and nil words are the first one's where it says nothing else. */
const second = (given: NonNullable<FieldRuleYaml['agrees']>, own: FieldRule): FieldRule => ({
  ...plainRule,
  columns: columns(given),
  formats: formats(given),
  zone: given.zone ?? own.zone,
  languages: languages(given) ?? own.languages,
  calendar: given.calendar ?? 'gregorian',
  digits: own.digits,
  nil: own.nil,
})

const columns = ({ from, column: position }: Pick<FieldRuleYaml, 'from' | 'column'>): Column[] => [
  ...asList(from).map(column),
  ...asList(position).map((position) => ({ position })),
]

const formats = ({ format }: Pick<FieldRuleYaml, 'format'>): string[] =>
  asList(format).map((one) => one.normalize('NFC'))

const languages = ({ language }: Pick<FieldRuleYaml, 'language'>): readonly string[] | undefined =>
  language === undefined ? undefined : asList(language)

type ZoneYaml = Exclude<FieldRuleYaml['zone'], string | undefined>

const isInText = ({ from, column: position }: ZoneYaml): boolean => from === undefined && position === undefined

const zoneWords = (zone: ZoneYaml): ZoneWords => ({
  column: zone.from === undefined ? { position: zone.column ?? 0 } : column(zone.from),
  offsets: zoneOffsets(zone),
})

const zoneOffsets = ({ map }: ZoneYaml): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([word, offset]) => [plain(word), offset]))

const plain = (word: string): string => word.normalize('NFC').trim()

/** Words as they are written: `1.0` stays `1.0`. */
const texts = (source: YamlSource, path: Path, given: unknown): string[] =>
  (Array.isArray(given)
    ? given.map((_, i) => source.text([...path, i]) ?? '')
    : given === undefined
      ? []
      : [source.text(path) ?? '']
  ).map(plain)

const column = (ref: string | { column: number }): Column =>
  typeof ref === 'string' ? { name: ref.normalize('NFC') } : { position: ref.column }

const sign = ({ from, column: position, negative, positive }: NonNullable<ContractYaml['sign']>): Sign => ({
  column: from === undefined ? { position: position ?? 0 } : column(from),
  negative: asList(negative).map((word) => plain(String(word))),
  positive: positive === undefined ? null : asList(positive).map((word) => plain(String(word))),
})

const sides = (given: NonNullable<FieldRuleYaml['sides']>, words: (side: 'credit' | 'debit') => string[]): Sides => ({
  credit: words('credit'),
  debit: words('debit'),
  bare: given.bare ?? null,
})

function format(yaml: ContractYaml): Format {
  const given = yaml.format ?? {}
  const quote = given.quote === undefined ? '"' : given.quote
  const tabs = asList(yaml.match).every((pattern) => /\.tsv\*?(?:\.gz)?\*?$/i.test(pattern))
  return {
    type: saidType(yaml).type ?? 'csv',
    found: leftToFile(yaml),
    delimiter: given.delimiter ?? (tabs ? '\t' : ','),
    quote,
    escape: given.escape === undefined ? quote : given.escape,
    recordEnd: given.record_end ?? null,
    ...(given.trailing_delimiter && { trailingDelimiter: true as const }),
    encoding: encodingOf(given.encoding ?? '') ?? 'utf-8',
    skipRows: given.skip_rows ?? null,
    header: given.header ?? true,
    footer: given.footer?.normalize('NFC') ?? null,
    ...(given.end === undefined ? {} : { end: given.end.normalize('NFC') }),
    path: given.path ?? null,
    comment: given.comment ?? null,
    sheet: given.sheet ?? null,
    values: given.values ?? 'stored',
    widths: given.widths ?? null,
  }
}

const join = ({ by, main, parts }: NonNullable<ContractYaml['join']>): Join => ({
  by: asList(by).map((name) => name.normalize('NFC')),
  main,
  parts: Object.entries(parts).map(([name, { when, from, column: position = 0 }]) => ({
    ...{ name: plain(name), when },
    column: from === undefined ? { position } : column(from),
  })),
})

function key(yaml: ContractYaml, fields: readonly string[]): Key {
  if (yaml.key === undefined) return { fields }
  return Array.isArray(yaml.key)
    ? { fields: yaml.key }
    : { occurrence: yaml.key.occurrence.map((name) => name.normalize('NFC')) }
}

const unitsMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function check(given: CheckYaml, index: number, yaml: ContractYaml, source: YamlSource, profile: Region): Check {
  const { name, sql, rows, max_age, balance, total, severity } = given
  const tolerance = source.text(['checks', index, 'tolerance']) ?? '0'
  if (sql !== undefined) return { name, severity: severity ?? 'reject', sql }
  if (rows !== undefined)
    return { name, severity: severity ?? 'block', rows: { min: rows.min ?? 0, max: rows.max ?? null } }
  if (total !== undefined) return { name, severity: severity ?? 'block', total, tolerance }
  if (balance !== undefined) {
    const { of, by, order, shows, ...column } = balance
    const resolved: Balance = {
      rule: fieldRule(['checks', index, 'balance'], column, yaml, source, profile),
      of,
      by: by ?? balanceKey(models[yaml.model as ModelName].fields),
      order: order ?? 'found',
      shows: shows ?? 'after',
    }
    return { name, severity: severity ?? 'warn', balance: resolved, tolerance }
  }
  const span = max_age ?? '0m'
  const unit = unitsMs[span.at(-1) as keyof typeof unitsMs]
  return { name, severity: severity ?? 'warn', maxAgeMs: Number(span.slice(0, -1)) * unit }
}

const balanceKey = (fields: readonly Field[]): string[] =>
  fields.map(({ name }) => name).filter((name) => name === 'account' || name === 'currency')

function givenAmounts(yaml: ContractYaml, source: YamlSource, profile: Region): Record<string, GivenAmount> {
  const amounts = Object.entries(yaml.values ?? {}).map(([name, { beside, below, row, ...column }]) => {
    const rule = fieldRule(['values', name], column, yaml, source, profile)
    const named = beside ?? below ?? row
    if (named === undefined) return [name, { at: 'column', rule }] as const
    const label = plain(named)
    if (row === undefined) return [name, { at: beside === undefined ? 'below' : 'beside', label, rule }] as const
    const [of] = rule.columns
    return [name, { at: 'row', label, column: of as Column, rule }] as const
  })
  return Object.fromEntries(amounts)
}
