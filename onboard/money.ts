import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal } from '../contracts/sql-text.ts'
import { currencies, currencyOfNumeric } from '../models/currency.ts'
import {
  type Amount,
  amountSql,
  balanceCloses,
  findFees,
  findLedger,
  findRelation,
  findTaxed,
  loadAmounts,
  type Relation,
  sumText,
} from './amounts.ts'
import { meaning, type NamedProfile, type Surroundings, strengthOf } from './columns.ts'
import type { Draft, Question } from './draft.ts'
import { markNames, type NumberStyle, otherwise, readNumbers } from './numbers.ts'
import type { LoadedTable } from './table.ts'
import { findUnit } from './unit.ts'
import { currenciesOf, sideOf } from './vocabulary.ts'

/** What is known of the file's money when its other fields are looked for. */
export interface Money {
  /** What a record moves, as SQL, signed where the file signs it; for evidence. */
  readonly movement: string
  /** A running balance closes by that movement. */
  readonly isStatement: boolean
  /** How the sign is told. */
  readonly signed: 'cells' | 'sides' | 'marker' | 'direction' | 'none'
  readonly balance: Amount | null
  /** Where a word for nothing is 0 as gross: records may have no amount at all. */
  readonly silent: { readonly gross: Amount; readonly net: Amount | null } | null
}

/** Find which columns hold money, how it is written, signed, and in which currency and unit; null where there is none. */
export async function findMoney(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
  { region }: Surroundings,
): Promise<Money | null> {
  const currency = findCurrency(table, columns, region.currency)
  const exponent = Math.max(...currency.codes.map((code) => currencies.get(code)?.exponent ?? 2))
  const read = (column: NamedProfile): Amount => ({ column, reading: readNumbers(column, exponent, region) })
  const numbers = columns.filter(isAmountLike)
  const of = (...wanted: Parameters<typeof strengthOf>[1][]) =>
    meaning(numbers, ...wanted)
      .slice(0, 4)
      .map(read)
  const amounts: Amounts = {
    ...{ debits: of('debit'), credits: of('credit'), balances: of('balance') },
    ...{ grosses: of('gross', 'amount'), nets: of('net'), fees: of('fee'), taxes: of('tax') },
  }
  const named = await summed(table, columns, amounts)
  const isTold = named.relation !== null || named.sides !== null || named.closed >= 0.6
  const ledger =
    isTold || numbers.every(({ sql }) => isUsed(named, sql)) ? null : await ledgerOf(table, numbers.map(read), named)
  const { grosses, nets, fees, taxes, balance, sides, sideSql, relation } =
    ledger === null ? (isTold ? named : await summed(table, columns, amounts)) : await summed(table, columns, ledger)
  const put = new Writer(draft, region)
  const unit = (isClosed: boolean) =>
    findUnit({ table, columns, amounts: put.amounts, exponent, region, isClosed }, draft)
  putCurrency(draft, currency)
  if (relation !== null) {
    const marker = markerOf(columns)
    const isNilZero = await nilMeansZero(table, relation)
    put.relation(relation, sides, marker, isNilZero)
    await unit(true)
    const signed = relation.gross.reading.hasNegatives
      ? 'cells'
      : sides !== null
        ? 'sides'
        : marker !== null
          ? 'marker'
          : 'none'
    const silent = isNilZero ? { gross: relation.gross, net: relation.net } : null
    return { movement: amountSql(relation.gross), isStatement: false, signed, balance, silent }
  }
  if (sides !== null && sideSql !== null) {
    const closing = balance && (await balanceCloses(table, balance, sideSql))
    const isStatement = closing !== null && closing.compared > 0 && closing.share >= 0.7
    put.sides(sides, fees[0] ?? null, isStatement)
    await unit(isStatement)
    return { movement: sideSql, isStatement, signed: 'sides', balance, silent: null }
  }
  const gross = grosses[0] ?? nets[0]
  if (gross === undefined) return null
  // A fee beside a net that it does not make is not the whole of what was taken.
  const contradicting = nets.find(
    ({ column, reading }) => column !== gross.column && reading.accepted >= table.rows * 0.5,
  )
  const several = await severalFees(table, fees)
  const fee = contradicting === undefined && several === null ? (fees[0] ?? null) : null
  if (contradicting !== undefined && fees[0] !== undefined)
    draft.notes.push(
      `fee: ${JSON.stringify(fees[0].column.name)} does not make ${JSON.stringify(contradicting.column.name)} of ${JSON.stringify(gross.column.name)}; what was taken is left unknown.`,
    )
  const rest = fees.length === 0 && taxes.length === 0 ? await restOf(table, gross, nets) : null
  if (contradicting === undefined && several !== null) put.askForFees(several)
  const money = await put.amount(table, gross, fee, taxes[0] ?? null, rest, balance, columns)
  await unit(money.isStatement && (balance?.reading.hasDecimals ?? false))
  return money
}

