import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { Lexicon } from '../../onboard/lexicon.ts'
import { countryOf } from '../../onboard/names.ts'
import {
  currenciesOf,
  hintsOf,
  isNil,
  isTotal,
  kindOf,
  lineOf,
  listMeaningsOf,
  lookAlikeOf,
  meaningsOf,
  offerOf,
  offsetsOf,
  sideOf,
  statusOf,
  truthOf,
} from '../../onboard/vocabulary.ts'
import {
  columnMeanings,
  listMeanings,
  readColumns,
  readLists,
  readSymbols,
  readWords,
} from '../../onboard/vocabulary-files.ts'
import { packageRoot } from '../../project/package-root.ts'

const meant = (header: string) => meaningsOf(header).map(({ meaning, strength }) => `${meaning} ${strength}`)

test.each([
  ['TransAmount', ['amount 1']],
  ['tran_id', ['id 1']],
  ['store_amount', ['net 1']],
  ['TRANSACTION_NET_AMOUNT', ['net 1']],
  ['PARTIAL_BALANCE', ['balance 1']],
  ['Chq./Ref.No.', ['id 1', 'external_reference 1']],
  ['Value Dt', ['value_date 1']],
  ['Payout ID', ['external_reference 1', 'payout_reference 1']],
  ['Settlement UTR', ['payout_reference 1']],
  ['Trans. Date', ['time 1']],
  ['Withdrawal Amt.', ['debit 1']],
  ['A/C No.', ['account 1']],
  ['RRN #', ['id 1']],
  ['Dr/Cr', ['direction_marker 1']],
  ['Fees & Taxes', ['fee 1', 'tax 1']],
  ['Data.AmountAfterCharges', ['net 1']],
  ['OrgAccountBalance', ['balance 0.77']],
  // The last word says what the whole is, in French the first.
  ['Shop Fee Currency', ['currency 0.63', 'fee 0.13']],
  ['Devise des frais', ['currency 0.7', 'fee 0.2']],
  ['Frais de la devise', ['fee 0.7', 'currency 0.2']],
  ['customer.id', ['party_id 1']],
  ['Discount % Rate', ['rate 0.63', 'discount 0.13']],
  ['VAT 7.5%', ['tax 1']],
  ['Date of shipment', ['time 0.7']],
  ['Value in local', ['amount 0.95']],
  ['Amount in', ['credit 1']],
  ['Amount in local currency', ['amount 0.7', 'currency 0.2']],
  ['Pays', ['country 1', 'customer_country 1']],
  ['Pay level', []],
  // Whole phrases before words in them.
  ['Net Total ($)', ['net 1']],
  ['Number', ['id 1', 'row_number 1']],
  ['Colour', []],
  ['', []],
  ['লেনদেনের সময়', ['time 1']],
  ['เลขที่อ้างอิง', ['id 1', 'external_reference 1']],
  ['จำนวนเงิน (บาท)', ['amount 1']],
  ['ค่าธรรมเนียม', ['fee 1']],
  ['ภาษีหัก ณ ที่จ่าย', ['tax 1']],
  ['สถานะ', ['status 1']],
  ['कारोबार मिति', ['time 1']],
  ['बाँकी रकम', ['balance 1']],
  ['ගනුදෙනු අංකය', ['id 1']],
  ['තත්ත්වය', ['status 1']],
  ['Amount Refunded', ['refunded 1']],
  ['Converted Amount Refunded', ['refunded 0.77', 'other_amount 0.27']],
  ['পরিমাণ', ['amount 1', 'quantity 1']],
  ['Số tiền ghi nợ', ['debit 1']],
  ['Số tiền ghi nợ'.normalize('NFD'), ['debit 1']],
  ['SO TIEN GHI NO', ['debit 1']],
  ['İŞLEM TARİHİ', ['time 1']],
  ['رقم العمليه', ['id 1']],
  ['मूल्य तिथि', ['value_date 1']],
  ['Tarehe ya muamala', ['time 1']],
  ['Wertstellung', ['value_date 1']],
])('the header %j means %j', (header, expected) => {
  expect(meant(header)).toEqual(expected)
})

