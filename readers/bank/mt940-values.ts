/** What a message says of the statement as a whole; every one of its records has it. */
export const statementNames: readonly string[] = [
  'statement_reference', // :20:
  'related_reference', // :21:
  'account', // :25: or the first line of :25P:
  'account_bic', // the second line of :25P:
  'statement_number', // :28C: or :28:, `00001/001`
  'currency', // of the opening balance, else of the floor limit (MT942), else of the closing balance
  ...['opening', 'closing', 'available'].flatMap((name) => [
    `${name}_mark`, // C or D
    `${name}_date`, // YYMMDD
    `${name}_balance`,
  ]), // :60F: or :60M:, :62F: or :62M:, :64:
  'created', // MT942 :13D: or :13:, `2603011200+0100`
  'floor_limit', // MT942 :34F: as it stands
  'debit_entries', // MT942 :90D:, count, currency, sum: `2NGN1500,`
  'credit_entries', // MT942 :90C:
  'statement_information', // :86: before the first :61: or behind the closing balance
  'statement_other', // other tags, with their tag
]

/** What one `:61:` says, and the fields that follow it. */
export const entryNames: readonly string[] = [
  'value_date', // YYMMDD
  'entry_date', // MMDD, null where there is none
  'mark', // C, D, RC, RD; MT942 also EC, ED
  'funds_code', // third letter of the currency, null where there is none
  'amount', // `1500,` as it stands
  'type_code', // NTRF, S103
  'customer_reference',
  'bank_reference', // behind //, null where there is none
  'supplementary', // further lines of :61:, joined by line feeds
  'information', // lines of :86:, joined by line feeds
  'other', // other tags behind the entry, with their tag
]

/** What is said, by name; absent where it is not. */
export type Values = Map<string, string>

const balance = /^([CD])(\d{6})([A-Z]{3})([\d.,]+)\s*$/

/** The values of a field about the statement, by name; none where it has no name of its own. */
export function statementValues(tag: string, lines: readonly string[]): [name: string, text: string][] {
  const text = lines.join('\n')
  switch (tag) {
    case '20':
      return [['statement_reference', text]]
    case '21':
      return [['related_reference', text]]
    case '25P':
      return [
        ['account', lines[0] ?? ''],
        ['account_bic', lines.slice(1).join('\n')],
      ]
    case '25':
      return [['account', text]]
    case '28':
    case '28C':
      return [['statement_number', text]]
    case '13':
    case '13D':
      return [['created', text]]
    case '34F':
      return [['floor_limit', text]]
    case '90D':
      return [['debit_entries', text]]
    case '90C':
      return [['credit_entries', text]]
    case '60F':
    case '60M':
      return balanceValues('opening', text)
    case '62F':
    case '62M':
      return balanceValues('closing', text)
    case '64':
      return balanceValues('available', text)
    default:
      return []
  }
}

/** A balance against the grammar is kept whole. */
function balanceValues(name: string, text: string): [name: string, text: string][] {
  const [, mark, date, currency, amount] = balance.exec(text) ?? []
  if (mark === undefined || date === undefined || currency === undefined || amount === undefined)
    return [[`${name}_balance`, text]]
  return [
    [`${name}_mark`, mark],
    [`${name}_date`, date],
    [`${name}_currency`, currency],
    [`${name}_balance`, amount],
  ]
}

/** Value date, entry date, mark, funds code, amount, type, references: 6!n[4!n]2a[1!a]15d1!a3!c16x[//16x]. */
const entryLine = /^(\d{6})(\d{4})?(R[CD]|E[CD]|[CD])([A-Z])?([\d.,]+)([A-Z][A-Z0-9]{3})(.*?)(?:\/\/(.*))?$/

/** The values of `:61:`; none but `supplementary` where its first line is against the grammar. */
export function entryValues([first = '', ...further]: readonly string[]): Values {
  const values: Values = new Map()
  entryLine
    .exec(first.trimEnd())
    ?.slice(1)
    .forEach((text: string | undefined, i) => {
      if (text !== undefined) values.set(entryNames[i] as string, text)
    })
  if (further.length > 0) values.set('supplementary', further.join('\n'))
  return values
}