/** The columns of a file that can be amounts, by what their names say; the likeliest first. */
interface Amounts {
  readonly debits: readonly Amount[]
  readonly credits: readonly Amount[]
  readonly balances: readonly Amount[]
  readonly grosses: readonly Amount[]
  readonly nets: readonly Amount[]
  readonly fees: readonly Amount[]
  readonly taxes: readonly Amount[]
}

const isUsed = ({ debits, credits, balances, grosses, nets, fees, taxes }: Amounts, sql: string): boolean =>
  [debits, credits, balances, grosses, nets, fees, taxes].some((list) => list.some(({ column }) => column.sql === sql))

/** Where names tell too little: the columns by what a running balance proves of them. */
async function ledgerOf(
  table: LoadedTable,
  numbers: readonly Amount[],
  { fees, taxes }: Amounts,
): Promise<Amounts | null> {
  const all = numbers.filter(({ column }) => column.filled > 0)
  await loadAmounts(table, all)
  const ledger = await findLedger(table, all)
  if (ledger === null) return null
  const { balance, debit, credit } = ledger
  const none = { debits: [], credits: [], grosses: [], nets: [], balances: [balance], fees, taxes }
  return debit === null ? { ...none, grosses: [credit] } : { ...none, debits: [debit], credits: [credit] }
}

/** How the amounts of a file belong together. */
interface Summed extends Amounts {
  /** Share of the records whose sums close. */
  readonly closed: number
  readonly balance: Amount | null
  readonly sides: Sides | null
  /** What the columns for money in and out come to. */
  readonly sideSql: string | null
  readonly relation: Relation | null
}

/** Sums of the amounts. Where marks can be read in two ways, and sums close by one of them alone, that one is proven. */
async function summed(table: LoadedTable, columns: readonly NamedProfile[], amounts: Amounts): Promise<Summed> {
  const isOpen = ({ reading }: Amount) => reading.certainty !== 'proven' && reading.other !== null
  const each = (change: (amount: Amount) => Amount) =>
    Object.fromEntries(Object.entries(amounts).map(([name, list]) => [name, list.map(change)])) as unknown as Amounts
  if (!Object.values(amounts).flat().some(isOpen)) return await sumsOf(table, columns, amounts)
  const flips = each((amount) => (isOpen(amount) ? flipped(amount) : amount))
  const [theirs, ours] = [await sumsOf(table, columns, flips), await sumsOf(table, columns, amounts)]
  const proven =
    ours.closed >= 0.7 && theirs.closed < 0.3 ? amounts : theirs.closed >= 0.7 && ours.closed < 0.3 ? flips : null
  if (proven === null) return ours
  const settled = (amount: Amount): Amount =>
    isOpen(amount)
      ? {
          ...amount,
          reading: { ...amount.reading, certainty: 'proven', other: null, evidence: 'sums close this way alone' },
        }
      : amount
  const known = Object.fromEntries(Object.entries(proven).map(([name, list]) => [name, list.map(settled)]))
  return await sumsOf(table, columns, known as unknown as Amounts)
}

const flipped = (amount: Amount): Amount => ({ ...amount, reading: otherwise(amount.column, amount.reading) })

