import { compile } from '../contracts/compile.ts'
import type { Column, Contract } from '../contracts/contract.ts'
import { beforeEnd } from '../contracts/sql-relation.ts'
import { headingsAbove } from '../contracts/sql-sections.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { setup } from '../contracts/sql-word.ts'
import { valueRule } from '../contracts/value-rule.ts'
import { plainAmount } from '../stage/standing.ts'
import { type LoadedTable, linesPerFile } from './table.ts'

/** What would load under a contract. */
export interface Trial {
  readonly rows: number
  /** Gross of what counts, by currency; decimals as text. */
  readonly money: Readonly<Record<string, string>>
}

/** Judge the loaded records by a contract, as staging does: of records with one key in a file the first one loads. */
export async function tryContract(table: LoadedTable, contract: Contract): Promise<Trial> {
  const tried = withoutOccurrence({ ...contract, format: { ...contract.format, ...foundIn(table) } })
  const { columns, query, setup: statements } = compile(tried)
  for (const statement of statements) if (!setup.includes(statement)) await table.query(statement)
  const judged = `(${query(relationOf(table, columns, hasPatterns(tried)), headingsAbove(tried, table.above))})`
  const records = tried.format.end === undefined ? judged : `(${beforeEnd(judged)})`
  const keys = 'fields' in tried.key ? tried.key.fields.map(quote) : []
  const key = keys.length === 0 ? 'null' : `hash(${[...keys, `_line // ${linesPerFile}`].join(', ')})`
  const money =
    tried.model === 'transaction'
      ? 'currency, case when counted then gross end as gross'
      : 'null as currency, null as gross'
  await table.query(`create or replace temp table tried as
    select _line, ${key} as key, ${money} from ${records} where _reasons is null`)
  await table.query(`create or replace temp table repeated as
    select key, min(_line) as first from tried where key is not null group by key having count(*) > 1`)
  const sums = await table.query<{ currency: string; n: string; gross: string | null }>(`
    select currency, count(*)::varchar as n, sum(gross)::varchar as gross
    from tried left join repeated using (key) where first is null or first = _line group by currency order by currency`)
  await table.query('drop table tried')
  return {
    rows: sums.reduce((sum, { n }) => sum + Number(n), 0),
    money: Object.fromEntries(
      sums.flatMap(({ currency, gross }) => (gross === null ? [] : [[currency, plainAmount(gross)]])),
    ),
  }
}

/** How the file was read. */
const foundIn = ({ format: { type, delimiter, quote: mark } }: LoadedTable) => ({ type, delimiter, quote: mark })

const hasPatterns = ({ format: { footer, end }, sections }: Contract): boolean =>
  footer !== null || end !== undefined || sections !== undefined

/** Records that are told apart by their place have no key that could repeat. */
const withoutOccurrence = (contract: Contract): Contract =>
  'fields' in contract.key
    ? contract
    : {
        ...contract,
        key: { fields: [] },
        fields: { ...contract.fields, transaction_id: valueRule('-', contract.regionZone) },
      }

/** The loaded cells as the relation that a compiled contract is over. */
function relationOf(table: LoadedTable, columns: readonly Column[], hasRaw: boolean): string {
  const place = (column: Column) =>
    'position' in column
      ? table.columns[column.position - 1]
      : table.columns.find(({ ref, name }) => name === column.name && 'name' in ref)
  const cells = columns.map((column, i) => {
    const found = place(column)
    if (found === undefined) throw new Error(`no column ${JSON.stringify(column)} was loaded`)
    return `${found.sql} as c${i}`
  })
  // Patterns look at how a record begins: its cells side by side begin as it does.
  const raw = table.columns.map(({ sql }) => `coalesce(${sql}, '')`).join(', ')
  const text = hasRaw ? `concat_ws(${literal(table.format.delimiter)}, ${raw})` : "''"
  return `(select ${[...cells, '_line'].join(', ')}, 0 as _start, 0 as _length, _fault, ${text} as _raw from cell)`
}
