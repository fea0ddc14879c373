import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { quote } from '../contracts/sql-text.ts'
import type { RegionProfile } from '../models/region.ts'
import { type Amount, amountSql, decimalSql } from './amounts.ts'
import type { NamedProfile } from './columns.ts'
import type { FoundCurrency } from './currencies.ts'
import type { Draft, Question } from './draft.ts'
import { readNumbers } from './numbers.ts'
import { symbols } from './symbols.ts'
import type { LoadedTable } from './table.ts'

/** What is known of a file's amounts when their unit is looked for. */
export interface UnitQuestion {
  readonly table: LoadedTable
  readonly columns: readonly NamedProfile[]
  /** Those of the contract. */
  readonly amounts: readonly Amount[]
  readonly currency: Pick<FoundCurrency, 'codes' | 'isNamed'>
  /** Decimals of the currency. */
  readonly exponent: number
  readonly region: RegionProfile
  /** Whether sums close with amounts whose unit is known. */
  readonly isClosed: boolean
}

/** Say whether whole numbers are of the major or the minor unit, where another column tells; ask where nothing does. */
export async function findUnit(found: UnitQuestion, draft: Draft): Promise<void> {
  const { amounts, exponent, isClosed } = found
  const open = [...draft.fields].filter(
    ([field, { rule }]) =>
      ['gross', 'net', 'fee', 'tax'].includes(field) && rule.unit === undefined && rule.value === undefined,
  )
  const isMinor = amounts.some(({ column }) => column.hints.unit === 'minor')
  const hasDecimals = amounts.some(({ reading }) => reading.decimals >= Math.max(1, reading.accepted * 0.1))
  if (
    open.length === 0 ||
    hasDecimals ||
    (isClosed && isMinor) ||
    amounts.every(({ reading }) => reading.accepted === 0)
  )
    return
  // A currency's sign beside a number says what it is a number of.
  if (amounts.every(({ reading }) => reading.style.symbols.length > 0)) return
  if (exponent === 0) return await askForHundredths(found, draft)
  const twin = await twinOf(found)
  if (twin !== null) {
    for (const [field, { rule, evidence }] of open)
      draft.fields.set(field, {
        rule: twin.unit === 'minor' ? { ...rule, unit: 'minor' } : rule,
        evidence: `${evidence}; ${JSON.stringify(twin.column.name)} shows the unit`,
      })
    return
  }
  // A field that another question fills is of the same unit.
  const asked = draft.questions.flatMap(({ candidates }) => candidates.flatMap(({ fields }) => Object.keys(fields)))
  const names = new Set([...open.map(([field]) => field), ...asked.filter((field) => field === 'fee')])
  const few = amounts.some(({ reading }) => reading.hasDecimals)
  draft.questions.push(unitQuestion([...names], few))
}

/** Whether whole numbers are of the major or the minor unit. @param hasDecimals whether a few have decimals */
export function unitQuestion(names: readonly string[], hasDecimals: boolean): Question {
  const fields = (unit: 'major' | 'minor') =>
    Object.fromEntries(names.map((field) => [field, { unit } as FieldRuleYaml]))
  return {
    id: 'unit',
    of: 'file',
    question: 'Are the amounts whole units of the currency, or its smallest unit (kobo, paisa, cents)?',
    evidence: `${hasDecimals ? 'nearly all' : 'all'} amounts are whole numbers, and nothing in the file tells`,
    usual: null,
    candidates: [
      { name: 'major', meaning: '1250 is 1,250.00', fields: fields('major') },
      { name: 'minor', meaning: '1250 is 12.50', fields: fields('minor') },
    ],
  }
}

/** A column that shows an amount once more, with the currency's decimals: `1250` beside `12.50`. */
async function twinOf({ table, columns, amounts, exponent, region }: UnitQuestion) {
  const used = new Set(amounts.map(({ column }) => column.sql))
  for (const column of columns) {
    if (used.has(column.sql) || column.look !== 'number' || column.shapes.length === 0) continue
    const reading = readNumbers(column, exponent, region)
    if (reading.decimals < reading.accepted * 0.5 || reading.certainty !== 'proven') continue
    for (const amount of amounts) {
      const [shown, whole] = [decimalSql({ column, reading }), amountSql(amount)]
      const [row] = await table.query<{ minor: string; major: string; n: string }>(
        `select count(*) filter (shown * ${10 ** exponent} = whole)::varchar as minor, count(*) filter (shown = whole)::varchar as major,
           count(*)::varchar as n
         from (select distinct ${shown} as shown, ${whole} as whole from amount) where shown <> 0 and whole is not null`,
      )
      const [minor, major, all] = [Number(row?.minor), Number(row?.major), Number(row?.n)]
      if (all < 2) continue
      if (minor >= all * 0.95) return { column, unit: 'minor' as const }
      if (major >= all * 0.95) return { column, unit: 'major' as const }
    }
  }
  return null
}

/** So many amounts that all end in two zeros are no prices alone. */
const leastHundreds = 10

/** As hundredths most amounts of a file are no less, in US dollars. */
const leastDollars = 0.2

/**
 * Some programs write hundredths of currencies that have none: where every amount ends in 00 that is asked, unless the file says
 * what its numbers are of, or they would be sums that nobody pays.
 */
async function askForHundredths({ table, amounts, currency }: UnitQuestion, draft: Draft): Promise<void> {
  if (currency.isNamed) return
  const isPlain = amounts.every(
    ({ column, reading }) =>
      'name' in column.ref && column.shapes.every(({ text }) => /^[-\d]*$/.test(text)) && !reading.hasDecimals,
  )
  if (!isPlain || amounts.length === 0) return
  const isRound = amounts.map((amount) => `coalesce(${amountSql(amount)}, 0) % 100 = 0`).join(' and ')
  const first = amountSql(amounts[0] as Amount)
  const [row] = await table.query<{ round: string; n: string; middle: string }>(
    `select count(*) filter (${isRound})::varchar as round, count(*)::varchar as n,
       (median(abs(${first})) filter (${first} <> 0))::varchar as middle from amount`,
  )
  if (Number(row?.n) < leastHundreds || row?.round !== row?.n) return
  const perDollar = symbols().per_dollar[currency.codes[0] as string]
  if (perDollar !== undefined && Number(row?.middle) / 100 < perDollar * leastDollars) return
  const divided = [...draft.fields].flatMap(([field, { rule }]) =>
    ['gross', 'net', 'fee', 'tax'].includes(field) && typeof rule.from === 'string'
      ? [[field, { sql: `regexp_extract(${quote(rule.from)}, '^(-?[0-9]+)00$', 1)` }] as const]
      : [],
  )
  draft.questions.push({
    id: 'unit',
    of: 'file',
    question: 'Are the amounts whole units of the currency, or hundredths of it?',
    evidence: 'every amount ends in 00, and nothing in the file tells',
    usual: null,
    candidates: [
      { name: 'whole', meaning: '125000 is 125,000', fields: {} },
      { name: 'hundredths', meaning: '125000 is 1,250', fields: Object.fromEntries(divided) },
    ],
  })
}
