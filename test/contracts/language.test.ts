import { expect, test } from 'vitest'
import { formatProblem, parseContract } from '../../contracts/language.ts'
import { parseLookup } from '../../contracts/lookup.ts'
import { missingParams, withParams } from '../../contracts/params.ts'
import { contractVersion } from '../../contracts/version.ts'
import { profile, samples } from './samples.ts'

const contractOf = (name: string, text = samples[name] ?? '') => {
  const parsed = parseContract(text, name, profile)
  if ('errors' in parsed) throw new Error(formatProblem(parsed.errors))
  return parsed.contract
}
const wrong = (text: string, name = 'regions/ke/sources/shop.yaml') => {
  const parsed = parseContract(text, name, profile)
  return 'errors' in parsed ? formatProblem(parsed.errors).replaceAll(`${name} `, '').split('\n') : []
}

test('samples are sound', () => {
  for (const name of Object.keys(samples)) expect(contractOf(name).region).toBe('ke')
})

test('a contract takes what it does not say from its region and its kind of file', () => {
  const mpesa = contractOf('regions/ke/sources/mpesa.yaml')
  expect(mpesa).toMatchObject({
    regionZone: 'Africa/Nairobi',
    format: { type: 'csv', delimiter: ',', quote: '"', escape: '"', skipRows: null, header: true, path: null },
    key: { fields: ['transaction_id', 'kind'] },
    checks: [
      { name: 'not_zero', severity: 'warn', sql: 'gross <> 0' },
      { name: 'rows', severity: 'block', rows: { min: 1, max: 100000 } },
      { name: 'fresh', severity: 'warn', maxAgeMs: 26 * 3_600_000 },
    ],
    onNewColumn: 'block',
    fields: {
      currency: { value: 'KES' },
      counted: { map: { true: 'true', false: 'false' } },
      gross: { columns: [], debit: { name: 'Withdrawn' }, credit: { name: 'Paid In' }, nil: ['--', 'N/A'] },
      occurred_at: { fallback: [{ name: 'Initiation Time' }], zone: 'Africa/Nairobi' },
    },
  })
  const wallet = contractOf('regions/ke/sources/mtn_wallet.yaml')
  expect(wallet).toMatchObject({
    key: { occurrence: ['Date', 'Details', 'Amount'] },
    provider: 'mtn_wallet',
    params: { own_account: 'FRI:1/MM' },
    direction: { in: { position: 11 }, out: { name: 'From' }, own: ['FRI:1/MM'] },
    fields: {
      account: { value: 'FRI:1/MM' },
      gross: { columns: [{ position: 17 }], unit: 'major', digits: 'latin', grouping: 'indian' },
      tax: { columns: [{ position: 20 }, { position: 21 }], unit: 'minor', digits: 'bengali' },
      quantity: { columns: [{ name: 'Qty' }] },
    },
  })
  expect(contractOf('regions/ke/sources/store.yaml')).toMatchObject({
    format: { type: 'json', path: 'data.items[]' },
    key: { fields: ['transaction_id'] },
    sign: { column: { name: 'Dr/Cr' }, negative: ['DR', 'D'], positive: ['CR'] },
    fields: {
      gross: { decimal: ',', group: '.', nil: ['none'], sign: { positive: null } },
      net: { decimal: '.', group: '' },
    },
  })
  expect(contractOf('regions/ke/sources/products.yaml')).toMatchObject({
    format: { type: 'ndjson' },
    mode: 'snapshot',
    fields: { currency: { value: 'KES' }, price: { unit: 'minor' } },
  })
})

test('amounts beside the records, and the checks that look at them', () => {
  const bank = contractOf('regions/ke/sources/bank.yaml')
  expect(bank).toMatchObject({
    values: {
      opening: { at: 'beside', label: 'Opening Balance', rule: { columns: [], decimal: '.', group: ',' } },
      closing: {
        ...{ at: 'row', label: 'Closing', column: { name: 'Balance' } },
        rule: { columns: [{ name: 'Balance' }], decimal: ',', group: '.' },
      },
    },
    checks: [
      {
        ...{ name: 'running', severity: 'block', tolerance: '0.01' },
        balance: { rule: { columns: [{ name: 'Balance' }] }, by: ['currency'], order: 'newest_first', shows: 'after' },
      },
      { name: 'closes', severity: 'block', tolerance: '0.5', total: { sum: 'gross', equals: 'closing - opening' } },
    ],
  })
  const plain = 'checks: [{ name: running, balance: { column: 7, of: net } }]\n'
  const name = 'regions/ke/sources/bank.yaml'
  const text = samples[name] ?? ''
  const told = contractOf(name, `${text.slice(0, text.indexOf('values:'))}${plain}`)
  expect(told).not.toHaveProperty('values')
  expect(told.checks).toMatchObject([
    {
      ...{ name: 'running', severity: 'warn', tolerance: '0' },
      balance: { rule: { columns: [{ position: 7 }] }, by: ['account', 'currency'], order: 'found', shows: 'after' },
    },
  ])
  const statement = contractOf('regions/ke/sources/statement.yaml')
  expect(statement.values).toMatchObject({
    opening: { at: 'column', rule: { sign: { column: { name: 'opening_mark' }, negative: ['D'], positive: null } } },
  })
})

