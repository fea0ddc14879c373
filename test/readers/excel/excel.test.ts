import { readFileSync, writeFileSync } from 'node:fs'
import { utils, write } from '@e965/xlsx'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../../contracts/contract.ts'
import { Fault } from '../../../models/fault.ts'
import { readExcel } from '../../../readers/excel/excel.ts'
import { decimalOf } from '../../../readers/excel/numbers.ts'
import { closeRecords, readRecords, rowsOf } from '../../../readers/records.ts'
import { defaultLimits, type Limits } from '../../../stage/staged.ts'
import { runSeed } from '../seed.ts'
import { csv, faultOf, fileOf, names, readAll, tempDir } from '../support.ts'
import { type Book, bookOf } from '../workbook.ts'
import { zipOf } from '../zip-of.ts'

const excel: Format = { ...csv, type: 'excel' }

async function sheetsOf(path: string, format: Partial<Format> = {}, limits: Partial<Limits> = {}) {
  const records = await readExcel(path, { ...excel, ...format }, { ...defaultLimits, ...limits }, tempDir)
  if (records.kind !== 'grid') throw new Error('a workbook is a grid')
  try {
    return records.sheets.map(({ name, file }) => ({ name, rows: [...rowsOf(file)] }))
  } finally {
    closeRecords(records)
  }
}

const read = (book: Book, format: Partial<Format> = {}, limits: Partial<Limits> = {}) =>
  sheetsOf(bookOf(book), format, limits)

const cellsOf = async (rows: string, book: Book = {}, format: Partial<Format> = {}) =>
  (await read({ sheets: [rows], ...book }, format)).flatMap((sheet) => sheet.rows.map(({ cells }) => cells))

const text = (word: string) => `<c t="str"><v>${word}</v></c>`

async function recordsOf(path: string, wanted: string[], format: Partial<Format> = {}) {
  const limits = defaultLimits
  const whole = { ...excel, ...format }
  return readRecords('book.xlsx', await readExcel(path, whole, limits, tempDir), whole, names(...wanted))
}

