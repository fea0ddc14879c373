import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { formatProblem } from '../../contracts/language.ts'
import { verifyContract } from '../../contracts/verify.ts'
import { regionProfile } from '../../models/region.ts'
import { stageFile } from '../../stage/stage-file.ts'
import { defaultLimits } from '../../stage/staged.ts'
import { bookOf } from '../readers/workbook.ts'

let folder: string
let nth = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-money-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const profile = regionProfile.parse({
  ...{ region: 'ng', name: 'Nigeria', country: 'NG', zone: 'Africa/Lagos', currency: 'NGN' },
})

const fields = `fields:
  transaction_id: Id
  kind: { value: transfer }
  status: { from: State, map: { ok: settled, failed: failed } }
  local_date: Day
  currency: Money
  account: Account
  gross: Amount
`

/** What the checks of the whole file say of a file under a contract. */
async function messages(bytes: string | Uint8Array, yaml: string, of = fields): Promise<string[]> {
  const text = `source: shop\nmodel: transaction\nmatch: "a/*"\n${yaml}\n${of}`
  const read = await verifyContract(text, 'regions/ng/sources/shop.yaml', profile)
  if ('errors' in read) throw new Error(formatProblem(read.errors))
  const path = join(folder, String(++nth))
  writeFileSync(path, bytes)
  const task = { path, contract: read.contract, outDir: `${path}-staged`, limits: defaultLimits }
  const { failedChecks } = await stageFile(task, () => {})
  return failedChecks.map(({ severity, message }) => `${severity}: ${message}`)
}

/** Lines of an amount and a balance; what is left out is as most records have it. */
const linesOf = (...rows: (string | number)[][]): string =>
  `Id,Day,Amount,Balance,State,Money,Account\n${rows
    .map(([amount, balance, id, state = 'ok', money = 'NGN', account = 'A'], i) =>
      [id ?? `t${i}`, '2026-03-01', amount, balance, state, money, account].join(','),
    )
    .join('\n')}\n`