test('what is wrong with amounts and their checks', () => {
  const head = (samples['regions/ke/sources/bank.yaml'] ?? '').split('values:')[0] ?? ''
  const name = 'regions/ke/sources/bank.yaml'
  const check = 'checks: [{ name: t, total: { sum: gross, equals: a } }]\n'
  const value = (rule: string) => wrong(`${head}values: { a: ${rule} }\n${check}`, name)
  expect(value('{ beside: X }')).toEqual([])
  expect(value('{}')).toEqual(['line 11, values.a: does not say where it is: from, column, beside, below, or row.'])
  expect(value('{ beside: X, below: Y }')).toEqual(['line 11, values.a: has beside and below; keep one.'])
  expect(value('{ from: X, column: 3 }')).toEqual(['line 11, values.a: has from and column; keep one.'])
  expect(value('{ row: X }')).toEqual(['line 11, values.a: has row without the column: add from, or column.'])
  expect(value('{ below: X, from: Y }')).toEqual(['line 11, values.a.from: means nothing beside below.'])
  expect(value('{ below: X, decimal: ",", group: "," }')).toEqual([
    'line 11, values.a.group: is ",", and so is decimal.',
  ])
  expect(value('{ below: X, sign: { from: S, negative: D } }')).toEqual([
    'line 11, values.a.sign: looks at a column of records, and this amount is in none.',
  ])
  expect(value('{ below: X, debit: Y }')).toEqual(['line 11, values.a.debit: is no key of a.'])
  expect(wrong(`${head}values: { A-b: { below: X } }\n`, name)).toEqual([
    'line 11, values.A-b: is no word of lower-case letters, digits and _.',
  ])
  expect(wrong(`${head}values: { b: { below: X }, a: { from: X } }\n${check}`, name)).toEqual([
    'line 11, values.b: is in no total check.',
  ])
  expect(wrong(`${head}values: { b: { below: X }, a: { from: X } }\n${check.replace('a }', 'a - b }')}`, name)).toEqual(
    [
      'line 12, checks[0].total.equals: has amounts of columns and of labels; those are for each statement, these for the whole file.',
    ],
  )
  expect(wrong(`${head}${check}`, name)).toEqual([
    'line 11, checks[0].total.equals: is "a", which has no amount of values in it.',
  ])
  const bank = (rule: string) => wrong(`${head}checks: [{ name: b, ${rule} }]\n`, name)
  expect(bank('balance: { of: net }')).toEqual(['line 11, checks[0].balance: lacks its column: from, or column.'])
  expect(bank('balance: { from: X, column: 2, of: net }')).toEqual([
    'line 11, checks[0].balance: has from and column; keep one.',
  ])
  expect(bank('balance: { from: X, of: net, by: [acount, net, kind, kind] }')).toEqual([
    'line 11, checks[0].balance.by[0]: is acount, which is no field of transaction. Did you mean "account"?',
    'line 11, checks[0].balance.by[1]: is net, an amount; balances are told apart by accounts, currencies and the like.',
    'line 11, checks[0].balance.by[3]: is kind again.',
  ])
  expect(bank('balance: { from: X, of: net }, tolerance: -0.01')).toEqual([
    'line 11, checks[0].tolerance: is "-0.01", not an amount from 0 on such as 0.01.',
  ])
  expect(bank('rows: { min: 1 }, tolerance: 1')).toEqual([
    'line 11, checks[0].tolerance: means nothing beside rows; it is for balance and total.',
  ])
  expect(bank('balance: { from: X, of: net }, severity: reject')).toEqual([
    'line 11, checks[0].severity: is reject, but this is about the whole file; use warn or block.',
  ])
  expect(bank('balance: { from: X, of: net }, rows: { min: 1 }')).toEqual([
    'line 11, checks[0]: has rows and balance; make each a check of its own.',
  ])
  expect(bank('severity: warn')).toEqual([
    'line 11, checks[0]: says nothing: it has one of sql, rows, max_age, balance, total.',
  ])
  const sta = samples['regions/ke/sources/statement.yaml'] ?? ''
  expect(
    wrong(
      sta.replace('{ from: opening_balance, sign: { from: opening_mark, negative: D } }', '{ beside: X }'),
      'regions/ke/sources/statement.yaml',
    ),
  ).toEqual([
    'line 10, values.opening: is looked for in rows of cells, and mt940 has none; its amounts are columns: from.',
  ])
})

test('values and words keep the text they are written with', () => {
  const contract = contractOf(
    'regions/ke/sources/shop.yaml',
    `source: shop
model: transaction
match: shop/*.tsv
nil: [0.00, 1.10, no, ~tilde]
fields:
  transaction_id: id
  kind: { from: k, map: { 1.0: sale, 007: refund, no: fee, __proto__: tax } }
  local_date: { value: 2026-07-01 }
  gross: { value: 12.50, }
`,
  )
  expect(contract.fields.gross?.value).toBe('12.50')
  expect(contract.fields.local_date?.value).toBe('2026-07-01')
  expect(Object.entries(contract.fields.kind?.map ?? {})).toEqual([
    ['1.0', 'sale'],
    ['007', 'refund'],
    ['no', 'fee'],
    ['__proto__', 'tax'],
  ])
  expect(contract.fields.kind?.nil).toEqual(['0.00', '1.10', 'no', '~tilde'])
  expect(contract.format.delimiter).toBe('\t')
})