async function sumsOf(table: LoadedTable, columns: readonly NamedProfile[], amounts: Amounts): Promise<Summed> {
  const { debits, credits, balances, grosses, nets, fees, taxes } = amounts
  await loadAmounts(table, [
    ...new Map(
      Object.values(amounts)
        .flat()
        .map((amount) => [amount.column.sql, amount]),
    ).values(),
  ])
  const balance = balances[0] ?? null
  const sides = await pairOf(table, debits, credits, columns)
  const sideSql = sides && `(coalesce(${amountSql(sides.credit)}, 0) - abs(coalesce(${amountSql(sides.debit)}, 0)))`
  const ends = [...nets, ...(sideSql === null ? [] : [{ sql: sideSql }])]
  const relation =
    (await findRelation(table, grosses, ends, fees, taxes)) ??
    (await findFees(table, grosses, nets, [...fees, ...taxes])) ??
    (ends.length === 0 && fees.length === 0 ? await findTaxed(table, grosses, taxes) : null)
  const gross = grosses[0] ?? nets[0]
  const moved = sideSql ?? (gross === undefined ? null : signedBy(markerOf(columns), gross))
  const closing = balance !== null && moved !== null ? await balanceCloses(table, balance, moved) : null
  const share = closing !== null && closing.compared > 0 ? closing.share : 0
  const closed = Math.max(share, relation === null ? 0 : relation.matched / relation.compared)
  return { ...amounts, balance, sides, sideSql, relation, closed }
}

/** Columns of fees of which none is the sum of the others: what was taken is one of them, or all together. Null: there is one. */
async function severalFees(table: LoadedTable, fees: readonly Amount[]): Promise<readonly Amount[] | null> {
  const filled: Amount[] = []
  for (const fee of fees) {
    const isFee =
      strengthOf(fee.column, 'fee') >= 0.5 && 'name' in fee.column.ref && fee.reading.style.symbols.length === 0
    const [row] = await table.query<{ n: string }>(
      `select count(*) filter (${amountSql(fee)} <> 0)::varchar as n from amount`,
    )
    if (isFee && Number(row?.n) > 0) filled.push(fee)
  }
  const [first, ...others] = filled
  if (first === undefined || others.length === 0) return null
  const rest = others.map((fee) => `coalesce(${amountSql(fee)}, 0)`).join(' + ')
  const [row] = await table.query<{ total: string; n: string }>(
    `select count(*) filter (${amountSql(first)} = ${rest})::varchar as total, count(${amountSql(first)})::varchar as n from amount`,
  )
  return Number(row?.total) >= Number(row?.n) * 0.95 ? null : filled
}

/** A net that is no more than the gross, and not much less, on every record that has both: no column says what was taken. */
async function restOf(table: LoadedTable, gross: Amount, nets: readonly Amount[]): Promise<Amount | null> {
  for (const net of nets) {
    if (net.column.sql === gross.column.sql) continue
    const [g, n] = [amountSql(gross), amountSql(net)]
    const [row] = await table.query<{ within: string; less: string; n: string }>(
      `select count(*) filter (abs(${n}) <= abs(${g}) and abs(${n}) * 2 >= abs(${g}) and sign(${n}) = sign(${g}))::varchar as within,
         count(*) filter (abs(${n}) < abs(${g}))::varchar as less, count(*)::varchar as n
       from amount where ${n} is not null and ${g} is not null`,
    )
    const all = Number(row?.n)
    if (all >= table.rows * 0.4 && Number(row?.within) >= all * 0.98 && Number(row?.less) >= all * 0.5) return net
  }
  return null
}

/** What a record moves, with the sign of its marker where amounts have none. */
function signedBy(marker: Marker | null, gross: Amount): string {
  const movement = amountSql(gross)
  if (marker === null || gross.reading.hasNegatives) return movement
  const isOut = marker.debit.map((word) => `${marker.column.sql} = ${literal(word)}`).join(' or ')
  return `(case when ${isOut} then -(${movement}) else ${movement} end)`
}

/** Numbers that can be amounts of money, by name and look. */
function isAmountLike(column: NamedProfile): boolean {
  if (column.filled === 0) return strengthOf(column, 'debit', 'credit', 'fee', 'tax') > 0
  if (column.look !== 'number' && !isMostlyNil(column)) return false
  const other = strengthOf(column, 'row_number', 'phone', 'quantity', 'rate', 'zone')
  return (
    other < 0.6 || other <= strengthOf(column, 'amount', 'gross', 'net', 'fee', 'tax', 'debit', 'credit', 'balance')
  )
}

