import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type OpenRegion, openRegionHere } from '../../operations/open-region.ts'
import { driftThresholds } from '../../warehouse/drift-thresholds.ts'
import { rebuildWarehouse } from '../../warehouse/rebuild.ts'
import { newProject } from '../operations/project.ts'

const yamlOf = (source: string) => `source: ${source}
model: transaction
match: "${source}/**/*.csv"
format: { type: csv }
fields:
  transaction_id: { from: Id }
  kind:           { value: sale }
  status:         { from: Status, map: { ok: settled, no: failed } }
  occurred_at:    { from: At, format: "DD/MM/YYYY HH:mm" }
  currency:       { value: NGN }
  gross:          { from: Amount }
  fee:            { from: Fee }
  creator_id:     { from: Seller }
`

const project = newProject(['ng'])
const { layout } = project
const quiet = { info() {}, warn() {}, error() {} }
let open: OpenRegion
/** Each case has a source of its own, with one file of 40 records that is as the contract says. */
let cases = 0
let source = ''

beforeAll(async () => {
  open = await openRegionHere(layout, 'ng', quiet)
})
afterAll(async () => {
  await open.close()
  project.remove()
})
beforeEach(async () => {
  cases += 1
  source = `s${cases}`
  contract((text) => text)
  await ingest('first.csv', csv(40))
  expect(await drift()).toEqual([])
})

const contract = (edit: (text: string) => string) =>
  writeFileSync(join(layout.sources('ng'), `${source}.yaml`), edit(yamlOf(source)))

type Record = { [column: string]: string }

/** Records as the contract takes them, but for `edit`. */
function csv(rows: number, edit: (record: Record, n: number) => Record = (record) => record): string {
  const records = Array.from({ length: rows }, (_, n) =>
    edit(
      {
        ...{ Id: `${source}-${rows}-${n}`, Note: `n${n}`, Status: n % 5 === 0 ? 'no' : 'ok' },
        ...{ At: `${String((n % 28) + 1).padStart(2, '0')}/07/2026 10:${String(n % 60).padStart(2, '0')}` },
        ...{ Amount: `${100 + n * 7}.50`, Fee: n % 10 === 0 ? '' : '1.00', Seller: `c${n % 4}` },
      },
      n,
    ),
  )
  const names = Object.keys(records[0] ?? {})
  const line = (cells: string[]) =>
    cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')
  return `${[names, ...records.map((record) => names.map((name) => record[name] ?? ''))].map(line).join('\n')}\n`
}

async function ingest(name: string, text: string) {
  project.land('ng', `../.${source}-${name}`, text)
  const path = join(layout.landing('ng'), `.${source}-${name}`)
  const { files } = await open.access.ingest({ path, name, source })
  return files[0]
}

const codes = [
  'column.new',
  'column.missing',
  'column.renamed',
  'column.retyped',
  'column.rescaled',
  'column.absent',
  'file.rejects',
]

const drift = async () =>
  (await open.access.findings())
    .filter((finding) => finding.source === source && codes.includes(finding.code))
    .map(({ code, severity, message, proposal }) => ({ code, severity, message, proposal }))

const renamedTo = (from: string, to: string) => (record: Record) =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name === from ? to : name, value]))

