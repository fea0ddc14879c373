import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import type { Contract } from '../../contracts/contract.ts'
import type { Fault } from '../../models/fault.ts'
import { type Model, sqlType } from '../../models/field.ts'
import { models } from '../../models/index.ts'
import { type RegionProfile, regionProfile } from '../../models/region.ts'
import { layout } from '../../project/layout.ts'
import type { Staged } from '../../stage/staged.ts'
import { archiveFile } from '../../warehouse/archive.ts'
import { literal, quote } from '../../warehouse/duck.ts'
import type { JournalEntry } from '../../warehouse/journal.ts'
import { openWarehouse } from '../../warehouse/warehouse.ts'
import type { FileReport, LandedFile, Warehouse, WarehouseOptions } from '../../warehouse/warehouse.types.ts'

/** A record as staging would judge it: the model's fields, and what is wrong with it. */
export interface TestRow {
  readonly reasons?: readonly string[]
  readonly warnings?: readonly string[]
  readonly repeat?: 'duplicate' | 'conflict' | 'held'
  /** Open questions that it hangs on. */
  readonly held?: readonly string[]
  readonly [field: string]: unknown
}

export const profile: RegionProfile = regionProfile.parse({
  region: 'ng',
  name: 'Nigeria',
  country: 'NG',
  zone: 'Africa/Lagos',
  currency: 'NGN',
})

export const contractOf = (change: Partial<Contract> = {}): Contract => ({
  region: 'ng',
  regionZone: 'Africa/Lagos',
  source: 'paystack',
  model: 'transaction',
  match: ['paystack/**/*.csv'],
  format: {
    ...{
      type: 'csv',
      found: [],
      recordEnd: null,
      sheet: null,
      values: 'stored',
      widths: null,
      delimiter: ',',
      quote: '"',
      escape: '"',
      encoding: 'utf-8',
      skipRows: 0,
      header: true,
    },
    ...{ footer: null, path: null, comment: null },
  },
  key: { fields: models[change.model ?? 'transaction'].key },
  mode: 'upsert',
  provider: 'paystack',
  role: 'processor',
  rail: 'custodial',
  fields: {},
  sign: null,
  direction: null,
  checks: [],
  onNewColumn: 'warn',
  params: {},
  ...change,
})

/** A sale with what matters filled in. */
export const sale = (id: string, gross: string, change: TestRow = {}): TestRow => ({
  ...{ transaction_id: id, kind: 'sale', status: 'settled', counted: true },
  ...{ occurred_at: '2026-07-01T10:00:00Z', local_date: '2026-07-01', creator_id: 'c1', currency: 'NGN', gross },
  ...{ fee: '1', net: String(Number(gross) - 1) },
  ...change,
})

interface Landed {
  readonly rows: readonly TestRow[]
  readonly headerBytes: number
  readonly change: Partial<Staged>
}

/** A project of its own in a temporary folder, with what it takes to land, stage and load a file. */
export class TestProject {
  readonly root = mkdtempSync(join(tmpdir(), 'entrepot-warehouse-'))
  readonly layout = layout(this.root)
  readonly notices: string[] = []
  private readonly files = new Map<string, Landed | Fault>()
  private warehouse: Warehouse | undefined
  private folders = 0

  get options(): WarehouseOptions {
    return {
      layout: this.layout,
      profile,
      onNotice: (line) => this.notices.push(line),
      restage: (file, contract) => this.restage(file, contract),
    }
  }

  async open(): Promise<Warehouse> {
    this.warehouse = await openWarehouse(this.options)
    return this.warehouse
  }

  /** Land and archive a file of these rows: its text has the name as header, then one line a row: `<key>,<gross>`. */
  async land(
    name: string,
    rows: readonly TestRow[] | Fault,
    change: Partial<Staged> & { arrivedAt?: string; source?: string } = {},
  ): Promise<LandedFile> {
    const { arrivedAt = '2026-07-02T00:00:00.000Z', source = 'paystack', ...staged } = change
    const header = `${name}\n`
    const text = 'length' in rows ? header + rows.map((row) => `${rawOf(row)}\n`).join('') : `${header}unreadable`
    const path = join(this.layout.landing('ng'), name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, name.endsWith('.gz') ? gzipSync(text) : text)
    const { sha256, sizeBytes, durable } = await archiveFile(this.layout, 'ng', path, this.layout.landing('ng'))
    await durable
    this.files.set(sha256, 'length' in rows ? { rows, headerBytes: Buffer.byteLength(header), change: staged } : rows)
    return { region: 'ng', source, sha256, name, sizeBytes, arrivedAt }
  }

  /** What staging says of a file from now on. */
  say(file: LandedFile, rows: readonly TestRow[], change: Partial<Staged> = {}): void {
    this.files.set(file.sha256, { rows, headerBytes: Buffer.byteLength(`${file.name}\n`), change })
  }

  journal(): JournalEntry[] {
    const lines = readFileSync(this.layout.journal('ng'), 'utf8').split('\n').slice(0, -1)
    return lines.map((line) => JSON.parse(line) as JournalEntry)
  }

  /** Stage and load as an activity does. */
  async load(warehouse: Warehouse, file: LandedFile, contract = contractOf()): Promise<FileReport> {
    const said = this.files.get(file.sha256)
    return warehouse.load(file, contract, said instanceof Error ? said : await this.restage(file, contract))
  }

