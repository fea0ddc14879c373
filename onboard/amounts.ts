import { latinDigits, literal, quote } from '../contracts/sql-text.ts'
import { isTaxNamed, type NamedProfile } from './columns.ts'
import type { NumberReading } from './numbers.ts'
import type { LoadedTable } from './table.ts'

/** A column of amounts, read. */
export interface Amount {
  readonly column: NamedProfile
  readonly reading: NumberReading
}

/** Put the amounts of the head into `amount`, as decimals, beside their cells: what sums are tried on. */
export async function loadAmounts(table: LoadedTable, amounts: readonly Amount[]): Promise<void> {
  const values = amounts.map((amount) => `${decimalSql(amount)} as ${amountSql(amount)}`)
  await table.query(`create or replace temp table amount as select *, ${values.join(', ') || 'null as none'} from head`)
}

/** An amount in the table `amount`: DECIMAL(18,6), null where the cell is no number by the reading. */
export const amountSql = ({ column }: Amount): string => `a_${column.sql}`

/** What was taken by these columns together, positive, as SQL over the amounts; 0 where a cell is none. */
export const takenSql = (amounts: readonly (Amount | null)[], isNegative: boolean): string =>
  amounts
    .flatMap((one) => (one === null ? [] : [`coalesce(${isNegative ? '-' : ''}${amountSql(one)}, 0)`]))
    .join(' + ') || '0'

/** All that a relation says was taken of a record, positive. */
export const allTakenSql = ({ fee, moreFees, tax, moreTaxes, isFeeNegative, isTaxNegative }: Relation): string =>
  `(${takenSql([fee, ...moreFees], isFeeNegative)} + ${takenSql([tax, ...moreTaxes], isTaxNegative)})`

/** The cell as `-1234.5`, where it is a number by the reading; what else it is may be any text. */
export function plainNumberSql({ column, reading }: Amount): string {
  const { decimal, group, digits, symbols, sides, nil } = reading.style
  let text = latinDigits(column.sql, digits)
  if (digits === 'arabic' || digits === 'persian')
    text = `translate(${text}, '٫٬', ${literal(`${decimal}${decimal === '.' ? ',' : '.'}`)})`
  for (const word of nil) text = `nullif(${text}, ${literal(word)})`
  // The longest first: `S/.` is more than `S/`.
  for (const symbol of symbols.toSorted((a, b) => b.length - a.length))
    text = `replace(${text}, ${literal(symbol)}, '')`
  for (const word of sides?.credit ?? []) text = `replace(${text}, ${literal(word)}, '')`
  for (const word of sides?.debit ?? [])
    text = `case when contains(${column.sql}, ${literal(word)}) then '-' || replace(${text}, ${literal(word)}, '') else ${text} end`
  text = `translate(${text}, ${literal(` \u00a0\u202f\u2009${group === "'" ? "'\u2019" : group}`)}, '')`
  if (decimal === ',') text = `replace(${text}, ',', '.')`
  text = `replace(${text}, '\u2212', '-')`
  text = `regexp_replace(${text}, '^[+]([0-9.]+)$|^([0-9.]+)[+]$', '\\1\\2')`
  return `regexp_replace(${text}, '^[(](.*)[)]$|^(.*[0-9])-$', '-\\1\\2')`
}

/** An amount of a record as SQL over the cells, as `amountSql` has it in the table. */
export function decimalSql(amount: Amount): string {
  const text = plainNumberSql(amount)
  return `try_cast(case when regexp_full_match(${text}, '-?[0-9]{1,12}([.][0-9]*)?') then ${text} end as decimal(18,6))`
}

/** How amounts of a record belong together: net = gross - fee - tax, and how the file signs fee and tax. */
export interface Relation {
  readonly gross: Amount
  readonly net: Amount | null
  readonly fee: Amount | null
  /** Other columns of what was taken, signed as the fee is; all together are the fee. */
  readonly moreFees: readonly Amount[]
  readonly tax: Amount | null
  /** Other columns of taxes, signed as the tax is; all together are the tax. */
  readonly moreTaxes: readonly Amount[]
  /** Whether the file writes what was taken with a minus. */
  readonly isFeeNegative: boolean
  readonly isTaxNegative: boolean
  readonly matched: number
  readonly compared: number
}

/**
 * The columns that close: gross less fee less tax is net, on nearly all records where all are numbers.
 *
 * @param net an expression in place of a column of net amounts, such as credit less debit
 */
