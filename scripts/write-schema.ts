import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { contractSchema } from '../contracts/schema.ts'
import { jsonSchema } from '../models/field.ts'
import { models } from '../models/index.ts'
import { packageRoot } from '../project/package-root.ts'

/** The published JSON Schemas by path in the package: of contracts, for editors, and of each model's records. */
export const schemas: Readonly<Record<string, object>> = {
  'contracts/contract.schema.json': contractSchema(),
  ...Object.fromEntries(
    Object.values(models).map((model) => [`models/schemas/${model.name}.schema.json`, jsonSchema(model)]),
  ),
}

/** A schema as it is written. */
export const schemaText = (schema: object): string => `${JSON.stringify(schema, null, 2)}\n`

// A test fails when a file is not what the definitions say.
if (process.argv[1]?.endsWith('write-schema.js'))
  for (const [path, schema] of Object.entries(schemas)) {
    mkdirSync(dirname(join(packageRoot, path)), { recursive: true })
    writeFileSync(join(packageRoot, path), schemaText(schema))
  }
