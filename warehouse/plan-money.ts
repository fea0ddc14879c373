import type { Model } from '../models/field.ts'
import type { Judged } from './bring-back.ts'
import { literal, type Session } from './duck.ts'
import { partsOf } from './parts.ts'
import type { MoneyChange, SourceChange, Sums } from './plan.types.ts'
import { changesAny } from './plan-rows.ts'

const amounts = ['gross', 'fee', 'tax', 'net'] as const
const names = ['n', ...amounts.flatMap((name) => [name, `known_${name}`])]

/** Sums, and how many amounts are known of each, so that an unknown one is never taken for zero. */
const sums = (sign: 1 | -1): string =>
  [
    `${sign} * count(*) as n`,
    ...amounts.flatMap((name) => [
      `(${sign} * coalesce(sum(${name}), 0))::decimal(38,9) as ${name}`,
      `${sign} * count(${name}) as known_${name}`,
    ]),
  ].join(', ')

/**
 * Money of a source's counted rows before and after, as `compareRows` has told them apart.
 *
 * @param givers every file that rows come from
 */
export async function compareMoney(
  session: Session,
  source: string,
  model: Model,
  givers: readonly Judged[],
): Promise<SourceChange['money']> {
  const columns = ['counted', 'role', 'currency', 'local_date', ...amounts]
  const moved = `differing where changed is null or ${changesAny(model, columns)}`
  const core = `core.transaction c where c.source = ${literal(source)} and c.counted`
  const parts = partsOf(givers)
  const count = (of: string, from: string) => session.number(`select count(${of}) from ${from}`)
  const [leaving, coming] = [await count('row_id', `(from ${moved})`), await count('file', `(from ${moved})`)]
  // A change of every row takes no join to find them.
  const isWhole = leaving > 0 && leaving === (await count('*', `core.transaction where source = ${literal(source)}`))
  let given = 0
  for (const { rows } of isWhole ? parts : []) given += await count('*', rows)
  const comesWhole = isWhole && coming === given
  const leaves = isWhole ? 'true' : leaving > 0 ? `c.rowid in (select row_id from ${moved})` : 'false'
  await session.run(`
    create or replace temp table day_before as select role, currency, local_date, ${sums(1)} from ${core} group by all;
    create or replace temp table day_change as select role, currency, local_date, ${sums(-1)} from ${core} and ${leaves} group by all`)
  const own = `semi join (from ${moved}) d on d.file = s._file and d.line = s._line and d.entry = s._entry`
  for (const { rows } of coming > 0 ? parts : [])
    await session.run(`
      insert into day_change select role, currency, local_date, ${sums(1)}
      from ${rows} s ${comesWhole ? '' : own} where counted group by all`)
  const totals = await changes(session, ['currency', 'role'], 'true')
  const days = await changes(
    session,
    ['currency', 'local_date', 'role'],
    names.map((name) => `coalesce(d.${name}, 0) <> 0`).join(' or '),
  )
  return {
    totals: totals.map(moneyChange),
    days: days.map((row) => ({ localDate: row.local_date ?? '', ...moneyChange(row) })),
  }
}

/** Before, after and their difference by `key`; an amount that is known of no row is null. */
async function changes(session: Session, key: readonly string[], where: string) {
  const by = key.join(', ')
  const total = (table: string) =>
    `(select ${by}, ${names.map((name) => `sum(${name}) as ${name}`).join(', ')} from ${table} group by ${by})`
  const of = (side: string, name: string) => `coalesce(${side}.${name}, 0)`
  const both = (name: string) => `${of('b', name)} + ${of('d', name)}`
  const values = amounts.flatMap((name) => [
    `case when ${of('b', `known_${name}`)} > 0 then ${of('b', name)} end as before_${name}`,
    `case when ${both(`known_${name}`)} > 0 then ${both(name)} end as after_${name}`,
    `case when ${of('b', `known_${name}`)} > 0 or ${both(`known_${name}`)} > 0 then ${of('d', name)} end as difference_${name}`,
  ])
  return session.rows<Record<string, string | null>>(`
    select ${by}, ${of('b', 'n')} as before_n, ${both('n')} as after_n, ${of('d', 'n')} as difference_n, ${values.join(', ')}
    from ${total('day_before')} b full join ${total('day_change')} d using (${by}) where ${where} order by ${by}`)
}

function moneyChange(row: Record<string, string | null>): MoneyChange {
  const side = (name: string): Sums => ({
    rows: Number(row[`${name}_n`]),
    gross: amount(row[`${name}_gross`]),
    fee: amount(row[`${name}_fee`]),
    tax: amount(row[`${name}_tax`]),
    net: amount(row[`${name}_net`]),
  })
  const { currency, role } = row
  return {
    ...{ currency: currency ?? '', role: role ?? '' },
    ...{ before: side('before'), after: side('after'), difference: side('difference') },
  }
}

/** An amount with the two decimals that most money has, or as many more as it needs. */
export const amount = (decimal: string | null | undefined): string | null =>
  decimal?.replace(/(\.\d\d\d*?)0*$/, '$1') ?? null
