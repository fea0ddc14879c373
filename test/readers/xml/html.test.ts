import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Format } from '../../../contracts/contract.ts'
import { closeRecords, rowsOf } from '../../../readers/records.ts'
import { openSource } from '../../../readers/source/source.ts'
import { readHtml } from '../../../readers/xml/html.ts'
import { defaultLimits, type Limits } from '../../../stage/staged.ts'
import { runSeed } from '../seed.ts'
import { csv, faultOf, fileOf, tempDir } from '../support.ts'

const html: Format = { ...csv, type: 'html' }

async function tablesOf(source: string | Buffer, format: Partial<Format> = {}, limits: Partial<Limits> = {}) {
  const read = { ...html, ...format }
  const bounds = { ...defaultLimits, ...limits }
  const text = await openSource(fileOf(source, 'page.html'), read, bounds, tempDir)
  const records = await readHtml(text, read, bounds, tempDir).finally(() => text.close())
  if (records.kind !== 'grid') throw new Error('a page is a grid')
  try {
    return records.sheets.map(({ name, file }) => ({ name, rows: [...rowsOf(file)] }))
  } finally {
    closeRecords(records)
  }
}

const cellsOf = async (source: string, format: Partial<Format> = {}) =>
  (await tablesOf(source, format)).map(({ rows }) => rows.map(({ cells }) => cells))