export async function findRelation(
  table: LoadedTable,
  grosses: readonly Amount[],
  nets: readonly (Amount | { readonly sql: string })[],
  fees: readonly Amount[],
  taxes: readonly Amount[],
): Promise<Relation | null> {
  const trials: {
    readonly relation: Omit<Relation, 'matched' | 'compared'>
    readonly conditions: readonly string[]
  }[] = []
  for (const gross of grosses)
    for (const net of nets) {
      if ('column' in net && net.column.sql === gross.column.sql) continue
      for (const fee of [...fees, null])
        for (const tax of [...taxes, null]) {
          if (fee === null && tax === null) continue
          if (fee !== null && tax !== null && fee.column.sql === tax.column.sql) continue
          for (const [isFeeNegative, isTaxNegative] of signsOf(fee, tax)) {
            const g = amountSql(gross)
            const n = 'sql' in net ? net.sql : amountSql(net)
            const f = takenSql([fee], isFeeNegative)
            const t = takenSql([tax], isTaxNegative)
            trials.push({
              relation: {
                ...{ gross, net: 'sql' in net ? null : net, fee, moreFees: [], tax, moreTaxes: [] },
                ...{ isFeeNegative, isTaxNegative },
              },
              conditions: [
                closes({ g, n, f, t }),
                compares({ g, n, f, t }),
                `${f} <> 0`,
                `${t} <> 0`,
                `${g} > 0 and (${f} < 0 or ${t} < 0)`,
              ],
            })
          }
        }
    }
  const found: Relation[] = []
  // Records whose fee or tax would be given, not taken: it stands in a larger gross already.
  const added = new Map<Relation, number>()
  const tried = trials.slice(0, 60)
  const counts = await countsOf(
    table,
    tried.map(({ conditions }) => conditions),
  )
  for (const [i, { relation }] of tried.entries()) {
    const [matched = 0, compared = 0, usedFee = 0, usedTax = 0, given = 0] = counts[i] ?? []
    const isUsed = (relation.fee === null || usedFee > 0) && (relation.tax === null || usedTax > 0)
    if (compared >= 2 && matched >= compared * 0.75 && isUsed) {
      found.push({ ...relation, matched, compared })
      added.set(found.at(-1) as Relation, given)
    }
  }
  // What a net is of is told by a fee before a tax: less a tax alone, a gross is another gross.
  const parts = (relation: Relation) => (relation.fee === null ? 0 : 2) + (relation.tax === null ? 0 : 1)
  // Of columns that close alike the one that stands nearest before the net: what is above it are parts of it.
  const place = ({ column }: Amount) => Number(column.sql.slice(1))
  const distance = ({ gross, net }: Relation) => (net === null ? 0 : Math.abs(place(net) - place(gross)))
  return (
    found.toSorted(
      (a, b) =>
        b.matched / b.compared - a.matched / a.compared ||
        (added.get(a) ?? 0) - (added.get(b) ?? 0) ||
        parts(b) - parts(a) ||
        distance(a) - distance(b),
    )[0] ?? null
  )
}

/** Amounts of a record as SQL, what was taken as positive. */
interface Parts {
  readonly g: string
  readonly n: string
  readonly f: string
  readonly t: string
}

/** Gross less what was taken is net, but for a sign that one of the two may lack: all of the record is turned, or its gross alone. */
const closes = ({ g, n, f, t }: Parts): string =>
  `(abs(${n}) = abs(${g} - ${f} - ${t}) or (${g} > 0 and ${n} < 0 and ${n} = -(${g}) - ${f} - ${t}))`

/** A record of which nothing was taken and nothing is left never moved, and tells nothing of the sum. */
const compares = ({ g, n, f, t }: Parts): string =>
  `${n} is not null and ${g} is not null and not (${g} <> 0 and ${n} = 0 and ${f} = 0 and ${t} = 0)`

/**
 * Several columns of fees that close together: gross less two to four of them is net. All of them are written with a minus,
 * or none.
 */
