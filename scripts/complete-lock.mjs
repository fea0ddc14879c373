// Add to package-lock.json the optional packages of other platforms that npm left out because the registry it asked does
// not carry them: `npm ci` refuses a lockfile without them. Run after `npm install`; a test fails where it is needed.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url))
const lock = JSON.parse(readFileSync(path, 'utf8'))

const systems = ['darwin', 'linux', 'win32', 'freebsd', 'openbsd', 'netbsd', 'android', 'sunos', 'openharmony', 'aix']
const processors = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32']

/** Where Node would find `name` from the package at `from`; undefined where the lockfile has it nowhere. */
function found(from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const key = `${at === '' ? '' : `${at}/`}node_modules/${name}`
    if (lock.packages[key] !== undefined) return key
    if (at === '') return undefined
    if (!at.includes('/node_modules/')) at = ''
  }
}

/** What a package of one platform runs on, from its name: @biomejs/cli-linux-x64-musl. */
function platform(name) {
  const words = name.replace(/^@[^/]+\//, '').split(/[-_]/)
  const has = (word) => words.includes(word)
  const os = systems.filter((system) => has(system) || (system === 'linux' && has('linuxmusl')))
  const isArm = ['gnueabihf', 'musleabihf', 'eabi'].some(has)
  const cpu = processors.filter((processor) => has(processor) || (processor === 'arm' && isArm && !has('arm')))
  const libc = words.some((word) => word.includes('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : []
  if (name === 'fsevents') os.push('darwin')
  return { ...(cpu.length > 0 ? { cpu } : {}), ...(libc.length > 0 ? { libc } : {}), ...(os.length > 0 ? { os } : {}) }
}

let added = 0
for (const [key, parent] of Object.entries(lock.packages))
  for (const [name, wanted] of Object.entries(parent.optionalDependencies ?? {})) {
    if (found(key, name) !== undefined) continue
    const version = wanted.replace(/^[\^~]/, '')
    const kept = { ...(parent.dev ? { dev: true } : {}), ...(parent.license ? { license: parent.license } : {}) }
    lock.packages[`node_modules/${name}`] = { version, ...kept, optional: true, ...platform(name) }
    added += 1
  }
const { '': root, ...rest } = lock.packages
const byName = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
lock.packages = { '': root, ...Object.fromEntries(byName) }
if (added > 0) writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`${added} packages of other platforms added to package-lock.json`)
