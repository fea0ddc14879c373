import { expect, test } from 'vitest'
import { newBatch, textAt } from '../../../readers/batch.ts'
import { regular, regularised } from '../../../readers/encoding/regularise.ts'
import { openReader } from '../../../readers/open.ts'
import { defaultLimits } from '../../../stage/staged.ts'
import { csv, fileOf, names, tempDir } from '../support.ts'

const u = (text: TemplateStringsArray) => JSON.parse(`"${text.raw[0]}"`) as string

test.each<[what: string, cell: string, text: string]>([
  ['NFC', u`Jose\u0301`, 'José'],
  ['spaces', u`1\u00a0234,50\u202f\u20ac\u3000x\u2009y`, '1 234,50 € x y'],
  ['zero-width marks', u`\ufeffN\u200bG\u00ad\u2060N`, 'NGN'],
  ['marks of direction', u`\u200f\u202b-1,234\u202c`, '-1,234'],
  ['joiners between Latin letters', u`a\u200cb\u200dc`, 'abc'],
  ['joiners that Bengali needs', u`\u09b0\u200d\u09cd\u09af\u09be\u0995`, u`\u09b0\u200d\u09cd\u09af\u09be\u0995`],
  [
    'non-joiners that Persian needs',
    u`\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645`,
    u`\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645`,
  ],
  ['joiners at the end of a word', u`\u0645\u06cc\u200c \u200d5`, u`\u0645\u06cc 5`],
  [
    'joiners of emoji',
    u`\ud83d\udc69\u200d\ud83d\udcbb\ud83d\udc69\u200d`,
    u`\ud83d\udc69\u200d\ud83d\udcbb\ud83d\udc69`,
  ],
  ['digits and signs of full width', '－￥１２，３４５．６７／１００％', '-¥12,345.67/100%'],
  ['a time of full width', '２０２６／０７／０１ １２：３０', '2026/07/01 12:30'],
  ['an address', '（株）山田、銀座１－２－３', '（株）山田、銀座1-2-3'],
  ['digits of other scripts stay', '১২৩', '১২৩'],
  ['a formula that is a text', '="00123"', '00123'],
  ['a formula that is a text with quotes', '="5"" nails"', '5" nails'],
  ['a formula that is none', '="a"&"b"', '="a"&"b"'],
  ["spreadsheets' apostrophes", "'0123", '0123'],
  ['an apostrophe before a formula', "'=1+1", '=1+1'],
  ['an apostrophe before a minus', "'-5", '-5'],
  ['an apostrophe and a tab', "'\t5", '5'],
  ['a tab', '\t2026-07-01', '2026-07-01'],
  ['an apostrophe that is one', "'tis", "'tis"],
  ['an apostrophe alone', "'", "'"],
  ['an equals sign', '=1+1', '=1+1'],
  ['nothing', '', ''],
])('%s', (_, cell, text) => {
  expect(regular(cell)).toEqual({ text, isRepaired: false })
  expect(regular(text).text).toBe(regular(regular(text).text).text)
})

test.each<[cell: string, text: string]>([
  ['NumÃ©ro', 'Numéro'],
  ['NumÃƒÂ©ro', 'Numéro'],
  [u`Prix \u00c3\u00a0 l\u00e2\u20ac\u2122unit\u00c3\u00a9`, 'Prix à l’unité'],
  ['12,50 â‚¬', '12,50 €'],
  [u`1\u00c2\u00a0234`, '1 234'],
  ['Å\u00a1kola', 'škola'],
  ['Ð\u009cÐ¾Ñ\u0081ÐºÐ²Ð°', 'Москва'],
  ['à¦¬à¦¾à¦‚à¦²à¦¾', 'বাংলা'],
  ['æ\u009d±äº¬', '東京'],
])('%s was read in the wrong encoding', (cell, text) => {
  expect(regular(cell)).toEqual({ text, isRepaired: true })
})

test.each(['«CAFÉ»', 'SÃO PAULO', '“Å”', 'Ä…', 'naïve café', 'Zoë’s', 'ÀÉÎ', 'Größe', '5° – 10°', 'Â'])(
  '%s is as it was meant',
  (cell) => {
    expect(regular(cell)).toEqual({ text: cell, isRepaired: false })
  },
)

test('wanted cells of a reader are regular; the raw text is as it was, and what was in another encoding is marked', async () => {
  const rows = [`'0123,Jose\u0301 Mun\u0303oz with a long name,x`, 'plain,plain,x', 'a,NumÃ©ro,x', 'b,="7",', 'c,d,Ã©']
  const path = fileOf(`id,name,other\n${rows.join('\n')}\n`)
  const reader = regularised(await openReader(path, csv, names('id', 'name'), defaultLimits, tempDir))
  const batch = newBatch(2)
  expect(reader.next(batch)).toBe(5)
  const seen = Array.from({ length: 5 }, (_, row) => [
    ...batch.columns.map((column) => textAt(batch, column, row)),
    batch.fault[row],
    textAt(batch, batch.raw, row),
  ])
  expect(seen).toEqual([
    ['0123', 'José Muñoz with a long name', 0, rows[0]],
    ['plain', 'plain', 0, rows[1]],
    ['a', 'Numéro', 5, rows[2]],
    ['b', '7', 0, rows[3]],
    ['c', 'd', 0, rows[4]],
  ])
  expect(reader.next(batch)).toBe(0)
  reader.close()
})
