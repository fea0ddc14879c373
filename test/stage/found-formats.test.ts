import { isUtf8 } from 'node:buffer'
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBInstance } from '@duckdb/node-api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Format } from '../../contracts/contract.ts'
import { formatProblem, parseContract } from '../../contracts/language.ts'
import { regionProfile } from '../../models/region.ts'
import { packageRoot } from '../../project/package-root.ts'
import { newBatch } from '../../readers/batch.ts'
import { openReader } from '../../readers/open.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { readStaged } from '../../stage/staged-folder.ts'
import { bookOf } from '../readers/workbook.ts'

let folder: string
let nth = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-found-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const profile = regionProfile.parse({
  ...{ region: 'ng', name: 'Nigeria', country: 'NG', zone: 'Africa/Lagos', currency: 'NGN' },
})

function contractOf(match: string, yaml = '') {
  const text = `source: shop
model: transaction
match: "${match}"
fields: { transaction_id: Id, kind: { value: sale }, local_date: Day, gross: Amount }
${yaml}`
  const parsed = parseContract(text, 'regions/ng/sources/shop.yaml', profile)
  if ('errors' in parsed) throw new Error(formatProblem(parsed.errors))
  return parsed.contract
}

/** What a file comes to under a contract that is told no more than `yaml`. */
async function staged(bytes: string | Uint8Array, match: string, yaml = '') {
  const path = join(folder, `${++nth}`)
  writeFileSync(path, bytes)
  const outDir = `${path}-staged`
  const contract = contractOf(match, yaml)
  const { format, read, ignored, valid, rejected, failedChecks } = await stageFile(
    { path, contract, outDir, limits: defaultLimits },
    () => {},
  )
  const instance = await DuckDBInstance.create(':memory:')
  const connection = await instance.connect()
  const result = await connection.runAndReadAll(
    `select _line::integer as line, transaction_id as id, gross::varchar as gross, _reasons as reasons, _raw as raw, _extra as extra
     from read_parquet('${outDir}/records.parquet') order by _line`,
  )
  const records = result.getRowObjectsJson() as { [name: string]: unknown }[]
  connection.closeSync()
  instance.closeSync()
  return {
    ...{ format, counts: [read, ignored, valid, rejected], failedChecks, outDir, path, contract },
    rows: records.map(({ line, id, gross, reasons }) => [line, id, reasons ?? Number(gross)]),
    raw: records.map(({ raw }) => raw),
    extra: records.map(({ extra }) => (extra === null ? null : JSON.parse(extra as string))),
  }
}

const cell = (text: string) =>
  /^[\d.]+$/.test(text)
    ? `<c><v>${text}</v></c>`
    : text.startsWith('#')
      ? `<c t="e"><v>${text}</v></c>`
      : `<c t="inlineStr"><is><t>${text}</t></is></c>`
const sheetRow = (...cells: string[]) => `<row>${cells.map(cell).join('')}</row>`
const book = (...sheets: string[]) => readFileSync(bookOf({ sheets }))
const said = (format: Format, ...keys: (keyof Format)[]) => keys.map((key) => format[key])

