import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Lookups, parseLookup } from '../../contracts/lookup.ts'
import { type StagedCase, stagedCases } from './staged-cases.ts'

let cases: StagedCase
beforeAll(() => {
  cases = stagedCases()
})
afterAll(() => cases.remove())

const head = `source: shop
model: transaction
match: "a/*"
on_new_column: ignore
`

describe('records', () => {
  const yaml = `${head}fields:
  transaction_id: Id
  local_date: Day
  currency: { value: NGN }
  gross: Amount
records:
  - { name: sale, when: "Type = 'SALE'", fields: { kind: { value: sale }, fee: Fee } }
  - when: "Type in ('OUT', 'BACK')"
    fields: { kind: { from: Type, map: { OUT: payout, BACK: refund } }, gross: { negate: true } }
  - { when: "Amount::decimal(18,2) > 900", fields: { kind: { value: adjustment }, gross: { from: Other } } }
`
  const lines = [
    'Id,Day,Type,Amount,Fee,Other',
    'a,2026-03-01,SALE,10,1,',
    'b,2026-03-02,OUT,20,x,',
    'c,2026-03-02,BACK,5,,',
    'd,2026-03-02,,1000,,7',
    'e,2026-03-02,NEW,1,,',
    'f,2026-03-02,,?,,',
    'g,2026-03-02,SALE,10,1,,,',
    'h,2026-03-02,SALE,10,y,',
    'i,2026-03-02,SALE,?,,',
    'j,2026-03-02,SALE,1000,1,7',
  ]

  test('each is judged by the rules of the first kind whose condition is true', async () => {
    const { rows, counts } = await cases.stage(yaml, lines)
    expect(rows).toEqual([
      '2: a sale 10 fee 1',
      '3: b payout -20',
      '4: c refund -5',
      '5: d adjustment 7',
      '6: rejected record.unknown: e,2026-03-02,NEW,1,,',
      '7: rejected record.unparseable: f,2026-03-02,,?,,',
      '8: rejected row.arity: g,2026-03-02,SALE,10,1,,,',
      '9: rejected fee.unparseable: h,2026-03-02,SALE,10,y,',
      '10: rejected gross.unparseable: i,2026-03-02,SALE,?,,',
      // The third kind could take it too.
      '11: j sale 1000 fee 1',
    ])
    expect(counts).toEqual({ read: 11, ignored: 1, valid: 5, rejected: 5, held: 0 })
  })

  test('lines that only leaves out, totals and what ends the table are no records of any kind', async () => {
    const more = 'only: "Type is distinct from \'NEW\'"\nformat: { footer: "^Total", end: "^END" }\n'
    const { rows, counts } = await cases.stage(yaml + more, [
      ...lines.slice(0, 6),
      'Total,,,9',
      'END',
      ...lines.slice(6),
    ])
    expect(rows).toEqual(['2: a sale 10 fee 1', '3: b payout -20', '4: c refund -5', '5: d adjustment 7'])
    expect(counts).toEqual({ read: 13, ignored: 9, valid: 4, rejected: 0, held: 0 })
  })

  test('are held where they hang on an open question, each kind by its own rules', async () => {
    const open = `open:
  - { id: day, question: Which?, candidates: { a: { local_date: { format: DD/MM/YYYY } }, b: { local_date: { format: MM/DD/YYYY } } } }
`
    const { rows, counts } = await cases.stage(
      `${yaml}${open}`.replace('gross: { from: Other }', 'gross: { from: Other }, local_date: { value: 2026-01-01 }'),
      [
        'Id,Day,Type,Amount,Fee,Other',
        'a,03/04/2026,SALE,10,1,',
        'b,13/04/2026,OUT,20,,',
        'c,?,,1000,,7',
        'd,?,NEW,1,,',
      ],
    )
    expect(rows).toEqual([
      '2: held question.day: a,03/04/2026,SALE,10,1,',
      '3: b payout -20',
      '4: c adjustment 7',
      '5: rejected record.unknown: d,?,NEW,1,,',
    ])
    expect(counts).toEqual({ read: 5, ignored: 1, valid: 2, rejected: 1, held: 1 })
  })
})

