import type { Field } from '../models/field.ts'
import { zodType } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import type { ContractYaml } from './grammar.ts'
import type { Region } from './lookup.ts'
import type { Path } from './problem.ts'
import type { YamlSource } from './yaml-source.ts'

/** Tells one thing wrong at a path. */
type Tell = (path: Path, message: string, suggestion?: string | null, part?: 'key' | 'value') => void

/** What a contract's checks need to know. */
export interface Reading {
  /** Without the values whose shape is wrong. */
  readonly yaml: ContractYaml
  readonly source: YamlSource
  readonly profile: Region
  readonly tell: Tell
  /** Whether nothing at, below or around the path is known to be wrong. */
  readonly sound: (path: Path) => boolean
  /** Whether every key of the contract is known: a misspelt one would be missed elsewhere, and told twice. */
  readonly isWhole: boolean
}

export const given = (reading: Reading, key: keyof ContractYaml): boolean =>
  reading.yaml[key] !== undefined && reading.sound([key])

/**
 * Whether answers to open questions, kinds of records or entries give what the contract itself may lack: each of them is
 * looked at as a contract.
 */
export const isAnsweredLater = ({ source }: Reading): boolean =>
  ['open', 'records', 'entries'].some((key) => Object.hasOwn(source.value as object, key))

/** The words of a list or of one. */
export const asList = <T>(value: T | readonly T[] | undefined): readonly T[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value as T]

/** Names of the params the contract declares. */
export const paramNames = (yaml: ContractYaml): readonly string[] =>
  yaml.params === undefined ? [] : Array.isArray(yaml.params) ? yaml.params : Object.keys(yaml.params)

/** Whether a field left out means the region's currency: where money needs one and no record is known by it. */
export const isRegionCurrency = (model: string, field: string): boolean =>
  field === 'currency' && !(models[model as ModelName].key as readonly string[]).includes('currency')

/** Whether a text is a value of the field, as `models/` writes values: decimals with a point, times in UTC. */
export const isValueOf = (field: Field, text: string): boolean =>
  field.type === 'boolean'
    ? text === 'true' || text === 'false'
    : zodType({ ...field, required: true }).safeParse(text).success
