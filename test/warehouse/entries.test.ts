import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Contract } from '../../contracts/contract.ts'
import { formatProblem, parseContract } from '../../contracts/language.ts'
import { regionProfile } from '../../models/region.ts'
import { isConserved } from '../../models/report.ts'
import { layout } from '../../project/layout.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { archivedPath, archiveFile } from '../../warehouse/archive.ts'
import { openWarehouse } from '../../warehouse/warehouse.ts'
import type { LandedFile, Warehouse } from '../../warehouse/warehouse.types.ts'

const root = mkdtempSync(join(tmpdir(), 'entrepot-entries-'))
const project = layout(root)
const profile = regionProfile.parse({
  ...{ region: 'ng', name: 'Nigeria', country: 'NG', zone: 'Africa/Lagos', currency: 'NGN' },
})
let warehouse: Warehouse
let folders = 0

/** Staged anew each time, as a rebuild does. */
async function restage({ sha256 }: LandedFile, contract: Contract): Promise<string> {
  const outDir = join(root, `staged-${++folders}`)
  await stageFile({ path: archivedPath(project, 'ng', sha256), contract, outDir, limits: defaultLimits }, () => {})
  return outDir
}

beforeAll(async () => {
  warehouse = await openWarehouse({ layout: project, profile, restage })
})
afterAll(async () => {
  await warehouse.close()
  rmSync(root, { recursive: true, force: true })
})

function contractOf(yaml: string, source: string): Contract {
  const parsed = parseContract(
    `source: ${source}\nmodel: transaction\nmatch: "${source}/*"\n${yaml}`,
    `regions/ng/sources/${source}.yaml`,
    profile,
  )
  if ('errors' in parsed) throw new Error(formatProblem(parsed.errors))
  return parsed.contract
}

async function land(source: string, name: string, lines: readonly string[]): Promise<LandedFile> {
  const path = join(project.landing('ng'), source, name)
  mkdirSync(dirname(path), { recursive: true })
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''))
  const { durable, ...archived } = await archiveFile(project, 'ng', path)
  await durable
  return { region: 'ng', source, name, ...archived } as LandedFile
}

async function load(file: LandedFile, contract: Contract) {
  const report = await warehouse.load(file, contract, await restage(file, contract))
  expect(isConserved(report)).toBe(true)
  const { read, loaded, unchanged, duplicate, rejected, ignored, held } = report
  return { read, loaded, unchanged, duplicate, rejected, ignored, held }
}

const rows = (source: string) =>
  warehouse.query(
    `select transaction_id as id, gross::varchar::double as gross, fee::varchar::double as fee, _line::integer as line from core.transaction
     where source = '${source}' order by id`,
  )
const rejects = (source: string) =>
  warehouse.query(
    `select line::integer as line, reasons, raw from quality.reject where source = '${source}' order by line`,
  )

const entries = `fields: { local_date: Day }
entries:
  - { name: sale, fields: { transaction_id: Id, kind: { value: sale }, gross: Amount, fee: { value: 0 } } }
  - name: fee
    when: Fee is not null
    fields: { transaction_id: { sql: "Id || '-fee'" }, kind: { value: fee }, gross: { from: Fee, negate: true } }
`
const header = 'Id,Day,Amount,Fee'