describe('columns', () => {
  test('a new one: into the field of its name, or kept beside; taken by the contract it is no news', async () => {
    const text = csv(41, (record) => ({ ...record, Tax: '0.10', Extra: 'x' }))
    await ingest('new.csv', text)
    expect(await drift()).toEqual([
      {
        ...{ code: 'column.new', severity: 'warn' },
        message: 'new.csv has columns that the source did not have before: "Tax", "Extra".',
        proposal: `fields:
  tax: { from: Tax }  # a field that the contract does not fill yet
on_new_column: add  # keep what no field takes with each row; \`ignore\` leaves it out`,
      },
    ])
    contract((yaml) => yaml.replace('  creator_id', '  reference: { from: Ref }\n  creator_id'))
    await ingest(
      'taken.csv',
      csv(42, (record) => ({ ...record, Tax: '0.10', Extra: 'x', Ref: 'r' })),
    )
    expect((await drift()).map(({ message }) => message)).toEqual([
      'new.csv has columns that the source did not have before: "Tax", "Extra".',
    ])
  })

  test('one that nothing takes is gone', async () => {
    await ingest(
      'gone.csv',
      csv(41, ({ Note: _, ...record }) => record),
    )
    expect(await drift()).toEqual([
      {
        ...{ code: 'column.missing', severity: 'warn', proposal: null },
        message: 'gone.csv lacks columns that the file before it had: "Note". The contract takes none of them.',
      },
    ])
    await ingest(
      'still-gone.csv',
      csv(42, ({ Note: _, ...record }) => record),
    )
    expect((await drift()).map(({ message }) => message.slice(0, 8))).toEqual(['gone.csv'])
  })

  test('a wanted one under a name that is near', async () => {
    const report = await ingest('renamed.csv', csv(41, renamedTo('Amount', 'Amounts')))
    expect(report?.problem?.code).toBe('file.columns-missing')
    expect(await drift()).toEqual([
      {
        ...{ code: 'column.renamed', severity: 'block' },
        message: 'renamed.csv: "Amount" seems to be "Amounts" now (its name is near, its values are 100% alike).',
        proposal:
          'fields:\n  gross: { from: Amounts }  # in place of Amount; files before this one can not be read so: `plan` says what becomes of them',
      },
    ])
    contract((yaml) => yaml.replace('{ from: Amount }', '{ from: Amounts }'))
    expect((await ingest('renamed.csv', csv(41, renamedTo('Amount', 'Amounts'))))?.outcome).toBe('loaded')
    expect((await drift()).map(({ code }) => code)).toEqual(['column.missing'])
    await ingest('as-now.csv', csv(43, renamedTo('Amount', 'Amounts')))
    expect((await drift()).map(({ message }) => message)).toEqual([
      'renamed.csv lacks columns that the file before it had: "Amount". The contract takes none of them.',
    ])
  })

  test('a wanted one under another name, told by its values; where two are alike neither is guessed', async () => {
    await ingest(
      'values.csv',
      csv(41, (record) => ({ ...renamedTo('Amount', 'Total')(record), Colour: 'red' })),
    )
    expect(await drift()).toMatchObject([
      {
        code: 'column.renamed',
        message: 'values.csv: "Amount" seems to be "Total" now (its values are 100% alike).',
        proposal:
          'fields:\n  gross: { from: Total }  # in place of Amount; files before this one can not be read so: `plan` says what becomes of them',
      },
    ])
    await ingest(
      'both.csv',
      csv(42, (record) => ({ ...renamedTo('Amount', 'Total')(record), Sum: '12.50' })),
    )
    expect((await drift()).map(({ message }) => message)).toEqual([
      'values.csv: "Amount" seems to be "Total" now (its values are 100% alike).',
    ])
  })
})

