import { z } from 'zod'
import { isCountry } from './country.ts'
import { currencies } from './currency.ts'

/**
 * How a field's value is typed.
 *
 * text: NFC, never empty · choice: one of `choices` · money: DECIMAL(38,9) in the record's currency, no more decimals
 * than it has · rate: DECIMAL(38,9), any decimals · instant: TIMESTAMPTZ · date: DATE · currency: ISO 4217 code or a
 * listed asset · country: ISO 3166-1 alpha-2
 */
export type FieldType =
  | 'text'
  | 'choice'
  | 'boolean'
  | 'integer'
  | 'money'
  | 'rate'
  | 'instant'
  | 'date'
  | 'currency'
  | 'country'

export interface Field {
  readonly name: string
  readonly type: FieldType
  readonly description: string
  /** Missing is a reject. Fields that are derived when a file lacks them are checked after derivation. */
  readonly required?: true
  readonly choices?: readonly string[]
  /** What it is when neither file nor contract says. */
  readonly default?: string
  /** Filled from other fields when the file lacks it (see `contracts/compile`); null where that is not certain. */
  readonly derived?: true
}

/** One canonical record. The one source of its zod schema, SQL table and JSON Schema. */
export interface Model {
  readonly name: string
  readonly description: string
  readonly fields: readonly Field[]
  /** The fields that identify a record within one source. */
  readonly key: readonly string[]
  /** Whether `mode: snapshot` makes sense: a full list can be sent, and what is missing from it is closed. */
  readonly listable: boolean
}

const sqlTypes: Record<FieldType, string> = {
  text: 'varchar',
  choice: 'varchar',
  boolean: 'boolean',
  integer: 'bigint',
  money: 'decimal(38,9)',
  rate: 'decimal(38,9)',
  instant: 'timestamptz',
  date: 'date',
  currency: 'varchar',
  country: 'varchar',
}

/** The field's column type in DuckDB. */
export const sqlType = (field: Field): string => sqlTypes[field.type]

const decimalPattern = /^-?\d{1,29}(\.\d{1,9})?$/
const decimalText = z.string().regex(decimalPattern)

/** Whether a text is a decimal as the models write them. */
export const isDecimalText = (text: string): boolean => decimalPattern.test(text)

/** The zod type of one field's canonical value: decimals as text, instants in ISO 8601 UTC, dates YYYY-MM-DD. */
export function zodType(field: Field): z.ZodType {
  const type = ((): z.ZodType => {
    switch (field.type) {
      case 'text':
        return z.string().min(1)
      case 'choice':
        return z.enum(field.choices as [string, ...string[]])
      case 'boolean':
        return z.boolean()
      case 'integer':
        return z.string().regex(/^-?\d{1,18}$/)
      case 'money':
      case 'rate':
        return decimalText
      case 'instant':
        return z.iso.datetime()
      case 'date':
        return z.iso.date()
      case 'currency':
        return z.string().refine((code) => currencies.has(code), 'is no ISO 4217 code or listed asset')
      case 'country':
        return z.string().refine(isCountry, 'is no ISO 3166-1 alpha-2 code')
    }
  })()
  return (field.required ? type : type.nullable()).describe(field.description)
}

/** A zod schema of the model's canonical records. */
export const zodSchema = (model: Model) =>
  z.strictObject(Object.fromEntries(model.fields.map((field) => [field.name, zodType(field)])))

const jsonTypes: Record<FieldType, Record<string, unknown>> = {
  text: { type: 'string', minLength: 1 },
  choice: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'string', pattern: '^-?\\d{1,18}$' },
  money: { type: 'string', pattern: '^-?\\d{1,29}(\\.\\d{1,9})?$' },
  rate: { type: 'string', pattern: '^-?\\d{1,29}(\\.\\d{1,9})?$' },
  instant: { type: 'string', format: 'date-time' },
  date: { type: 'string', format: 'date' },
  currency: { type: 'string' },
  country: { type: 'string', pattern: '^[A-Z]{2}$' },
}

/** A JSON Schema (2020-12) of the model's canonical records. */
export function jsonSchema(model: Model): Record<string, unknown> {
  const properties = model.fields.map((field) => {
    const base = jsonTypes[field.type]
    const typed = field.choices === undefined ? base : { ...base, enum: field.choices }
    const schema = field.required ? typed : { anyOf: [typed, { type: 'null' }] }
    return [field.name, { ...schema, description: field.description }]
  })
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: model.name,
    description: model.description,
    type: 'object',
    properties: Object.fromEntries(properties),
    required: model.fields.map((field) => field.name),
    additionalProperties: false,
  }
}