const isMostlyNil = ({ words }: NamedProfile): boolean =>
  words !== null && words.size > 0 && [...words.keys()].every((word) => /^[-–—]*$|^\D{0,4}\d[\d.,]*$/.test(word))

interface Sides {
  readonly debit: Amount
  readonly credit: Amount
}

/** A column of money out and one of money in, of which nearly every record has one. */
async function pairOf(
  table: LoadedTable,
  debits: readonly Amount[],
  credits: readonly Amount[],
  columns: readonly NamedProfile[],
): Promise<Sides | null> {
  const empty = (wanted: 'debit' | 'credit') =>
    meaning(
      columns.map((c) => ({ ...c, filled: 1 })),
      wanted,
    ).find((c) => columns.find((o) => o.sql === c.sql)?.filled === 0)
  const [lone, missing] = debits[0] === undefined ? [credits[0], empty('debit')] : [debits[0], empty('credit')]
  if ((debits[0] === undefined) !== (credits[0] === undefined) && lone !== undefined && missing !== undefined) {
    // A column that is empty in this file is money all the same in the next one.
    const other = { column: missing, reading: lone.reading }
    await table.query(`alter table amount add column ${amountSql(other)} decimal(18,6)`)
    return debits[0] === undefined ? { debit: other, credit: lone } : { debit: lone, credit: other }
  }
  for (const debit of debits)
    for (const credit of credits) {
      if (debit.column.sql === credit.column.sql) continue
      const [d, c] = [amountSql(debit), amountSql(credit)]
      const [row] = await table.query<{ one: string; n: string }>(
        `select count(*) filter ((coalesce(${d}, 0) = 0) <> (coalesce(${c}, 0) = 0))::varchar as one, count(*)::varchar as n from amount`,
      )
      if (Number(row?.one) >= Number(row?.n) * 0.6) return { debit, credit }
    }
  return null
}

/** Whether records with a word for nothing as gross close with 0: what was taken is then all that moved. */
async function nilMeansZero(table: LoadedTable, { gross, net, fee, isFeeNegative }: Relation): Promise<boolean> {
  const { nil } = gross.reading.style
  if (nil.length === 0 || net === null || fee === null) return false
  const isNil = nil.map((word) => `${gross.column.sql} = ${literal(word)}`).join(' or ')
  const [row] = await table.query<{ closed: string; all: string }>(
    `select count(*) filter (${amountSql(net)} ${isFeeNegative ? '-' : '+'} ${amountSql(fee)} = 0)::varchar as closed, count(*)::varchar as "all"
     from amount where (${isNil}) and ${amountSql(net)} is not null and ${amountSql(fee)} is not null`,
  )
  return Number(row?.all) >= 2 && Number(row?.closed) >= Number(row?.all) * 0.8
}

/** A column whose words say on which side a record is, with the words of each. */
export interface Marker {
  readonly column: NamedProfile
  readonly debit: readonly string[]
  readonly credit: readonly string[]
}

/** The column whose words are those of debit and credit; a rare spelling beside a common one is left for a person. */
export function markerOf(columns: readonly NamedProfile[]): Marker | null {
  for (const column of [...meaning(columns, 'direction_marker'), ...meaning(columns, 'type', 'status'), ...columns]) {
    if (column.words === null || column.words.size > 8 || column.look === 'number') continue
    const words = [...column.words].map(([word, count]) => ({ word, count, side: sideOf(word) }))
    const known = words.filter(({ side }) => side !== undefined).reduce((sum, { count }) => sum + count, 0)
    if (known < column.filled * 0.7) continue
    const of = (wanted: 'debit' | 'credit') => {
      const all = words.filter(({ side }) => side === wanted)
      const most = Math.max(0, ...all.map(({ count }) => count))
      return all.filter(({ count }) => count >= most / 20 && (count > 1 || all.length === 1)).map(({ word }) => word)
    }
    const [debit, credit] = [of('debit'), of('credit')]
    if (debit.length > 0 && (credit.length > 0 || strengthOf(column, 'direction_marker') > 0))
      return { column, debit, credit }
  }
  return null
}

