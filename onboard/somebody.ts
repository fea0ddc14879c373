import { type NamedProfile, strengthOf } from './columns.ts'
import { sampleOf } from './lasting.ts'
import type { LoadedTable } from './table.ts'

/**
 * Whether a column says whose money it is or by which card: accounts, cards, phones and persons come again, so they are no id
 * of a movement, though none may come twice in a short file. Told by the column's name or by its cells.
 */
export function isOfSomebody(table: LoadedTable, column: NamedProfile): boolean {
  const named = strengthOf(column, ...whose)
  const ids = strengthOf(column, 'id', 'external_reference')
  if (named >= 0.6 && named > ids) return true
  const texts = sampleOf(table, column).map((text) => text.trim())
  const areMost = (test: (text: string) => boolean) => texts.filter(test).length * 10 >= texts.length * leastTenths
  if (strengthOf(column, 'authorisation') >= 0.6 && areMost((text) => text.length <= shortest)) return true
  if (texts.length === 0) return false
  if (areMost((text) => isMasked(text) || isIban(text) || phone.test(text) || address.test(text))) return true
  // Of a few numbers with a check digit all may have the right one by chance; and ids may have one, too.
  return new Set(texts).size >= 3 && strengthOf(column, 'id') < 0.95 && areMost(isCardNumber)
}

const whose = [
  ...(['account', 'card', 'phone', 'party_id', 'sender', 'receiver', 'name', 'email', 'creator'] as const),
] as const

const leastTenths = 8

/** Codes of an authorisation that are no longer than this are soon given again. */
const shortest = 8

/** `+254 712 345678` */
const phone = /^\+\d(?:[\s-]?\d){7,14}$/

/** Of a mailbox, or of somebody at a bank: `name@bank`. */
const address = /^[^\s@]+@[^\s@]+$/

/** `4111********8951`, `•••• 1234`, `XXXX1234`, `A/c XX1234` */
const isMasked = (text: string): boolean =>
  /[*•●∙]{2,}/.test(text) || /^[\d\s-]*x{2,}[\dx\s-]*\d[\dx\s-]*$|\sx{2,}[\s-]?\d{2,6}$/i.test(text)

/** An IBAN with the right check digits (ISO 13616). */
function isIban(text: string): boolean {
  const plain = text.replaceAll(' ', '').toUpperCase()
  if (!/^[A-Z]{2}\d{2}[A-Z\d]{11,30}$/.test(plain)) return false
  const digits = [...`${plain.slice(4)}${plain.slice(0, 4)}`].map((letter) => Number.parseInt(letter, 36)).join('')
  return BigInt(digits) % 97n === 1n
}

/** So many digits as a card has, with the right check digit (Luhn, ISO/IEC 7812). */
function isCardNumber(text: string): boolean {
  if (!/^\d(?:[ -]?\d){12,18}$/.test(text)) return false
  const digits = [...text.replace(/\D/g, '')].toReversed().map(Number)
  const sum = digits.reduce((all, digit, i) => all + (i % 2 === 0 ? digit : digit < 5 ? digit * 2 : digit * 2 - 9), 0)
  return sum % 10 === 0
}
