import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isNdjson, recordsPath } from '../../../readers/json/records-path.ts'

const caseFile = (name: string) => readFileSync(new URL(`../cases/${name}`, import.meta.url), 'utf8')

const rows = (n: number, keys = 6) =>
  Array.from({ length: n }, (_, i) => Object.fromEntries(Array.from({ length: keys }, (_, k) => [`k${k}`, i])))

test.each<[string, unknown, string | null]>([
  ['a list', rows(3), '[]'],
  ['a page', { status: true, message: 'ok', data: rows(3), meta: { total: 3, next: null } }, 'data[]'],
  [
    'a page of one record',
    { status: true, message: 'ok', data: rows(1), meta: { total: 1, page: 1, pages: 1 } },
    'data[]',
  ],
  ['a page inside', { result: { items: rows(3) }, errors: [] }, 'result.items[]'],
  ['a list beside a smaller one', { links: rows(2, 2), included: rows(1), data: rows(4) }, 'data[]'],
  ['records with line items', { data: rows(3).map((row) => ({ ...row, items: rows(2, 4) })) }, 'data[]'],
  [
    'accounts with transactions',
    { results: rows(2, 2).map((row) => ({ ...row, transactions: rows(5) })) },
    'results[].transactions[]',
  ],
  ['pages in a list', rows(2, 1).map((row) => ({ ...row, data: rows(5) })), '[].data[]'],
  ['lists in lists', [rows(2), rows(3)], '[][]'],
  ['records with objects and plain lists', rows(2).map((row) => ({ ...row, tags: [1, 2], who: { name: 'x' } })), '[]'],
  ['an empty page', { status: true, data: [] }, 'data[]'],
  ['one record', { id: 1, amount: 5 }, ''],
  ['one record with a short history', { ...rows(1, 20)[0], history: rows(2, 2) }, ''],
  ['a name that no path can have', { 'a.b': rows(5), data: rows(1) }, 'data[]'],
  ['plain values', [1, 2, 3], null],
  ['an empty list', [], '[]'],
  ['a string', 'x', null],
])('%s', (_, document, path) => {
  for (const space of [undefined, 2]) expect(recordsPath(JSON.stringify(document, null, space))).toBe(path)
})

test('documents one behind the other', () => {
  const page = { page: 1, data: rows(3) }
  expect(recordsPath(JSON.stringify(page).repeat(3))).toBe('data[]')
  expect(recordsPath(caseFile('json-pages-one-behind-the-other/input.json'))).toBe('data[]')
  expect(recordsPath(JSON.stringify({ a: 1, b: 2, c: 3, data: rows(1, 4) }).repeat(3))).toBe('')
  expect(
    recordsPath(
      rows(5)
        .map((row) => JSON.stringify(row, null, 1))
        .join('\n'),
    ),
  ).toBe('')
  expect(
    recordsPath(
      rows(5, 8)
        .map((row) => JSON.stringify({ ...row, items: rows(2, 3) }))
        .join('\n'),
    ),
  ).toBe('')
})

test('a beginning that is cut anywhere, and text that is no JSON, give an answer', () => {
  const text = JSON.stringify({ status: true, data: rows(4), meta: { "it's": 'a "quoted" \\ text' } }, null, 1)
  for (let end = 0; end < text.length; end++) expect([null, '', 'data[]']).toContain(recordsPath(text.slice(0, end)))
  for (const other of ['', 'a,b\n1,2\n', '<x>', ']]]', '}{', ':::', '{"a"', '[[[', '"', '\\'])
    expect([null, '', '[][][]', '[]']).toContain(recordsPath(other))
})

test('a million open lists', () => {
  expect(recordsPath('['.repeat(1_000_000))).toBeNull()
  expect(recordsPath('{"a":['.repeat(200_000))).toBe('a[]')
  expect(recordsPath(`{"a":"${'x\\'.repeat(500_000)}`)).toBe('')
})

test('lines that are records, and lines that are pages', () => {
  expect(isNdjson(caseFile('ndjson-of-records-with-line-items/input.ndjson'))).toBe(true)
  expect(isNdjson(caseFile('json-a-page-a-line/input.ndjson'))).toBe(false)
  expect(isNdjson('{"a":1}')).toBe(true)
  expect(isNdjson(JSON.stringify({ status: true, data: rows(3) }))).toBe(false)
  expect(isNdjson('{"a":1}\n[1]\n')).toBe(false)
  expect(isNdjson('[1]\n')).toBe(false)
  expect(isNdjson('{"a":1}\n\n{"a":')).toBe(true)
})