test('lists beside the contracts say what words mean', () => {
  const name = 'regions/ke/sources/shop.yaml'
  const lists: Record<string, string> = {
    accounts: 'account,creator\n 007 ,c1\n"a,b",c2\n\n__proto__,c3\n',
    countries: 'land,code\nKenia,KE\nGana,GX\n',
    own: 'account\nme\nus\n',
    twice: 'a,b\nx,1\ny,2\nx,1\n',
    bare: 'a,b\nx,\n',
    wide: 'a,b,c\nx,1,2\n',
    ragged: 'a,b\nx\n',
    empty: 'a,b\n',
    broken: 'a,b\n"x,1\n',
  }
  const lookups = {
    names: Object.keys(lists),
    of: (list: string) => (lists[list] === undefined ? 'is not there' : parseLookup(lists[list])),
  }
  const text = (fields: string, more = '') =>
    `source: shop\nmodel: transaction\nmatch: a.csv\n${more}fields:\n  transaction_id: Id\n  kind: { value: sale }\n  local_date: Day\n  gross: Amount\n  ${fields}\n`
  const read = (fields: string, more?: string) => parseContract(text(fields, more), name, profile, lookups)
  const slip = (fields: string, more?: string) => {
    const parsed = read(fields, more)
    return 'errors' in parsed ? formatProblem(parsed.errors).replace(`${name} `, '') : 'sound'
  }
  const parsed = read('creator_id: { from: Account, lookup: accounts, missing: absent }')
  if ('errors' in parsed) throw new Error(formatProblem(parsed.errors))
  expect(parsed.contract.fields.creator_id?.missing).toBe('absent')
  expect(Object.entries(parsed.contract.fields.creator_id?.map ?? {})).toEqual([
    ['007', 'c1'],
    ['a,b', 'c2'],
    ['__proto__', 'c3'],
  ])
  // Another list is another contract: its files are judged again.
  const before = contractVersion(parsed.contract)
  lists.accounts = lists.accounts?.replace('c2', 'c4') ?? ''
  const after = read('creator_id: { from: Account, lookup: accounts, missing: absent }')
  expect('contract' in after && contractVersion(after.contract) !== before).toBe(true)

  const own = read('fee: { value: 0 }', 'direction: { in: To, out: From, own: { lookup: own } }\n')
  expect('contract' in own && [own.contract.direction?.own, own.contract.templates]).toEqual([['me', 'us'], undefined])
  const two = read('fee: { value: 0 }', 'params: { a: A1, b: B1 }\ndirection: { in: To, out: From, own: [a, b] }\n')
  expect(
    'contract' in two && [two.contract.direction?.own, withParams(two.contract, { b: 'B2' }).direction?.own],
  ).toEqual([
    ['A1', 'B1'],
    ['A1', 'B2'],
  ])

  expect(slip('creator_id: { from: A, lookup: acounts }')).toBe(
    'line 9, fields.creator_id.lookup: is acounts, and lookups/acounts.csv is not there. Did you mean "accounts"?',
  )
  for (const [list, wrong] of [
    ['twice', 'has "x" on line 2 and on line 4'],
    ['bare', 'does not say on line 2 what "x" means'],
    ['wide', 'has 3 columns; the first is a word, the second what it means'],
    ['ragged', 'has 1 cells on line 2, and its header 2'],
    ['empty', 'has no words below a header'],
    ['broken', 'is no CSV: Quote Not Closed: the parsing is finished with an opening quote at line 2'],
  ])
    expect(slip(`creator_id: { from: A, lookup: ${list} }`)).toBe(
      `line 9, fields.creator_id.lookup: is ${list}, and lookups/${list}.csv ${wrong}.`,
    )
  expect(slip('creator_id: { from: A, lookup: own }')).toBe(
    'line 9, fields.creator_id.lookup: is own, which has words alone; a second column says what they mean.',
  )
  expect(slip('counterparty_country: { from: A, lookup: countries }')).toBe(
    'line 9, fields.counterparty_country.lookup: is countries, in which "Gana" means "GX", which is no counterparty_country.',
  )
  expect(slip('creator_id: { from: A, lookup: accounts, map: { x: y } }')).toBe(
    'line 9, fields.creator_id.lookup: and map both say what words mean; keep one.',
  )
  expect(slip('creator_id: { from: A, missing: absent }')).toBe(
    'line 9, fields.creator_id.missing: means nothing without map, patterns or lookup.',
  )
  expect(slip('status: { from: A, map: { ok: settled }, missing: absent }')).toBe(
    'line 9, fields.status.missing: is absent, and status must be there.',
  )
  expect(slip('fee: { from: A, lookup: accounts }')).toBe(
    'line 9, fields.fee.lookup: means nothing for fee, which is money.',
  )
  expect(slip('creator_id: { from: A, lookup: ../../etc/passwd }')).toBe(
    'line 9, fields.creator_id.lookup: is no word of lower-case letters, digits and _.',
  )
  const direction = (own: string) =>
    slip('fee: { value: 0 }', `params: [a]\ndirection: { in: To, out: From, own: ${own} }\n`)
  expect(direction('[a, a, ab]')).toBe(
    `line 5, direction.own[1]: is a again.\n${name} line 5, direction.own[2]: is ab, which is not among params. Did you mean "a"?`,
  )
  expect(direction('{ lookup: owm }')).toBe(
    'line 5, direction.own.lookup: is owm, and lookups/owm.csv is not there. Did you mean "own"?',
  )
  expect(direction('[]')).toBe('line 5, direction.own: is an empty list.')
})

test('params come from the contract or the region, whether they are used or not', () => {
  const head = 'source: mtn_wallet\nmodel: transaction\nmatch: a.csv\n'
  const fields = 'fields: { transaction_id: Id, kind: { value: sale }, local_date: Day, gross: { value: "{year}" } }\n'
  const contract = contractOf(
    'regions/ke/sources/mtn_wallet.yaml',
    `${head}params: { year: 2026, wallet: 007 }\n${fields}`,
  )
  expect(contract.params).toEqual({ year: '2026', wallet: '007' })
  expect(contract.fields.gross?.value).toBe('2026')
  const open = contractOf('regions/ke/sources/mtn_wallet.yaml', `${head}params: [year, wallet]\n${fields}`)
  expect([open.params, missingParams(open)]).toEqual([{}, ['year']])
  expect(withParams(open, { year: '2026' }).fields.gross?.value).toBe('2026')
  expect(missingParams(withParams(open, { year: '2026' }))).toEqual([])
})

test('utf-16 is taken without a word on the byte order', () => {
  const fields = 'fields: { transaction_id: Id, kind: { value: sale }, local_date: Day, gross: Amount }\n'
  const text = `source: shop\nmodel: transaction\nmatch: a.csv\nformat: { type: csv, encoding: utf-16 }\n${fields}`
  expect(contractOf('regions/ke/sources/shop.yaml', text).format.encoding).toBe('utf-16le')
})

