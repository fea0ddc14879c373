import { rmSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import type { Contract, FieldRule } from '../../contracts/contract.ts'
import { models } from '../../models/index.ts'
import { plainCsv } from '../../readers/plain-csv.ts'
import { csvRecord } from '../../readers/write-csv.ts'
import { restageFrom } from '../../stage/restage.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits, type Staged, type StageTask } from '../../stage/staged.ts'
import { contractOf, from, sales, value } from '../contracts/contracts.ts'
import { type Random, seeded } from '../contracts/draw.ts'
import { contracts, recordOf } from '../contracts/every-part.ts'
import { isSlow, runSeed } from '../readers/seed.ts'

const folder = await mkdtemp(join(tmpdir(), 'entrepot-restage-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let nth = 0
const stage = async (path: string, contract: Contract, former?: StageTask['former']) => {
  const outDir = join(folder, `staged-${nth++}`)
  const staged = await stageFile({ path, contract, outDir, limits: defaultLimits, ...(former && { former }) }, () => {})
  return { staged, outDir }
}

/** Everything that staging leaves, comparable. */
async function leftIn({ staged, outDir }: { staged: Staged; outDir: string }) {
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const rows = async (name: string) =>
    (
      await connection.runAndReadAll(`from read_parquet('${join(outDir, name)}') order by _line, _entry`)
    ).getRowObjectsJson()
  const { seconds: _, since: __, profile, ...counts } = staged
  const hasRepeats = staged.duplicates + staged.conflicts + staged.waiting > 0
  const left = {
    columns: (
      await connection.runAndReadAll(`describe from read_parquet('${join(outDir, 'records.parquet')}')`)
    ).getRowsJson(),
    records: await rows('records.parquet'),
    repeats: hasRepeats ? await rows('repeats.parquet') : [],
    counts,
    profile,
  }
  connection.closeSync()
  instance.closeSync()
  return left
}

/** Stage a file under one contract, then under another, from there and from the start; what is left has to be the same. */
async function expectAlike(path: string, former: Contract, contract: Contract, seed = '') {
  const { outDir } = await stage(path, former)
  const again = await stage(path, contract, { contract: former, contractVersion: 'former', folder: outDir })
  expect(await leftIn(again), seed).toEqual(await leftIn(await stage(path, contract)))
  return again
}

function fileOf(records: readonly Readonly<Record<string, string | null>>[]): string {
  const names = Object.keys(records[0] ?? {})
  const path = join(folder, `file-${nth++}.csv`)
  writeFileSync(
    path,
    [names, ...records.map((record) => names.map((name) => record[name] ?? ''))].map(csvRecord).join(''),
  )
  return path
}

const rounds = isSlow ? 400 : 24

test('a file that is judged again from what another contract left is as if it were judged from the start', async () => {
  const random = seeded(isSlow ? runSeed : 20261129)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
  const pool = Object.values(contracts).map(
    (one): Contract => ({ ...one, key: { fields: [...models[one.model].key] } }),
  )
  let [gone, changed] = [0, 0]
  for (let round = 0; round < rounds; round++) {
    const path = fileOf(Array.from({ length: 300 }, () => recordOf(random)))
    const former = pick(pool)
    const contract = changedContract(former, pick(pool.filter(({ model }) => model === former.model)), random)
    const { staged } = await expectAlike(path, former, contract, `seed ${runSeed}, round ${round}`)
    if (staged.since !== undefined) gone++
    changed += staged.since?.fields.length ?? 0
  }
  expect(gone).toBeGreaterThan(rounds / 3)
  expect(changed).toBeGreaterThan(rounds / 3)
}, 600_000)

/** Another rule of the columns that a field is read from; where it has none of its own, or other columns have a say, its own. */
function asRead(rule: FieldRule | undefined, other: FieldRule | undefined): FieldRule | undefined {
  const isPlain = (one: FieldRule | undefined) =>
    one !== undefined &&
    one.columns.length === 1 &&
    [one.value, one.debit, one.json, one.zoneWords, one.agrees, one.sign].every((part) => part === null) &&
    one.sql === undefined &&
    one.year === undefined
  return rule !== undefined && other !== undefined && isPlain(rule) && isPlain(other)
    ? { ...other, columns: rule.columns, fallback: rule.fallback }
    : rule
}

/** A contract with some rules of another of its model: all, one field's, its checks, its signs. */
function changedContract(former: Contract, other: Contract, random: Random): Contract {
  const draw = random()
  if (draw < 0.1) return other
  const names = Object.keys(other.fields).filter(() => random() < 0.3)
  const isAsRead = draw > 0.2
  const ruleOf = (name: string) => (isAsRead ? asRead(former.fields[name], other.fields[name]) : other.fields[name])
  const fields = {
    ...former.fields,
    ...Object.fromEntries(
      names.flatMap((name) => {
        const rule = ruleOf(name)
        return rule === undefined ? [] : [[name, rule]]
      }),
    ),
  }
  const checks = [
    { name: 'small', sql: 'gross < 500', severity: random() < 0.5 ? 'reject' : 'warn' },
    { name: 'charged', sql: 'fee >= 0 and kind is not null', severity: random() < 0.5 ? 'reject' : 'warn' },
  ] as const
  return {
    ...former,
    fields: fields as Contract['fields'],
    ...(draw < 0.6 && former.model === 'transaction' && former.open === undefined ? { checks } : {}),
    ...(draw > 0.9 ? { sign: other.sign, direction: other.direction } : {}),
  }
}

const small = (fields: Readonly<Record<string, FieldRule>> = {}, more: Partial<Contract> = {}) => {
  const { format: _, ...others } = more
  return contractOf(sales({ status: from('state', { map: { ok: 'settled', no: 'failed' } }), ...fields }), others)
}
const records = [
  ['t1', '2026-03-01 10:00:00', '100', '1', 'ok'],
  ['t2', '2026-03-01 11:00:00', '5', '9', 'ok'],
  ['t3', 'yesterday', '7', '1', 'late'],
  ['t1', '2026-03-01 10:00:00', '100', '1', 'no'],
].map(([id, at, amount, fee, state]) => ({
  id: id ?? '',
  at: at ?? '',
  amount: amount ?? '',
  fee: fee ?? '',
  state: state ?? '',
}))
const check = (severity: 'reject' | 'warn') => ({ name: 'fee', sql: 'fee < gross', severity })

test('reads no file for what the values tell that stand there', async () => {
  const path = fileOf(records.slice(0, 3))
  const [former, contract] = [small({}, { checks: [check('reject')] }), small({}, { checks: [check('warn')] })]
  const { outDir } = await stage(path, former)
  const whole = await leftIn(await stage(path, contract))
  rmSync(path)
  const again = await stage(path, contract, { contract: former, contractVersion: 'v1', folder: outDir })
  expect(again.staged.since).toEqual({ contractVersion: 'v1', fields: [] })
  expect(await leftIn(again)).toEqual(whole)
})

test('another key, and what only core says of rows, leave the records as they are', async () => {
  const contract = small({}, { key: { fields: ['transaction_id', 'status'] }, provider: 'other' })
  const { staged } = await expectAlike(fileOf(records), small(), contract)
  expect(staged).toMatchObject({ conflicts: 0, valid: 3, since: { fields: [] } })
  expect(restageFrom(small(), contract, plainCsv)?.query).toBeNull()
})

test('a record that is rejected now and was not has its text', async () => {
  const { outDir, staged } = await expectAlike(fileOf(records), small(), small({}, { checks: [check('reject')] }))
  const left = await leftIn({ outDir, staged })
  expect(left.records.map(({ _reasons, _raw }) => [_reasons, _raw])).toEqual([
    [null, null],
    [['check.fee'], 't2,2026-03-01 11:00:00,5,9,ok'],
    [['status.unknown', 'occurred_at.unparseable'], 't3,yesterday,7,1,late'],
    [null, null],
  ])
  expect(left.repeats).toMatchObject([{ _line: '5', verdict: 'conflict', _raw: 't1,2026-03-01 10:00:00,100,1,no' }])
})

const late = (status: string) => from('state', { map: { ok: 'settled', no: 'failed', late: status } })

test.each<[string, Contract, Contract]>([
  [
    'a record is valid that was not',
    small({}, { key: { fields: ['fee'] } }),
    small({ status: late('pending') }, { key: { fields: ['fee'] } }),
  ],
  ['the key is of other fields', small(), small({}, { key: { fields: ['status'] } })],
  [
    'the key is of fewer fields',
    small({}, { key: { fields: ['transaction_id', 'status'] } }),
    small({}, { key: { fields: ['status'] } }),
  ],
  [
    'a field of the key is another',
    small({ status: late('failed') }, { key: { fields: ['status', 'fee'] } }),
    small({ status: late('settled') }, { key: { fields: ['status', 'fee'] } }),
  ],
])('finds repeats where there were none and %s', async (_, former, contract) => {
  const path = fileOf(records.slice(0, 3).map((record) => ({ ...record, at: '2026-03-01 10:00:00' })))
  expect((await stage(path, former)).staged).toMatchObject({ duplicates: 0, conflicts: 0 })
  const { staged } = await expectAlike(path, former, contract)
  expect(staged).toMatchObject({ duplicates: 0, conflicts: 1, since: { contractVersion: 'former' } })
})

test.each<[string, Partial<Contract>, Partial<Contract>]>([
  ['how the file is read', {}, { format: { ...plainCsv, footer: '^t2' } }],
  ['which records are wanted', {}, { only: "state <> 'no'" }],
  ['identity by occurrence', {}, { key: { occurrence: ['id'] } }],
  ['what becomes of further columns', {}, { onNewColumn: 'add' }],
  ['entries of a record', {}, { variants: { of: 'entry', list: [] } }],
])('goes on from nothing where this changes: %s', (_, former, contract) => {
  const [a, b] = [small(), small()].map((one, i) => ({ ...one, ...[former, contract][i] })) as [Contract, Contract]
  expect(restageFrom(a, b, plainCsv)).toBeUndefined()
})

test('a header is found by all the columns that are wanted, not by those alone that a change hangs on', async () => {
  const path = join(folder, 'summary above.csv')
  const above = ['amount,fee,id', '7000,1,none', '', 'id,at,amount,fee,state']
  writeFileSync(path, [...above, 't1,2026-03-01 10:00:00,100,1,ok', 't2,2026-03-01 11:00:00,5,9,ok', ''].join('\n'))
  const { outDir, staged } = await expectAlike(path, small(), small({ gross: from('amount', { unit: 'minor' }) }))
  expect(staged.since?.fields).toContain('gross')
  expect((await leftIn({ outDir, staged })).records.map(({ gross }) => gross)).toEqual(['1.000000000', '0.050000000'])
  await expectAlike(path, small(), small({}, { checks: [check('reject')] }))
})

test('a header that other columns find elsewhere: judged from the start', async () => {
  const path = join(folder, 'two tables.csv')
  const tables = ['id,at,amount,fee', 't0,2026-03-01 09:00:00,7,1', '', 'id,at,amount,fee,state']
  writeFileSync(path, [...tables, 't1,2026-03-01 10:00:00,100,1,ok', 't2,2026-03-01 11:00:00,5,9,ok', ''].join('\n'))
  const settled = small({ status: value('settled') })
  expect(restageFrom(small(), settled, plainCsv)?.otherColumns).not.toBeNull()
  const { staged } = await expectAlike(path, small(), settled)
  expect(staged.since).toBeUndefined()
})

const whoOf = (who: string) => records.map((record, i) => ({ ...record, who: i === 1 ? who : 'Ada' }))

test('one column more: it is read, and what was put right of it is told', async () => {
  const { staged, outDir } = await expectAlike(
    fileOf(whoOf('Ren\u00c3\u00a9')),
    small(),
    small({ account: from('who') }),
  )
  expect(staged.since?.fields).toContain('account')
  expect((await leftIn({ staged, outDir })).records[1]).toMatchObject({ account: 'René', _warnings: ['row.repaired'] })
})

test('one column less: the file is not read, but where some of it was put right', async () => {
  const former = small({ account: from('who') })
  const { staged } = await expectAlike(fileOf(whoOf('Bola')), former, small())
  expect(staged.since?.fields).toEqual(['account'])
  expect(restageFrom(former, small(), plainCsv)?.readsFile).toBe(false)
  const repaired = await expectAlike(fileOf(whoOf('Ren\u00c3\u00a9')), former, small())
  expect(repaired.staged.since).toBeUndefined()
})

test('one column less and another more', async () => {
  const settled = { status: value('settled') }
  const [former, contract] = [
    small({ ...settled, account: from('who') }),
    small({ ...settled, account: from('state') }),
  ]
  const { staged, outDir } = await expectAlike(fileOf(whoOf('Ren\u00c3\u00a9')), former, contract)
  expect(staged.since?.fields).toContain('account')
  expect((await leftIn({ staged, outDir })).records[1]).toMatchObject({ account: 'ok', _warnings: null })
})

test.each(['gone', 'of an earlier Entrepot, without a field'])(
  'is judged from the start where what stood is %s',
  async (how) => {
    const path = fileOf(records)
    const { outDir } = await stage(path, small())
    const left = join(outDir, 'records.parquet')
    if (how === 'gone') rmSync(left)
    else {
      const instance = await DuckDBInstance.create(':memory:')
      const connection = await instance.connect()
      await connection.run(`create table earlier as select * exclude (quantity) from read_parquet('${left}')`)
      await connection.run(`copy earlier to '${left}' (format parquet)`)
      connection.closeSync()
      instance.closeSync()
    }
    const { staged } = await stage(path, small({ fee: value('0') }), {
      ...{ contract: small(), contractVersion: 'v1', folder: outDir },
    })
    expect(staged).toMatchObject({ valid: 3, rejected: 1 })
    expect(staged.since).toBeUndefined()
  },
)