describe('entries', () => {
  const yaml = `${head}fields:
  local_date: Day
  currency: { value: NGN }
entries:
  - { name: sale, fields: { transaction_id: Id, kind: { value: sale }, gross: Amount, fee: { value: 0 } } }
  - name: fee
    when: "Fee is not null"
    fields: { transaction_id: { sql: "\\"Id\\" || '-fee'" }, kind: { value: fee }, gross: { from: Fee, negate: true } }
`
  const header = 'Id,Day,Amount,Fee'

  test('each record is a row for every entry, and all of them load or none', async () => {
    const { rows, counts } = await cases.stage(yaml, [
      header,
      'a,2026-03-01,10,1',
      'b,2026-03-01,20,',
      'c,2026-03-01,30,x',
      'd,?,40,4',
      'e,2026-03-01,50,5,,',
    ])
    expect(rows).toEqual([
      '2: a sale 10 fee 0',
      '2+1: a-fee fee 0 fee 1',
      '3: b sale 20 fee 0',
      '4: rejected gross.unparseable: c,2026-03-01,30,x',
      '4+1: rejected gross.unparseable: c,2026-03-01,30,x',
      '5: rejected local_date.unparseable: d,?,40,4',
      '5+1: rejected local_date.unparseable: d,?,40,4',
      '6: rejected row.arity: e,2026-03-01,50,5,,',
    ])
    // Five records and the header, of which three have two entries.
    expect(counts).toEqual({ read: 9, ignored: 1, valid: 3, rejected: 5, held: 0 })
  })

  test('a repeated record is repeated in all its entries; one that conflicts in one conflicts in all', async () => {
    const { rows, repeats, counts } = await cases.stage(yaml, [
      header,
      'a,2026-03-01,10,1',
      'a,2026-03-01,10,1',
      'b,2026-03-01,20,',
      'b,2026-03-01,20,2',
      'a,2026-03-01,10,3',
      'b,2026-03-01,21,4',
      'b,2026-03-01,20,5',
    ])
    expect(rows).toHaveLength(13)
    expect(repeats).toEqual([
      '3: duplicate',
      '3+1: duplicate',
      '5: duplicate',
      '6: conflict a,2026-03-01,10,3',
      '6+1: conflict a,2026-03-01,10,3',
      '7: conflict b,2026-03-01,21,4',
      '7+1: conflict b,2026-03-01,21,4',
      '8: conflict b,2026-03-01,20,5',
      '8+1: conflict b,2026-03-01,20,5',
    ])
    expect(counts).toMatchObject({ read: 14, ignored: 1, valid: 13, rejected: 0 })
  })

  test('what conflicts stands for none of its keys', async () => {
    // The second record conflicts in its sale, so its fee is none, and the third one's stands.
    const own = yaml.replace('\\"Id\\" || \'-fee\'', 'coalesce(Note, \\"Id\\") || \'-fee\'')
    const { repeats } = await cases.stage(own, [
      `${header},Note`,
      'a,2026-03-01,10,,',
      'a,2026-03-01,11,2,n',
      'c,2026-03-01,30,3,n',
      'd,2026-03-01,40,4,n',
    ])
    expect(repeats).toEqual([
      '3: conflict a,2026-03-01,11,2,n',
      '3+1: conflict a,2026-03-01,11,2,n',
      '5: conflict d,2026-03-01,40,4,n',
      '5+1: conflict d,2026-03-01,40,4,n',
    ])
  })

  test('two entries of a record that come to one key are rejected', async () => {
    const own = yaml.replace("|| '-fee'", "|| substr('-fee', 1, 4 * length(Fee) - 4)")
    const { rows } = await cases.stage(own, [header, 'a,2026-03-01,10,1', 'b,2026-03-01,20,2.5'])
    expect(rows).toEqual([
      '2: rejected entry.same_key: a,2026-03-01,10,1',
      '2+1: rejected entry.same_key: a,2026-03-01,10,1',
      '3: b sale 20 fee 0',
      '3+1: b-fee fee 0 fee 2.5',
    ])
  })

  test('an open question of one entry holds the others too, and what has their keys behind them', async () => {
    const open = `open:
  - { id: minor, question: Which?, of: file, candidates: { a: { fee: { unit: major } }, b: { fee: { unit: minor } } } }
`
    const own = yaml.replace('fee: { value: 0 }', 'fee: { from: Tip }')
    const { rows, repeats, questions, counts } = await cases.stage(
      own.replace('gross: { from: Fee', 'fee: { value: 0 }, gross: { from: Fee') + open,
      [`${header},Tip`, 'a,2026-03-01,10,1,3', 'b,2026-03-01,20,2,0', 'a,2026-03-01,11,,0', 'c,2026-03-01,11,,0'],
    )
    expect(rows).toEqual([
      '2: held question.minor: a,2026-03-01,10,1,3',
      '2+1: held question.minor: a,2026-03-01,10,1,3',
      '3: b sale 20 fee 0',
      '3+1: b-fee fee 0 fee 2',
      '4: a sale 11 fee 0',
      '5: c sale 11 fee 0',
    ])
    expect(repeats).toEqual(['4: held'])
    expect(questions).toEqual([
      'minor: 2 rows, {"a":{"NGN":{"gross":"10.000000000","fee":"4.000000000"}},"b":{"NGN":{"gross":"10.000000000","fee":"1.030000000"}}}',
    ])
    expect(counts).toEqual({ read: 7, ignored: 1, valid: 4, rejected: 0, held: 3 })
  })

  test('what waits stands before others with each of its keys', async () => {
    const own = yaml.replace('\\"Id\\" ||', 'coalesce(Note, \\"Id\\") ||')
    const open = `open:
  - { id: sides, question: Which?, candidates: { a: { reference: Tip }, b: { reference: Note } } }
`
    const { rows, repeats, counts } = await cases.stage(own + open, [
      `${header},Note,Tip`,
      'a,2026-03-01,10,1,n,m',
      'a,2026-03-01,11,2,x,x',
      'b,2026-03-01,12,3,x,x',
      'c,2026-03-01,13,4,c,c',
    ])
    expect(rows.map((row) => row.replace(/:.*/, ''))).toEqual(['2', '2+1', '3', '3+1', '4', '4+1', '5', '5+1'])
    // The second record waits behind the first for its sale, and the third behind the second for its fee.
    expect(repeats).toEqual(['3: held', '3+1: held', '4: held', '4+1: held'])
    expect(counts).toMatchObject({ read: 9, valid: 6, rejected: 0, held: 6 })
  })

  test('identical lines are told apart, and so are the entries of each', async () => {
    const own = yaml.replace('transaction_id: Id, ', '').replace(/transaction_id: \{ sql.*\}, kind/, 'kind')
    const { rows } = await cases.stage(`${own}key: { occurrence: [Day, Amount] }\n`, [
      header,
      'a,2026-03-01,10,1',
      'a,2026-03-01,10,1',
    ])
    const ids = rows.map((row) => row.split(' ')[1]?.slice(33))
    expect(ids).toEqual(['1', '1-fee', '2', '2-fee'])
  })

  test('a running balance takes the entries of a record together, a total all of them', async () => {
    const checks = (closing: number) =>
      `values: { closing: { beside: Closing } }
checks:
  - { name: running, balance: { from: Balance, of: net, order: oldest_first } }
  - { name: closing, total: { sum: net, equals: closing } }
format: { footer: "^Closing" }
`.replace('closing }', `closing - ${closing} }`)
    const lines = (last: number) => [
      `${header},Balance`,
      'a,2026-03-01,10,1,9',
      'b,2026-03-01,20,,29',
      `c,2026-03-01,30,5,${last}`,
      'Closing,54,,,',
    ]
    expect((await cases.stage(yaml + checks(0), lines(54))).failed).toEqual([])
    expect((await cases.stage(yaml + checks(1), lines(59))).failed).toEqual([
      'warn: the balance "Balance" does not follow from net at 1 of 2 steps: on line 4 it is 59.00 where 54.00 is expected (check "running").',
      'block: net comes to 54.00 NGN over 5 records, but closing - 1 is 53.00: 1.00 less (check "closing").',
    ])
  })
})

