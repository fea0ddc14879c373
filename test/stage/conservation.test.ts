import { closeSync, mkdtempSync, openSync, readFileSync, readSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Contract } from '../../contracts/contract.ts'
import { regionProfile } from '../../models/region.ts'
import { isConserved } from '../../models/report.ts'
import { layout } from '../../project/layout.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { archiveFile } from '../../warehouse/archive.ts'
import { openWarehouse } from '../../warehouse/warehouse.ts'
import { contractOf, from, sales, value } from '../contracts/contracts.ts'
import { nastyCell } from '../samples/nasty-values.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-conservation-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Reject {
  readonly line: string
  readonly start: string
  readonly length: number
  readonly reasons: string[]
  readonly raw: string
}

async function stageAndRejects(path: string, contract: Contract, name: string) {
  const outDir = join(folder, `${name}-staged`)
  const staged = await stageFile({ path, contract, outDir, limits: defaultLimits }, () => {})
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const result = await connection.runAndReadAll(`
    select _line::varchar as line, _start::varchar as start, _length as length, _reasons as reasons, _raw as raw
    from read_parquet('${outDir}/records.parquet') where _reasons is not null order by _start`)
  const rejects = result.getRowObjectsJson() as unknown as Reject[]
  const lines = await connection.runAndReadAll(
    `select count(*)::integer, count(distinct _line)::integer, count(distinct _start)::integer from read_parquet('${outDir}/records.parquet')`,
  )
  connection.closeSync()
  instance.closeSync()
  return { outDir, staged, rejects, positions: lines.getRows()[0] as number[] }
}

/** Text as the reader shows it: bytes that are no UTF-8 come as question marks, one a byte. */
function shown(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  if (Buffer.from(text).equals(bytes)) return text
  const copy = Buffer.from(bytes)
  for (let at = 0; at < copy.length; ) {
    const length = [1, 2, 3, 4].find((n) => at + n <= copy.length && isCharacter(copy.subarray(at, at + n)))
    if (length === undefined) copy[at] = 0x3f
    at += length ?? 1
  }
  return copy.toString('utf8')
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
function isCharacter(bytes: Buffer): boolean {
  try {
    return [...decoder.decode(bytes)].length === 1
  } catch {
    return false
  }
}

const csvCell = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)

/** Records of every kind, good and bad, in one byte soup: `count` of them, seeded. */
function csvSoup(count: number, seed: number): Buffer {
  const good = fc.record({
    at: fc.constantFrom('2026-03-01T10:00:00', '2026-03-02'),
    amount: fc.integer({ min: 0, max: 10_000_000 }).map(String),
  })
  const id = fc.integer({ min: 0, max: count * 3 }).map((n) => `t${n}`)
  const plain = fc.tuple(id, good).map(([key, { at, amount }]) => `${key},${at},${amount},1.5,note`)
  const quoted = fc
    .tuple(id, good, fc.constantFrom('two\nlines', 'a, comma', 'q "u" o', 'cr\r\nlf'))
    .map(([key, { at, amount }, note]) => `"${key}",${at},"${amount}",,${csvCell(note)}`)
  const nasty = fc
    .tuple(id, nastyCell('times'), nastyCell('amounts'), nastyCell('amounts'), nastyCell('texts'))
    .map((cells) => cells.map((cell) => csvCell(cell.slice(0, 200))).join(','))
  const ragged = fc.constantFrom('a', 'a,b,c', '1,2,3,4,5,6,7', 't1,2026-03-01,5,1,x,')
  const broken = fc.constantFrom('t7,2026-03-01,5,1,"open', '"t8"x,2026-03-01,5,1,n', 't9,"2026-03-01"",5,1,n')
  const blank = fc.constantFrom('', ',,,,', '  ')
  const record = fc.oneof(
    { weight: 60, arbitrary: plain },
    { weight: 15, arbitrary: quoted },
    { weight: 15, arbitrary: nasty },
    { weight: 4, arbitrary: ragged },
    { weight: 1, arbitrary: broken },
    { weight: 2, arbitrary: blank },
  )
  const bad = Buffer.from([0x74, 0x31, 0x2c, 0xff, 0xc3, 0x28, 0x2c, 0x35, 0x2c, 0x31, 0x2c, 0xe2, 0x82])
  const ends = fc.constantFrom('\n', '\n', '\n', '\r\n')
  const pieces = fc.sample(fc.tuple(record, ends, fc.nat(200)), { numRuns: count, seed })
  const header = Buffer.from('preamble,of,the,export\nid,at,amount,fee,note\n')
  return Buffer.concat([
    header,
    ...pieces.flatMap(([text, end, chance]) => [chance === 0 ? bad : Buffer.from(text), Buffer.from(end)]),
  ])
}

