import type { Field, Model } from '../models/field.ts'
import type { Contract, FieldRule, Sign } from './contract.ts'
import { type Cells, Layer } from './sql-relation.ts'
import { cleaned, literal } from './sql-text.ts'
import { meaningSql } from './sql-word.ts'

/**
 * Signs that live in another column. `direction` says by which side the own account is on whether money came in or
 * went out, and so signs gross and net; a fee stays what was taken. `sign` turns every money field of the record.
 */
export class Signs {
  readonly layer = new Layer()
  /** Money field -> its signed amount's name in the amounts layer. */
  readonly signed = new Set<string>()
  readonly #contract: Contract
  readonly #cells: Cells
  readonly #text: Layer
  readonly #values: Layer
  readonly #reject: (code: string, sql: string) => void

  constructor(
    contract: Contract,
    cells: Cells,
    text: Layer,
    values: Layer,
    reject: (code: string, sql: string) => void,
  ) {
    this.#contract = contract
    this.#cells = cells
    this.#text = text
    this.#values = values
    this.#reject = reject
    const { sign, direction } = contract
    if (sign !== null) this.#addSign('_sign', sign)
    if (direction === null) return
    const own = direction.own.map((account) => [account, ''] as const)
    text.add('_in', `${meaningSql(own, cleaned(cells.of(direction.in)))} is not null`)
    text.add('_out', `${meaningSql(own, cleaned(cells.of(direction.out)))} is not null`)
    reject('kind.unknown', '_in = _out')
  }

  /** Add the field's final amount, given its unsigned one; `amount` is an expression over the values layer's names. */
  amount(field: Field, rule: FieldRule, amount: string): void {
    const { sign, direction } = this.#contract
    let sql = rule.negate ? `-(${amount})` : amount
    if (rule.sign !== null) {
      this.#addSign(`_sign_${field.name}`, rule.sign)
      sql = `(${sql}) * _sign_${field.name}`
    } else if (sign !== null && field.type === 'money') sql = `(${sql}) * _sign`
    if (direction !== null && (field.name === 'gross' || field.name === 'net'))
      sql = `case when _out and not _in then -abs(${sql}) else abs(${sql}) end`
    this.signed.add(field.name)
    this.layer.add(`m_${field.name}`, sql)
  }

  #addSign(name: string, sign: Sign): void {
    const word = `${name}_word`
    this.#text.add(word, cleaned(this.#cells.of(sign.column)))
    this.#values.add(name, signSql(word, sign))
    this.#reject('kind.unknown', `${name} is null`)
  }
}

/** 1 or -1 by a word, null where the sign does not know it; a DECIMAL(1,0) factor keeps a product exact. */
export function signSql(word: string, sign: Sign): string {
  const isNegative = sign.negative.map((negative) => `${word} = ${literal(negative)}`).join(' or ')
  const isPositive =
    sign.positive === null
      ? `${word} is not null`
      : sign.positive.map((positive) => `${word} = ${literal(positive)}`).join(' or ') || 'false'
  return `case when ${isNegative} then -1::decimal(1,0) when ${isPositive} then 1::decimal(1,0) end`
}

/** Fill what a file lacks where that is certain, and check what it gives. Only transactions have such fields. */
export function derivedLayer(
  contract: Contract,
  model: Model,
  signs: Signs,
  charges: Layer,
  reject: (code: string, sql: string) => void,
  madeId: string,
): Layer {
  const amount = (name: string) => (signs.signed.has(name) ? `m_${name}::decimal(38,9)` : 'null::decimal(38,9)')
  const derived = new Layer()
  const money = model.fields.filter((field) => field.type === 'money' || field.type === 'rate')
  if (model.name === 'transaction') {
    const [gross, fee, tax, net] = ['gross', 'fee', 'tax', 'net'].map(amount) as [string, string, string, string]
    const noTax = `coalesce(${tax}, 0)`
    const all: Record<string, string> = {
      gross: `coalesce(${gross}, ${net} + ${fee} + ${noTax})`,
      fee: `coalesce(${fee}, ${gross} - ${net} - ${noTax})`,
      tax,
      net: `coalesce(${net}, ${gross} - ${fee} - ${noTax})`,
    }
    if (canBeCharge(contract)) {
      charges.add('_charge', chargeSql(gross, fee, noTax, net))
      all.gross = `case when _charge is null then ${all.gross} else 0 end`
      all.fee = `case when _charge is null then ${all.fee} when kind = 'fee' then -_charge else 0 end`
      all.tax = `case when _charge is not null and kind = 'tax' then -_charge else ${tax} end`
      all.net = `coalesce(_charge, ${all.net})`
    }
    for (const [name, sql] of Object.entries(all)) derived.add(name, `(${sql})::decimal(38,9)`)
    // Where the text was there but is no number, that is the reason, and the only one.
    const hasGross = contract.fields.gross !== undefined && contract.fields.gross.debit === null
    reject(
      'gross.missing',
      contract.fields.gross?.debit ? 'false' : hasGross ? 't_gross is null and gross is null' : 'gross is null',
    )
    reject('check.net', `coalesce(${net} <> ${gross} - ${fee} - ${noTax}, false)`)

    const dated = contract.fields.local_date !== undefined
    const timed = contract.fields.occurred_at !== undefined
    if (!dated) {
      derived.add('local_date', timed ? 'y_occurred_at' : 'null::date')
      reject('occurred_at.missing', timed ? 't_occurred_at is null' : 'true')
    } else reject('local_date.missing', 't_local_date is null')
    if (contract.fields.counted === undefined) derived.add('counted', "coalesce(status = 'settled', false)")
    else reject('counted.missing', 't_counted is null')
    if ('occurrence' in contract.key) derived.add('transaction_id', madeId)
  } else for (const field of money) derived.add(field.name, amount(field.name))
  return derived
}

/** Whether records of the contract can be of kind fee or tax. */
function canBeCharge({ fields: { kind } }: Contract): boolean {
  const mapped =
    kind === undefined ? [] : [...Object.values(kind.map ?? {}), ...kind.patterns.map(([, meant]) => meant)]
  // Without a map the file may write the kinds themselves.
  const words = kind?.value !== null ? [kind?.value] : mapped.length === 0 ? ['fee'] : mapped
  return words.includes('fee') || words.includes('tax')
}

/** What a fee or tax that is a record of its own comes to: the one amount it gives; null where the file says otherwise. */
const chargeSql = (gross: string, fee: string, tax: string, net: string): string =>
  `case when kind in ('fee', 'tax') and coalesce(${fee}, 0) = 0 and ${tax} = 0 and coalesce(${gross} = ${net}, true)
    then nullif(coalesce(${gross}, ${net}), 0) end`
