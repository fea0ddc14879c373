import { describe, expect, test } from 'vitest'
import { faultOf, names, readCsv } from '../support.ts'

describe('cells', () => {
  test('quoted cells are unescaped, bare ones kept as they are', async () => {
    const { columns, cells } = await readCsv('a,b,c\n1,"x ""y"" z"," "\n"",it"s, \n')
    expect(columns).toEqual(['a', 'b', 'c'])
    expect(cells).toEqual([
      ['1', 'x "y" z', ' '],
      ['', 'it"s', ' '],
    ])
  })

  test('another escape character works before a quote or itself and is text elsewhere', async () => {
    const { cells } = await readCsv('a,b\n"say \\"hi\\"","C:\\\\x\\y"\n', { format: { escape: '\\' } })
    expect(cells).toEqual([['say "hi"', 'C:\\x\\y']])
  })

  test('without a quote character quotes are text', async () => {
    const { cells } = await readCsv('a,b\n"x","y\n', { format: { quote: null, escape: null } })
    expect(cells).toEqual([['"x"', '"y']])
  })

  test.each([';', '\t', '|', '\x01', ' '])('the delimiter %j', async (delimiter) => {
    const { cells } = await readCsv(`a${delimiter}b\n1,5${delimiter}"x${delimiter}y"\n`, { format: { delimiter } })
    expect(cells).toEqual([['1,5', `x${delimiter}y`]])
  })

  test('cells of up to and over twelve bytes', async () => {
    const lengths = Array.from({ length: 40 }, (_, i) => 'abcdefghijklmnopqrstuvwxyz0123456789éüñ€'.slice(0, i + 1))
    const { cells } = await readCsv(`a,b\n${lengths.map((cell) => `${cell},"${cell}"\n`).join('')}`)
    expect(cells).toEqual(lengths.map((cell) => [cell, cell]))
  })
})

describe('records', () => {
  test('CR, LF and CRLF end a record, mixed, and the last needs no end', async () => {
    const { records } = await readCsv('a,b\r\n1,2\r3,4\n5,6\r\n\r7,8')
    expect(records.map(({ cells, line }) => [line, ...cells])).toEqual([
      [2, '1', '2'],
      [3, '3', '4'],
      [4, '5', '6'],
      [6, '7', '8'],
    ])
  })

  test('a record with line ends in quotes keeps its first line', async () => {
    const { records } = await readCsv('a,b\n"1\n2\r\n3\r4",x\n5,6\n')
    expect(records).toEqual([
      { cells: ['1\n2\r\n3\r4', 'x'], line: 2, start: 4, length: 12, fault: '', raw: '"1\n2\r\n3\r4",x' },
      { cells: ['5', '6'], line: 6, start: 17, length: 3, fault: '', raw: '5,6' },
    ])
  })

  test('fewer or more cells than the header has is a fault of arity', async () => {
    const { records } = await readCsv('a,b,c\n1,2\n1,2,3,4\n1,2,\n')
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.arity', '1', '2', null],
      ['row.arity', '1', '2', '3'],
      ['', '1', '2', ''],
    ])
  })

  test('text behind a closing quote is malformed and kept as written', async () => {
    const { records } = await readCsv('a,b\n"1"x,2\n3,4\n')
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.malformed', '"1"x', '2'],
      ['', '3', '4'],
    ])
  })

  test('a quote never closed costs its own cell', async () => {
    const { records } = await readCsv('a,b\n1,"2\n3,4\n5,6\n')
    expect(records).toEqual([
      { cells: ['1', '"2'], line: 2, start: 4, length: 4, fault: 'row.malformed', raw: '1,"2' },
      { cells: ['3', '4'], line: 3, start: 9, length: 3, fault: '', raw: '3,4' },
      { cells: ['5', '6'], line: 4, start: 13, length: 3, fault: '', raw: '5,6' },
    ])
  })

  test('a quote that only the next quoted cell would close costs its own cell', async () => {
    const { records } = await readCsv('a,b,c\n1,"2,x\n3,"4",y\n"l\nm",5,"6\n7,8,9')
    expect(records.map(({ cells, fault, line }) => [line, fault, ...cells])).toEqual([
      [2, 'row.malformed', '1', '"2', 'x'],
      [3, '', '3', '4', 'y'],
      [4, 'row.malformed', 'l\nm', '5', '"6'],
      [6, '', '7', '8', '9'],
    ])
  })
})

