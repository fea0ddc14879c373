import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { Fault } from '../models/fault.ts'
import type { Layout } from '../project/layout.ts'
import { packageRoot } from '../project/package-root.ts'
import { coreTables } from '../warehouse/core-tables.ts'
import { quote, Session } from '../warehouse/duck.ts'
import { findMarts, type Mart } from '../warehouse/mart-files.ts'
import type { CentralMart } from './central.types.ts'
import { columnsOf } from './mart-table.ts'

/**
 * The marts that regions publish, with the columns that their SQL gives over an empty core.
 *
 * @throws Fault "mart.header", "mart.sql" when one does not run, "mart.columns" when it can not be published as it is
 */
export async function publishedMarts(layout: Layout): Promise<readonly CentralMart[]> {
  const files = findMarts(layout.root)
  const instance = await DuckDBInstance.create(':memory:', { enable_external_access: 'false' })
  const session = new Session(await instance.connect())
  try {
    await createEmptyCore(session)
    await createMartViews(session, files)
    const marts: CentralMart[] = []
    for (const file of files)
      if (file.isPublished) marts.push(martOf(file, await columnsOf(session, `from mart.${quote(file.name)}`)))
    return marts
  } finally {
    session.connection.closeSync()
    instance.closeSync()
  }
}

async function createEmptyCore(session: Session): Promise<void> {
  await session.run(`create schema core; create schema mart; ${coreTables()}`)
  const folder = join(packageRoot, 'sql/core')
  for (const name of (await readdir(folder)).sort())
    if (name.endsWith('.sql')) await session.run(await readFile(join(folder, name), 'utf8'))
}

/** As views, so that a mart may build on another; in whatever order that takes. */
async function createMartViews(session: Session, files: readonly Mart[]): Promise<void> {
  let waiting = files
  while (waiting.length > 0) {
    const failed: { file: Mart; error: unknown }[] = []
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

function martOf({ name, path }: Mart, columns: CentralMart['columns']): CentralMart {
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
