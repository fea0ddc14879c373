import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { findBalanceLines } from './balance-lines.ts'
import { fromColumn, meaning, type NamedProfile, named, type Surroundings } from './columns.ts'
import { findDirection } from './direction.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { findIdentity } from './identity.ts'
import { findMoment } from './moments.ts'
import { findMoney } from './money.ts'
import { profile } from './profile.ts'
import { findRefunded, putRefunds, staysBeside } from './refunds.ts'
import { findSerials } from './serials.ts'
import { askForAmounts } from './silent.ts'
import { statementDraft } from './statements.ts'
import type { LoadedTable } from './table.ts'
import { findTotals } from './totals.ts'
import { leaveOutNets, turnBySums } from './turned.ts'
import { findWays } from './ways.ts'
import { findKind, findStatus } from './words.ts'
import { findYearless } from './yearless.ts'

/**
 * What a file's contract of transactions can be, told by the file; null where it holds none.
 *
 * @param seen the columns of the file, where they were looked at before
 */
export async function infer(
  table: LoadedTable,
  surroundings: Surroundings,
  seen?: readonly NamedProfile[],
): Promise<Draft | null> {
  const statement = await statementDraft(table)
  if (statement !== undefined) return statement
  const draft = emptyDraft()
  const columns = seen ?? profile(table).map(named)
  const found = await findMoney(table, columns, draft, surroundings)
  if (found === null) return null
  const money = await turnBySums(table, columns, found, draft)
  const moment = await findMoment(table, columns, draft, surroundings)
  const isDated =
    moment !== null ||
    (await findYearless(table, columns, draft, surroundings)) ||
    (await findSerials(table, columns, draft, surroundings))
  if (!isDated) return null
  const direction = await findDirection(table, columns, money, draft)
  const known =
    direction === null ? await findWays(table, columns, money, draft) : { ...money, signed: 'direction' as const }
  await findKind(table, columns, known, draft)
  await askForAmounts(table, columns, draft, known)
  const refunded = await findRefunded(table, columns, known, draft, surroundings)
  await findStatus(table, columns, known, draft, refunded)
  await leaveOutNets(table, columns, known, draft)
  await findIdentity(table, columns.filter(staysBeside(refunded, draft)), known, draft)
  if (refunded !== null) putRefunds(refunded, draft)
  addFees(draft)
  await emptyFees(table, columns, draft)
  addTexts(table, columns, draft)
  await findBalanceLines(table, columns, draft)
  await findTotals(table, columns, draft)
  return draft
}

/** Where fees are records of their own, and no column has them, the other records have none. */
function addFees(draft: Draft): void {
  const kind = draft.fields.get('kind')?.rule
  const kinds = [...Object.values(kind?.map ?? {}), ...Object.values(kind?.patterns ?? {})]
  if (!draft.fields.has('fee') && !draft.fields.has('net') && kinds.includes('fee'))
    draft.fields.set('fee', { rule: { value: 0 }, evidence: 'fees are records of their own here' })
}

/** Where the fee is empty on just the records of one side, there is none on that side. */
async function emptyFees(table: LoadedTable, columns: readonly NamedProfile[], draft: Draft): Promise<void> {
  const rule = draft.fields.get('fee')?.rule
  const direction = draft.top.get('direction')?.value as { out: string } | undefined
  const own = (draft.top.get('params')?.value as { own_account: string } | undefined)?.own_account
  const fee = columns.find(({ name }) => name === rule?.from)
  const out = columns.find(({ name }) => name === direction?.out)
  if (fee === undefined || out === undefined || own === undefined || fee.empty === 0) return
  const [row] = await table.query<{ out: string; empty_out: string; empty_in: string; all_in: string }>(
    `select count(*) filter (o)::varchar as "out", count(*) filter (o and f is null)::varchar as empty_out,
       count(*) filter (not o and f is null)::varchar as empty_in, count(*) filter (not o)::varchar as all_in
     from (select coalesce(${out.sql} = ${literal(own)}, false) as o, ${fee.sql} as f from cell)`,
  )
  if (
    row === undefined ||
    Number(row.empty_out) < Number(row.out) * 0.9 ||
    Number(row.empty_in) > Number(row.all_in) * 0.1
  )
    return
  const [name, side] = [fee.name, out.name].map(quote)
  const { from: _, ...rest } = rule as FieldRuleYaml
  draft.fields.set('fee', {
    rule: { sql: `case when ${name} is null and ${side} = ${literal(own)} then '0' else ${name} end`, ...rest },
    evidence: `empty on ${row.empty_out} of ${row.out} records of money out, and on ${row.empty_in} of ${row.all_in} others: none is taken there`,
  })
}

/** What else the model has a place for, where a column's name says so plainly. */
function addTexts(table: LoadedTable, columns: readonly NamedProfile[], draft: Draft): void {
  const used = new Set([...draft.fields.values()].map(({ rule }) => JSON.stringify(rule.from ?? rule.column)))
  const free = (column: NamedProfile) => {
    const { from, column: position } = fromColumn(column)
    return !used.has(JSON.stringify(from ?? position))
  }
  const put = (field: string, ...wanted: Parameters<typeof meaning>[1][]) => {
    const column = meaning(columns, ...wanted).find(
      (one) => free(one) && one.filled >= table.rows * 0.3 && one.look !== 'time',
    )
    if (column !== undefined && !draft.fields.has(field))
      draft.fields.set(field, { rule: fromColumn(column), evidence: 'by its name' })
  }
  put('reference', 'external_reference')
}