describe('more on stray quotes', () => {
  test('a quoted cell longer than the limit is a quote never closed, in pieces of any size', async () => {
    for (const piece of [1, 7, 1000]) {
      const text = `a,b\n1,"2\n${'3,4\n'.repeat(20)}5,"6"\n`
      const { records } = await readCsv(text, { limits: { recordBytes: 60 }, piece })
      expect(records.map(({ fault }) => fault)).toEqual(['row.malformed', ...Array(21).fill('')])
    }
  })

  test('a quoted cell that is closed beyond the limit is none', async () => {
    for (const piece of [1, 7, 1000]) {
      const read = (recordBytes: number) =>
        readCsv(`a,b\n1,"2\n${'3,4\n'.repeat(20)}5",6\n`, { limits: { recordBytes }, piece })
      const { records } = await read(85)
      expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
        ['row.malformed', '1', '"2'],
        ...Array(20).fill(['', '3', '4']),
        ['', '5"', '6'],
      ])
      // Within the limit it is none either: each of its lines is a whole record.
      expect((await read(89)).records).toEqual(records)
    }
  })

  test('a line of a stray quote alone is no blank line, nor is a quote in quotes', async () => {
    const { records, ignored } = await readCsv('a,b\n"""",\n"\n1,2\n')
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['', '"', ''],
      ['row.malformed', '"', null],
      ['', '1', '2'],
    ])
    expect(ignored.blank).toBe(0)
  })

  test('malformed is told before bytes that are no text', async () => {
    const { records } = await readCsv(Buffer.from('a,b\n"\xff"x,2\n\xff\n', 'latin1'))
    expect(records.map(({ cells, fault }) => [fault, ...cells])).toEqual([
      ['row.malformed', '"?"x', '2'],
      ['row.encoding', '?', null],
    ])
  })

  test('a stray quote on the last line, with and without a line end', async () => {
    for (const text of ['a,b\n1,"', 'a,b\n1,"\n', 'a,b\n1,"\r\n'])
      expect((await readCsv(text)).records).toEqual([
        { cells: ['1', '"'], line: 2, start: 4, length: 3, fault: 'row.malformed', raw: '1,"' },
      ])
  })
})