describe('a soup of 100,000 records', () => {
  test('is conserved, and every reject is cut from the file by its byte range', { timeout: 180_000 }, async () => {
    const path = join(folder, 'soup.csv')
    writeFileSync(path, csvSoup(100_000, 20260301))
    const contract = contractOf(sales({ reference: from('note') }))
    const { staged, rejects, positions, outDir } = await stageAndRejects(path, contract, 'soup')
    const { read, ignored, valid, rejected } = staged
    expect(read).toBe(ignored + valid + rejected)
    expect(read).toBeGreaterThan(95_000)
    expect(positions).toEqual([valid + rejected, valid + rejected, valid + rejected])
    expect(rejects).toHaveLength(rejected)
    expect(new Set(rejects.flatMap(({ reasons }) => reasons)).size).toBeGreaterThan(10)

    const file = openSync(path, 'r')
    let end = 0
    for (const reject of rejects) {
      const bytes = Buffer.alloc(reject.length)
      readSync(file, bytes, 0, reject.length, Number(reject.start))
      if (shown(bytes) !== reject.raw) expect({ ...reject, cut: shown(bytes) }).toEqual({ ...reject, cut: reject.raw })
      expect(Number(reject.start)).toBeGreaterThanOrEqual(end)
      end = Number(reject.start) + reject.length
    }
    closeSync(file)

    // What core has is what was read: nothing vanishes between staging and the committed file.
    const project = layout(join(folder, 'project'))
    const profile = regionProfile.parse({
      region: 'ng',
      name: 'Nigeria',
      country: 'NG',
      zone: 'Africa/Lagos',
      currency: 'NGN',
    })
    const warehouse = await openWarehouse({ layout: project, profile, restage: async () => outDir })
    const { durable, ...archived } = await archiveFile(project, 'ng', path)
    await durable
    const report = await warehouse.load(
      { region: 'ng', source: 'shop', name: 'soup.csv', ...archived },
      contract,
      outDir,
    )
    expect(isConserved(report)).toBe(true)
    expect(report).toMatchObject({
      read,
      ignored,
      loaded: valid - staged.duplicates - staged.conflicts,
      duplicate: staged.duplicates,
      rejected: rejected + staged.conflicts,
    })
    const [core] = await warehouse.query(
      'select (select count(*) from core.transaction)::integer as rows, (select count(*) from quality.reject)::integer as rejects',
    )
    expect(core).toEqual({ rows: report.loaded, rejects: report.rejected })
    const conflicts = await warehouse.query(
      "select byte_start::varchar as start, byte_length::integer as length, raw from quality.reject where list_contains(reasons, 'key.conflict') limit 2000",
    )
    const bytes = readFileSync(path)
    expect(conflicts.length).toBeGreaterThan(0)
    for (const { start, length, raw } of conflicts)
      expect(raw).toBe(bytes.subarray(Number(start), Number(start) + Number(length)).toString('utf8'))
    await warehouse.close()
  })
})

describe('positions are those of the source', () => {
  const contract = contractOf(sales())

  test('in gzip, of the decompressed bytes', async () => {
    const path = join(folder, 'soup.csv.gz')
    writeFileSync(path, gzipSync(csvSoup(3000, 7)))
    const { rejects } = await stageAndRejects(path, contract, 'gz')
    const bytes = gunzipSync(readFileSync(path))
    expect(rejects.length).toBeGreaterThan(100)
    for (const { start, length, raw } of rejects)
      expect(shown(bytes.subarray(Number(start), Number(start) + length))).toBe(raw)
  })

  test.each([
    ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
    ['windows-1252', (text: string) => Buffer.from(text, 'latin1')],
  ] as const)('in %s, of its own bytes', async (encoding, encode) => {
    const path = join(folder, `${encoding}.csv`)
    const records = Array.from(
      { length: 500 },
      (_, i) => `t${i},${i % 3 === 0 ? 'étè' : '2026-03-01'},5,1,"ñ${i % 5 === 0 ? '\n' : ''}"`,
    )
    writeFileSync(path, encode(`id,at,amount,fee,note\n${records.join('\r\n')}`))
    const { rejects } = await stageAndRejects(path, contractOf(sales(), { format: { encoding } }), encoding)
    const bytes = readFileSync(path)
    expect(rejects).toHaveLength(167)
    for (const { start, length, raw } of rejects)
      expect(new TextDecoder(encoding).decode(bytes.subarray(Number(start), Number(start) + length))).toBe(raw)
  })

  test('in JSON lines and JSON documents', async () => {
    const record = fc.record({
      id: fc.oneof(fc.nat(500).map(String), nastyCell('texts')),
      at: nastyCell('times'),
      amount: fc.oneof(fc.integer(), nastyCell('amounts')),
      fee: fc.constantFrom(null, 1, '2.50'),
    })
    const objects = fc.sample(record, { numRuns: 3000, seed: 3 }).map((object) => JSON.stringify(object))
    const fields = {
      transaction_id: from('id'),
      kind: value('sale'),
      occurred_at: from('at'),
      currency: value('NGN'),
      gross: from('amount'),
      fee: from('fee'),
    }
    const cases = [
      ['ndjson', objects.join('\n'), { type: 'ndjson' }],
      ['json', `{"status": true, "data": [\n ${objects.join(',\n ')} ]}`, { type: 'json', path: 'data[]' }],
    ] as const
    for (const [name, text, format] of cases) {
      const path = join(folder, `objects.${name}`)
      writeFileSync(path, text)
      const { staged, rejects } = await stageAndRejects(path, contractOf(fields, { format }), name)
      expect(staged.read).toBe(3000)
      expect(staged.valid + staged.rejected).toBe(3000)
      const bytes = readFileSync(path)
      expect(rejects.length).toBeGreaterThan(500)
      for (const { start, length, raw } of rejects)
        expect(bytes.subarray(Number(start), Number(start) + length).toString('utf8')).toBe(raw)
    }
  })
})
