import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { type Amount, allTakenSql, amountSql, type Relation } from './amounts.ts'
import { fromColumn, meaning, type NamedProfile } from './columns.ts'
import type { Draft, DraftField } from './draft.ts'
import type { Money } from './money.ts'
import type { LoadedTable } from './table.ts'

/** The amounts that make a net as SQL, what was taken as positive. */
function partsOf(relation: Relation & { net: Amount }) {
  const [g, n, charge] = [amountSql(relation.gross), amountSql(relation.net), allTakenSql(relation)]
  return { g, n, charge, closes: `${n} = ${g} - ${charge}` }
}

/**
 * Sign gross or net where the sum of a record closes by the other's sign alone: a refund of 50 of which the net is -50.
 *
 * @returns the money as it is signed then
 */
export async function turnBySums(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
): Promise<Money> {
  const net = money.relation?.net ?? null
  if (money.relation === null || net === null) return money
  const { gross } = money.relation
  // The one that has no minus anywhere lacks it; where both have some, nothing tells which is wrong.
  const isGross = !gross.reading.hasNegatives
  if (isGross !== net.reading.hasNegatives) return money
  const { g, n, charge, closes } = partsOf({ ...money.relation, net })
  const [plain, minus] = isGross ? [g, n] : [n, g]
  const whole = `${n} = ${charge} - ${g}`
  const isTurned = `(${plain} > 0 and ${minus} < 0 and not (${closes}) and (${whole}${isGross ? ` or ${n} = -(${g}) - ${charge}` : ''}))`
  const [row] = await table.query<Record<'turned' | 'back' | 'charged', string>>(
    `select count(*) filter (${isTurned})::varchar as turned, count(*) filter (${isTurned} and ${charge} <> 0 and ${whole})::varchar as back,
       count(*) filter (${isTurned} and ${charge} <> 0)::varchar as charged from amount`,
  )
  const turned = Number(row?.turned)
  if (turned === 0) return money
  // Beside a gross that is turned a fee is one given back where only that closes.
  const isBack = isGross && Number(row?.back) * 2 > Number(row?.charged)
  const fields = [isGross ? 'gross' : 'net', ...(isBack ? ['fee', 'tax'] : [])].filter((field) =>
    draft.fields.has(field),
  )
  const words = await wordsThatTell(table, columns, isTurned, closes)
  for (const field of fields) {
    const { rule, evidence } = draft.fields.get(field) as DraftField
    const signed = words === null ? signedByMinus(rule, isGross ? net : gross) : { ...rule, sign: words.sign }
    if (signed === null) continue
    const by = words === null ? 'the minus of the other' : `the words of ${JSON.stringify(words.column.name)}`
    draft.fields.set(field, {
      rule: signed as FieldRuleYaml,
      evidence: `${evidence}; ${turned} of them with the sign turned, which ${by} ${words === null ? 'tells' : 'tell'}`,
    })
  }
  return isGross ? { ...money, signed: 'cells', movement: `(case when ${isTurned} then -(${g}) else ${g} end)` } : money
}

/** The column whose every word is of records that are turned, or of none that is. */
async function wordsThatTell(table: LoadedTable, columns: readonly NamedProfile[], isTurned: string, closes: string) {
  for (const column of meaning(columns, 'type', 'direction_marker', 'description')) {
    if (column.words === null || column.words.size > 20 || column.filled < table.rows * 0.9) continue
    const rows = await table.query<Record<'w' | 'turned' | 'closed', string>>(
      `select ${column.sql} as w, count(*) filter (${isTurned})::varchar as turned, count(*) filter (${closes})::varchar as closed
       from amount where ${column.sql} is not null group by 1 order by 1`,
    )
    if (rows.some(({ turned, closed }) => Number(turned) > 0 && Number(closed) > 0)) continue
    const negative = rows.filter(({ turned }) => Number(turned) > 0).map(({ w }) => w)
    const positive = [...column.words.keys()].filter((word) => !negative.includes(word))
    const sign = { ...fromColumn(column), negative, ...(positive.length === 0 ? {} : { positive }) }
    return { column, sign }
  }
  return null
}

/** The rule with a minus where the other amount of the record has one; null where the rule is no plain column. */
function signedByMinus(rule: FieldRuleYaml, { column, reading }: Amount): FieldRuleYaml | null {
  const { from, ...style } = rule
  if (typeof from !== 'string' || !('name' in column.ref) || reading.style.sides !== null) return null
  const hasMinus = `regexp_matches(${quote(column.ref.name)}, ${literal('[-\u2212(].*\\p{Nd}|\\p{Nd}.*[-\u2212]$')})`
  return { sql: `case when ${hasMinus} then '-' || ${quote(from)} else ${quote(from)} end`, ...style } as FieldRuleYaml
}

/**
 * Leave the net out of records that do not count, where the file has 0 there though nothing was taken: a failed payment of 50 has
 * no net of 0 to check. What counts is checked as before.
 */
export async function leaveOutNets(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  { relation }: Money,
  draft: Draft,
): Promise<void> {
  const [status, net] = [draft.fields.get('status')?.rule, draft.fields.get('net')]
  if (relation === null || relation.net === null || status?.map === undefined || typeof net?.rule.from !== 'string')
    return
  const column = columns.find(({ ref }) => 'name' in ref && ref.name === status.from)
  if (column === undefined) return
  const { n, closes } = partsOf({ ...relation, net: relation.net })
  const rows = await table.query<{ w: string }>(
    `select distinct ${column.sql} as w from amount where ${n} = 0 and not (${closes}) and ${column.sql} is not null`,
  )
  const { from, ...style } = net.rule
  const without = (map: NonNullable<FieldRuleYaml['map']>): FieldRuleYaml | null => {
    const words = Object.keys(map).filter((word) => map[word] !== 'settled')
    if (!rows.some(({ w }) => words.includes(w))) return null
    const isUncounted = `${quote(column.name)} in (${words.map(literal).join(', ')})`
    return { sql: `case when ${isUncounted} then null else ${quote(from)} end`, ...style } as FieldRuleYaml
  }
  const rule = without(status.map)
  if (rule !== null)
    draft.fields.set('net', {
      rule,
      evidence: `${net.evidence}; records that do not count have 0 there and are not summed`,
    })
  for (const [i, question] of draft.questions.entries())
    if (question.id === 'status')
      draft.questions[i] = {
        ...question,
        candidates: question.candidates.map((candidate) => {
          const own = without(candidate.fields.status?.map ?? {})
          return own === null ? candidate : { ...candidate, fields: { ...candidate.fields, net: own } }
        }),
      }
}
