import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { contractSchema } from '../contracts/schema.ts'
import { packageRoot } from '../project/package-root.ts'

// Writes the JSON Schema that editors read. A test fails when it is not what the definitions say.
writeFileSync(join(packageRoot, 'contracts/contract.schema.json'), `${JSON.stringify(contractSchema(), null, 2)}\n`)
