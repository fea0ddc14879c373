import { DuckDBInstance } from '@duckdb/node-api'
import { literal, quote } from '../contracts/sql-text.ts'
import type { SourceChange } from '../warehouse/plan.types.ts'

/** What of a plan can be told by looking at the warehouse before and after. */
export type Outcome = Pick<
  SourceChange,
  'records' | 'newlyRejected' | 'noLongerRejected' | 'rows' | 'changedFields' | 'money'
>

type Row = Readonly<Record<string, string | null>>

/** What has become of a source of transactions between two copies of a region's warehouse file. */
export async function outcomeBetween(before: string, after: string, source: string): Promise<Outcome> {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowObjectsJson() as Row[]
  try {
    await connection.run(`attach ${literal(before)} as b (read_only); attach ${literal(after)} as a (read_only)`)
    return await compare(rows, literal(source))
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

async function compare(rows: (sql: string) => Promise<Row[]>, source: string): Promise<Outcome> {
  const core = (side: string) => `(select * from ${side}.core.transaction where source = ${source})`
  const files = (side: string) => `(select * from ${side}.ops.file where source = ${source})`
  const counts = async (sql: string) =>
    Object.fromEntries(Object.entries((await rows(sql))[0] ?? {}).map(([name, n]) => [name, Number(n ?? 0)]))
  const records = (side: string) =>
    counts(`select sum(read) as read, sum(loaded + unchanged) as loaded, sum(duplicate) as duplicate,
      sum(rejected) as rejected, sum(ignored) as ignored, sum(held) as held from ${files(side)}
      where id in (select b.id from ${files('b')} b join ${files('a')} a using (id) where a.contract_version <> b.contract_version)`)
  const rejects = async (those: string, others: string) => {
    const alone = `${those}.quality.reject t anti join ${others}.quality.reject o on t._file = o._file and t.line = o.line`
    const reasons = await rows(`select code, count(*) as n from (select unnest(reasons) as code from ${alone}
      where t.source = ${source}) group by code order by code`)
    return {
      ...(await counts(`select count(*) as records from ${alone} where t.source = ${source}`)),
      reasons: Object.fromEntries(reasons.map(({ code, n }) => [code, Number(n)])),
    }
  }
  const columns = await rows(`select column_name as name from duckdb_columns() where database_name = 'a'
    and schema_name = 'core' and table_name = 'transaction'
    and column_name not in ('source', 'transaction_id', 'closed_at', '_file', '_line')`)
  const names = columns.map(({ name }) => quote(name ?? ''))
  const differs = (name: string) => `b.${name}::varchar is distinct from a.${name}::varchar`
  const changed =
    await counts(`select ${names.map((name) => `count(*) filter (${differs(name)}) as ${name}`).join(', ')}
    from ${core('b')} b join ${core('a')} a using (transaction_id)`)
  return {
    records: { before: await records('b'), after: await records('a') },
    newlyRejected: await rejects('a', 'b'),
    noLongerRejected: await rejects('b', 'a'),
    rows: {
      ...(await counts(`
        select count(b.source) as before, count(a.source) as after, count(*) filter (b.source is null) as added,
          count(*) filter (b.source is not null and a.source is not null and (${names.map(differs).join(' or ')})) as changed,
          count(*) filter (a.source is null) as removed
        from ${core('b')} b full join ${core('a')} a using (transaction_id)`)),
      ...{ closed: 0, reopened: 0 },
    },
    changedFields: Object.fromEntries(Object.entries(changed).filter(([, n]) => n > 0)),
    money: await money(rows, core),
  } as unknown as Outcome
}

const amounts = ['gross', 'fee', 'tax', 'net'] as const

async function money(rows: (sql: string) => Promise<Row[]>, core: (side: string) => string): Promise<Outcome['money']> {
  const known = amounts.map((name) => `count(${name}) as known_${name}`)
  const sums = amounts.map((name) => `sum(${name}) as ${name}`)
  const by = async (key: string, where: string) =>
    rows(`
      with side as (select 'b' as side, * from ${core('b')} union all by name select 'a' as side, * from ${core('a')}),
      total as (select side, ${key}, count(*) as n, ${[...sums, ...known].join(', ')} from side where counted group by all)
      select ${key},
        coalesce(b.n, 0) as before_rows, coalesce(a.n, 0) as after_rows, after_rows - before_rows as difference_rows,
        ${amounts.map((name) => `b.${name}::varchar as before_${name}, a.${name}::varchar as after_${name}, case when b.${name} is not null or a.${name} is not null then coalesce(a.${name}, 0) - coalesce(b.${name}, 0) end::varchar as difference_${name}`).join(', ')}
      from (from total where side = 'b') b full join (from total where side = 'a') a using (${key})
      where ${where} order by ${key}`)
  const isOther = ['n', ...amounts, ...amounts.map((name) => `known_${name}`)]
    .map((name) => `b.${name} is distinct from a.${name}`)
    .join(' or ')
  const total = (row: Row) => ({
    ...{ currency: row.currency ?? '', role: row.role ?? '' },
    ...{ before: side(row, 'before'), after: side(row, 'after'), difference: side(row, 'difference') },
  })
  return {
    totals: (await by('currency, role', 'true')).map(total),
    days: (await by('currency, local_date, role', isOther)).map((row) => ({
      localDate: row.local_date ?? '',
      ...total(row),
    })),
  }
}

const side = (row: Row, name: string) => ({
  rows: Number(row[`${name}_rows`]),
  ...{ gross: amount(row[`${name}_gross`]), fee: amount(row[`${name}_fee`]) },
  ...{ tax: amount(row[`${name}_tax`]), net: amount(row[`${name}_net`]) },
})

/** As a plan writes an amount: two decimals, or as many more as it needs. */
const amount = (decimal: string | null | undefined): string | null => decimal?.replace(/(\.\d\d\d*?)0*$/, '$1') ?? null
