import { expect, test } from 'vitest'
import { checkAmounts } from '../../contracts/check-amounts.ts'
import type { Contract, FieldRule, Open, Track, Variant } from '../../contracts/contract.ts'
import { judge } from '../../contracts/judge.ts'
import { cleaned } from '../../contracts/judge-text.ts'
import { variantsOf } from '../../contracts/variants.ts'
import { models } from '../../models/index.ts'
import { isSlow, runSeed } from '../readers/seed.ts'
import { adversary } from './adversary.ts'
import { contractOf, from, pair, sales, value } from './contracts.ts'
import { type Random, seeded } from './draw.ts'
import { type Cells, runCompiled } from './run.ts'
import { valueContracts } from './value-contracts.ts'

const position = (column: number, more: Partial<FieldRule> = {}): FieldRule =>
  from([], { ...more, columns: [{ position: column }] })

/** Contracts that use every part of the language between them. */
const contracts: Readonly<Record<string, Contract>> = {
  'plain sales': contractOf(
    sales({ currency: from('currency'), net: from('net'), tax: from('tax'), quantity: from('qty') }),
  ),
  'words, nil and JSON': contractOf(
    sales({
      kind: from('kind', {
        map: { sale: 'sale', Vente: 'sale', listed: 'tax', 'e\u0301': 'refund', '0': 'fee' },
        nil: ['--', 'n/a'],
      }),
      status: from('state'),
      counted: from('counted'),
      creator_id: from('meta', { json: '$.creator.id' }),
      counterparty_country: from('land'),
      reference: from(['id', 'state', 'land'], { nil: ['x'], fallback: [{ name: 'meta' }] }),
      currency: from('currency', { map: { NGN: 'NGN', USD: 'USD', ngn: 'NGN', FCFA: 'XAF', '586': 'PKR', $: 'USD' } }),
    }),
  ),
  'lakh and Bengali digits': contractOf(
    sales({
      gross: from('amount', { grouping: 'indian', digits: 'bengali' }),
      fee: from('fee', { decimal: ',', group: '.' }),
      tax: from('tax', { group: ' ', grouping: 'indian' }),
      net: from('net', { group: "'", decimal: ',' }),
      occurred_at: from('at', { digits: 'bengali', zone: 'Asia/Dhaka' }),
    }),
    { regionZone: 'Asia/Dhaka' },
  ),
  'minor units of any currency': contractOf(
    sales({
      currency: from('currency'),
      gross: from('amount', { unit: 'minor' }),
      fee: from('fee', { unit: 'minor', group: '' }),
      tax: value('0'),
    }),
  ),
  'debit and credit, times in two columns': contractOf(
    sales({
      gross: pair('amount', 'net', { nil: ['--'] }),
      fee: from('fee', { nil: ['0'] }),
      occurred_at: from(['day', 'time'], {
        formats: ['DD/MM/YYYY HH:mm:ss', 'D-MMM-YY h:mm A', 'YYYY-MM-DDTHH:mm:ss.SSSZ', 'MMMM D, YYYY'],
        zone: 'America/New_York',
      }),
    }),
    { regionZone: 'Europe/Lisbon' },
  ),
  ...valueContracts,
  'signs by a word': contractOf(
    sales({ net: from('net', { sign: { column: { name: 'state' }, negative: ['settled'], positive: null } }) }),
    {
      sign: { column: { name: 'side' }, negative: ['D', 'DR'], positive: ['C'] },
    },
  ),
  'signs by the side of the own account': contractOf(sales({ net: from('net') }), {
    direction: { in: { name: 'to' }, out: { name: 'from' }, own: ['me'] },
  }),
  'long lists of words, some of them absent': contractOf(
    sales({
      product_id: from('title', { map: listed(1000, (i) => `Order #${i}`), missing: 'absent' }),
      creator_id: from('id', { map: listed(300, (i) => `t-${i}`), patterns: [['t-4*', 'four']] }),
      counterparty_country: from('land', { map: { NG: 'NG', Gh: 'GH' }, missing: 'absent' }),
      reference: from('state', { map: { settled: 'S' }, patterns: [['p*', 'P']], missing: 'absent' }),
    }),
    {
      direction: {
        in: { name: 'to' },
        out: { name: 'from' },
        own: ['me', ...Object.keys(listed(200, (i) => `own ${i}`)), 'them'],
      },
    },
  ),
  'charges that are records of their own': contractOf(
    sales({
      kind: from('kind', { map: { sale: 'sale', Vente: 'fee', listed: 'tax', é: 'fee' } }),
      fee: from('state', { nil: ['settled', 'pending', 'failed', 'x', 'paid', 'Settled'] }),
      tax: from('tax', { nil: ['0'] }),
      net: from('net'),
    }),
  ),
  'open questions on a day and on marks, which the sum may answer': openOf(
    {
      ...{ transaction_id: from('id'), kind: value('sale'), currency: value('NGN') },
      ...{ fee: from('fee'), net: from('net') },
    },
    [
      { id: 'order', question: 'Which?', of: 'record', candidates: ['day', 'month'] },
      { id: 'marks', question: 'Which?', of: 'record', candidates: ['point', 'comma', 'none'] },
    ],
    ['DD/MM/YYYY', 'MM/DD/YYYY'].flatMap((order) =>
      [{}, { decimal: ',', group: '.' } as const, { group: '' }].map((marks) => ({
        choices: [order, JSON.stringify(marks)],
        fields: { local_date: from('day', { formats: [order, 'YYYY-MM-DD'] }), gross: from('amount', marks) },
      })),
    ),
  ),
  'an open question on a sign': openOf(
    sales({ occurred_at: from('at') }),
    [{ id: 'sign', question: 'Which?', of: 'file', candidates: ['none', 'side'] }],
    [
      { choices: ['none'], fields: {} },
      { choices: ['side'], fields: {}, sign: { column: { name: 'side' }, negative: ['D', 'DR'], positive: null } },
    ],
  ),
  'dates alone, columns by position': contractOf({
    transaction_id: position(1),
    kind: value('transfer'),
    local_date: from('day', { formats: ['YYYY/MM/DD', 'DD.MM.YY', 'YYYYMMDDHHmmss'] }),
    currency: value('XAF'),
    gross: position(2),
    tax: from('tax'),
  }),
  'amounts for checks of the file': contractOf(sales({ currency: from('currency') }), {
    values: {
      opening: { at: 'column', rule: from('fee', { decimal: ',', group: '.', nil: ['0'] }) },
      minor: { at: 'column', rule: from('tax', { unit: 'minor', group: '' }) },
    },
    checks: [
      {
        ...{ name: 'running', severity: 'warn', tolerance: '0' },
        balance: {
          rule: from('net', { sign: { column: { name: 'side' }, negative: ['D', 'DR'], positive: ['C'] } }),
          ...{ of: 'gross', by: [], order: 'found', shows: 'after' },
        },
      },
    ],
  }),
  rates: contractOf(
    { date: from('day'), currency: from('currency'), usd_rate: from('amount', { group: '' }) },
    { model: 'fx_rate' },
  ),
  'rates the other way round': contractOf(
    { date: from('day'), currency: from('currency'), usd_rate: from('amount', { invert: true }) },
    { model: 'fx_rate' },
  ),
  creators: contractOf(
    {
      creator_id: from('id'),
      name: from('state'),
      country: from('land'),
      joined_at: from('at', { zone: 'Africa/Casablanca' }),
    },
    { model: 'creator' },
  ),
  products: contractOf(
    {
      product_id: from('id'),
      creator_id: from('id'),
      title: from('state'),
      price: from('amount'),
      currency: from('currency'),
      status: from('kind'),
      listed_at: from('at', { zone: 'Asia/Kolkata' }),
    },
    { model: 'product' },
  ),
}

