import { describe, expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** What records are: how far they have come, what moved their money, and what was taken of it. */
const project = new Project('onboard-meanings')

let made = 0

async function onboarded(lines: readonly string[], answers: Readonly<Record<string, string>> = {}) {
  const done = await project.onboarded('us', `export${made++}`, lines, answers)
  const { loaded, held, rejected, totals } = done.preview
  return {
    ...{ loaded, held, rejected, usd: totals.USD },
    open: done.questions.filter(({ chosen }) => chosen === null),
    contract: done.text,
  }
}

/** Twenty records, of each the cells behind its id and day. */
const records = (header: string, cells: (i: number) => string): string[] => [
  `id,created_at,${header}`,
  ...Array.from({ length: 20 }, (_, i) => `T${i},2026-03-${10 + i}T10:00:00Z,${cells(i)}`),
]

describe('a plus', () => {
  const numbers = (i: number) => (i % 4 === 3 ? `-${i}.50` : `"+1,0${10 + i}.25"`)
  test.each([
    ['alone', numbers, 'gross: { from: Amount }'],
    ['before a sign', (i: number) => numbers(i).replace(/([-+])/, '$1$'), 'symbols: [ "$" ]'],
    ['behind a sign', (i: number) => numbers(i).replace(/([-+])/, '$$$1'), 'symbols: [ "$" ]'],
    ['behind a code', (i: number) => numbers(i).replace(/([-+])/, 'USD $1'), 'symbols: [ USD ]'],
  ])('%s is the sign of money that came in; in a telephone number it is none', async (_, amount, rule) => {
    const found = await onboarded(records('Phone,Amount', (i) => `+1917555${1000 + i},${amount(i)}`))
    expect(found).toMatchObject({ loaded: 20, held: 0, rejected: 0, open: [], usd: { rows: 20, gross: '15231.25' } })
    expect(found.contract).toContain(rule)
  })

  test('stands before a fee and a net as well', async () => {
    const found = await onboarded(
      records('Amount,Service Fee,Card Fee,Net', (i) => `+${i + 2}.50,+0.25,+0.1${i % 5},+${i + 2}.${15 - (i % 5)}`),
    )
    expect(found).toMatchObject({ loaded: 20, held: 0, rejected: 0, usd: { rows: 20, gross: '240.00', fee: '7.40' } })
  })
})

describe('columns of yes and no', () => {
  test('success that is false is no money, and pending that is true is none yet', async () => {
    const found = await onboarded(
      records('amount,success,pending', (i) => `${i + 1}.50,${i % 5 !== 3},${i % 10 === 4 || i === 3}`),
    )
    expect(found).toMatchObject({ loaded: 20, held: 0, rejected: 0, open: [], usd: { rows: 14, gross: '151.00' } })
    expect(found.contract).toContain('map: { settled: settled, failed: failed, pending: pending }')
  })

  test.each([
    ['success', 'true', 'false'],
    ['isPaid', 'TRUE', 'FALSE'],
    ['Captured?', 'Yes', 'No'],
    ['transaction_settled', '1', '0'],
    ['is_voided', 'N', 'Y'],
    ['payment_failed', 'f', 't'],
    ['Pagado', 'sí', 'no'],
  ])('%s that is %s moved money, %s did not', async (name, good, bad) => {
    const found = await onboarded(records(`amount,${name}`, (i) => `${i + 1}.50,${i % 5 === 3 ? bad : good}`))
    expect(found).toMatchObject({ loaded: 20, held: 0, rejected: 0, open: [], usd: { rows: 16, gross: '172.00' } })
  })

  test('one that has said yes alone so far says no in the next file', async () => {
    const found = await onboarded(records('amount,success', (i) => `${i + 1}.50,true`))
    expect(found.usd).toMatchObject({ rows: 20 })
    expect(found.contract).toContain(String.raw`when lower(\"success\") in ('false') then 'failed'`)
  })

  test.each([
    ['amount,is_3d_secure', (i: number) => `${i + 1}.50,${i % 2 === 0}`],
    ['amount,card_expired', (i: number) => `${i + 1}.50,${i % 2 === 0}`],
    ['amount,is_capture', (i: number) => `${i + 1}.50,${i % 2 === 0}`],
    ['amount,captured_amount', (i: number) => `${i + 1}.50,0`],
    ['amount,refunded', (i: number) => `${i + 1}.50,0`],
  ])('of %s the last says nothing of the payment', async (header, cells) => {
    const found = await onboarded(records(header, cells))
    expect(found).toMatchObject({ open: [], usd: { rows: 20 } })
    expect(found.contract).not.toContain('status:')
  })

  const refunds = (name: string) => records(`amount,success,${name}`, (i) => `${i + 1}.50,true,${i % 10 === 3}`)

  test.each([
    ['settled', { rows: 20, gross: '220.00' }],
    ['reversed', { rows: 18, gross: '201.00' }],
  ])('whether refunded money counts is asked; answered %s', async (answer, usd) => {
    const asked = await onboarded(refunds('is_refunded'))
    expect(asked).toMatchObject({ loaded: 18, held: 2, usd: { rows: 18, gross: '201.00' } })
    expect(asked.open).toMatchObject([
      { id: 'status', question: 'What does yes in "is_refunded" mean?', evidence: '2 records have it' },
    ])
    expect(await onboarded(refunds('is_refunded'), { status: answer })).toMatchObject({ loaded: 20, held: 0, usd })
  })

  test('a refund may be a record of its own: money out', async () => {
    const found = await onboarded(refunds('is_refund'), { status: 'refund' })
    expect(found).toMatchObject({ loaded: 20, held: 0, usd: { rows: 20, gross: '182.00' } })
    expect(found.contract).toContain('"true": refund')
  })
})

describe('what was taken', () => {
  const sides = Array.from({ length: 20 }, (_, i) => `${10 + i}/03/2026,SPEI ${i},${i % 2 ? `${i}.25,` : `,${i}.50`}`)

  test('is no column of money out, whatever that is called', async () => {
    const found = await onboarded(['Fecha,Descripcion,Cargos,Abonos', ...sides])
    expect(found).toMatchObject({ loaded: 20, open: [], usd: { rows: 20, gross: '-7.50', fee: null } })
    expect(found.contract).not.toContain('fee:')
  })

  const rows = (header: string, cells: (i: number) => string): string[] => [
    header,
    ...Array.from({ length: 20 }, (_, i) => `T${i},2026-03-${10 + i},${cells(i)}`),
  ]

  test('is found where it closes, though no column is named as a net', async () => {
    const found = await onboarded(
      rows(
        'No. Pesanan,Tanggal,Harga,Biaya Administrasi,Biaya Layanan,Total Penghasilan',
        (i) => `${i + 1}00.50,-${i + 1}.25,-${i + 1}.00,${(i + 1) * 98}.25`,
      ),
    )
    expect(found).toMatchObject({ loaded: 20, open: [], usd: { gross: '21010.00', fee: '425.00' } })
    expect(found.contract).toContain('net: { from: Total Penghasilan')
  })

  test.each([
    ['is taken of the larger', 'Total,Fee,Amount'],
    ['in whatever order they stand', 'Amount,Fee,Total'],
  ])('is one column that closes, and %s', async (_, header) => {
    const [first] = header.split(',')
    const found = await onboarded(
      rows(`id,date,${header}`, (i) =>
        first === 'Total' ? `${i + 1}1.50,1.25,${i + 1}0.25` : `${i + 1}0.25,1.25,${i + 1}1.50`,
      ),
    )
    expect(found).toMatchObject({ loaded: 20, open: [], usd: { gross: '2130.00', fee: '25.00' } })
    expect(found.contract).toContain('net: { from: Amount')
  })
})

describe('what moved money', () => {
  const rows = (header: string, cells: (i: number) => string): string[] => [
    `id,date,${header}`,
    ...Array.from({ length: 20 }, (_, i) => `T${i},2026-03-${10 + i},${cells(i)}`),
  ]

  test('amounts of both signs without words that tell are movements of an account', async () => {
    const found = await onboarded(
      rows('details,amount', (i) => `${i % 3 ? 'PIX RECEBIDO' : 'PIX ENVIADO'},${i % 3 ? '' : '-'}${i + 1}.50`),
    )
    expect(found.contract).toContain('kind: { value: transfer }')
    expect(found).toMatchObject({ loaded: 20, open: [], usd: { rows: 20, gross: '73.00' } })
  })

  test('a column that says the side is one of movements', async () => {
    const found = await onboarded(rows('sens,amount', (i) => `${i % 3 ? 'C' : 'D'},${i + 1}.50`))
    expect(found.contract).toContain('kind: { value: transfer }')
  })

  test('a sale that was taken back among sales makes them no movements', async () => {
    const found = await onboarded(rows('amount', (i) => `${i === 7 ? '-' : ''}${i + 1}.50`))
    expect(found.contract).toContain('kind: { value: sale }')
  })

  test.each([
    ['what it was charged for', 'Fast Checkout', 'Fast Checkout Charge', 2],
    ['a kind of movement', 'Order', 'Settlement Charge', -2],
    ['nothing, and goes out', 'Order', 'Charge', -2],
  ])('a charge is a fee where its name says %s', async (_, sale, charge, sign) => {
    const found = await onboarded(
      rows('type,amount', (i) => (i % 2 ? `${charge},${sign > 0 ? '' : '-'}1.25` : `${sale},${i + 1}.50`)),
    )
    expect(found.contract).toContain(`${charge}: fee`)
    expect(found).toMatchObject({ loaded: 20, open: [], usd: { fee: '12.50' } })
  })

  test('a charge that comes in is a sale', async () => {
    const found = await onboarded(rows('type,amount', (i) => (i % 4 === 3 ? `refund,-${i}.50` : `charge,${i + 1}.50`)))
    expect(found.contract).toContain('charge: sale')
  })

  test.each([
    ['a sale where a fee was taken of it', true, 'sale'],
    ['a transfer where none was', false, 'transfer'],
  ])('what was received is %s', async (_, hasFee, kind) => {
    const found = await onboarded(
      rows('type,gross,fee,net', (i) => {
        const fee = hasFee ? '0.25' : i === 3 ? '0.25' : '0.00'
        if (i % 5 === 3) return `PAYOUT,-${i + 1}.50,0.25,-${i + 1}.75`
        return `FUNDS_RECEIVED,${i + 1}.50,${fee},${hasFee ? `${i + 1}.25` : `${i + 1}.50`}`
      }),
    )
    expect(found.contract).toContain(`FUNDS_RECEIVED: ${kind}`)
    expect(found.contract).toContain('PAYOUT: payout')
  })

  test('a word that nobody knows is no sale where its money goes out', async () => {
    const found = await onboarded(
      rows('type,amount', (i) => (i % 4 === 3 ? `Label,-1.50` : i % 4 === 2 ? `Gift,${i}.50` : `Order,${i + 1}.50`)),
    )
    expect(found.contract).toContain('Label: transfer')
    expect(found.contract).toContain('Gift: sale')
    expect(found.contract).toContain('"Label" taken as transfer')
  })
})

describe('a word of a status', () => {
  test('that can mean several things is asked for all of these', async () => {
    const found = await onboarded(
      records('amount,status', (i) => `${i + 1}.50,${i === 3 ? 'CHARGEBACKED' : 'RECEIVED'}`),
    )
    expect(found.open[0]?.candidates.map(({ name }) => name)).toEqual(['disputed', 'reversed'])
    expect(found).toMatchObject({ held: 1, usd: { rows: 19 } })
  })

  test('that nobody knows is asked for what it may be', async () => {
    const found = await onboarded(records('amount,status', (i) => `${i + 1}.50,${i === 3 ? 'BLURBED' : 'RECEIVED'}`))
    expect(found.open[0]?.candidates.map(({ name }) => name)).toEqual(['settled', 'pending', 'failed', 'reversed'])
  })
})