test('a net alone tells no gross', () => {
  const head =
    'source: shop\nmodel: transaction\nmatch: a.csv\nfields:\n  transaction_id: Id\n  kind: { value: sale }\n'
  expect(wrong(`${head}  local_date: Day\n  net: Net\n`)).toEqual([
    'line 8, fields.net: does not tell the gross without a fee; add gross, or fee ({ value: 0 } where nothing was taken).',
  ])
  expect(wrong(`${head}  local_date: Day\n  net: Net\n  fee: { value: 0 }\n`)).toEqual([])
})

test('every slip is told at once, in the order of the file, with what was meant', () => {
  expect(
    wrong(`source: paystack
modle: transaction
match: /etc/*.csv
format: { type: cvs }
`),
  ).toEqual([
    'line 1, fields: is missing from a contract.',
    'line 1, source: is paystack, but the file is named shop.yaml. Did you mean "shop"?',
    'line 2, modle: is no key of a contract. Did you mean "model"?',
    "line 3, match: is absolute; it starts below the region's landing folder.",
    'line 4, format.type: is "cvs", not csv, fixed, ndjson, json, excel, html, xml, parquet, arrow, mt940, ofx, camt or bai2. Did you mean "csv"?',
  ])
  expect(
    wrong(`source: shop
model: transaction
match: shop/*.csv
fields:
  transaction_id: { from: Id, unit: minor }
  knd: { value: sale }
  gros: { from: Amount }
  occurred_at: { from: At, format: DD/MM/YYYY, zone: Africa/Lagoss }
  fee: { from: Fee, decimal: "," }
  creator_id: { from: M, json: creator }
`),
  ).toEqual([
    'line 5, fields.transaction_id.unit: means nothing for transaction_id, which is text.',
    'line 6, fields.knd: is no field of transaction. Did you mean "kind"?',
    'line 7, fields.gros: is no field of transaction. Did you mean "gross"?',
    'line 8, fields.occurred_at.format: tells no hour, and occurred_at is a time; a date alone is local_date.',
    'line 8, fields.occurred_at.zone: is "Africa/Lagoss", which is no IANA time zone. Did you mean "Africa/Lagos"?',
    'line 9, fields.fee.decimal: is ",", and so is group where it is not given; give it here too.',
    'line 10, fields.creator_id.json: is "creator", not a path such as $.creator_id or $.items[0].id.',
  ])
})

test('what a time is in fits together', () => {
  const slips = (rule: string, field = 'occurred_at') =>
    wrong(
      `source: shop\nmodel: transaction\nmatch: a.csv\nfields:\n  transaction_id: Id\n  kind: { value: sale }\n  gross: Amount\n  ${field}: { from: At, ${rule} }\n`,
    )
  const at = 'line 8, fields.occurred_at'
  expect(slips('format: X')).toEqual([])
  expect(slips('format: "X Z"')).toEqual([`${at}.format: has more than X in "X Z"; a count since 1970 stands alone.`])
  expect(slips('format: x', 'local_date')).toEqual([
    'line 8, fields.local_date.format: tells an offset, and local_date is a date.',
  ])
  expect(slips('format: "D[1]M/YYYY HH:mm"')).toEqual([
    `${at}.format: has one or two digits right before others in "D[1]M/YYYY HH:mm"; write two letters.`,
  ])
  expect(slips('format: "dddd DD/MM/YYYY ddd HH"')).toEqual([
    `${at}.format: tells the weekday twice in "dddd DD/MM/YYYY ddd HH".`,
  ])
  expect(slips('language: [fr, fx]')).toEqual([
    expect.stringMatching(
      /^line 8, fields\.occurred_at\.language\[1\]: is "fx", in which no names of months are known; it is a code such as fr, of af am ar .* zu\. Did you mean "f[ar]"\?$/,
    ),
  ])
  expect(slips('format: "MMMYYYY DD HH:mm", language: vi')).toEqual([
    `${at}.format: has digits right behind MMM in "MMMYYYY DD HH:mm", and the names end in digits.`,
  ])
  expect(slips('format: "MMMYYYY DD HH:mm", language: fr')).toEqual([])
  expect(slips('calendar: buddhist')).toEqual([
    `${at}.calendar: is buddhist, and without a format times are ISO 8601, which is gregorian.`,
  ])
  expect(slips('calendar: persian, format: "D MMM YYYY HH:mm"')).toEqual([
    `${at}.format: has MMM, and no month names of the calendar persian are known; it takes MM or M.`,
  ])
  expect(slips('zone: { map: { PST: "-08:00" } }')).toEqual([
    `${at}.zone: lacks its column: from, or column, or z in the format.`,
  ])
  expect(slips('format: "DD/MM/YYYY HH:mm z", zone: { map: { PST: "-08:00" } }')).toEqual([])
  expect(slips('format: "DD/MM/YYYY HH:mm z", zone: { from: TZ, map: { PST: "-08:00" } }')).toEqual([
    `${at}.zone: has a column, and the format has z, the word in the time; keep one.`,
  ])
  expect(slips('format: "DD/MM/YYYY HH:mm z", zone: UTC')).toEqual([
    `${at}.format: has z, a word for a zone, and no zone says what the words mean: zone: { map: { PST: "-08:00" } }.`,
  ])
  expect(slips('agrees: { from: U, format: "DD/MM/YYYY HH:mm z" }')).toEqual([
    `${at}.agrees.format: has z, a word for a zone, and no zone says what the words mean: zone: { map: { PST: "-08:00" } }.`,
  ])
  expect(slips('format: "DD/MM/YYYY HH:mm z", zone: { map: { PST: "-08:00" } }', 'local_date')).toContain(
    'line 8, fields.local_date.format: tells an offset, and local_date is a date.',
  )
  expect(slips('zone: { from: A, column: 2, map: { PST: "-08:00" } }')).toEqual([
    `${at}.zone: has from and column; keep one.`,
  ])
  expect(slips('zone: { from: TZ, map: { PST: "-8", EST: -5, CET: "+24:00" } }')).toEqual([
    `${at}.zone.map.PST: is not an offset such as -08:00.`,
    `${at}.zone.map.EST: is not an offset such as -08:00.`,
    `${at}.zone.map.CET: is not an offset such as -08:00.`,
  ])
  expect(slips('zone: [UTC]')).toEqual([
    `${at}.zone: is a list, not a zone such as Africa/Lagos, or { from: column, map: { PST: "-08:00" } }.`,
  ])
  expect(slips('agrees: { format: X }')).toEqual([`${at}.agrees: lacks its column: from, or column.`])
  expect(slips('agrees: { from: U, format: "X Y", zone: Lagos }')).toEqual([
    `${at}.agrees.format: has "Y"; it is made of YYYY YY MMMM MMM MM M DD D dddd ddd HH H hh h mm ss SSSSSS SSS A Z z X x, other letters stand in [ ].`,
    `${at}.agrees.zone: is "Lagos", which is no IANA time zone.`,
  ])
  expect(slips('agrees: { from: Day, format: DD/MM/YYYY }')).toEqual([])
  expect(
    wrong(
      'source: shop\nmodel: transaction\nmatch: a.csv\nlanguage: en\nfields:\n  transaction_id: Id\n  kind: { value: sale }\n  local_date: { value: 2026-07-01, agrees: { from: U } }\n  gross: Amount\n',
    ),
  ).toEqual(['line 8, fields.local_date.agrees: means nothing beside value.'])
})