const signRule = ({ column, debit, credit }: Marker) => ({
  ...('name' in column.ref ? { from: column.ref.name } : { column: column.ref.position }),
  negative: [...debit],
  ...(credit.length === 0 ? {} : { positive: [...credit] }),
})

const name = (column: NamedProfile): string | { column: number } =>
  'name' in column.ref ? column.ref.name : { column: column.ref.position }

/** The column as a rule names it. */
export const fromColumn = (column: NamedProfile): FieldRuleYaml =>
  'name' in column.ref ? { from: column.ref.name } : { column: column.ref.position }

/** What of a column's style the region's habits do not say already. */
export function styleKeys(
  style: NumberStyle,
  region: Pick<NumberStyle, 'decimal' | 'group' | 'grouping' | 'digits'>,
): FieldRuleYaml {
  const keys: Record<string, unknown> = {}
  if (style.decimal !== region.decimal) keys.decimal = style.decimal
  if (style.group !== region.group) keys.group = style.group
  if (style.group !== '' && style.grouping !== region.grouping) keys.grouping = style.grouping
  if (style.digits !== region.digits) keys.digits = style.digits
  if (style.symbols.length > 0) keys.symbols = style.symbols
  if (style.sides !== null) {
    const { credit, debit, bare } = style.sides
    keys.sides = {
      ...(credit.length === 0 ? {} : { credit: [...credit] }),
      ...(debit.length === 0 ? {} : { debit: [...debit] }),
      ...(bare === null ? {} : { bare }),
    }
  }
  if (style.nil.length > 0) keys.nil = style.nil.length === 1 ? style.nil[0] : style.nil
  return keys as FieldRuleYaml
}

export interface FoundCurrency {
  readonly codes: readonly string[]
  readonly column: NamedProfile | null
  readonly evidence: string
  /** Codes that a sign can stand for, where the region's is none of them. */
  readonly open: readonly string[]
}

/** The code that a cell is: a code or ISO number. */
export const codeOf = (word: string): string | undefined =>
  /^[A-Za-z]+$/.test(word) && currencies.has(word.toUpperCase()) ? word.toUpperCase() : currencyOfNumeric.get(word)

/** The currency: a column of codes beside the amount, a sign or code that the file shows, else the region's. */
export function findCurrency(table: LoadedTable, columns: readonly NamedProfile[], regional: string): FoundCurrency {
  const amounts = meaning(columns, 'gross', 'amount', 'net', 'debit')
  const place = columns.indexOf(amounts[0] as NamedProfile)
  const distance = (column: NamedProfile) => {
    const at = columns.indexOf(column)
    return at > place ? at - place : 1000 + place - at
  }
  const coded = meaning(columns, 'currency')
    .map((column) => ({
      column,
      codes: [...(column.words ?? [])].map(([word, count]) => ({ code: codeOf(word), count })),
    }))
    .filter(({ column, codes }) => {
      const known = codes.filter(({ code }) => code !== undefined).reduce((sum, { count }) => sum + count, 0)
      return known >= column.filled * 0.6 && column.filled >= table.rows * 0.5
    })
    .toSorted((a, b) => distance(a.column) - distance(b.column))
  const [found] = coded
  if (found !== undefined) {
    const codes = [...new Set(found.codes.flatMap(({ code }) => (code === undefined ? [] : [code])))]
    return { codes, column: found.column, evidence: `its words are codes: ${codes.slice(0, 6).join(', ')}`, open: [] }
  }
  const shown: (readonly string[])[] = [
    ...columns.flatMap(({ hints }) => (hints.currencies === undefined ? [] : [hints.currencies])),
    ...columns.flatMap((column) => column.shapes.flatMap(({ example }) => symbolIn(example))),
    ...table.preamble.flatMap(({ cells }) => cells.flatMap((cell) => codesIn(cell))),
  ]
  const first = shown.toSorted((a, b) => a.length - b.length)[0]
  if (first === undefined)
    return { codes: [regional], column: null, evidence: "nothing in the file names one: the region's", open: [] }
  const common = first.filter((code) => shown.every((codes) => codes.includes(code)))
  if (common.includes(regional))
    return {
      codes: [regional],
      column: null,
      evidence: common.length === 1 ? 'the file shows it' : "the region's, and the file's sign can stand for it",
      open: [],
    }
  if (common.length === 1) return { codes: common, column: null, evidence: 'the file shows it', open: [] }
  return {
    codes: common.length > 0 ? [common[0] as string] : [regional],
    column: null,
    evidence: 'a sign of several currencies',
    open: [...new Set([...common, regional])].slice(0, 8),
  }
}