export async function findFees(
  table: LoadedTable,
  grosses: readonly Amount[],
  nets: readonly Amount[],
  fees: readonly Amount[],
): Promise<Relation | null> {
  const isWritten = ({ column, reading }: Amount) =>
    'name' in column.ref && reading.style.symbols.length === 0 && reading.style.digits === 'latin' && column.filled > 0
  const found: Relation[] = []
  const sets = subsets(fees.filter(isWritten), 4).filter(({ length }) => length > 1)
  for (const gross of grosses)
    for (const net of nets) {
      if (gross.column.sql === net.column.sql) continue
      const [g, n] = [amountSql(gross), amountSql(net)]
      const counts = await countsOf(
        table,
        sets.map((set) => [
          `${n} = ${g} ${isNegative(set) ? '+' : '-'} (${set.map((fee) => `coalesce(${amountSql(fee)}, 0)`).join(' + ')})`,
          `${n} is not null and ${g} is not null`,
          ...set.map((fee) => `${amountSql(fee)} <> 0`),
        ]),
      )
      for (const [i, set] of sets.entries()) {
        const [matched = 0, compared = 0, ...used] = counts[i] ?? []
        const [fee = null, ...moreFees] = set.filter(({ column }) => !isTaxNamed(column))
        const [tax = null, ...moreTaxes] = set.filter(({ column }) => isTaxNamed(column))
        const whole = {
          ...{ gross, net, fee, moreFees, tax, moreTaxes },
          ...{ isFeeNegative: isNegative(set), isTaxNegative: isNegative(set) },
        }
        if (used.every((n) => n > 0) && compared >= 3 && matched >= compared * 0.9)
          found.push({ ...whole, matched, compared })
      }
    }
  return found.toSorted((a, b) => b.matched / b.compared - a.matched / a.compared)[0] ?? null
}

/**
 * A net that is named as a gross or an amount: one of them less what was taken, as the file signs it, is the other on nearly all
 * records.
 */
export async function findRest(
  table: LoadedTable,
  amounts: readonly Amount[],
  fees: readonly Amount[],
): Promise<Relation | null> {
  const all = await findFees(table, amounts, amounts, fees)
  if (all !== null) return all
  const one = await findRelation(table, amounts, amounts, fees, [])
  if (one === null || one.matched < one.compared * 0.9) return null
  return one.isFeeNegative === one.fee?.reading.hasNegatives ? one : null
}

const isNegative = (fees: readonly Amount[]): boolean => fees.some(({ reading }) => reading.hasNegatives)

/** Of how many records each condition is true: all groups of conditions in one pass. */
async function countsOf(table: LoadedTable, groups: readonly (readonly string[])[]): Promise<number[][]> {
  const names = groups.map((conditions, i) => conditions.map((_, k) => `n${i}_${k}`))
  const counts = groups.flatMap((conditions, i) =>
    conditions.map((condition, k) => `count(*) filter (${condition})::varchar as ${names[i]?.[k]}`),
  )
  if (counts.length === 0) return []
  const [row] = await table.query<Record<string, string>>(`select ${counts.join(', ')} from amount`)
  return names.map((of) => of.map((name) => Number(row?.[name])))
}

/** A gross that holds the tax: less the tax it is another of the columns, which is no net while fees are unknown. */
export async function findTaxed(
  table: LoadedTable,
  grosses: readonly Amount[],
  taxes: readonly Amount[],
): Promise<Relation | null> {
  const found = await findRelation(table, grosses, grosses, [], taxes)
  return found === null || found.isTaxNegative !== found.tax?.reading.hasNegatives ? null : { ...found, net: null }
}

/** Every choice of at most `most` of the first six. */
function subsets<T>(all: readonly T[], most: number): T[][] {
  const sets: T[][] = [[]]
  for (const one of all.slice(0, 6))
    sets.push(...sets.filter(({ length }) => length < most).map((set) => [...set, one]))
  return sets
}

/** A column of amounts as SQL over the file's columns needs it. */
export type WrittenAmount = {
  readonly name: string
  readonly style: Pick<NumberReading['style'], 'decimal' | 'group' | 'nil' | 'symbols'>
}

export const asWritten = ({ column, reading }: Amount): WrittenAmount => ({ name: column.name, style: reading.style })

/** The sum of columns, less others, as SQL over the file's columns, with a point before decimals; what is no number stays text. */
export function sumText(written: readonly WrittenAmount[], less: readonly WrittenAmount[] = []): string {
  const parts = [...written, ...less].map(({ name: column, style }, i) => {
    const name = quote(column)
    const told = style.nil.reduce((text, word) => `nullif(${text}, ${literal(word)})`, name)
    const bare = style.symbols
      .toSorted((a, b) => b.length - a.length)
      .reduce((text, symbol) => `replace(replace(${text}, ${literal(symbol)}, ''), ' ', '')`, told)
    const ungrouped = style.group === '' ? bare : `replace(${bare}, ${literal(style.group)}, '')`
    return {
      name,
      sign: i < written.length ? '+' : '-',
      text: `coalesce(${style.decimal === ',' ? `replace(${ungrouped}, ',', '.')` : ungrouped}, '0')`,
    }
  })
  const isSound = parts
    .map(({ text }) => `regexp_full_match(${text}, '[-+]?[0-9]{1,15}([.][0-9]{1,9})?')`)
    .join(' and ')
  const sum = parts.map(({ text, sign }, i) => `${i === 0 ? '' : ` ${sign} `}cast(${text} as decimal(38, 9))`).join('')
  return `case when ${isSound} then regexp_replace(cast(${sum} as varchar), '[.]?0+$', '') else concat_ws(' + ', ${parts.map(({ name }) => name).join(', ')}) end`
}