  async restage(file: LandedFile, contract: Contract): Promise<string> {
    const said = this.files.get(file.sha256)
    if (said === undefined) throw new Error(`no such file: ${file.name}`)
    if (said instanceof Error) throw said
    this.folders += 1
    const folder = join(this.layout.staged('ng'), String(this.folders))
    await writeStaged(folder, contract, said)
    return folder
  }

  async close(): Promise<void> {
    await this.warehouse?.close()
    this.warehouse = undefined
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }
}

const rawOf = (row: TestRow): string =>
  `${String(row.transaction_id ?? row.creator_id ?? row.date)},${String(row.gross ?? '')}`

/** Write what staging would leave: see stage/staged.ts. The header is line 1; start and length match `land`'s text. */
async function writeStaged(folder: string, contract: Contract, { rows, headerBytes, change }: Landed): Promise<void> {
  mkdirSync(folder, { recursive: true })
  const model: Model = models[contract.model]
  let start = headerBytes
  const records = rows.map((row, index) => {
    const raw = rawOf(row)
    const at = start
    start += Buffer.byteLength(raw) + 1
    const valid = row.reasons === undefined && row.held === undefined
    const reasons = row.held?.map((id) => `question.${id}`) ?? row.reasons ?? null
    return {
      ...Object.fromEntries(model.fields.map(({ name }) => [name, row[name] ?? null])),
      ...{ _line: index + 2, _entry: 0, _start: at, _length: Buffer.byteLength(raw) },
      ...{ _reasons: reasons, _held: row.held ?? null, _warnings: row.warnings ?? null, _raw: valid ? null : raw },
      ...{ _extra: row._extra ?? null, repeat: row.repeat ?? null, text: raw },
    }
  })
  const held = rows.filter((row) => row.held !== undefined)
  const valid = rows.filter((row) => row.reasons === undefined && row.held === undefined)
  const waiting = rows.filter(({ repeat }) => repeat === 'held').length
  const dates = valid.map((row) => String(row.local_date ?? row.date ?? '')).filter((date) => date !== '')
  const times = valid.map((row) => String(row.occurred_at ?? '')).filter((time) => time !== '')
  const staged: Staged = {
    format: contractOf().format,
    columns: ['id', 'gross'],
    read: rows.length + 1,
    ignored: 1,
    sourceRecords: rows.length,
    valid: valid.length,
    rejected: rows.length - valid.length - held.length,
    duplicates: rows.filter(({ repeat }) => repeat === 'duplicate').length,
    conflicts: rows.filter(({ repeat }) => repeat === 'conflict').length,
    held: held.length + waiting,
    waiting,
    questions: [],
    fromDate: dates.toSorted()[0] ?? null,
    lastDate: dates.toSorted().at(-1) ?? null,
    newestAt: times.toSorted().at(-1) ?? null,
    failedChecks: [],
    bytes: start,
    seconds: 0.1,
    ...change,
  }
  writeFileSync(join(folder, 'staged.json'), JSON.stringify(staged))
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const path = join(folder, 'rows.json')
  writeFileSync(path, JSON.stringify(records))
  const shape = [
    ...model.fields.map((field) => `${quote(field.name)}: ${literal(sqlType(field))}`),
    `_line: 'bigint', _entry: 'utinyint', _start: 'bigint', _length: 'integer', _reasons: 'varchar[]', _warnings: 'varchar[]'`,
    `_raw: 'varchar', _extra: 'varchar', _held: 'varchar[]', repeat: 'varchar', text: 'varchar'`,
  ]
  await connection.run(`set TimeZone = 'UTC'`)
  await connection.run(
    `create table r as from read_json(${literal(path)}, format = 'array', columns = { ${shape.join(', ')} })`,
  )
  await connection.run(
    `copy (select * exclude (repeat, text) from r) to ${literal(join(folder, 'records.parquet'))} (format parquet)`,
  )
  if (rows.some(({ repeat }) => repeat !== undefined))
    await connection.run(
      `copy (select _line, _entry, repeat as verdict, case when repeat = 'conflict' then text end as _raw from r where repeat is not null)
       to ${literal(join(folder, 'repeats.parquet'))} (format parquet)`,
    )
  connection.closeSync()
  instance.closeSync()
}

/** What the test compares: every row of core, marts and quality, ordered, without load timings. */
export async function contents(warehouse: Warehouse): Promise<Record<string, unknown>> {
  const tables = await warehouse.query(
    `select table_schema || '.' || table_name as name from information_schema.tables
     where table_schema in ('core', 'mart', 'quality') and table_type = 'BASE TABLE' order by name`,
  )
  const found: Record<string, unknown> = {}
  for (const { name } of tables) found[String(name)] = await warehouse.query(`from ${String(name)} order by all`)
  found.ledger = await warehouse.query(
    `select id, source, sha256, name, contract_version, outcome, "read", loaded, unchanged, duplicate, rejected, ignored,
       held, from_date, last_date, problem_code, arrived_at, loaded_at from ops.file order by id`,
  )
  found.names = await warehouse.query('from ops.file_name order by all')
  return found
}