/** What the currency sign in an amount's cell can stand for. */
function symbolIn(cell: string): string[][] {
  const sign =
    /\p{L}{0,2}\p{Sc}/u.exec(cell)?.[0] ??
    /^\D*?(\p{L}+\.?)\s?-?\d|\d\s?(\p{L}+\.?)$/u.exec(cell)?.slice(1).find(Boolean)
  const codes = sign === undefined ? [] : currenciesOf(sign)
  return codes.length === 0 ? [] : [[...codes]]
}

/** A code or sign beside an amount, or behind "currency", in the lines above the table. */
function codesIn(cell: string): string[][] {
  const code = /(?:currency|devise|moeda|moneda)\W*([A-Z]{3})\b|\b([A-Z]{3})\s?\d|\d\s?([A-Z]{3})\b/.exec(cell)
  const word = code?.[1] ?? code?.[2] ?? code?.[3]
  if (word !== undefined && currencies.has(word)) return [[word]]
  return /\d/.test(cell) ? symbolIn(cell) : []
}

/** Fill the currency, and ask for it where a sign can stand for several. */
export function putCurrency(draft: Draft, { codes, column, evidence, open }: FoundCurrency): void {
  draft.fields.set('currency', {
    rule: column === null ? { value: codes[0] as string } : fromColumn(column),
    evidence,
  })
  if (open.length > 1)
    draft.questions.push({
      id: 'currency',
      of: 'file',
      question: 'Which currency are the amounts in?',
      evidence,
      usual: null,
      candidates: open.map((code) => ({
        name: code,
        meaning: `all amounts are ${code}`,
        fields: { currency: { value: code } },
      })),
    })
}

/** Puts what was found about money into the draft, and asks what was not. */
class Writer {
  readonly amounts: Amount[] = []
  readonly #draft: Draft
  readonly #region: Surroundings['region']
  constructor(draft: Draft, region: Surroundings['region']) {
    this.#draft = draft
    this.#region = region
  }

