import { DuckDBInstance } from '@duckdb/node-api'
import { compile } from '../../contracts/compile.ts'
import type { Contract } from '../../contracts/contract.ts'
import { literal } from '../../contracts/sql-text.ts'
import type { Field } from '../../models/field.ts'
import { models } from '../../models/index.ts'

export type Cells = Readonly<Record<string, string | null>>

/** Judge records (cells by column name, or `#3` by position) by the compiled contract; rows come back in order, as JSON. */
export async function runCompiled(contract: Contract, records: readonly Cells[], extra: readonly string[] = []) {
  const compiled = compile(contract, extra)
  const instance = await DuckDBInstance.create(':memory:', { threads: '2', preserve_insertion_order: 'false' })
  const connection = await instance.connect()
  try {
    await connection.run("set timezone = 'UTC'")
    for (const statement of compiled.setup) await connection.run(statement)
    const names = compiled.columns.map((column) => ('name' in column ? column.name : `#${column.position}`))
    const columns = names.map((_, i) => `c${i} varchar`)
    await connection.run(
      `create table records (${[...columns, '_line bigint, _start bigint, _length integer, _fault utinyint, _raw varchar'].join(', ')})`,
    )
    for (let at = 0; at < records.length; at += 500) {
      const rows = records.slice(at, at + 500).map((cells, i) => {
        const text = (cell: string | null | undefined) => (cell === null || cell === undefined ? 'null' : literal(cell))
        return `(${[...names.map((name) => text(cells[name])), at + i + 1, 0, 0, cells._fault ?? 0, literal(cells._raw ?? Object.values(cells).join(','))].join(', ')})`
      })
      await connection.run(`insert into records values ${rows.join(', ')}`)
    }
    const result = await connection.runAndReadAll(
      `select * ${instants(contract)} from (${compiled.query('records')}) order by _line`,
    )
    return result.getRowObjectsJson() as Record<string, unknown>[]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

/** Instants as DuckDB writes them in UTC; the client would write them in the zone of the process. */
function instants(contract: Contract): string {
  const fields = models[contract.model].fields as readonly Field[]
  const names = fields.filter((field) => field.type === 'instant').map((field) => field.name)
  return names.length === 0 ? '' : `replace (${names.map((name) => `${name}::varchar as ${name}`).join(', ')})`
}