test('a word without accents is the one that has them, unless it is a word itself', () => {
  expect(meaningsOf('Nợ')).toEqual([{ meaning: 'debit', languages: ['vi'], strength: 1 }])
  expect(meant('No')).toEqual(['id 1', 'row_number 1'])
  expect([meant('valör'), meant('valor')]).toEqual([['value_date 1'], ['amount 1']])
  expect(meaningsOf('Frais')[0]?.languages).toEqual(['fr'])
  expect(meaningsOf('Saldo')[0]?.languages).toEqual(['pt', 'es', 'id', 'de', 'it', 'nl'])
})

test.each([
  ['Amount (Kobo)', { unit: 'minor', currencies: ['NGN'] }],
  ['amount_cents', { unit: 'minor' }],
  ['Amount in minor units', { unit: 'minor' }],
  ['Debit(₦)', { currencies: ['NGN'] }],
  ['Montant (FCFA)', { currencies: ['XAF', 'XOF'] }],
  ['Amount in Naira', { currencies: ['NGN'] }],
  ['total_usd', { currencies: ['USD'] }],
  ['Amount - UGX', { currencies: ['UGX'] }],
  ['Balance (ALL)', { currencies: ['ALL'] }],
  ['Total ALL', {}],
  ['Net Amount', {}],
  ['Amount cad', {}],
  ['Value DT', {}],
  ['DateTime (UTC)', { offsets: [{ offset: '+00:00', countries: [] }] }],
  ['Purchase Time (UTC timezone)', { offsets: [{ offset: '+00:00', countries: [] }] }],
  ['created_utc', { offsets: [{ offset: '+00:00', countries: [] }] }],
  ['Time (GMT+6)', { offsets: [{ offset: '+06:00', countries: [] }] }],
  ['Date (Africa/Lagos)', { zone: 'Africa/Lagos' }],
  ['Date (YY/MM/DD)', { dateOrder: 'ymd' }],
  ['Date JJ/MM/AAAA', { dateOrder: 'dmy' }],
  ['Datum (TT.MM.JJJJ)', { dateOrder: 'dmy' }],
  ['Tarih (GG.AA.YYYY)', { dateOrder: 'dmy' }],
  ['Date (MM/DD/YYYY)', { dateOrder: 'mdy' }],
  ['fee (exclusive tax)', { notes: ['exclusive tax'] }],
])('the header %j hints %j', (header, expected) => {
  expect(hintsOf(header)).toEqual(expected)
})

test('what is a hint is no part of the name', () => {
  for (const header of ['Amount (Kobo)', 'amount_cents', 'Amount in Naira', 'Amount - UGX', '₦ Amount', 'USD Amount'])
    expect(meant(header)).toEqual(['amount 1'])
  expect(meant('Paid in USD')).toEqual(['credit 1'])
  expect(meant('(Amount)')).toEqual(['amount 1'])
})

const kinds = (text: string) => kindOf(text).map(({ meaning, strength }) => `${meaning} ${strength}`)
const statuses = (text: string) => statusOf(text).map(({ meaning, strength }) => `${meaning} ${strength}`)

test.each([
  ['charge', ['sale 1', 'fee 1']],
  ['POS Purchase', ['sale 1']],
  ['POS Reversal', ['refund 1']],
  ['FEE_REVERSAL', ['refund 0.7', 'fee 0.2']],
  ['Cash Out', ['payout 1']],
  ['api_payout', ['payout 0.7']],
  ['Pay Bill Charge', ['fee 1']],
  ['Remboursement', ['refund 1']],
  ['VAT', ['tax 1']],
  ['Transferência Pix recebida', ['transfer 0.63']],
  ['Stuff', []],
])('the kind %j is %j', (text, expected) => {
  expect(kinds(text)).toEqual(expected)
})

test.each([
  ['Completed', ['settled 1']],
  ['SUCCESSFUL', ['settled 1']],
  ['Réussi', ['settled 1']],
  ['THANH CONG', ['settled 1']],
  ['সফল', ['settled 1']],
  ['abandoned', ['failed 1']],
  ['không thành công', ['failed 1']],
  ['Memo', ['memo 1']],
  ['refunded', ['settled 1', 'reversed 1']],
  ['Transaction Successful', ['settled 0.7']],
  ['was not paid', []],
  ['0000', []],
])('the status %j is %j', (text, expected) => {
  expect(statuses(text)).toEqual(expected)
})

