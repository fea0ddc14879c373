import { describe, expect, test } from 'vitest'
import { formatTypes } from '../../contracts/contract.ts'
import { formatProblem, parseContract } from '../../contracts/language.ts'
import { profile } from './samples.ts'

const name = 'regions/ke/sources/shop.yaml'
const text = (match: string, format?: string) =>
  `source: shop
model: transaction
match: ${match}
${format === undefined ? '' : `format: ${format}\n`}fields: { transaction_id: Id, kind: { value: sale }, local_date: Day, gross: Amount }
`
const formatOf = (match: string, format?: string) => {
  const parsed = parseContract(text(match, format), name, profile)
  if ('errors' in parsed) throw new Error(formatProblem(parsed.errors))
  return parsed.contract.format
}
const wrong = (match: string, format: string) => {
  const parsed = parseContract(text(match, format), name, profile)
  return 'errors' in parsed ? formatProblem(parsed.errors).replaceAll(`${name} `, '').split('\n') : []
}

const all = ['type', 'delimiter', 'quote', 'escape', 'recordEnd', 'encoding']

describe('the type', () => {
  test.each(formatTypes)('%s is fixed where the contract gives it', (type) => {
    const { type: resolved, found } = formatOf('shop/*.csv', `{ type: ${type} }`)
    expect([resolved, found.includes('type')]).toEqual([type, false])
  })

  test.each([
    ['a.csv', 'csv'],
    ['a/*.csv*', 'csv'],
    ['a/*.tsv.gz', 'csv'],
    ['a/*.json', 'json'],
    ['a/*.jsonl.zst', 'ndjson'],
    ['a/*.XLSX', 'excel'],
    ['a/*.xls*', 'excel'],
    ['"a/*.{xls,xlsx}"', 'excel'],
    ['a/*.htm', 'html'],
    ['a/*.xml.bz2', 'xml'],
    ['a/*.qfx', 'ofx'],
    ['"a/*.{sta,mt940,940}"', 'mt940'],
    ['a/*.bai2', 'bai2'],
    ['a/*.parquet', 'parquet'],
    ['a/*.feather', 'arrow'],
    ['[a/*.csv, b/*.csv]', 'csv'],
  ])('the ending of %s is %s, unless the file shows another', (match, type) => {
    expect(formatOf(match)).toMatchObject({ type, found: all })
  })

  test.each(['a/*', 'a/*.txt', '[a/*.csv, a/*.xlsx]', '"a/*.{csv,xlsx}"', 'a/*.zip', '"a/*.constructor"'])(
    'nothing in %s tells it: the file does',
    (match) => {
      expect(formatOf(match)).toMatchObject({ type: 'csv', found: all })
    },
  )

  test.each([
    ['{ delimiter: ";" }', 'csv', ['quote', 'escape', 'recordEnd', 'encoding']],
    ['{ quote: null, escape: "\\\\", comment: "#" }', 'csv', ['delimiter', 'recordEnd', 'encoding']],
    ['{ record_end: "~\\n", encoding: latin1 }', 'csv', ['delimiter', 'quote', 'escape']],
    ['{ widths: [3, 10] }', 'fixed', ['encoding']],
    ['{ path: "data[]" }', 'json', ['encoding']],
    ['{ path: "" }', 'json', ['encoding']],
    ['{ path: //Ntry }', 'xml', ['encoding']],
    ['{ sheet: Sales }', 'excel', all],
    ['{ values: shown }', 'excel', all],
    ['{ skip_rows: 3, header: true, footer: "^Total" }', 'csv', all],
    ['{ type: parquet }', 'parquet', []],
    ['{ type: mt940, encoding: utf-8 }', 'mt940', []],
    ['{ type: json }', 'json', ['encoding']],
  ])('%s tells it', (format, type, found) => {
    expect(formatOf('a/*', format)).toMatchObject({ type, found })
  })
})

