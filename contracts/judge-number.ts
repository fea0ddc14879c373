import type { FieldRule } from './contract.ts'
import { bareNumber } from './judge-affix.ts'

/** A decimal without floats: `units` / 10^9. */
export type Decimal = bigint

const scale = 9
const one = 10n ** BigInt(scale)

const zeros: Readonly<Record<FieldRule['digits'], number>> = {
  latin: 0x30,
  bengali: 0x09e6,
  arabic: 0x0660,
  persian: 0x06f0,
  devanagari: 0x0966,
  fullwidth: 0xff10,
}

const wideMarks: Readonly<Record<string, string>> = {
  ...{ '．': '.', '，': ',', '－': '-', '／': '/', '：': ':', '（': '(', '）': ')', '＋': '+' },
}

/** Digits of the script as 0-9, and full-width marks as plain ones; 0-9 stay. */
export function latin(text: string, script: FieldRule['digits']): string {
  const zero = zeros[script]
  return Array.from(text, (character) => {
    const digit = (character.codePointAt(0) ?? 0) - zero
    if (digit >= 0 && digit <= 9) return String(digit)
    return script === 'fullwidth' ? (wideMarks[character] ?? character) : character
  }).join('')
}

/** A number taken apart: its sign, and its digits without leading zeros before and trailing ones after the mark. */
interface Digits {
  readonly isNegative: boolean
  readonly whole: string
  readonly fraction: string
}

const groupMarks: Readonly<Record<string, string>> = { ' ': ' \u00a0\u202f\u2009', "'": "'\u2019" }

/**
 * A number by the rule's marks; null where it is none.
 *
 * The grouping is right throughout or there is none; the decimal mark has digits on both sides, but for a comma, which
 * may end the number as SWIFT writes it (`1500,`). What may stand around it is in `judge-affix.ts`. No exponents, no
 * spaces inside but a grouping one.
 */
function readDigits(text: string, rule: FieldRule): Digits | null {
  let plain = latin(text, rule.digits)
  if (rule.digits === 'arabic' || rule.digits === 'persian') {
    plain = plain.replaceAll('\u066b', rule.decimal)
    if (rule.group !== '') plain = plain.replaceAll('\u066c', rule.group)
  }
  const bare = bareNumber(plain, rule)
  if (bare === null) return null
  const { number, isNegative } = bare
  const [left = '', right, ...more] = number.split(rule.decimal)
  const isFraction = right === undefined || (rule.decimal === ',' ? /^[0-9]*$/ : /^[0-9]+$/).test(right)
  if (more.length > 0 || !isFraction) return null
  const whole = ungrouped(left, rule)
  if (whole === null) return null
  return { isNegative, whole: whole.replace(/^0+(?=.)/, ''), fraction: (right ?? '').replace(/0+$/, '') }
}

function ungrouped(text: string, rule: FieldRule): string | null {
  if (/^[0-9]+$/.test(text)) return text
  if (rule.group === '') return null
  const marks = groupMarks[rule.group] ?? rule.group
  const groups: string[] = ['']
  for (const character of text) {
    if (marks.includes(character)) groups.push('')
    else groups[groups.length - 1] += character
  }
  if (!groups.every((group) => /^[0-9]+$/.test(group))) return null
  const [first = '', ...rest] = groups
  const last = rest.pop()
  const size = rule.grouping === 'indian' ? 2 : 3
  const isGrouped = last?.length === 3 && first.length <= size && rest.every((group) => group.length === size)
  return isGrouped ? groups.join('') : null
}

type Reason = 'unparseable' | 'out_of_range' | 'precision'

/** What became of an amount: its value, or why it has none. */
export interface Amount {
  readonly value: Decimal | null
  readonly reasons: readonly Reason[]
}

const maxWhole = 18

/**
 * An amount in major units.
 *
 * @param exponent decimals that the currency has; null: any up to nine (a rate)
 */
export function readAmount(text: string, rule: FieldRule, exponent: number | null): Amount {
  const digits = readDigits(text, rule)
  const isMinor = rule.unit === 'minor' && exponent !== null
  if (digits === null) return { value: null, reasons: ['unparseable'] }
  const { whole, fraction } = digits
  const isLong = whole.length > maxWhole
  const reasons: Reason[] = isLong ? ['out_of_range'] : []
  if (isMinor && fraction !== '') return { value: null, reasons: ['unparseable', ...reasons] }
  if (fraction.length > (exponent ?? scale)) reasons.push('precision')
  // An amount with a decimal too many is still a number, and is looked at further.
  if (isLong || fraction.length > scale) return { value: null, reasons }
  const units = isMinor
    ? BigInt(whole) * 10n ** BigInt(scale - exponent)
    : BigInt(whole) * one + BigInt(fraction.padEnd(scale, '0'))
  return { value: digits.isNegative ? -units : units, reasons }
}

/** 1 / a rate, to nine decimals, halves away from zero; null where that is no rate: of 0 and less, and of over 2,000,000,000. */
export function inverse(rate: Decimal): Decimal | null {
  if (rate <= 0n) return null
  const value = (one * one + rate / 2n) / rate
  return value === 0n ? null : value
}

/** As the models write decimals: `-1250.5`. */
export function decimalText(value: Decimal): string {
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const fraction = digits.slice(-scale).replace(/0+$/, '')
  return `${value < 0n ? '-' : ''}${digits.slice(0, -scale)}${fraction === '' ? '' : `.${fraction}`}`
}
