import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readOfx } from '../../../readers/xml/ofx.ts'
import { faultOf, names, readSourceWith } from '../support.ts'

const read = readSourceWith((source, _, ...rest) => readOfx(source, ...rest), 'ofx', 'bank.ofx')

const folder = (name: string) => new URL(`../cases/${name}/`, import.meta.url)
const caseFile = (name: string) => {
  const file = readdirSync(folder(name)).find((entry) => entry.startsWith('input.')) as string
  return readFileSync(new URL(file, folder(name)))
}
const found = { found: ['encoding'] as const }

test.each([
  ['ofx-leaves-closed-or-not-in-windows-1252', 'latin1'],
  ['ofx-as-ofxstatement-writes-it', 'utf8'],
  ['ofx-of-a-card-all-on-one-line', 'utf8'],
  ['ofx-with-an-account-and-an-investment-account', 'utf8'],
] as const)('%s is the same in pieces of any size, and ranges cut out its entries', async (name, encoding) => {
  const file = caseFile(name)
  const whole = await read(file, { format: found })
  expect(whole.records.map(({ start, length }) => file.subarray(start, start + length).toString(encoding))).toEqual(
    whole.records.map(({ raw }) => raw),
  )
  for (const piece of [1, 2, 3, 7, 64])
    expect((await read(file, { format: found, piece })).records).toEqual(whole.records)
})

const statement = (entries: string, after = '') =>
  `<OFX><STMTRS><CURDEF>EUR<BANKTRANLIST>${entries}</BANKTRANLIST>${after}</STMTRS></OFX>`
const values = async (text: string, ...wanted: string[]) => (await read(text, { wanted: names(...wanted) })).cells

test.each([
  ['&amp;', '&'],
  ['A & B', 'A & B'],
  ['A&B;', 'A&B;'],
  ['&lt;b&gt; &quot;x&apos;', '<b> "x\''],
  ['a&nbsp;b', 'a\u00a0b'],
  ['&#233;&#xe9;&#x1F600;', 'éé😀'],
  ['&#0;&#xD800;&#1114112;&unknown;', '&#0;&#xD800;&#1114112;&unknown;'],
  ['1 < 2 <3', '1 < 2 <3'],
  ['a<![CDATA[ <b> & ]]>c', 'a <b> & c'],
  ['a<!-- <MEMO>no -->b', 'ab'],
  [' \r\n x \t', 'x'],
  ['', ''],
])('the text %j is %j, closed and not', async (text, expected) => {
  expect(await values(statement(`<STMTTRN><MEMO>${text}<FITID>1</STMTTRN>`), 'MEMO', 'FITID')).toEqual([
    [expected, '1'],
  ])
  expect(await values(statement(`<STMTTRN><MEMO>${text}</MEMO><FITID>1</FITID></STMTTRN>`), 'MEMO', 'FITID')).toEqual([
    [expected, '1'],
  ])
})

test('empty elements, aggregates, and names that repeat', async () => {
  const text = statement(
    '<STMTTRN><NAME><PAYEE><NAME>x<ADDR1>a<ADDR1>b</PAYEE><MEMO><EXTRA></EXTRA><DUE><DUE>1</DUE><A><B><C>1</B></A><fitid>7</STMTTRN>',
  )
  const { named } = await read(text)
  expect(Object.fromEntries(Object.entries(named[0] ?? {}).filter(([, value]) => value !== null))).toEqual({
    CURDEF: 'EUR',
    NAME: '',
    'PAYEE.NAME': 'x',
    'PAYEE.ADDR1': 'a',
    'PAYEE.ADDR1[2]': 'b',
    MEMO: '',
    EXTRA: '',
    DUE: '',
    'DUE[2]': '1',
    'A.B.C': '1',
    FITID: '7',
  })
})

test('an entry that is not closed ends where the next one or the list does', async () => {
  const { records } = await read(statement('<STMTTRN><FITID>1\n<STMTTRN><FITID>2 \n'))
  expect(records.map(({ raw }) => raw)).toEqual(['<STMTTRN><FITID>1', '<STMTTRN><FITID>2'])
})