/** Ways in which fee and tax can be signed, the likeliest first. */
function signsOf(fee: Amount | null, tax: Amount | null): [boolean, boolean][] {
  const fees = fee === null ? [false] : [fee.reading.hasNegatives, !fee.reading.hasNegatives]
  const taxes = tax === null ? [false] : [tax.reading.hasNegatives, !tax.reading.hasNegatives]
  return fees.flatMap((f) => taxes.map((t): [boolean, boolean] => [f, t]))
}

/** Whether a running balance moves by an amount: share of the records whose balance is the one before it and the amount. */
export async function balanceCloses(
  table: LoadedTable,
  balance: Amount,
  movement: string,
): Promise<{ readonly share: number; readonly compared: number }> {
  const [row] = await table.query<{ up: string; down: string; n: string }>(`
    select count(*) filter (b - lag_b = m)::varchar as up, count(*) filter (lag_b - b = lag_m)::varchar as down,
      count(*) filter (b is not null and lag_b is not null and m is not null and lag_m is not null and m <> 0)::varchar as n
    from (select b, m, lag(b) over (order by _line) as lag_b, lag(m) over (order by _line) as lag_m
      from (select ${amountSql(balance)} as b, ${movement} as m, _line from amount))`)
  const compared = Number(row?.n)
  return { compared, share: compared === 0 ? 0 : Math.max(Number(row?.up), Number(row?.down)) / compared }
}

/** Whether most records that have any of two amounts have one, and not the other; lines that state a balance have none. */
export async function isEither(table: LoadedTable, debit: Amount, credit: Amount): Promise<boolean> {
  const [d, c] = [amountSql(debit), amountSql(credit)]
  const [row] = await table.query<{ one: string; any: string; n: string }>(
    `select count(*) filter ((coalesce(${d}, 0) = 0) <> (coalesce(${c}, 0) = 0))::varchar as one,
       count(*) filter (coalesce(${d}, 0) <> 0 or coalesce(${c}, 0) <> 0)::varchar as any, count(*)::varchar as n from amount`,
  )
  const [one, any, all] = [row?.one, row?.any, row?.n].map(Number) as [number, number, number]
  return one >= any * 0.6 && any >= all * 0.2
}

/** What columns of money out and money in come to; money out may be written with a minus. */
export const movedBy = (debit: Amount, credit: Amount): string =>
  `(coalesce(${amountSql(credit)}, 0) - abs(coalesce(${amountSql(debit)}, 0)))`

/** A running balance that moves by other columns: one of money in and one of money out, or one that is signed. */
export interface Ledger {
  readonly balance: Amount
  readonly debit: Amount | null
  readonly credit: Amount
}

/** Columns looked at for a running balance, whatever their names are. */
const mostNumbers = 6

/**
 * The columns of which one is the balance of the others, on nearly all records: no name is needed for that.
 *
 * @param amounts loaded
 */
export async function findLedger(table: LoadedTable, amounts: readonly Amount[]): Promise<Ledger | null> {
  const all = amounts.slice(0, mostNumbers)
  const [counted] = await table.query<{ n: string }>('select count(*)::varchar as n from amount')
  const records = Number(counted?.n)
  const closes = async (balance: Amount, movement: string) => {
    const { share, compared } = await balanceCloses(table, balance, movement)
    return compared >= Math.max(5, records * 0.5) && share >= 0.9
  }
  const isVaried = ({ column: { filled, words } }: Amount) => filled >= table.rows * 0.95 && (words?.size ?? 5) >= 5
  for (const balance of all.filter(isVaried)) {
    const others = all.filter((amount) => amount !== balance)
    for (const credit of others) {
      if (credit.reading.hasNegatives) {
        if (await closes(balance, amountSql(credit))) return { balance, debit: null, credit }
        continue
      }
      for (const debit of others)
        if (
          debit !== credit &&
          (await isEither(table, debit, credit)) &&
          (await closes(balance, movedBy(debit, credit)))
        )
          return { balance, debit, credit }
    }
  }
  return null
}