describe('what is no record', () => {
  test('preamble, header, repeated headers, blank lines and records of empty cells are counted', async () => {
    const text =
      'Statement of account\n\nFrom,1 March,to,31 March\nid , amount\n\n1,5\n , \n"",""\nid , amount\n2,6\n,\n\t\n"\n"\n'
    const { columns, records, ignored } = await readCsv(text, { wanted: names('amount', 'id') })
    expect(columns).toEqual(['id', 'amount'])
    expect(records.map(({ cells, line }) => [line, ...cells])).toEqual([
      [6, '5', '1'],
      [10, '6', '2'],
    ])
    expect(ignored).toEqual({ preamble: 2, header: 2, blank: 7 })
  })

  test('a header alone', async () => {
    const { columns, records, ignored } = await readCsv('a,b')
    expect({ columns, records, ignored }).toEqual({
      columns: ['a', 'b'],
      records: [],
      ignored: { preamble: 0, header: 1, blank: 0 },
    })
  })

  test('the header is found by its cells, whatever their Unicode form and spaces', async () => {
    const { columns, cells } = await readCsv('x;y;z\n1;2\n So\u0302\u0301 ;"Amount ""(k)"" "\n3;4\n', {
      format: { delimiter: ';' },
      wanted: names('S\u1ed1', 'Amount "(k)"'),
    })
    expect({ columns, cells }).toEqual({ columns: ['S\u1ed1', 'Amount "(k)"'], cells: [['3', '4']] })
  })

  test('where nobody says what the header is, a preamble is told by its fewer cells', async () => {
    const rows = 'Id,Paid in,Note\n1,2,x\n3,4,\n'
    const found = await readCsv(`Statement\nfrom,March\n7,8,9\n${rows}`)
    expect(found.columns).toEqual(['Id', 'Paid in', 'Note'])
    expect(found.ignored).toEqual({ preamble: 3, header: 1, blank: 0 })
    expect((await readCsv('a,b\n1,2,\n3,4,\n5,6,\n')).columns).toEqual(['a', 'b'])
    expect((await readCsv('a,b,c\nx,y\nz,w\n')).columns).toEqual(['a', 'b', 'c'])
  })

  test('where columns are wanted by position, the header is the first record that has them', async () => {
    const { columns, cells } = await readCsv('Statement\na,a,b\n1,2,3\n', { wanted: [{ position: 2 }] })
    expect({ columns, cells }).toEqual({ columns: ['a', 'a', 'b'], cells: [['2']] })
  })

  test('skip_rows leaves out physical lines', async () => {
    const { columns, records, ignored } = await readCsv('"not\nclosed\r\n\r\na,b\r\n1,2', {
      format: { skipRows: 3 },
      wanted: names('b'),
    })
    expect(columns).toEqual(['a', 'b'])
    expect(records).toEqual([{ cells: ['2'], line: 5, start: 20, length: 3, fault: '', raw: '1,2' }])
    expect(ignored).toEqual({ preamble: 2, header: 1, blank: 1 })
  })

  test.each([
    ['tokenizer', {}, ','],
    ['fallback', { delimiter: '||' }, '||'],
  ])('trailing_delimiter: records end with one more than the header (%s)', async (_, format, mark) => {
    const text = ['a,b', '1,2,', '"3",4, ', '5,6,7', '8,9', '1,2,,', '', 'a,b', ''].join('\n').replaceAll(',', mark)
    const { columns, records, ignored } = await readCsv(text, { format: { ...format, trailingDelimiter: true } })
    expect(columns).toEqual(['a', 'b'])
    expect(records.map(({ cells, fault }) => [...cells, fault])).toEqual([
      ['1', '2', ''],
      ['3', '4', ''],
      ['5', '6', 'row.arity'],
      ['8', '9', 'row.arity'],
      ['1', '2', 'row.arity'],
    ])
    expect(ignored).toEqual({ preamble: 0, header: 2, blank: 1 })
  })

  test('trailing_delimiter: means nothing where the header ends so too', async () => {
    const { columns, records } = await readCsv('a,b,\n1,2,\n', { format: { trailingDelimiter: true } })
    expect(columns).toEqual(['a', 'b', ''])
    expect(records.map(({ cells, fault }) => [...cells, fault])).toEqual([['1', '2', '', '']])
  })

  test('without a header columns are numbered, by the first record', async () => {
    for (const piece of [1, 1000]) {
      const { columns, records, ignored } = await readCsv('\n1,"2\n3"\n4,5\n', { format: { header: false }, piece })
      expect(columns).toEqual(['column1', 'column2'])
      expect(records.map(({ cells, line }) => [line, ...cells])).toEqual([
        [2, '1', '2\n3'],
        [4, '4', '5'],
      ])
      expect(ignored).toEqual({ preamble: 0, header: 0, blank: 1 })
    }
  })
})

describe('wanted columns', () => {
  test('in their order, by name and by position, and one of them twice', async () => {
    const { columns, cells } = await readCsv('id,Fee,Fee,note\n1,2,3,\n4,5\n', {
      wanted: [{ name: 'note' }, { position: 3 }, { name: 'id' }, { position: 1 }, { position: 3 }],
    })
    expect(columns).toEqual(['id', 'Fee', 'Fee', 'note'])
    expect(cells).toEqual([
      ['', '3', '1', '1', '3'],
      [null, null, '4', '4', null],
    ])
  })

  test('a name that is missing', async () => {
    const act = () =>
      readCsv('Export\nReference,Amount (Kobo),Paid At\n1,2,3\n', {
        wanted: names('Reference', 'Amount', 'Amount (kobo)', 'Fees'),
      })
    expect(await faultOf(act)).toEqual({
      code: 'file.columns-missing',
      message:
        'sales.csv line 2, the likeliest header of 3 records: the header lacks "Amount", "Amount (kobo)", "Fees". It has 3 columns: "Reference", "Amount (Kobo)", "Paid At". "Amount (Kobo)" is near "Amount (kobo)".',
      fix: 'Correct the column names in the contract, or ask the sender for the export with these columns.',
    })
  })

  test('a name in other letters is near', async () => {
    expect((await faultOf(() => readCsv('REFERENCE,b\n', { wanted: names('Reference') }))).message).toBe(
      'sales.csv line 1, the likeliest header of 1 record: the header lacks "Reference". It has 2 columns: "REFERENCE", "b". "REFERENCE" is near "Reference".',
    )
  })

  test('a position that is missing', async () => {
    expect(await faultOf(() => readCsv('a,b\n1,2\n', { wanted: [{ position: 2 }, { position: 3 }] }))).toEqual({
      code: 'file.columns-missing',
      message:
        'sales.csv line 1, the likeliest header of 2 records: the header lacks column 3. It has 2 columns: "a", "b".',
      fix: 'Correct the column names in the contract, or ask the sender for the export with these columns.',
    })
  })

  test('a name that the header repeats', async () => {
    expect(await faultOf(() => readCsv('Fee,Currency,Tax,Currency\n', { wanted: names('Fee', 'Currency') }))).toEqual({
      code: 'file.column-ambiguous',
      message: 'sales.csv line 1: the header names "Currency" 2 times, in columns 2, 4.',
      fix: 'Take the column by its position in the contract: `column: 2` in place of `from: "Currency"`.',
    })
  })
})