describe('running balance', () => {
  const balance = (more = '', check = '') =>
    `checks: [{ name: running, balance: { from: Balance, of: gross${more} }${check} }]`

  test('follows from record to record, whichever way round they stand', async () => {
    const rows = [
      [10, 110],
      [-30, 80],
      [5.5, 85.5],
    ]
    expect(await messages(linesOf(...rows), balance())).toEqual([])
    expect(await messages(linesOf(...rows.toReversed()), balance())).toEqual([])
    expect(await messages(linesOf(...rows.toReversed()), balance(', order: oldest_first'))).toEqual([
      'warn: the balance "Balance" does not follow from gross at 2 of 2 steps: on line 3 it is 80.00 where 55.50 is expected (check "running").',
    ])
    expect(await messages(linesOf(...rows), balance(', order: newest_first', ', severity: block'))).toEqual([
      'block: the balance "Balance" does not follow from gross at 2 of 2 steps: on line 2 it is 110.00 where 90.00 is expected (check "running").',
    ])
  })

  test('may be shown before each record', async () => {
    const rows = [
      [10, 100],
      [-30, 110],
      [5, 80],
    ]
    expect(await messages(linesOf(...rows), balance(', shows: before'))).toEqual([])
    expect(await messages(linesOf(...rows.toReversed()), balance(', shows: before'))).toEqual([])
    expect(await messages(linesOf(...rows), balance())).toEqual([
      'warn: the balance "Balance" does not follow from gross at 2 of 2 steps: on line 3 it is 110.00 where 70.00 is expected (check "running", read oldest first, which closes more often).',
    ])
  })

  test('may be off by its tolerance, and is exact without', async () => {
    const rows = [
      [10, 110],
      [0.1, 110.11],
    ]
    expect(await messages(linesOf(...rows), balance('', ', tolerance: 0.01'))).toEqual([])
    expect(await messages(linesOf(...rows), balance('', ', tolerance: 0.009'))).toHaveLength(1)
    expect(await messages(linesOf(...rows), balance(', order: oldest_first'))).toEqual([
      'warn: the balance "Balance" does not follow from gross at 1 of 1 step: on line 3 it is 110.11 where 110.10 is expected (check "running").',
    ])
  })

  test('a rejected record costs its own step; one whose balance can not be read the next one too', async () => {
    const order = balance(', order: oldest_first')
    // The rejected record moved something: its balance says how much, and the next step begins there.
    expect(await messages(linesOf([10, 110], ['x', 90], [5, 95]), order)).toEqual([])
    expect(await messages(linesOf([10, 110], ['x', 90], [5, 96], [1, 97]), order)).toEqual([
      'warn: the balance "Balance" does not follow from gross at 1 of 2 steps: on line 4 it is 96.00 where 95.00 is expected (check "running").',
    ])
    expect(await messages(linesOf([10, 110], ['x', '?'], [5, 96], [1, 97]), order)).toEqual([])
    expect(await messages(linesOf([10, 110], ['x', '?'], [5, 96]), order)).toEqual([
      'warn: the balance "Balance" could not be checked: of no two records in a row both balances and gross are known (check "running").',
    ])
    // A record that is out of shape has its cells anywhere.
    const shifted = linesOf([10, 110], [1, 111], [5, 96], [1, 97]).replace('t1,', 't1,,')
    expect(await messages(shifted, balance(', by: [], order: oldest_first'))).toEqual([])
  })

  test('a repeated record is passed over, one that is not counted moves nothing', async () => {
    const rows = [
      [10, 110],
      [5, 115],
      [10, 110, 't0'],
      [3, 115, 'x', 'failed'],
      [1, 116],
    ]
    expect(await messages(linesOf(...rows), balance(', order: oldest_first'))).toEqual([])
    rows[3] = [3, 118, 'x', 'failed']
    expect(await messages(linesOf(...rows), balance(', order: oldest_first'))).toEqual([
      'warn: the balance "Balance" does not follow from gross at 2 of 3 steps: on line 5 it is 118.00 where 115.00 is expected (check "running").',
    ])
    // The same id with other content is a conflict, and rejected.
    expect(await messages(linesOf([10, 110], [7, 130, 't0'], [1, 131]), balance(', order: oldest_first'))).toEqual([])
  })

  test('each account and currency has a balance of its own, unless told otherwise', async () => {
    const rows = [
      [10, 110],
      [10, 510, 'u', 'ok', 'USD'],
      [10, 910, 'b', 'ok', 'NGN', 'B'],
      [1, 111],
      [2, 512, 'v', 'ok', 'USD'],
      [3, 913, 'c', 'ok', 'NGN', 'B'],
    ]
    expect(await messages(linesOf(...rows), balance())).toEqual([])
    expect(await messages(linesOf(...rows), balance(', by: [account], order: oldest_first'))).toEqual([
      'warn: the balance "Balance" does not follow from gross at 3 of 4 steps: on line 3 it is 510.00 where 120.00 is expected (check "running").',
    ])
    expect(await messages(linesOf([1, 1], [2, 3, 'u', 'ok', 'USD']), balance(', by: []'))).toEqual([])
  })

  test('a rejected record of unknown currency may be of any: no step goes over it', async () => {
    const rows = [
      [10, 110],
      [7, 517, 'u', 'ok', 'USD'],
      [5, 115, 'x', 'ok', 'XXZ'],
      [1, 116],
      [1, 519, 'v', 'ok', 'USD'],
      [1, 117],
      [1, 520, 'w', 'ok', 'USD'],
    ]
    expect(await messages(linesOf(...rows), balance(', order: oldest_first'))).toEqual([])
    expect(await messages(linesOf(...rows.toReversed()), balance(', order: newest_first'))).toEqual([])
    rows[5] = [1, 118]
    const wrong = ' at 1 of 2 steps: on line 7 it is 118.00 where 117.00 is expected (check "running").'
    expect(await messages(linesOf(...rows), balance(', order: oldest_first'))).toEqual([
      `warn: the balance "Balance" does not follow from gross${wrong}`,
    ])
  })

  test('is read by a rule of its own, from a column by position too', async () => {
    const text = 'Id,Day,Amount,State,Money,Account,Balance,Balance\n'
    const row = (amount: string, balance: string, side: string, n: number) =>
      `t${n},2026-03-01,${amount},ok,NGN,A,"${balance}",${side}\n`
    const rows = text + row('1500', '1.000,5', 'DR', 1) + row('2000', '999,5', 'CR', 2) + row('1', '--', 'CR', 3)
    const check = `checks:
  - name: running
    balance: { column: 7, of: gross, decimal: ",", group: ".", nil: ["--"], sign: { column: 8, negative: DR } }
`
    expect(await messages(rows, check)).toEqual([])
    expect(await messages(rows.replace('"999,5"', '"999,6"'), check)).toEqual([
      'warn: the balance in column 7 does not follow from gross at 1 of 1 step: on line 3 it is 999.60 where 999.50 is expected (check "running", read oldest first, which closes more often).',
    ])
  })

  test('what is not known is not checked, and that is told where nothing is', async () => {
    const net = 'checks: [{ name: running, balance: { from: Balance, of: net } }]'
    expect(await messages(linesOf([10, 110], [5, 115]), net)).toEqual([
      'warn: the balance "Balance" could not be checked: of no two records in a row both balances and net are known (check "running").',
    ])
    expect(await messages(linesOf([10, 110]), net)).toEqual([])
    expect(await messages(linesOf(), net)).toEqual([])
  })
})

