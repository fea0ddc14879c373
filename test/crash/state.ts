import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import { queryCentral } from '../../operations/query-central.ts'
import { withRegion } from '../../operations/region-client.ts'
import type { Layout } from '../../project/layout.ts'
import type { Expected } from '../../scripts/generate.ts'
import type { JournalEntry } from '../../warehouse/journal.ts'

type Rows = readonly Record<string, unknown>[]
export type State = Readonly<Record<string, Rows>>

const marts = ['creator_daily', 'rail_fees', 'region_daily']

/** Everything a region holds that does not depend on when and in which order it came; files are told by content. */
const queries: Readonly<Record<string, string>> = {
  core: `select t.* exclude (_file), f.sha256 from core.transaction t join ops.file f on f.id = t._file order by all`,
  rejects: `select r.* exclude (_file, contract_version), f.sha256
    from quality.reject r join ops.file f on f.id = r._file order by all`,
  findings: `select source, code, severity, state, "rows", message, example_file, example_line, example_raw
    from quality.finding order by all`,
  files: `select source, sha256, name, outcome, "read", loaded, unchanged, duplicate, rejected, ignored, held, from_date,
    last_date, problem_code from ops.file order by all`,
  names: 'select f.source, f.sha256, n.name from ops.file_name n join ops.file f on f.id = n.file order by all',
  ...Object.fromEntries(marts.map((mart) => [mart, `select * from mart.${mart} order by all`])),
}

/** One question to a region, through its worker where one runs. */
export const queried = (project: Layout, region: string, sql: string): Promise<Rows> =>
  withRegion(project, region, (access) => access.query(sql, { maxRows: 1_000_000 }))

export async function stateOf(project: Layout, region: string): Promise<State> {
  return withRegion(project, region, async (access) => {
    const state: Record<string, Rows> = {}
    for (const [name, sql] of Object.entries(queries)) state[name] = await access.query(sql, { maxRows: 1_000_000 })
    return state
  })
}

/** What the centre holds of a region, mart by mart. */
export async function centralState(project: Layout, region: string): Promise<State> {
  const state: Record<string, Rows> = {}
  for (const mart of marts) {
    const { rows, truncated } = await queryCentral(
      project,
      `select * exclude (region) from central.${mart} where region = '${region}' order by all`,
      { maxRows: 10_000 },
    )
    if (truncated) throw new Error(`central.${mart} has more rows of ${region} than can be compared`)
    state[mart] = rows
  }
  return state
}

/** The marts of a state alone: what the centre must hold too. */
export const martsOf = (state: State): State => Object.fromEntries(marts.map((mart) => [mart, state[mart] ?? []]))

/** Rows and sums that core must come to, by currency. */
export function totalsOf(files: readonly Expected[]): Rows {
  const totals = new Map<string, { rows: number; gross: bigint; fee: bigint; net: bigint }>()
  for (const { totals: ofFile } of files)
    for (const [currency, { rows, gross, fee, net }] of Object.entries(ofFile)) {
      const sum = totals.get(currency) ?? { rows: 0, gross: 0n, fee: 0n, net: 0n }
      sum.rows += rows
      sum.gross += minor(gross)
      sum.fee += minor(fee)
      sum.net += minor(net)
      totals.set(currency, sum)
    }
  return [...totals]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, { rows, gross, fee, net }]) => ({
      ...{ currency, rows: String(rows), gross: String(gross), fee: String(fee), net: String(net) },
    }))
}

const minor = (major: string): bigint => BigInt(major.replace('.', ''))

/** The same of what core holds, and of the records themselves: how many there are, and how many keys. */
export async function coreTotals(project: Layout, region: string): Promise<{ totals: Rows; records: Rows }> {
  return withRegion(project, region, async (access) => ({
    totals: await access.query(`
      select currency, count(*)::varchar as "rows", (sum(gross) * 100)::hugeint::varchar as gross,
        (sum(fee) * 100)::hugeint::varchar as fee, (sum(net) * 100)::hugeint::varchar as net
      from core.transaction where counted group by currency order by currency`),
    records: await access.query(`
      select count(*)::integer as records, count(distinct (source, transaction_id))::integer as keys
      from core.transaction`),
  }))
}