test('a statement’s balance stands behind its entries, and is that of no other statement', async () => {
  const balance = (amount: number) => `<LEDGERBAL><BALAMT>${amount}</LEDGERBAL>`
  const one = statement('<STMTTRN><FITID>1</STMTTRN><STMTTRN><FITID>2</STMTTRN>', balance(5))
  const two = statement('<STMTTRN><FITID>3</STMTTRN>').replace('EUR', 'USD')
  const none = statement('', balance(6))
  expect(await values(one + none + two, 'FITID', 'LEDGERBAL.BALAMT', 'CURDEF')).toEqual([
    ['1', '5', 'EUR'],
    ['2', '5', 'EUR'],
    ['3', null, 'USD'],
  ])
})

test('the line is that of the entry; where one has two entries, entries are counted', async () => {
  const lines = async (text: string) => (await read(text)).records.map(({ line }) => line)
  const one = '<STMTTRN><FITID>1</STMTTRN>'
  expect(await lines(`H:1\r\n\r\n${statement(`\r${one}\n\n${one}\r\n${one}`)}`)).toEqual([4, 6, 7])
  expect(await lines(statement(`\n\n${one}\n${one}${one}`))).toEqual([1, 2, 3])
})

test('a byte that is no text costs its own record', async () => {
  const text = statement('<STMTTRN><MEMO>\xe9</STMTTRN>\n<STMTTRN><MEMO>e</STMTTRN>')
  const { records } = await read(Buffer.from(text, 'latin1'))
  expect(records.map(({ fault, raw }) => [fault, raw])).toEqual([
    ['row.encoding', '<STMTTRN><MEMO>?</STMTTRN>'],
    ['', '<STMTTRN><MEMO>e</STMTTRN>'],
  ])
})

test.each([
  ['OFXHEADER:100\n', 'file.path-not-found', 'bank.ofx: there is no <OFX> in it.'],
  ['<OFX><STMTRS>', 'file.damaged', 'bank.ofx is damaged: it ends before </OFX>. Nothing of it is read.'],
  [
    '<OFX><STMTRS><STMTTRN><FITID>1',
    'file.damaged',
    'bank.ofx is damaged: it ends inside an entry <STMTTRN>. Nothing of it is read.',
  ],
  [
    '<!DOCTYPE OFX [<!ENTITY a "b">]><OFX></OFX>',
    'file.entities',
    'bank.ofx: it has a document type (DOCTYPE), which OFX has not. Nothing of it is read.',
  ],
])('%s is refused', async (text, code, message) => {
  expect(await faultOf(() => read(text))).toMatchObject({ code, message })
})

test.each([
  ['an element', `<STMTTRN><MEMO>${'x'.repeat(200)}</STMTTRN>`, 'bank.ofx byte 47'],
  ['a tag', `<STMTTRN><${'X'.repeat(200)}>`, 'bank.ofx byte 47'],
  ['an entry', `\n\n<STMTTRN>${'<MEMO>x'.repeat(40)}</STMTTRN>`, 'bank.ofx record 1'],
])('%s over the limit', async (_, entry, where) => {
  const fault = await faultOf(() => read(statement(entry), { limits: { recordBytes: 100 }, piece: 16 }))
  expect(fault.code).toBe('file.record-too-long')
  expect(fault.message).toBe(`${where}: the record that begins here is longer than 100 bytes.`)
})

test('more fields than the limit for columns', async () => {
  const text = statement(`<STMTTRN>${Array.from({ length: 50 }, (_, i) => `<X${i}>1`).join('')}</STMTTRN>`)
  expect((await read(text)).columns.length).toBe(88)
  const many = statement(`<STMTTRN>${'</MEMO>'.repeat(250)}</STMTTRN>`)
  expect((await faultOf(() => read(many, { limits: { columns: 60 } }))).code).toBe('file.too-many-columns')
  expect(await faultOf(() => read(text, { limits: { columns: 60 } }))).toMatchObject({
    code: 'file.too-many-columns',
    message: 'bank.ofx record 1: the record has 61 columns, more than the limit of 60.',
  })
})
