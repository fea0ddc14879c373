import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageRoot } from '../../project/package-root.ts'
import { type Expected, generateFile, shapes } from '../../scripts/generate.ts'
import { samples } from '../samples/sample-files.ts'

const rows = 1500
const columns = ['files', 'read', 'loaded', 'unchanged', 'duplicate', 'rejected', 'ignored', 'held'] as const
type Line = Record<(typeof columns)[number], number>

let folder: string
let expected: ReadonlyMap<string, Expected>

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-demo-'))
  expected = new Map(
    Object.values(shapes).map(({ name, region }) => [
      region,
      generateFile({ path: join(folder, `again-${region}`), shape: name, rows, seed: 7 }),
    ]),
  )
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The built demo, as a person runs it who stands in `folder`. */
function runDemo(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(packageRoot, 'dist', 'scripts', 'demo.js'), '--rows', String(rows), ...args],
    { cwd: packageRoot, env: { ...process.env, INIT_CWD: folder }, encoding: 'utf8' },
  )
  return { status, stdout, stderr }
}

/** The region tables of the output, in order: one of each sync. */
function regionTables(stdout: string): Record<string, Line>[] {
  return stdout
    .split(/^region +files.*\n-.*\n/m)
    .slice(1)
    .map((part) => {
      const lines = part.split('\n').slice(0, 4)
      return Object.fromEntries(
        lines.map((line) => {
          const [region = '', ...cells] = line.split(/ {2,}/)
          const numbers = cells.map((cell) => Number(cell.replaceAll(',', '')))
          return [region, Object.fromEntries(columns.map((name, i) => [name, numbers[i]])) as Line]
        }),
      )
    })
}

const sumOf = (region: string, name: 'read' | 'loaded' | 'duplicate' | 'rejected' | 'ignored'): number =>
  samples
    .filter((sample) => sample.region === region)
    .reduce((sum, sample) => sum + sample.expected.counts[name], expected.get(region)?.[name] ?? Number.NaN)

describe('the demo', () => {
  let first: ReturnType<typeof runDemo>
  beforeAll(() => {
    first = runDemo()
  }, 180_000)

  test('ends well', () => {
    expect(first.stderr).not.toContain('error')
    expect(first.status).toBe(0)
  })

  test('loads of each region what samples and generator say', () => {
    const [once, again] = regionTables(first.stdout)
    expect(Object.keys(once ?? {})).toEqual(['ng', 'gh', 'pk', 'bd'])
    for (const [region, line] of Object.entries(once ?? {})) {
      const names = ['read', 'loaded', 'duplicate', 'rejected', 'ignored'] as const
      const wanted = Object.fromEntries(names.map((name) => [name, sumOf(region, name)]))
      const files = samples.filter((sample) => sample.region === region).length + 1
      expect({ region, ...line }).toEqual({ region, files, ...wanted, unchanged: 0, held: 0 })
      const none = { loaded: 0, duplicate: 0, rejected: 0, ignored: 0, held: 0 }
      expect(again?.[region]).toEqual({ files, read: line.read, unchanged: line.read, ...none })
    }
    expect(first.stdout).toContain('It loaded nothing: every file is known.')
  })

  test('finds every sample equal to its expected.json, and every generated file to its count', () => {
    const equal = first.stdout.split('\n').filter((line) => line.includes('equal to expected.json'))
    expect(equal).toHaveLength(samples.length)
    for (const { region, source, expected } of samples)
      expect(
        equal.filter((line) => line.includes(`${region}  `) && line.includes(`${source}/${expected.file}`)),
      ).toHaveLength(1)
    expect(first.stdout).toContain(`All ${samples.length + expected.size} files are equal to what they must be.`)
    expect(first.stdout).not.toContain('NOT')
  })

  test('shows findings with all their rows, and an example each', () => {
    for (const region of expected.keys()) {
      const reasons = samples
        .filter((sample) => sample.region === region)
        .flatMap((sample) => sample.expected.rejects)
        .reduce((sum, reject) => sum + reject.reasons.length, 0)
      const generated = Object.values(expected.get(region)?.reasons ?? {}).reduce((sum, n) => sum + n, 0)
      expect(first.stdout).toMatch(new RegExp(`^${region}: \\d+ findings with ${reasons + generated} rows$`, 'm'))
    }
    const examples = [...first.stdout.matchAll(/^ {6}(paystack_csv\/.*) line (\d+)\n {6}(.*)$/gm)]
    expect(examples.length).toBeGreaterThan(4)
    for (const [, name = '', line, shown = ''] of examples) {
      const landed = readFileSync(join(folder, 'demo/data/landing/ng', name), 'utf8').split('\n')
      expect(shown.split(/…| ⏎ /)[0]).not.toBe('')
      expect(landed[Number(line) - 1]).toContain(shown.split(/…| ⏎ /)[0])
    }
  })

  test("shows the centre's answer with as-of times, and both rails", () => {
    const ghana = /^gh +GHS .*\d{4}-\d\d-\d\dT[\d:.]+Z$/m
    expect(first.stdout).toMatch(ghana)
    // Worked out by hand from wallet-2026-03.csv: eight transfers in, three of them with no fee told.
    expect(first.stdout).toMatch(
      /^non-custodial +pk +USDC +8 +1,664\.763613 +1\.99 +1,605\.763613 +0\.12 % +3 +59\.00$/m,
    )
    expect(first.stdout).toMatch(/^custodial +pk +USD +22 +413\.94 +52\.40 +413\.94 +12\.66 % +0$/m)
  })

  test('run again, it loads nothing and says so', () => {
    const { status, stdout } = runDemo()
    expect(stdout).toContain('Nothing was loaded: everything in the landing zone is known from an earlier run.')
    expect(stdout).toContain(`All ${samples.length + expected.size} files are equal to what they must be.`)
    expect(status).toBe(0)
  }, 180_000)
})

