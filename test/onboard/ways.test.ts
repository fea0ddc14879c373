import { describe, expect, test } from 'vitest'
import { Project } from './onboarded.ts'

/** Which way money goes where amounts do not say it: by the words of a kind, a running balance, or a sum that closes. */
const project = new Project('onboard-ways')

let made = 0

async function onboarded(header: string, rows: readonly string[], answers: Readonly<Record<string, string>> = {}) {
  const lines = rows.map((row, i) => `T${i},2026-03-${13 + i}T10:00:00Z,${row}`)
  const done = await project.onboarded('us', `export${made++}`, [`Number,Date,${header}`, ...lines], answers)
  const { loaded, held, rejected, rejects, totals } = done.preview
  const { gross, fee, net } = totals.USD ?? {}
  return {
    ...{ loaded, held, rejected, usd: [gross, fee, net], reasons: rejects.map(({ reasons }) => reasons.join(' ')) },
    asked: done.questions
      .filter(({ chosen }) => chosen === null)
      .map(({ id, question, candidates }) => ({ id, question, names: candidates.map(({ name }) => name) })),
    contract: done.text,
  }
}

const clean = { held: 0, rejected: 0, asked: [] }

describe('amounts that are all positive', () => {
  test('go out where their kind is one that does', async () => {
    const found = await onboarded('Type,Amount,Fee,Status', [
      ...['Payment,1000.00,20.00,Success', 'Payment,2500.50,50.01,Success', 'Refund,1000.00,0.00,Success'],
      ...['Payment,700.00,14.00,Success', 'Payout,3000.00,0.00,Success', 'Chargeback,25.00,15.00,Success'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 6, usd: ['175.50', '99.01', '76.49'] })
    expect(found.contract).toContain(
      'sign: { from: Type, negative: [ Chargeback, Payout, Refund ], positive: [ Payment ] } }  # by its name and its numbers; all amounts are positive, and the words of "Type" say which way money goes',
    )
  })

  test('are taken where they are fees and taxes of their own, and come back where these are given back', async () => {
    const found = await onboarded('Type,Amount', [
      'Payment,100.00',
      'Fee,3.00',
      'VAT,0.50',
      'Fee refund,1.00',
      'Payment,50.00',
    ])
    expect(found).toMatchObject({ ...clean, loaded: 5, usd: ['150.00', '2.00', '147.50'] })
  })

  test.each([
    ['Cash In', 'Cash Out'],
    ['Money received', 'Money sent'],
    ['Payments received', 'Payments sent'],
    ['Deposit', 'Withdrawal'],
    ['Incoming payment', 'Outgoing payment'],
    ['Transfert reçu', 'Transfert envoyé'],
    ['Dépôt', 'Retrait'],
    ['Transferência recebida', 'Transferência enviada'],
    ['Depósito', 'Retiro'],
    ['Setoran tunai', 'Penarikan'],
    ['Nạp tiền', 'Rút tiền'],
    ['Kuweka pesa', 'Kutoa pesa'],
    ['ক্যাশ ইন', 'ক্যাশ আউট'],
    ['إيداع', 'سحب'],
    ['Gelen transfer', 'Giden transfer'],
    ['Überweisung empfangen', 'Überweisung gesendet'],
    ['Bonifico ricevuto', 'Bonifico inviato'],
    ['Overboeking ontvangen', 'Overboeking verzonden'],
  ])('come in as %s, and go out as %s', async (into, out) => {
    const found = await onboarded('Type,Amount', [
      `${into},10.00`,
      `${out},4.00`,
      `${into},20.00`,
      `${out},1.00`,
      `${into},5.00`,
    ])
    expect(found).toMatchObject({ ...clean, loaded: 5, usd: ['30.00', null, null] })
    expect(found.contract).toContain(': transfer')
  })

  const open = ['Payment,100.00', 'Transfer,40.00', 'Refund,10.00', 'Payment,50.00', 'Transfer,2.00']

  test('wait where a word does not say which way, and are what the answer says', async () => {
    expect(await onboarded('Type,Amount', open)).toMatchObject({
      ...{ loaded: 3, held: 2, rejected: 0, usd: ['140.00', null, null] },
      asked: [
        { id: 'gross.sign', question: 'Which way did money go where "Type" is "Transfer"?', names: ['in', 'out'] },
      ],
    })
    const into = await onboarded('Type,Amount', open, { 'gross.sign': 'in' })
    expect(into).toMatchObject({ ...clean, loaded: 5, usd: ['182.00', null, null] })
    const out = await onboarded('Type,Amount', open, { 'gross.sign': 'out' })
    expect(out).toMatchObject({ ...clean, loaded: 5, usd: ['98.00', null, null] })
  })

  test('are asked for word by word where two do not say it', async () => {
    const rows = ['Payment,100.00', 'Transfer,40.00', 'Adjustment,10.00', 'Payment,50.00']
    const found = await onboarded('Type,Amount', rows)
    expect(found).toMatchObject({ loaded: 2, held: 2, usd: ['150.00', null, null] })
    expect(found.asked.map(({ names }) => names)).toEqual([
      [
        ...['Adjustment in, Transfer in', 'Adjustment in, Transfer out'],
        ...['Adjustment out, Transfer in', 'Adjustment out, Transfer out'],
      ],
    ])
    const answered = await onboarded('Type,Amount', rows, { 'gross.sign': 'Adjustment out, Transfer in' })
    expect(answered).toMatchObject({ ...clean, loaded: 4, usd: ['180.00', null, null] })
  })

  test.each(['Refund reversal', 'Refund received', 'Failed payout', 'Deposit'])(
    'wait where %s can be money that came in, and money that went out',
    async (word) => {
      const found = await onboarded('Type,Amount', ['Payment,100.00', `${word},40.00`, 'Refund,10.00', 'Payment,50.00'])
      expect(found).toMatchObject({ loaded: 3, held: 1, rejected: 0, usd: ['140.00', null, null] })
      expect(found.asked.map(({ id }) => id)).toEqual(['gross.sign'])
    },
  )

  test('go the way that a running balance moves, whatever their words are', async () => {
    const found = await onboarded('Type,Amount,Balance', [
      ...['Payment,100.00,1100.00', 'Transfer,40.00,1060.00', 'Payout,10.00,1050.00', 'Payment,50.00,1100.00'],
      ...['Transfer,60.00,1040.00', 'Refund,5.00,1045.00', 'Payment,5.00,1050.00'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 7, usd: ['50.00', null, null] })
    expect(found.contract).toContain('negative: [ Transfer, Payout ], positive: [ Payment, Refund ]')
    expect(found.contract).toContain('the running balance shows which way those of each word in "Type" go')
  })

  test('go out where the beginning of an id says so', async () => {
    const found = await onboarded('Transaction ID,Amount', ['TX-1,100.00', 'FEE-1,3.00', 'TX-2,50.00', 'FEE-2,1.50'])
    expect(found).toMatchObject({ ...clean, loaded: 4, usd: ['150.00', '4.50', '145.50'] })
  })

  test('are what they are where some have a minus', async () => {
    const found = await onboarded('Type,Amount', ['Payment,100.00', 'Refund,10.00', 'Refund,-20.00', 'Payment,50.00'])
    expect(found).toMatchObject({ ...clean, loaded: 4, usd: ['140.00', null, null] })
    expect(found.contract).not.toContain('sign:')
  })

  test.each([
    [
      'and nets are turned together, with the fee that a refund gives back',
      'Refund,50.00,1.50,48.50',
      ['120.00', '3.60', '116.40'],
    ],
    [
      'of money paid out are what left the account, and its fee is what the other side does not have',
      'Payout,60.00,2.00,58.00',
      ['112.00', '7.10', '104.90'],
    ],
  ])('%s', async (_, row, usd) => {
    const found = await onboarded('Type,Amount,Fee,Net', [
      ...['Payment,100.00,3.00,97.00', 'Payment,50.00,1.50,48.50', row, 'Payment,20.00,0.60,19.40'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 4, usd })
  })
})

describe('a sum that closes by the sign of one amount', () => {
  test('turns the other by the words that tell it', async () => {
    const found = await onboarded('Type,Amount,Fee,Net', [
      ...['Charge,100.00,3.20,96.80', 'Charge,50.00,1.75,48.25', 'Refund,50.00,0.00,-50.00', 'Charge,80.00,2.62,77.38'],
      ...['Payout,170.00,0.00,-170.00', 'Charge,20.00,0.88,19.12', 'Charge,1.00,1.50,-0.50'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 7, usd: ['31.00', '9.95', '21.05'] })
    expect(found.contract).toContain(
      'sign: { from: Type, negative: [ Payout, Refund ], positive: [ Charge ] } }  # 7 of 7 records close: gross less fee is net; 2 of them with the sign turned, which the words of "Type" tell',
    )
  })

  test.each([
    ['that is given back', 'Refund,50.00,1.75,-48.25', ['180.00', '5.82', '174.18']],
    ['that is taken again', 'Refund,50.00,1.75,-51.75', ['180.00', '9.32', '170.68']],
  ])('turns a gross beside a fee %s', async (_, refund, usd) => {
    const found = await onboarded('Type,Amount,Fee,Net', [
      ...['Charge,100.00,3.20,96.80', 'Charge,50.00,1.75,48.25', refund, 'Charge,80.00,2.62,77.38'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 4, usd })
  })

  test('turns a net by the gross', async () => {
    const found = await onboarded('Type,Amount,Fee,Net', [
      ...['Charge,100.00,3.20,96.80', 'Charge,50.00,1.75,48.25', 'Refund,-50.00,0.00,50.00', 'Charge,80.00,2.62,77.38'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 4, usd: ['180.00', '7.57', '172.43'] })
  })

  test('turns the other by its minus where no words tell it', async () => {
    const found = await onboarded('Amount,Fee,Net', [
      ...['100.00,3.20,96.80', '50.00,1.75,48.25', '50.00,0.00,-50.00', '80.00,2.62,77.38', '30.00,0.00,(30.00)'],
    ])
    expect(found).toMatchObject({ ...clean, loaded: 5, usd: ['150.00', '7.57', '142.43'] })
  })
})

describe('a net of nothing', () => {
  const paid = ['100.00,3.20,96.80,Paid', '50.00,1.75,48.25,Paid', '80.00,2.62,77.38,Paid']

  test('is not checked of what does not count, however many there are', async () => {
    const failed = [
      '50.00,0.00,0.00,Failed',
      '70.00,0.00,0.00,Pending',
      '20.00,0.00,0.00,Failed',
      '9.00,0.00,0.00,Failed',
    ]
    const found = await onboarded('Amount,Fee,Net,Status', [...paid, ...failed])
    expect(found).toMatchObject({ ...clean, loaded: 7, usd: ['230.00', '7.57', '222.43'] })
    expect(found.contract).toContain(
      String.raw`net: { sql: "case when \"Status\" in ('Failed', 'Pending') then null else \"Net\" end"`,
    )
  })

  test('is refused of what counts', async () => {
    const found = await onboarded('Amount,Fee,Net,Status', [...paid, '50.00,0.00,0.00,Paid', '20.00,0.00,0.00,Failed'])
    expect(found).toMatchObject({ loaded: 4, held: 0, rejected: 1, reasons: ['check.net'] })
  })

  test('does not decide what a status means', async () => {
    const rows = [...paid, '50.00,0.00,0.00,Zzyzx']
    const found = await onboarded('Amount,Fee,Net,Status', rows)
    expect(found).toMatchObject({ loaded: 3, held: 1, rejected: 0, asked: [{ id: 'status' }] })
    const failed = await onboarded('Amount,Fee,Net,Status', rows, { status: 'failed' })
    expect(failed).toMatchObject({ ...clean, loaded: 4, usd: ['230.00', '7.57', '222.43'] })
  })
})
