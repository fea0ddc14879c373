import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CentralMart } from '../../central/central.types.ts'
import { type CentralStore, openCentral } from '../../central/store.ts'
import { creatorDaily, publicationOf, type SaleRow, type Wanted } from './publication.ts'

let folder: string
let store: CentralStore

const open = (marts: readonly CentralMart[] = [creatorDaily]) =>
  openCentral({ path: join(folder, 'centre.duckdb'), incoming: join(folder, 'incoming'), marts })

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'entrepot-central-'))
  store = await open()
})
afterEach(async () => {
  await store.close()
  await rm(folder, { recursive: true })
})

const incoming = () => join(folder, 'incoming')

async function apply(wanted: Wanted, region = wanted.region ?? 'ng') {
  const { path, sha256 } = await publicationOf(incoming(), wanted)
  return await store.apply(region, path, sha256)
}

const held = async (): Promise<unknown[]> => {
  const { rows } = await store.query(
    'select region, local_date, creator_id, gross from central.creator_daily order by all',
  )
  return rows.map((row) => Object.values(row).join(' '))
}

const partitions = async (): Promise<unknown[]> => {
  const { rows } = await store.query(
    'select region, local_date, publish_seq, content_hash, "rows" from ops.partition order by all',
  )
  return rows.map((row) => Object.values(row).join(' '))
}

const july: readonly SaleRow[] = [
  ['2026-07-01', 'ada', '12345678901234567890.000000001'],
  ['2026-07-01', 'bola', '-20'],
  ['2026-07-02', 'ada', '5.5'],
]