describe('a sheet', () => {
  it('has a record for each row element, told by its number', async () => {
    const [sheet] = await read({
      sheets: [`<row r="2">${text('a')}<c r="C2"><v>1</v></c></row><row r="5"/><row>${text('b')}</row>`],
    })
    expect(sheet?.rows).toEqual([
      { line: 2, start: 0, length: 0, fault: 0, raw: 'a\t\t1', cells: ['a', null, '1'] },
      { line: 5, start: 0, length: 0, fault: 0, raw: '', cells: [] },
      { line: 6, start: 0, length: 0, fault: 0, raw: 'b', cells: ['b'] },
    ])
  })

  it('without cells is left out, hidden ones come last, and one can be chosen', async () => {
    const sheets = ['<row r="1"/>', `<row>${text('hidden')}</row>`, `<row>${text('seen')}</row>`]
    const book = { sheets, isHidden: [false, true, false] }
    expect((await read(book)).map(({ name }) => name)).toEqual(['Sheet3', 'Sheet2'])
    expect((await read(book, { sheet: 'Sheet2' })).map(({ name }) => name)).toEqual(['Sheet2'])
    expect(await read(book, { sheet: 'Nope' })).toEqual([])
  })

  it('may have elements of other parts of the standard in and behind it', async () => {
    const behind = '<drawing/><controls><from><row>7</row></from></controls><c><v>9</v></c>'
    expect(await cellsOf(`<row>${text('a')}</row>`, { behind })).toEqual([['a']])
  })

  it('gives cells of every type', async () => {
    const row = [
      '<c t="b"><v>1</v></c><c t="b"><v>0</v></c><c t="e"><v>#DIV/0!</v></c><c t="d"><v>2026-03-01T00:00:00</v></c>',
      '<c t="n"><v> 5 </v></c><c/><c t="str"><v></v></c><c t="inlineStr"><is/></c><c t="inlineStr"><is><t/></is></c>',
    ]
    expect(await cellsOf(`<row>${row.join('')}</row>`)).toEqual([
      ['TRUE', 'FALSE', '#DIV/0!', '2026-03-01', '5', null, '', null, ''],
    ])
  })

  it('takes the text of shared strings, and dates by their style', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="9"/></cellXfs>'
    const strings = '<si><t>one</t></si><si/><si><t xml:space="preserve"> a&amp;b </t></si>'
    const row = [2, 1, 0].map((i) => `<c t="s"><v>${i}</v></c>`).join('')
    const rows = `<row>${row}</row><row><c s="1"><v>46082</v></c><c s="2"><v>0.5</v></c><c s="99"><v>1</v></c></row>`
    expect(await cellsOf(rows, { strings, styles })).toEqual([
      [' a&b ', '', 'one'],
      ['2026-03-01', '0.5', '1'],
    ])
    expect(await cellsOf(rows, { strings, styles }, { values: 'shown' })).toEqual([
      [' a&b ', '', 'one'],
      ['01/03/2026', '50%', '1'],
    ])
  })

  it('takes what a formula gave, and marks one whose result nobody stored', async () => {
    const path = bookOf({
      sheets: [
        `<row>${text('A')}${text('B')}</row><row><c><f>1+1</f><v>2</v></c><c><f t="shared" si="0"/><v>3</v></c></row><row><c><f>1+1</f></c><c><v>4</v></c></row>`,
      ],
    })
    expect(readAll(await recordsOf(path, ['A', 'B'])).map(({ cells, fault }) => [cells, fault])).toEqual([
      [['2', '3'], ''],
      [[null, '4'], 'row.damaged'],
    ])
  })

  it('marks records that want a destroyed cell, and no others', async () => {
    const rows = ['1.23456789012345E+17', '12'].map(
      (id) => `<row><c><v>${id}</v></c>${text('2.21E+11')}${text('x')}</row>`,
    )
    const path = bookOf({ sheets: [`<row>${['Id', 'Ref', 'Name'].map(text).join('')}</row>${rows.join('')}`] })
    const faults = async (...wanted: string[]) => readAll(await recordsOf(path, wanted), 1).map(({ fault }) => fault)
    expect(await faults('Id')).toEqual(['row.damaged', ''])
    expect(await faults('Ref')).toEqual(['row.damaged', 'row.damaged'])
    expect(await faults('Name')).toEqual(['', ''])
  })

  it('is read as UTF-16 where its part is', async () => {
    const part = `\uFEFF<?xml version="1.0" encoding="UTF-16"?><worksheet><sheetData><row>${text('Zoë 😀')}</row></sheetData></worksheet>`
    const swapped = Buffer.from(part, 'utf16le').swap16()
    for (const data of [Buffer.from(part, 'utf16le'), swapped])
      expect(await cellsOf('', { parts: [{ name: 'xl/worksheets/Sheet1.xml', data }] })).toEqual([['Zoë 😀']])
  })
})

