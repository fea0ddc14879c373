import type { Limits } from '../../stage/staged.ts'
import { fault } from '../batch.ts'
import { damaged, otherFormat } from '../faults.ts'
import { recordFileOf, type Spooled } from '../record-file.ts'
import type { Records } from '../records.ts'
import type { Source } from '../source/source.ts'
import type { LineSpan } from '../source/text-lines.ts'
import { type Bai2Record, bai2Records } from './bai2-lines.ts'
import {
  defaultCurrency,
  headerNames,
  headerValues,
  summaryValues,
  transactionNames,
  transactionValues,
  type Values,
} from './bai2-values.ts'

/**
 * BAI2: a record for each transaction (16) with its file, group and account, then the account's sums (`03.015`) in order
 * of appearance. Amounts stay without a decimal point, as they stand.
 *
 * Also records, `row.malformed`: what is against the grammar, a header that no trailer closes, and a trailer that agrees
 * neither with the number of records above it nor with their sum.
 *
 * @throws Fault "file.other-format" where it begins with no file header, "file.damaged" where no file trailer ends it,
 */
export async function readBai2(source: Source, limits: Limits, tempDir: string, piece?: number): Promise<Records> {
  const names = [...new Set([...Object.values(headerNames).flat(), ...transactionNames])]
  const records = recordsOf(source.name, bai2Records(source, limits, piece), names)
  return { kind: 'keyed', names, file: await recordFileOf(tempDir, source.name, limits, records), isOpen: true }
}

type HeaderCode = keyof typeof headerNames

/** A header whose trailer is still to come. */
interface Open {
  readonly code: HeaderCode
  readonly span: LineSpan
  readonly values: Values
  /** Physical records so far, the header's too. */
  count: number
  /** Of an account, its amounts; of a group or file, the sums that its parts' trailers state; null: not whole numbers. */
  sum: bigint | null
}

const headers: readonly string[] = Object.keys(headerNames)
const closedBy: Readonly<Record<string, HeaderCode>> = { '49': '03', '98': '02', '99': '01' }

/** @param names grows by the types of sums */
function* recordsOf(file: string, records: Iterable<Bai2Record>, names: string[]): Generator<Spooled> {
  const indexes = new Map(names.map((name, i) => [name, i]))
  const open: Open[] = []
  let isFirst = true
  for (const record of records) {
    const { code, span, fields, count } = record
    if (isFirst && code !== '01') throw otherFormat(file, 'BAI2', 'it does not begin with a file header (01)')
    isFirst = false
    const closed = closedBy[code]
    if (headers.includes(code)) {
      const depth = headers.indexOf(code)
      while (open.length > 0 && headers.indexOf((open.at(-1) as Open).code) >= depth) yield malformed(close(open).span)
      const header = openHeader(record)
      if (header === null || open.length < depth) yield malformed(span)
      open.push(header ?? { code: code as HeaderCode, span, values: new Map(), count, sum: null })
    } else if (closed !== undefined) {
      while (open.length > 0 && headers.indexOf((open.at(-1) as Open).code) > headers.indexOf(closed))
        yield malformed(close(open).span)
      if (open.at(-1)?.code !== closed) {
        yield malformed(span)
        continue
      }
      if (!agrees(open, record)) yield malformed(span)
    } else {
      const last = open.at(-1)
      if (last !== undefined) last.count += count
      const values = code === '16' && last?.code === '03' ? transactionValues(fields) : null
      if (last !== undefined) last.sum = plus(last.sum, values?.get('amount'))
      yield values === null ? malformed(span) : transaction(open, values, span)
    }
  }
  if (isFirst) throw otherFormat(file, 'BAI2', 'it has no records')
  if (open.length > 0) throw damaged(file, 'no file trailer (99) ends it')

  function transaction(open: readonly Open[], values: Values, span: LineSpan): Spooled {
    const cells: (string | undefined)[] = Array<undefined>(names.length).fill(undefined)
    const all = [...open.map((header) => header.values), values]
    for (const [name, text] of all.flatMap((some) => [...some])) {
      const index = indexes.get(name) ?? names.push(name) - 1
      indexes.set(name, index)
      if (name !== 'currency' || text !== '') cells[index] = text
    }
    cells[indexes.get('currency') as number] ??= defaultCurrency
    return { ...span.place, cells: Array.from(cells) }
  }
}

const malformed = (span: LineSpan): Spooled => ({ ...span.place, cells: [], fault: fault.malformed })

/** Null where the header's fields are against the grammar. */
function openHeader({ code, fields, count, span }: Bai2Record): Open | null {
  const values = headerValues(code as HeaderCode, fields)
  let sum: bigint | null = 0n
  if (code === '03') {
    const sums = summaryValues(fields)
    if (sums === null) return null
    for (const [name, text] of sums) {
      values.set(name, text)
      if (/^03\.\d+$/.test(name)) sum = plus(sum, text)
    }
  }
  return { code: code as HeaderCode, span, values, count, sum }
}

/** Take the innermost header away; its records are the outer one's too. */
function close(open: Open[]): Open {
  const inner = open.pop() as Open
  const outer = open.at(-1)
  if (outer !== undefined) {
    outer.count += inner.count
    outer.sum = null // its trailer states no sum of this one
  }
  return inner
}

/** Close what a trailer closes; whether it agrees with it, in number or in sum. */
function agrees(open: Open[], { code, fields, count }: Bai2Record): boolean {
  const stated = fields.next()
  if (code !== '49') fields.next() // the number of accounts or groups
  const records = fields.next()
  const outerSum = open.at(-2)?.sum ?? null
  const { sum, count: above } = close(open)
  const outer = open.at(-1)
  if (outer !== undefined) {
    outer.count += count
    outer.sum = plus(outerSum, stated)
  }
  const total = plus(0n, stated)
  return (sum !== null && total === sum) || (records !== undefined && Number(records) === above + count)
}

/** Null where either is no whole number; an empty text adds nothing. */
function plus(sum: bigint | null, text: string | undefined): bigint | null {
  if (sum === null || text === undefined || text === '') return sum
  return /^[+-]?\d{1,40}$/.test(text) ? sum + BigInt(text.replace('+', '')) : null
}
