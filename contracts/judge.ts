import { isCountry } from '../models/country.ts'
import { currencies, currencyOfNumeric } from '../models/currency.ts'
import { type Field, type Model, zodSchema } from '../models/field.ts'
import { models } from '../models/index.ts'
import { checkAmounts } from './check-amounts.ts'
import type { Contract, FieldRule, Sign } from './contract.ts'
import { type Decimal, decimalText, inverse, latin, readAmount } from './judge-number.ts'
import { pick } from './judge-open.ts'
import { type Cells, cellOf, cleaned, present, ruleText } from './judge-text.ts'
import { readDate, readInstant } from './judge-time-field.ts'
import { dayText } from './judge-zone.ts'
import { contractsOf } from './open.ts'

/** A record's fields as the model writes them, and why it is refused: every reason once, in the order of the fields. */
export interface Judgement {
  /** Whole where there are no reasons. */
  readonly fields: Readonly<Record<string, string | boolean | null>>
  readonly reasons: readonly string[]
  /** What it holds for checks of the whole file, by `CheckAmount.name`; null where it is no amount. */
  readonly amounts: Readonly<Record<string, string | null>>
}

/**
 * A contract's meaning, record by record, in plain TypeScript with the model's zod schema as the last word.
 *
 * The compiled SQL (`contracts/compile.ts`) is what runs; this says what it must say, and a property test holds the two
 * against each other. What only a whole file or DuckDB can tell is not here: faults of a record's shape, footers and what ends a table,
 * checks in SQL, keys that repeat, and ids made by `key.occurrence` (their field is left out).
 *
 * @throws Error for a contract with `only`, `records`, `entries`, or `sql` in a field: what SQL gives, DuckDB alone can
 * tell; which rules are for a record too, so each of `variantsOf` is judged by itself
 */
export function judge(contract: Contract): (cells: Cells) => Judgement {
  const contracts = contractsOf(contract)
  if (
    contract.variants !== undefined ||
    contracts.some(
      ({ only, fields }) => only !== undefined || Object.values(fields).some(({ sql }) => sql !== undefined),
    )
  )
    throw new Error(
      `${contract.region}/${contract.source}: a contract with SQL over the source's columns is judged in SQL alone`,
    )
  const { open } = contract
  const [first, ...others] = contracts.map(judgeTrack) as [ReturnType<typeof judge>, ...ReturnType<typeof judge>[]]
  return open === undefined
    ? first
    : (cells) =>
        pick(
          open,
          [first, ...others].map((judgeRecord) => judgeRecord(cells)),
        )
}

function judgeTrack(contract: Contract): (cells: Cells) => Judgement {
  const model: Model = models[contract.model]
  const made = 'occurrence' in contract.key ? model.key[0] : undefined
  const fields = model.fields.filter(({ name }) => name !== made)
  const looked = checkAmounts(contract)
  const schema = made === undefined ? zodSchema(model) : zodSchema(model).omit({ [made]: true })
  return (cells) => {
    const record = new Draft(contract, cells)
    for (const field of fields) readField(record, field)
    if (model.name === 'transaction') derive(record)
    const values = Object.fromEntries(fields.map(({ name }) => [name, record.valueOf(name)]))
    const reasons = [...new Set(record.reasons)]
    if (reasons.length === 0) schema.parse(values) // the rules above let nothing through that the model refuses
    const amounts = Object.fromEntries(looked.map(({ name, rule }) => [name, checkAmount(record, rule)]))
    return { fields: values, reasons, amounts }
  }
}

/** One record on its way. */
export class Draft {
  readonly reasons: string[] = []
  readonly words = new Map<string, string | boolean>()
  readonly amounts = new Map<string, Decimal>()
  /** Whether a field's cells hold anything. */
  readonly isPresent = new Map<string, boolean>()
  /** The day that occurred_at tells. */
  day: number | null = null
  readonly contract: Contract
  readonly cells: Cells

  constructor(contract: Contract, cells: Cells) {
    this.contract = contract
    this.cells = cells
  }

  valueOf(name: string): string | boolean | null {
    const amount = this.amounts.get(name)
    return amount === undefined ? (this.words.get(name) ?? null) : decimalText(amount)
  }

