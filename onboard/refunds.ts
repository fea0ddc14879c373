import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { quote } from '../contracts/sql-text.ts'
import { type Amount, decimalSql, sumText } from './amounts.ts'
import { fromColumn, meaning, type NamedProfile, nameOf, readBy, type Surroundings, strengthOf } from './columns.ts'
import type { Draft } from './draft.ts'
import type { Money } from './money.ts'
import { type NumberStyle, readNumbers } from './numbers.ts'
import type { LoadedTable } from './table.ts'

/** Money of a record that went back later, in a column of its own such as `Amount Refunded`. */
export interface Refunded {
  readonly amount: Amount
  /** Records that have some. */
  readonly records: number
  /** Where all of it is surely of the record's own money, and in no record of its own: how the net has it. */
  readonly clear: 'no net' | 'net less it' | 'net with it' | null
}

const isBackKind = (kind: unknown): boolean => kind === 'refund' || kind === 'chargeback'

/** The column of what went back; null where there is none, it is 0 throughout, or it repeats what its records move themselves. */
export async function findRefunded(
  table: LoadedTable,
  columns: readonly NamedProfile[],
  money: Money,
  draft: Draft,
  { region }: Surroundings,
): Promise<Refunded | null> {
  const isRead = readBy(...[...draft.fields.values()].map(({ rule }) => rule))
  const column = meaning(columns, 'refunded').find(
    (one) => strengthOf(one, 'refunded') >= 0.9 && one.look === 'number' && !isRead(one),
  )
  if (column === undefined) return null
  const amount = { column, reading: readNumbers(column, money.exponent, region) }
  const [back, moved, net] = [`abs(${decimalSql(amount)})`, money.movement, money.net]
  const [row] = await table.query<Record<'n' | 'within' | 'own' | 'out' | 'less' | 'whole', string>>(
    `select count(*) filter (r > 0)::varchar as n, count(*) filter (r > 0 and r <= m)::varchar as within,
       count(*) filter (r > 0 and r = -m)::varchar as own, count(*) filter (m < 0)::varchar as out,
       count(*) filter (r > 0 and told = made - r)::varchar as less, count(*) filter (r > 0 and told = made)::varchar as whole
     from (select ${back} as r, ${moved} as m, ${net?.told ?? 'null'} as told, ${net?.made ?? 'null'} as made from amount)`,
  )
  const of = (name: keyof NonNullable<typeof row>) => Number(row?.[name])
  const records = of('n')
  if (records === 0 || of('own') === records) return null
  const kind = draft.fields.get('kind')?.rule
  const kinds = [kind?.value, ...Object.values(kind?.map ?? {}), ...Object.values(kind?.patterns ?? {})]
  const isApart = of('out') === 0 && !kinds.some(isBackKind)
  const isSound = of('within') === records && !money.isStatement && ['none', 'cells'].includes(money.signed)
  const told =
    net === null && !draft.fields.has('net')
      ? 'no net'
      : of('less') === records
        ? 'net less it'
        : of('whole') === records
          ? 'net with it'
          : null
  return { amount, records, clear: isSound && (isApart || told === 'net less it') ? told : null }
}

/**
 * Take off what went back: as a refund beside the sale, where that is clear, else as is answered. Where columns of yes and no say
 * that money went back, that is asked already.
 */
export function putRefunds(refunded: Refunded, draft: Draft): void {
  const { amount, records, clear } = refunded
  const isAsked =
    draft.fields.get('status')?.rule.sql !== undefined && draft.questions.some(({ id }) => id === 'status')
  if (isAsked) return
  const entries = clear === null ? null : entriesOf(refunded, draft)
  if (entries === null) {
    ask(refunded, draft)
    return
  }
  draft.top.set('entries', {
    value: entries,
    evidence: `${JSON.stringify(amount.column.name)} went back of ${records} records, of each no more than it moved`,
  })
  const net = draft.fields.get('net')
  if (clear === 'net less it' && net !== undefined)
    draft.fields.set('net', {
      rule: {
        ...withoutOrigin(net.rule),
        sql: `case when not ${someSql(amount)} then ${quote(String(net.rule.from))} end`,
      } as FieldRuleYaml,
      evidence: `${net.evidence}; less what went back, which is an entry of its own`,
    })
}