describe('control totals', () => {
  const body = 'Id,Day,Amount,Balance,State,Money,Account\nt1,2026-03-01,10,,ok,NGN,A\nt2,2026-03-02,-4.5,,ok,NGN,A\n'
  const total = (values: string, equals: string, more = '') => `format: { footer: "^(Total|Sum|Opening|Closing|Net)" }
values: { ${values} }
checks: [{ name: closing, total: { sum: gross, equals: "${equals}" }${more} }]`
  const sides = 'opening: { beside: Opening }, closing: { beside: Closing }'

  test('amounts stand beside, below or in the row of their label, above and below the records', async () => {
    const beside = total(sides, 'closing - opening')
    expect(await messages(`Account,A,Opening,,100.00\n\n${body}Closing,,105.5\n`, beside)).toEqual([])
    expect(await messages(`Opening,100.00,Closing,105.50\n${body}`, beside)).toEqual([])
    const below = total('opening: { below: Opening }, closing: { below: Closing }', 'closing - opening')
    expect(await messages(`Opening,In,Out,Closing\n100,10,4.5,105.5\n\n${body}`, below)).toEqual([])
    const row = total('sum: { row: Totals, from: Amount }', 'sum')
    expect(await messages(`${body}Totals,,5.50,,,,\n`, row)).toEqual([])
    expect(await messages(`${body}Totals,,5.50\n`, total('sum: { row: Totals, column: 3 }', 'sum'))).toEqual([])
    const behind = total('sum: { beside: "Net movement:" }', 'sum')
    expect(await messages(`Report of March\nNet movement: 5.5\n${body}`, behind)).toEqual([])
    expect(await messages(`Net movement:,5.5\n${body}`, behind)).toEqual([])
    for (const [yaml, text] of [
      [beside, `Opening,100.00,Closing,105.60\n${body}`],
      [below, `Opening,In,Out,Closing\n100,10,4.5,105.6\n\n${body}`],
    ] as const)
      expect(await messages(text, yaml)).toEqual([
        'block: gross comes to 5.50 NGN over 2 records, but closing - opening is 5.60: 0.10 more (check "closing").',
      ])
    expect(await messages(`${body}Totals,,5.40,,,,\n`, row)).toEqual([
      'block: gross comes to 5.50 NGN over 2 records, but sum is 5.40: 0.10 less (check "closing").',
    ])
    expect(
      await messages(
        `${body}Totals,,5.40,,,,\n`,
        total('sum: { row: Totals, from: Amount }', 'sum', ', tolerance: 0.1'),
      ),
    ).toEqual([])
  })

  test('lines that the contract skips, other encodings and long files are looked at too', async () => {
    const records = Array.from({ length: 6000 }, (_, i) => `r${i},2026-03-01,1,,ok,NGN,A\n`).join('')
    const yaml = total('opening: { beside: Opening }, sum: { row: Total, from: Amount }', 'sum + opening')
    const text = `Opening,0.00\nmore\n${body}${records}Total,,6005.5,,,,\n,,,\n`
    expect(await messages(text, yaml)).toEqual([])
    expect(
      await messages(Buffer.from(text, 'utf16le'), yaml.replace('{ footer', '{ encoding: utf-16, footer')),
    ).toEqual([])
    expect(await messages(text, yaml.replace('{ footer', '{ skip_rows: 2, footer'))).toEqual([])
    expect(await messages(text.replace('6005.5', '6005.4'), yaml)).toEqual([
      'block: gross comes to 6005.50 NGN over 6002 records, but sum + opening is 6005.40: 0.10 less (check "closing").',
    ])
    const far = `${text}${'note,,,,,,\n'.repeat(199)}`
    const noted = yaml.replace('Total|', 'Total|note|')
    expect(await messages(far, noted)).toEqual([])
    expect(await messages(`${far}note,,,,,,\n`, noted)).toEqual([
      'block: the amount "sum" is not there: no row above the header or below the records has the cell "Total" (check "closing").',
    ])
  })

  test('labels and footers are compared in NFC, whatever the file has', async () => {
    const yaml = total('sum: { row: Tổng cộng, from: Amount }', 'sum').replace('^(Total', '(^|,)(Tổng')
    for (const form of ['NFC', 'NFD'] as const) {
      expect(await messages(`${body}Tổng cộng,,5.50,,,,\n`.normalize(form), yaml)).toEqual([])
      expect(await messages(`${body}Tổng cộng,,5.40,,,,\n`.normalize(form), yaml.normalize('NFD'))).toHaveLength(1)
      const end = yaml.replace('footer: "(^|,)(Tổng|Sum|Opening|Closing|Net)"', 'end: ^Tổng')
      expect(await messages(`${body}Tổng cộng,,5.50,,,,\n`.normalize(form), end)).toEqual([])
    }
  })

  test('in sheets, pages and columns of fixed width', async () => {
    const cells = [
      ['Opening', '', '100'],
      ['Id', 'Day', 'Amount', 'State', 'Money', 'Account'],
      ['t1', '2026-03-01', '5', 'ok', 'NGN', 'A'],
      ['t2', '2026-03-02', '6', 'ok', 'NGN', 'A'],
      ['Closing', '', '111'],
    ]
    const yaml = total(sides, 'closing - opening').replace('|Net', '|<tr>.*Closing')
    const sheet = cells.map(
      (row, i) =>
        `<row r="${i + 1}">${row.map((text) => (/^\d+$/.test(text) ? `<c><v>${text}</v></c>` : `<c t="inlineStr"><is><t>${text}</t></is></c>`)).join('')}</row>`,
    )
    const page = cells.map((row) => `<tr>${row.map((text) => `<td>${text}</td>`).join('')}</tr>`)
    const fixed = cells.map((row) =>
      row
        .map((text) => text.padEnd(12))
        .join('')
        .trimEnd(),
    )
    for (const [type, of] of [
      [
        'excel',
        (closing: string) => readFileSync(bookOf({ sheets: [sheet.join('').replace('>111<', `>${closing}<`)] })),
      ],
      ['html', (closing: string) => `<html><table>${page.join('\n').replace('>111<', `>${closing}<`)}</table></html>`],
      ['fixed', (closing: string) => fixed.join('\n').replace('111', closing)],
    ] as const) {
      const known = yaml.replace(
        '{ footer',
        `{ type: ${type}, ${type === 'fixed' ? 'widths: [12, 12, 12, 12, 12, 12], ' : ''}footer`,
      )
      expect(await messages(of('111'), known)).toEqual([])
      expect(await messages(of('112'), known)).toEqual([
        'block: gross comes to 11.00 NGN over 2 records, but closing - opening is 12.00: 1.00 more (check "closing").',
      ])
    }
  })

  test('long tables keep their last rows, and a header is no row above itself', async () => {
    const line = (...cells: string[]) =>
      `${cells
        .map((cell) => cell.padEnd(11))
        .join('')
        .trimEnd()}\n`
    const head = line('Id', 'Day', 'Amount', 'State', 'Money', 'Account')
    const records = Array.from({ length: 10_000 }, (_, i) => line(`t${i}`, '2026-03-01', '1', 'ok', 'NGN', 'A')).join(
      '',
    )
    const yaml = total('sum: { row: Total, from: Amount }', 'sum')
    const fixed = yaml.replace('{ footer', '{ type: fixed, widths: [11, 11, 11, 11, 11, 11], footer')
    expect(await messages(`${head}${records}${line('Total', '', '10000')}`, fixed)).toEqual([])
    expect(await messages(`${head}${records}${line('Total', '', '10001')}`, fixed)).toEqual([
      'block: gross comes to 10000.00 NGN over 10000 records, but sum is 10001.00: 1.00 more (check "closing").',
    ])
    const ofHeader = fixed.replace('{ row: Total, from: Amount }', '{ beside: Day }')
    expect(await messages(`${head}${records}`, ofHeader)).toEqual([
      'block: the amount "sum" is not there: no row above the header or below the records has the cell "Day" (check "closing").',
    ])
  })

  test('an amount that is not there, is none, or is two is told', async () => {
    const yaml = total(sides, 'closing - opening')
    expect(await messages(body, yaml)).toEqual([
      'block: the amount "opening" is not there: no row above the header or below the records has the cell "Opening" (check "closing").',
    ])
    expect(await messages(`Opening,A100\n${body}Closing,5\n`, yaml)).toEqual([
      'block: the amount "opening" is "A100" on line 1, which is no amount (check "closing").',
    ])
    expect(await messages(`Opening\n${body}Closing,5\n`, yaml)).toEqual([
      'block: the amount "opening" is empty on line 1, which is no amount (check "closing").',
    ])
    expect(await messages(`Opening,1\n${body}Opening,1.00\nClosing,6.5\n`, yaml)).toEqual([])
    expect(await messages(`Opening,1\n${body}Opening,2\nClosing,6.5\n`, yaml)).toEqual([
      'block: the amount "opening" is 1 on line 1, and 2 on line 5 (check "closing").',
    ])
    expect(await messages(`Opening,1\n${body}Ende,6.5,Closing,6.5\n`, yaml)).toEqual([
      'block: the amount "closing" is not there: the row that has the cell "Closing", line 5, is a record; leave it out by format.footer (check "closing").',
    ])
    // What stands below the label is a record, and no amount of the file.
    expect(await messages(`${body}Total,,Sum\nx,y,5.5\n`, total('sum: { below: Sum }', 'sum'))).toEqual([
      'block: the amount "sum" is empty on line 4, which is no amount (check "closing").',
    ])
  })

  test('the message says what is not in the sum, and whether it closes with that', async () => {
    const yaml = total('sum: { row: Total, from: Amount }', 'sum')
    const rows = (closing: string, ...more: string[]) =>
      `${body}${more.map((row) => `${row}\n`).join('')}Total,,${closing},,,,\n`
    const said = (tail: string) => [`block: gross comes to 5.50 NGN over 2 records, but sum is ${tail}`]
    expect(await messages(rows('8.5', 'x,never,3,,ok,NGN,A'), yaml)).toEqual(
      said(
        '8.50: 3.00 more (check "closing"). Not in it: 1 rejected record with 3.00. With the rejected one it closes.',
      ),
    )
    expect(await messages(rows('9', 'x,never,3,,ok,NGN,A', 'y,2026-03-01,z,,ok,NGN,A'), yaml)).toEqual(
      said('9.00: 3.50 more (check "closing"). Not in it: 2 rejected records with 3.00, known of 1.'),
    )
    expect(await messages(rows('9', 'y,2026-03-01,3,,ok,XXZ,A'), yaml)).toEqual(
      said('9.00: 3.50 more (check "closing"). Not in it: 1 rejected record of unknown amount.'),
    )
    expect(
      await messages(
        rows('15.5', 't1,2026-03-01,10,,ok,NGN,A', 'f,2026-03-01,7,,failed,NGN,A', 'g,2026-03-01,1,,failed,NGN,A'),
        yaml,
      ),
    ).toEqual(
      said(
        '15.50: 10.00 more (check "closing"). Not in it: 1 repeated record with 10.00, 2 records that are not counted with 8.00. With the repeated one it closes.',
      ),
    )
    expect(
      await messages(
        rows('23.5', 't1,2026-03-01,10,,ok,NGN,A', 'f,2026-03-01,7,,failed,NGN,A', 'g,2026-03-01,1,,failed,NGN,A'),
        yaml,
      ),
    ).toEqual(
      said(
        '23.50: 18.00 more (check "closing"). Not in it: 1 repeated record with 10.00, 2 records that are not counted with 8.00. With all of these it closes.',
      ),
    )
    expect(await messages(rows('5', 'u,2026-03-01,1,,ok,USD,A'), yaml)).toEqual([
      'block: gross can not be compared with sum: the records are in NGN and USD (check "closing").',
    ])
    const some = yaml.replace('sum: gross', 'sum: "case when gross > 0 then gross end"')
    expect(await messages(rows('10'), some)).toEqual([])
    expect(await messages(rows('11'), some)).toEqual([
      'block: case when gross > 0 then gross end comes to 10.00 NGN over 2 records (1 of them adds nothing), but sum is 11.00: 1.00 more (check "closing").',
    ])
  })

  test('a file without records has moved nothing', async () => {
    const none = 'Id,Day,Amount,Balance,State,Money,Account\n'
    const yaml = total(sides, 'closing - opening')
    expect(await messages(`Opening,5,Closing,5\n${none}`, yaml)).toEqual([])
    expect(await messages(`Opening,5,Closing,6\n${none}`, yaml)).toEqual([
      'block: gross comes to 0.00 over 0 records, but closing - opening is 1.00: 1.00 more (check "closing").',
    ])
    expect(await messages(`Opening,5,Closing,5\n${none}`, total(sides, 'nullif(closing, opening)'))).toEqual([
      'block: nullif(closing, opening) gives no amount (check "closing").',
    ])
  })

  test('amounts in columns are for each statement of the file', async () => {
    const entry = (id: string, amount: string) => `:61:260301${amount}NTRFNONREF//${id}\n`
    const statement = (account: string, money: string, opening: string, closing: string, ...entries: string[]) =>
      `:20:X\n:25:${account}\n:28C:1\n:60F:C260301${money}${opening}\n${entries.map((amount, i) => entry(`${account}${money}${opening}${i}`, amount)).join('')}:62F:${closing[0]}260331${money}${closing.slice(1)}\n-\n`
    const yaml = (check = 'closing - opening') => `format: { type: mt940 }
decimal: ","
group: ""
values:
  opening: { from: opening_balance, sign: { from: opening_mark, negative: D } }
  closing: { from: closing_balance, sign: { from: closing_mark, negative: D } }
checks: [{ name: closing, total: { sum: gross, equals: "${check}" } }]`
    const of = `fields:
  transaction_id: bank_reference
  kind: { value: transfer }
  account: account
  currency: currency
  local_date: { from: value_date, format: YYMMDD }
  gross: { from: amount, sign: { from: mark, negative: [D, RC] } }
`
    const sound = [
      statement('1', 'NGN', '100,', 'C105,', 'C10,', 'D5,'),
      statement('1', 'NGN', '105,', 'D5,', 'D110,'),
      statement('2', 'NGN', '100,', 'C105,', 'C5,'),
      statement('2', 'USD', '100,', 'C105,', 'C5,'),
    ].join('')
    expect(await messages(sound, yaml(), of)).toEqual([])
    expect(await messages(sound.replace('D260331NGN5,', 'C260331NGN5,'), yaml(), of)).toEqual([
      'block: gross comes to -110.00 NGN over 1 record of account 1, but closing - opening is -100.00: 10.00 more (check "closing").',
    ])
    expect(
      await messages(
        sound
          .replaceAll('CD', 'C')
          .replaceAll('C105,', 'C106,')
          .replaceAll('NGN105,', 'NGN106,')
          .replaceAll('USD105,', 'USD106,'),
        yaml(),
        of,
      ),
    ).toEqual([
      'block: gross comes to 5.00 NGN over 2 records of account 1, but closing - opening is 6.00: 1.00 more (check "closing"). 3 more statements of the file do not close.',
    ])
    expect(await messages(sound.replace(':62F:C260331USD105,\n', ''), yaml(), of)).toEqual([
      'block: the amount "closing" is not there, or is no amount, from line 27 on (check "closing").',
    ])
  })
})

