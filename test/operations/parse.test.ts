import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { explained } from '../../cli/explain.ts'
import { type ParsedFile, parseFiles } from '../../operations/parse.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { zipOf } from '../readers/zip-of.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-parse-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (name: string, bytes: string | Uint8Array) => {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}
const parse = (paths: string[], out: string | null = join(folder, 'out')) =>
  parseFiles(paths, out, { limits: defaultLimits })
const written = (name: string) => readFileSync(join(folder, 'out', name), 'utf8')

test('each table is a file of its own, without what stands around it', async () => {
  const path = put(
    'march.txt',
    'Report\n\nid;day;n\n1;2026-03-01;1,5\n2;2026-03-02;2,5\nTotal;;4,0\n\nx;y\n7;"a;b"\n8;c\n',
  )
  const [file] = await parse([path])
  expect(written('march.csv')).toBe('id,day,n\r\n1,2026-03-01,"1,5"\r\n2,2026-03-02,"2,5"\r\n')
  expect(written('march.2.csv')).toBe('x,y\r\n7,a;b\r\n8,c\r\n')
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['march.2.csv', 'march.csv'])
  expect(file).toMatchObject({
    out: join(folder, 'out', 'march.csv'),
    rows: 4,
    columns: 3,
    faulty: 0,
    format: 'csv',
    ignored: { preamble: 1, footer: 1, comment: 0, rule: 0 },
    ignoredRows: [
      { line: 1, what: 'preamble', text: 'Report' },
      { line: 6, what: 'footer', text: 'Total | 4,0' },
    ],
    tables: [
      { line: 3, rows: 2, columns: 3 },
      { line: 8, rows: 2, columns: 2 },
    ],
    error: null,
  })
  expect(file?.decisions.find(({ what }) => what === 'delimiter')).toMatchObject({ value: '";"' })
})

test('no header, none written; records keep cells too many and lack cells too few', async () => {
  const [file] = await parse([put('a.csv', '1,2026-03-01,x\n2,2026-03-02\n3,2026-03-03,z,\n4,2026-03-04,y\n')])
  expect(written('a.csv')).toBe('1,2026-03-01,x\r\n2,2026-03-02\r\n3,2026-03-03,z,\r\n4,2026-03-04,y\r\n')
  expect(file).toMatchObject({ rows: 4, faulty: 2 })
})

test('an empty file gives an empty file', async () => {
  const [file] = await parse([put('none.csv', ''), put('blank.csv', '\n\n')])
  expect(written('none.csv')).toBe('')
  expect(written('blank.csv')).toBe('')
  expect(file).toMatchObject({ rows: 0, tables: [], error: null })
})

test('a wrong file stops no other, and nothing of it is left', async () => {
  const cut = gzipSync('a,b\n1,2\n').subarray(0, 12)
  const results = await parse([
    put('one.csv', 'a,b\n1,2\n'),
    put('cut.csv.gz', cut),
    join(folder, 'gone.csv'),
    put('two.csv', 'c\n3\n'),
  ])
  expect(results.map(({ error }) => error?.code)).toEqual([undefined, 'file.damaged', 'file.not-found', undefined])
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['one.csv', 'two.csv'])
})

test('each file in an archive is a file of its own', async () => {
  const zip = zipOf([
    { name: 'march/a.csv', data: 'a,b\n1,2\n' },
    { name: 'b.json', data: '[{"c":3}]' },
    { name: 'e.csv', data: '' },
  ])
  const results = await parse([put('all.zip', zip), put('one.zip', zipOf([{ name: 'x.csv', data: 'd\n4\n' }]))])
  expect(results.map(({ file, error }) => [file, error])).toEqual([
    ['all.zip/march/a.csv', null],
    ['all.zip/b.json', null],
    ['all.zip/e.csv', null],
    ['one.zip', null],
  ])
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.csv', 'b.csv', 'e.csv', 'one.csv'])
  expect([written('a.csv'), written('b.csv'), written('e.csv'), written('one.csv')]).toEqual([
    'a,b\r\n1,2\r\n',
    'c\r\n3\r\n',
    '',
    'd\r\n4\r\n',
  ])
})

test('files of one name keep their endings', async () => {
  await parse([put('m.csv', 'a,b\n1,2\n'), put('m.txt', 'c,d\n3,4\n'), put('m.csv.gz', gzipSync('e,f\n5,6\n'))])
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['m.csv', 'm.csv.gz.csv', 'm.txt.csv'])
})

test('without a folder nothing is written', async () => {
  const [file] = await parse([put('a.csv', 'a,b\n1,2\n')], null)
  expect(file).toMatchObject({ out: null, rows: 1, tables: [{ out: null, header: ['a', 'b'] }] })
  expect(readdirSync(folder)).toEqual(['a.csv'])
})

test('a thousand files in one call', async () => {
  const paths = Array.from({ length: 1000 }, (_, i) => put(`f${i}.csv`, `id,n\n${i},5\n`))
  const results = await parse(paths)
  expect(results.filter(({ rows }) => rows === 1)).toHaveLength(1000)
  expect(readdirSync(join(folder, 'out'))).toHaveLength(1000)
})

