import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { packageRoot } from '../project/package-root.ts'
import { coreTables } from '../warehouse/core-tables.ts'
import { quote, Session } from '../warehouse/duck.ts'
import type { CentralMart } from './central.types.ts'
import { columnsOf } from './mart-table.ts'

interface MartFile {
  readonly name: string
  readonly path: string
  readonly sql: string
}

/**
 * The marts that regions publish (`-- publish: yes`), with the columns that their SQL gives over an empty core. A file
 * in the project's `sql/marts/` stands before the package's of the same name.
 *
 * @throws Fault "mart.sql" when one does not run, "mart.columns" when it can not be published as it is
 */
export async function publishedMarts(layout: Layout): Promise<readonly CentralMart[]> {
  const files = new Map<string, MartFile>()
  for (const folder of [join(packageRoot, 'sql/marts'), join(layout.root, 'sql/marts')])
    for (const file of await sqlFiles(folder)) files.set(file.name, file)
  const instance = await DuckDBInstance.create(':memory:', { enable_external_access: 'false' })
  const session = new Session(await instance.connect())
  try {
    await createEmptyCore(session)
    await createMartViews(session, [...files.values()])
    const published = [...files.values()].filter(({ sql }) => /^--\s*publish:\s*yes\s*$/m.test(sql))
    const marts = published.map(async (file) => martOf(file, await columnsOf(session, `from mart.${quote(file.name)}`)))
    return await Promise.all(marts)
  } finally {
    session.connection.closeSync()
    instance.closeSync()
  }
}

async function sqlFiles(folder: string): Promise<MartFile[]> {
  if (!existsSync(folder)) return []
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  return await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name)
      return { name: name.slice(0, -'.sql'.length), path, sql: await readFile(path, 'utf8') }
    }),
  )
}

async function createEmptyCore(session: Session): Promise<void> {
  await session.run(`create schema core; create schema mart; ${coreTables()}`)
  for (const { sql } of await sqlFiles(join(packageRoot, 'sql/core'))) await session.run(sql)
}

/** As views, so that a mart may build on another; in whatever order that takes. */
async function createMartViews(session: Session, files: readonly MartFile[]): Promise<void> {
  let waiting = files
  while (waiting.length > 0) {
    const failed: { file: MartFile; error: unknown }[] = []
    for (const file of waiting)
      await session
        .run(`create view mart.${quote(file.name)} as ${file.sql}`)
        .catch((error: unknown) => failed.push({ file, error }))
    const [first] = failed
    if (first !== undefined && failed.length === waiting.length)
      throw new Fault(
        'mart.sql',
        `${first.file.path} does not run over an empty core: ${String((first.error as Error).message)}`,
        'A mart is one SELECT over core and other marts; try it in a DuckDB shell on an analyst file.',
        { cause: first.error },
      )
    waiting = failed.map(({ file }) => file)
  }
}

/** What Parquet would bring to the centre as another type. */
const notInParquet = /^(U?HUGEINT|BIGNUM|BIT|ENUM|UNION|VARIANT)/

function martOf({ name, path }: MartFile, columns: CentralMart['columns']): CentralMart {
  const day = columns.find((column) => column.name === 'local_date')
  const refuse = (what: string, fix: string) => new Fault('mart.columns', `${path}: ${what}.`, fix)
  if (day?.type !== 'DATE')
    throw refuse(`it has no local_date of type DATE, the partition`, 'Give it one, or mark it `publish: no`.')
  for (const column of columns) {
    if (column.name === 'region') throw refuse('it has a column region', 'Leave it out: the centre adds it.')
    if (notInParquet.test(column.type))
      throw refuse(
        `its column ${column.name} is ${column.type}, which Parquet can not carry as it is`,
        'Cast it: a sum of BIGINT is HUGEINT, and `sum(…)::bigint` is not.',
      )
  }
  return { name, columns }
}