describe('a format that the contract leaves to the file', () => {
  test('the first bytes go before the name, which goes before nothing', async () => {
    const rows = sheetRow('Id', 'Day', 'Amount') + sheetRow('X1', '2026-03-01', '5')
    const workbook = await staged(book(rows), 'shop/*.csv')
    expect([workbook.format.type, workbook.rows]).toEqual(['excel', [[2, 'X1', 5]]])
    const csv = await staged('Id\tDay\tAmount\nX1\t2026-03-01\t5\n', 'shop/*.xls')
    expect([said(csv.format, 'type', 'delimiter'), csv.rows]).toEqual([['csv', '\t'], [[2, 'X1', 5]]])
    const lines = await staged(
      '{"Id":"X1","Day":"2026-03-01","Amount":5}\n{"Id":"X2","Day":"2026-03-01","Amount":6}\n',
      'shop/*',
    )
    expect([lines.format.type, lines.rows]).toEqual([
      'ndjson',
      [
        [1, 'X1', 5],
        [2, 'X2', 6],
      ],
    ])
  })

  test('lines of JSON whose first one is wrong are lines of JSON by their name', async () => {
    const text = '{"Id":"X1",\n{"Id":"X2","Day":"2026-03-01","Amount":6}\n'
    const { format, rows, raw } = await staged(text, 'shop/*.ndjson')
    expect([format.type, rows]).toEqual([
      'ndjson',
      [
        [1, null, ['row.malformed']],
        [2, 'X2', 6],
      ],
    ])
    expect(raw).toEqual(['{"Id":"X1",', null])
    const broken = await staged('x\n{"Id":"X2","Day":"2026-03-01","Amount":6}\n', 'shop/*.ndjson')
    expect(broken.rows).toEqual([
      [1, null, ['row.malformed']],
      [2, 'X2', 6],
    ])
  })

  test('what is given is fixed, and refuses what it is not', async () => {
    const rows = sheetRow('Id', 'Day', 'Amount') + sheetRow('X1', '2026-03-01', '5')
    await expect(staged(book(rows), 'shop/*', 'format: { type: csv }')).rejects.toMatchObject({ code: 'file.binary' })
    const { format, rows: found } = await staged(
      'Id;Day;Amount\nX1;2026-03-01;"5"\n',
      'shop/*',
      'format: { delimiter: ";", quote: null }',
    )
    expect(said(format, 'delimiter', 'quote')).toEqual([';', null])
    expect(found).toEqual([[2, 'X1', ['gross.unparseable']]])
  })

  test('the delimiter is the one by which a record has the wanted names', async () => {
    const header = await staged('# a, b, c, d\n# e, f, g, h\nId|Day|Amount\n', 'shop/*.csv')
    expect([header.format.delimiter, header.counts]).toEqual(['|', [3, 3, 0, 0]])
    const loud = 'notes, and, more\n'.repeat(30)
    const { format, rows } = await staged(`${loud}Id;Day;Amount\nX1;2026-03-01;5\n`, 'shop/*.csv')
    expect([format.delimiter, rows]).toEqual([';', [[32, 'X1', 5]]])
  })

  test('the records of a JSON document are the objects that have the wanted names', async () => {
    const items = Array.from({ length: 9 }, (_, n) => ({ sku: `s${n}`, n, price: n, tax: 0 }))
    const order = { Id: 'X1', Day: '2026-03-01', Amount: 5, items }
    const list = await staged(JSON.stringify([order, { ...order, Id: 'X2' }]), 'shop/*.json')
    expect([list.format.path, list.rows]).toEqual([
      '[]',
      [
        [1, 'X1', 5],
        [2, 'X2', 5],
      ],
    ])
    const page = await staged(JSON.stringify({ meta: { next: 2 }, data: { orders: [order] } }), 'shop/*.json')
    expect([page.format.path, page.rows]).toEqual(['data.orders[]', [[1, 'X1', 5]]])
    const documents = await staged(`${JSON.stringify(order, null, 2)}\n${JSON.stringify(order)}`, 'shop/*.json')
    expect([documents.format.path, documents.counts]).toEqual(['', [2, 0, 2, 0]])
  })

  test('the encoding is found; what is no text costs its record', async () => {
    const mixed = Buffer.concat([
      Buffer.from('Id,Day,Amount,Note\nX1,2026-03-01,5,Ọmọ́tọ́lá é\n'),
      Buffer.from('X2,2026-03-01,6,\xff\xfe\n', 'latin1'),
      Buffer.from('X3,2026-03-01,7,ẹ̀kọ́\n'),
    ])
    const { format, rows, raw } = await staged(mixed, 'shop/*.csv')
    expect([format.encoding, rows]).toEqual([
      'utf-8',
      [
        [2, 'X1', 5],
        [3, 'X2', ['row.encoding']],
        [4, 'X3', 7],
      ],
    ])
    expect(raw[1]).toBe('X2,2026-03-01,6,??')
  })
})