describe('an HTML table', () => {
  it('has rows that are told by their number, their bytes and their source', async () => {
    const source = Buffer.from('<p>é</p><table>\n<tr><td>a</td></tr>\n<tr class="x"><td>é</table><p>after')
    const [table] = await tablesOf(source)
    const raws = ['<tr><td>a</td></tr>', '<tr class="x"><td>é']
    expect(table?.rows.map(({ line, start, length, raw }) => [line, start, length, raw])).toEqual(
      raws.map((raw, i) => [i + 1, source.indexOf(raw), Buffer.byteLength(raw), raw]),
    )
  })

  it.each([
    ['utf-16le', 'utf16le'],
    ['windows-1252', 'latin1'],
  ] as const)('has its bytes counted in the source as it is: %s', async (encoding, own) => {
    const source = Buffer.from('<table><tr><td>é</td></tr><tr><td>ü<table><tr><td>ö</table>', own)
    const rows = (await tablesOf(source, { encoding })).flatMap((table) => table.rows)
    const raws = ['<tr><td>é</td></tr>', '<tr><td>ü<table><tr><td>ö</table>', '<tr><td>ö']
    expect(rows.map(({ raw }) => raw)).toEqual(raws)
    expect(rows.map(({ start, length }) => source.toString(own, start, start + length))).toEqual(raws)
  })

  it('needs no tags that HTML lets leave out', async () => {
    expect(await cellsOf('<TABLE><THEAD><TR><TH>A<TH>B<TBODY><TR><TD>1<TD>2<TR><TD>3</TABLE>')).toEqual([
      [['A', 'B'], ['1', '2'], ['3']],
    ])
    expect(await cellsOf('<table><td>no row<td>at all</table>')).toEqual([[['no row', 'at all']]])
    expect(await cellsOf('<table><tr><td>cut off<td>he')).toEqual([[['cut off', 'he']]])
    expect(await cellsOf('<table><tr><td><b><i>a</td><td>b</td></tr></table>')).toEqual([[['a', 'b']]])
  })

  it('has text as a browser lays it out', async () => {
    const cells = [
      ['  two \n\t words ', 'two words'],
      ['a<br>b<br/>c', 'a\nb\nc'],
      ['<p>one</p>\n<p>two</p>', 'one\ntwo'],
      ['&lt;b&gt; &amp;amp; &eacute;&#8377;&#x20AC;&nbsp;', '<b> &amp; é₹€'],
      ['&nbsp;', ''],
      ['AT&T &copy', 'AT&T ©'],
      ['1&nbsp;234', '1\u00a0234'],
      ['<span>a</span><!-- no --><b>b</b>', 'ab'],
      ['<script>var a = "<td>"</script>x<style>td{}</style>', 'x'],
    ]
    const source = cells.map(([cell]) => `<tr><td>${cell}</td></tr>`).join('')
    expect(await cellsOf(`<table>${source}</table>`)).toEqual([cells.map(([, text]) => [text])])
  })

  it('has the text of cells that reach over others in the first of them', async () => {
    const source =
      '<table><tr><td rowspan=2>a<td colspan=2>b<td>c<tr><td>d<td>e<td>f<tr><td>g<td rowspan="0">h<tr><td>i<td>j<tbody><tr><td>k<td>l</table>'
    expect(await cellsOf(source)).toEqual([
      [
        ['a', 'b', null, 'c'],
        [null, 'd', 'e', 'f'],
        ['g', 'h'],
        ['i', null, 'j'],
        ['k', 'l'],
      ],
    ])
  })

  it('inside another is a table of its own, and empty ones are left out', async () => {
    const tables = await tablesOf(
      '<table><tr><td>x<table><tr><td>y</table>z</table><table><tr><td>&nbsp;</table><table><tr><td>w',
    )
    expect(tables.map(({ name, rows }) => [name, ...rows.map(({ cells }) => cells)])).toEqual([
      ['table 1', ['xz']],
      ['table 2', ['y']],
      ['table 4', ['w']],
    ])
    expect(await cellsOf('<table><tr><td>x</table><table><tr><td>y</table>', { sheet: 'table 2' })).toEqual([[['y']]])
  })

  it('from a spreadsheet keeps what a cut number was, and marks what is lost', async () => {
    const row =
      '<tr><td x:num="221000000000">2.21E+11<td>2.21E+11<td x:num="1.2345678901234567E+20">1.23E+20<td>#REF!</tr>'
    const damaged = async (values: Format['values']) =>
      (await tablesOf(`<table>${row}</table>`, { values }))[0]?.rows[0]?.cells
    expect(await damaged('stored')).toEqual(['221000000000', '2.21E+11', '123456789012345670000', '#REF!'])
    expect(await damaged('shown')).toEqual(['2.21E+11', '2.21E+11', '1.23E+20', '#REF!'])
  })

  it('has a fault in the row whose bytes are no text', async () => {
    const source = Buffer.from('<table><tr><td>a<tr><td>b\xff<tr><td>c</table>', 'latin1')
    const [table] = await tablesOf(source)
    expect(table?.rows.map(({ cells, fault }) => [cells[0], fault])).toEqual([
      ['a', 0],
      ['b?', 2],
      ['c', 0],
    ])
  })

  it('of any texts is read back, in whatever way its tags are closed', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '<', '&', ' ', '"', '9', '€', ';', '>'), maxLength: 8 })
    const rows = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 })
    const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    await fc.assert(
      fc.asyncProperty(rows, fc.boolean(), fc.boolean(), async (table, hasCells, hasRows) => {
        const row = (cells: string[]) => cells.map((text) => `<td>${escaped(text)}${hasCells ? '</td>' : ''}`).join('')
        const source = `<table>${table.map((cells) => `<tr>${row(cells)}${hasRows ? '</tr>' : '\n'}`).join('')}</table>`
        const tidy = (text: string) => text.replace(/ +/g, ' ').trim()
        const expected = table.map((cells) => cells.map(tidy))
        expect(await cellsOf(source)).toEqual(expected.flat().some((text) => text !== '') ? [expected] : [])
      }),
      { numRuns: 100, seed: runSeed },
    )
  })
})