describe('lists', () => {
  const lists: Readonly<Record<string, string>> = {
    products: 'product,creator\nS-1,ada\nS-2,bola\n',
    accounts: 'account,creator\n001,chidi\n',
  }
  const lookups: Lookups = {
    names: Object.keys(lists),
    of: (name) => (lists[name] === undefined ? 'is not there' : parseLookup(lists[name])),
  }

  test('tell whose a product or an account is', async () => {
    const yaml = `${head}fields:
  transaction_id: Id
  kind: { value: sale }
  local_date: { value: 2026-03-01 }
  gross: { value: 1 }
  product_id: Sku
  account: Account
records:
  - { when: Sku is not null, fields: { creator_id: { from: Sku, lookup: products } } }
  - { when: Account is not null, fields: { creator_id: { from: Account, lookup: accounts, missing: absent } } }
`
    const { query } = await cases.stage(
      yaml,
      ['Id,Sku,Account', 'a,S-1,', 'b,S-9,001', 'c,,001', 'd,,002', 'e,S-2,001'],
      lookups,
    )
    const creators = `select transaction_id || ' ' || coalesce(creator_id, '-') || array_to_string(coalesce(_reasons, []), ',')
      from record order by _line`
    expect((await query(creators)).flat()).toEqual(['a ada', 'b -creator_id.unknown', 'c chidi', 'd -', 'e bola'])
  })
})