test('sides are whole cells', () => {
  const debit = ['D', 'DR', 'Debit', 'DEBIT', 'Dr.', '-', 'Ghi nợ', 'খরচ', 'Borç', 'S', 'Af']
  expect(debit.map(sideOf)).toEqual(debit.map(() => 'debit'))
  const credit = ['C', 'CR', 'Credit', '+', 'Ghi có', 'জমা', 'Alacak', 'H', 'Bij']
  expect(credit.map(sideOf)).toEqual(credit.map(() => 'credit'))
  expect(['Debit card', 'DBT', 'CD', 'Memo', ''].map(sideOf)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ])
})

test('lines that are no records are told by a whole cell', () => {
  for (const text of ['Totals', 'TOTAL:', 'Grand Total (12)', 'Total USD', 'Tổng cộng', 'মোট', 'الإجمالي', 'Somme'])
    expect([text, isTotal(text)]).toEqual([text, true])
  for (const text of ['Total Wine Store', 'Payment total', 'Tote', ''])
    expect([text, isTotal(text)]).toEqual([text, false])
  expect(lineOf('STATEMENT SUMMARY  :-')).toBe('summary')
  expect(lineOf('Generated On: 01-Apr-2026 10:11:12')).toBe('summary')
  expect(lineOf('Opening Balance: ₦120,000.00')).toBe('opening')
  expect(lineOf('Saldo akhir')).toBe('closing')
  expect(lineOf('Balance transfer')).toBeUndefined()
})

test('a cell that says that it holds nothing is not zero', () => {
  expect(
    ['', ' ', '--', '-', '—', '------', 'N/A', 'NULL', '(null)', 'নেই', 'không có'].filter((text) => !isNil(text)),
  ).toEqual([])
  expect(['0', '0.00', '-1', 'no', 'NA'].filter(isNil)).toEqual([])
})

test('signs say all that they can mean, and letters of other scripts are others', () => {
  expect(currenciesOf('₦')).toEqual(['NGN'])
  expect(currenciesOf('Rs.')).toEqual(['PKR', 'INR', 'LKR', 'NPR', 'MUR'])
  expect(currenciesOf('R$')).toEqual(['BRL'])
  expect(currenciesOf('FCFA')).toEqual(['XAF', 'XOF'])
  expect(currenciesOf('$')).toContain('USD')
  expect(currenciesOf('$').length).toBeGreaterThan(20)
  expect(currenciesOf('USDC')).toEqual(['USDC'])
  expect([currenciesOf('USDС'), lookAlikeOf('USDС'), lookAlikeOf('USDC'), lookAlikeOf('СССР')]).toEqual([
    [],
    'USDC',
    undefined,
    undefined,
  ])
  expect([currenciesOf('constructor'), currenciesOf('')]).toEqual([[], []])
})

test("zones' words say all offsets that they can mean", () => {
  expect(offsetsOf('WAT')).toEqual([{ offset: '+01:00', countries: [] }])
  expect(offsetsOf('IST').map(({ offset }) => offset)).toEqual(['+05:30', '+01:00', '+02:00'])
  expect(offsetsOf('bst').map(({ countries }) => countries)).toEqual([['GB'], ['BD']])
  expect(offsetsOf('+0700 UTC')).toEqual([{ offset: '+07:00', countries: [] }])
  expect(offsetsOf('GMT-3')).toEqual([{ offset: '-03:00', countries: [] }])
  expect([offsetsOf('XYZ'), offsetsOf('+1500'), offsetsOf('constructor')]).toEqual([[], [], []])
})

const names = ['columns.yaml', 'words.yaml', 'lists.yaml', 'symbols.yaml']
const text = (name: string) => readFileSync(join(packageRoot, 'onboard/vocabulary', name), 'utf8')

test('every column has words in English and, but for a few, in every language', () => {
  const { columns } = readColumns()
  expect(Object.keys(columns)).toEqual([...columnMeanings])
  for (const meaning of [
    'id',
    'time',
    'amount',
    'fee',
    'debit',
    'credit',
    'balance',
    'currency',
    'status',
    'type',
  ] as const)
    expect(Object.keys(columns[meaning])).toHaveLength(18)
})