/** A contract with open questions, by what its tracks say. */
function openOf(fields: Record<string, FieldRule>, questions: Open['questions'], tracks: Partial<Track>[]): Contract {
  const whole = tracks.map((track) => ({ choices: [], fields: {}, sign: null, direction: null, ...track }))
  return contractOf({ ...fields, ...whole[0]?.fields }, { open: { questions, tracks: whole } })
}

function listed(count: number, word: (i: number) => string): Record<string, string> {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [word(i), `m'${i}`]))
}

/** 10,000 records between them, the same each time; in `npm run fuzz:engines` 200,000, drawn afresh. */
const rowsPerContract = Math.ceil((isSlow ? 200_000 : 10_000) / Object.keys(contracts).length)
const rowsPerRound = 2000

test.each(Object.entries(contracts))('%s: SQL and TypeScript judge alike', async (_, contract) => {
  const random = seeded(isSlow ? runSeed : 20260701)
  let [sound, held, looked] = [0, 0, 0]
  for (let from = 0; from < rowsPerContract; from += rowsPerRound) {
    const records = Array.from({ length: Math.min(rowsPerRound, rowsPerContract - from) }, () => recordOf(random))
    const compared = await compare(contract, records)
    expect(compared.differences.slice(0, 20), `seed ${runSeed}`).toEqual([])
    sound += compared.sound
    held += compared.held
    looked += compared.looked
  }
  expect(held > 0).toBe(contract.open !== undefined)
  expect(looked).toBeGreaterThanOrEqual(checkAmounts(contract).length * (rowsPerContract / 20))
  expect(sound).toBeGreaterThan(rowsPerContract / 40)
  expect(sound).toBeLessThan(rowsPerContract * 0.95)
})

