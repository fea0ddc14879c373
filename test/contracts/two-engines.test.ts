import { expect, test } from 'vitest'
import { checkAmounts } from '../../contracts/check-amounts.ts'
import type { Contract, FieldRule, Variant } from '../../contracts/contract.ts'
import { judge } from '../../contracts/judge.ts'
import { cleaned } from '../../contracts/judge-text.ts'
import { variantsOf } from '../../contracts/variants.ts'
import { models } from '../../models/index.ts'
import { isSlow, runSeed } from '../readers/seed.ts'
import { contractOf, from, sales } from './contracts.ts'
import { seeded } from './draw.ts'
import { contracts, recordOf } from './every-part.ts'
import { type Cells, runCompiled } from './run.ts'

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
  "side <> 'C'": ({ side }) => ![null, 'C'].includes(cleaned(side ?? null)),
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
          variant('c', "side <> 'C'", sales({ gross: from('fee'), fee: from('tax') })),
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

test('what SQL over the source’s columns gives is not judged in TypeScript', () => {
  const message = "ng/shop: a contract with SQL over the source's columns is judged in SQL alone"
  expect(() => judge(contractOf(sales(), { only: 'id is not null' }))).toThrow(message)
  for (const contract of Object.values(variants)) expect(() => judge(contract)).toThrow(message)
  expect(() => judge(contractOf(sales({ reference: { ...from([]), sql: 'upper(id)' } })))).toThrow(message)
})