describe('a page is refused', () => {
  it.each<[string, string, Partial<Limits>, { code: string; message: string }]>([
    [
      'without a table',
      '<html><p>Session expired</p></html>',
      {},
      {
        code: 'file.not-a-workbook',
        message: 'page.html is neither a workbook nor HTML with a table; workbooks are read as XLSX, XLSM or XLS.',
      },
    ],
    [
      'with too many tables',
      '<table><table><table>',
      { sheets: 2 },
      { code: 'file.too-many-sheets', message: 'page.html has 3 sheets, more than the limit of 2.' },
    ],
    [
      'with too many columns',
      '<table><tr><td colspan=1000>a<td>b',
      { columns: 1000 },
      {
        code: 'file.too-many-columns',
        message: 'page.html table 1 record 1: the record has 1001 columns, more than the limit of 1000.',
      },
    ],
    [
      'with cells that reach over too many',
      `<table><tr><td colspan=1000 rowspan=60000>a${'<tr>'.repeat(100)}`,
      { cells: 50_000 },
      {
        code: 'file.too-many-cells',
        message:
          'page.html table 1 record 51: the file has more than 50000 cells up to here, the empty ones between them counted.',
      },
    ],
    [
      'with elements inside each other without end',
      '<div>'.repeat(1001),
      { depth: 10 },
      { code: 'file.too-deep', message: 'page.html: more than 1000 of its elements are inside each other.' },
    ],
    [
      'with a tag without an end',
      `<table><tr><td a="${'x'.repeat(300_000)}`,
      { recordBytes: 100_000 },
      {
        code: 'file.record-too-long',
        message: 'page.html byte 11: the record that begins here is longer than 100000 bytes.',
      },
    ],
    [
      'with a row without an end',
      `<table><tr><td>${'x '.repeat(200_000)}`,
      { recordBytes: 100_000 },
      {
        code: 'file.record-too-long',
        message: 'page.html byte 7: the record that begins here is longer than 100000 bytes.',
      },
    ],
  ])('%s', async (_, source, limits, expected) => {
    expect(await faultOf(() => tablesOf(source, {}, limits))).toMatchObject(expected)
  })
})

describe('an XML Spreadsheet', () => {
  const book = (inside: string) =>
    `<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">${inside}</Workbook>`
  const sheet = (name: string, rows: string, behind = '') =>
    `<Worksheet ss:Name="${name}"><Table><Column ss:Index="3"/>${rows}</Table>${behind}</Worksheet>`
  const cell = (type: string, text: string) => `<Cell><Data ss:Type="${type}">${text}</Data></Cell>`

  it('has sheets as a workbook has', async () => {
    const hidden = '<WorksheetOptions><Visible>SheetHidden</Visible></WorksheetOptions>'
    const first = sheet('H', `<Row>${cell('String', 'h')}</Row>`, hidden)
    const row = `<Row>${cell('Boolean', '1')}${cell('Number', '2.50')}${cell('Error', '#N/A')}${cell('String', '2.21E+11')}<Cell ss:Formula="=1+1"/></Row>`
    const tables = await tablesOf(book(first + sheet('S', row) + sheet('E', '<Row/>')))
    expect(tables.map(({ name }) => name)).toEqual(['S', 'H'])
    expect(tables[0]?.rows[0]?.cells).toEqual(['TRUE', '2.50', '#N/A', '2.21E+11', null])
  })

  it.each([
    ['<Row ss:Index="2"/><Row ss:Index="2"/>', 'row "2" comes after row 2'],
    ['<Row><Cell ss:Index="0"/></Row>', 'row 1 has a cell twice, or one without a column'],
    [`<Row>${cell('String', 'a')}<Cell ss:Index="1"/></Row>`, 'row 1 has a cell twice, or one without a column'],
  ])('is refused with %s', async (rows, why) => {
    expect(await faultOf(() => tablesOf(book(sheet('S', rows))))).toMatchObject({
      code: 'file.damaged',
      message: `page.html sheet "S" is damaged: ${why}. Nothing of it is read.`,
    })
  })

  it('is refused with too many sheets, cells or columns, or entities', async () => {
    const codeOf = async (inside: string, limits: Partial<Limits>) =>
      (await faultOf(() => tablesOf(inside, {}, limits))).code
    const row = `<Row><Cell ss:Index="9"><Data ss:Type="String">a</Data></Cell></Row>`
    expect(await codeOf(book(sheet('A', '') + sheet('B', '')), { sheets: 1 })).toBe('file.too-many-sheets')
    expect(await codeOf(book(sheet('A', row)), { cells: 8 })).toBe('file.too-many-cells')
    expect(await codeOf(book(sheet('A', row)), { columns: 8 })).toBe('file.too-many-columns')
    expect(await codeOf(`<!DOCTYPE a>${book('')}`, {})).toBe('file.entities')
  })
})
