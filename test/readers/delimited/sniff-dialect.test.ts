import { describe, expect, test } from 'vitest'
import { sniffDialect } from '../../../readers/delimited/sniff-dialect.ts'

const lines = (...all: string[]) => `${all.join('\n')}\n`
const found = (text: string) => {
  const { delimiter, quote, escape: escaper, recordEnd } = sniffDialect(text, true)
  return { delimiter, quote, escape: escaper, recordEnd }
}
const usual = { quote: '"', escape: '"', recordEnd: null }

describe('delimiters', () => {
  test.each([',', ';', '\t', '|', '||', ', ', '~', '^', ':', ' ', '::', '\x1f'])('%j', (delimiter) => {
    const rows = [
      ['id', 'name', 'amount'],
      ['17', 'Ada', '12.50'],
      ['18', 'Musa', '7'],
      ['19', 'Ify', '1200'],
    ]
    expect(found(lines(...rows.map((row) => row.join(delimiter))))).toEqual({ ...usual, delimiter })
  })

  test('a decimal comma is no delimiter, nor are the marks of times and addresses', () => {
    expect(found(lines('a;b', '1,50;2,30', '2,75;3,10')).delimiter).toBe(';')
    expect(found(lines('at|to', '10:15:00|https://a.ng/x', '11:20:30|https://b.ng/y')).delimiter).toBe('|')
    expect(found(lines('Time', '10:15:00', '11:20:30', '12:01:59')).delimiter).toBe(',')
  })

  test('commas in texts lose against what cuts every line alike', () => {
    const text = lines('id\ttext', '1\tBoots, black, 10"', '2\tsocks', '3\tcap, red, blue, small')
    expect(found(text)).toEqual({ ...usual, delimiter: '\t' })
  })

  test('what is given is kept', () => {
    expect(sniffDialect(lines('a;b', '1;2'), true, { delimiter: ',' })).toMatchObject({ delimiter: ',', confidence: 1 })
  })
})

describe('quotes and escapes', () => {
  test('apostrophes around cells with delimiters', () => {
    const text = lines('id,text', "1,'a, b'", "2,'c, d, e'", "3,'it''s, f'")
    expect(found(text)).toEqual({ delimiter: ',', quote: "'", escape: "'", recordEnd: null })
  })

  test('apostrophes around cells, and inside them with no mark', () => {
    const market = "'Onitsha's Main Market'"
    const cities = ["'Kano'", market, "'Enugu'", market, market, "'Abuja FCT'", market]
    const text = lines("Qty|Id|Rate|'City'|Fee|Net", ...cities.map((city, i) => `${i}|60${i}|0.5|${city}|1|${i}.5`))
    expect(found(text)).toEqual({ delimiter: '|', quote: "'", escape: null, recordEnd: null })
  })

  test('numbers with decimal commas in apostrophes are no column of numbers', () => {
    expect(found(lines("'Price','Rate'", "'1.257,46','0,58'", "'70,34','0,35'", "'38,05','0,97'"))).toEqual({
      ...{ delimiter: ',', quote: "'", escape: "'", recordEnd: null },
    })
  })

  test('one record in apostrophes does not make them the quotes of the file', () => {
    const row = (i: number) => `${i}\t1,57\t10:0${i}\tKano\t8\tPaid by card`
    const text = lines('id\tprice\tat\tcity\tqty\tnote', `1\t2,5\t10:01\tBo\t8\t"a ""b"", c"`, row(2), row(3), row(4))
    const own = "5\t85,50\t10:05\t'Cox''s Bazar'\t74\t'a \"b\",\nc'\n"
    expect(found(text + own + lines(row(6), row(7)))).toEqual({ ...usual, delimiter: '\t' })
  })

  test('a backslash before quotes', () => {
    expect(found(lines('id,text', '1,"10\\" nails, steel"', '2,"a"', '3,"5\\" x"')).escape).toBe('\\')
  })

  test('quotes inside quotes that nothing marks, in more than one record', () => {
    const text = lines('id,text,n', '1,"a "b" c, d",5', '2,"x",6', '3,"Round 48"",7', '4,"y, z",8')
    expect(found(text).escape).toBeNull()
    expect(found(lines('id,text', '1,"say ""hi"""', '2,"a "b" c"')).escape).toBe('"')
  })
})

describe('record ends', () => {
  test.each(['\x1e', '~', ';'])('%j in a text of one line', (recordEnd) => {
    const text = ['id,name,n', '1,Ada,5', '2,Musa,6', '3,Ify,7', ''].join(recordEnd)
    expect(found(text)).toEqual({ ...usual, delimiter: ',', recordEnd })
  })

  test('most line ends are told', () => {
    expect(sniffDialect('a,b\r\n1,2\r\n3,4\n', true).lineEnd).toBe('\r\n')
    expect(sniffDialect('a,b\r1,2\r', true).lineEnd).toBe('\r')
  })
})

test('each decision has its evidence', () => {
  const { evidence, confidence } = sniffDialect(lines('a,b', '1,"x ""y"""', '2,"z"'), true)
  expect(evidence).toEqual({
    delimiter: '3 of 3 records have 2 cells; the next likely is " "',
    quote: '2 cells stand in it',
    escape: '1 cells have a doubled quote',
    recordEnd: '3 LF',
  })
  expect(confidence).toBeGreaterThan(0.9)
})

test('an empty text and a lone word are told too', () => {
  expect(found('')).toEqual({ ...usual, delimiter: ',' })
  expect(found('word')).toEqual({ ...usual, delimiter: ',' })
})

test('quotes that nothing closes are looked for once, not from each of them', () => {
  const found = sniffDialect(`${'"a;b,c|'.repeat(4600)}\n`, true)
  expect(found.rows.map(({ cells }) => cells.length)).toEqual([4601])
  const many = Array.from({ length: 60 }, () => sniffDialect(`${'"a,'.repeat(10_900)}\n`, true).delimiter)
  expect(new Set(many)).toEqual(new Set([',']))
})
