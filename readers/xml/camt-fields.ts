import type { ElementCells } from './element-cells.ts'

/** Fields of the statement, the same in each of its records. */
export const statementFields = [
  'statement_id',
  'statement_number',
  'statement_created',
  'statement_from',
  'statement_to',
  'account',
  'account_currency',
  'account_owner',
  'account_servicer',
  'opening_balance',
  'opening_balance_credit_debit',
  'opening_balance_date',
  'closing_balance',
  'closing_balance_credit_debit',
  'closing_balance_date',
] as const

/** Fields of the entry, the same in each record that it is split into. */
export const entryFields = [
  'entry_number',
  'detail_count',
  'entry_reference',
  'entry_amount',
  'booking_date',
  'value_date',
  'status',
  'reversal',
  'bank_transaction_code',
  'proprietary_code',
  'additional_entry_info',
] as const

/** Fields of the record: of the entry, or of one transaction in it. */
export const recordFields = [
  'detail_number',
  'amount',
  'currency',
  'credit_debit',
  'reference',
  'end_to_end_id',
  'transaction_id',
  'instruction_id',
  'mandate_id',
  'counterparty_name',
  'counterparty_account',
  'debtor_name',
  'debtor_account',
  'creditor_name',
  'creditor_account',
  'remittance',
  'structured_reference',
  'instructed_amount',
  'instructed_currency',
  'exchange_rate',
  'charges',
  'return_reason',
  'additional_info',
] as const

type Values<Name extends string> = Readonly<Record<Name, string | undefined>>
export type StatementValues = Values<(typeof statementFields)[number]>
export type EntryValues = Values<(typeof entryFields)[number]>
export type RecordValues = Values<(typeof recordFields)[number]>

/** ISO 20022, external code set "balance type": OPBD opening booked, PRCD previously closed, CLBD closing booked. */
const openings = ['OPBD', 'PRCD']
const closings = ['CLBD']

export function statementValues(cells: ElementCells): StatementValues {
  const get = (...names: string[]) => first(cells, names)
  const balances = repeats(cells, 'Bal', 'Amt')
  const balance = (codes: readonly string[]) => {
    for (const code of codes) {
      const found = balances.find((at) => get(`${at}.Tp.CdOrPrtry.Cd`, `${at}.Tp.Cd`) === code)
      if (found !== undefined) return found
    }
    return undefined
  }
  const [opening, closing] = [balance(openings), balance(closings)]
  const of = (at: string | undefined, ...names: string[]) =>
    at === undefined ? undefined : get(...names.map((name) => `${at}.${name}`))
  return {
    statement_id: get('Id'),
    statement_number: get('ElctrncSeqNb', 'LglSeqNb'),
    statement_created: get('CreDtTm'),
    statement_from: get('FrToDt.FrDtTm', 'FrToDt.FrDt'),
    statement_to: get('FrToDt.ToDtTm', 'FrToDt.ToDt'),
    account: get(...accountOf('Acct')),
    account_currency: get('Acct.Ccy'),
    account_owner: get('Acct.Ownr.Nm'),
    account_servicer: get('Acct.Svcr.FinInstnId.BICFI', 'Acct.Svcr.FinInstnId.BIC', 'Acct.Svcr.FinInstnId.Nm'),
    opening_balance: of(opening, 'Amt'),
    opening_balance_credit_debit: of(opening, 'CdtDbtInd'),
    opening_balance_date: of(opening, 'Dt.Dt', 'Dt.DtTm'),
    closing_balance: of(closing, 'Amt'),
    closing_balance_credit_debit: of(closing, 'CdtDbtInd'),
    closing_balance_date: of(closing, 'Dt.Dt', 'Dt.DtTm'),
  }
}

export function entryValues(cells: ElementCells, number: number, details: number): EntryValues {
  const get = (...names: string[]) => first(cells, names)
  return {
    entry_number: String(number),
    detail_count: String(details),
    entry_reference: get('NtryRef'),
    entry_amount: get('Amt'),
    booking_date: get('BookgDt.Dt', 'BookgDt.DtTm'),
    value_date: get('ValDt.Dt', 'ValDt.DtTm'),
    status: get('Sts', 'Sts.Cd', 'Sts.Prtry'),
    reversal: get('RvslInd'),
    bank_transaction_code: codeOf(cells),
    proprietary_code: get('BkTxCd.Prtry.Cd'),
    additional_entry_info: get('AddtlNtryInf'),
  }
}

/** What the amount of a transaction is, and in which currency, where the transaction says so. */
export function amountOf(detail: ElementCells): { amount: string; currency: string | undefined } | undefined {
  for (const name of ['Amt', 'AmtDtls.TxAmt.Amt']) {
    const amount = detail.get(name)
    if (amount !== undefined && amount !== '') return { amount, currency: detail.get(`${name}@Ccy`) }
  }
  return undefined
}

