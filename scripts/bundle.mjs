// Write what starts often as bundles over dist/: the command line and the thread that stages. Node takes about a millisecond
// to find and read each of several hundred small modules, and longer for CommonJS that ES modules import.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { rolldown } from 'rolldown'

const entries = { 'cli/main': 'cli/main.ts', 'stage/thread': 'stage/thread.ts' }

/** Packages that every start reads, and that are plain JavaScript. */
const bundled = [
  '@duckdb/node-api',
  'commander',
  'csv-parse',
  'currency-codes',
  'i18n-iso-countries',
  'picomatch',
  'yaml',
  'zod',
]

/** @param {string} root the repository's folder, compiled to `dist/` */
export async function bundle(root) {
  const isBundled = (/** @type {string} */ id) => bundled.some((name) => id === name || id.startsWith(`${name}/`))
  const isPackage = (/** @type {string} */ id) => /^[@a-z]/i.test(id)
  const build = await rolldown({
    cwd: root,
    input: entries,
    platform: 'node',
    external: (id) => isPackage(id) && !isBundled(id),
    onLog(level, log) {
      if (level !== 'debug' && level !== 'info') throw new Error(log.message)
    },
  })
  const { output } = await build.write({
    dir: join(root, 'dist'),
    format: 'esm',
    sourcemap: true,
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
  })
  await build.close()
  const written = new Set(output.map(({ fileName }) => fileName))
  const chunks = join(root, 'dist', 'chunks')
  for (const name of existsSync(chunks) ? readdirSync(chunks) : [])
    if (!written.has(`chunks/${name}`)) rmSync(join(chunks, name))
  writeFileSync(join(root, 'dist', 'bundled-licences.txt'), bundled.map((name) => licenceOf(root, name)).join('\n'))
}

/** Whoever passes a package on passes its licence on. */
function licenceOf(/** @type {string} */ root, /** @type {string} */ name) {
  const folder = join(root, 'node_modules', ...name.split('/'))
  const file = readdirSync(folder).find((one) => /^licen[cs]e/i.test(one))
  if (file === undefined) throw new Error(`${name} has no licence to pass on`)
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return `${name} ${version}\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`
}
