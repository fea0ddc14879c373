import type { Model } from '../models/field.ts'
import { sqlType } from '../models/field.ts'
import { models } from '../models/index.ts'
import { quote } from './duck.ts'

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

/** DDL of every core table, from the models' field tables. No keys or indexes: they would slow loads. */
export const coreTables = (): string =>
  Object.values(models)
    .map((model: Model) => {
      const columns = coreColumns(model).map(({ name, type }) => `  ${quote(name)} ${type}`)
      return `create table if not exists ${coreTable(model)} (\n${columns.join(',\n')}\n);`
    })
    .join('\n')
