import { meaning, type NamedProfile, named, type Surroundings } from './columns.ts'
import { type Draft, emptyDraft } from './draft.ts'
import { findDirection } from './direction.ts'
import { findIdentity } from './identity.ts'
import { findMoment } from './moments.ts'
import { findMoney, fromColumn } from './money.ts'
import { profile } from './profile.ts'
import { statementDraft } from './statements.ts'
import type { LoadedTable } from './table.ts'
import { findTotals } from './totals.ts'
import { findKind, findStatus } from './words.ts'

/** What a file's contract can be, told by the file; null where it holds no transactions. */
export async function infer(table: LoadedTable, surroundings: Surroundings): Promise<Draft | null> {
  const statement = await statementDraft(table)
  if (statement !== undefined) return statement
  const draft = emptyDraft()
  const columns = (await profile(table)).map(named)
  const money = await findMoney(table, columns, draft, surroundings)
  if (money === null) return null
  const moment = await findMoment(table, columns, draft, surroundings)
  if (moment === null) return null
  const direction = await findDirection(table, columns, money, draft)
  const known = direction === null ? money : { ...money, signed: 'direction' as const }
  await findKind(table, columns, known, draft)
  findStatus(table, columns, draft)
  await findIdentity(table, columns, known, draft)
  addTexts(table, columns, draft)
  await findTotals(table, columns, draft)
  return draft
}

/** What else the model has a place for, where a column's name says so plainly. */
function addTexts(table: LoadedTable, columns: readonly NamedProfile[], draft: Draft): void {
  const used = new Set([...draft.fields.values()].map(({ rule }) => JSON.stringify(rule.from ?? rule.column)))
  const free = (column: NamedProfile) => {
    const { from, column: position } = fromColumn(column)
    return !used.has(JSON.stringify(from ?? position))
  }
  const put = (field: string, ...wanted: Parameters<typeof meaning>[1][]) => {
    const column = meaning(columns, ...wanted).find((one) => free(one) && one.filled >= table.rows * 0.3 && one.look !== 'time')
    if (column !== undefined && !draft.fields.has(field)) draft.fields.set(field, { rule: fromColumn(column), evidence: 'by its name' })
  }
  put('reference', 'external_reference')
}