test('names are in the languages of the region, where the contract says nothing', () => {
  const text = (more: string) =>
    `source: shop\nmodel: transaction\nmatch: a.csv\n${more}fields: { transaction_id: Id, kind: { value: sale }, local_date: { from: Day, format: D MMM YYYY }, gross: Amount }\n`
  const languagesOf = (more: string) => {
    const parsed = parseContract(text(more), 'regions/cm/sources/shop.yaml', { ...profile, languages: ['fr', 'en'] })
    return 'contract' in parsed ? parsed.contract.fields.local_date?.languages : parsed.errors
  }
  expect(languagesOf('')).toEqual(['fr', 'en'])
  expect(languagesOf('language: sw\n')).toEqual(['sw'])
})

test('a second text has what it does not say from the first', () => {
  const text = `source: shop
model: transaction
match: a.csv
language: fr
zone: Africa/Accra
nil: ["-"]
fields:
  transaction_id: Id
  kind: { value: sale }
  gross: Amount
  occurred_at:
    from: [Date, Time]
    format: D MMM YYYY HH:mm
    zone: { column: 3, map: { " HE ": "-05:00" } }
    digits: arabic
    agrees: { column: 9, format: [X, "DD/MM/YYYY"], calendar: buddhist }
`
  const { occurred_at } = contractOf('regions/ke/sources/shop.yaml', text).fields
  expect(occurred_at).toMatchObject({
    formats: ['D MMM YYYY HH:mm'],
    zone: 'Africa/Accra',
    zoneWords: { column: { position: 3 }, offsets: { HE: '-05:00' } },
    languages: ['fr'],
    calendar: 'gregorian',
    agrees: {
      columns: [{ position: 9 }],
      formats: ['X', 'DD/MM/YYYY'],
      zone: 'Africa/Accra',
      zoneWords: null,
      languages: ['fr'],
      calendar: 'buddhist',
      digits: 'arabic',
      nil: ['-'],
      agrees: null,
    },
  })
})

test('patterns can be reached, and what is taken of a text is one group', () => {
  const slips = (rule: string) =>
    wrong(
      `source: shop\nmodel: transaction\nmatch: a.csv\nfields:\n  transaction_id: Id\n  local_date: Day\n  gross: Amount\n  kind: { from: Type, ${rule} }\n`,
    )
  expect(slips('patterns: { "FEE-*": fee, "*": transfer }')).toEqual([])
  expect(slips('patterns: { FEE: fee, "*": transfr, "P*": payout, "* ": payout }')).toEqual([
    'line 8, fields.kind.patterns.FEE: has no *; a word alone belongs under map.',
    'line 8, fields.kind.patterns["*"]: is "transfr", which is no kind; it is sale, refund, chargeback, fee, tax, payout, transfer or adjustment. Did you mean "transfer"?',
    'line 8, fields.kind.patterns["P*"]: is behind "*", which takes every word.',
    'line 8, fields.kind.patterns["* "]: is the same pattern as "*".',
  ])
  expect(slips('extract: "([A-Z]+)-([0-9]+)"')).toEqual([
    'line 8, fields.kind.extract: has 2 groups in ( ); it has one.',
  ])
  expect(slips('extract: "(?<=-)([0-9]+)"')).toEqual([
    'line 8, fields.kind.extract: has (?…; only (?: ) is known: no look-around, names or flags.',
  ])
})