describe('records that hang on an open question', () => {
  const text = (sum: string) =>
    `Id,Day,Amount,Left\nt1,03/04/2026,"1.000",101\nt2,13/04/2026,2,103\nt3,14/04/2026,4,107\nTotal,,${sum},\n`
  const of =
    'fields: { transaction_id: Id, kind: { value: transfer }, local_date: { from: Day, format: DD/MM/YYYY }, gross: Amount }'
  const checks = `format: { footer: "^Total" }
values: { sum: { row: Total, from: Amount } }
checks:
  - { name: running, balance: { from: Left, of: gross, order: oldest_first } }
  - { name: sum, total: { sum: gross, equals: sum } }`
  const open = (candidates: string) => `open: [{ id: q, question: Which?, candidates: { ${candidates} } }]\n${checks}`
  const dates = 'day: { local_date: { format: DD/MM/YYYY } }, month: { local_date: { format: MM/DD/YYYY } }'
  const marks = 'point: { gross: { decimal: ".", group: "," } }, comma: { gross: { decimal: ",", group: "." } }'

  test('count where no answer changes what they come to', async () => {
    expect(await messages(text('7'), open(dates), of)).toEqual([])
    expect(await messages(text('8'), open(dates), of)).toEqual([
      'block: gross comes to 7.00 NGN over 3 records, but sum is 8.00: 1.00 more (check "sum").',
    ])
    expect(await messages(text('7').replace('103', '104'), open(dates), of)).toEqual([
      'warn: the balance "Left" does not follow from gross at 2 of 2 steps: on line 3 it is 104.00 where 103.00 is expected (check "running").',
    ])
  })

  test('may yet be rejected where one answer can not read them', async () => {
    const ofFile = open(dates).replace('{ id: q,', '{ id: q, of: file,')
    expect(await messages(text('8'), ofFile, of)).toEqual([])
    expect(await messages(text('8').replace('13/04', '03/05').replace('14/04', '04/05'), ofFile, of)).toHaveLength(1)
  })

  test('leave a total until they are answered where one does, and cost their own step', async () => {
    expect(await messages(text('8'), open(marks), of)).toEqual([])
    // Its balance is known all the same: the next step begins with it.
    expect(await messages(text('8').replace('103', '104').replace('107', '108'), open(marks), of)).toEqual([
      'warn: the balance "Left" does not follow from gross at 1 of 2 steps: on line 3 it is 104.00 where 103.00 is expected (check "running").',
    ])
    const sound = text('7').replace('"1.000"', '1')
    expect(await messages(sound.replace('Total,,7', 'Total,,8'), open(marks), of)).toEqual([
      'block: gross comes to 7.00 NGN over 3 records, but sum is 8.00: 1.00 more (check "sum").',
    ])
  })

  test('of open currency may be of any: no step goes over them', async () => {
    const rows =
      'Id,Day,Amount,Left,Money\nt1,13/04/2026,1,101,NGN\nt2,13/04/2026,9,9,$\nt3,14/04/2026,4,105,NGN\nt4,14/04/2026,4,109,NGN\nTotal,,,,\n'
    const map = (code: string) => `currency: { map: { NGN: NGN, $: ${code} } }`
    const which = open(`us: { ${map('USD')} }, ca: { ${map('CAD')} }`)
    const fields = of.replace('gross: Amount', 'gross: Amount, currency: { from: Money, map: { NGN: NGN, $: USD } }')
    expect(await messages(rows, which, fields)).toEqual([])
    expect(await messages(rows.replace('109', '110'), which, fields)).toEqual([
      'warn: the balance "Left" does not follow from gross at 1 of 1 step: on line 5 it is 110.00 where 109.00 is expected (check "running").',
    ])
  })
})