  /** Decimals of the record's currency; two where it is not known. */
  exponent(): number {
    const rule = this.contract.fields.currency
    if (rule === undefined) return 2
    const code = readCurrency(rule, ruleText(rule, this.cells).text ?? '')
    return currencies.get(code ?? '')?.exponent ?? 2
  }
}

function readField(record: Draft, field: Field): void {
  const { name, type } = field
  const rule = record.contract.fields[name]
  if (rule === undefined) {
    if (field.default !== undefined) record.words.set(name, field.default)
    return
  }
  if (rule.debit !== null && rule.credit !== null) {
    readSides(record, field, rule)
    return
  }
  const { text, isBroken } = ruleText(rule, record.cells)
  record.isPresent.set(name, text !== null)
  if (isBroken) record.reasons.push(`${name}.unparseable`)
  if (text === null) {
    // An amount without its currency is in none that is known.
    if (field.required && !field.derived) record.reasons.push(`${name}.${type === 'currency' ? 'unknown' : 'missing'}`)
    if (type === 'money') signed(record, field, rule, null)
    return
  }
  if (type === 'money' || type === 'rate') {
    const { value, reasons } = readAmount(text, rule, type === 'rate' ? null : record.exponent())
    record.reasons.push(...reasons.map((reason) => `${name}.${reason}`))
    const given = rule.invert && value !== null ? inverse(value) : value
    if (given === null && value !== null) record.reasons.push(`${name}.out_of_range`)
    signed(record, field, rule, given)
  } else if (type === 'instant') readInstant(record, name, rule, text)
  else if (type === 'date') readDate(record, name, rule, text)
  else {
    const word = readWord(field, rule, text)
    if (word !== null) record.words.set(name, word)
    else if (rule.missing !== 'absent') record.reasons.push(`${name}.${type === 'integer' ? 'unparseable' : 'unknown'}`)
  }
}

/** Money out in one column, money in in another. A debit is money out, written with a minus or without. */
function readSides(record: Draft, field: Field, rule: FieldRule): void {
  const { name } = field
  const side = (column: FieldRule['debit']): Decimal | null | undefined => {
    const text = column === null ? null : present(rule, cellOf(record.cells, column)).text
    if (text === null) return undefined
    const { value, reasons } = readAmount(text, rule, record.exponent())
    record.reasons.push(...reasons.map((reason) => `${name}.${reason}`))
    return value
  }
  const [debit, credit] = [side(rule.debit), side(rule.credit)]
  if (debit && credit) record.reasons.push(`${name}.both_sides`)
  if (debit === undefined && credit === undefined) {
    if (field.required) record.reasons.push(`${name}.missing`)
    signed(record, field, rule, null)
    return
  }
  const out = debit ?? 0n
  signed(record, field, rule, (credit ?? 0n) - (out < 0n ? -out : out))
}

/** Give the field its amount, signed by what other columns say. */
function signed(record: Draft, field: Field, rule: FieldRule, amount: Decimal | null): void {
  const { sign, direction } = record.contract
  const factor = field.type === 'money' ? signFactor(record, rule.sign ?? sign) : 1n
  const isOut = direction !== null && field.type === 'money' ? readDirection(record) : null
  if (amount === null || factor === null) return
  let value = (rule.negate ? -amount : amount) * factor
  if (isOut !== null && (field.name === 'gross' || field.name === 'net')) {
    const size = value < 0n ? -value : value
    value = isOut ? -size : size
  }
  record.amounts.set(field.name, value)
}

function signFactor(record: Draft, sign: Sign | null): bigint | null {
  const factor = factorOf(record.cells, sign)
  if (factor === null) record.reasons.push('kind.unknown')
  return factor
}

function factorOf(cells: Cells, sign: Sign | null): bigint | null {
  if (sign === null) return 1n
  const word = cleaned(cellOf(cells, sign.column))
  if (word !== null && sign.negative.includes(word)) return -1n
  return word !== null && (sign.positive === null || sign.positive.includes(word)) ? 1n : null
}

function checkAmount(record: Draft, rule: FieldRule): string | null {
  const { text } = ruleText(rule, record.cells)
  const value = text === null ? null : readAmount(text, rule, record.exponent()).value
  const factor = factorOf(record.cells, rule.sign)
  return value === null || factor === null ? null : decimalText((rule.negate ? -value : value) * factor)
}