describe('with one region that can not run', () => {
  const profile = () => join(folder, 'demo/regions/gh/region.yaml')
  let sound: string
  beforeAll(() => {
    sound = readFileSync(profile(), 'utf8')
    writeFileSync(profile(), sound.replace('Africa/Accra', 'Africa/Acra'))
  })
  afterAll(() => writeFileSync(profile(), sound))
  const cause = 'regions/gh/region.yaml line 4, zone: is no IANA time zone.'

  test('the demo shows the others, says what is wrong and ends with 1', () => {
    const { status, stdout } = runDemo()
    expect(Object.keys(regionTables(stdout)[0] ?? {}).slice(0, 3)).toEqual(['ng', 'pk', 'bd'])
    expect(stdout.match(/^(ng|pk|bd) .* equal to expected.json/gm)).toHaveLength(
      samples.filter(({ region }) => region !== 'gh').length,
    )
    expect(stdout).toMatch(/^gh +GHS .*Z$/m) // the centre still has what it published before
    expect(stdout).toContain(`  gh: ${cause}\n`)
    expect(stdout).toContain(`  gh failed: The process of gh did not start: error: ${cause}\n`)
    expect(status).toBe(1)
  }, 180_000)

  test('so does sync', () => {
    const main = join(packageRoot, 'dist', 'cli', 'main.js')
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, 'sync', 'ng', 'gh', '--project', 'demo', '--json'],
      { cwd: packageRoot, env: { ...process.env, INIT_CWD: folder }, encoding: 'utf8' },
    )
    const { regions } = JSON.parse(stdout) as { regions: { region: string; read: number; unchanged: number }[] }
    expect(regions).toHaveLength(1)
    expect(regions[0]).toMatchObject({
      region: 'ng',
      read: sumOf('ng', 'read'),
      unchanged: sumOf('ng', 'read'),
      loaded: 0,
    })
    const { error } = JSON.parse(stderr) as { error: { code: string; message: string } }
    expect(error.code).toBe('regions.failed')
    expect(error.message).toContain(`gh: The process of gh did not start: error: ${cause}`)
    expect(status).toBe(1)
  }, 180_000)
})

test('another number of rows is refused, and the project stays as it was', () => {
  const before = readdirSync(join(folder, 'demo')).sort()
  const { status, stderr } = runDemo('--rows', '10')
  expect(stderr).toBe(
    `error: ${join(folder, 'demo')} was made with generated files of ${rows} rows, not 10.\n` +
      `       Run it with --rows ${rows}, or remove ${join(folder, 'demo')} to begin anew. [demo.rows]\n`,
  )
  expect(status).toBe(1)
  expect(readdirSync(join(folder, 'demo')).sort()).toEqual(before)
})

test("somebody's own folder is left alone", () => {
  const own = join(folder, 'own')
  mkdirSync(own)
  writeFileSync(join(own, 'notes.txt'), 'mine')
  const { status, stderr } = runDemo('--dir', 'own')
  expect(stderr).toContain(`${own} is there and is no Entrepot project.`)
  expect(status).toBe(1)
  expect(existsSync(join(own, 'entrepot.yaml'))).toBe(false)
})
