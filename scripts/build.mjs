// Compile to dist/, bundle what starts often, and bundle the workflow code once, so that a worker process starts without webpack.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundle } from './bundle.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)
const tsc = join(require.resolve('typescript/package.json'), '..', 'bin', 'tsc')

const compiled = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
if (compiled.status !== 0) process.exit(compiled.status ?? 1)
await bundle(root)

const bundlePath = join(root, 'dist', 'workflows.bundle.js')
const stampPath = join(root, 'dist', 'workflows.bundle.sha256')
if (!existsSync(join(root, 'dist', 'workflows', 'index.js'))) process.exit(0)
const stamp = createHash('sha256')
stamp.update(readFileSync(join(root, 'package-lock.json')))
for (const folder of ['workflows', 'models'])
  for (const name of readdirSync(join(root, 'dist', folder), { recursive: true }).sort())
    if (String(name).endsWith('.js')) stamp.update(readFileSync(join(root, 'dist', folder, String(name))))
const digest = stamp.digest('hex')
if (existsSync(bundlePath) && existsSync(stampPath) && readFileSync(stampPath, 'utf8') === digest) process.exit(0)

const { bundleWorkflowCode } = await import('@temporalio/worker')
const quiet = { log() {}, trace() {}, debug() {}, info() {}, warn: console.warn, error: console.error }
const { code } = await bundleWorkflowCode({ workflowsPath: join(root, 'dist', 'workflows', 'index.js'), logger: quiet })
writeFileSync(bundlePath, code)
writeFileSync(stampPath, digest)