describe('sheets', () => {
  const sales =
    sheetRow('Sales') +
    sheetRow('Id', 'Day', 'Amount', 'Note') +
    sheetRow('X1', '2026-03-01', '5', 'a') +
    sheetRow('X2', '2026-03-01', '#N/A', 'b') +
    sheetRow('Total', '', '5', '')

  test('a cell that the spreadsheet destroyed, and a total that the footer takes', async () => {
    const { rows, raw, counts } = await staged(book(sales), 'shop/*.xlsx', 'format: { footer: "^Total$" }')
    expect(rows).toEqual([
      [3, 'X1', 5],
      [4, 'X2', ['row.damaged']],
    ])
    expect(raw[1]).toBe('X2\t2026-03-01\t#N/A\tb')
    expect(counts).toEqual([5, 3, 1, 1])
  })

  test('of HTML: the footer is matched with the first cell, and a sheet is taken by its name', async () => {
    const table = (id: string) =>
      `<table><tr><td>Id<td>Day<td>Amount</tr><tr><td>${id}<td>2026-03-01<td>5</tr><tr><td>Total<td><td>5</tr></table>`
    const html = `<html><body>${table('X1')}${table('X2')}</body></html>`
    expect((await staged(html, 'shop/*.xls', 'format: { footer: "^Total" }')).rows).toEqual([[2, 'X1', 5]])
    const second = await staged(html, 'shop/*.xls', 'format: { sheet: table 2, footer: "^Total" }')
    expect(second.rows).toEqual([[2, 'X2', 5]])
    await expect(staged(html, 'shop/*.xls', 'format: { sheet: table 3 }')).rejects.toMatchObject({ code: 'file.empty' })
  })

  test('the sheet is the first one that has the wanted columns', async () => {
    const { rows } = await staged(book(sheetRow('Id', 'Day'), sales), 'shop/*.xlsx', 'format: { footer: ^Total }')
    expect(rows).toHaveLength(2)
  })

  test.each([
    [
      'excel',
      () =>
        book(
          sheetRow('Export of 2026') +
            sheetRow('Id', 'Day', 'Amount', 'Note', 'More') +
            sheetRow('X1', '2026-03-01', '5', 'a', 'b'),
        ),
    ],
    ['csv', () => 'Export of 2026\nId,Day,Amount,Note,More\nX1,2026-03-01,5,a,b\n'],
    ['json', () => JSON.stringify([{ Id: 'X1', Day: '2026-03-01', Amount: 5, Note: 'a', More: 'b' }])],
    [
      'xml',
      () =>
        '<o><r><Id>X1</Id><Day>2026-03-01</Day><Amount>5</Amount><Note>a</Note><More>b</More></r><r><Id>X2</Id></r></o>',
    ],
    [
      'fixed',
      () =>
        'Export of 2026\n\nId   Day         Amount  Note  More\nX1   2026-03-01       5  a     b\nX10  2026-03-01      15  a     b\n',
    ],
  ])('on_new_column: add takes what else %s has', async (type, bytes) => {
    const { format, extra } = await staged(bytes(), 'shop/*', 'on_new_column: add')
    expect([format.type, extra[0]]).toEqual([type, { Note: 'a', More: 'b' }])
  })
})