describe('the header of a sheet', () => {
  const group = (cells: string) => `<row>${cells}</row>`
  const rows =
    group(text('Statement')) +
    group(`${text('Date')}${text('Fee')}<c/>${text('Note')}`) +
    group(`<c/>${text('VAT')}${text('Total')}`) +
    group(`${text('1')}${text('2')}${text('3')}${text('4')}`)
  const merge = (...ranges: string[]) =>
    `<mergeCells>${ranges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
  const merges = merge('A1:D1', 'A2:A3', 'B2:C2', 'D2:D3')

  it('in merged rows is the names joined', async () => {
    const reader = await recordsOf(bookOf({ sheets: [rows], behind: merges }), ['Fee Total', 'Date', 'Note'])
    expect(reader.columns).toEqual(['Date', 'Fee VAT', 'Fee Total', 'Note'])
    expect(readAll(reader, 3)).toMatchObject([{ cells: ['3', '1', '4'], line: 4, fault: '' }])
    expect(reader.ignored).toEqual({ preamble: 1, header: 2, blank: 0 })
  })

  it('ends where its merged cells end, though its first row has all that is wanted', async () => {
    const reader = await recordsOf(bookOf({ sheets: [rows], behind: merges }), ['Date', 'Note'])
    expect(readAll(reader, 2)).toMatchObject([{ cells: ['1', '4'], line: 4 }])
    expect(reader.ignored).toEqual({ preamble: 1, header: 2, blank: 0 })
  })

  it('stands on the first sheet that has it, and comes again as a repeat', async () => {
    const sales = `${group(text('Note') + text('Amount'))}${group(text('a') + text('1'))}${group(text('Note') + text('Amount'))}`
    const reader = await recordsOf(bookOf({ sheets: [group(text('Cover')), sales] }), ['Amount'])
    expect(readAll(reader, 1)).toMatchObject([{ cells: ['1'], line: 2, raw: 'a\t1' }])
    expect(reader.ignored).toEqual({ preamble: 0, header: 2, blank: 0 })
  })

  it('is missed with what is there', async () => {
    const path = bookOf({ sheets: [rows], behind: merges })
    expect(await faultOf(() => recordsOf(path, ['Date', 'Fee Totl']))).toMatchObject({
      code: 'file.columns-missing',
      message:
        'book.xlsx row 3, the likeliest header: the header lacks "Fee Totl". It has 4 columns: "Date", "Fee VAT", "Fee Total", "Note". "Fee Total" is near "Fee Totl".',
    })
  })
})

describe('a workbook is refused', () => {
  const empties = '<c/>'.repeat(16_385)
  const one = { sheets: [`<row r="3"><c r="A3"><v>1</v></c><c r="B3"><v>2</v></c></row>`] }
  const sheet = (rows: string): Book => ({ sheets: [rows] })

  it.each<[string, Book, string]>([
    [
      'a row before the last',
      sheet('<row r="4"/><row r="2"/>'),
      'sheet "Sheet1" is damaged: row "2" comes after row 4',
    ],
    ['a row past the end', sheet('<row r="1048577"/>'), 'sheet "Sheet1" is damaged: row "1048577" comes after row 0'],
    ['a row that is no number', sheet('<row r="x"/>'), 'sheet "Sheet1" is damaged: row "x" comes after row 0'],
    [
      'a cell twice',
      sheet('<row><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>'),
      'sheet "Sheet1" is damaged: row 1 has a cell twice, or one without a column',
    ],
    [
      'a cell nowhere',
      sheet('<row><c r="17"><v>1</v></c></row>'),
      'sheet "Sheet1" is damaged: row 1 has a cell twice, or one without a column',
    ],
    [
      'an unknown type',
      sheet('<row><c t="z"/></row>'),
      'sheet "Sheet1" is damaged: row 1 has a cell of the unknown type "z"',
    ],
    [
      'a shared string that is not there',
      { ...sheet('<row><c t="s"><v>1</v></c></row>'), strings: '<si><t>a</t></si>' },
      'sheet "Sheet1" is damaged: row 1 has shared string 1, of 1',
    ],
    [
      'a wrong checksum',
      { ...one, parts: [{ name: 'xl/worksheets/Sheet1.xml', data: '<worksheet/>', crc: 1 }] },
      'part xl/worksheets/Sheet1.xml is damaged: its checksum is wrong',
    ],
    [
      'more bytes than its directory says',
      {
        ...one,
        parts: [{ name: 'xl/worksheets/Sheet1.xml', data: `<worksheet>${' '.repeat(1000)}</worksheet>`, size: 20 }],
      },
      'part xl/worksheets/Sheet1.xml is damaged: it has not the 20 bytes that its directory says',
    ],
    [
      'a part twice',
      { ...one, parts: [{ name: 'XL/workbook.xml', data: '<workbook/>' }] },
      'is damaged: it has the part XL/workbook.xml twice',
    ],
    [
      'no workbook',
      {
        sheets: [],
        parts: [
          { name: '_rels/.rels', data: '<Relationships/>' },
          { name: 'xl/workbook.xml', data: '<a' },
        ],
      },
      'part xl/workbook.xml is damaged: it breaks off, at byte 2',
    ],
    [
      'a sheet that is nowhere',
      { ...one, parts: [{ name: 'xl/_rels/workbook.xml.rels', data: '<Relationships/>' }] },
      'is damaged: its sheet "Sheet1" is nowhere',
    ],
  ])('with %s', async (_, book, message) => {
    expect(await faultOf(() => read(book))).toMatchObject({
      code: 'file.damaged',
      message: `book.xlsx ${message}. Nothing of it is read.`,
    })
  })

  it.each<[string, Book, Partial<Limits>, { code: string; message: string; fix?: string }]>([
    [
      'too many sheets',
      { sheets: ['', '', ''] },
      { sheets: 2 },
      {
        code: 'file.too-many-sheets',
        message: 'book.xlsx has 3 sheets, more than the limit of 2.',
        fix: 'Ask the sender what this file is. If so many are right, raise limits.sheets in entrepot.yaml.',
      },
    ],
    [
      'too many columns',
      sheet('<row><c r="XFD1"><v>1</v></c></row>'),
      {},
      {
        code: 'file.too-many-columns',
        message: 'book.xlsx sheet "Sheet1" record 1: the record has 16384 columns, more than the limit of 10000.',
      },
    ],
    [
      'too many columns for a small limit',
      sheet('<row><c/><c/><c><v>1</v></c></row>'),
      { columns: 2 },
      {
        code: 'file.too-many-columns',
        message: 'book.xlsx sheet "Sheet1" record 1: the record has 3 columns, more than the limit of 2.',
      },
    ],
    [
      'more columns than a sheet has, though they are empty',
      sheet(`<row>${empties}</row>`),
      {},
      {
        code: 'file.too-many-columns',
        message: 'book.xlsx sheet "Sheet1" record 1: the record has 16385 columns, more than the limit of 16384.',
      },
    ],
    [
      'too many empty cells',
      sheet('<row><c/><c/></row>'.repeat(3)),
      { cells: 5 },
      { code: 'file.too-many-cells', message: expect.stringMatching(/^book\.xlsx sheet "Sheet1" record 3: /) },
    ],
    [
      'too many cells between others',
      sheet('<row><c r="ALL1"><v>1</v></c></row><row><c r="ALL2"><v>1</v></c></row>'),
      { cells: 1500 },
      {
        code: 'file.too-many-cells',
        message:
          'book.xlsx sheet "Sheet1" record 2: the file has more than 1500 cells up to here, the empty ones between them counted.',
        fix: 'Look whether a cell stands far to the right of the others. If so many are right, raise limits.cells in entrepot.yaml.',
      },
    ],
    [
      'too large a workbook',
      one,
      { workbookBytes: 500 },
      {
        code: 'file.workbook-too-large',
        message: expect.stringMatching(
          /^book\.xlsx unpacked is \d{3,4} bytes, more than the limit of 500 for a workbook\.$/,
        ),
        fix: 'Ask the sender for smaller workbooks, or for CSV. If this one is right, raise limits.workbook_bytes in entrepot.yaml.',
      },
    ],
    [
      'too many texts',
      { ...one, strings: '<si><t>abcdefgh</t></si>'.repeat(6) },
      { sharedStringsBytes: 100 },
      {
        code: 'file.too-many-strings',
        message: 'book.xlsx has more than 100 bytes of different texts (its shared strings), which are read in memory.',
        fix: 'Ask the sender for smaller workbooks, or for CSV. If this one is right, raise limits.shared_strings_bytes in entrepot.yaml.',
      },
    ],
    [
      'too long a cell',
      sheet(`<row><c t="inlineStr"><is>${'<t>abcdefgh</t>'.repeat(20)}</is></c></row>`),
      { recordBytes: 150 },
      {
        code: 'file.record-too-long',
        message: 'book.xlsx sheet "Sheet1" record 1: the record that begins here is longer than 150 bytes.',
      },
    ],
    [
      'too long a row',
      sheet(`<row>${text('a'.repeat(100)).repeat(3)}</row>`),
      { recordBytes: 250 },
      {
        code: 'file.record-too-long',
        message: 'book.xlsx sheet "Sheet1" record 1: the record that begins here is longer than 250 bytes.',
      },
    ],
    [
      'too deep a sheet',
      sheet('<a><b/></a>'),
      { depth: 3 },
      {
        code: 'file.too-deep',
        message: 'book.xlsx part xl/worksheets/Sheet1.xml byte 91: its XML nests more than 3 deep.',
      },
    ],
    [
      'entities',
      { ...one, parts: [{ name: 'xl/worksheets/Sheet1.xml', data: '<!DOCTYPE a [<!ENTITY b "c">]><a/>' }] },
      {},
      {
        code: 'file.entities',
        message: 'book.xlsx part xl/worksheets/Sheet1.xml byte 0: its XML has a DOCTYPE, which can define entities.',
      },
    ],
  ])('with %s', async (_, book, limits, expected) => {
    expect(await faultOf(() => read(book, {}, limits))).toMatchObject(expected)
  })

  it('that unpacks to too much, by what its directory says: nothing is unpacked', async () => {
    const zeros = Buffer.alloc(70 * 1024 * 1024, ' ')
    const path = bookOf({ sheets: [], parts: [{ name: 'xl/worksheets/Sheet1.xml', data: zeros }] })
    expect(await faultOf(() => sheetsOf(path))).toMatchObject({ code: 'file.zip-bomb' })
  })

  it('of another kind', async () => {
    const ods = fileOf(
      zipOf([
        { name: 'mimetype', data: 'application/vnd.oasis.opendocument.spreadsheet' },
        { name: 'META-INF/manifest.xml' },
      ]),
      'book.ods',
    )
    const xlsb = fileOf(zipOf([{ name: '[Content_Types].xml' }, { name: 'xl/workbook.bin' }]), 'book.xlsb')
    const fix = 'Ask the sender for XLSX or CSV, or save it so with a spreadsheet program.'
    expect(await faultOf(() => sheetsOf(ods))).toEqual({
      code: 'file.not-a-workbook',
      message: 'book.ods is an OpenDocument spreadsheet; workbooks are read as XLSX, XLSM or XLS.',
      fix,
    })
    expect(await faultOf(() => sheetsOf(xlsb))).toEqual({
      code: 'file.not-a-workbook',
      message: 'book.xlsb is a binary Excel workbook (XLSB); workbooks are read as XLSX, XLSM or XLS.',
      fix,
    })
    expect(await faultOf(() => sheetsOf(fileOf('a,b\n1,2\n', 'book.xls')))).toMatchObject({
      code: 'file.not-a-workbook',
      message: 'book.xls is neither a workbook nor HTML with a table; workbooks are read as XLSX, XLSM or XLS.',
    })
  })
})

describe('a file with wrong bytes', () => {
  const rows = `<row r="1">${text('a')}<c r="B1" s="1"><v>46082.5</v></c></row><row><c t="s"><v>0</v></c></row>`
  const made = utils.book_new()
  utils.book_append_sheet(
    made,
    utils.aoa_to_sheet([
      ['a', 1, true, '=x'],
      [null, 2.5],
    ]),
    'S',
  )
  const files: [string, Buffer][] = [
    ['xlsx', readFileSync(bookOf({ sheets: [rows], strings: '<si><t>x</t></si>' }, 'whole.xlsx', false))],
    ['xls', write(made, { type: 'buffer', bookType: 'biff8' })],
  ]

  it.each(files)('is read or refused with a reason: %s', async (ending, whole) => {
    const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 6 }), async (changes) => {
        const bytes = Buffer.from(whole)
        for (const [at, byte] of changes) bytes[at] = byte
        const path = fileOf(bytes, `changed.${ending}`)
        const end = await sheetsOf(path).catch((error: unknown) => error)
        expect(Array.isArray(end) || end instanceof Fault, String(end)).toBe(true)
      }),
      { numRuns: 150, seed: runSeed },
    )
  })
})

describe('an XLS', () => {
  const book = (rows: unknown[][], name = 'book.xls') => {
    const made = utils.book_new()
    utils.book_append_sheet(made, utils.aoa_to_sheet(rows), 'Sales')
    const bookType = name.endsWith('5.xls') ? 'biff5' : name.endsWith('2.xls') ? 'biff2' : 'biff8'
    return fileOf(write(made, { type: 'buffer', bookType }), name)
  }
  const rows = [
    ['Name', 'Amount', 'Paid'],
    ['Zoe', 12.5, true],
    [null, 1234567890123456, false],
  ]

  it.each(['book.xls', 'book5.xls'])('of Excel 97 and of Excel 95 is read: %s', async (name) => {
    const [sheet] = await sheetsOf(book(rows, name))
    expect(sheet?.rows.map(({ line, cells }) => [line, ...cells])).toEqual([
      [1, 'Name', 'Amount', 'Paid'],
      [2, 'Zoe', '12.5', 'TRUE'],
      [3, null, '1234567890123456', 'FALSE'],
    ])
  })

  it('of Excel 4 or earlier is refused', async () => {
    expect(await faultOf(() => sheetsOf(book(rows, 'book2.xls')))).toMatchObject({
      code: 'file.not-a-workbook',
      message: 'book2.xls is a workbook of Excel 4 or earlier; workbooks are read as XLSX, XLSM or XLS.',
    })
  })

  it('has the cells that SheetJS wrote', async () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, min: -1e14, max: 1e14 }).filter((value) => Math.abs(value) > 1e-9 || value === 0),
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.integer({ min: -1e6, max: 1e6 }).map((cents) => cents / 100),
    )
    const text = fc.string({
      unit: fc.constantFrom('a', 'é', '€', '京', '😀', ' ', '1', 'Z'),
      minLength: 1,
      maxLength: 12,
    })
    const cell = fc.oneof(number, text, fc.boolean(), fc.constant(null))
    const table = fc.array(fc.array(cell, { maxLength: 6 }), { minLength: 1, maxLength: 20 })
    const expected = (value: number | string | boolean | null) => {
      if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE'
      return typeof value === 'number' ? decimalOf(String(value + 0))?.text : value
    }
    await fc.assert(
      fc.asyncProperty(table, async (cells) => {
        const [sheet] = await sheetsOf(book(cells))
        const own = cells.flatMap((row, i) => {
          const filled = row.map(expected)
          while (filled.length > 0 && filled.at(-1) === null) filled.pop()
          return filled.length === 0 ? [] : [[i + 1, ...filled]]
        })
        expect((sheet?.rows ?? []).map(({ line, cells: found }) => [line, ...found])).toEqual(own)
      }),
      { numRuns: 100, seed: runSeed },
    )
  })

  it('of Excel 95 is in the code page that it names', async () => {
    const path = book([['ABCDEF', 1]], 'book5.xls')
    const bytes = readFileSync(path)
    Buffer.from([0xce, 0xef, 0xeb, 0xe0, 0xf2, 0xe0]).copy(bytes, bytes.indexOf('ABCDEF'))
    bytes.writeUInt16LE(1251, bytes.indexOf(Buffer.from([0x42, 0, 2, 0, 0xe4, 0x04])) + 4)
    writeFileSync(path, bytes)
    expect((await sheetsOf(path))[0]?.rows[0]?.cells).toEqual(['Оплата', '1'])
  })

  it('has errors, cut numbers and dates as XLSX has', async () => {
    const made = utils.book_new()
    const cells = utils.aoa_to_sheet([['a', '2.21E+11']])
    Object.assign(cells, { C1: { t: 'e', v: 0x2a }, D1: { t: 'n', v: 46082.5, z: 'dd/mm/yyyy' }, '!ref': 'A1:D1' })
    utils.book_append_sheet(made, cells, 'S')
    const path = fileOf(write(made, { type: 'buffer', bookType: 'biff8' }), 'book.xls')
    expect((await sheetsOf(path))[0]?.rows[0]?.cells).toEqual(['a', '2.21E+11', '#N/A', '2026-03-01 12:00:00'])
    expect((await sheetsOf(path, { values: 'shown' }))[0]?.rows[0]?.cells).toEqual([
      'a',
      '2.21E+11',
      '#N/A',
      '01/03/2026',
    ])
    const format = { ...excel, header: false }
    const records = await readExcel(path, format, defaultLimits, tempDir)
    expect(readAll(readRecords('book.xls', records, format, null))).toMatchObject([
      { fault: 'row.damaged', raw: 'a\t2.21E+11\t#N/A\t2026-03-01 12:00:00' },
    ])
  })

  it('is refused where it is too large for memory, or cut off', async () => {
    const path = book(rows)
    expect(await faultOf(() => sheetsOf(path, {}, { xlsBytes: 100 }))).toMatchObject({
      code: 'file.xls-too-large',
      message: expect.stringMatching(
        /^book\.xls is an XLS of \d+ bytes, more than the limit of 100: XLS is read in memory\.$/,
      ),
      fix: 'Ask the sender for XLSX or CSV. If this file is right, raise limits.xls_bytes in entrepot.yaml.',
    })
    expect(await faultOf(() => sheetsOf(path, {}, { cells: 5 }))).toMatchObject({ code: 'file.too-many-cells' })
    expect(await faultOf(() => sheetsOf(path, {}, { sheets: 0 }))).toMatchObject({ code: 'file.too-many-sheets' })
    writeFileSync(path, Buffer.from('d0cf11e0a1b11ae1', 'hex'))
    expect(await faultOf(() => sheetsOf(path))).toMatchObject({ code: 'file.damaged' })
  })
})
