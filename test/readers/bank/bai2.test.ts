import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readBai2 } from '../../../readers/bank/bai2.ts'
import { isBai2 } from '../../../readers/bank/detect-bank.ts'
import { cutOut, faultOf, names, readSourceWith } from '../support.ts'

const read = readSourceWith((source, _, ...rest) => readBai2(source, ...rest), 'bai2', 'day.bai')

const caseFile = (folder: string, name: string) => readFileSync(new URL(`../cases/${folder}/${name}`, import.meta.url))

const whole = caseFile('bai2-transactions-with-their-account', 'input.bai')
const wrong = caseFile('bai2-trailers-that-do-not-agree', 'input.txt')

test.each([
  ['transactions', whole],
  ['trailers', wrong],
])('%s are the same in pieces of any size, and ranges cut out their texts', async (_, file) => {
  const { records } = await read(file)
  expect(cutOut(file, records)).toEqual(records.map(({ raw }) => raw))
  for (const piece of [1, 2, 5, 64]) expect((await read(file, { piece })).records).toEqual(records)
})

test('what is against the grammar or does not agree is malformed', async () => {
  const { records } = await read(wrong)
  expect(records.map(({ line, fault, raw }) => [line, fault, raw])).toEqual([
    [4, '', '16,165,400,Z,B1,,ONE/'],
    [5, 'row.malformed', '49,1600,4/'],
    [6, 'row.malformed', '16,165,5,Z,,,OUTSIDE AN ACCOUNT/'],
    [8, '', '16,475,10.50,,,C2,NO SLASH'],
    [9, 'row.malformed', '49,10,99/'],
    [10, 'row.malformed', '03,333,EUR,010,5,,/'],
    [12, 'row.malformed', 'what is this'],
    [13, 'row.malformed', '99,0,1,0/'],
  ])
})

/** A file of one account with these records. */
const account = (...records: string[]) =>
  `01,A,B,260301,0900,1,,,2/\n02,B,A,1,260301,,,2/\n03,1,KES,,,,/\n${records.join('\n')}\n49,0,${records.length + 2}/\n` +
  `98,0,1,${records.length + 4}/\n99,0,1,${records.length + 6}/\n`

test.each([
  ['165,1', ['165', '1', null, null, null, null]],
  ['165,1,,', ['165', '1', null, '', null, null]],
  ['165,,0,B', ['165', '', '0', 'B', null, null]],
  ['165,1,S,1,,0,B,C,t', ['165', '1', 'S', 'B', 'C', 't']],
  ['165,1,V,260301,2400,B,C,a,b/c', ['165', '1', 'V', 'B', 'C', 'a,b/c']],
  ['165,1,D,1,0,1,B,C,t', ['165', '1', 'D', 'B', 'C', 't']],
])('16,%s/', async (text, expected) => {
  const wanted = names('type_code', 'amount', 'funds_type', 'bank_reference', 'customer_reference', 'text')
  const { records } = await read(account(`16,${text}/`), { wanted })
  expect(records.map(({ fault, cells }) => [fault, cells])).toEqual([['', expected]])
})

test.each(['16', '16,1650,1', '16,165,1,X', '16,165,1,D,2,0,1', '16,165,1,D,x', '17,165,1', '88'])(
  '%s/ is malformed',
  async (text) => {
    const { records } = await read(account(`${text}/`).replace('03,1,KES,,,,/\n88', '03,1,KES,,,,/\n16,1,1,X/\n88'))
    expect(records.map(({ fault, cells }) => [fault, cells.every((cell) => cell === null)])[0]).toEqual([
      'row.malformed',
      true,
    ])
  },
)

test.each([
  ['both agree', '49,5,3/', 0],
  ['its sum alone', '49,5,99/', 0],
  ['its number of records alone', '49,1,3/', 0],
  ['neither', '49,1,99/', 1],
  ['an amount that is no whole number, and the number of records', '49,5,3/', 0, '5.0'],
])('a trailer: %s', async (_, trailer, malformed, amount = '5') => {
  const { records } = await read(account(`16,165,${amount}/`).replace('49,0,3/', trailer), { wanted: [] })
  expect(records.filter(({ fault }) => fault === 'row.malformed').map(({ raw }) => raw)).toEqual(
    Array(malformed).fill(trailer),
  )
})

test('the currency is the account’s, else the group’s, else US dollars', async () => {
  const currency = async (group: string, own: string) => {
    const text = account('16,165,1/').replace('260301,,,2/', `260301,,${group},2/`).replace('1,KES', `1,${own}`)
    return (await read(text, { wanted: names('currency') })).cells
  }
  expect(await currency('NGN', 'KES')).toEqual([['KES']])
  expect(await currency('NGN', '')).toEqual([['NGN']])
  expect(await currency('', '')).toEqual([['USD']])
})

test('a text that is no BAI2, and one cut off', async () => {
  expect((await faultOf(() => read('Date,Amount\n'))).message).toBe(
    'day.bai is no BAI2: it does not begin with a file header (01).',
  )
  expect((await faultOf(() => read(whole.subarray(0, -22)))).message).toBe(
    'day.bai is damaged: no file trailer (99) ends it. Nothing of it is read.',
  )
})

test('continuations over the limit for records', async () => {
  const text = account('16,165,1,,,,x', ...Array<string>(20).fill('88,xxxxxxxxxxxxxxxxxxxxxxxx'))
  expect(await faultOf(() => read(text, { limits: { recordBytes: 200 } }))).toMatchObject({
    code: 'file.record-too-long',
    message: 'day.bai line 4: the record that begins here is longer than 200 bytes.',
  })
})

test('BAI2 is told by its beginning', () => {
  expect(isBai2(whole.toString())).toBe(true)
  expect(isBai2(wrong.toString())).toBe(true)
  expect(isBai2('01,a,b\n02,c,d\n')).toBe(false)
  expect(isBai2('Date,a\n01,x,y,260301,0900,1\n02,a,b\n')).toBe(false)
})