test('folders, pipes, devices and what is not there stop no file', async () => {
  mkdirSync(join(folder, 'dir'))
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const paths = ['dir', 'pipe', 'gone'].map((name) => join(folder, name))
  const results = await parse([...paths, '/dev/zero', put('a.csv', 'a,b\n1,2\n')])
  expect(results.map(({ error }) => error?.code)).toEqual([
    ...['file.not-a-file', 'file.not-a-file', 'file.not-found', 'file.not-a-file', undefined],
  ])
  expect(results[0]?.error?.message).toBe(`${join(folder, 'dir')} is not a file.`)
})

test('no file is written over: not one that is read, nor a result', async () => {
  const twoTables = 'a,b\n1,2\n3,4\n\nx,y,z\n1,2,3\n4,5,6\n'
  const paths = [
    put('t.csv', twoTables),
    put('T.2.txt', 'q\n1\n'),
    put('é.txt', 'r\n1\n'),
    put('e\u0301.txt', 's\n1\n'),
  ]
  const results = await parse(paths, folder)
  expect(readFileSync(join(folder, 't.csv'), 'utf8')).toBe(twoTables)
  expect(results.map(({ tables }) => tables.map(({ out }) => basename(out ?? '')))).toEqual([
    ...[['t.csv.csv', 't.csv.2.csv'], ['T.2.csv'], ['é.csv'], ['e\u0301.txt.csv']],
  ])
  const again = await parse([put('T.3.txt', 'q\n1\n'), put('U.csv', 'q\n1\n'), put('u.tsv', 'q\n1\n')])
  expect(again.map(({ out }) => basename(out ?? ''))).toEqual(['T.3.csv', 'U.csv', 'u.tsv.csv'])
  const third = await parse([put('v.2.csv', 'q\n1\n'), put('v.csv', twoTables)])
  expect(third.flatMap(({ tables }) => tables.map(({ out }) => basename(out ?? '')))).toEqual([
    ...['v.2.csv', 'v.csv', 'v.2-2.csv'],
  ])
})

test.each(['..csv', '...csv', '.gz'])('%s is written into the folder of results', async (name) => {
  const [file] = await parse([put(name, 'a,b\n1,2\n')])
  expect(file?.out).toBe(join(folder, 'out', `${name}.csv`))
  expect(readdirSync(join(folder, 'out'))).toEqual([`${name}.csv`])
})

test('what can not be written is told, and stops no other file', async () => {
  mkdirSync(join(folder, 'out', 'a.csv'), { recursive: true })
  const results = await parse([put('a.csv', 'a\n1\n'), put('b.csv', 'b\n1\n')])
  const place = join(folder, 'out', 'a.csv')
  expect(results.map(({ error }) => error)).toEqual([
    {
      code: 'file.not-written',
      message: `${place} cannot be written: EISDIR: illegal operation on a directory, rename '${place}.part' -> '${place}'.`,
      fix: 'Free some space there, or name another folder with --out.',
    },
    null,
  ])
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['a.csv', 'b.csv'])
  await expect(parse([], join(folder, 'a.csv', 'x'))).rejects.toMatchObject({ code: 'file.not-written' })
})

test('a file of more tables than the limit is refused as a whole; of fewer, with few files open', async () => {
  const tables = (count: number) => Array.from({ length: count }, (_, i) => `id,name\n${i},a\n`).join('\n')
  const limits = { ...defaultLimits, sheets: 3 }
  const results = await parseFiles([put('3.csv', tables(3)), put('4.csv', tables(4))], join(folder, 'out'), { limits })
  expect(results.map(({ error }) => error)).toEqual([
    null,
    {
      code: 'file.too-many-sheets',
      message: '4.csv has more than 3 tables.',
      fix: 'Look how it is read with --explain. If so many are right, raise limits.sheets in entrepot.yaml.',
    },
  ])
  expect(readdirSync(join(folder, 'out')).sort()).toEqual(['3.2.csv', '3.3.csv', '3.csv'])
})

test('interrupted, it leaves what is done and nothing of the file at hand', async () => {
  const stop = new AbortController()
  const rows = Array.from({ length: 50_000 }, (_, i) => `${i},a\n`).join('')
  const seen: number[] = []
  const options = {
    limits: defaultLimits,
    signal: stop.signal,
    onProgress: ({ bytes }: { bytes: number }) => {
      seen.push(bytes)
      stop.abort(new Error('enough'))
    },
  }
  const paths = [put('a.csv', 'a,b\n1,2\n'), put('long.csv', `id,name\n${rows}`), put('c.csv', 'a,b\n1,2\n')]
  await expect(parseFiles(paths, join(folder, 'out'), options)).rejects.toThrow('enough')
  expect(seen).toHaveLength(1)
  expect(seen[0]).toBeGreaterThan(100_000)
  expect(readdirSync(join(folder, 'out'))).toEqual(['a.csv'])
})

test('lines of fixed width are no sheet; a list of nothing stands on no line', async () => {
  const fixed = ['ID  NAME      AMOUNT', '1   Ada         5.00', '2   Musa       16.50', '3   Ify         7.25'].join(
    '\n',
  )
  const [lines, none] = await parse([put('f.txt', `${fixed}\n`), put('none.json', '[]')])
  expect(lines).toMatchObject({ format: 'fixed', tables: [{ sheet: null, line: 1, rows: 3 }] })
  expect(explained(lines as ParsedFile)).toContain('\ntable 1, line 1: 3 columns, 3 records -> ')
  expect(explained(none as ParsedFile)).toContain('\ntable 1: 0 columns, 0 records -> ')
})
