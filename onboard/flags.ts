import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { literal, quote } from '../contracts/sql-text.ts'
import { fromColumn, type NamedProfile, nameOf } from './columns.ts'
import type { Candidate, Draft } from './draft.ts'
import type { Money } from './money.ts'
import type { LoadedTable } from './table.ts'
import { type Flag, flagOf, statusMeanings, truthOf } from './vocabulary.ts'

/** A column of yes and no that says how far a payment has come, with its words for each in lower case. */
interface FlagColumn {
  readonly column: NamedProfile
  readonly flag: Flag
  readonly yes: readonly string[]
  readonly no: readonly string[]
}

/** Programs write both of a pair: of a column that has one of them alone so far, the other is known. */
const pairs = [
  ['true', 'false'],
  ['yes', 'no'],
  ['1', '0'],
  ['y', 'n'],
  ['t', 'f'],
] as const

/** A column by its name and its words; 0 and 1 are numbers, too: one of them alone is a flag where the name asks. */
export function flagColumnOf(column: NamedProfile): FlagColumn | null {
  const { words, name } = column
  if (words === null || words.size === 0 || words.size > 4 || !('name' in column.ref)) return null
  const seen = [...words.keys()].map((word) => word.toLowerCase())
  if (!seen.every((word) => truthOf(word) !== undefined)) return null
  const isNumber = seen.every((word) => /^[01]$/.test(word))
  const asks = /\?\s*$|(?:^|[._\s])(?:is|was|has)(?=[._\sA-Z])/.test(name)
  if (isNumber && words.size < 2 && !asks) return null
  const flag = flagOf(name)
  if (flag === undefined) return null
  const known = new Set([...seen, ...pairs.filter((pair) => pair.some((word) => seen.includes(word))).flat()])
  const of = (truth: boolean) => [...known].filter((word) => truthOf(word) === truth)
  const [yes, no] = [of(true), of(false)]
  return yes.length === 0 || no.length === 0 ? null : { column, flag, yes, no }
}

/** In this order: what is told first holds. */
const told = ['failed', 'expired', 'disputed', 'reversed', 'refunded', 'refund', 'pending'] as const
const isOpen = (flag: Flag): boolean => flag === 'refunded' || flag === 'refund'

/**
 * Fill `status` by columns of yes and no: settled where all that must be yes is, and nothing speaks against it. Whether money that
 * went back counts is asked.
 */
export async function statusByFlags(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
): Promise<void> {
  const flags = columns.flatMap((column) => flagColumnOf(column) ?? [])
  if (flags.length === 0) return
  const map = Object.fromEntries(statusesOf(flags).map((status) => [status, status]))
  const sql = statusSql(flags, quotedName)
  const named = flags.map(({ column }) => JSON.stringify(column.name))
  draft.fields.set('status', {
    rule: { sql, map } as FieldRuleYaml,
    evidence: `${named.join(', ')} ${named.length === 1 ? 'says' : 'say'} yes or no`,
  })
  const counts = await table.query<{ status: string; n: string }>(
    `select ${statusSql(flags, ({ sql }) => sql)} as status, count(*)::varchar as n from cell group by 1 order by 1`,
  )
  const open = counts.filter(({ status }) => status === 'refunded' || status === 'refund')
  if (open.length > 0) askForRefunds({ open, flags, map, money }, draft)
}

const quotedName = ({ name }: NamedProfile): string => quote(name)

/** Statuses that the flags tell; what is asked is none of them. */
const statusesOf = (flags: readonly FlagColumn[]): string[] => [
  'settled',
  ...new Set(
    flags.flatMap(({ flag }) =>
      isOpen(flag) ? [] : flag === 'success' ? ['failed'] : flag === 'paid' ? ['pending'] : [flag],
    ),
  ),
]

/** The status of a record; a word that is neither yes nor no makes it unknown. */
function statusSql(flags: readonly FlagColumn[], sqlOf: (column: NamedProfile) => string): string {
  const is = (words: readonly string[], { column }: FlagColumn) =>
    `lower(${sqlOf(column)}) in (${words.map(literal).join(', ')})`
  const any = (flag: Flag, words: 'yes' | 'no') =>
    flags.filter((one) => one.flag === flag).map((one) => is(one[words], one))
  const cases = [
    ...told.map((flag) => ({ when: any(flag, 'yes'), status: flag })),
    { when: any('success', 'no'), status: 'failed' },
    { when: any('paid', 'no'), status: 'pending' },
  ].filter(({ when }) => when.length > 0)
  const isSettled = flags.map((one) =>
    one.flag === 'success' || one.flag === 'paid'
      ? is(one.yes, one)
      : // Not there is no yes.
        `coalesce(lower(${sqlOf(one.column)}), ${literal(one.no[0] as string)}) in (${one.no.map(literal).join(', ')})`,
  )
  const whens = cases.map(({ when, status }) => `when ${when.join(' or ')} then ${literal(status)}`)
  return `case ${whens.join(' ')} when ${isSettled.join(' and ')} then 'settled' else 'unknown' end`
}

interface Refunds {
  /** Which of the two words there are, and how often. */
  readonly open: readonly { readonly status: string; readonly n: string }[]
  readonly flags: readonly FlagColumn[]
  readonly map: Readonly<Record<string, string>>
  readonly money: Money
}

function askForRefunds({ open, flags, map, money }: Refunds, draft: Draft): void {
  const asked = flags.filter(({ flag }) => open.some(({ status }) => status === flag))
  const named = asked.map(({ column }) => JSON.stringify(column.name)).join(', ')
  const means = (status: string) => ({
    status: { map: { ...map, ...Object.fromEntries(open.map((one) => [one.status, status])) } },
  })
  const [only, ...others] = asked
  const own = only?.flag === 'refund' && others.length === 0 ? ownRecord(only, money, draft) : null
  const records = open.reduce((sum, { n }) => sum + Number(n), 0)
  draft.questions.push({
    id: 'status',
    of: 'record',
    question: `What does yes in ${named} mean?`,
    evidence: `${records} ${records === 1 ? 'record has' : 'records have'} it`,
    usual: null,
    candidates: [
      { name: 'settled', meaning: statusMeanings.settled, fields: means('settled') },
      { name: 'reversed', meaning: statusMeanings.reversed, fields: means('reversed') },
      ...(own === null ? [] : [{ ...own, fields: { ...own.fields, ...means('settled') } }]),
    ],
  })
}

/** The record is the refund: money out, which looks like a sale in a file without signs. */
function ownRecord({ column, yes, no }: FlagColumn, { signed }: Money, draft: Draft): Candidate | null {
  const [kind, gross] = [draft.fields.get('kind')?.rule, draft.fields.get('gross')?.rule]
  if (kind?.value === undefined || gross === undefined) return null
  const words = (truth: readonly string[]) => [
    ...new Set([...truth, ...[...(column.words?.keys() ?? [])].filter((word) => truth.includes(word.toLowerCase()))]),
  ]
  const map = Object.fromEntries([
    ...words(yes).map((word) => [word, 'refund']),
    ...words(no).map((word) => [word, kind.value as string]),
  ])
  const sign = { from: nameOf(column) as string, negative: words(yes), positive: words(no) }
  const turned = (field: string) =>
    signed === 'none' && draft.fields.has(field) ? { [field]: { sign } as FieldRuleYaml } : {}
  return {
    name: 'refund',
    meaning: 'a record of its own: money that was given back',
    fields: { kind: { ...fromColumn(column), map } as FieldRuleYaml, ...turned('gross'), ...turned('net') },
  }
}