describe('limits', () => {
  test('a record over the limit, wherever pieces end', async () => {
    for (const piece of [1, 10, 49, 50, 51, 1000]) {
      for (const long of ['x'.repeat(51), `"${'x'.repeat(51)}"`, 'x,'.repeat(26)])
        expect(await faultOf(() => readCsv(`a,b\n1,2\n${long}\n`, { limits: { recordBytes: 50 }, piece }))).toEqual({
          code: 'file.record-too-long',
          message: 'sales.csv line 3: the record that begins here is longer than 50 bytes.',
          fix: 'Look whether the file is what the contract says (delimiter, quote, encoding). If such records are right, raise limits.record_bytes in entrepot.yaml.',
        })
      const { records } = await readCsv(`a,b\n${'x'.repeat(48)},y\n`, { limits: { recordBytes: 50 }, piece })
      expect(records.map(({ length, fault }) => [length, fault])).toEqual([[50, '']])
    }
  })

  test('more columns than the limit', async () => {
    expect(await faultOf(() => readCsv('a,b,c\n', { limits: { columns: 2 } }))).toEqual({
      code: 'file.too-many-columns',
      message: 'sales.csv line 1: the record has 3 columns, more than the limit of 2.',
      fix: 'Look whether the delimiter of the contract is right. If so many columns are right, raise limits.columns in entrepot.yaml.',
    })
  })

  test('nothing but blank lines, and fewer lines than are skipped', async () => {
    const fix = 'Ask the sender for the file again; a day without records has a header alone.'
    expect(await faultOf(() => readCsv('\n , \n'))).toEqual({
      code: 'file.empty',
      message: 'sales.csv holds nothing but blank lines.',
      fix,
    })
    expect(await faultOf(() => readCsv('a\nb', { format: { skipRows: 3 } }))).toEqual({
      code: 'file.empty',
      message: 'sales.csv ends within the lines that the contract skips (skip_rows).',
      fix,
    })
  })
})

describe('bytes', () => {
  test('bytes that are no UTF-8 become question marks and mark their records alone', async () => {
    const text = Buffer.from(
      'a,b\nok,1\ncaf\xe9,"x""\xff"\n\xe2\x82,2\nlonger than twelve \xf0\x9f\x98,3\n\xc3\xa9,4\n',
      'latin1',
    )
    for (const piece of [1, 5, 1000]) {
      const { records } = await readCsv(text, { piece })
      expect(records.map(({ cells, fault, raw }) => [fault, ...cells, raw])).toEqual([
        ['', 'ok', '1', 'ok,1'],
        ['row.encoding', 'caf?', 'x"?', 'caf?,"x""?"'],
        ['row.encoding', '??', '2', '??,2'],
        ['row.encoding', 'longer than twelve ???', '3', 'longer than twelve ???,3'],
        ['', 'é', '4', 'é,4'],
      ])
    }
  })

  test('a NUL in a cell is kept', async () => {
    const { cells } = await readCsv(`a,b\n${'some text,more text\n'.repeat(5)}x\0y,z\n`)
    expect(cells.at(-1)).toEqual(['x\0y', 'z'])
  })

  test('many batches', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `${i},"${'ä'.repeat(i % 30)}"`)
    const { records } = await readCsv(`a,b\n${lines.join('\n')}`, { piece: 10_000 })
    expect(records.map(({ cells }) => cells)).toEqual(lines.map((_, i) => [`${i}`, 'ä'.repeat(i % 30)]))
    expect(records.map(({ line }) => line)).toEqual(lines.map((_, i) => i + 2))
  })
})
