import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Expected, generateFile, shapes } from '../../scripts/generate.ts'
import { csvRecord, nastyCell } from './nasty-values.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-generate-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const sha = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex')
const names = Object.keys(shapes)
const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((a, b) => a + b, 0)

/** Ways to spoil a whole record; the rest are cells that a CSV reader takes as they are. */
const unreadable = ['text_after_quote', 'too_few_cells', 'too_many_cells', 'unclosed_quote']

const make = (
  shape: string,
  name: string,
  options: { rows: number; seed: number; dirtyShare?: number; columns?: number },
) => {
  const path = join(folder, `${shape}-${name}`)
  const rejects: { line: number; reason: string; kind: string }[] = []
  const expected = generateFile({
    ...options,
    path,
    shape,
    onReject: (line, [reason = ''], kind) => rejects.push({ line, reason, kind }),
  })
  return { path, expected, rejects }
}

describe.each(names)('%s', (shape) => {
  test('the same seed gives the same bytes, another seed others', () => {
    const a = make(shape, 'a', { rows: 3000, seed: 7 })
    const b = make(shape, 'b', { rows: 3000, seed: 7 })
    const c = make(shape, 'c', { rows: 3000, seed: 8 })
    expect(sha(b.path)).toBe(sha(a.path))
    expect(b.expected).toEqual(a.expected)
    expect(sha(c.path)).not.toBe(sha(a.path))
  })

  test('counts add up, and every kind of dirt is there', () => {
    const { path, expected, rejects } = make(shape, 'dirty', { rows: 4000, seed: 1, dirtyShare: 0.05 })
    expect(expected.read).toBe(expected.rows + 1)
    expect(expected.loaded + expected.duplicate + expected.rejected + expected.ignored).toBe(expected.read)
    expect(sum(expected.reasons)).toBe(expected.rejected)
    expect(sum(expected.kinds)).toBe(expected.rejected + expected.duplicate)
    expect(rejects.length).toBe(expected.rejected)
    const kinds = shapes[shape]?.dirt.map(({ kind }) => kind) ?? []
    expect(Object.keys(expected.kinds)).toEqual(
      [...kinds, 'conflicting_duplicate', 'identical_duplicate', 'invalid_utf8', ...unreadable].sort(),
    )
    expect(expected.bytes).toBe(statSync(path).size)
  })

  test('a CSV reader finds the records, and rejects stand on the lines named', () => {
    const path = join(folder, `${shape}-readable`)
    const rejects = new Map<number, string>()
    const expected = generateFile({
      path,
      shape,
      rows: 4000,
      seed: 3,
      dirtyShare: 0.05,
      without: unreadable,
      onReject: (line, [reason = '']) => rejects.set(line, reason),
    })
    const lines = parse(readFileSync(path), {
      delimiter: shapes[shape]?.delimiter ?? ',',
      info: true,
    }) as unknown as { record: string[]; info: { lines: number } }[]
    expect(lines.length).toBe(expected.read)
    const ids = new Set<string>()
    for (const [i, { record, info }] of lines.entries()) {
      if (i === 0) continue
      const first = info.lines - record.join('').split('\n').length + 1
      const reason = rejects.get(first)
      if (reason === 'transaction_id.missing') expect(record[0]).toBe('')
      if (reason === 'key.conflict') expect(ids).toContain(record[0])
      if (reason === undefined) ids.add(record[0] ?? '')
    }
    expect(ids.size).toBe(expected.loaded)
  })

  test('without dirt every row is loaded', () => {
    const { expected } = make(shape, 'clean', { rows: 2000, seed: 5, dirtyShare: 0 })
    expect(expected.rejected + expected.duplicate).toBe(0)
    expect(expected.loaded).toBe(2000)
    for (const { gross, fee, tax, net } of Object.values(expected.totals))
      for (const amount of [gross, fee, tax, net]) expect(amount).toMatch(/^-?\d+\.\d\d$/)
  })
})

test('sums what the file says: kobo and naira of paystack_csv, cell by cell', () => {
  const { path, expected } = make('paystack_csv', 'sums', { rows: 5000, seed: 9, dirtyShare: 0 })
  const records: Record<string, string>[] = parse(readFileSync(path), { columns: true })
  const naira = records.filter((record) => record.Status === 'success' && record.Currency === 'NGN')
  const cents = (text: string) => BigInt(text.replace('.', ''))
  const gross = naira.reduce((all, record) => all + BigInt(record['Amount (Kobo)'] ?? ''), 0n)
  const fee = naira.reduce((all, record) => all + cents(record.Fees ?? ''), 0n)
  const total = expected.totals.NGN
  expect(total?.rows).toBe(naira.length)
  expect([total?.gross, total?.fee, total?.net].map((text) => cents(text ?? ''))).toEqual([gross, fee, gross - fee])
})

test('more columns are filler beyond the contract', () => {
  const { path } = make('paystack_csv', 'wide', { rows: 50, seed: 1, dirtyShare: 0, columns: 200 })
  const records: string[][] = parse(readFileSync(path))
  expect(records.map((record) => record.length)).toEqual(Array.from({ length: 51 }, () => 200))
  expect(records[0]?.[199]).toBe('Extra 188')
})

test('a name in .gz is compressed, and says the same', () => {
  const plain = make('sslcommerz', 'plain.csv', { rows: 20_000, seed: 2 })
  const zipped = make('sslcommerz', 'zipped.csv.gz', { rows: 20_000, seed: 2 })
  expect(gunzipSync(readFileSync(zipped.path)).equals(readFileSync(plain.path))).toBe(true)
  expect(zipped.expected).toEqual(plain.expected)
})

test('files of other seeds share no id', () => {
  const idsOf = (seed: number): string[] =>
    (parse(readFileSync(make('momo', `ids-${seed}`, { rows: 1000, seed, dirtyShare: 0 }).path)) as string[][]).map(
      ([id]) => id ?? '',
    )
  const [first, second] = [new Set(idsOf(1).slice(1)), idsOf(2).slice(1)]
  expect(second.filter((id) => first.has(id))).toEqual([])
})

test('a shape that is none is refused with the list of those there are', () => {
  const missing = (): Expected => generateFile({ path: join(folder, 'x'), shape: 'nope', rows: 1, seed: 1 })
  expect(missing).toThrow('no shape nope: one of paystack_csv, momo, bazaar, sslcommerz')
})

test('nasty cells survive being written as CSV', () => {
  fc.assert(
    fc.property(fc.array(nastyCell(), { minLength: 1, maxLength: 6 }), (cells) => {
      const [read] = parse(`${csvRecord(cells)}\n`, { record_delimiter: '\n' }) as string[][]
      expect(read).toEqual(cells)
    }),
    { seed: 1, numRuns: 500 },
  )
})
