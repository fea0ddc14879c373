import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { Project } from './onboarded.ts'

/** What is on its way is loaded, and is no money until it has come; then it counts once. */
const project = new Project('onboard-progress')

const count = (n: number) => Array.from({ length: n }, (_, i) => i)
const two = (n: number) => String(n).padStart(2, '0')

async function onboarded(region: string, name: string, lines: readonly string[]) {
  const done = await project.onboarded(region, name, lines)
  const { key, fields } = parse(done.text)
  return { ...done, key, id: fields.transaction_id, status: fields.status }
}

/** Records, and money that counts, after the contract of the first file has taken in all of them. */
const loaded = (region: string, name: string, ...files: readonly (readonly string[])[]) =>
  project.loaded(
    region,
    name,
    files,
    'count(*)::integer as n, count(*) filter (counted)::integer as counted, sum(gross) filter (counted)::decimal(18,2)::varchar as money',
  )

describe('a column whose words are all of statuses', () => {
  const statement = (name: string, word: (i: number) => string) => [
    `Buchungstag;Buchungstext;Verwendungszweck;Betrag;Waehrung;${name}`,
    ...count(12).map((i) => `${two(13 + i)}.03.2026;GUTSCHRIFT;Rechnung ${i};${100 + i},00;EUR;${word(i)}`),
  ]

  test('is the status, and in no identity: what was pending counts once when it is booked', async () => {
    const [booked, pending] = ['Umsatz gebucht', 'Umsatz vorgemerkt']
    const march = statement('Info', (i) => (i > 9 ? pending : booked))
    const { key, status, preview } = await onboarded('de', 'booked', march)
    expect(status).toEqual({ from: 'Info', map: { [booked]: 'settled', [pending]: 'pending' } })
    expect(key).toEqual({ occurrence: ['Buchungstag', 'Buchungstext', 'Verwendungszweck', 'Betrag', 'Waehrung'] })
    expect(preview).toMatchObject({ loaded: 12, rejected: 0, totals: { EUR: { rows: 10, gross: '1045.00' } } })
    const later = statement('Info', () => booked)
    expect(await loaded('de', 'booked', march, later)).toEqual({ n: 12, counted: 12, money: '1266.00' })
  })

  test.each([
    ['french', 'Suivi', 'Comptabilisée', 'En attente'],
    ['spanish', 'Observaciones', 'Contabilizado', 'Pendiente de contabilizar'],
    ['dutch', 'X', 'Geboekt', 'Nog niet verwerkt'],
    ['turkish', 'Bilgi', 'Gerçekleşti', 'Bekliyor'],
  ])('whatever its name and language: %s', async (name, header, booked, pending) => {
    const { status } = await onboarded(
      'de',
      name,
      statement(header, (i) => (i > 9 ? pending : booked)),
    )
    expect(status).toEqual({ from: header, map: { [booked]: 'settled', [pending]: 'pending' } })
  })

  test.each([
    ['words that may be of a customer', 'Segment', 'Active', 'New'],
    ['words that are no statuses, too', 'Info', 'Umsatz gebucht', 'Danke'],
    ['a name that means something else', 'Kategorie', 'Bezahlt', 'Ausstehend'],
  ])('but not with %s', async (_, header, one, other) => {
    const name = `not_${header.toLowerCase()}`
    const { status, key } = await onboarded(
      'de',
      name,
      statement(header, (i) => (i > 9 ? other : one)),
    )
    expect(status).toBeUndefined()
    expect(key.occurrence).toContain(header)
  })
})

