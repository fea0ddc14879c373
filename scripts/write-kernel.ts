import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import wabt from 'wabt'
import { packageRoot } from '../project/package-root.ts'

/** readers/delimited/kernel-bytes.ts as readers/delimited/kernel.wat makes it. */
export async function kernelModule(): Promise<string> {
  const { parseWat } = await wabt()
  const path = join(packageRoot, 'readers', 'delimited', 'kernel.wat')
  const module = parseWat('readers/delimited/kernel.wat', readFileSync(path, 'utf8'), { simd: true })
  module.validate()
  const base64 = Buffer.from(module.toBinary({}).buffer).toString('base64')
  const lines = base64.match(/.{1,116}/g) ?? []
  return `// Made from kernel.wat by \`npm run kernel\`; a test fails when it is not what that says.
const base64 = \`
${lines.join('\n')}
\`

export const kernelBytes = (): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(base64, 'base64'))
`
}

if (process.argv[1]?.endsWith('write-kernel.js'))
  writeFileSync(join(packageRoot, 'readers', 'delimited', 'kernel-bytes.ts'), await kernelModule())
