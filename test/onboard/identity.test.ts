import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { withRegion } from '../../operations/region-client.ts'
import { layout } from '../../project/layout.ts'
import { Project } from './onboarded.ts'

/** What makes a record the same one in the next file: that one must neither replace other records nor count these twice. */
const project = new Project('onboard-identity')

async function onboarded(name: string, lines: readonly string[]) {
  const done = await project.onboarded('us', name, lines)
  const contract = parse(done.text)
  return { ...done, id: contract.fields.transaction_id, key: contract.key }
}

/** Records and money in core after the contract of the first file has taken in all of them. */
async function both(name: string, ...files: readonly (readonly string[])[]) {
  const { id, key } = await onboarded(name, files[0] as readonly string[])
  const paths = files.map((lines, i) => project.file(`${name}_${i}`, lines))
  return withRegion(layout(project.root), 'us', async (region) => {
    for (const path of paths) await region.ingest({ path, source: name })
    const [counted] = await region.query(
      `select count(*)::integer as n, sum(gross)::decimal(18,2)::varchar as gross from core.transaction where source = '${name}'`,
    )
    return { id, key, ...counted }
  })
}

const count = (n: number) => Array.from({ length: n }, (_, i) => i)
const two = (n: number) => String(n).padStart(2, '0')

test('an id that whole kinds of records have none of is none, and these are not rejected', async () => {
  const orders = count(30).map((i) => `2026-03-${two(1 + (i % 28))},Order,${7000 + 13 * i},${100 + i}.25`)
  const transfers = ['2026-03-10,Transfer,,-900.00', '2026-03-20,Transfer,,-900.00']
  const header = 'date,type,order id,total'
  const { id, key, preview } = await onboarded('kinds_without', [header, ...orders, ...transfers])
  expect({ id, key }).toEqual({ id: undefined, key: { occurrence: header.split(',') } })
  expect(preview).toMatchObject({ loaded: 32, rejected: 0 })
  // One order of many without an id is a slip.
  const slip = await onboarded('slip', [header, ...orders, '2026-03-10,Order,,900.00'])
  expect(slip.id).toEqual({ from: 'order id' })
  expect(slip.preview).toMatchObject({ loaded: 30, rejected: 1 })
})

test('an order of one file that is refunded in the next stays, and so does its refund', async () => {
  const header = 'Order ID,Date,Type,Amount'
  const march = count(12).map(
    (i) => `O${900 + 7 * i},2026-03-${two(i + 13)},${i === 11 ? 'Refund' : 'Sale'},${i === 11 ? '-' : ''}${100 + i}.50`,
  )
  const april = [
    'O900,2026-04-13,Refund,-100.50',
    ...count(9).map((i) => `O${5000 + 7 * i},2026-04-${two(i + 14)},Sale,10.00`),
  ]
  expect(await both('refunded', [header, ...march], [header, ...april])).toMatchObject({
    ...{ id: { from: 'Order ID' }, key: ['transaction_id', 'kind'] },
    ...{ n: 22, gross: '1038.50' },
  })
})

