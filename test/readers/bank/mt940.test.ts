import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isMt940 } from '../../../readers/bank/detect-bank.ts'
import { readMt940 } from '../../../readers/bank/mt940.ts'
import { cutOut, faultOf, names, readSourceWith } from '../support.ts'

const read = readSourceWith((source, _, ...rest) => readMt940(source, ...rest), 'mt940', 'statement.sta')

const caseFile = (folder: string, name: string) => readFileSync(new URL(`../cases/${folder}/${name}`, import.meta.url))

const files = [
  caseFile('mt940-statements-one-behind-the-other', 'input.sta'),
  caseFile('mt940-with-numbered-parts-cut-anywhere', 'input.sta'),
  caseFile('mt940-with-words-between-slashes', 'input.txt'),
  caseFile('mt940-what-stands-in-no-place-is-kept', 'input.sta'),
  caseFile('mt942-of-the-day-in-its-envelope', 'input.942'),
]

test.each(files.map((file, i) => [i, file] as const))(
  'file %d is the same in pieces of any size, and ranges cut out its texts',
  async (_, file) => {
    const whole = await read(file)
    expect(cutOut(file, whole.records)).toEqual(whole.records.map(({ raw }) => raw))
    for (const piece of [1, 2, 3, 7, 64]) expect((await read(file, { piece })).records).toEqual(whole.records)
  },
)

test('the sample: every entry on its line, every amount as it is written', async () => {
  const { records, named } = await read(files[0] as Buffer)
  expect(records.map(({ fault }) => fault)).toEqual(Array(24).fill(''))
  expect(named.filter(({ mark }) => mark?.startsWith('R')).map(({ mark, amount }) => `${mark} ${amount}`)).toEqual([
    'RC 59500,',
    'RD 59500.',
    'RC 1234,50',
    'RD 999,',
    'RC 1234,50',
    'RD 1234,50',
  ])
})

test('what is against the grammar, or in no place, is malformed and whole', async () => {
  const { records } = await read(files[3] as Buffer)
  expect(records.map(({ line, fault, raw }) => [line, fault, raw])).toEqual([
    [1, 'row.malformed', ':86:of nothing'],
    [7, 'row.malformed', ':61:26030C1,00NTRFREF1\n:86:date cut off'],
    [9, '', ':61:260301C1,00NTRFREF2'],
    [10, 'row.malformed', ':16:260301C2,00NTRFREF3'],
    [13, '', ':61:260301C4,00NTRFREF4\n:NS:23of the entry\n:86:one\n\n:86:two\nthree: 3'],
    [22, 'row.malformed', 'something else stands here'],
    [23, 'row.malformed', ':61:260301C3,00NTRFREF5'],
  ])
})

test.each([
  ['260301C1,00NTRFREF', ['260301', null, 'C', null, '1,00', 'NTRF', 'REF', null]],
  ['2603010302D1500,NMSC', ['260301', '0302', 'D', null, '1500,', 'NMSC', '', null]],
  ['260301CN1,NTRFA/B//C//D', ['260301', null, 'C', 'N', '1,', 'NTRF', 'A/B', 'C//D']],
  ['260301RDR,01S103//X', ['260301', null, 'RD', 'R', ',01', 'S103', '', 'X']],
  ['260301CD1NTRFX', ['260301', null, 'C', 'D', '1', 'NTRF', 'X', null]],
])(':61:%s', async (text, expected) => {
  const wanted = names(
    ...[
      'value_date',
      'entry_date',
      'mark',
      'funds_code',
      'amount',
      'type_code',
      'customer_reference',
      'bank_reference',
    ],
  )
  const { records } = await read(`:20:A\n:61:${text}\n`, { wanted })
  expect(records.map(({ cells, fault }) => [fault, cells])).toEqual([['', expected]])
})

test.each(['', 'C1,00NTRFREF', '260301X1,00NTRFREF', '260301C1,00', '260301CNTRFREF', '260301 C1,00NTRFREF'])(
  ':61:%s is malformed',
  async (text) => {
    const { records } = await read(`:20:A\n:61:${text}\n:86:kept\n`, { wanted: names('amount', 'information') })
    expect(records.map(({ cells, fault, raw }) => [fault, cells, raw])).toEqual([
      ['row.malformed', [null, 'kept'], `:61:${text}\n:86:kept`],
    ])
  },
)

test('letters of windows-1252 are read, and mark the entry they stand in', async () => {
  const text = Buffer.from(':20:A\n:61:260301C1,NTRFX\n:86:caf\xe9\n:61:260301C2,NTRFX\n', 'latin1')
  const { records } = await read(text, { wanted: names('information') })
  expect(records.map(({ fault, cells }) => [fault, ...cells])).toEqual([
    ['row.repaired', 'café'],
    ['', null],
  ])
  const latin = await read(text, { wanted: names('information'), format: { encoding: 'windows-1252' } })
  expect(latin.cells[0]).toEqual(['café'])
})

test('UTF-16, with positions in the bytes as sent', async () => {
  const bytes = Buffer.from('\ufeff:20:A\r\n:61:260301C1,NTRFX\r\n:86:é\r\n', 'utf16le')
  const { records } = await read(bytes, { piece: 3 })
  expect(records.map(({ start, length, raw }) => [bytes.toString('utf16le', start, start + length), raw])).toEqual([
    [':61:260301C1,NTRFX\r\n:86:é', ':61:260301C1,NTRFX\r\n:86:é'],
  ])
})

test('a text that is no MT940', async () => {
  expect(await faultOf(() => read('Date,Amount\n2026-03-01,5\n'))).toEqual({
    code: 'file.other-format',
    message: 'statement.sta is no MT940 or MT942: no line begins with a tag such as :20: or :61:.',
    fix: "Correct `type` in the contract's format, or ask the sender for the export that the contract means.",
  })
})

test.each([
  ['an entry', `:20:A\n:61:260301C1,NTRFX\n${':86:xxxxxxxxxxxxxxxxxxxx\n'.repeat(5)}`, 2],
  ['what a statement says', `:20:A\n${':86:xxxxxxxxxxxxxxxxxxxx\n'.repeat(5)}`, 6],
  ['a line', `:20:A\n:86:${'x'.repeat(101)}\n`, 2],
])('%s over the limit for records', async (_, text, line) => {
  expect(await faultOf(() => read(text, { limits: { recordBytes: 100 } }))).toMatchObject({
    code: 'file.record-too-long',
    message: `statement.sta line ${line}: the record that begins here is longer than 100 bytes.`,
  })
})

test('MT940 is told by its beginning', () => {
  for (const file of files.slice(0, 3)) expect(isMt940(file.toString())).toBe(true)
  expect(isMt940((files[4] as Buffer).toString())).toBe(true)
  expect(isMt940(':20:X\n:32A:260301EUR1,00\n:59:/1\n')).toBe(false)
  expect(isMt940('{1:F01}{2:I103BANK}{4:\n:20:X\n:13D:x\n-}')).toBe(false)
  expect(isMt940('a,b\n:20:,x\n1,2\n')).toBe(false)
})
