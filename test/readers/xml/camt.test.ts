import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { camtFields, readCamt } from '../../../readers/xml/camt.ts'
import { cutOut, faultOf, names, readSourceWith } from '../support.ts'

const read = readSourceWith((source, _, ...rest) => readCamt(source, ...rest), 'camt', 'statement.xml')

const caseFile = (folder: string) => readFileSync(new URL(`../cases/${folder}/input.xml`, import.meta.url))

test.each([
  'camt-052-report-of-the-day',
  'camt-053-version-2-with-a-batch-that-adds-up',
  'camt-053-version-8-with-two-statements',
  'camt-054-batches-that-do-not-add-up-stay-whole',
])('%s is the same in pieces of any size, and ranges cut out its entries', async (folder) => {
  const file = caseFile(folder)
  const whole = await read(file)
  expect(whole.columns).toEqual(camtFields)
  expect(cutOut(file, whole.records)).toEqual(whole.records.map(({ raw }) => raw))
  expect(whole.records.map(({ line }) => line)).toEqual(whole.records.map((_, i) => i + 1))
  for (const piece of [1, 2, 3, 7, 64]) expect((await read(file, { piece })).records).toEqual(whole.records)
})

const document = (entries: string, statement = '') =>
  `<Document><BkToCstmrStmt><Stmt>${statement}${entries}</Stmt></BkToCstmrStmt></Document>`
const amount = (text: string, currency = 'EUR') => `<Amt Ccy="${currency}">${text}</Amt>`
const detail = (inner: string) => `<TxDtls>${inner}</TxDtls>`
const entry = (inner: string, side = 'CRDT', more = '') =>
  `<Ntry>${amount('30.00')}<CdtDbtInd>${side}</CdtDbtInd>${more}<NtryDtls>${inner}</NtryDtls></Ntry>`

test.each([
  ['amounts that come to it', `${amount('10')}|${amount('20.000')}`, ['10', '20.000']],
  [
    'amounts of the payment',
    `<AmtDtls><TxAmt>${amount('29.99')}</TxAmt></AmtDtls>|${amount('0.01')}`,
    ['29.99', '0.01'],
  ],
  ['one that goes the other way', `${amount('40')}|${amount('10')}<CdtDbtInd>DBIT</CdtDbtInd>`, ['40', '10']],
  ['a cent too little', `${amount('10')}|${amount('19.99')}`, ['30.00']],
  ['one without an amount', `${amount('30')}|<Refs/>`, ['30.00']],
  ['one in another currency', `${amount('10')}|${amount('20', 'USD')}`, ['30.00']],
  ['one that is no decimal', `${amount('10')}|${amount('2e1')}`, ['30.00']],
  [
    'a fraction past floating point',
    `${amount('29.9999999999999999999')}|${amount('0.0000000000000000001')}`,
    ['29.9999999999999999999', '0.0000000000000000001'],
  ],
])('an entry of several transactions: %s', async (_, details, expected) => {
  const text = document(entry(details.split('|').map(detail).join('')))
  const { cells } = await read(text, { wanted: names('amount') })
  expect(cells.flat()).toEqual(expected)
})

test('transactions of an entry with one alone stay with it, whatever they say', async () => {
  const text = document(entry(detail(amount('12.00', 'USD'))))
  const { named, records } = await read(text, { wanted: names('amount', 'currency', 'detail_number', 'detail_count') })
  expect(records[0]?.cells).toEqual(['30.00', 'EUR', null, '1'])
  expect(named.length).toBe(1)
})

test.each([
  ['CRDT', '', 'Payer'],
  ['DBIT', '', 'Payee'],
  ['CRDT', '<RvslInd>true</RvslInd>', 'Payee'],
  ['DBIT', '<RvslInd>1</RvslInd>', 'Payer'],
  ['DBIT', '<RvslInd>false</RvslInd>', 'Payee'],
])('the counterparty of %s %s', async (side, more, expected) => {
  const parties = '<RltdPties><Dbtr><Nm>Payer</Nm></Dbtr><Cdtr><Pty><Nm>Payee</Nm></Pty></Cdtr></RltdPties>'
  const text = document(entry(detail(parties), side, more))
  expect((await read(text, { wanted: names('counterparty_name') })).cells).toEqual([[expected]])
})

test('charges: the total, else the only one', async () => {
  const charges = [
    `<Chrgs><TtlChrgsAndTaxAmt>1.5</TtlChrgsAndTaxAmt><Rcrd>${amount('1')}</Rcrd></Chrgs>`,
    `<Chrgs><Rcrd>${amount('2')}</Rcrd></Chrgs>`,
    `<Chrgs>${amount('3')}</Chrgs>`,
    `<Chrgs>${amount('3')}</Chrgs><Chrgs>${amount('4')}</Chrgs>`,
    '',
  ]
  const text = document(charges.map((inner) => entry(detail(inner))).join(''))
  expect((await read(text, { wanted: names('charges', 'amount') })).cells.map(([charge]) => charge)).toEqual([
    '1.5',
    '2',
    '3',
    null,
    null,
  ])
})

test('a statement without entries has no records; a document without a statement is refused', async () => {
  expect((await read(document('', '<Id>1</Id>'), { wanted: names('amount') })).records).toEqual([])
  expect(await faultOf(() => read('<Document><CstmrCdtTrfInitn/></Document>'))).toMatchObject({
    code: 'file.path-not-found',
    message:
      'statement.xml: there are no records at "Stmt": it has no statement (Stmt, Rpt, Ntfctn), and its root is "Document".',
  })
})

test('a batch longer than a record may be is split; a transaction or a whole entry is not', async () => {
  const long = (text: string) => `${amount('15')}<RmtInf><Ustrd>${text}</Ustrd></RmtInf>`
  const bytes = (text: string, second = '15') =>
    document(entry(detail(long(text)) + detail(long(text)).replace('15', second)))
  const limits = { recordBytes: 300 }
  expect((await read(bytes('x'.repeat(150)), { limits })).records.length).toBe(2)
  const tooLong = (record: number) =>
    `statement.xml record ${record}: the record that begins here is longer than 300 bytes.`
  expect((await faultOf(() => read(bytes('x'.repeat(300)), { limits }))).message).toBe(tooLong(1))
  expect((await faultOf(() => read(bytes('x'.repeat(150), '16'), { limits }))).message).toBe(tooLong(3))
  const tags = document(entry('<Refs/>', 'CRDT', '<A></A>'.repeat(60)))
  expect((await faultOf(() => read(tags, { limits }))).message).toBe(tooLong(1))
  const parts = document(entry('<Refs/>'), `<AddtlStmtInf>${'x<![CDATA[x]]>'.repeat(200)}</AddtlStmtInf>`)
  expect((await faultOf(() => read(parts, { limits }))).message).toBe(tooLong(1))
})

test('a byte that is no text costs its own record', async () => {
  const text = document(
    [entry(detail('<AddtlTxInf>\xff</AddtlTxInf>')), entry(''), entry(detail(amount('1')) + detail('\xff'))].join(''),
  )
  const { records } = await read(Buffer.from(text, 'latin1'))
  expect(records.map(({ fault }) => fault)).toEqual(['row.encoding', '', 'row.encoding'])
})