test('what stands beside a number can be told from it', () => {
  const head =
    'source: shop\nmodel: transaction\nmatch: a.csv\nsymbols: ["$", "1$"]\nfields:\n  transaction_id: Id\n  kind: { value: sale }\n  local_date: Day\n'
  const slips = (gross: string, more = '') =>
    wrong(`${head.replace(', "1$"', '')}  gross: { from: Amount, ${gross} }\n${more}`)
  expect(wrong(`${head}  gross: Amount\n`)).toEqual([
    'line 4, symbols[1]: is "1$", which can not stand beside a number: it has a digit.',
  ])
  const beside = 'which can not stand beside a number: it'
  expect(slips('symbols: ["$", "$", "-", "\'", ",", ".-", "  "]')).toEqual([
    'line 9, fields.gross.symbols[1]: is "$" again.',
    `line 9, fields.gross.symbols[2]: is "-", ${beside} has a plus, minus or parenthesis.`,
    `line 9, fields.gross.symbols[3]: is "'", ${beside} has a quote.`,
    `line 9, fields.gross.symbols[4]: is ",", ${beside} has a mark of numbers.`,
    `line 9, fields.gross.symbols[5]: is ".-", ${beside} has a plus, minus or parenthesis.`,
    `line 9, fields.gross.symbols[6]: is "  ", ${beside} is only spaces.`,
  ])
  expect(slips('symbols: .Rs')).toEqual([`line 9, fields.gross.symbols: is ".Rs", ${beside} has a mark of numbers.`])
  expect(slips('sides: { credit: [CR, "$"], debit: CR }')).toEqual([
    'line 9, fields.gross.sides.credit[1]: is "$", which symbols has too.',
    'line 9, fields.gross.sides.debit: is "CR", which credit has too.',
  ])
  expect(slips('sides: { credit: CR }')).toEqual([
    'line 9, fields.gross.sides: tells no debit; give its words, or bare: debit for numbers without a word.',
  ])
  expect(slips('sides: { debit: DR, bare: debit }')).toEqual([
    'line 9, fields.gross.sides: tells no credit; give its words, or bare: credit for numbers without a word.',
  ])
  expect(slips('sides: { debit: DR, bare: credit }')).toEqual([])
  expect(slips('sides: { credit: CR, debit: DR }', 'sign: { from: DC, negative: D }\n')).toEqual([
    'line 9, fields.gross.sides: tells the side, and so does sign; keep one.',
  ])
  expect(slips('negate: true', 'params: [own]\ndirection: { in: To, out: From, own: own }\n')).toEqual([
    'line 9, fields.gross.negate: means nothing for gross beside direction, which signs it.',
  ])
  expect(wrong(`${head.replace(', "1$"', '')}  gross: { debit: Out, credit: In, negate: true }\n`)).toEqual([
    'line 9, fields.gross.negate: means nothing beside debit and credit.',
  ])
})

test('a rate alone can be the other way round', () => {
  const fx = (usd_rate: string) =>
    wrong(`source: shop\nmodel: fx_rate\nmatch: a.csv\nfields:\n  date: d\n  currency: c\n  usd_rate: ${usd_rate}\n`)
  expect(fx('{ from: Rate, invert: true }')).toEqual([])
  expect(fx('{ value: 2, invert: true }')).toEqual(['line 7, fields.usd_rate.invert: means nothing beside value.'])
  expect(fx('{ from: Rate, invert: 1 }')).toEqual(['line 7, fields.usd_rate.invert: is not true or false.'])
  expect(
    wrong(
      'source: shop\nmodel: product\nmatch: a.csv\nfields:\n  product_id: i\n  creator_id: c\n  title: t\n  price: { from: p, invert: true }\n',
    ),
  ).toEqual(['line 8, fields.price.invert: means nothing for price, which is money.'])
})

test('what a model needs is asked for', () => {
  const head = 'source: shop\nmodel: transaction\nmatch: shop/*.csv\n'
  expect(wrong(`${head}fields: { fee: Fee }\n`)).toEqual([
    'line 4, fields: lacks transaction_id, which a transaction needs.',
    'line 4, fields: lacks kind, which a transaction needs.',
    'line 4, fields: lacks occurred_at or local_date, which a transaction needs.',
    'line 4, fields: lacks gross or net, which a transaction needs.',
  ])
  expect(wrong('source: shop\nmodel: fx_rate\nmatch: fx.csv\nfields: { date: d, usd_rate: r }\n')).toEqual([
    'line 4, fields: lacks currency, which a fx_rate needs.',
  ])
})

test('SQL over the source’s columns is kept with its columns, and stands alone in its field', () => {
  const contract = contractOf('regions/ke/sources/recon.yaml')
  expect(contract.only).toBe(`"Line Type" <> 'SUBTOTAL'`)
  expect(contract.fields.status).toMatchObject({ columns: [], nil: ['none'] })
  expect(contract.fields.status?.sql).toMatch(/^case when Balance is null/)
  expect(contractOf('regions/ke/sources/store.yaml')).not.toHaveProperty('only')
  const head = 'source: shop\nmodel: transaction\nmatch: shop/*.csv\nformat: { header: false }\n'
  const fields = 'fields:\n  transaction_id: column1\n  kind: { value: sale }\n  local_date: column2\n'
  expect(
    wrong(`${head}only: Kind = 'x'\n${fields}  gross: { sql: column3, from: column4 }
  reference: { sql: lower(column5), json: $.a }
  account: { sql: "'a'" }
  product_id: { sql: lower(Product) }
`),
  ).toEqual([
    'line 5, only: names "Kind", but without a header columns are column1, column2, ….',
    'line 10, fields.gross: comes from from and sql; keep one.',
    'line 11, fields.reference.json: means nothing beside sql.',
    'line 12, fields.account.sql: names no column of the file.',
    'line 13, fields.product_id.sql: names "Product", but without a header columns are column1, column2, ….',
  ])
})

