import { DuckDBInstance } from '@duckdb/node-api'
import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { publishedMarts } from '../../central/published-marts.ts'
import * as change from '../../cli/commands/change.ts'
import * as files from '../../cli/commands/files.ts'
import * as init from '../../cli/commands/init.ts'
import * as look from '../../cli/commands/look.ts'
import * as manage from '../../cli/commands/manage.ts'
import * as onboard from '../../cli/commands/onboard.ts'
import * as run from '../../cli/commands/run.ts'
import * as sync from '../../cli/commands/sync.ts'
import { compile } from '../../contracts/compile.ts'
import { regionProfile } from '../../models/region.ts'
import { layout } from '../../project/layout.ts'
import { packageRoot } from '../../project/package-root.ts'
import { listRegions, loadSources } from '../../project/regions.ts'
import { settingsYaml } from '../../project/settings.ts'
import { driftThresholds } from '../../warehouse/drift-thresholds.ts'
import { Session } from '../../warehouse/duck.ts'
import { migrate } from '../../warehouse/migrate.ts'
import { found, pages, read, sources } from './repository.ts'

const operate = read('docs/operate.md')
const errors = read('docs/errors.md')
const query = read('docs/query.md')
const contracts = read('docs/contracts.md')
const central = read('docs/central.md')

/** What of `wanted` a page does not name in backticks. */
const unnamed = (page: string, wanted: Iterable<string>): string[] => {
  const named = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, text = '']) => [text, ...text.split(/[ ,]+/)]))
  return [...wanted].filter((word) => !named.has(word)).sort()
}

describe('command line', () => {
  const program = new Command('entrepot')
  for (const add of Object.values({ ...change, ...files, ...init, ...look, ...manage, ...onboard, ...run, ...sync }))
    add(program)
  const known = program.commands.map((command) => command.name())
  const section = (name: string) => operate.split(`\n### ${name}\n`)[1]?.split('\n#')[0] ?? ''

  test('the commands are all there', () => {
    expect(known.length).toBeGreaterThan(12)
    const factories = [...read('cli/main.ts').matchAll(/^ {2}(\w+)Command,$/gm)].map(([, name]) => name)
    expect([...factories].sort()).toEqual([...known].sort())
  })

  test.each(program.commands)('$_name is documented with its options and subcommands', (command) => {
    const text = section(command.name())
    expect(text).toContain(`\`entrepot ${command.name()}`)
    for (const sub of command.commands) expect(text).toContain(`\`entrepot ${command.name()} ${sub.name()}`)
    const flags = [command, ...command.commands].flatMap((one) => one.options.map(({ long }) => long ?? ''))
    const own = flags.filter((flag) => !['--project', '--json'].includes(flag))
    expect(unnamed(text, own)).toEqual([])
    expect(unnamed(operate, ['--json'])).toEqual([])
  })

  test.each(program.commands.flatMap((command) => [command, ...command.commands]))(
    '$_name shows an example',
    (command) => {
      let shown = ''
      command.configureOutput({ writeOut: (text) => (shown += text) }).outputHelp()
      expect(shown).toMatch(/\nExample:\n {2}\$ entrepot [a-z]+/)
    },
  )

  test('no page, message or example names a command that is not there', () => {
    const texts = [...pages.map(read), ...sources.values()]
    const named = texts.flatMap((text) =>
      [...text.matchAll(/(?:`|\$ |-s |^)entrepot (?:-- )?([a-z]+)/gm)].map(([, name = '']) => name),
    )
    expect(named.length).toBeGreaterThan(30)
    expect([...new Set(named)].filter((name) => !known.includes(name))).toEqual([])
  })

  test("each command's example is one of its own", () => {
    for (const command of program.commands.flatMap((one) => (one.commands.length > 0 ? one.commands : [one]))) {
      let help = ''
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
      const parent = command.parent === program ? '' : `${command.parent?.name()} `
      expect(help).toContain(`$ entrepot ${parent}${command.name()}`)
    }
  })
})

describe('codes', () => {
  const thrown = found(/new Fault\(\s*'([^']+)'/g)
  /** Some are handed on before they are thrown. */
  const areas = new Set(['settings', 'column', 'vocabulary', ...[...thrown].map((code) => code.split('.')[0])])
  const killPoints = found(/killPoint\('([^']+)'\)/g)
  const isFile = (word: string) => /\.(yaml|json|js|db|ts|csv|duckdb|parquet|token)$/.test(word)
  /** Codes that are passed on, chosen or compared, not written into `new Fault(`. */
  const others = [
    ...[...found(/'([a-z]+\.[a-z-]+)'/g)].filter((word) => areas.has(word.split('.')[0] ?? '')),
    ...found(/(?:code|type)(?: [=:?]+|:) '([a-z]+\.[a-z-]+)'/g),
    ...found(/\?\? '([a-z]+\.[a-z-]+)'/g),
    ...found(/\.add\(\s*'([a-z]+\.[a-z-]+)'/g),
  ].filter((word) => !killPoints.has(word) && !isFile(word))
  const codes = new Set([...thrown, ...others])

  test('every code is on the page of errors', () => {
    expect(thrown.size).toBeGreaterThan(70)
    expect(unnamed(errors + contracts, codes)).toEqual([])
  })

  test('every code on the page is in the program', () => {
    const documented = [...errors.matchAll(/`([a-z]+\.[a-z-]+)`/g)].map(([, code = '']) => code)
    expect(documented.length).toBeGreaterThan(90)
    expect(documented.filter((code) => !codes.has(code) && !isFile(code))).toEqual([])
  })

  test('every reason that the contracts of the repository can give is documented', () => {
    const project = layout(packageRoot)
    const reasons = listRegions(project)
      .flatMap((region) => loadSources(project, region).contracts)
      .flatMap((contract) => {
        const { setup, query } = compile(contract)
        return [...[...setup, query('records')].join('\n').matchAll(/'([a-z_]+\.[a-z_]+)'/g)].map(
          ([, code = '']) => code,
        )
      })
    expect(new Set(reasons).size).toBeGreaterThan(20)
    const isDocumented = (code: string) => {
      const [subject, reason] = code.split('.')
      return [code, `<field>.${reason}`, `${subject}.<name>`].some((name) => contracts.includes(`\`${name}\``))
    }
    expect([...new Set(reasons)].filter((code) => !isDocumented(code))).toEqual([])
  })
})

describe('settings', () => {
  /** Dotted keys of an object's schema; a map's keys are its own. */
  const keysOf = (schema: unknown, before = ''): string[] => {
    const { properties = {} } = schema as { properties?: Record<string, { properties?: object }> }
    return Object.entries(properties).flatMap(([key, inner]) =>
      inner.properties === undefined ? [`${before}${key}`] : keysOf(inner, `${before}${key}.`),
    )
  }
  const section = (title: string) => operate.split(`\n## ${title}`)[1]?.split('\n## ')[0] ?? ''

  test.each([
    ['Settings: `entrepot.yaml`', settingsYaml, 9],
    ['A region: `region.yaml`', regionProfile, 12],
  ] as const)('%s has every key', (title, schema, least) => {
    const keys = keysOf(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }))
    expect(keys.length).toBeGreaterThanOrEqual(least)
    expect(unnamed(section(title), keys)).toEqual([])
  })

  test('every environment variable is documented', () => {
    const read = found(/env\.([A-Z][A-Z_]+)/g)
    read.delete('PATH')
    read.delete('INIT_CWD')
    const named = found(/\b(ENTREPOT_[A-Z_]+)\b/g)
    expect(named.size).toBeGreaterThan(4)
    expect(unnamed(section('Environment'), [...read, ...named])).toEqual([])
  })
})

