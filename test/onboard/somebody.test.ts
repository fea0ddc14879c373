import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Project } from './onboarded.ts'

/** Whose money it is, and by which card, is no id: it comes again next month, and would take this month's place. */
const project = new Project('onboard-somebody')

const count = (n: number) => Array.from({ length: n }, (_, i) => i)
const two = (n: number) => String(n).padStart(2, '0')

const sales = (header: string, cell: (i: number) => string, month = 3) => [
  `Date;${header};Amount`,
  ...count(14).map((i) => `2026-0${month}-${two(i + 13)};${cell(i)};${month}0${i % 10}.50`),
]

async function identity(name: string, header: string, cell: (i: number) => string) {
  const { text } = await project.onboarded('us', name, sales(header, cell))
  const { key, fields } = parse(text)
  return key ?? fields.transaction_id
}

/** Of no bank, with the right check digits. */
const ibans = [
  ...['DE50526018159083016613', 'DE85186091390996030824', 'DE97628194821993518190', 'DE56937865797543231948'],
  ...['DE65757491186252760189', 'DE83555979711471049746', 'DE78507529170342366712', 'DE84768426846563212233'],
  ...['DE67079244026859952890', 'DE74786666176031372159', 'DE22010928159013962459', 'DE62571177774121547280'],
  ...['DE03385280841485253888', 'GB29 NWBK 6016 1331 9268 19'],
]
/** Numbers of cards for tests. */
const cards = [
  ...['4111111111111111', '5555555555554444', '378282246310005', '6011111111111117', '3530111333300000'],
  ...['4012888888881881', '5105105105105100', '371449635398431', '30569309025904', '38520000023237'],
  ...['4222222222222', '6011000990139424', '3566002020360505', '5019717010103742'],
]
const code = (i: number) => `K${7000 + 13 * i}Q`

describe('is told by its name', () => {
  test.each([
    'Kontonummer/IBAN',
    'N° de compte',
    'Nomor rekening',
    'Số tài khoản',
    'Card',
    'Número do Cartão',
    'رقم البطاقة',
    'Kart No',
    'Payer phone',
    'Số điện thoại',
    'Customer ID',
    'Kundennummer',
    'Beneficiary account',
  ])('%s', async (header) => {
    const name = `named_${count(header.length)
      .map((i) => header.charCodeAt(i).toString(36))
      .join('')}`
    expect(await identity(name, header, code)).toEqual({ occurrence: ['Date', header, 'Amount'] })
  })
})

describe('is told by its cells, though the name could be of an id', () => {
  test.each([
    ['ibans', (i: number) => ibans[i] as string],
    ['cards', (i: number) => cards[i] as string],
    ['stars', (i: number) => `4111********${8951 + i}`],
    ['dots', (i: number) => `Visa •••• ${8951 + i}`],
    ['exes', (i: number) => `XXXX${1234 + i}`],
    ['prefixed', (i: number) => `A/c XX${1234 + i}`],
    ['phones', (i: number) => `+25471${2345678 + 7919 * i}`],
    ['mailboxes', (i: number) => `buyer${i * 7}@example.com`],
  ])('%s', async (name, cell) => {
    expect(await identity(name, 'Reference', cell)).toEqual({ occurrence: ['Date', 'Reference', 'Amount'] })
  })

  test.each([
    ['wrong_ibans', (i: number) => (ibans[i] as string).replace(/\d$/, (d) => String((Number(d) + 1) % 10))],
    ['wrong_cards', (i: number) => (cards[i] as string).replace(/\d$/, (d) => String((Number(d) + 1) % 10))],
    ['lettered', (i: number) => `TXX${1234 + i}`],
  ])('which ids are not: %s', async (name, cell) => {
    expect(await identity(name, 'Reference', cell)).toEqual({ from: 'Reference' })
  })
})

test('a code of an authorisation is no id where it is short', async () => {
  expect(await identity('short', 'Auth Code', (i) => `A${10000 + 13 * i}`)).toEqual({
    occurrence: ['Date', 'Auth Code', 'Amount'],
  })
  expect(await identity('long', 'Auth Code', (i) => `A${10000 + 13 * i}-77120-K`)).toEqual({ from: 'Auth Code' })
})

test('the same accounts and cards next month are movements of their own', async () => {
  for (const [name, header, cell] of [
    ['months_iban', 'IBAN', (i: number) => ibans[i] as string],
    ['months_card', 'Card', (i: number) => `4111********${8951 + i}`],
  ] as const)
    expect(
      await project.loaded(
        'us',
        name,
        [sales(header, cell), sales(header, cell, 4)],
        'count(*)::integer as n, sum(gross)::decimal(18,2)::varchar as gross',
      ),
    ).toEqual({ n: 28, gross: '9916.00' })
})