describe('a number that counts the rows of its file', () => {
  const orders = (month: number, of = count(15)) => [
    'No.,No. Pesanan,Date,Amount',
    ...of.map((i) => `${i + 1},26${month}AB${i * 7},2026-0${month}-${two(i + 10)},${100 + i}.50`),
  ]

  test('is not the id, so that the next month does not take the place of the last one', async () => {
    expect(await both('orders', orders(3), orders(4))).toEqual({
      ...{ id: { from: 'No. Pesanan' }, key: undefined },
      ...{ n: 30, gross: '3225.00' },
    })
  })

  test('is none in a file of the newest rows first, in other digits, or where a title stands in between', async () => {
    const [head = '', ...rows] = orders(3)
    expect((await onboarded('down', [head, ...rows.toReversed()])).id).toEqual({ from: 'No. Pesanan' })
    const bengali = rows.map((row, i) => row.replace(/^\d+/, [...String(i + 1)].map((d) => '০১২৩৪৫৬৭৮৯'[+d]).join('')))
    expect((await onboarded('bengali', [head, ...bengali])).id).toEqual({ from: 'No. Pesanan' })
    const [first, second] = [rows.slice(0, 8), rows.slice(8)]
    const paged = [...first, ',,Page 2,', ...second.map((row, i) => row.replace(/^\d+/, String(i + 1)))]
    expect((await onboarded('paged', [head, ...paged])).id).toEqual({ from: 'No. Pesanan' })
    const short = rows.map((row, i) => row.replace(/^\d+/, String(1 + (i % 5))))
    expect((await onboarded('pages', [head, ...short])).id).toEqual({ from: 'No. Pesanan' })
    const lines = rows.map((row) =>
      row
        .split(',')
        .filter((_, i) => i !== 1)
        .join(','),
    )
    const numbered = lines.map((row, i) => row.replace(/^\d+/, String(1 + (i % 5))))
    expect((await onboarded('numbered', ['Line,Date,Amount', ...numbered])).key).toEqual({
      occurrence: ['Date', 'Amount'],
    })
  })

  test('is none though nothing else is an id', async () => {
    const sales = (month: number) => [
      'Id,Date,Amount',
      ...count(15).map((i) => `${i + 1},2026-0${month}-${two(i + 10)},${month}0${i % 10}.50`),
    ]
    expect(await both('counted', sales(3), sales(4))).toEqual({
      ...{ id: undefined, key: { occurrence: ['Date', 'Amount'] } },
      ...{ n: 30, gross: '10625.00' },
    })
  })

  test('is told from numbers that go on from file to file, or that count something else', async () => {
    const numbered = (id: (i: number) => number | string) => [
      'Order Id,Date,Amount',
      ...count(15).map((i) => `${id(i)},2026-03-${two(i + 10)},10${i % 10}.50`),
    ]
    expect(
      (
        await onboarded(
          'onward',
          numbered((i) => 100000 + i),
        )
      ).id,
    ).toEqual({ from: 'Order Id' })
    expect(
      (
        await onboarded(
          'gaps',
          numbered((i) => 1 + i * 3),
        )
      ).id,
    ).toEqual({ from: 'Order Id' })
    expect(
      (
        await onboarded(
          'marked',
          numbered((i) => `T${i + 1}`),
        )
      ).id,
    ).toEqual({ from: 'Order Id' })
  })

  test('is left out of the whole line: statements that overlap count once', async () => {
    // Hundredths.
    const moved = count(28).map((i) => (i % 3 === 0 ? -1025 - i * 100 : 2025 + i * 100))
    const balances = moved.map((_, i) => moved.slice(0, i + 1).reduce((a, b) => a + b, 100_000))
    const money = (hundredths: number) => (hundredths / 100).toFixed(2)
    const statement = (from: number, to: number) => [
      'S No.,Transaction Date,Remarks,Withdrawal,Deposit,Balance',
      ...count(to - from).map((n) => {
        const [i, amount] = [from + n, moved[from + n] as number]
        const sides = amount < 0 ? `${money(-amount)},` : `,${money(amount)}`
        return `${n + 1},2026-03-${two(i + 1)},UPI pay,${sides},${money(balances[i] as number)}`
      }),
    ]
    const columns = ['Transaction Date', 'Remarks', 'Withdrawal', 'Deposit', 'Balance']
    expect(await both('overlap', statement(0, 20), statement(10, 28))).toMatchObject({ id: { from: columns }, n: 28 })
  })

  test('says that lines which are equal but for it are movements of their own', async () => {
    const line = (n: number, amount: number, balance: number) =>
      `${n},2026-03-${two(10 + Math.trunc(n / 4))},Transfer,${amount}.00,${balance}.00`
    const statement = [
      'S No.,Date,Remarks,Amount,Balance',
      ...count(16).map((i) => line(i + 1, i % 2 ? -50 : 50, i % 2 ? 100 : 150)),
    ]
    const columns = ['Date', 'Remarks', 'Amount', 'Balance']
    expect(await both('again', statement, statement)).toMatchObject({ key: { occurrence: columns }, n: 16 })
  })
})

describe('a text that describes the record', () => {
  const rows = (month: number, text: (i: number) => string) =>
    count(15).map((i) => `2026-0${month}-${two(i + 10)},${text(i)},${month}0${i % 10}.50`)

  test.each([
    ['described', 'Description', (i: number) => `CO${i}X`],
    ['labelled', 'Libellé', (i: number) => `VIREMENT N°${i}`],
    ['worded', 'Movement', (i: number) => `SPEI ${i}`],
    ['referred', 'Reference', (i: number) => `Transfer ${i}`],
  ])('is no id: %s', async (name, column, text) => {
    const files = [3, 4].map((month) => [`Date,${column},Amount`, ...rows(month, text)])
    expect(await both(name, ...files)).toMatchObject({ key: { occurrence: ['Date', column, 'Amount'] }, n: 30 })
  })

  test('is none in a file of so many that they are not listed', async () => {
    const lines = count(300).map(
      (i) => `2026-0${1 + Math.trunc(i / 100)}-${two(1 + (i % 28))},Transfer to P${i * 7919},${i % 90}1.50`,
    )
    expect((await onboarded('many', ['Date,Movement,Amount', ...lines])).key).toEqual({
      occurrence: ['Date', 'Movement', 'Amount'],
    })
  })
})