/** @param detail the entry's only transaction, or the one of several that is the record; null: no single one */
export function recordValues(
  entry: ElementCells,
  detail: ElementCells | null,
  split: { number: number; amount: string; currency: string | undefined } | null,
): RecordValues {
  const get = (...names: string[]) => (detail === null ? undefined : first(detail, names))
  const parties = partiesOf(get)
  const creditDebit = (split === null ? undefined : get('CdtDbtInd')) ?? entry.get('CdtDbtInd')
  // The parties are those of the payment that is turned back: its debtor gets the money again.
  const isReversal = ['true', '1'].includes(entry.get('RvslInd') ?? '')
  const isFromDebtor = (creditDebit === 'CRDT') !== isReversal
  return {
    detail_number: split === null ? undefined : String(split.number),
    amount: split?.amount ?? entry.get('Amt'),
    currency: split?.currency ?? entry.get('Amt@Ccy'),
    credit_debit: creditDebit,
    reference: get('Refs.AcctSvcrRef') ?? entry.get('AcctSvcrRef'),
    end_to_end_id: get('Refs.EndToEndId'),
    transaction_id: get('Refs.TxId'),
    instruction_id: get('Refs.InstrId'),
    mandate_id: get('Refs.MndtId'),
    counterparty_name: isFromDebtor ? parties.debtor_name : parties.creditor_name,
    counterparty_account: isFromDebtor ? parties.debtor_account : parties.creditor_account,
    ...parties,
    remittance: detail === null ? undefined : all(detail, 'RmtInf.Ustrd'),
    structured_reference: get('RmtInf.Strd.CdtrRefInf.Ref'),
    instructed_amount: get('AmtDtls.InstdAmt.Amt'),
    instructed_currency: get('AmtDtls.InstdAmt.Amt@Ccy'),
    exchange_rate: get(
      'AmtDtls.TxAmt.CcyXchg.XchgRate',
      'AmtDtls.InstdAmt.CcyXchg.XchgRate',
      'AmtDtls.CntrValAmt.CcyXchg.XchgRate',
    ),
    charges: chargesOf(detail) ?? (split === null ? chargesOf(entry) : undefined),
    return_reason: get('RtrInf.Rsn.Cd', 'RtrInf.Rsn.Prtry'),
    additional_info: get('AddtlTxInf'),
  }
}

type Get = (...names: string[]) => string | undefined

/** Versions up to .06 have a party's name below `Dbtr`, later ones below `Dbtr.Pty`. */
const partiesOf = (get: Get) => ({
  debtor_name: get('RltdPties.Dbtr.Nm', 'RltdPties.Dbtr.Pty.Nm'),
  debtor_account: get(...accountOf('RltdPties.DbtrAcct')),
  creditor_name: get('RltdPties.Cdtr.Nm', 'RltdPties.Cdtr.Pty.Nm'),
  creditor_account: get(...accountOf('RltdPties.CdtrAcct')),
})

/** The total, or the only charge there is; several without a total are not added up. */
function chargesOf(cells: ElementCells | null): string | undefined {
  if (cells === null) return undefined
  const total = cells.get('Chrgs.TtlChrgsAndTaxAmt')
  if (total !== undefined) return total
  const found = [...repeats(cells, 'Chrgs', 'Amt'), ...repeats(cells, 'Chrgs.Rcrd', 'Amt')]
  return found.length === 1 ? cells.get(`${found[0]}.Amt`) : undefined
}

function codeOf(cells: ElementCells): string | undefined {
  const parts = ['Cd', 'Fmly.Cd', 'Fmly.SubFmlyCd'].map((name) => cells.get(`BkTxCd.Domn.${name}`))
  const known = parts.filter((part) => part !== undefined)
  return known.length === 0 ? undefined : known.join('-')
}

const accountOf = (at: string): string[] => [`${at}.Id.IBAN`, `${at}.Id.Othr.Id`]

function first(cells: ElementCells, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = cells.get(name)
    if (value !== undefined && value !== '') return value
  }
  return undefined
}

/** Names of a repeated element, as long as it has the child: `Bal`, `Bal[2]`, … */
function repeats(cells: ElementCells, name: string, child: string): string[] {
  const found: string[] = []
  for (let at = name; cells.get(`${at}.${child}`) !== undefined; at = `${name}[${found.length + 1}]`) found.push(at)
  return found
}

/** Texts of a repeated element, joined by a space. */
function all(cells: ElementCells, name: string): string | undefined {
  const texts: string[] = []
  for (let at = name; cells.get(at) !== undefined; at = `${name}[${texts.length + 1}]`)
    texts.push(cells.get(at) as string)
  return texts.length === 0 ? undefined : texts.join(' ')
}