/** Columns that stay as they are when more goes back: neither what went back, nor a net that is less it. */
export function staysBeside(refunded: Refunded | null, draft: Draft): (column: NamedProfile) => boolean {
  if (refunded === null) return () => true
  const isNet = readBy(draft.fields.get('net')?.rule)
  return (column) => column.sql !== refunded.amount.column.sql && !(refunded.clear === 'net less it' && isNet(column))
}

const withoutOrigin = ({ from: _, ...rest }: FieldRuleYaml): FieldRuleYaml => rest as FieldRuleYaml

/** Whether anything went back of a record, over the source's columns. */
const someSql = ({ column }: Amount): string => `coalesce(regexp_matches(${quote(column.name)}, '[1-9]'), false)`

/** A record as a sale and its refund; null where the language has no way to say it for this file. */
function entriesOf({ amount, clear }: Refunded, draft: Draft): readonly object[] | null {
  const [gross, id, net] = ['gross', 'transaction_id', 'net'].map((field) => draft.fields.get(field)?.rule)
  const { column, reading } = amount
  const isOccurrence = id === undefined && draft.top.has('key')
  const names = [id?.from ?? []].flat()
  const isNamed = reading.style.digits === 'latin' && 'name' in column.ref && typeof gross?.from === 'string'
  const isTold = isOccurrence || (names.length > 0 && names.every((name) => typeof name === 'string'))
  if (!isNamed || !isTold || gross?.negate !== undefined || gross?.sign !== undefined) return null
  if (clear === 'net less it' && typeof net?.from !== 'string') return null
  const back = {
    ...fromColumn(column),
    ...markKeys(reading.style, gross),
    ...(reading.hasNegatives ? {} : { negate: true }),
  }
  const text =
    names.length === 1
      ? quote(names[0] as string)
      : `concat_ws(' ', ${names.map((n) => quote(n as string)).join(', ')})`
  const none = ['fee', 'tax'].filter((field) => draft.fields.has(field)).map((field) => [field, { value: 0 }])
  return [
    { name: 'sale' },
    {
      name: 'refund',
      when: someSql(amount),
      fields: {
        ...(isOccurrence ? {} : { transaction_id: { sql: `${text} || '-refund'` } }),
        kind: { value: 'refund' },
        gross: back,
        ...(draft.fields.has('net') ? { net: back } : {}),
        ...Object.fromEntries(none),
      },
    },
  ]
}

/** What the marks of a column need said beside those of the gross, which stand for both. */
function markKeys({ decimal, group, grouping, symbols, nil }: NumberStyle, gross: FieldRuleYaml | undefined): object {
  return {
    ...(gross?.decimal !== undefined && gross.decimal !== decimal ? { decimal } : {}),
    ...(group !== '' && gross?.group !== undefined && gross.group !== group ? { group, grouping } : {}),
    ...(symbols.length === 0 ? {} : { symbols }),
    ...(nil.length === 0 ? {} : { nil }),
  }
}

function ask({ amount, records }: Refunded, draft: Draft): void {
  const name = JSON.stringify(amount.column.name)
  const taken = (field: string) => {
    const rule = draft.fields.get(field)?.rule
    const { style } = amount.reading
    const isPlain = rule?.symbols === undefined && style.symbols.length === 0 && style.digits === 'latin'
    if (!isPlain || typeof rule?.from !== 'string' || !('name' in amount.column.ref)) return null
    const of = { name: rule.from, style: { ...style, nil: [rule.nil ?? []].flat() as string[] } }
    return {
      sql: sumText([of], [{ name: nameOf(amount.column) as string, style }]),
      decimal: '.',
      group: '',
    } as FieldRuleYaml
  }
  const gross = taken('gross')
  if (gross === null) {
    draft.notes.push(`${records} records say in ${name} that money went back: this is not taken off.`)
    return
  }
  const net = taken('net')
  draft.questions.push({
    id: 'refunded',
    of: 'record',
    question: `Is what stands in ${name} still in the amounts beside it?`,
    evidence: `${records} records have some, and nothing in the file proves whether it is a record of its own too`,
    usual: null,
    candidates: [
      { name: 'ignored', meaning: 'no: it does not count, such as where refunds are records of their own', fields: {} },
      {
        name: 'taken',
        meaning: 'yes: it went back, and is taken off',
        fields: { gross, ...(net === null ? {} : { net }) },
      },
    ],
  })
}