describe('values are written otherwise', () => {
  const retyped = async (edit: (record: Record, n: number) => Record) => {
    await ingest('other.csv', csv(41, edit))
    return drift()
  }
  const message = (column: string) =>
    `other.csv writes ${column} otherwise than the files before it: most records can not be read.`

  test('times in another format', async () => {
    const iso = ({ At, ...record }: Record) => ({ ...record, At: `2026.07.${At?.slice(0, 2)}` })
    expect(await retyped(iso)).toEqual([
      { ...{ code: 'column.retyped', severity: 'warn', proposal: null }, message: message('"At" (occurred_at)') },
    ])
  })

  test.each([
    [
      'ISO 8601',
      (at: string) => `2026-07-${at.slice(0, 2)}T${at.slice(11)}:00`,
      'fields:\n  occurred_at: { format: ["DD/MM/YYYY HH:mm", "YYYY-MM-DDTHH:mm:ss"] }  # as "2026-07-01T10:00:00" is written',
    ],
    [
      'ISO 8601 with an offset',
      (at: string) => `2026-07-${at.slice(0, 2)}T${at.slice(11)}:00+01:00`,
      'fields:\n  occurred_at: without `format`  # they are ISO 8601 now, such as "2026-07-01T10:00:00+01:00"',
    ],
    [
      'months before days, where the list would decide for days that both can read',
      (at: string) => `07/${13 + (Number(at.slice(0, 2)) % 19)}/2026 ${at.slice(11)}`,
      'fields:\n  occurred_at: { format: "MM/DD/YYYY HH:mm" }  # as "07/14/2026 10:00" is written, for files like this one: in a source of their own, whose `match` takes them alone',
    ],
    [
      'words',
      (at: string) => `${at.slice(0, 2)} Jul 2026 ${at.slice(11)}`,
      'fields:\n  occurred_at: { format: ["DD/MM/YYYY HH:mm", "DD MMM YYYY HH:mm"] }  # as "01 Jul 2026 10:00" is written',
    ],
    [
      'dashes',
      (at: string) => at.replaceAll('/', '-'),
      'fields:\n  occurred_at: { format: ["DD/MM/YYYY HH:mm", "DD-MM-YYYY HH:mm"] }  # as "01-07-2026 10:00" is written',
    ],
    [
      'an order that is not proved',
      (at: string) => `07-0${(Number(at.slice(0, 2)) % 9) + 1}-2026`,
      'fields:\n  occurred_at: { format: DD-MM-YYYY }  # or "MM-DD-YYYY": the first records fit both, ask the sender',
    ],
  ])('times as %s', async (_, write, proposal) => {
    const found = await retyped((record) => ({ ...record, At: write(record.At ?? '') }))
    expect(found).toEqual([
      { ...{ code: 'column.retyped', severity: 'warn', proposal }, message: message('"At" (occurred_at)') },
    ])
  })

  test.each([
    [
      'a decimal comma',
      (n: number) => `1.${200 + n},50`,
      'fields:\n  gross: { decimal: ",", group: "." }  # as "1.200,50" is written',
    ],
    [
      'a currency sign',
      (n: number) => `₦${200 + n}.50`,
      'fields:\n  gross: { symbols: ["₦"] }  # as "₦200.50" is written',
    ],
  ])('amounts with %s', async (_, write, proposal) => {
    const found = await retyped((record, n) => ({ ...record, Amount: write(n) }))
    expect(found).toEqual([
      { ...{ code: 'column.retyped', severity: 'warn', proposal }, message: message('"Amount" (gross)') },
    ])
  })

  test('amounts in minor units that have decimals', async () => {
    source = `s${++cases}`
    contract((text) => text.replace('{ from: Amount }', '{ from: Amount, unit: minor }'))
    await ingest(
      'first.csv',
      csv(40, (record, n) => ({ ...record, Amount: String(20_050 + n) })),
    )
    expect(await retyped((record, n) => ({ ...record, Amount: `${200 + n}.55` }))).toEqual([
      {
        ...{ code: 'column.retyped', severity: 'warn', message: message('"Amount" (gross)') },
        proposal:
          'fields:\n  gross: { unit: major }  # they have decimals now; for files like this one: in a source of their own, whose `match` takes them alone',
      },
    ])
  })

  test('words that are in no map', async () => {
    const found = await retyped((record, n) => ({ ...record, Status: n % 3 === 0 ? 'Failed' : 'gut' }))
    expect(found).toEqual([
      {
        ...{ code: 'column.retyped', severity: 'warn', message: message('"Status" (status)') },
        proposal:
          'fields:\n  status: { map: { Failed: failed, gut: "?", ok: settled, "no": failed } }  # say for each "?" what it means: settled, pending, failed, reversed, expired, disputed',
      },
    ])
  })
})