/** Whether money went out; null where no account tells it. On neither side or on both is a reason, and no money out. */
function readDirection(record: Draft): boolean | null {
  const { direction } = record.contract
  if (direction === null) return null
  const isOwn = (column: FieldRule['debit']) =>
    column !== null && direction.own.includes(cleaned(cellOf(record.cells, column)) ?? '')
  const [isIn, isOut] = [isOwn(direction.in), isOwn(direction.out)]
  if (isIn !== isOut) return isOut
  record.reasons.push('kind.unknown')
  return false
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  1: true,
  yes: true,
  false: false,
  0: false,
  no: false,
}

/** Text, a word, or a whole number; null where it is none that the field knows. */
function readWord(field: Field, rule: FieldRule, text: string): string | boolean | null {
  const mapped = meaningOf(rule, text)
  if (field.type === 'currency') return readCurrency(rule, text)
  if (mapped === null) return null
  switch (field.type) {
    case 'choice':
      return field.choices?.includes(mapped) ? mapped : null
    case 'boolean':
      return Object.hasOwn(booleans, mapped.toLowerCase()) ? (booleans[mapped.toLowerCase()] ?? null) : null
    case 'country':
      return /^[A-Za-z]{2}$/.test(mapped) && isCountry(mapped.toUpperCase()) ? mapped.toUpperCase() : null
    case 'integer': {
      const digits = latin(mapped, rule.digits)
      return /^-?[0-9]{1,18}$/.test(digits) ? String(BigInt(digits)) : null
    }
    default:
      return mapped
  }
}

/** What a word means: by `map`, else by the first pattern that it follows; itself where the rule has neither. */
function meaningOf({ map, patterns }: FieldRule, text: string): string | null {
  if (map !== null && Object.hasOwn(map, text)) return map[text] ?? null
  if (map === null && patterns.length === 0) return text
  return patterns.find(([glob]) => follows(text, glob.split('*')))?.[1] ?? null
}

/** Whether a text is the parts, in order, with any text between them. */
function follows(text: string, [start = '', ...rest]: readonly string[]): boolean {
  if (!text.startsWith(start)) return false
  const end = rest.pop() ?? ''
  let at = start.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.length - end.length >= at && text.endsWith(end)
}

function readCurrency(rule: FieldRule, text: string): string | null {
  if (rule.map !== null || rule.patterns.length > 0) return meaningOf(rule, text)
  const code = /^[A-Za-z]+$/.test(text) ? text.toUpperCase() : (currencyOfNumeric.get(text) ?? '')
  return currencies.has(code) ? code : null
}

/** Fill what the file lacks where that is certain, and check what it gives. */
function derive(record: Draft): void {
  const { contract, reasons, words, amounts } = record
  const [gross, fee, tax = 0n, net] = ['gross', 'fee', 'tax', 'net'].map((name) => amounts.get(name))
  if (gross === undefined && net !== undefined && fee !== undefined) amounts.set('gross', net + fee + tax)
  if (fee === undefined && gross !== undefined && net !== undefined) amounts.set('fee', gross - net - tax)
  if (net === undefined && gross !== undefined && fee !== undefined) amounts.set('net', gross - fee - tax)
  const kind = words.get('kind')
  // A fee or tax that is a record of its own takes the one amount it gives.
  const isCharge = (kind === 'fee' || kind === 'tax') && !fee && !tax && (gross ?? net) === (net ?? gross)
  const charge = isCharge ? (gross ?? net) : undefined
  if (charge) {
    amounts.set('gross', 0n).set('net', charge)
    amounts.set('fee', kind === 'fee' ? -charge : 0n)
    if (kind === 'tax') amounts.set('tax', -charge)
  }
  const rule = contract.fields.gross
  const isAbsent = rule === undefined || (rule.debit === null && record.isPresent.get('gross') === false)
  if (isAbsent && !amounts.has('gross')) reasons.push('gross.missing')
  if (gross !== undefined && fee !== undefined && net !== undefined && net !== gross - fee - tax)
    reasons.push('check.net')

  if (contract.fields.local_date !== undefined) {
    if (!record.isPresent.get('local_date')) reasons.push('local_date.missing')
  } else if (!record.isPresent.get('occurred_at')) reasons.push('occurred_at.missing')
  else if (record.day !== null) words.set('local_date', dayText(record.day))
  if (contract.fields.counted === undefined) words.set('counted', words.get('status') === 'settled')
  else if (!record.isPresent.get('counted')) reasons.push('counted.missing')
}