describe('a publication', () => {
  test('replaces its partitions and is recorded with them', async () => {
    const receipt = await apply({ seq: 1, rows: july })
    expect(receipt).toEqual({
      region: 'ng',
      publishSeq: 1,
      mart: 'creator_daily',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
      appliedPartitions: 2,
      skippedPartitions: 0,
      receivedAt: expect.stringMatching(/^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
    expect(await held()).toEqual([
      'ng 2026-07-01 ada 12345678901234567890.000000001',
      'ng 2026-07-01 bola -20.000000000',
      'ng 2026-07-02 ada 5.500000000',
    ])
    expect(await partitions()).toEqual(['ng 2026-07-01 1 hash-1-2026-07-01 2', 'ng 2026-07-02 1 hash-1-2026-07-02 1'])
    const { rows } = await store.query(
      'select region, publish_seq, mart, partitions, "rows", as_of from ops.publication',
    )
    expect(rows).toEqual([
      {
        region: 'ng',
        publish_seq: '1',
        mart: 'creator_daily',
        partitions: '2',
        rows: '3',
        as_of: '2026-07-01T10:00:01Z',
      },
    ])
  })

  test('repeated gives the same receipt and changes nothing, even when its partitions are newer by then', async () => {
    const first = await publicationOf(incoming(), { seq: 1, rows: july })
    const receipt = await store.apply('ng', first.path, first.sha256)
    await apply({ seq: 2, rows: [['2026-07-01', 'ada', '7']] })
    const before = [await held(), await partitions(), await store.freshness()]
    expect(await store.apply('ng', first.path, first.sha256)).toEqual(receipt)
    expect([await held(), await partitions(), await store.freshness()]).toEqual(before)
  })

  test('keeps to its region: the same days of another stay', async () => {
    await apply({ seq: 1, rows: [['2026-07-01', 'ada', '1']] })
    await apply({ seq: 1, region: 'gh', rows: [['2026-07-01', 'kofi', '2']] })
    await apply({ seq: 2, region: 'gh', rows: [['2026-07-01', 'kofi', '3']] })
    expect(await held()).toEqual(['gh 2026-07-01 kofi 3.000000000', 'ng 2026-07-01 ada 1.000000000'])
  })

  test('that comes late does not undo a later one', async () => {
    await apply({
      seq: 5,
      rows: [
        ['2026-07-01', 'ada', '5'],
        ['2026-07-02', 'ada', '5'],
      ],
    })
    const late = await apply({
      seq: 4,
      rows: [
        ['2026-07-02', 'ada', '4'],
        ['2026-07-03', 'ada', '4'],
      ],
    })
    expect([late.appliedPartitions, late.skippedPartitions]).toEqual([1, 1])
    expect(await held()).toEqual([
      'ng 2026-07-01 ada 5.000000000',
      'ng 2026-07-02 ada 5.000000000',
      'ng 2026-07-03 ada 4.000000000',
    ])
    expect(await partitions()).toEqual([
      'ng 2026-07-01 5 hash-5-2026-07-01 1',
      'ng 2026-07-02 5 hash-5-2026-07-02 1',
      'ng 2026-07-03 4 hash-4-2026-07-03 1',
    ])
  })

  test('overlapping the last one replaces what both have', async () => {
    await apply({
      seq: 1,
      rows: [
        ['2026-07-01', 'ada', '1'],
        ['2026-07-02', 'ada', '1'],
      ],
    })
    await apply({
      seq: 2,
      rows: [
        ['2026-07-02', 'bola', '2'],
        ['2026-07-03', 'bola', '2'],
      ],
    })
    expect(await held()).toEqual([
      'ng 2026-07-01 ada 1.000000000',
      'ng 2026-07-02 bola 2.000000000',
      'ng 2026-07-03 bola 2.000000000',
    ])
  })

  test('empties a partition, and a late one does not fill it again', async () => {
    await apply({ seq: 1, rows: july })
    const receipt = await apply({ seq: 3, rows: [], emptied: ['2026-07-01'] })
    expect(receipt.appliedPartitions).toBe(1)
    const late = await apply({ seq: 2, rows: [['2026-07-01', 'ada', '2']] })
    expect(late.skippedPartitions).toBe(1)
    expect(await held()).toEqual(['ng 2026-07-02 ada 5.500000000'])
    expect(await partitions()).toEqual(['ng 2026-07-01 3 hash-3-2026-07-01 0', 'ng 2026-07-02 1 hash-1-2026-07-02 1'])
  })

  test('without partitions says how fresh the region is and changes nothing else', async () => {
    await apply({ seq: 1, rows: july })
    await apply({ seq: 2, rows: [] })
    expect(await held()).toHaveLength(3)
    expect(await store.freshness()).toEqual([
      {
        region: 'ng',
        asOf: '2026-07-01T10:00:02.000Z',
        lastPublication: 2,
        lastReceivedAt: expect.any(String),
        publications: 2,
        rowsInReview: 2,
      },
    ])
  })

  test('20 at once, some repeated, are applied once each', async () => {
    const made = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        publicationOf(incoming(), {
          seq: i + 1,
          rows: [
            ['2026-07-01', 'ada', `${i + 1}`],
            [`2026-08-0${(i % 9) + 1}`, 'ada', '1'],
          ],
        }),
      ),
    )
    const receipts = await Promise.all([...made, ...made].map(({ path, sha256 }) => store.apply('ng', path, sha256)))
    expect(receipts.slice(10)).toEqual(receipts.slice(0, 10))
    expect((await held())[0]).toBe('ng 2026-07-01 ada 10.000000000')
    const { rows } = await store.query(
      'select count(*)::integer as n, count(distinct sha256)::integer as shas from ops.publication',
    )
    expect(rows).toEqual([{ n: 10, shas: 10 }])
  })
})

describe('is refused whole', () => {
  const cases: [string, Wanted, string, string][] = [
    [
      'of another region than its token',
      { seq: 1, region: 'gh', rows: july },
      'publication.scope',
      'The publication is of region gh; the token it came with is of ng.',
    ],
    [
      'of a mart that the centre does not hold',
      { seq: 1, mart: 'other_daily', rows: july },
      'publication.mart-unknown',
      'The publication is of mart other_daily; the centre holds creator_daily.',
    ],
    [
      'whose manifest has other columns',
      { seq: 1, rows: july, manifest: { columns: creatorDaily.columns.slice(1) } },
      'publication.columns',
      "The publication of mart creator_daily has in its manifest the columns creator_id VARCHAR, currency VARCHAR, sales BIGINT, gross DECIMAL(38,9); the centre's are local_date DATE, creator_id VARCHAR, currency VARCHAR, sales BIGINT, gross DECIMAL(38,9).",
    ],
    [
      'whose money is a float',
      {
        seq: 1,
        rows: july,
        select: "d::date as local_date, c as creator_id, 'NGN' as currency, 1::bigint as sales, g::double as gross",
      },
      'publication.columns',
      "The publication of mart creator_daily has in its Parquet the columns local_date DATE, creator_id VARCHAR, currency VARCHAR, sales BIGINT, gross DOUBLE; the centre's are local_date DATE, creator_id VARCHAR, currency VARCHAR, sales BIGINT, gross DECIMAL(38,9).",
    ],
    [
      'with rows outside its partitions',
      { seq: 1, rows: july, manifest: { partitions: [{ localDate: '2026-07-01', rows: 2, contentHash: 'x' }] } },
      'publication.damaged',
      'The publication was refused whole: it holds 1 rows of 2026-07-02, a partition that its manifest does not name.',
    ],
    [
      'with rows of no date',
      { seq: 1, rows: [['', 'ada', '1']], manifest: { partitions: [] } },
      'publication.damaged',
      'The publication was refused whole: it holds 1 rows of no date, a partition that its manifest does not name.',
    ],
    [
      'with fewer rows than its manifest says',
      {
        seq: 1,
        rows: july.slice(0, 1),
        manifest: { partitions: [{ localDate: '2026-07-01', rows: 2, contentHash: 'x' }] },
      },
      'publication.damaged',
      'The publication was refused whole: it holds 1 rows of 2026-07-01, its manifest says 2.',
    ],
    [
      'whose manifest names a partition twice',
      { seq: 1, rows: [], emptied: ['2026-07-01', '2026-07-01'] },
      'publication.damaged',
      'The publication was refused whole: its manifest is not right: ✖ names a partition twice\n  → at partitions.',
    ],
    [
      'whose manifest is no JSON',
      { seq: 1, rows: july, manifestText: 'ng' },
      'publication.damaged',
      'The publication was refused whole: its manifest is no JSON.',
    ],
  ]
  test.each(cases)('%s', async (_, wanted, code, message) => {
    await apply({ seq: 7, region: 'pk', rows: july })
    const before = [await held(), await partitions(), await store.freshness()]
    await expect(apply(wanted, 'ng')).rejects.toMatchObject({ name: 'Fault', code, message })
    expect([await held(), await partitions(), await store.freshness()]).toEqual(before)
  })

  test('whose bytes are not those of its key', async () => {
    const { path, sha256 } = await publicationOf(incoming(), { seq: 1, rows: july })
    const bytes = await readFile(path)
    bytes.writeUInt8(bytes.readUInt8(100) ^ 1, 100)
    await writeFile(path, bytes)
    await expect(store.apply('ng', path, sha256)).rejects.toMatchObject({
      code: 'publication.damaged',
      message: expect.stringMatching(/its bytes hash to [0-9a-f]{64}, its idempotency key says [0-9a-f]{64}\.$/),
    })
    expect(await held()).toEqual([])
  })

  test('that is no Parquet file', async () => {
    const path = join(incoming(), 'text.parquet')
    await writeFile(path, 'not Parquet at all')
    const sha256 = createHash('sha256').update('not Parquet at all').digest('hex')
    await expect(store.apply('ng', path, sha256)).rejects.toMatchObject({
      code: 'publication.damaged',
      message: expect.stringContaining('DuckDB can not read it'),
    })
  })

  test('with the number of an earlier one and other bytes', async () => {
    const { sha256 } = await apply({ seq: 1, rows: july })
    await expect(apply({ seq: 1, rows: july.slice(0, 1) })).rejects.toMatchObject({
      code: 'publication.sequence',
      message: `Publication 1 of ng was received before with other bytes (sha256 ${sha256}).`,
    })
    expect(await held()).toHaveLength(3)
  })
})

describe('the store', () => {
  test('opened again has rows and receipts', async () => {
    const { path, sha256 } = await publicationOf(incoming(), { seq: 1, rows: july })
    const receipt = await store.apply('ng', path, sha256)
    await store.close()
    store = await open()
    expect(await held()).toHaveLength(3)
    expect(await store.apply('ng', path, sha256)).toEqual(receipt)
  })

  test('has what was applied although nothing closed it', async () => {
    await apply({ seq: 1, rows: july })
    const left = join(folder, 'left')
    await cp(join(folder, 'centre.duckdb'), join(left, 'centre.duckdb'))
    const other = await openCentral({ path: join(left, 'centre.duckdb'), incoming: left, marts: [creatorDaily] })
    try {
      expect((await other.freshness()).map(({ lastPublication }) => lastPublication)).toEqual([1])
    } finally {
      await other.close()
    }
  })

  test('that is damaged is a fault that says what to do, and is left as it is', async () => {
    const path = join(folder, 'damaged.duckdb')
    await writeFile(path, 'x'.repeat(20_000))
    await expect(openCentral({ path, incoming: incoming(), marts: [] })).rejects.toMatchObject({
      name: 'Fault',
      code: 'central.damaged',
      message: expect.stringContaining(path),
    })
    expect(await readFile(path, 'utf8')).toBe('x'.repeat(20_000))
  })

  test('is opened once in a process', async () => {
    await expect(open()).rejects.toMatchObject({
      code: 'warehouse.already-open',
      message: `${join(folder, 'centre.duckdb')} is open already in this process (${process.pid}).`,
    })
  })

  test('takes a new column of a mart, and refuses a changed or missing one', async () => {
    await apply({ seq: 1, rows: july })
    await store.close()
    const net = { name: 'net', type: 'DECIMAL(38,9)' }
    store = await open([{ ...creatorDaily, columns: [...creatorDaily.columns, net] }])
    expect((await store.query('select distinct net from central.creator_daily')).rows).toEqual([{ net: null }])
    await store.close()
    await expect(open()).rejects.toMatchObject({
      code: 'central.mart-changed',
      message: expect.stringContaining('column net is gone'),
    })
    const changed = [...creatorDaily.columns.slice(0, -1), { name: 'gross', type: 'DOUBLE' }, net]
    await expect(open([{ ...creatorDaily, columns: changed }])).rejects.toMatchObject({
      message:
        'The mart creator_daily is not the one that the central store holds: column gross was DECIMAL(38,9), now DOUBLE.',
    })
    store = await open([{ ...creatorDaily, columns: [...creatorDaily.columns, net] }])
  })

  test('reads no file and changes nothing for a query', async () => {
    const { path } = await publicationOf(incoming(), { seq: 1, rows: july })
    for (const sql of [
      `from '${path}'`,
      `from read_parquet('${path}')`,
      "from read_text('/etc/hostname')",
      'from enable_logging()',
    ])
      await expect(store.query(sql)).rejects.toMatchObject({ code: expect.stringMatching(/^query\.(file|function)$/) })
    const settings = ['enable_external_access', 'lock_configuration'].map((name) => `current_setting('${name}')`)
    const { rows } = await store.query(`select ${settings.join(' as a, ')} as b`)
    expect(rows).toEqual([{ a: false, b: true }])
    await expect(store.query('delete from ops.publication')).rejects.toMatchObject({ code: 'query.not-select' })
  })
})