test('open questions are resolved by every choice of answers', () => {
  const { open, fields, sign } = contractOf('regions/ke/sources/recon.yaml')
  expect(open?.questions).toEqual([
    {
      id: 'occurred_at.order',
      question: 'Is 03/04/2026 the third of April or the fourth of March?',
      of: 'record',
      candidates: ['day-first', 'month-first'],
    },
    { id: 'sign', question: 'Which side is out?', of: 'record', candidates: ['as it is', 'by the side'] },
  ])
  const bySide = { column: { name: 'Side' }, negative: ['D'], positive: null }
  expect(open?.tracks).toMatchObject([
    { choices: ['day-first', 'as it is'], fields: { occurred_at: { formats: ['DD/MM/YYYY HH:mm'] } }, sign: null },
    { choices: ['day-first', 'by the side'], sign: bySide },
    { choices: ['month-first', 'as it is'], fields: { occurred_at: { formats: ['MM/DD/YYYY HH:mm'] } }, sign: null },
    {
      choices: ['month-first', 'by the side'],
      fields: { occurred_at: { columns: [{ name: 'At' }] }, fee: { columns: [{ name: 'Fee' }] } },
      sign: bySide,
    },
  ])
  expect(open?.tracks.map((track) => Object.keys(track.fields).sort())).toEqual([
    ['occurred_at'],
    ['fee', 'occurred_at'],
    ['occurred_at'],
    ['fee', 'occurred_at'],
  ])
  expect([fields.occurred_at?.formats, sign]).toEqual([['DD/MM/YYYY HH:mm'], null])
})

test('a candidate is put over a rule key by key; where it says where the value comes from, the rule’s own way is left', () => {
  const text = `source: shop
model: transaction
match: shop/*.csv
params: [own]
fields: { transaction_id: Id, kind: { value: sale }, local_date: { from: Day, format: DD/MM/YYYY } }
open:
  - id: amount
    question: Which column?
    candidates:
      one: { gross: { from: Amount, nil: "-" } }
      two: { gross: { debit: Out, credit: In }, account: { value: "{own}" } }
      day: { gross: Total, local_date: { column: 3 }, reference: { sql: lower(Ref) } }
`
  const contract = contractOf('regions/ke/sources/shop.yaml', text)
  expect(missingParams(contract)).toEqual(['own'])
  const tracks = withParams(contract, { own: 'me' }).open?.tracks ?? []
  expect(tracks.map(({ fields }) => fields)).toMatchObject([
    { gross: { columns: [{ name: 'Amount' }], nil: ['-'] }, local_date: { columns: [{ name: 'Day' }] } },
    { gross: { columns: [], debit: { name: 'Out' } }, account: { value: 'me' } },
    {
      gross: { columns: [{ name: 'Total' }] },
      local_date: { columns: [{ position: 3 }], formats: ['DD/MM/YYYY'] },
      reference: { sql: 'lower(Ref)' },
    },
  ])
  expect(tracks[0]?.fields).not.toHaveProperty('account')
})

test('what is wrong in open questions is told where it stands', () => {
  const head = `source: shop
model: transaction
match: shop/*.csv
fields: { transaction_id: Id, kind: { value: sale }, occurred_at: { from: At } }
open:
`
  const question = (id: string, candidates: string) => `  - { id: ${id}, question: What?, candidates: ${candidates} }\n`
  const amount = question('amount', '{ one: { gross: Amount }, two: { gross: { from: Total } } }')
  expect(wrong(head + amount)).toEqual([])
  expect(wrong(`${head}${amount}${question('amount', '{ a: {}, b: { fee: Fee } }')}`)).toEqual([
    'line 7, open[1].id: is amount again.',
  ])
  expect(wrong(head + question('Amount', '{ a: { gross: A }, b: { gross: B } }'))).toEqual([
    'line 6, open[0].id: is no word of lower-case letters, digits, dots, dashes and _.',
  ])
  expect(wrong(head + question('a', '{ a: { gross: A } }'))).toEqual([
    'line 6, open[0].candidates: has one answer, and a question is open where there are two or more.',
  ])
  expect(wrong(head + question('a', '{ a: { gross: A }, b: { gross: { from: A } } }'))).toEqual([
    'line 6, open[0].candidates.b: says the same as "a".',
  ])
  expect(wrong(head + amount + question('more', '{ a: {}, b: { gross: { column: 3 } } }'))).toEqual([
    'line 7, open[1].candidates.b.gross.column: is what the question amount is about too; make them one question.',
  ])
  const many = ['creator_id', 'account', 'product_id', 'reference']
  const questions = many.map((field) => question(field, `{ a: {}, b: { ${field}: B } }`)).join('')
  expect(wrong(head + amount + questions)).toEqual([
    'line 5, open: makes 32 readings of each record, and 16 are the most: answer a question first.',
  ])
  expect(wrong(head + amount + questions.split('\n').slice(1).join('\n'))).toEqual([])
  expect(
    wrong(
      head +
        question(
          'a',
          '{ a: { gros: A, occurred_at: { format: DD/MM/YYYY } }, b: { gross: { from: B, unit: minro } } }',
        ),
    ),
  ).toEqual([
    'line 6, open[0].candidates.a.gros: is no field of transaction. Did you mean "gross"?',
    'line 6, open[0].candidates.b.gross.unit: is "minro", not major or minor. Did you mean "minor"?',
  ])
  expect(
    wrong(
      head +
        question('a', '{ a: { gros: A, occurred_at: { format: DD/MM/YYYY } }, b: { gross: { from: B, map: {} } } }'),
    ),
  ).toEqual(['line 6, open[0].candidates.a.gros: is no field of transaction. Did you mean "gross"?'])
  expect(
    wrong(
      head +
        question('a', '{ a: { gross: A, occurred_at: { format: DD/MM/YYYY } }, b: { gross: { from: B, map: {} } } }'),
    ),
  ).toEqual([
    'line 6, open[0].candidates.a.occurred_at.format: tells no hour, and occurred_at is a time; a date alone is local_date.',
    'line 6, open[0].candidates.b.gross.map: means nothing for gross, which is money.',
  ])
  expect(wrong(head + question('a', '{ a: { gross: A }, b: { fee: F } }'))).toEqual([
    'line 4, fields: lacks gross or net, which a transaction needs.',
  ])
  expect(wrong(head + amount + question('s', '{ a: {}, b: { direction: { in: To, out: From, own: me } } }'))).toEqual([
    'line 7, open[1].candidates.b.direction.own: is me, which is not among params.',
  ])
})