describe('what ends a table', () => {
  const end = 'format: { end: "^SUMMARY$" }'
  const records = [
    ['SUMMARY', 'of March'],
    ['Id', 'Day', 'Amount'],
    ['X1', '2026-03-01', '5'],
    ['X2', '2026-03-01', '6'],
    ['SUMMARY', '2', '11'],
    ['X3', '2026-03-01', '7'],
    ['SUMMARY', 'again'],
  ]
  const html = `<table>${records.map((cells) => `<tr>${cells.map((text) => `<td>${text}`).join('')}</tr>`).join('')}</table>`
  const fixed = records.map((cells) => cells.map((text) => text.padEnd(12)).join('')).join('\n')

  test.each([
    ['csv', records.map((cells) => cells.map((text) => `"${text}"`).join(',')).join('\n')],
    ['excel', book(records.map((cells) => sheetRow(...cells)).join(''))],
    ['html', html],
    ['fixed', fixed],
  ])(
    'in %s is told by the first cell of a record below the header, and is counted with all behind it',
    async (type, bytes) => {
      const { format, rows, counts, failedChecks } = await staged(
        bytes,
        'shop/*',
        type === 'fixed' ? end.replace('}', ', widths: [12, 12, 12] }') : end,
      )
      expect([format.type, rows, counts]).toEqual([
        type,
        [
          [3, 'X1', 5],
          [4, 'X2', 6],
        ],
        [7, 5, 2, 0],
      ])
      expect(failedChecks).toEqual([
        {
          ...{ name: 'end', severity: 'warn' },
          message:
            '1 record behind the end of the table (format.end) would be valid, and is ignored: look whether that is right (check "end").',
        },
      ])
    },
  )

  test('is told by the text of a record too, goes before its footer, and takes broken records behind it', async () => {
    const text = 'Id,Day,Amount\nX1,2026-03-01,5\nTotal,,5\nX2,2026-03-01,"6\nX3,2026-03-01,7,8\n'
    const both = await staged(text, 'shop/*.csv', 'format: { footer: "^Total", end: ",,5$" }')
    expect([both.rows, both.counts]).toEqual([[[2, 'X1', 5]], [5, 4, 1, 0]])
    const footer = await staged(text, 'shop/*.csv', 'format: { footer: "^Total" }')
    expect(footer.counts).toEqual([5, 2, 1, 2])
    const never = await staged(text, 'shop/*.csv', 'format: { footer: "^Total", end: "^nowhere" }')
    expect(never.counts).toEqual(footer.counts)
  })

  test('is the first one of the file, in whatever order its parts are judged', async () => {
    const line = (n: number) => `X${n},2026-03-01,${n}\n`
    const lines = Array.from({ length: 60_000 }, (_, n) => line(n + 1) + (n % 20_000 === 14_999 ? 'SUMMARY,,\n' : ''))
    const { counts, rows } = await staged(`Id,Day,Amount\n${lines.join('')}`, 'shop/*.csv', end)
    expect(counts).toEqual([60_004, 45_004, 15_000, 0])
    expect(rows.at(-1)).toEqual([15_001, 'X15000', 15_000])
  })

  test('leaves lines alone that are alike behind it, where they are counted', async () => {
    const text = 'Day,Amount\n2026-03-01,5\n2026-03-01,5\nSUMMARY,\n2026-03-01,5\n'
    const path = join(folder, 'alike.csv')
    writeFileSync(path, text)
    const yaml = `source: shop\nmodel: transaction\nmatch: "*.csv"\nkey: { occurrence: [Day, Amount] }\n${end}
fields: { kind: { value: sale }, local_date: Day, gross: Amount }\n`
    const parsed = parseContract(yaml, 'regions/ng/sources/shop.yaml', profile)
    if ('errors' in parsed) throw new Error(formatProblem(parsed.errors))
    const task = { path, contract: parsed.contract, outDir: `${path}-staged`, limits: defaultLimits }
    expect(await stageFile(task, () => {})).toMatchObject({ read: 5, ignored: 3, valid: 2, rejected: 0, duplicates: 0 })
  })
})

test.each([
  'xlsx-opay-wallet-statement/input.xlsx',
  'export-mt940/input.sta',
  'ofx-as-ofxstatement-writes-it/input.ofx',
  'xml-in-utf-16-with-its-mark/input.xml',
  'parquet-of-every-type/input.parquet',
])('the text of every batch of %s is UTF-8', async (name) => {
  const path = join(packageRoot, 'test/readers/cases', name)
  const format = contractOf('shop/*').format
  const reader = await openReader(path, format, null, defaultLimits, folder)
  const batch = newBatch(reader.columns.length)
  let rows = 0
  while (reader.next(batch) > 0) {
    rows += batch.rows
    expect(isUtf8(batch.text)).toBe(true)
  }
  reader.close()
  expect(rows).toBeGreaterThan(1)
})

describe('a staged folder', () => {
  test.each([
    ['its result is cut off', 'staged.json', 40],
    ['its result is empty', 'staged.json', 0],
    ['its records are cut off', 'records.parquet', 100],
    ['its repeats are empty', 'repeats.parquet', 0],
  ])('is made again where %s', async (_, file, bytes) => {
    const text = 'Id,Day,Amount\nX1,2026-03-01,5\nX1,2026-03-01,6\n'
    const { outDir, path, contract } = await staged(text, 'shop/*.csv')
    const task = { path, contract, outDir, limits: defaultLimits }
    const whole = await readStaged(outDir)
    expect(await stageFile(task, () => {})).toEqual(whole)
    truncateSync(join(outDir, file), bytes)
    expect(await readStaged(outDir)).toBeUndefined()
    expect(await stageFile(task, () => {})).toMatchObject({ read: 3, valid: 2, conflicts: 1 })
    expect(statSync(join(outDir, file)).size).toBeGreaterThan(bytes)
    expect(await readStaged(outDir)).toMatchObject({ read: 3 })
  })
})