test('a day without a year is no id, though no day has two records', async () => {
  const statement = [
    'Period: 01/03/2026 - 31/03/2026,,,',
    'Date,Details,Amount,Balance',
    ...count(15).map((i) => `03/${two(i + 10)},TRSF ${i},100${i}.50,${1000.5 * (i + 1) + (i * (i + 1)) / 2}`),
  ]
  expect((await onboarded('yearless', statement)).id).toEqual({ from: ['Date', 'Details', 'Amount', 'Balance'] })
})

describe('what changes of a record later', () => {
  test('is not in its identity', async () => {
    const sales = (status: string, day: string, payout: string) => [
      'Date,Type,Net amount,Payout date,Payout ID,Status,Payout status,Title,Buyer State,Last updated',
      ...count(15).map(
        (i) =>
          `2026-03-${two(i + 10)},Order,${20 + i}.25,${day},${payout},${payout === '' ? 'Pending' : 'Completed'},${status},Lamp,${i % 2 ? 'NY' : 'CA'},2026-04-${two(i + 1)}`,
      ),
    ]
    const files = [sales('Available', '', ''), sales('Funds sent', '2026-04-02', 'P77')]
    expect(await both('payouts', ...files)).toEqual({
      ...{ id: undefined, key: { occurrence: ['Date', 'Type', 'Net amount', 'Title', 'Buyer State'] } },
      ...{ n: 15, gross: '408.75' },
    })
  })

  test('is in it where it is the only time that the file has', async () => {
    const sales = ['Settlement Date,Amount', ...count(15).map((i) => `2026-03-${two(i + 10)},${i % 4}1.50`)]
    expect((await onboarded('settled', sales)).key).toEqual({ occurrence: ['Settlement Date', 'Amount'] })
  })
})

describe('ids that a spreadsheet destroyed', () => {
  const payments = (ids: readonly string[]) => [
    'Transaction ID,Date,Amount,Status',
    ...ids.map((id, i) => `${id},2026-03-${two(i + 1)},${100 + i}.50,Complete`),
  ]
  const whole = count(24).map((i) => String(202603081728939n + BigInt(i) * 7_919_331n))
  const destroyed = (at: readonly number[], as = '2.02603E+14') => whole.map((id, i) => (at.includes(i) ? as : id))

  test('are rejected, and the others are ids', async () => {
    const { id, preview, notes, questions } = await onboarded('some', payments(destroyed([3, 8, 15])))
    expect(id).toEqual({ from: 'Transaction ID', extract: '^([^+ ]+(?: .*)?)$' })
    expect(preview).toMatchObject({ loaded: 21, rejected: 3, held: 0 })
    expect(preview.rejects.map(({ reasons, line }) => [line, ...reasons])).toEqual([
      [5, 'transaction_id.missing'],
      [10, 'transaction_id.missing'],
      [17, 'transaction_id.missing'],
    ])
    expect(questions).toEqual([])
    expect(notes).toEqual([
      'A spreadsheet cut short 3 ids in "Transaction ID", such as "2.02603E+14": these records are rejected. Get the file as it was before it was opened and saved there.',
    ])
  })

  test('make no column an id, and are in no identity, where they are most', async () => {
    const { key, preview, notes } = await onboarded('all', payments(destroyed(count(24))))
    expect(key).toEqual({ occurrence: ['Date', 'Amount'] })
    expect(preview).toMatchObject({ loaded: 24, rejected: 0 })
    expect(notes).toEqual([
      'A spreadsheet cut short 24 of 24 values in "Transaction ID", such as "2.02603E+14": it is no id, and part of none. Get the file as it was before it was opened and saved there.',
    ])
  })

  test('are told from ids with a plus', async () => {
    const ids = count(24).map((i) => (i % 3 === 0 ? `a${i}+Zx${i}` : `b${i}/Qy${i}`))
    const { id, preview } = await onboarded('plus', payments([...ids, '2.5E+14']))
    expect(id).toEqual({ from: 'Transaction ID' })
    expect(preview).toMatchObject({ loaded: 25, rejected: 0 })
  })
})
