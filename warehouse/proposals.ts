import type { Contract, FieldRule } from '../contracts/contract.ts'
import { readAmount } from '../contracts/judge-number.ts'
import { ruleText } from '../contracts/judge-text.ts'
import { readTime } from '../contracts/judge-time.ts'
import type { Field, Model } from '../models/field.ts'
import { nearest } from '../models/nearest.ts'
import type { Sample } from './sample.ts'

/** A YAML edit that a finding proposes: lines to be put into the contract, with why behind them. */
export type Proposal = string

/** One field's rule with some of its keys changed; the others stay as they are written. */
export const ruleEdit = (field: string, change: Readonly<Record<string, unknown>>, why: string): Proposal => {
  const keys = Object.entries(change).map(([key, value]) => `${key}: ${yamlValue(value)}`)
  return `fields:\n  ${field}: { ${keys.join(', ')} }  # ${why}`
}

/** Flow YAML; JSON is YAML, but a plain word needs no quotes. */
function yamlValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlValue).join(', ')}]`
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([key, of]) => `${yamlValue(key)}: ${yamlValue(of)}`)
      .join(', ')} }`
  const text = String(value)
  return /^[\p{L}_][\p{L}\p{Nd}_ ()-]*$/u.test(text) && !/^(true|false|null|yes|no|on|off)$/i.test(text)
    ? text
    : JSON.stringify(text)
}

/** A new column: into the field of its name, where the contract fills that one from nothing. */
export function newColumnEdit({ fields }: Contract, model: Model, columns: readonly string[]): Proposal {
  const free = model.fields.filter(({ name }) => fields[name] === undefined).map(({ name }) => name)
  const edits = columns.flatMap((column) => {
    const field = nearest(column, free)
    return field === null ? [] : [ruleEdit(field, { from: column }, 'a field that the contract does not fill yet')]
  })
  return [...edits, 'on_new_column: add  # keep what no field takes with each row; `ignore` leaves it out'].join('\n')
}

/**
 * How the values of a field that the contract can not read any more are written now, where the sample proves one way: a
 * format of times, marks and signs of amounts, words that no map has. Null: it proves none.
 */
export function retypedEdit(field: Field, rule: FieldRule, sample: Sample): Proposal | null {
  const texts = sample.records.map((record) => ruleText(rule, record).text).filter((text) => text !== null)
  if (texts.length === 0) return null
  switch (field.type) {
    case 'instant':
    case 'date':
      return timeEdit(field, rule, texts)
    case 'money':
    case 'rate':
      return amountEdit(field, rule, texts)
    case 'choice':
    case 'currency':
    case 'country':
    case 'boolean':
      return wordsEdit(field, rule, texts)
    default:
      return null
  }
}

const days = [
  'YYYY-MM-DD',
  'DD/MM/YYYY',
  'MM/DD/YYYY',
  'DD-MM-YYYY',
  'MM-DD-YYYY',
  'DD.MM.YYYY',
  'YYYY/MM/DD',
  'YYYYMMDD',
]
const wordyDays = ['DD MMM YYYY', 'D MMM YYYY', 'DD-MMM-YYYY', 'MMM D, YYYY', 'D MMMM YYYY', 'MMMM D, YYYY']
const shortDays = ['DD/MM/YY', 'MM/DD/YY', 'D/M/YYYY', 'M/D/YYYY']
const hours = ['', ' HH:mm', ' HH:mm:ss', 'THH:mm:ss', ' hh:mm A', ' h:mm A', ' hh:mm:ss A', ' h:mm:ss A']
const formats = [...days, ...wordyDays, ...shortDays].flatMap((day) => hours.map((hour) => `${day}${hour}`))

