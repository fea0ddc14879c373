import type { FieldRuleYaml } from '../contracts/grammar.ts'
import { type Draft, emptyDraft } from './draft.ts'
import type { LoadedTable } from './table.ts'

/** A contract of a standard's statements: the standard says what its fields mean; undefined for other formats. */
export async function statementDraft(table: LoadedTable): Promise<Draft | undefined> {
  const draft = emptyDraft()
  const put = (field: string, rule: FieldRuleYaml, evidence: string) => draft.fields.set(field, { rule, evidence })
  const has = (name: string) => table.columns.find((column) => column.name === name)
  draft.top.set('role', { value: 'bank', evidence: 'statements of an account' })
  put('kind', { value: 'transfer' }, 'movements of an account; the sign says which way')
  put('fee', { value: 0 }, 'what moved is what was booked')
  if (table.format.type === 'mt940') {
    put('transaction_id', { from: ['account', 'bank_reference'] }, "the bank's reference within the account")
    put('local_date', { from: 'value_date', format: 'YYMMDD' }, 'as SWIFT writes days')
    put(
      'currency',
      { from: has('opening_currency') === undefined ? 'currency' : 'opening_currency' },
      "of the account's opening balance",
    )
    put('gross', { from: 'amount', decimal: ',', group: '' }, 'as SWIFT writes amounts')
    put('account', { from: 'account' }, 'the account of the statement')
    put('reference', { from: 'customer_reference', nil: 'NONREF' }, "the customer's reference")
    draft.top.set('sign', {
      value: { from: 'mark', negative: ['D', 'RC', 'ED'], positive: ['C', 'RD', 'EC'] },
      evidence: 'a reversed credit (RC) is money out, a reversed debit (RD) money in',
    })
    put(
      'status',
      { from: 'mark', map: { C: 'settled', D: 'settled', RC: 'settled', RD: 'settled', EC: 'pending', ED: 'pending' } },
      'an expected credit (EC) or debit (ED) has not been booked yet',
    )
    return draft
  }
  if (table.format.type === 'camt') {
    put(
      'transaction_id',
      { from: ['statement_id', 'entry_number', 'detail_number'] },
      'nothing else is unique in the standard',
    )
    put('occurred_at', { from: 'booking_date', fallback: 'value_date' }, 'when it was booked')
    put('currency', { from: 'currency' }, 'of the amount')
    put('gross', { from: 'amount', decimal: '.', group: '' }, 'as the standard writes amounts')
    put('account', { from: 'account' }, 'the account of the statement')
    put('reference', { from: 'reference' }, "the bank's reference")
    draft.top.set('sign', {
      value: { from: 'credit_debit', negative: 'DBIT', positive: 'CRDT' },
      evidence: 'the standard says on which side',
    })
    const status = has('status')
    if (status !== undefined) {
      const [row] = await table.query<{ all: boolean }>(`select count(${status.sql}) = count(*) as "all" from cell`)
      const isFull = row?.all === true
      put(
        'status',
        {
          ...(isFull ? { from: 'status' } : { sql: `coalesce("status", 'BOOK')` }),
          map: { BOOK: 'settled', PDNG: 'pending', FUTR: 'pending', INFO: 'pending' },
        } as FieldRuleYaml,
        `what is pending (PDNG), of the future (FUTR) or for information (INFO) has moved no money${isFull ? '' : '; what says nothing is booked'}`,
      )
    }
    return draft
  }
  if (table.format.type !== 'ofx') return undefined
  const account = ['BANKACCTFROM.ACCTID', 'CCACCTFROM.ACCTID', 'INVACCTFROM.ACCTID'].find(
    (name) => has(name) !== undefined,
  )
  put('transaction_id', { from: 'FITID' }, 'unique within an account, as OFX says')
  put('currency', { from: 'CURDEF' }, "the statement's")
  put(
    'gross',
    { sql: `replace("TRNAMT", ',', '.')`, decimal: '.', group: '' } as FieldRuleYaml,
    'OFX takes either mark before decimals, and no grouping',
  )
  if (account !== undefined) put('account', { from: account }, 'the account of the statement')
  const moments = has('DTPOSTED')
  const tails =
    moments === undefined
      ? []
      : await table.query<{ t: string; short: boolean; n: string }>(
          `select regexp_extract(trim(${moments.sql}), '[[].*$') as t, length(trim(${moments.sql})) <= 8 as short, count(*)::varchar as n from cell where ${moments.sql} is not null group by all order by t`,
        )
  const offsets = tails.flatMap(({ t }) => /^\[([+-]?\d{1,2})/.exec(t)?.[1] ?? [])
  const zone = offsets.length > 0 && offsets.every((offset) => offset === offsets[0]) ? Number(offsets[0]) : 0
  const formats = tails.flatMap(({ t, short }) =>
    short ? ['YYYYMMDD'] : [`YYYYMMDDHHmmss${t === '' ? '' : `[${t.slice(0, -1)}]]`}`],
  )
  put(
    'occurred_at',
    {
      from: 'DTPOSTED',
      format: [...new Set(formats)],
      zone: zone === 0 ? 'UTC' : `Etc/GMT${zone < 0 ? '+' : '-'}${Math.abs(zone)}`,
    },
    'as OFX writes moments; without a zone they are UTC',
  )
  return draft
}
