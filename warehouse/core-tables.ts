import type { Contract } from '../contracts/contract.ts'
import { keyFields } from '../contracts/key.ts'
import type { Model } from '../models/field.ts'
import { sqlType } from '../models/field.ts'
import { type ModelName, models } from '../models/index.ts'
import { literal, quote } from './duck.ts'

interface Column {
  readonly name: string
  readonly type: string
}

/**
 * The columns of a model's table in core: whose it is, the model's fields, what the contract says of the source, and
 * where it came from (`_file`: `ops.file.id`, `_line`: first line of the record there).
 */
export function coreColumns(model: Model): readonly Column[] {
  return [
    { name: 'source', type: 'varchar' },
    ...model.fields.map((field) => ({ name: field.name, type: sqlType(field) })),
    ...(model.name === 'transaction' ? ['provider', 'role', 'rail'].map((name) => ({ name, type: 'varchar' })) : []),
    { name: 'extra', type: 'json' },
    ...(model.listable ? [{ name: 'closed_at', type: 'timestamptz' }] : []),
    { name: '_file', type: 'integer' },
    { name: '_line', type: 'bigint' },
  ]
}

export const coreTable = (model: Model): string => `core.${quote(model.name)}`

/** The columns' names as SQL, in the order of `coreColumns`; a table that a migration has widened has another. */
export const coreNames = (model: Model): string =>
  coreColumns(model)
    .map(({ name }) => quote(name))
    .join(', ')

/** SQL of where a staged record comes to lie, and since when it is closed. */
export interface RowPlace {
  readonly file: string
  readonly closedAt: string
}

/** SELECT list that makes rows of core of staged records, in the order of `coreColumns`. */
export function coreRow(model: Model, contract: Contract, { file, closedAt }: RowPlace): string {
  const said: Record<string, string | null> = { source: contract.source, ...saidOf(model, contract) }
  const values = coreColumns(model).map(({ name, type }) => {
    if (name in said) return `${textValue(said[name] ?? null)} as ${quote(name)}`
    if (name === 'extra') return '_extra::json as extra'
    if (name === 'closed_at') return `(${closedAt})::timestamptz as closed_at`
    if (name === '_file') return `${file}::${type} as _file`
    return quote(name)
  })
  return values.join(', ')
}

/** What the contract says of every row of its source. */
export const saidOf = (model: Model, contract: Contract): Record<string, string | null> =>
  Object.fromEntries(saidColumns(model).map((name) => [name, contract[name]]))

export const saidColumns = (model: Model) =>
  model.name === 'transaction' ? (['provider', 'role', 'rail'] as const) : []

export const textValue = (text: string | null): string => (text === null ? 'null' : literal(text))

export const keyColumns = (model: Model, alias: string): string =>
  model.key.map((name) => `${alias}.${quote(name)}`).join(', ')

export const sameKey = (model: Model, left: string, right: string): string =>
  model.key
    .map((name) => {
      const { key }: Model = models[model.name as ModelName]
      const isNullable = !key.includes(name)
      return `${left}.${quote(name)} ${isNullable ? 'is not distinct from' : '='} ${right}.${quote(name)}`
    })
    .join(' and ')

/** A contract's model, with the contract's key: what tells the rows of its source apart. */
export const modelBy = (contract: Contract): Model => ({ ...models[contract.model], key: keyFields(contract) })

/** The date that marts are kept by; null where the model has none. */
export function dateColumn(model: Model, alias?: string): string {
  const name = ['local_date', 'date'].find((date) => model.fields.some((field) => field.name === date))
  if (name === undefined) return 'null::date'
  return alias === undefined ? quote(name) : `${alias}.${quote(name)}`
}

/** DDL of every core table, from the models' field tables. No keys or indexes: they would slow loads. */
export const coreTables = (): string =>
  Object.values(models)
    .map((model: Model) => {
      const columns = coreColumns(model).map(({ name, type }) => `  ${quote(name)} ${type}`)
      return `create table if not exists ${coreTable(model)} (\n${columns.join(',\n')}\n);`
    })
    .join('\n')