test('joined lines are judged as TypeScript judges a record with the cells of all of them', async () => {
  const random = seeded(20260702)
  const joined = { Fee: 'fee', 'Sold At': 'at' }
  const contract = contractOf(sales({ transaction_id: from('nr'), fee: from('Fee'), occurred_at: from('Sold At') }), {
    join: {
      by: ['nr'],
      main: "part = 'main'",
      parts: [
        { name: 'Fee', when: "part = 'Fee'", column: { name: 'fee' } },
        { name: 'Sold At', when: "part = 'Sold At'", column: { name: 'at' } },
      ],
    },
  })
  const groups = Array.from({ length: 400 }, (_, nr) =>
    ['main', ...Object.keys(joined)]
      .filter((part) => part === 'main' || random() < 0.8)
      .map((part) => ({ ...recordOf(random), nr: `n${nr}`, part }))
      .sort(() => random() - 0.5),
  )
  const records = groups.flat()
  const judgeRecord = judge(contract)
  const expected = groups.map((lines) => {
    const cells = { ...lines.find(({ part }) => part === 'main') } as Record<string, string | null>
    for (const [name, column] of Object.entries(joined))
      cells[name] = (lines.find(({ part }) => part === name) as Cells | undefined)?.[column] ?? null
    const { fields, reasons } = judgeRecord(cells)
    return { reasons: [...reasons].sort(), fields: reasons.length > 0 ? null : fields.net }
  })
  const rows = await runCompiled(contract, records)
  const found = rows
    .sort((a, b) => Number(a._line) - Number(b._line))
    .map((row) => {
      const reasons = [...((row._reasons as string[] | null) ?? [])].sort()
      return { reasons, fields: reasons.length > 0 ? null : canonical('money', row.net) }
    })
  expect(found).toEqual(expected)
  expect(found.filter(({ reasons }) => reasons.length === 0).length).toBeGreaterThan(50)
})

/** What `when` says, for the conditions of these contracts. */
const conditions: Readonly<Record<string, (cells: Cells) => boolean>> = {
  "side = 'D'": ({ side }) => cleaned(side ?? null) === 'D',
  "side = 'DR'": ({ side }) => cleaned(side ?? null) === 'DR',
}

const variants: Readonly<Record<string, Contract>> = {
  'kinds of records': contractOf(
    {},
    {
      variants: {
        of: 'record',
        list: [
          variant('a', "side = 'D'", sales({ gross: from('amount', { negate: true }), kind: from('kind') })),
          variant('b', "side = 'DR'", sales({ occurred_at: from('at', { zone: 'Asia/Kolkata' }) })),
        ],
      },
    },
  ),
  'entries of a record': contractOf(
    {},
    {
      variants: {
        of: 'entry',
        list: [
          variant('a', null, sales({ currency: from('currency') })),
          variant(
            'b',
            "side = 'DR'",
            sales({ transaction_id: from('title', { fallback: [{ name: 'time' }] }), gross: from('net') }),
          ),
        ],
      },
    },
  ),
}

function variant(name: string, when: string | null, fields: Record<string, FieldRule>): Variant {
  return { ...{ name, when, fields }, sign: null, direction: null }
}

