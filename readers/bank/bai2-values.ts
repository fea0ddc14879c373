import type { Bai2Fields } from './bai2-lines.ts'

/** Fields of the headers, in the order of the file; every transaction below them has them. */
export const headerNames = {
  '01': ['file_sender', 'file_receiver', 'file_date', 'file_time', 'file_id'],
  '02': [
    'group_receiver',
    'group_originator',
    'group_status',
    'as_of_date',
    'as_of_time',
    'currency',
    'as_of_modifier',
  ],
  '03': ['account', 'currency'],
} as const

export const transactionNames = ['type_code', 'amount', ...fundsNames(), 'bank_reference', 'customer_reference', 'text']

/** What a funds type has behind it: S three amounts, V date and time, D its distribution as it stands. */
function fundsNames(): string[] {
  return ['funds_type', 'immediate', 'one_day', 'later', 'value_date', 'value_time', 'distribution']
}

export type Values = Map<string, string>

/** The fields of a header; absent ones are not set, but for those left empty. */
export function headerValues(code: keyof typeof headerNames, fields: Bai2Fields): Values {
  const values: Values = new Map()
  for (const name of headerNames[code]) put(values, name, fields.next())
  return values
}

/** The currency of a group or account that names none is that of what is around it, at last US dollars. */
export const defaultCurrency = 'USD'

/**
 * Sums and balances of an account, from behind its currency: `03.015` the amount of type 015, `03.015.items` its number of
 * items, `03.015.funds` its funds type with what follows it.
 *
 * @returns null where they are against the grammar
 */
export function summaryValues(fields: Bai2Fields): Values | null {
  const values: Values = new Map()
  while (!fields.isEnd) {
    const type = fields.next() as string
    const [amount, items, funds] = [fields.next(), fields.next(), fundsOf(fields)]
    if (funds === null) return null
    if (type === '' && !amount) continue // an account without sums: `03,123,NGN,,,,`
    if (!/^\d{3}$/.test(type)) return null
    put(values, `03.${type}`, amount)
    if (items) put(values, `03.${type}.items`, items)
    if (funds.size > 0) put(values, `03.${type}.funds`, [...funds.values()].join(','))
  }
  return values
}

/** The fields of a transaction (16); null where they are against the grammar. */
export function transactionValues(fields: Bai2Fields): Values | null {
  const values: Values = new Map()
  put(values, 'type_code', fields.next())
  put(values, 'amount', fields.next())
  const funds = fundsOf(fields)
  if (funds === null || !/^\d{3}$/.test(values.get('type_code') ?? '')) return null
  for (const [name, text] of funds) values.set(name, text)
  put(values, 'bank_reference', fields.next())
  put(values, 'customer_reference', fields.next())
  put(values, 'text', fields.rest())
  return values
}

/** A funds type and what belongs to it; empty where there is none, null where it is unknown. */
function fundsOf(fields: Bai2Fields): Values | null {
  const type = fields.next() ?? ''
  const values: Values = new Map()
  if (type === '') return values
  values.set('funds_type', type)
  switch (type.toUpperCase()) {
    case '0':
    case '1':
    case '2':
    case 'Z':
      return values
    case 'S':
      for (const name of ['immediate', 'one_day', 'later']) put(values, name, fields.next())
      return values
    case 'V':
      for (const name of ['value_date', 'value_time']) put(values, name, fields.next())
      return values
    case 'D': {
      const count = fields.next() ?? ''
      if (!/^\d{1,3}$/.test(count)) return null
      const pairs = Array.from({ length: 2 * Number(count) }, () => fields.next())
      if (pairs.includes(undefined)) return null
      values.set('distribution', [count, ...pairs].join(','))
      return values
    }
    default:
      return null
  }
}

function put(values: Values, name: string, text: string | undefined): void {
  if (text !== undefined) values.set(name, text)
}
