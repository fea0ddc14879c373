import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { sqlType, zodSchema } from '../../models/field.ts'
import { models } from '../../models/index.ts'
import { packageRoot } from '../../project/package-root.ts'
import { schemas, schemaText } from '../../scripts/write-schema.ts'

test.each(Object.entries(schemas))('%s is what the definitions say; npm run schema writes it', (path, schema) => {
  expect(readFileSync(join(packageRoot, path), 'utf8')).toBe(schemaText(schema))
})

test.each(Object.values(models))(
  '$name: zod, SQL and JSON Schema have the same fields, required ones alike',
  async (model) => {
    const names = model.fields.map(({ name }) => name)
    const schema = schemas[`models/schemas/${model.name}.schema.json`] as {
      properties: Record<string, { anyOf?: unknown }>
    }
    const shape = zodSchema(model).shape
    expect(Object.keys(shape)).toEqual(names)
    expect(Object.keys(schema.properties)).toEqual(names)
    for (const field of model.fields) {
      const isRequired = 'required' in field && field.required
      expect(shape[field.name]?.safeParse(null).success).toBe(!isRequired)
      expect(schema.properties[field.name]?.anyOf === undefined).toBe(isRequired)
    }
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    await connection.run(
      `create table t (${model.fields.map((field) => `${field.name} ${sqlType(field)}`).join(', ')})`,
    )
    const columns = await connection.runAndReadAll('select column_name from (describe t)')
    expect(columns.getRows().map(([name]) => name)).toEqual(names)
    connection.closeSync()
    instance.closeSync()
  },
)

test('a sale is a valid transaction, and its slips are told', () => {
  const sale = {
    transaction_id: 't1',
    kind: 'sale',
    status: 'settled',
    counted: true,
    occurred_at: '2026-03-01T09:00:00Z',
    local_date: '2026-03-01',
    creator_id: null,
    account: null,
    product_id: null,
    quantity: '1',
    currency: 'NGN',
    gross: '1250.50',
    fee: null,
    tax: null,
    net: null,
    counterparty_country: 'GH',
    reference: null,
  }
  const slips = {
    kind: 'gift',
    currency: 'NGM',
    gross: '1e3',
    counterparty_country: 'XX',
    local_date: '2026-02-30',
    transaction_id: '',
  }
  const schema = zodSchema(models.transaction)
  expect(schema.safeParse(sale).success).toBe(true)
  const problems = schema.safeParse({ ...sale, ...slips }).error?.issues.map(({ path }) => path[0])
  expect(problems?.sort()).toEqual(Object.keys(slips).sort())
})