test.each(Object.entries(variants))(
  '%s: SQL takes the rules of those that are true, and judges by them as TypeScript',
  async (_, contract) => {
    const random = seeded(20260701)
    const records = Array.from({ length: 600 }, () => recordOf(random))
    const judges = variantsOf(contract).map((one) => judge(one))
    const list = contract.variants?.list ?? []
    const expected = records.flatMap((cells, i) => {
      const taken = list.flatMap(({ when }, nth) => (when === null || conditions[when]?.(cells) ? [nth] : []))
      const rules = contract.variants?.of === 'entry' ? taken : taken.slice(0, 1)
      if (rules.length === 0) return [{ line: i + 1, entry: 0, reasons: ['record.unknown'], id: null, gross: null }]
      return rules.map((nth) => {
        const { fields, reasons } = (judges[nth] as ReturnType<typeof judge>)(cells)
        const [id, gross] = reasons.length > 0 ? [null, null] : [fields.transaction_id, fields.gross]
        return {
          line: i + 1,
          entry: contract.variants?.of === 'entry' ? nth : 0,
          reasons: [...reasons].sort(),
          id,
          gross,
        }
      })
    })
    const rows = await runCompiled(contract, records)
    const found = rows
      .map((row) => {
        const reasons = (row._reasons as string[] | null) ?? []
        const isSound = reasons.length === 0
        const [id, gross] = isSound ? [row.transaction_id, canonical('money', row.gross)] : [null, null]
        return { line: Number(row._line), entry: Number(row._entry), reasons: [...reasons].sort(), id, gross }
      })
      .sort((a, b) => a.line - b.line || a.entry - b.entry)
    expect(found).toEqual(expected)
    expect(new Set(found.filter(({ reasons }) => reasons.length === 0).map(({ entry }) => entry)).size).toBe(
      contract.variants?.of === 'entry' ? 2 : 1,
    )
    expect(found.some(({ reasons }) => reasons[0] === 'record.unknown')).toBe(contract.variants?.of === 'record')
  },
)

/** Judge records by both engines: where they differ, and how many are sound or held. */
async function compare(contract: Contract, records: readonly Cells[]) {
  const rows = await runCompiled(contract, records)
  expect(rows).toHaveLength(records.length)
  const judgeRecord = judge(contract)
  let [sound, held, looked] = [0, 0, 0]
  const differences: string[] = []
  for (const [i, row] of rows.entries()) {
    const record = records[i] as Cells
    const verdict = judgeRecord(record)
    const sql = (row._reasons as string[] | null) ?? []
    const tell = (field: string, what: string) => differences.push(`${what} of ${shown(contract, field, record)}`)
    for (const [name, amount] of Object.entries(verdict.amounts)) {
      const inSql = canonical('money', row[name])
      if (inSql !== amount) tell(name, `${name}: SQL ${inSql}, TypeScript ${amount}`)
      else if (amount !== null) looked += 1
    }
    for (const code of sql) if (!verdict.reasons.includes(code)) tell(code.replace(/\..*/, ''), `${code} by SQL alone`)
    for (const code of verdict.reasons)
      if (!sql.includes(code)) tell(code.replace(/\..*/, ''), `${code} by TypeScript alone`)
    if (row._held !== null) held += 1
    const isSound = sql.length === 0 && verdict.reasons.length === 0
    if (isSound) sound += 1
    for (const { name, type } of models[contract.model].fields) {
      if (!isSound && !isRead(contract, name, sql)) continue
      const [inSql, here] = [canonical(type, row[name]), verdict.fields[name] ?? null]
      if (inSql !== here && !('occurrence' in contract.key)) tell(name, `${name}: SQL ${inSql}, TypeScript ${here}`)
    }
  }
  return { sound, held, looked, differences }
}

/** Whether a field of a record that breaks a rule is what its own cell says: no reason names it, and it is made of no other. */
function isRead({ fields, open }: Contract, name: string, reasons: readonly string[]): boolean {
  const isMade = ['gross', 'fee', 'tax', 'net'].includes(name) || open !== undefined
  return !isMade && fields[name] !== undefined && !reasons.some((code) => code.startsWith(`${name}.`))
}

