import { valueColumn } from '../contracts/check-amounts.ts'
import type { Check, Contract, Total } from '../contracts/contract.ts'
import type { Decimal } from '../contracts/judge-number.ts'
import { quote } from '../contracts/sql-text.ts'
import { models } from '../models/index.ts'
import { standingSql } from './standing.ts'

export type TotalCheck = Extract<Check, { readonly total: Total }>

/** What some records of a file come to. */
interface Part {
  readonly count: number
  /** Of how many the amount is known. */
  readonly known: number
  readonly held: Decimal
}

/** What the records come to that have an account, a currency and values in common, by what becomes of them. */
export interface Sum {
  readonly account: string | null
  readonly currency: string | null
  readonly loads: Part
  readonly rejected: Part
  readonly repeated: Part
  readonly uncounted: Part
  readonly held: Part
}

const standings = ['loads', 'rejected', 'repeated', 'uncounted', 'held'] as const

/**
 * SQL of sums by those of `fields` that the model has, and by the columns of some values: these columns; `line`, the
 * first; `loads_count`, `loads_known`, `loads_held`, and so on.
 */
export function sumsSql(
  contract: Contract,
  { total }: TotalCheck,
  records: string,
  fields: readonly string[],
  values: readonly string[],
): string {
  const inModel = models[contract.model].fields.map(({ name }) => name as string)
  const by = [
    ...fields.filter((name) => inModel.includes(name)).map(quote),
    ...values.map((name) => `${quote(valueColumn(name))} as ${quote(name)}`),
  ]
  const parts = standings.flatMap((standing) => {
    const filter = `filter (_standing = '${standing}')`
    return [
      `count(*) ${filter} as ${standing}_count`,
      `count(_amount) ${filter} as ${standing}_known`,
      `coalesce(sum(_amount) ${filter}, 0) as ${standing}_held`,
    ]
  })
  return `select ${[...by, 'min(_line) as line', ...parts].join(', ')}
    from (select *, try((${total.sum})::decimal(38,9)) as _amount from ${standingSql(contract, records, total.sum)})
    group by all`
}

/** A row of `sumsSql`, its values as text; of a row that is not there, no records. */
export function sumOf(row: Readonly<Record<string, string | null>>): Sum {
  const part = (standing: string): Part => ({
    count: Number(row[`${standing}_count`] ?? 0),
    known: Number(row[`${standing}_known`] ?? 0),
    held: units(row[`${standing}_held`] ?? '0'),
  })
  const [loads, rejected, repeated, uncounted, held] = standings.map(part) as [Part, Part, Part, Part, Part]
  return { account: row.account ?? null, currency: row.currency ?? null, loads, rejected, repeated, uncounted, held }
}

/** With the rejected records of another sum, which could be of this one: their amounts are then not known. */
export const withStrays = (sum: Sum, { rejected }: Sum): Sum => ({
  ...sum,
  rejected: { ...sum.rejected, count: sum.rejected.count + rejected.count },
})

/** A decimal's text in the units of `Decimal`. */
export function units(text: string): Decimal {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.')
  const size = BigInt(whole + fraction.padEnd(9, '0'))
  return text.startsWith('-') ? -size : size
}
