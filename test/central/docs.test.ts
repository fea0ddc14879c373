import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { problems } from '../../central/problems.ts'
import { roles } from '../../models/token.ts'
import { packageRoot } from '../../project/package-root.ts'

const central = await readFile(join(packageRoot, 'docs/central.md'), 'utf8')
const tokens = await readFile(join(packageRoot, 'docs/tokens.md'), 'utf8')

test.each(Object.entries(problems))('%s is documented with its status', (code, { status }) => {
  const line = central.split('\n').find((text) => text.startsWith('|') && text.includes(`\`${code}\``))
  expect(line).toContain(`| ${status} |`)
})

test('every endpoint is documented', async () => {
  const server = await readFile(join(packageRoot, 'central/server.ts'), 'utf8')
  const endpoints = [...server.matchAll(/app\.(get|post)\('([^']+)'/g)].map(
    ([, verb, path]) => `${verb?.toUpperCase()} ${path}`,
  )
  expect(endpoints).toHaveLength(4)
  for (const endpoint of endpoints) expect(central).toContain(`\`${endpoint}\``)
})

test('every code that the centre, sender and tokens throw is documented', async () => {
  const files = [
    ...['store', 'apply', 'manifest', 'mart-table', 'published-marts', 'publish', 'receive', 'server'].map(
      (n) => `central/${n}.ts`,
    ),
    ...['operations/tokens.ts', 'operations/token-file.ts', 'warehouse/select.ts'],
  ]
  const sources = await Promise.all(files.map((file) => readFile(join(packageRoot, file), 'utf8')))
  const codes = sources.flatMap((text) => [...text.matchAll(/new Fault\(\s*'([^']+)'/g)].map(([, code]) => code))
  expect(codes.length).toBeGreaterThan(20)
  for (const code of codes) expect(central + tokens).toContain(`\`${code}\``)
})

test.each(roles)('role %s is documented', (role) => {
  expect(tokens).toContain(`| \`${role}\` |`)
})