  /** Amounts in a column for money out and one for money in. */
  sides({ debit, credit }: Sides, fee: Amount | null, isStatement: boolean): void {
    const style = this.#styled([debit, credit])
    this.#set(
      'gross',
      { debit: name(debit.column), credit: name(credit.column), ...style },
      [debit, credit],
      `nearly every record has one of the two${isStatement ? ', and the balance moves by it' : ''}`,
    )
    if (fee !== null) this.#set('fee', { ...fromColumn(fee.column), ...this.#styled([fee]) }, [fee], 'by its name')
    else if (isStatement)
      this.#draft.fields.set('fee', { rule: { value: 0 }, evidence: 'the balance moves by the amount alone' })
    this.marks()
  }

  relation(relation: Relation, sides: Sides | null, marker: Marker | null, isNilZero: boolean): void {
    const { gross, net, fee, moreFees, tax, matched, compared } = relation
    const taken = `${fee === null ? '' : ' less fee'}${moreFees.length === 0 ? '' : 's'}${tax === null ? '' : ' less tax'}`
    const closes = `${matched} of ${compared} records close: gross${taken} is ${net === null && sides === null ? 'another column' : 'net'}`
    if (
      sides !== null &&
      net === null &&
      !gross.reading.hasNegatives &&
      'name' in sides.debit.column.ref &&
      'name' in gross.column.ref
    ) {
      const [out, amount] = [quoted(sides.debit.column.ref.name), quoted(gross.column.ref.name)]
      this.#set(
        'gross',
        {
          sql: `case when regexp_matches(${out}, '[1-9]') then '-' || ${amount} else ${amount} end`,
          ...this.#styled([gross]),
        } as FieldRuleYaml,
        [gross],
        `${closes}; money out has the other column`,
      )
      this.#set(
        'net',
        {
          debit: name(sides.debit.column),
          credit: name(sides.credit.column),
          ...this.#styled([sides.debit, sides.credit]),
        },
        [sides.debit, sides.credit],
        closes,
      )
    } else {
      if (isNilZero && net !== null && 'name' in gross.column.ref && 'name' in net.column.ref) {
        const [amount, total] = [quoted(gross.column.ref.name), quoted(net.column.ref.name)]
        const isNil = (column: string, words: readonly string[]) =>
          words.map((word) => `${column} = ${literal(word)}`).join(' or ')
        const sql = `case when (${isNil(amount, gross.reading.style.nil)}) and not (${isNil(total, net.reading.style.nil) || 'false'}) then '0' else ${amount} end`
        this.#set(
          'gross',
          { sql, ...this.#styled([gross]) },
          [gross],
          `${closes}; a word for nothing is 0 where there is a net`,
        )
      } else this.#set('gross', { ...fromColumn(gross.column), ...this.#styled([gross]) }, [gross], closes)
      if (net !== null) this.#set('net', { ...fromColumn(net.column), ...this.#styled([net]) }, [net], closes)
      const isUnsigned = !gross.reading.hasNegatives && (net === null || !net.reading.hasNegatives)
      if (marker !== null && isUnsigned) this.#sign(marker)
    }
    const charge = (amount: Amount, isNegative: boolean) =>
      ({
        ...fromColumn(amount.column),
        ...this.#styled([amount]),
        ...(isNegative ? { negate: true } : {}),
      }) as FieldRuleYaml
    if (fee !== null && moreFees.length > 0)
      this.#set(
        'fee',
        {
          sql: sumText([fee, ...moreFees]),
          ...{ decimal: '.', group: '' },
          ...(relation.isFeeNegative ? { negate: true } : {}),
        } as FieldRuleYaml,
        [fee, ...moreFees],
        `${closes}; they are taken together`,
      )
    else if (fee !== null)
      this.#set(
        'fee',
        charge(fee, relation.isFeeNegative),
        [fee],
        relation.isFeeNegative ? 'written with a minus where it was taken' : closes,
      )
    if (tax !== null) this.#set('tax', charge(tax, relation.isTaxNegative), [tax], closes)
    this.marks()
  }

  /** One column of amounts. */
  async amount(
    table: LoadedTable,
    gross: Amount,
    fee: Amount | null,
    tax: Amount | null,
    rest: Amount | null,
    balance: Amount | null,
    columns: readonly NamedProfile[],
  ): Promise<Money> {
    const marker = gross.reading.hasNegatives ? null : markerOf(columns)
    const signedSql = signedBy(marker, gross)
    const closing = balance && (await balanceCloses(table, balance, signedSql))
    const isStatement = closing !== null && closing.compared > 0 && closing.share >= 0.6
    // What was taken is taken on either side: where no sum tells otherwise, the sign is the amount's alone.
    const sign = marker === null ? null : signRule(marker)
    this.#set(
      'gross',
      { ...fromColumn(gross.column), ...this.#styled([gross]), ...(sign === null || fee === null ? {} : { sign }) },
      [gross],
      isStatement ? 'the balance moves by it' : 'by its name and its numbers',
    )
    const signed = gross.reading.hasNegatives ? 'cells' : marker !== null ? 'marker' : 'none'
    if (marker !== null && fee === null) this.#sign(marker)
    const negated = (amount: Amount) => (amount.reading.hasNegatives ? { negate: true } : {})
    if (fee !== null)
      this.#set(
        'fee',
        { ...fromColumn(fee.column), ...this.#styled([fee]), ...negated(fee) } as FieldRuleYaml,
        [fee],
        'by its name',
      )
    else if (isStatement)
      this.#draft.fields.set('fee', { rule: { value: 0 }, evidence: 'the balance moves by the amount alone' })
    if (tax !== null && fee !== null)
      this.#set(
        'tax',
        { ...fromColumn(tax.column), ...this.#styled([tax]), ...negated(tax) } as FieldRuleYaml,
        [tax],
        'by its name',
      )
    if (rest !== null)
      this.#set('net', { ...fromColumn(rest.column), ...this.#styled([rest]) }, [rest], 'what is left of the amount')
    this.marks()
    return { movement: signedSql, isStatement, signed, balance, silent: null }
  }

  /** Several columns say what was taken, and no sum tells how they belong together: unknown until somebody says. */
  askForFees(fees: readonly Amount[]): void {
    for (const fee of fees) this.amounts.push(fee)
    const negate = fees.some(({ reading }) => reading.hasNegatives) ? { negate: true } : {}
    this.#draft.questions.push({
      id: 'fee',
      of: 'record',
      question: `What was taken: ${fees.map(({ column }) => JSON.stringify(column.name)).join(', ')}, or all together?`,
      evidence: 'several columns are fees by their names, and no sum tells',
      usual: null,
      safe: 'unknown',
      candidates: [
        { name: 'unknown', meaning: 'no fee is known', fields: {} },
        {
          name: 'together',
          meaning: 'their sum',
          fields: { fee: { sql: sumText(fees), ...{ decimal: '.', group: '' }, ...negate } as FieldRuleYaml },
        },
        ...fees.map((fee) => ({
          name: fee.column.name,
          meaning: 'this one alone',
          fields: { fee: { ...fromColumn(fee.column), ...this.#styled([fee]), ...negate } as FieldRuleYaml },
        })),
      ],
    })
  }

  #sign(marker: Marker): void {
    this.#draft.top.set('sign', {
      value: signRule(marker),
      evidence: `${JSON.stringify(marker.column.name)} says on which side a record is`,
    })
  }

  #set(field: string, rule: FieldRuleYaml, amounts: readonly Amount[], evidence: string): void {
    for (const amount of amounts) this.amounts.push(amount)
    const hinted = amounts.some(({ column }) => column.hints.unit === 'minor')
    this.#draft.fields.set(field, {
      rule: hinted ? { ...rule, unit: 'minor' } : rule,
      evidence: hinted ? `${evidence}; the header says the unit` : evidence,
    })
  }

  /** The marks of columns that share a rule; what two readings leave open is asked. */
  #styled(amounts: readonly Amount[]): FieldRuleYaml {
    const telling = amounts.toSorted((a, b) => b.reading.accepted - a.reading.accepted)[0] as Amount
    const nil = [...new Set(amounts.flatMap(({ reading }) => reading.style.nil))]
    const symbols = [...new Set(amounts.flatMap(({ reading }) => reading.style.symbols))]
    const { style } = telling.reading
    return styleKeys({ ...style, nil, symbols }, this.#region)
  }

  /** Ask what the marks mean in columns where two readings are possible. */
  marks(): void {
    for (const [field, { rule }] of this.#draft.fields) {
      const amount = this.amounts.find(
        ({ column }) => JSON.stringify(fromColumn(column)) === JSON.stringify(pick(rule)),
      )
      if (amount === undefined || amount.reading.certainty === 'proven' || amount.reading.other === null) continue
      this.#draft.questions.push(marksQuestion(field, amount, amount.reading.other))
    }
  }
}

/** What the marks of a column's numbers mean, where another style reads some of them as other numbers. */
export function marksQuestion(field: string, { column, reading }: Amount, other: NumberStyle): Question {
  const { style, certainty, evidence } = reading
  const overlay = (way: NumberStyle) => ({
    [field]: { decimal: way.decimal, group: way.group, grouping: way.grouping } as FieldRuleYaml,
  })
  return {
    id: `${field}.marks`,
    of: 'record',
    question: `What do the marks in ${JSON.stringify(column.name)} mean?`,
    evidence,
    usual: certainty === 'region' ? nameOf(style) : null,
    candidates: [style, other].map((way) => ({ name: nameOf(way), meaning: markNames(way), fields: overlay(way) })),
  }
}

const pick = ({ from, column }: FieldRuleYaml): FieldRuleYaml =>
  (from === undefined ? { column } : { from }) as FieldRuleYaml
const nameOf = (style: Pick<NumberStyle, 'decimal' | 'group'>): string => (style.decimal === ',' ? 'comma' : 'point')
/** A column's name in SQL over source columns. */
export const quoted = (column: string): string => `"${column.replaceAll('"', '""')}"`