test('words of lists are in every language but Nepali and Sinhala', () => {
  const { columns, offers, truths } = readLists()
  expect(Object.keys(columns).toSorted()).toEqual([...listMeanings].toSorted())
  for (const [meaning, phrases] of [...Object.entries(columns), ...Object.entries(offers)])
    expect([meaning, Object.keys(phrases).length]).toEqual([meaning, 16])
  expect(Object.keys(truths)).toEqual(['yes', 'no'])
})

test.each([
  ['creator_id', ['creator_id 1']],
  ['Seller', ['creator_id 1', 'person 1']],
  ['Nome', ['person 1', 'title 1']],
  ['Identifiant du vendeur', ['creator_id 1']],
  ['Customer ID', ['any_id 0.7']],
  ['পণ্যের নাম', ['title 1']],
  ['Ngày đăng', ['listed 1']],
  ['Published', ['listed 1', 'on_sale 1']],
  ['From', ['base 1', 'valid_from 1']],
  ['Gültig ab', ['valid_from 1']],
  ['Amount', []],
])('in a list the header %j means %j', (header, expected) => {
  expect(listMeaningsOf(header).map(({ meaning, strength }) => `${meaning} ${strength}`)).toEqual(expected)
})

test('a status of a product, and yes and no, are whole cells', () => {
  expect(['Active', 'Rascunho', 'Ngừng bán', 'প্রকাশিত', 'Sold out', 'paid'].map(offerOf)).toEqual([
    ...['listed', 'draft', 'unlisted', 'listed', 'unlisted', undefined],
  ])
  expect(['TRUE', 'não', '1', '0', 'হ্যাঁ', 'perhaps'].map(truthOf)).toEqual([true, false, true, false, true, undefined])
})

test('countries are told by code and by name in many languages', () => {
  expect(['br', 'BRA', 'Brésil', 'ব্রাজিল', 'UK', 'Cote d’Ivoire', 'Wakanda'].map((name) => countryOf(name, []))).toEqual(
    [...['BR', 'BR', 'BR', 'BR', 'GB', 'CI', undefined]],
  )
  expect([countryOf('Ghánà', []), countryOf('Gáná', ['yo'])]).toEqual(['GH', 'GH'])
})

test('no phrase is under two meanings by mistake', () => {
  const grammar = { headLast: new Set<string>(), fillers: new Map(), abbreviations: new Map() }
  expect(() => new Lexicon({ fee: { en: ['cost'] }, net: { en: ['Costs'] } }, {}, grammar)).toThrow(
    '"Costs" means fee and net; put it under "several"',
  )
  expect(() => new Lexicon({ fee: { en: ['cost'] }, net: {} }, { en: { cost: ['fee', 'net'] } }, grammar)).toThrow(
    '"cost" is under "several" of en and means fee too',
  )
  expect([meaningsOf('amount').length, kindOf('sale').length]).toEqual([1, 1])
})

test('the words name no provider and no product', () => {
  // Not MTN, which is a sign of the metical, nor Dana, which is Indonesian for funds.
  const providers =
    'gumroad stripe paypal mpesa safaricom momo wave xendit mercadopago mercado wise hdfc opay owealth safepay bkash paystack daraja kofi ko-fi etherscan vietcombank vcb hubtel paymongo lemonsqueezy payhip midtrans vnpay sslcommerz nicepay antom fiuu payby gcash techcombank razorpay etsy flutterwave airtel jazzcash easypaisa nagad rocket pix upi neft imps rtgs shopify amazon square venmo revolut payoneer adyen visa mastercard'
  const found = names.flatMap(
    (name) =>
      text(name)
        .toLowerCase()
        .match(/[\p{L}-]+/gu) ?? [],
  )
  expect(found.length).toBeGreaterThan(4000)
  expect(providers.split(' ').filter((provider) => found.includes(provider))).toEqual([])
})

test('the vocabulary is shipped and sound', () => {
  const { files } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'))
  expect(files).toContain('onboard/vocabulary')
  expect(Object.keys(readWords().kinds)).toContain('chargeback')
  expect(Object.keys(readSymbols().zones).length).toBeGreaterThan(50)
})