describe('thresholds', () => {
  test('those of drift are documented with their values', () => {
    const page = read('docs/change-a-contract.md')
    const rows = Object.entries(driftThresholds).map(([name, value]) => ({ name, value }))
    expect(rows).toHaveLength(7)
    expect(
      rows.filter(({ name, value }) => !new RegExp(`^\\| \`${name}\` \\|.*\\| ${value} \\|$`, 'm').test(page)),
    ).toEqual([])
  })
})

describe('endpoints', () => {
  test("a worker's are documented", () => {
    const endpoints = [...read('operations/control-server.ts').matchAll(/'((?:GET|POST) \/v1\/\w+)'/g)].map(
      ([, e = '']) => e,
    )
    expect(endpoints).toHaveLength(7)
    expect(endpoints.filter((endpoint) => !operate.includes(`| \`${endpoint}\` |`))).toEqual([])
  })

  test("the centre's are documented", () => {
    const endpoints = [...read('central/server.ts').matchAll(/app\.(get|post)\('([^']+)'/g)]
    expect(endpoints.length).toBeGreaterThan(3)
    const missing = endpoints.filter(([, verb, path]) => !central.includes(`| \`${verb?.toUpperCase()} ${path}\` |`))
    expect(missing).toEqual([])
  })
})

describe('tables', () => {
  test('every table, view and column of a region is documented', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const session = new Session(await instance.connect())
    try {
      await migrate(session)
      const rows = await session.rows<{ name: string; column: string }>(`
        select table_schema || '.' || table_name as name, column_name as column from information_schema.columns
        where table_schema in ('core', 'mart', 'quality', 'ops')`)
      const tables = new Set(rows.map(({ name }) => name))
      expect(tables.size).toBeGreaterThan(20)
      expect(unnamed(query, tables)).toEqual([])
      // ops.migration and the caches are nobody's to query: their columns are in the code.
      const isInner =
        /^ops\.(migration|seen_landing|source_column|file_name|mart|partition_change|table_change|writer|changed_\w+)$/
      const columns = rows.filter(({ name }) => !isInner.test(name) && name !== 'quality.finding_share')
      expect(unnamed(query, new Set(columns.map(({ column }) => column)))).toEqual([])
    } finally {
      session.connection.closeSync()
      instance.closeSync()
    }
  })

  test('every mart is documented with its columns, here and at the centre', async () => {
    const marts = await publishedMarts(layout(packageRoot))
    expect(marts.length).toBeGreaterThan(2)
    const keys = new Set(['region', 'local_date', 'currency', 'creator_id', 'rail', 'provider'])
    for (const { name, columns } of marts) {
      const line = query.split('\n').find((text) => text.startsWith(`| \`mart.${name}\``)) ?? ''
      const own = columns.map((column) => column.name).filter((column) => !keys.has(column))
      const isSame = line.includes('the same, but for')
      expect({ name, missing: isSame ? unnamed(query, own) : unnamed(line, own) }).toEqual({ name, missing: [] })
      expect(unnamed(central, [`central.${name}`])).toEqual([])
    }
  })

  test("the centre's own tables are documented", () => {
    const sql = ['ops', 'freshness'].map((name) => read(`sql/central/${name}.sql`)).join('\n')
    const tables = [...sql.matchAll(/(?:table if not exists|or replace view) ([a-z_.]+)/g)].map(([, name = '']) => name)
    expect(tables).toHaveLength(3)
    expect(unnamed(central, tables)).toEqual([])
  })
})