describe('shares and scale', () => {
  test('more rejects than before', async () => {
    const some = (record: Record, n: number) => (n % 5 === 1 ? { ...record, Amount: 'abc' } : record)
    await ingest('worse.csv', csv(41, some))
    expect(await drift()).toEqual([
      {
        ...{ code: 'file.rejects', severity: 'warn', proposal: null },
        message: '20% of the records of worse.csv are rejected, 0% of the files before it; most as gross.unparseable.',
      },
    ])
  })

  test('a field that is absent more often, or less often', async () => {
    await ingest(
      'empty.csv',
      csv(41, (record) => ({ ...record, Fee: '' })),
    )
    expect(await drift()).toEqual([
      {
        ...{ code: 'column.absent', severity: 'warn' },
        message: 'empty.csv lacks fee in 100% of the records, before in 10%.',
        proposal:
          'checks:\n  - { name: fee_there, sql: "fee is not null", severity: warn }  # where it must not be absent',
      },
    ])
  })

  test.each([
    [
      '100 times',
      (gross: number) => (gross * 100).toFixed(0),
      'gross in NGN is about 100 times what it was (in the middle 24050.00, before 233.50)',
      'fields:\n  gross: { unit: minor }  # for files like this one: in a source of their own, whose `match` takes them alone',
    ],
    [
      '1/1000',
      (gross: number) => (gross / 1000).toFixed(2),
      'gross in NGN is about 1/1000 of what it was (in the middle 0.24, before 233.50)',
      null,
    ],
    ['three times', (gross: number) => (gross * 3).toFixed(2), null, null],
  ])('an amount that is %s of what it was', async (_, write, what, proposal) => {
    await ingest(
      'scaled.csv',
      csv(41, (record) => ({ ...record, Amount: write(Number(record.Amount)), Fee: '' })),
    )
    const found = (await drift()).filter(({ code }) => code === 'column.rescaled')
    expect(found).toEqual(
      what === null ? [] : [{ code: 'column.rescaled', severity: 'warn', message: `scaled.csv: ${what}.`, proposal }],
    )
  })

  test('too few records are not compared', async () => {
    const few = driftThresholds.records - 1
    await ingest(
      'few.csv',
      csv(few, (record) => ({ ...record, Amount: 'abc', Fee: '' })),
    )
    expect(await drift()).toEqual([])
    await ingest(
      'enough.csv',
      csv(few + 1, (record) => ({ ...record, Amount: 'abc' })),
    )
    expect((await drift()).map(({ code }) => code)).toEqual(['file.rejects'])
  })

  test('files that another contract judged are no measure; judged again by the same one they are', async () => {
    contract((yaml) => yaml.replace('{ from: Amount }', '{ from: Amount, unit: minor }'))
    await ingest(
      'minor.csv',
      csv(41, (record) => ({ ...record, Amount: `${Math.round(Number(record.Amount) * 100)}` })),
    )
    expect(await drift()).toEqual([])
    contract((yaml) => yaml)
    while ((await open.access.apply({ source })).remaining > 0);
    expect((await drift()).map(({ code }) => code)).toEqual(['column.rescaled'])
  })
})

test('what is told is the same in a rebuild', async () => {
  await ingest(
    'empty.csv',
    csv(41, (record) => ({ ...record, Fee: '', Amount: `${Number(record.Amount) * 100}` })),
  )
  const profile = () => open.access.query('select * from quality.file_profile order by all')
  const before = { findings: await open.access.findings(), profile: await profile() }
  expect(before.profile.length).toBeGreaterThan(5)
  await open.close()
  rmSync(layout.staged('ng'), { recursive: true })
  open = await openRegionHere(layout, 'ng', quiet, rebuildWarehouse)
  expect({ findings: await open.access.findings(), profile: await profile() }).toEqual(before)
})
