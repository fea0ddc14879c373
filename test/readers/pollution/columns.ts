import type { Random } from '../../../scripts/generate/random.ts'
import { between, chance } from './dice.ts'
import type { Voice } from './voices.ts'

export type Kind = keyof Voice['header'] | 'email' | 'url' | 'flag' | 'rate'

export interface Column {
  readonly kind: Kind
  readonly name: string
  /** Of a shape that no header has: numbers, dates, times, codes with digits. */
  readonly isTyped: boolean
  readonly isNumber: boolean
  /** One cell; the row counts from 0. */
  readonly cell: (row: number) => string
}

const digits = (n: number, width = 2): string => String(n).padStart(width, '0')

const dateStyles: readonly ((y: number, m: number, d: number) => string)[] = [
  (y, m, d) => `${y}-${digits(m)}-${digits(d)}`,
  (y, m, d) => `${digits(d)}/${digits(m)}/${y}`,
  (y, m, d) => `${digits(m)}/${digits(d)}/${y}`,
  (y, m, d) => `${digits(d)}.${digits(m)}.${y}`,
  (y, m, d) => `${digits(d)}-${digits(m)}-${String(y).slice(2)}`,
  (y, m, d) => `${y}${digits(m)}${digits(d)}`,
  (y, m, d) => `${d}/${m}/${y}`,
]

const timeStyles: readonly ((h: number, m: number, s: number) => string)[] = [
  (h, m) => `${digits(h)}:${digits(m)}`,
  (h, m, s) => `${digits(h)}:${digits(m)}:${digits(s)}`,
  (h, m) => `${(h % 12) + 1}:${digits(m)} ${h < 12 ? 'AM' : 'PM'}`,
]

type Marks = readonly [thousands: string, decimal: string]
const marks: readonly Marks[] = [
  ['', '.'],
  ['', '.'],
  [',', '.'],
  ['', ','],
  ['.', ','],
  [' ', ','],
  ['\u00a0', ','],
]

function amount(random: Random, [thousands, decimal]: Marks, places: number): string {
  const whole = String(random.below(10 ** between(random, 1, 7)))
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, thousands)
  return `${chance(random, 8) ? '-' : ''}${grouped}${decimal}${digits(random.below(10 ** places), places)}`
}

const flagStyles = [
  ['true', 'false'],
  ['Yes', 'No'],
  ['Y', 'N'],
  ['0', '1'],
] as const

const plainNames = {
  email: ['Email', 'e_mail'],
  url: ['URL', 'Link'],
  flag: ['Active', 'is_paid'],
  rate: ['Rate', 'fee_rate'],
}

/** A column as one file writes it: one order of dates, one mark for decimals. */
export function columnOf(kind: Kind, voice: Voice, random: Random): Column {
  const { header } = voice
  const name =
    kind in header ? header[kind as keyof typeof header] : random.pick(plainNames[kind as keyof typeof plainNames])
  const make = (isTyped: boolean, cell: (row: number) => string, isNumber = false): Column => ({
    kind,
    name,
    isTyped,
    isNumber,
    cell,
  })
  const [style, money, sign] = [random.pick(marks), random.pick(voice.money), chance(random, 25)]
  const [dates, times, flags] = [random.pick(dateStyles), random.pick(timeStyles), random.pick(flagStyles)]
  const first = random.below(90_000) + 1000
  const year = between(random, 1999, 2026)
  const letters = random.pick(['MG-', 'TX', 'ORD/', 'ng_', 'INV-2024-'])
  switch (kind) {
    case 'id':
      return make(true, (row) => String(first + row), true)
    case 'code':
      return make(true, () => `${letters}${digits(random.below(100_000), 5)}`)
    case 'date':
      return make(true, () => dates(year, between(random, 1, 12), between(random, 1, 28)))
    case 'time':
      return make(true, () => times(random.below(24), random.below(60), random.below(60)))
    case 'count':
      return make(true, () => String(random.below(random.pick([10, 100, 5000]))), true)
    case 'amount':
      return make(true, () => amount(random, style, 2), true)
    case 'rate':
      return make(true, () => `0${style[1]}${digits(random.below(10_000), 4)}`, true)
    case 'price':
      return make(
        true,
        () => (sign ? amount(random, style, 2) : money.replace('0', () => amount(random, style, 2))),
        sign,
      )
    case 'word':
      return make(false, () => `${random.pick(voice.words)}${chance(random, 2) ? ' ' : ''}`)
    case 'person':
      return make(false, () => random.pick(voice.people))
    case 'sentence':
      return make(false, () => random.pick(voice.sentences))
    case 'remark':
      return make(false, () => '')
    case 'email':
      return make(false, () => `${random.pick(['ada', 'bola.k', 'chi_o', 'd-eze'])}${random.below(99)}@example.com`)
    case 'url':
      return make(
        false,
        () => `https://www.example.com/product/${random.pick(['MG', 'RI'])}_${random.below(9999)}.html?a=1`,
      )
    case 'flag':
      return make(false, () => random.pick(flags))
  }
}