test('what is given is in the format', () => {
  expect(formatOf('a/*', '{ record_end: "~\\n" }')).toMatchObject({ recordEnd: '~\n', path: null })
  expect(formatOf('a/*.xlsx', '{ sheet: Sales, values: shown }')).toMatchObject({ sheet: 'Sales', values: 'shown' })
  expect(formatOf('a/*.txt', '{ widths: [3, 10] }')).toMatchObject({ widths: [3, 10] })
  expect(formatOf('a/*.xml', '{ path: Document/Stmt/Ntry }')).toMatchObject({ path: 'Document/Stmt/Ntry' })
  expect(formatOf('a/*.json', '{ path: "" }')).toMatchObject({ path: '' })
  for (const path of ['[]', '[].data[]', 'orders[].lines[]', 'a b.c[]'])
    expect(formatOf('a/*.json', `{ path: "${path}" }`)).toMatchObject({ path })
})

test('keys that do not go with the type are told', () => {
  expect(wrong('a/*.json', '{ delimiter: ";", widths: [1], sheet: A, values: shown, skip_rows: 1, path: x }')).toEqual([
    'line 4, format.delimiter: is for csv, and this is json.',
    'line 4, format.widths: is for fixed, and this is json.',
    'line 4, format.sheet: is for excel or html, and this is json.',
    'line 4, format.values: is for excel or html, and this is json.',
    'line 4, format.skip_rows: is for csv, fixed, excel or html, and this is json.',
    'line 4, format.path: is "x", not a path to records such as data[] or result.items[].',
  ])
  expect(wrong('a/*.parquet', '{ encoding: utf-8, header: false, record_end: "~" }')).toEqual([
    'line 4, format.encoding: is for csv, fixed, excel, html, json, ndjson, xml, camt, ofx, mt940 or bai2, and this is parquet.',
    'line 4, format.header: is for csv, fixed, excel or html, and this is parquet.',
    'line 4, format.record_end: is for csv, and this is parquet.',
  ])
  expect(wrong('a/*', '{ delimiter: ";", widths: [1] }')).toEqual([
    'line 4, format.widths: is for fixed, and this is csv.',
  ])
  expect(wrong('a/*', '{ type: camt, path: //Ntry }')).toEqual([
    'line 4, format.path: is for json or xml, and this is camt.',
  ])
})

test('values of the new keys are looked at', () => {
  expect(wrong('a/*.xml', '{ path: "Stmt/Ntry[2]" }')).toEqual([
    'line 4, format.path: is "Stmt/Ntry[2]", not a path of elements such as Document/Stmt/Ntry or //Ntry.',
  ])
  for (const path of ['a.[]', '[]data[]', '.a[]', '$.data[]'])
    expect(wrong('a/*.json', `{ path: "${path}" }`)).toEqual([
      `line 4, format.path: is "${path}", not a path to records such as data[] or result.items[].`,
    ])
  expect(wrong('a/*.csv', '{ record_end: "end", delimiter: ";" }')).toEqual([
    'line 4, format.record_end: is not a record end: one or a few marks, no letters, digits or quotes; a line feed is "\\n" in double quotes.',
  ])
  expect(wrong('a/*.csv', '{ record_end: ";;", delimiter: ";" }')).toEqual([
    'line 4, format.record_end: has the delimiter in it.',
  ])
  expect(wrong('a/*.txt', '{ widths: [] }')).toEqual(['line 4, format.widths: is an empty list.'])
  expect(wrong('a/*.txt', '{ widths: [3, 0, 1.5] }')).toEqual([
    'line 4, format.widths[1]: is no width: a column has at least one character.',
    'line 4, format.widths[2]: is the number 1.5, not a width: a whole number from 1.',
  ])
  expect(wrong('a/*.xlsx', '{ values: displayed }')).toEqual([
    'line 4, format.values: is "displayed", not stored or shown.',
  ])
  expect(wrong('a/*.xlsx', '{ sheets: A }')).toEqual([
    'line 4, format.sheets: is no key of format. Did you mean "sheet"?',
  ])
})