test('text that is no contract at all gives one error', () => {
  expect(wrong('')).toEqual(['line 1: is empty.'])
  expect(wrong('- source: shop\n')).toEqual(['line 1: is a list, not a map.'])
  expect(wrong('source: shop\nmatch: [a\nfields: {}\n')[0]).toMatch(/^line 3, fields: is no YAML: flow sequence/)
  expect(wrong('source: shop\nsource: shop\n')).toEqual(['line 2, source: is there twice in one map.'])
  expect(wrong('source: &s shop\n')).toEqual(['line 1, source: has the anchor &s; anchors are not read, write it out.'])
  expect(wrong('source: !!js/function x\n')[0]).toMatch(/^line 1, source: /)
  expect(wrong(`a: &a [x]\n${Array.from({ length: 30 }, (_, i) => `b${i}: *a`).join('\n')}`)).toHaveLength(1)
  expect(wrong(`x: ${'['.repeat(60_000)}`)).toEqual(['line 1: is nested too deeply to be read.'])
  expect(wrong(`x: ${'['.repeat(40)}${']'.repeat(40)}`)[0]).toMatch(/: is nested more than 16 deep\.$/)
  expect(wrong(`# ${'x'.repeat(300_000)}`)).toEqual(['line 1: is larger than 256 KiB, so it is not read.'])
  expect(wrong('source: shop\n---\nmodel: x\n')).toEqual([
    'line 2, source: is followed by a second document; one file holds one.',
  ])
})

test('the version names the verdicts, not the style of the file', () => {
  const name = 'regions/ke/sources/products.yaml'
  const text = samples[name] ?? ''
  const version = contractVersion(contractOf(name))
  expect(version).toMatch(/^[0-9a-f]{64}$/)
  const restyled = `# a comment\n${text.replace('mode: snapshot\n', '').replace('fields:', 'mode: "snapshot"\nfields:').replace('{ from: id }', 'id')}`
  expect(contractVersion(contractOf(name, restyled))).toBe(version)
  expect(contractVersion(contractOf(name, text.replace('minor', 'major')))).not.toBe(version)
})

test('kinds of records and entries are whole contracts, with the rules above them and their own', () => {
  const ledger = contractOf('regions/ke/sources/ledger.yaml')
  expect(ledger.variants).toMatchObject({
    of: 'record',
    list: [
      {
        name: 'sale',
        when: "Type = 'SALE'",
        sign: null,
        fields: { kind: { value: 'sale' }, gross: { unit: 'major' } },
      },
      {
        ...{ name: '2', when: 'Type is null', sign: { column: { name: 'Side' }, negative: ['D'] } },
        fields: {
          gross: { columns: [{ name: 'Amount' }], unit: 'minor' },
          transaction_id: { columns: [{ name: 'Id' }] },
        },
      },
    ],
  })
  expect(Object.keys(ledger.fields)).toEqual(expect.arrayContaining(['transaction_id', 'gross', 'kind', 'fee']))
  const exchange = contractOf('regions/ke/sources/exchange.yaml')
  expect(exchange.variants).toMatchObject({
    of: 'entry',
    list: [
      { name: 'sold', when: null, fields: { currency: { columns: [{ name: 'From' }] } } },
      { name: 'bought', when: '"To" is not null', fields: { transaction_id: { sql: `"Id" || '-bought'` } } },
    ],
  })
  const text = samples['regions/ke/sources/exchange.yaml'] ?? ''
  const versions = [text, text.replace("-bought'", "-got'"), text.replace(/ {4}when: .*\n/, '')].map((of) =>
    contractVersion(contractOf('regions/ke/sources/exchange.yaml', of)),
  )
  expect(new Set(versions).size).toBe(3)
})

test('a kind of records may give the value of a param', () => {
  const name = 'regions/ke/sources/ledger.yaml'
  const text = (samples[name] ?? '').replace('match: ledger/*.csv', 'match: ledger/{till}/*.csv\nparams: [till]')
  const contract = contractOf(
    name,
    text.replace('kind: { value: sale }', 'kind: { value: sale }\n      account: { value: "till {till}" }'),
  )
  expect(missingParams(contract)).toEqual(['till'])
  const given = withParams(contract, { till: '7' })
  expect(given.variants?.list.map(({ fields }) => fields.account?.value)).toEqual(['till 7', undefined])
  expect(given.fields.account?.value).toBe('till 7')
})

test('headings, joined lines and years keep their order, and are part of the version', () => {
  const branches = contractOf('regions/ke/sources/branches.yaml')
  expect(branches.sections).toEqual([
    { column: 'Branch', pattern: '^Branch: (.+)$' },
    { column: 'Account', pattern: '^Account: ([0-9]+)' },
  ])
  const turned = (samples['regions/ke/sources/branches.yaml'] ?? '').replace(
    /( {2}Branch: .*\n)( {2}Account: .*\n)/,
    '$2$1',
  )
  const [was, is] = [branches, contractOf('regions/ke/sources/branches.yaml', turned)].map(contractVersion)
  expect(is).not.toBe(was)
  expect(contractOf('regions/ke/sources/lines.yaml').join).toEqual({
    by: ['Transaction ID'],
    main: "Line = 'TRANSACTION'",
    parts: [
      { name: 'Fee Amount', when: "Line = 'FEE'", column: { name: 'Amount' } },
      { name: 'VAT Amount', when: "Line = 'VAT'", column: { name: 'Amount' } },
    ],
  })
  const short = contractOf('regions/ke/sources/short.yaml')
  expect(short.fields.local_date?.year).toEqual({ value: '2026' })
  expect(missingParams(short)).toEqual(['since'])
  expect(withParams(short, { since: '20251201' }).fields.occurred_at?.year).toMatchObject({
    from: { value: '20251201', formats: ['YYYYMMDD', 'D MMMM YYYY'] },
    to: { value: null, columns: [{ name: 'Period End' }] },
  })
})
