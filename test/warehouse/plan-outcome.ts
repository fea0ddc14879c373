import type { SourceChange, Sums } from '../../warehouse/plan.types.ts'
import type { Warehouse } from '../../warehouse/warehouse.types.ts'

type Row = Readonly<Record<string, unknown>>
type Query = Pick<Warehouse, 'query'>['query']

/** Everything of one source that judging its files again may change. */
export interface Snapshot {
  readonly core: ReadonlyMap<string, Row>
  readonly rejects: ReadonlyMap<string, readonly string[]>
  readonly files: ReadonlyMap<number, Row>
}

const all = { maxRows: 5_000_000, timeoutMs: 600_000 }

export async function snapshotOf(query: Query, source: string, model = 'transaction', key = ['transaction_id']) {
  const core = await query(`select * exclude (_file, _line) from core.${model} where source = '${source}'`, all)
  const rejects = await query(`select _file, line, reasons from quality.reject where source = '${source}'`, all)
  const files = await query(`select * from ops.file where source = '${source}'`, all)
  return {
    core: new Map(core.map((row) => [key.map((name) => row[name]).join(' '), row])),
    rejects: new Map(rejects.map((row) => [`${row._file} ${row.line}`, row.reasons as string[]])),
    files: new Map(files.map((row) => [Number(row.id), row])),
  } satisfies Snapshot
}

/** What a plan must have said, told by looking at a source before and after: all of it but examples and files left. */
export function changeBetween(
  before: Snapshot,
  after: Snapshot,
  judgedAgain: readonly number[],
): Omit<SourceChange, 'source' | 'model' | 'examples' | 'files'> & { held: string[]; freed: string[] } {
  const state = (snapshot: Snapshot, id: number) => snapshot.files.get(id)?.outcome
  const names = (is: (was: unknown, now: unknown) => boolean) =>
    judgedAgain.filter((id) => is(state(before, id), state(after, id))).map((id) => String(after.files.get(id)?.name))
  const keys = [...new Set([...before.core.keys(), ...after.core.keys()])]
  const pairs = keys.map((key) => ({ was: before.core.get(key), now: after.core.get(key) }))
  const fields = (was: Row, now: Row) =>
    Object.keys(now).filter((name) => name !== 'closed_at' && JSON.stringify(was[name]) !== JSON.stringify(now[name]))
  const changedFields: Record<string, number> = {}
  const counts = { added: 0, changed: 0, removed: 0, closed: 0, reopened: 0 }
  for (const { was, now } of pairs) {
    if (was === undefined) counts.added += 1
    else if (now === undefined) counts.removed += 1
    else {
      const changed = fields(was, now)
      if (changed.length > 0) counts.changed += 1
      for (const name of changed) changedFields[name] = (changedFields[name] ?? 0) + 1
      if (was.closed_at == null && now.closed_at != null) counts.closed += 1
      if (was.closed_at != null && now.closed_at == null) counts.reopened += 1
    }
  }
  return {
    held: names((was, now) => was === 'loaded' && now === 'held'),
    freed: names((was, now) => was === 'held' && now === 'loaded'),
    records: { before: records(before, judgedAgain), after: records(after, judgedAgain) },
    newlyRejected: reasonsOf(after, before),
    noLongerRejected: reasonsOf(before, after),
    rows: { before: before.core.size, after: after.core.size, ...counts },
    changedFields,
    money: money(before, after),
  }
}

function records({ files }: Snapshot, ids: readonly number[]) {
  const sum = (...names: string[]) =>
    ids.reduce((total, id) => names.reduce((all, name) => all + Number(files.get(id)?.[name]), total), 0)
  return {
    ...{ read: sum('read'), loaded: sum('loaded', 'unchanged'), duplicate: sum('duplicate') },
    ...{ rejected: sum('rejected'), ignored: sum('ignored'), held: sum('held') },
  }
}

function reasonsOf(those: Snapshot, others: Snapshot): SourceChange['newlyRejected'] {
  const alone = [...those.rejects].filter(([place]) => !others.rejects.has(place)).map(([, reasons]) => reasons)
  const reasons: Record<string, number> = {}
  for (const reason of alone.flat().sort()) reasons[reason] = (reasons[reason] ?? 0) + 1
  return { records: alone.length, reasons }
}

const amounts = ['gross', 'fee', 'tax', 'net'] as const

function money(before: Snapshot, after: Snapshot): SourceChange['money'] {
  const counted = ({ core }: Snapshot) => [...core.values()].filter((row) => row.counted === true)
  const [was, now] = [counted(before), counted(after)]
  const group = (of: (row: Row) => string) => [...new Set([...was, ...now].map(of))].sort()
  const change = (is: (row: Row) => boolean) => ({
    before: sums(was.filter(is)),
    after: sums(now.filter(is)),
    difference: difference(was.filter(is), now.filter(is)),
  })
  const ofTotal = (row: Row) => `${row.currency} ${row.role}`
  const ofDay = (row: Row) => `${row.currency} ${row.local_date} ${row.role}`
  const totals = group(ofTotal).map((key) => {
    const [currency = '', role = ''] = key.split(' ')
    return { currency, role, ...change((row) => ofTotal(row) === key) }
  })
  const days = group(ofDay).flatMap((key) => {
    const [currency = '', localDate = '', role = ''] = key.split(' ')
    const found = change((row) => ofDay(row) === key)
    const isSame = JSON.stringify(found.before) === JSON.stringify(found.after)
    return isSame ? [] : [{ localDate, currency, role, ...found }]
  })
  return { totals, days }
}

const units = (decimal: unknown): bigint => BigInt(String(decimal).replace('.', ''))

const text = (nanos: bigint): string => {
  const digits = String(nanos < 0n ? -nanos : nanos).padStart(10, '0')
  const fraction = digits.slice(-9).replace(/0{1,7}$/, '')
  return `${nanos < 0n ? '-' : ''}${digits.slice(0, -9)}.${fraction}`
}

const known = (rows: readonly Row[], name: string) => rows.filter((row) => row[name] !== null)

const sum = (rows: readonly Row[], name: string): bigint => rows.reduce((total, row) => total + units(row[name]), 0n)

function sums(rows: readonly Row[]): Sums {
  const of = (name: (typeof amounts)[number]) => {
    const some = known(rows, name)
    return some.length === 0 ? null : text(sum(some, name))
  }
  return { rows: rows.length, gross: of('gross'), fee: of('fee'), tax: of('tax'), net: of('net') }
}

function difference(was: readonly Row[], now: readonly Row[]): Sums {
  const of = (name: (typeof amounts)[number]) => {
    const [a, b] = [known(was, name), known(now, name)]
    return a.length + b.length === 0 ? null : text(sum(b, name) - sum(a, name))
  }
  return { rows: now.length - was.length, gross: of('gross'), fee: of('fee'), tax: of('tax'), net: of('net') }
}