describe('an id that a movement has from its beginning', () => {
  const header = 'Txn ID,Timestamp,Amount,Status,UTR'
  const records = (month: number, pending: readonly number[], open: readonly number[] = []) =>
    count(14).flatMap((i) => {
      const [id, day, amount] = [`UPI${month}00${two(i)}`, `2026-0${month}-${two(i + 13)}`, `${100 + i}.00`]
      return [
        ...(pending.includes(i) ? [`${id},${day} 10:00:00,${amount},PENDING,`] : []),
        ...(open.includes(i) ? [] : [`${id},${day} 10:05:00,${amount},SUCCESS,6000${month}7${two((i * 37) % 100)}81`]),
      ]
    })

  test.each([
    ['many', [0, 5, 8, 11]],
    ['one', [5]],
  ])('tells more than one that it is given at the end: %s of them come twice', async (name, pending) => {
    const { id, key, preview, questions } = await onboarded('in', `twins_${name}`, [header, ...records(3, pending)])
    expect(id).toEqual({
      sql: `case when "Status" in ('PENDING') then concat("Txn ID", ' ', "Status") else "Txn ID" end`,
    })
    expect({ key, questions }).toEqual({ key: undefined, questions: [] })
    expect(preview).toMatchObject({ loaded: 14 + pending.length, rejected: 0, totals: { INR: { rows: 14 } } })
  })

  test('counts what a later file settles or gives back', async () => {
    const back = 'UPI39999,2026-03-20 10:05:00,120.00,REVERSED,6000379980'
    const march = [header, ...records(3, [0, 5, 13], [13]), back]
    const later = [
      header,
      'UPI30013,2026-03-26 10:05:00,113.00,SUCCESS,6000379981',
      'UPI30002,2026-03-30 10:05:00,102.00,REVERSED,6000379982',
    ]
    expect(await loaded('in', 'twins', march, later)).toEqual({ n: 18, counted: 13, money: '1389.00' })
  })

  test('is left where its records differ in more than how far they have come', async () => {
    const again = records(3, [])
      .slice(0, 4)
      .map((row) => row.replace('10:05', '11:05'))
    const { id, key } = await onboarded('in', 'more', [header, ...records(3, [0, 5]), ...again])
    expect({ id, key }).toEqual({ id: undefined, key: { occurrence: ['Txn ID', 'Timestamp', 'Amount', 'UTR'] } })
  })
})

describe('statements of a standard', () => {
  const entry = (status: string, amount: string) =>
    `<Ntry><Amt Ccy="EUR">${amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>${status}<BookgDt><Dt>2026-03-14</Dt></BookgDt></Ntry>`
  const camt = (kind: number, entries: readonly string[]) => {
    const [root, part] = { 52: ['BkToCstmrAcctRpt', 'Rpt'], 53: ['BkToCstmrStmt', 'Stmt'] }[kind] ?? [
      'BkToCstmrDbtCdtNtfctn',
      'Ntfctn',
    ]
    return [
      `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.0${kind}.001.08"><${root}>`,
      `<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-28T20:00:00</CreDtTm></GrpHdr><${part}><Id>S1</Id>`,
      '<Acct><Id><IBAN>DE89370400440532013000</IBAN></Id><Ccy>EUR</Ccy></Acct>',
      ...entries,
      `</${part}></${root}></Document>`,
    ]
  }
  const map = { BOOK: 'settled', PDNG: 'pending', FUTR: 'pending', INFO: 'pending' }

  test.each([52, 53, 54])('camt.0%i: what is pending, to come or for information is no money', async (kind) => {
    const statuses = ['BOOK', 'PDNG', 'FUTR', 'INFO', 'BOOK'].map((code, i) =>
      entry(i % 2 ? `<Sts>${code}</Sts>` : `<Sts><Cd>${code}</Cd></Sts>`, `${10 ** i}.50`),
    )
    const { status, preview } = await onboarded('de', `camt${kind}`, camt(kind, statuses))
    expect(status).toEqual({ from: 'status', map })
    expect(preview).toMatchObject({ loaded: 5, rejected: 0, totals: { EUR: { rows: 2, gross: '10002.00' } } })
  })

  test('camt.053: what says nothing is booked, and a code that nobody knows is rejected', async () => {
    const statuses = ['<Sts>BOOK</Sts>', '', '<Sts><Prtry>HELD</Prtry></Sts>', '<Sts>PDNG</Sts>']
    const { status, preview } = await onboarded(
      'de',
      'camt_none',
      camt(
        53,
        statuses.map((one, i) => entry(one, `${10 ** i}.50`)),
      ),
    )
    expect(status).toEqual({ sql: `coalesce("status", 'BOOK')`, map })
    expect(preview).toMatchObject({ loaded: 3, rejected: 1, totals: { EUR: { rows: 2, gross: '12.00' } } })
    expect(preview.rejects.map(({ reasons }) => reasons)).toEqual([['status.unknown']])
  })

  test('MT942: what is expected is no money yet', async () => {
    const marks = ['C', 'EC', 'D', 'ED', 'RC', 'RD']
    const { preview } = await onboarded('de', 'mt942', [
      ':20:INTERIM1',
      ':25:10050000/12345678',
      ':28C:00007/001',
      ':34F:EURC0,',
      ':13D:2603141200+0100',
      ...marks.map((mark, i) => `:61:2603140314${mark}${10 ** i},50NTRFREF${i}//B${i}`),
      ':90D:3EUR101001,50',
      ':90C:3EUR10011,50',
      '-',
    ])
    expect(preview).toMatchObject({ loaded: 6, rejected: 0, totals: { EUR: { rows: 4, gross: '89901.00' } } })
  })
})