/** Rejects by reason of the last content that landed under this name. */
export async function rejectsOf(project: Layout, region: string, name: string): Promise<Record<string, number>> {
  const rows = await withRegion(project, region, (access) =>
    access.query(`select reason, count(*)::integer as n from (
        select unnest(reasons) as reason from quality.reject
        where _file = (select max(id) from ops.file where name = '${name}'))
      group by reason order by reason`),
  )
  return Object.fromEntries(rows.map(({ reason, n }) => [reason, n])) as Record<string, number>
}

/** What must hold of every region at rest, crash or not: each list is empty when it does. */
export async function unsound(project: Layout, region: string): Promise<Record<string, readonly unknown[]>> {
  const journal = readFileSync(project.journal(region), 'utf8').trimEnd().split('\n')
  const entries = journal.map((line) => JSON.parse(line) as JournalEntry)
  const abandoned = new Set(entries.flatMap((entry) => (entry.type === 'abandoned' ? [entry.of] : [])))
  const loads = entries.flatMap((entry) =>
    entry.type === 'load' && !abandoned.has(entry.seq)
      ? [`${entry.file.source} ${entry.file.sha256} ${entry.file.name}`]
      : [],
  )
  return withRegion(project, region, async (access) => {
    const names = (
      await access.query(`select concat_ws(' ', f.source, f.sha256, n.name) as line
        from ops.file_name n join ops.file f on f.id = n.file`)
    ).map(({ line }) => String(line))
    return {
      'records that are not conserved': await access.query(
        'select * from ops.file where "read" <> loaded + unchanged + duplicate + rejected + ignored + held',
      ),
      'rejects that the ledger does not have': await access.query(`
        select f.name from ops.file f left join quality.reject r on r._file = f.id
        group by f.id, f.name, f.rejected having count(r._file) <> f.rejected`),
      'journal and ledger': symmetricDifference(loads, names),
      'entries that are not applied': await access.query(
        `select journal_seq from ops.writer where journal_seq <> ${entries.findLast((e) => e.type !== 'abandoned')?.seq ?? 0}`,
      ),
      'publications that wait': await access.query('select * from ops.outbox where acknowledged_at is null'),
      'files in the outbox': filesIn(project.outbox(region)),
      'stale dates': await access.query('select * from ops.changed_partition'),
      'half archived': filesIn(join(project.archive(region), 'incoming')),
      'half staged': filesIn(project.staged(region)).filter((name) => name.includes('.part-')),
      'analysts miss': await analystsMiss(project, region, await access.query(coreHash)),
    }
  })
}

function symmetricDifference(a: readonly string[], b: readonly string[]): string[] {
  const inA = new Set(a)
  const inB = new Set(b)
  return [...a.filter((one) => !inB.has(one)), ...b.filter((one) => !inA.has(one))]
}

const filesIn = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])

/** Whether the analyst file has the records of core, told by a hash of them: what differs, or nothing. */
async function analystsMiss(project: Layout, region: string, [core]: Rows): Promise<unknown[]> {
  const path = project.analystFile(region)
  if (!existsSync(path)) return ['the analyst file']
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY' })
  const connection = await instance.connect()
  try {
    const [theirs] = (await connection.runAndReadAll(coreHash)).getRowObjectsJson()
    return isDeepStrictEqual(theirs, core) ? [] : [theirs, core]
  } finally {
    connection.closeSync()
    instance.closeSync()
  }
}

const coreHash = `select count(*)::varchar as "rows",
  sum(hash(source, transaction_id, status, gross, fee, local_date)::hugeint)::varchar as content from core.transaction`