function timeEdit({ name }: Field, rule: FieldRule, texts: readonly string[]): Proposal | null {
  const fitting = formats.filter((format) =>
    texts.every((text) => readTime(text, { ...rule, formats: [format] }) !== null),
  )
  const [first, ...others] = fitting
  if (first === undefined) {
    const isIso = texts.every((text) => readTime(text, { ...rule, formats: [] }) !== null)
    return isIso && rule.formats.length > 0
      ? `fields:\n  ${name}: without \`format\`  # they are ISO 8601 now, such as ${JSON.stringify(texts[0])}`
      : null
  }
  // Two formats that read the same times are one; that they read others is a question for a person.
  const timesBy = (format: string) =>
    JSON.stringify(texts.map((text) => String(Object.values(readTime(text, { ...rule, formats: [format] }) ?? {}))))
  const differing = others.find((format) => timesBy(format) !== timesBy(first))
  if (differing !== undefined)
    return ruleEdit(
      name,
      { format: first },
      `or ${JSON.stringify(differing)}: the first records fit both, ask the sender`,
    )
  const written = `as ${JSON.stringify(texts[0])} is written`
  if (rule.formats.some((format) => isOtherOrder(format, first)))
    return ruleEdit(name, { format: first }, `${written}, ${ofTheirOwn}`)
  return ruleEdit(name, { format: [...rule.formats, first] }, written)
}

/** Whether some texts are other days by the other format: of a list, the one that reads them first would decide. */
function isOtherOrder(format: string, other: string): boolean {
  const tokens = /D{1,2}|M{1,2}(?!M)/g
  const order = (one: string) =>
    one
      .match(tokens)
      ?.map(([letter]) => letter)
      .join('')
  return format.replace(tokens, '#') === other.replace(tokens, '#') && order(format) !== order(other)
}

const ofTheirOwn = 'for files like this one: in a source of their own, whose `match` takes them alone'

const marks = [
  ['.', ','],
  [',', '.'],
  [',', ' '],
  ['.', ' '],
  ['.', "'"],
  ['.', ''],
  [',', ''],
] as const

function amountEdit({ name, type }: Field, rule: FieldRule, texts: readonly string[]): Proposal | null {
  const exponent = type === 'rate' ? null : 2
  const symbols = [...new Set(texts.flatMap((text) => text.match(/\p{Sc}|[A-Z]{2,3}(?:\p{Sc})?/gu) ?? []))].slice(0, 4)
  const readings = marks.flatMap(([decimal, group]) => {
    const change = { decimal, group, ...(symbols.length === 0 ? {} : { symbols }) }
    const read = texts.map((text) => readAmount(text, { ...rule, ...change }, exponent))
    return read.every(({ value, reasons }) => value !== null && reasons.length === 0)
      ? [{ change, values: JSON.stringify(read.map(({ value }) => String(value))) }]
      : []
  })
  const [first, ...others] = readings
  const isMajor = (text: string) => readAmount(text, { ...rule, unit: 'major' }, exponent).value !== null
  if (first === undefined && rule.unit === 'minor' && texts.every(isMajor))
    return ruleEdit(name, { unit: 'major' }, `they have decimals now; ${ofTheirOwn}`)
  if (first === undefined || others.some(({ values }) => values !== first.values)) return null
  const change = Object.fromEntries(
    Object.entries(first.change).filter(
      ([key, value]) => JSON.stringify(rule[key as keyof FieldRule]) !== JSON.stringify(value),
    ),
  )
  return Object.keys(change).length === 0 ? null : ruleEdit(name, change, `as ${JSON.stringify(texts[0])} is written`)
}

const shownWords = 12

function wordsEdit({ name, choices = [] }: Field, { map }: FieldRule, texts: readonly string[]): Proposal | null {
  const known = new Set(map === null ? choices : Object.keys(map))
  const words = [...new Set(texts)].filter((word) => !known.has(word)).slice(0, shownWords)
  if (words.length === 0) return null
  const meant = words.map((word) => [word, nearest(word, choices) ?? '?'] as const)
  const why = meant.some(([, meaning]) => meaning === '?')
    ? `say for each "?" what it means${choices.length === 0 ? '' : `: ${choices.join(', ')}`}`
    : 'see that each means that'
  return ruleEdit(name, { map: { ...Object.fromEntries(meant), ...map } }, why)
}

/** An amount that is about so many times what it was: told in the other unit, in a source of its own. */
export function rescaledEdit(field: string, { unit }: FieldRule, times: number): Proposal | null {
  const other = times === 100 && unit === 'major' ? 'minor' : times === 0.01 && unit === 'minor' ? 'major' : null
  if (other === null) return null
  return ruleEdit(field, { unit: other }, ofTheirOwn)
}

/** What makes the absence of a field told from now on. */
export const presenceCheck = (field: string): Proposal =>
  `checks:\n  - { name: ${field}_there, sql: "${field} is not null", severity: warn }  # where it must not be absent`
