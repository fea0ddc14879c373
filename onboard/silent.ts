import { literal, quote } from '../contracts/sql-text.ts'
import type { Amount } from './amounts.ts'
import { meaning, type NamedProfile } from './columns.ts'
import type { Draft } from './draft.ts'
import type { Money } from './money.ts'
import type { LoadedTable } from './table.ts'

/** Records without any amount may name one in a text: whether it came in or went out is asked. */
export async function askForAmounts(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  draft: Draft,
  { silent }: Money,
): Promise<void> {
  if (silent === null) return
  const { gross, net } = silent
  const rule = draft.fields.get('gross')?.rule
  const sql = rule?.sql
  if (net === null || sql === undefined || !('name' in gross.column.ref) || !('name' in net.column.ref)) return
  const isNil = ({ column, reading }: Amount) =>
    reading.style.nil.map((word) => `${column.sql} = ${literal(word)}`).join(' or ') || 'false'
  for (const column of meaning(columns, 'description', 'title', 'name')) {
    if (!('name' in column.ref) || column.sql === gross.column.sql) continue
    const [row] = await table.query<{ n: string; example: string | null }>(
      `select count(*)::varchar as n, min(${column.sql}) as example from amount where (${isNil(gross)}) and (${isNil(net)}) and regexp_matches(${column.sql}, '[0-9]')`,
    )
    if (Number(row?.n) === 0) continue
    const [text, amount, total] = [column.ref.name, gross.column.ref.name, net.column.ref.name].map(quote) as [
      string,
      string,
      string,
    ]
    const isEmpty = (name: string, words: readonly string[]) =>
      words.map((word) => `${name} = ${literal(word)}`).join(' or ')
    const found = `regexp_extract(${text}, '[0-9][0-9,.]*[0-9]')`
    const taken = (minus: string) =>
      `case when (${isEmpty(amount, gross.reading.style.nil)}) and (${isEmpty(total, net.reading.style.nil)}) then ${minus}${found} else ${sql} end`
    const kind = draft.fields.get('kind')?.rule
    const kindColumn = columns.find(({ name }) => name === kind?.from)
    const words =
      kindColumn === undefined
        ? []
        : await table.query<{ w: string }>(
            `select distinct ${kindColumn.sql} as w from amount where (${isNil(gross)}) and (${isNil(net)}) and ${kindColumn.sql} is not null`,
          )
    const meant = (as: string) =>
      kind?.map === undefined || words.length === 0
        ? {}
        : { kind: { map: { ...kind.map, ...Object.fromEntries(words.map(({ w }) => [w, as])) } } }
    draft.questions.push({
      id: 'gross.text',
      of: 'record',
      question: `Records without amounts name one in ${JSON.stringify(column.name)}: did it go out or come in?`,
      evidence: `${row?.n} of them, such as ${JSON.stringify(row?.example)}`,
      usual: null,
      candidates: [
        {
          name: 'out',
          meaning: 'paid out to the own account',
          fields: { gross: { sql: taken("'-' || ") }, ...meant('payout') },
        },
        { name: 'in', meaning: 'money that came in', fields: { gross: { sql: taken('') }, ...meant('sale') } },
      ],
    })
    return
  }
}