/** The cells that a field is made of; all of them where it is made of others. */
function shown(contract: Contract, field: string, record: Cells): string {
  const rule = contract.fields[field]
  const columns = rule === undefined ? [] : [...rule.columns, ...rule.fallback, rule.debit, rule.credit]
  const names = columns.flatMap((column) =>
    column === null ? [] : ['name' in column ? column.name : `#${column.position}`],
  )
  return JSON.stringify(names.length === 0 ? record : Object.fromEntries(names.map((name) => [name, record[name]])))
}

/** A value as DuckDB shows it, as the model writes it. */
function canonical(type: string, shown: unknown): unknown {
  if (shown === null || shown === undefined) return null
  const text = String(shown)
  if (type === 'money' || type === 'rate') return text.replace(/\.?0+$/, '')
  if (type === 'instant') return `${text.replace(' ', 'T').replace(/\+00$/, '')}Z`
  return type === 'boolean' ? shown : text
}

/** A third of the records is plain, a third a little odd, a third as odd as it gets. */
function recordOf(random: Random): Cells {
  const cells = adversary(random, Math.floor(random() * 3) / 2 || 0.02)
  const { word } = cells
  return {
    id: cells.id(),
    '#1': cells.id(),
    at: cells.time(),
    day: cells.day(),
    time: cells.clock(),
    amount: cells.amount(),
    '#2': cells.amount(),
    fee: cells.amount(),
    priced: cells.priced(),
    sided: cells.sided(),
    tax: cells.amount(),
    net: random() < 0.5 ? '' : cells.amount(),
    qty: cells.count(),
    currency: cells.currency(),
    kind: word(
      ['sale', 'Vente', 'é', 'listed', 'FEE-12'],
      [
        'e\u0301',
        '0',
        '--',
        'n/a',
        'draft',
        ' listed ',
        'Sale',
        '',
        'resale',
        '%x_',
        '%x~',
        'FEE-',
        'fee-1',
        '~',
        'a\ne\ne',
      ],
    ),
    title: cells.title(),
    named: cells.named(),
    yearly: cells.yearly(),
    ...cells.moment(),
    past: cells.past(),
    state: word(['settled', 'pending', 'failed'], ['x', ' settled\t', 'Settled', '', null, 'paid']),
    counted: word(['true', 'FALSE', '1', 'No', 'yes'], ['', 'maybe', '0', null]),
    meta: cells.json(),
    land: word<string | null>(['NG', 'ng', 'Gh'], ['XX', '', null, 'ﬁ', 'U\u017f', '\u0131N', 'NGA', 'n g']),
    side: word(['D', 'DR', 'C'], ['c', '', ' C ', 'X']),
    to: word(['me', 'you'], [' me ', '']),
    from: word<string | null>(['you', 'them'], ['me', null]),
    ...yearless(random),
  }
}

/** Dates without a year, and periods that they may be of. */
function yearless(random: Random): Cells {
  const some = (count: number, from = 0) => String(from + Math.floor(random() * count)).padStart(2, '0')
  const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)] as T
  const odd = () => pick('29/02', '00/01', '31/04', '1/1', '', '12/12/2025')
  const short = random() < 0.1 ? odd() : `${some(28, 1)}/${some(12, 1)}`
  return {
    short,
    clocked: pick(
      `${short} ${some(24)}:${some(60)}`,
      `${short} ${some(25)}:${some(61)}`,
      `${some(31)} ${pick('Jan', 'feb', 'Dec')}`,
    ),
    start: pick<string | null>(
      '2025-12-15',
      '2024-02-10',
      '2025-03-01',
      '01/06/2023',
      '2024-02-29',
      '2025-13-01',
      null,
    ),
    end: pick('2026-01-14', '2024-12-31', '2026-02-28', '2026-03-01', '2024-01-02', '2025-02-28', ''),
  }
}

test('what SQL over the source’s columns gives is not judged in TypeScript', () => {
  const message = "ng/shop: a contract with SQL over the source's columns is judged in SQL alone"
  expect(() => judge(contractOf(sales(), { only: 'id is not null' }))).toThrow(message)
  for (const contract of Object.values(variants)) expect(() => judge(contract)).toThrow(message)
  expect(() => judge(contractOf(sales({ reference: { ...from([]), sql: 'upper(id)' } })))).toThrow(message)
})