test('entries are loaded, found unchanged, and restated one by one; a record that is rejected is in no part in core', async () => {
  const contract = contractOf(entries, 'stall')
  const first = await land('stall', 'a.csv', [
    header,
    'a,2026-03-01,10,1',
    'b,2026-03-01,20,2',
    'b,2026-03-01,20,2',
    'c,2026-03-01,30,x',
    'd,2026-03-01,40,',
    'd,2026-03-01,41,4',
    'e,2026-03-01,50,',
    // Its sale is there already, its fee is not.
    'e,2026-03-01,50,5',
  ])
  expect(await load(first, contract)).toEqual({
    read: 15,
    loaded: 7,
    unchanged: 0,
    duplicate: 3,
    rejected: 4,
    ignored: 1,
    held: 0,
  })
  expect(await rows('stall')).toEqual([
    { id: 'a', gross: 10, fee: 0, line: 2 },
    { id: 'a-fee', gross: 0, fee: 1, line: 2 },
    { id: 'b', gross: 20, fee: 0, line: 3 },
    { id: 'b-fee', gross: 0, fee: 2, line: 3 },
    { id: 'd', gross: 40, fee: 0, line: 6 },
    { id: 'e', gross: 50, fee: 0, line: 8 },
    { id: 'e-fee', gross: 0, fee: 5, line: 9 },
  ])
  expect(await rejects('stall')).toEqual([
    { line: 5, reasons: ['gross.unparseable'], raw: 'c,2026-03-01,30,x' },
    { line: 5, reasons: ['gross.unparseable'], raw: 'c,2026-03-01,30,x' },
    { line: 7, reasons: ['key.conflict'], raw: 'd,2026-03-01,41,4' },
    { line: 7, reasons: ['key.conflict'], raw: 'd,2026-03-01,41,4' },
  ])
  // A restatement changes the fee of one record and repeats the other.
  const second = await land('stall', 'b.csv', [header, 'a,2026-03-01,10,3', 'b,2026-03-01,20,2'])
  expect(await load(second, contract)).toEqual({
    read: 5,
    loaded: 1,
    unchanged: 3,
    duplicate: 0,
    rejected: 0,
    ignored: 1,
    held: 0,
  })
  expect((await rows('stall')).slice(0, 2)).toEqual([
    { id: 'a', gross: 10, fee: 0, line: 2 },
    { id: 'a-fee', gross: 0, fee: 3, line: 2 },
  ])
})

test('a plan says what a changed entry comes to, and it comes to that', async () => {
  const was = contractOf(entries, 'booth')
  const file = await land('booth', 'a.csv', [header, 'a,2026-03-01,10,1', 'b,2026-03-01,20,2'])
  await load(file, was)
  const now = contractOf(
    entries.replace('gross: { from: Fee, negate: true }', 'gross: { from: Fee, unit: minor, negate: true }'),
    'booth',
  )
  const folder = await restage(file, now)
  const plan = await warehouse.plan('booth', [{ file, contract: now, staged: folder }])
  expect(plan.rows).toMatchObject({ before: 4, after: 4, added: 0, removed: 0, changed: 2 })
  expect(plan.changedFields).toEqual({ fee: 2, net: 2 })
  expect(plan.money.totals).toMatchObject([
    {
      before: { rows: 4, fee: '3.00' },
      after: { rows: 4, fee: '0.03' },
      difference: { rows: 0, gross: '0.00', fee: '-2.97' },
    },
  ])
  expect(await load(file, now)).toMatchObject({ loaded: 2, unchanged: 2 })
  expect((await rows('booth')).map(({ id, fee }) => [id, fee])).toEqual([
    ['a', 0],
    ['a-fee', 0.01],
    ['b', 0],
    ['b-fee', 0.02],
  ])
})

test('joined lines are loaded as one, and restated where another line of theirs says otherwise', async () => {
  const contract = contractOf(
    `join: { by: Id, main: Line = 'SALE', parts: { Taken: { when: Line = 'FEE', from: Amount } } }
fields: { transaction_id: Id, kind: { value: sale }, local_date: Day, gross: Amount, fee: Taken }
`,
    'till',
  )
  const file = (name: string, fee: number) =>
    land('till', name, [
      'Id,Line,Day,Amount',
      'a,SALE,2026-03-01,10',
      `a,FEE,,${fee}`,
      'b,SALE,2026-03-01,20',
      'c,FEE,,3',
    ])
  expect(await load(await file('a.csv', 1), contract)).toEqual({
    read: 4,
    loaded: 2,
    unchanged: 0,
    duplicate: 0,
    rejected: 1,
    ignored: 1,
    held: 0,
  })
  expect(await rejects('till')).toEqual([{ line: 5, reasons: ['join.main_missing'], raw: 'c,FEE,,3' }])
  expect(await load(await file('b.csv', 2), contract)).toMatchObject({ loaded: 1, unchanged: 1 })
  expect(await rows('till')).toEqual([
    { id: 'a', gross: 10, fee: 2, line: 2 },
    { id: 'b', gross: 20, fee: null, line: 4 },
  ])
})
